"""Values that are well written and still lead nowhere: they are refused like any other mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpirules import InputError, KnowledgeBase
from kpirules.knowledge.plugins import PluginManager
from tests.conftest import VOCABULARY, make_kpi, text


def issues_of_file(path: str) -> list[tuple[str, str]]:
    """The code and the place of what is wrong with a ruleset file, no plugin being there."""
    with pytest.raises(InputError) as caught:
        KnowledgeBase.load([path], plugins=PluginManager())
    return [(issue.code, str(issue.place)) for issue in caught.value.issues]


@pytest.mark.parametrize(
    ("reference", "code"),
    [('"a\\0/b.yaml"', "unreadable"), ("./loop.yaml", "unreadable"), (f"./{'a' * 400}.yaml", "unreadable"), ("./folder/", "unreadable"),
     ("./none.yaml", "unreadable"), ("../own.yaml", "outside-folder"), ("/etc/passwd.yaml", "outside-folder"), ('"..\\\\own.yaml"', "outside-folder")],
)  # fmt: skip
def test_extending_what_is_no_file(folder: Path, reference: str, code: str) -> None:
    """A ruleset that extends a link to itself, a folder, or what can't be a file name is refused at that place."""
    Path("loop.yaml").symlink_to("loop.yaml")
    Path("folder").mkdir()
    Path("own.yaml").write_text(f"ruleset: own\nversion: 1.0.0\nextends: [{reference}]\n", encoding="utf-8")
    assert issues_of_file("own.yaml") == [(code, "own.yaml:3:11")]


@pytest.mark.parametrize("path", ["none.yaml", "a" * 400, "loop.yaml"])
def test_a_ruleset_that_is_no_file(folder: Path, path: str) -> None:
    """A ruleset that is not there, or can't be, is one issue."""
    Path("loop.yaml").symlink_to("loop.yaml")
    assert issues_of_file(path) == [("unreadable", path)]


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"fields": [{"field": "company.more", "type": "number", "minimum": 10**400, "label": text("l"), "question": text("q")}]}, "fields[0].minimum"),
        ({"kpis": [make_kpi("ratio", method=None, formula={
            "expression": "a", "variables": {"a": {"unit": "count"}}, "example": {"a": 10**400, "result": 1},
        })]}, "kpis[0].formula.example.a"),
    ],
)  # fmt: skip
def test_numbers_without_a_size_are_refused(document: dict[str, Any], path: str) -> None:
    """A whole number that is too large for a measure is no infinity."""
    with pytest.raises(InputError) as caught:
        KnowledgeBase.from_documents([*VOCABULARY, document])
    assert [(issue.code, issue.place.path) for issue in caught.value.issues] == [("wrong-type", path)]
