"""Formulas: arithmetic and nothing else."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kpirules.language.formula import FormulaError, parse_formula

EXPRESSIONS: st.SearchStrategy[str] = st.recursive(
    st.one_of(st.sampled_from(["a", "b", "c_2"]), st.sampled_from(["0", "1", "2.5", "100", "1e3"])),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda text: f"-{text}"),
        st.tuples(inner, inner).map(lambda t: f"max({t[0]}, {t[1]})"),
        inner.map(lambda text: f"abs({text})"),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS, st.fixed_dictionaries({name: st.floats(-1e3, 1e3) for name in ("a", "b", "c_2")}))
def test_arithmetic_is_pythons(text: str, values: dict[str, float]) -> None:
    """An expression has the value that Python's arithmetic gives it, or none when that divides by zero."""
    try:
        expected = eval(text, {"__builtins__": {}, "max": max, "abs": abs}, values)
    except ZeroDivisionError:
        with pytest.raises(FormulaError, match="division by zero"):
            parse_formula(text).evaluate(values)
        return
    assume(math.isfinite(expected))
    assert parse_formula(text).evaluate(values) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1 + 2 * 3", 7), ("2 ** 3 ** 2", 512), ("-2 ** 2", -4), ("(1 + 2) * 3", 9), ("10 - 4 - 3", 3), ("8 / 4 / 2", 1), ("min(3, 1, 2)", 1),
     ("sqrt(16)", 4), ("ln(exp(2))", 2), ("+3", 3), ("minimum + 1", 8), ("2*-3", -6)],
)  # fmt: skip
def test_precedence(text: str, value: float) -> None:
    """Operators bind as everybody expects, and a name may begin like a function."""
    assert parse_formula(text).evaluate({"minimum": 7}) == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["", "a +", "a b", "__import__('os')", "a.b", "a[0]", "lambda: 1", "a = 1", "open('x')", "1; 2", "a if b else c", "x" * 500]
)
def test_anything_else_is_refused(text: str) -> None:
    """Nothing that is not arithmetic is read, let alone run."""
    with pytest.raises(FormulaError):
        parse_formula(text)


@pytest.mark.parametrize("text", ["1 / 0", "sqrt(-1)", "ln(0)", "exp(10000)", "(-8) ** 0.5", "10 ** 400", "abs(1, 2)", "missing + 1"])
def test_what_has_no_value(text: str) -> None:
    """Inputs outside what the formula can compute raise, and never give infinity or a complex number."""
    with pytest.raises(FormulaError):
        parse_formula(text).evaluate({"a": 1.0})


def test_shapes_name_the_same_computation() -> None:
    """Formulas that differ in spacing, parentheses or the order of a sum are one computation."""
    assert parse_formula("a + b*c").shape == parse_formula("(c * b) + a").shape
    assert parse_formula("a - b").shape != parse_formula("b - a").shape
    assert parse_formula("clicks / impressions").variables == ("clicks", "impressions")
