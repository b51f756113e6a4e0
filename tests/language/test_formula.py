"""Formulas: arithmetic and nothing else."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpirules.errors import KpirulesError
from kpirules.language.formula import FormulaError, parse_formula

FUNCTIONS = {"max": max, "min": min, "abs": abs, "sqrt": math.sqrt, "exp": math.exp, "ln": math.log}
NAMES = ("a", "b", "c_2")


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions one level deeper, with and without parentheses and spaces."""
    signs = st.sampled_from(["+", "-", "*", "/", " + ", " - ", " * ", " / "])
    return st.one_of(
        st.tuples(inner, signs, inner).map("".join),
        st.tuples(st.just("("), inner, signs, inner, st.just(")")).map("".join),
        st.tuples(st.just("("), inner, st.sampled_from([")**2.0", ") ** 3.0", ") ** -1.0"])).map("".join),
        st.tuples(st.sampled_from(["-", "+", "- "]), inner).map("".join),
        st.tuples(st.sampled_from(["abs", "sqrt", "exp", "ln"]), inner).map(lambda parts: f"{parts[0]}({parts[1]})"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda parts: f"{parts[0]}({parts[1]}, {parts[2]})"),
    )


EXPRESSIONS = st.recursive(st.sampled_from([*NAMES, "0.0", "1.0", "2.5", "100.0", "1e3"]), combined, max_leaves=8)
VALUES = st.fixed_dictionaries({name: st.one_of(st.floats(-1e3, 1e3), st.sampled_from([0.0, 1.0, -1.0, 1e300])) for name in NAMES})


def by_python(text: str, values: dict[str, float]) -> float | None:
    """What Python's arithmetic says of an expression, None when that is no finite number."""
    names: dict[str, Any] = {**FUNCTIONS, **values}
    try:
        result = float(eval(text, {"__builtins__": {}}, names))
    except (ArithmeticError, ValueError):
        return None
    return result if math.isfinite(result) else None


@settings(max_examples=1000)
@given(EXPRESSIONS, VALUES)
def test_arithmetic_is_pythons(text: str, values: dict[str, float]) -> None:
    """An expression has the value that Python's arithmetic gives it, or none where that divides by zero, overflows or leaves the reals."""
    expected = by_python(text, values)
    if expected is None:
        with pytest.raises(FormulaError, match=r"a division by zero|outside what the formula can compute"):
            parse_formula(text).evaluate(values)
    else:
        assert parse_formula(text).evaluate(values) == expected


@given(EXPRESSIONS)
def test_variables_are_those_that_are_written(text: str) -> None:
    """The variables are the names of the expression, each once, in the order in which they come."""
    assert parse_formula(text).variables == tuple(dict.fromkeys(name for name in re.findall(r"[a-z]\w*", text) if name in NAMES))


@pytest.mark.parametrize(
    ("text", "value"),
    [("1 + 2 * 3", 7), ("2 ** 3 ** 2", 512), ("-2 ** 2", -4), ("2 ** -1", 0.5), ("(1 + 2) * 3", 9), ("10 - 4 - 3", 3), ("8 / 4 / 2", 1),
     ("min(3, 1, 2)", 1), ("max(3, 1, 2)", 3), ("sqrt(16)", 4), ("ln(exp(2))", 2), ("+3", 3), ("--3", 3), ("minimum + 1", 8), ("min + exp", 11),
     ("2*-3", -6), ("1.5e3", 1500), ("sqrt (4)", 2), ("\n 1\t+\r\n1 ", 2), ("abs(-0)", 0), ("max(" + "1," * 19 + "1)", 1), ("0 ** 0", 1),
     ("007", 7), ("(" * 150 + "1" + ")" * 150, 1), ("-" * 399 + "1", -1), ("7 / 2", 3.5), ("9999999999999999", 1e16)],
)  # fmt: skip
def test_precedence(text: str, value: float) -> None:
    """Operators bind as everybody expects, and a name may be, or begin like, that of a function."""
    assert parse_formula(text).evaluate({"minimum": 7, "min": 1, "exp": 10}) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    ["", " ", "a +", "* a", "a b", "2 3", "(a", "a)", "()", "a ++", "a // b", "a % b", "a ^ b", "a < b", "a == b", "not a", "1_000", ".5", "1.", "0x10",
     "é", "A", "_a", "__import__('os')", "__import__('os').system('true')", "a.b", "a.__class__", "(1).real", "a[0]", "[1]", "{1}", "lambda: 1", "a = 1",
     "a := 1", "open('x')", "eval(a)", "print(1)", "1; 2", "1\n2", "a if b else c", "'a'", '"a"', "a, b", "f(1)", "min()", "abs()", "pow(2, 3)", "*a", "a;",
     "x" * 500, "1" * 401, "\0", "\ud800", "１"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    """Nothing that is not arithmetic is read, let alone run."""
    with pytest.raises(FormulaError, match=r"^can't read the formula .* at column [0-9]+$|characters is too long$"):
        parse_formula(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [("min(1)", "min() takes 2 to 20 values, found 1"), ("abs(1, 2)", "abs() takes one value, found 2"), ("1 + (sqrt(4, a))", "sqrt() takes one value, found 2"),
     ("max(" + "1," * 20 + "1)", "max() takes 2 to 20 values, found 21")],
)  # fmt: skip
def test_functions_count_their_values(text: str, message: str) -> None:
    """A function with too few or too many values is wrong where it is written, whatever it would be given."""
    with pytest.raises(FormulaError) as caught:
        parse_formula(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 / 0", "a division by zero"), ("a / (a - a)", "a division by zero"), ("0 ** -1", "a division by zero"), ("sqrt(-1)", "outside"),
        ("ln(0)", "outside"), ("exp(10000)", "outside"), ("(-8) ** 0.5", "outside"), ("10 ** 400", "outside"), ("9 ** 9 ** 9 ** 9", "outside"),
        ("1e308 * 10", "outside"), ("1e999", "outside"), ("1" * 400, "outside"), ("1e999 - 1e999", "outside"), ("missing + 1", "'missing' has no value"),
        ("huge", "outside"), ("huge - huge", "outside"), ("10 ** big", "outside"), ("word", "outside"), ("nothing", "outside"), ("nan + 1", "outside"),
        ("max(inf, 1)", "outside"),
    ],
)  # fmt: skip
def test_what_has_no_value(text: str, message: str) -> None:
    """Inputs outside what the formula can compute raise, at once, and never give infinity or a complex number."""
    values: Any = {"a": 1.0, "huge": 10**400, "big": 10**9, "word": "x", "nothing": None, "nan": math.nan, "inf": math.inf}
    with pytest.raises(FormulaError, match=message):
        parse_formula(text).evaluate(values)


def test_a_missing_variable_names_the_nearest() -> None:
    """The message about a missing input says what the inputs are called."""
    with pytest.raises(FormulaError, match="'clicks' has no value; did you mean 'click'"):
        parse_formula("clicks / views").evaluate({"click": 1, "views": 2})
    with pytest.raises(FormulaError, match="'clicks' has no value; give it one"):
        parse_formula("clicks").evaluate({})
    assert issubclass(FormulaError, KpirulesError)


def test_whole_numbers_and_booleans_are_numbers() -> None:
    """An input is taken as a number, and so is the result."""
    result = parse_formula("a / b").evaluate({"a": 1, "b": True})
    assert result == 1
    assert isinstance(result, float)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a + b*c", "(c * b) + a", True), ("a/b", " ( a )\n/ b", True), ("a - b", "b - a", False), ("a / b", "b / a", False), ("a ** b", "b ** a", False),
        ("max(a, b)", "min(a, b)", False), ("a", "b", False), ("a + 1", "a + 2", False), ("-a", "a", False), ("a - (b - c)", "a - b - c", False),
    ],
)  # fmt: skip
def test_shapes_name_the_same_computation(one: str, other: str, same: bool) -> None:
    """Formulas that differ in spacing, parentheses or the order of a sum or a product are one computation; no others are."""
    assert (parse_formula(one).shape == parse_formula(other).shape) is same
