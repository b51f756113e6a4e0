"""Unary tests: every form of the language, its types, and what a wrong one is told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kpirules.language.condition import All, AnyOf, Between, Condition, Known, Not, OneOf, evaluate
from kpirules.language.fields import Field, FieldRegistry
from kpirules.language.unary import UnaryTestError, read_test

REGISTRY = FieldRegistry(
    [
        Field("company.stage", "choice", {"en": "stage"}, allowed={"launch": {}, "growth": {}, "b2b": {}, "not-for-profit": {}}),
        Field("company.tags", "choice", {"en": "tags"}, allowed={"a": {}, "b": {}}, many=True),
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
        ("stage", "launch, launch", one("stage", "launch")), ("stage", "growth,launch", one("stage", "growth", "launch")),
        ("stage", ["launch", "growth"], one("stage", "growth", "launch")), ("stage", "b2b", one("stage", "b2b")),
        ("stage", 'not("launch")', Not(one("stage", "launch"))), ("stage", "not(launch, growth)", Not(one("stage", "growth", "launch"))),
        ("stage", " not ( launch ) ", Not(one("stage", "launch"))), ("stage", "not-for-profit", one("stage", "not-for-profit")),
        ("stage", ["not(launch)", "unknown"], AnyOf((Not(one("stage", "launch")), Not(Known("company.stage"))))),
        ("tags", "a", one("tags", "a")), ("tags", "not(a)", Not(one("tags", "a"))),
        ("employees", 10, one("employees", 10)), ("employees", "10", one("employees", 10)), ("employees", "= 3", one("employees", 3)),
        ("employees", "+3", one("employees", 3)), ("employees", "1_0", one("employees", 10)), ("employees", "3,3", one("employees", 3)),
        ("employees", "< 10_000", between(high=10_000, high_open=True)), ("employees", "<= 5", between(high=5)),
        ("employees", "> 5", between(low=5, low_open=True)), ("employees", ">=5", between(low=5)), ("employees", "\t>\n5 ", between(5, low_open=True)),
        ("employees", "> -5", between(low=-5, low_open=True)), ("employees", "< 1e3", between(high=1000.0, high_open=True)),
        ("employees", "[1..2]", between(1, 2)), ("employees", "[1..2)", between(1, 2, high_open=True)),
        ("employees", "[1..2[", between(1, 2, high_open=True)), ("employees", "(1..2]", between(1, 2, low_open=True)),
        ("employees", "]1..2]", between(1, 2, low_open=True)), ("employees", "(1..2)", between(1, 2, True, True)),
        ("employees", "]1..2[", between(1, 2, True, True)), ("employees", "(1..2[", between(1, 2, True, True)),
        ("employees", "]1..2)", between(1, 2, True, True)), ("employees", "[ 1 .. 2 ]", between(1, 2)), ("employees", "[1..1]", between(1, 1)),
        ("employees", "[-1.5..2e0]", between(-1.5, 2.0)), ("employees", "not([1..2))", Not(between(1, 2, high_open=True))),
        ("employees", "not(< 5)", Not(between(high=5, high_open=True))),
        ("employees", "< 5, > 9", AnyOf((between(high=5, high_open=True), between(low=9, low_open=True)))),
        ("employees", "3, > 9", AnyOf((one("employees", 3), between(low=9, low_open=True)))),
        ("employees", "> 9, 3, 2", AnyOf((one("employees", 2, 3), between(low=9, low_open=True)))),
        ("employees", "not(< 5, unknown)", Not(AnyOf((between(high=5, high_open=True), Not(Known("company.employees")))))),
        ("employees", "9" * 4000, one("employees", int("9" * 4000))),
        ("revenue", "1.5e3", one("revenue", 1500.0)), ("revenue", "-2", one("revenue", -2)), ("revenue", 2, one("revenue", 2)),
        ("revenue", "1e-999", one("revenue", 0.0)), ("seasonal", True, one("seasonal", True)), ("seasonal", "= true", one("seasonal", True)),
        ("seasonal", "false", one("seasonal", False)), ("seasonal", "not(true)", Not(one("seasonal", True))),
        ("name", "Été", one("name", "Été")), ("name", '"a b, c"', one("name", "a b, c")), ("name", "a/b.c-d_e", one("name", "a/b.c-d_e")),
        ("name", "3d", one("name", "3d")), ("name", '"3"', one("name", "3")), ("name", '"true"', one("name", "true")), ("name", '""', one("name", "")),
        ("name", '"known"', one("name", "known")), ("name", '"-"', one("name", "-")), ("name", r'"a \"b\" \\"', one("name", 'a "b" \\')),
        ("name", "knownish", one("name", "knownish")), ("name", "nothing", one("name", "nothing")), ("name", "True", one("name", "True")),
        ("stage", "-", All()), ("stage", " - ", All()), ("stage", "known", Known("company.stage")),
        ("stage", "unknown", Not(Known("company.stage"))), ("stage", "not(known)", Not(Known("company.stage"))),
        ("stage", "not(unknown)", Not(Not(Known("company.stage")))),
    ],
)  # fmt: skip
def test_every_form(field: str, value: object, condition: Condition) -> None:
    """Each form of S-FEEL, and YAML's own scalars and lists, mean what DMN says."""
    read_condition = read(field, value)
    assert read_condition == condition
    assert repr(read_condition) == repr(condition), "1, 1.0 and True are equal to Python, and not the same to a rule"


@pytest.mark.parametrize(
    ("field", "value", "code", "column", "hint"),
    [
        ("stage", "lunch", "unknown-id", 0, "did you mean 'launch'?"),
        ("stage", 'launch, "grwth"', "unknown-id", 8, "did you mean 'growth'?"),
        ("stage", "not(launch,  grwth)", "unknown-id", 13, "did you mean 'growth'?"),
        ("stage", "= lunch", "unknown-id", 0, "did you mean 'launch'?"),
        ("stage", ["launch", "grwth"], "unknown-id", 0, "did you mean 'growth'?"),
        ("stage", "Launch", "unknown-id", 0, "did you mean 'launch'?"),
        ("stage", "< 3", "wrong-type", 0, "list the values instead"),
        ("stage", "launch, [a..b]", "wrong-type", 8, "list the values instead"),
        ("stage", 3, "wrong-type", 0, "allowed: b2b, growth, launch, not-for-profit"),
        ("stage", "true", "wrong-type", 0, "allowed: b2b, growth, launch, not-for-profit"),
        ("tags", "c", "unknown-id", 0, "allowed: a, b"),
        ("employees", "many", "wrong-type", 0, "write the number without quotes"),
        ("employees", '"3"', "wrong-type", 0, "write the number without quotes"),
        ("employees", "3, true", "wrong-type", 3, ""),
        ("employees", 1.5, "wrong-type", 0, ""),
        ("employees", "1e3", "wrong-type", 0, ""),
        ("employees", True, "wrong-type", 0, ""),
        ("employees", -1, "out-of-range", 0, ""),
        ("employees", "> true", "wrong-type", 0, "write for example"),
        ("employees", "[9..1]", "empty-test", 0, "write the lower bound first"),
        ("employees", "3, (1..1)", "empty-test", 3, "write the lower bound first"),
        ("employees", "[1..1)", "empty-test", 0, "write the lower bound first"),
        ("employees", '[1.."x"]', "wrong-type", 0, "write for example"),
        ("employees", "<", "syntax", 1, "write for example"),
        ("employees", "[1..2", "syntax", 5, "write for example"),
        ("employees", "1..2", "syntax", 1, "write for example"),
        ("employees", "1 2", "syntax", 2, "write ten thousand as 10_000"),
        ("employees", "< 10 000", "syntax", 5, "write ten thousand as 10_000"),
        ("employees", "10%", "syntax", 2, "write for example"),
        ("employees", "!= 3", "syntax", 0, "goes in quotes"),
        ("employees", "3,", "syntax", 2, "write for example"),
        ("employees", "not(-)", "syntax", 4, "write for example"),
        ("employees", "not(3", "syntax", 5, "write for example"),
        ("employees", "not()", "syntax", 4, "write for example"),
        ("employees", "not(not(3))", "syntax", 7, "write for example"),
        ("employees", "- 3", "syntax", 2, "goes in quotes"),
        ("employees", "9" * 4500, "not-finite", 0, ""),
        ("employees", "3, < " + "9" * 4500, "not-finite", 5, ""),
        ("revenue", "1e999", "not-finite", 0, ""),
        ("revenue", "not(-1e999)", "not-finite", 4, ""),
        ("seasonal", "maybe", "wrong-type", 0, ""),
        ("seasonal", 1, "wrong-type", 0, ""),
        ("seasonal", '"true"', "wrong-type", 0, ""),
        ("name", "a b", "syntax", 2, "'\"a b\"'"),
        ("name", "'a'", "syntax", 0, "write for example"),
        ("name", '"a', "syntax", 0, "write for example"),
        ("name", r'"a\q"', "syntax", 0, "write for example"),
        ("name", "été,\n €", "syntax", 6, "goes in quotes"),
        ("name", 3, "wrong-type", 0, "quotes"),
        ("name", "true", "wrong-type", 0, "quotes"),
        ("name", None, "empty-test", 0, "unknown"),
        ("name", [], "empty-test", 0, "write for example"),
        ("name", [[]], "empty-test", 0, "write for example"),
        ("name", {"a": 1}, "wrong-type", 0, "write for example"),
        ("name", "", "syntax", 0, "write for example"),
        ("name", "  ", "syntax", 2, "write for example"),
        ("name", "x" * 30_000, "syntax", 0, "write for example"),
        ("name", "(" * 10_000, "syntax", 1, "write for example"),
        ("name", "__import__('os').system('true')", "syntax", 0, "write for example"),
        ("name", "\ud800", "syntax", 0, "write for example"),
    ],
)  # fmt: skip
def test_what_is_refused(field: str, value: object, code: str, column: int, hint: str) -> None:
    """A test that can't be read or does not fit its field says why, where, and what would be right."""
    with pytest.raises(UnaryTestError) as caught:
        read(field, value)
    assert (caught.value.code, caught.value.column) == (code, column)
    assert hint in caught.value.hint
    assert len(str(caught.value)) < 200


NUMBERS = st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9))


@given(NUMBERS, NUMBERS, NUMBERS, st.sampled_from("[(]"), st.sampled_from("])["))
def test_an_interval_holds_what_lies_between(low: float, high: float, value: float, opening: str, closing: str) -> None:
    """A square bracket that faces its bound includes it, any other bracket leaves it out."""
    low, high = sorted((low, high))
    assume(low < high)
    condition = read("revenue", f"{opening}{low!r}..{high!r}{closing}")
    for candidate in (low, value, high):
        above = candidate >= low if opening == "[" else candidate > low
        below = candidate <= high if closing == "]" else candidate < high
        assert evaluate(condition, {"company.revenue": candidate}) is (above and below)
        assert evaluate(Not(condition), {"company.revenue": candidate}) is not (above and below)


@given(st.text(max_size=20).map(lambda text: text.replace("\\", "").replace('"', "")))
def test_any_text_can_be_quoted(text: str) -> None:
    """In quotes, every character stands for itself."""
    assert read("name", f'"{text}"') == one("name", text)


@given(st.integers(-(10**30), 10**30), st.sampled_from(["<", "<=", ">", ">=", "="]), st.integers(-(10**30), 10**30))
def test_comparisons_are_pythons(bound: int, sign: str, value: int) -> None:
    """A comparison is true of the whole numbers of which it is true, however large."""
    expected = {"<": value < bound, "<=": value <= bound, ">": value > bound, ">=": value >= bound, "=": value == bound}[sign]
    assert evaluate(read("revenue", f"{sign} {bound}"), {"company.revenue": value}) is expected
