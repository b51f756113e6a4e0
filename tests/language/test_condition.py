"""Conditions: Kleene's truth, lists, strict types, and a normal form that keeps the meaning."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
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
    atoms,
    evaluate,
    fields_read,
    from_json,
    is_atom,
    matched_fields,
    to_json,
)  # fmt: skip
from kpirules.language.condition import test_atom as truth_of
from kpirules.language.normal import MAX_CLAUSES, Clause, Literal, TooManyClausesError, normalise

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


TRUE, FALSE, UNKNOWN = YES, NO, MAYBE


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (TRUE, TRUE, True, True), (TRUE, FALSE, False, True), (TRUE, UNKNOWN, None, True), (FALSE, FALSE, False, False),
        (FALSE, UNKNOWN, False, None), (UNKNOWN, UNKNOWN, None, None),
    ],
)  # fmt: skip
def test_the_truth_tables(left: Condition, right: Condition, both: bool | None, either: bool | None) -> None:
    """`all` is the least of its parts and `any` the greatest, with unknown between false and true, in any order and number."""
    for pair in ((left, right), (right, left), (left, right, left)):
        assert evaluate(All(pair), FACTS) is both
        assert evaluate(AnyOf(pair), FACTS) is either
        assert evaluate(Not(All(pair)), FACTS) is evaluate(AnyOf(tuple(map(Not, pair))), FACTS)
        assert evaluate(Not(AnyOf(pair)), FACTS) is evaluate(All(tuple(map(Not, pair))), FACTS)


def test_lists_hold_when_some_element_does() -> None:
    """A list passes a test when an element does, and its negation when none does; an empty list is known."""
    assert truth_of(YES, {"a": ("y", "x")}) is True
    assert evaluate(Not(YES), {"a": ("y", "x")}) is False
    assert evaluate(Not(YES), {"a": ("y",)}) is True
    assert evaluate(Not(YES), {"a": ()}) is True
    assert evaluate(YES, {"a": ()}) is False
    assert evaluate(Known("a"), {"a": ()}) is True
    assert evaluate(All((YES, NO)), {"a": ("x", "y")}) is True
    assert truth_of(Between("a", 3, 5), {"a": (1, 9)}) is False
    assert truth_of(Between("a", 3, 5), {"a": (1, "x", 4)}) is True


@pytest.mark.parametrize(
    ("atom", "value", "truth"),
    [
        (OneOf("a", (1,)), True, False), (OneOf("a", (True,)), 1, False), (OneOf("a", (False,)), 0, False), (OneOf("a", (False,)), False, True),
        (OneOf("a", (1,)), "1", False), (OneOf("a", ("1",)), 1, False), (OneOf("a", ("true",)), True, False), (OneOf("a", (1,)), 1.0, True),
        (OneOf("a", (0,)), -0.0, True), (OneOf("a", (2**53 + 1,)), float(2**53), False), (OneOf("a", ("x",)), "X", False),
        (OneOf("a", ("e\u0301",)), "é", False), (OneOf("a", ()), "x", False), (Between("a", 0, 2), True, False), (Between("a", 0, 2), "1", False),
        (Between("a"), "x", False), (Between("a"), -1e308, True), (Between("a", 2**53, None, low_open=True), 2**53 + 1, True),
        (Between("a", None, 0.1 + 0.2), 0.3, True), (Between("a", 1, 2), 1, True), (Between("a", 1, 2, low_open=True), 1, False),
        (Between("a", 1, 2, high_open=True), 2, False), (Between("a", 1, 2), 2.0, True), (Between("a", None, 10**400), 1e308, True),
    ],
)  # fmt: skip
def test_types_are_strict(atom: Any, value: Any, truth: bool) -> None:
    """True is not 1, "1" is not 1, but 1 and 1.0 are one number; texts and booleans lie in no interval."""
    assert truth_of(atom, {"a": value}) is truth
    assert evaluate(Not(atom), {"a": value}) is not truth
    assert truth_of(atom, {"b": value}) is None


def test_a_fact_that_is_none_is_unknown() -> None:
    """None is no value: it stands for a fact that nobody knows."""
    nothing: Any = {"a": None}
    assert evaluate(YES, nothing) is None
    assert evaluate(Not(Known("a")), nothing) is True


def test_matched_fields_are_those_that_made_it_true() -> None:
    """Of an `any`, only the true branches count; a negation matches by all that it reads."""
    condition = AnyOf((All((YES, Known("a"))), MAYBE))
    assert set(matched_fields(condition, FACTS)) == {"a"}
    assert fields_read(condition) == {"a", "b"}
    assert list(matched_fields(All((YES, Not(AnyOf((NO, OneOf("c", ("x",))))))), {"a": "x", "c": "y"})) == ["a", "a", "c"]
    assert list(atoms(condition)) == [YES, Known("a"), MAYBE]
    assert [is_atom(part) for part in (YES, Known("a"), Between("a"), Not(YES), All(()), AnyOf(()))] == [True] * 3 + [False] * 3


# A field has one type, so a rule never asks whether one is both 1 and true; facts may be of any type all the same.
ATOMS = st.one_of(
    st.builds(OneOf, st.just("text"), st.lists(st.sampled_from("xy"), min_size=1, max_size=2).map(tuple)),
    st.builds(OneOf, st.just("flag"), st.sampled_from([(True,), (False,), (False, True)])),
    st.builds(OneOf, st.just("number"), st.lists(st.sampled_from([1, 2, 2.5]), min_size=1, max_size=2).map(tuple)),
    st.builds(Between, st.just("number"), st.sampled_from([None, 0, 1]), st.sampled_from([None, 2, 3]), st.booleans(), st.booleans()),
    st.builds(Known, st.sampled_from(["text", "flag", "number"])),
)
CONDITIONS: st.SearchStrategy[Any] = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=10,
)
VALUES = st.sampled_from([0, 1, 2, 2.5, "x", "y", True, False, (), (1, "x"), ("y", 3), (False, 2)])
WORLDS = st.dictionaries(st.sampled_from(["text", "flag", "number"]), VALUES)


def holds(clause: Clause, facts: Facts) -> bool:
    """Whether each literal of a clause is true."""
    return all(truth_of(literal.atom, facts) is (not literal.negated) for literal in clause)


@settings(max_examples=1000)
@given(CONDITIONS, WORLDS)
def test_the_normal_form_is_true_when_the_condition_is(condition: Condition, facts: Facts) -> None:
    """A condition is true exactly when all literals of some clause are, unknown facts included; so is its negation."""
    for stated in (condition, Not(condition)):
        assert any(holds(clause, facts) for clause in normalise(stated)) == (evaluate(stated, facts) is True)


@given(CONDITIONS)
def test_the_normal_form_says_nothing_twice(condition: Condition) -> None:
    """No clause contains another one or contradicts itself, and the same condition gives the same clauses, in the same order."""
    clauses = normalise(condition)
    for clause in clauses:
        literals = set(clause)
        assert len(literals) == len(clause)
        assert not any(set(other) < literals for other in clauses)
        assert not any(replace(literal, negated=not literal.negated) in literals for literal in clause)
    assert len(set(clauses)) == len(clauses)
    assert normalise(from_json(to_json(condition))) == clauses


@given(CONDITIONS, st.randoms(use_true_random=False))
def test_the_order_of_parts_never_changes_the_normal_form(condition: Condition, rng: random.Random) -> None:
    """However the parts of `any` and `all` are arranged, the clauses are the same."""
    assert set(normalise(shuffled(condition, rng))) == set(normalise(condition))


def shuffled(condition: Condition, rng: random.Random) -> Condition:
    """A condition with its parts in another order."""
    match condition:
        case Not(child):
            return Not(shuffled(child, rng))
        case All(children) | AnyOf(children):
            parts = [shuffled(child, rng) for child in children]
            rng.shuffle(parts)
            return type(condition)(tuple(parts))
        case _:
            return condition


@given(CONDITIONS)
def test_conditions_survive_json(condition: Condition) -> None:
    """A condition is the same, to the type of each value, after a round trip through a JSON text, and so is its normal form."""
    read = from_json(json.loads(json.dumps(to_json(condition))))
    assert repr(read) == repr(condition)
    assert repr(normalise(read)) == repr(normalise(condition))


def test_the_normal_form_is_small() -> None:
    """A clause that another one contains, and one that can never hold, are dropped."""
    assert normalise(AnyOf((YES, All((YES, MAYBE))))) == ((Literal(YES),),)
    assert normalise(AnyOf((MAYBE, YES, YES))) == ((Literal(YES),), (Literal(MAYBE),))
    assert normalise(All((YES, Not(YES)))) == ()
    assert normalise(All((YES, Not(Known("a"))))) == ()
    assert normalise(All((Not(YES), Not(Known("a"))))) == ()
    assert normalise(All((Known("a"), Not(Known("a"))))) == ()
    assert normalise(Not(Known("a"))) == ((Literal(Known("a"), True),),)
    assert normalise(Not(Not(YES))) == ((Literal(YES),),)
    assert normalise(AnyOf((YES, Not(YES)))) == ((Literal(YES),), (Literal(YES, True),)), "unknown facts satisfy neither"
    assert normalise(All(())) == ((),)
    assert normalise(AnyOf((YES, All(())))) == ((),)
    assert normalise(AnyOf(())) == ()
    assert normalise(Not(All(()))) == ()


def pairs(count: int) -> All:
    """Alternatives of two, all of which must hold."""
    return All(tuple(AnyOf((OneOf(f"a{n}", (1,)), OneOf(f"b{n}", (1,)))) for n in range(count)))


@pytest.mark.parametrize("count", [9, 12, 200])
def test_too_many_clauses_are_refused(count: int) -> None:
    """What would make thousands of clauses is refused before they are made; the limit itself is not."""
    with pytest.raises(TooManyClausesError):
        normalise(pairs(count))
    assert len(normalise(pairs(8))) == MAX_CLAUSES
    assert len(normalise(Not(pairs(count)))) == count


def test_a_product_is_refused_before_it_is_made() -> None:
    """Five more alternatives beside the most clauses would make five times as many."""
    five = AnyOf(tuple(OneOf("c", (number,)) for number in range(5)))
    with pytest.raises(TooManyClausesError):
        normalise(All((pairs(8), five)))
    assert len(normalise(All((pairs(5), five)))) == 160


def test_the_limit_counts_what_is_left() -> None:
    """Alternatives that add nothing do not count, and those that do count wherever they stand."""
    many = tuple(OneOf("a", (number,)) for number in range(MAX_CLAUSES))
    assert len(normalise(AnyOf(many + many))) == MAX_CLAUSES
    with pytest.raises(TooManyClausesError):
        normalise(AnyOf((*many, YES)))
    with pytest.raises(TooManyClausesError):
        normalise(Not(All(tuple(map(Not, (*many, YES))))))


@pytest.mark.parametrize("data", [["maybe", 1], [], ["in", "a"], ["not"], ["between", "a", 1, 2]])
def test_from_json_refuses_nonsense(data: list[Any]) -> None:
    """What is no condition is not read as one."""
    with pytest.raises(ValueError, match="not a condition"):
        from_json(data)
