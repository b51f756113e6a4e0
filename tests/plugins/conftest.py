"""A small installation: what it knows is the vocabulary of the tests, so that each test compiles in a moment."""

from __future__ import annotations

import pytest
import yaml

from tests.conftest import VOCABULARY, text
from tests.plugins.test_third_party import Site, site

__all__ = ["site", "small"]

RULES = {
    "ruleset": "core", "version": "1.0.0", "source": {"title": "t", "grade": "convention"},
    "rules": [{"id": "r", "when": {"objective.type": "brand-awareness"}, "recommend": [{"kpi": "reach", "weight": 0.5}],
               "because": text("Because.")}],
}  # fmt: skip

KNOWLEDGE = """
    from pathlib import Path
    from kpirules import hookimpl

    @hookimpl
    def knowledge():
        return [Path(__file__).parent]
"""


@pytest.fixture
def small(site: Site) -> Site:
    """A site whose distribution `kpirules` comes before the installed one on the path, and brings the vocabulary of the tests alone."""
    files = {f"{number}.yaml": yaml.safe_dump(document) for number, document in enumerate([*VOCABULARY, RULES])}
    site.add("small-vocabulary", {"__init__.py": KNOWLEDGE, **files}, {"unused": "small_vocabulary.unused"})
    site.add("kpirules", {}, {"core": "small_vocabulary"})
    (site.folder / "small_vocabulary-1.2.dist-info" / "entry_points.txt").unlink()
    return site
