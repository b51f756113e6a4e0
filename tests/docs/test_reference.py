"""The reference is what the knowledge says today: `python docs/generate.py` writes it anew."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from kpirules import KnowledgeBase

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    """The generator, which is a script and no part of the package."""
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_up_to_date(knowledge: KnowledgeBase, generate: ModuleType) -> None:
    """Every page is there, none is left over, and each says what the data say."""
    pages = dict(generate.pages(knowledge))
    written = {
        file.relative_to(DOCS / "reference").as_posix(): file.read_text(encoding="utf-8") for file in (DOCS / "reference").rglob("*.md")
    }
    assert sorted(written) == sorted(pages)
    stale = [path for path, text in pages.items() if written[path] != text]
    assert not stale, "run python docs/generate.py"


def test_the_reference_names_everything(knowledge: KnowledgeBase, generate: ModuleType) -> None:
    """Each KPI, objective type, platform, sector and rule has its place, in both languages."""
    pages = dict(generate.pages(knowledge))
    for language in ("en", "fr"):
        whole = "\n".join(text for path, text in pages.items() if path.startswith(language))
        for table in ("kpis", "objective_types", "platforms", "sectors"):
            assert not [identity for identity in knowledge.data[table] if f"`{identity}`" not in whole]
        assert not [rule.id for rule in knowledge.rules if f"### {rule.id.partition('/')[2]}\n" not in whole]
        assert "Undefined" not in whole
