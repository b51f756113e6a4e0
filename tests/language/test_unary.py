"""Unary tests: every form of the language, its types, and what a wrong one is told."""

from __future__ import annotations

from typing import Any

import pytest

from kpirules.language.condition import All, AnyOf, Between, Condition, Known, Not, OneOf
from kpirules.language.fields import Field, FieldRegistry
from kpirules.language.unary import UnaryTestError, read_test

REGISTRY = FieldRegistry(
    [
        Field("company.stage", "choice", {"en": "stage"}, allowed={"launch": {}, "growth": {}, "b2b": {}}),
        Field("company.employees", "integer", {"en": "employees"}, minimum=0),
        Field("company.revenue", "number", {"en": "revenue"}),
        Field("company.seasonal", "boolean", {"en": "seasonal"}),
        Field("company.name", "text", {"en": "name"}),
    ]
)


def read(field: str, value: object) -> Condition:
    """The condition of a test on a field."""
    return read_test(value, REGISTRY[f"company.{field}"], REGISTRY)


def one(field: str, *values: Any) -> OneOf:
    """An equality."""
    return OneOf(f"company.{field}", values)


def between(low: Any = None, high: Any = None, low_open: bool = False, high_open: bool = False) -> Between:
    """An interval on the number of employees."""
    return Between("company.employees", low, high, low_open, high_open)


@pytest.mark.parametrize(
    ("field", "value", "condition"),
    [
        ("stage", "launch", one("stage", "launch")), ("stage", '"launch"', one("stage", "launch")),
        ("stage", '"launch","growth"', one("stage", "growth", "launch")), ("stage", "launch, growth", one("stage", "growth", "launch")),
        ("stage", ["launch", "growth"], AnyOf((one("stage", "launch"), one("stage", "growth")))), ("stage", "b2b", one("stage", "b2b")),
        ("stage", 'not("launch")', Not(one("stage", "launch"))), ("stage", "not(launch, growth)", Not(one("stage", "growth", "launch"))),
        ("employees", 10, one("employees", 10)), ("employees", "10", one("employees", 10)), ("employees", "= 3", one("employees", 3)),
        ("employees", "< 10_000", between(high=10_000, high_open=True)), ("employees", "<= 5", between(high=5)),
        ("employees", "> 5", between(low=5, low_open=True)), ("employees", ">=5", between(low=5)),
        ("employees", "[1..2]", between(1, 2)), ("employees", "[1..2)", between(1, 2, high_open=True)),
        ("employees", "(1..2]", between(1, 2, low_open=True)), ("employees", "]1..2[", between(1, 2, True, True)),
        ("employees", "not(< 5)", Not(between(high=5, high_open=True))),
        ("employees", "< 5, > 9", AnyOf((between(high=5, high_open=True), between(low=9, low_open=True)))),
        ("employees", "3, > 9", AnyOf((one("employees", 3), between(low=9, low_open=True)))),
        ("revenue", "1.5e3", one("revenue", 1500.0)), ("revenue", "-2", one("revenue", -2)), ("seasonal", True, one("seasonal", True)),
        ("seasonal", "false", one("seasonal", False)), ("name", "Été", one("name", "Été")), ("name", '"a b, c"', one("name", "a b, c")),
        ("name", '"known"', one("name", "known")), ("name", r'"a \"b\" \\"', one("name", 'a "b" \\')), ("stage", "-", All()),
        ("stage", "known", Known("company.stage")), ("stage", "unknown", Not(Known("company.stage"))),
    ],
)  # fmt: skip
def test_every_form(field: str, value: object, condition: Condition) -> None:
    """Each form of S-FEEL, and YAML's own scalars and lists, mean what DMN says."""
    assert read(field, value) == condition


@pytest.mark.parametrize(
    ("field", "value", "code", "column", "hint"),
    [
        ("stage", "lunch", "unknown-id", 0, "did you mean 'launch'?"),
        ("stage", 'launch, "grwth"', "unknown-id", 8, "did you mean 'growth'?"),
        ("stage", "< 3", "wrong-type", 0, "list the values instead"),
        ("stage", 3, "wrong-type", 0, "allowed: b2b, growth, launch"),
        ("employees", "many", "wrong-type", 0, ""),
        ("employees", 1.5, "wrong-type", 0, ""),
        ("employees", True, "wrong-type", 0, ""),
        ("employees", -1, "out-of-range", 0, ""),
        ("employees", "[9..1]", "empty-test", 0, ""),
        ("employees", "(1..1)", "empty-test", 0, ""),
        ("employees", '[1.."x"]', "wrong-type", 0, ""),
        ("employees", "<", "syntax", 0, ""),
        ("employees", "[1..2", "syntax", 3, ""),
        ("employees", "1 2", "syntax", 2, ""),
        ("employees", "9" * 4500, "not-finite", 0, ""),
        ("revenue", "1e999", "not-finite", 0, ""),
        ("seasonal", "maybe", "wrong-type", 0, ""),
        ("seasonal", 1, "wrong-type", 0, ""),
        ("name", "a b", "syntax", 2, "quotes"),
        ("name", 3, "wrong-type", 0, "quotes"),
        ("name", None, "empty-test", 0, "unknown"),
        ("name", [], "empty-test", 0, ""),
        ("name", {"a": 1}, "wrong-type", 0, ""),
        ("name", "", "syntax", 0, ""),
        ("name", "x" * 30_000, "syntax", 0, ""),
        ("name", "__import__('os').system('true')", "syntax", 0, ""),
    ],
)  # fmt: skip
def test_what_is_refused(field: str, value: object, code: str, column: int, hint: str) -> None:
    """A test that can't be read or does not fit its field says why, where, and what would be right."""
    with pytest.raises(UnaryTestError) as caught:
        read(field, value)
    assert caught.value.code == code
    assert caught.value.column == column or code == "syntax"
    assert hint in caught.value.hint
