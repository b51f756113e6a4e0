"""Conditions: Kleene's truth, lists, strict types, and a normal form that keeps the meaning."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpirules.language.condition import (
    All,
    AnyOf,
    Between,
    Condition,
    Facts,
    Known,
    Not,
    OneOf,
    evaluate,
    fields_read,
    from_json,
    matched_fields,
    to_json,
)  # fmt: skip
from kpirules.language.condition import test_atom as truth_of
from kpirules.language.normal import MAX_CLAUSES, TooManyClausesError, clause_from_json, clause_to_json, normalise

YES, NO, MAYBE = OneOf("a", ("x",)), OneOf("a", ("y",)), OneOf("b", ("x",))
FACTS: Facts = {"a": "x"}


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        (YES, True), (NO, False), (MAYBE, None), (Not(YES), False), (Not(NO), True), (Not(MAYBE), None),
        (All((YES, MAYBE)), None), (All((NO, MAYBE)), False), (All(()), True), (AnyOf((YES, MAYBE)), True), (AnyOf((NO, MAYBE)), None),
        (AnyOf(()), False), (Known("a"), True), (Known("b"), False), (Not(Known("b")), True),
    ],
)  # fmt: skip
def test_truth_is_kleenes(condition: Condition, truth: bool | None) -> None:
    """A missing fact makes a test unknown, and its negation too."""
    assert evaluate(condition, FACTS) is truth


def test_lists_hold_when_some_element_does() -> None:
    """A list passes a test when an element does, and its negation when none does; an empty list is known."""
    assert truth_of(YES, {"a": ("y", "x")}) is True
    assert evaluate(Not(YES), {"a": ("y", "x")}) is False
    assert evaluate(Not(YES), {"a": ("y",)}) is True
    assert evaluate(Not(YES), {"a": ()}) is True
    assert evaluate(Known("a"), {"a": ()}) is True


def test_types_are_strict() -> None:
    """True is not 1, "1" is not 1, but 1 and 1.0 are one number; texts and booleans lie in no interval."""
    assert not truth_of(OneOf("a", (1,)), {"a": True})
    assert not truth_of(OneOf("a", (True,)), {"a": 1})
    assert not truth_of(OneOf("a", (1,)), {"a": "1"})
    assert truth_of(OneOf("a", (1,)), {"a": 1.0})
    assert not truth_of(Between("a", 0, 2), {"a": True})
    assert not truth_of(Between("a", 0, 2), {"a": "1"})
    assert truth_of(Between("a", 2**53, None, low_open=True), {"a": 2**53 + 1})


def test_matched_fields_are_those_that_made_it_true() -> None:
    """Of an `any`, only the true branches count."""
    condition = AnyOf((All((YES, Known("a"))), MAYBE))
    assert set(matched_fields(condition, FACTS)) == {"a"}
    assert fields_read(condition) == {"a", "b"}


ATOMS = st.one_of(
    st.builds(OneOf, st.sampled_from("abc"), st.lists(st.sampled_from([1, 2, "x", True]), min_size=1, max_size=2).map(tuple)),
    st.builds(Between, st.sampled_from("abc"), st.sampled_from([None, 0, 1]), st.sampled_from([None, 2, 3]), st.booleans(), st.booleans()),
    st.builds(Known, st.sampled_from("abc")),
)
CONDITIONS: st.SearchStrategy[Any] = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
VALUES = st.sampled_from([0, 1, 2, 2.5, "x", "y", True, False, (), (1, "x"), ("y", 3)])


@given(CONDITIONS, st.dictionaries(st.sampled_from("abc"), VALUES))
def test_the_normal_form_is_true_when_the_condition_is(condition: Condition, facts: Facts) -> None:
    """A condition is true exactly when all literals of some clause are, unknown facts included."""
    clauses = normalise(condition)
    holds = any(all(truth_of(literal.atom, facts) is (not literal.negated) for literal in clause) for clause in clauses)
    assert holds == (evaluate(condition, facts) is True)


@given(CONDITIONS)
def test_conditions_survive_json(condition: Condition) -> None:
    """Conditions and clauses are the same after a round trip through JSON data."""
    assert from_json(to_json(condition)) == condition
    for clause in normalise(condition):
        assert clause_from_json(clause_to_json(clause)) == clause


def test_the_normal_form_is_small() -> None:
    """A clause that another one contains, and one that can never hold, are dropped."""
    assert len(normalise(AnyOf((YES, All((YES, MAYBE)))))) == 1
    assert normalise(All((YES, Not(YES)))) == ()
    assert normalise(All((YES, Not(Known("a"))))) == ()
    assert normalise(All(())) == ((),)


def test_too_many_clauses_are_refused() -> None:
    """Twelve alternatives of two, all of which must hold, would make thousands of clauses."""
    pairs = tuple(AnyOf((OneOf(f"a{n}", (1,)), OneOf(f"b{n}", (1,)))) for n in range(12))
    with pytest.raises(TooManyClausesError):
        normalise(All(pairs))
    assert len(normalise(All(pairs[:8]))) == MAX_CLAUSES


def test_from_json_refuses_nonsense() -> None:
    """What is no condition is not read as one."""
    with pytest.raises(ValueError, match="not a condition"):
        from_json(["maybe", 1])
