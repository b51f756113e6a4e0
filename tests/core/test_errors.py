"""Errors: what a message shows, and a tree of exceptions that is what its docstring draws."""

from __future__ import annotations

import pytest

from kpirules import errors
from kpirules.errors import EngineError, InputError, Issue, KpirulesError, NoObjectiveError, OutputError, Place, nearest, shown


@pytest.mark.parametrize(
    ("place", "shown_as"),
    [(Place("f.yaml", 3, 7), "f.yaml:3:7"), (Place("f.yaml", 3, 7, "a[0].b"), "f.yaml:3:7"), (Place("f.yaml"), "f.yaml"),
     (Place("<profile>", path="a[0].b"), "<profile>: a[0].b")],
)  # fmt: skip
def test_a_place_is_what_editors_jump_to(place: Place, shown_as: str) -> None:
    """A place with a line is file:line:column; without one it is a path inside its source."""
    assert str(place) == shown_as


def test_an_issue_is_one_line_and_a_hint() -> None:
    """The place, how bad it is, what, and its code; what to do stands below."""
    issue = Issue("warning", "some-code", "it is so", Place("f.yaml", 1, 2))
    assert str(issue) == "f.yaml:1:2: warning: it is so [some-code]"
    assert str(issue._replace(hint="do that")) == "f.yaml:1:2: warning: it is so [some-code]\n    do that"


def test_an_input_error_shows_all_its_issues() -> None:
    """The text of the exception is its issues, one after the other."""
    issues = [Issue("error", "a", "one", Place("f")), Issue("error", "b", "two", Place("f"))]
    error = InputError(iter(issues))
    assert error.issues == tuple(issues)
    assert str(error) == "f: error: one [a]\nf: error: two [b]"


def test_the_tree_is_the_one_that_is_drawn() -> None:
    """Every exception of the drawing exists, below the one under which it is drawn, and no other one does."""
    parents = {InputError: KpirulesError, NoObjectiveError: InputError, EngineError: KpirulesError, OutputError: KpirulesError}
    for child, parent in parents.items():
        assert child.__bases__ == (parent,)
    assert errors.__doc__ is not None
    drawn = {word for word in errors.__doc__.split() if word.endswith("Error")}
    assert drawn == {KpirulesError.__name__, *(child.__name__ for child in parents)}
    assert drawn == {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}


@pytest.mark.parametrize(
    ("found", "allowed", "hint"),
    [
        ("grwth", ["growth", "launch"], "did you mean 'growth'?"), ("GROWTH", ["growth", "launch"], "did you mean 'growth'?"),
        ("xyz", ["b", "a", "a"], "allowed: a, b"), ("xyz", [], ""), ("xyz", [str(n) for n in range(13)], ""),
        ("x" * 10**6, ["growth", "launch"], "allowed: growth, launch"),
    ],
)  # fmt: skip
def test_hints_name_the_nearest(found: str, allowed: list[str], hint: str) -> None:
    """The closest allowed value, else all of them when they are few, else nothing."""
    assert nearest(found, allowed) == hint


@pytest.mark.parametrize(
    ("value", "text"),
    [("it's", '"it\'s"'), ("a\nb\ud800", r"'a\nb\ud800'"), (3, "3"), ("3", "'3'"), (None, "None"), (True, "True"), ("x" * 99, "'" + "x" * 58 + "…")],
)  # fmt: skip
def test_values_are_shown_short_and_on_one_line(value: object, text: str) -> None:
    """A text is quoted, so that a number and a text that looks like one differ; a long one is cut."""
    assert shown(value) == text
    assert len(shown(value)) <= 60
