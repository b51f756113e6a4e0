"""Values that make tests true."""

from __future__ import annotations

from itertools import chain, combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpirules import KnowledgeBase
from kpirules.language.condition import All, Known
from kpirules.language.condition import evaluate as truth_of
from kpirules.language.normal import Clause, Literal, normalise
from kpirules.language.unary import read_test
from kpirules.language.witness import find_value
from tests.engine.generate import VALUES, WORLD, unary_tests

FIELDS = KnowledgeBase.from_documents(WORLD).fields


def clauses_of(name: str, tests: list[Any]) -> list[Clause]:
    """The ways in which all of some tests of a field can hold, but for those that want the fact to be unknown."""
    found = normalise(All(tuple(read_test(test, FIELDS[name], FIELDS) for test in tests)))
    return [clause for clause in found if clause and Literal(Known(name), True) not in clause]


def holds(clause: Clause, name: str, value: Any) -> bool:
    """Whether a value makes all literals of a clause true."""
    facts = {name: tuple(value) if isinstance(value, list) else value}
    return all(truth_of(literal.atom, facts) is not literal.negated for literal in clause)


@settings(max_examples=400)
@given(st.sampled_from(sorted(VALUES)), st.data())
def test_a_found_value_is_right(name: str, data: st.DataObject) -> None:
    """A value that is found makes every literal true and may be stated; where none is found, no value that is named does."""
    item = FIELDS[name]
    some = st.sampled_from(VALUES[name])
    current = data.draw(st.none() | (st.lists(some, max_size=2) if item.many else some))
    for clause in clauses_of(name, data.draw(st.lists(st.sampled_from(unary_tests(name)), min_size=1, max_size=2))):
        value = find_value(clause, item, FIELDS, current)
        if value is not None:
            assert holds(clause, name, value)
            assert all(FIELDS.problem(item, element) is None for element in (value if item.many else [value]))
        else:
            sets = chain.from_iterable(combinations(VALUES[name], size) for size in range(3))
            others = sets if item.many else (value for value in VALUES[name] if FIELDS.problem(item, value) is None)
            assert item.type == "text" or not any(holds(clause, name, other) for other in others)


@pytest.mark.parametrize(
    ("name", "tests", "current", "expected"),
    [
        ("company.years", ["> 3"], None, [4]),
        ("company.years", ["> 3", "< 2"], [2], [2, 4, 1]),
        ("company.years", ["not(> 3)"], [2, 10], [2]),
        ("company.years", ["not(> 3)", "> 2"], [10], [3]),
        ("company.years", ["(3..4)"], [1], None),
        ("company.revenue", ["not(-1)", "[-2..2]"], -1, -2),
        ("company.revenue", ["(0..1e-300)"], None, 5e-301),
        ("objective.priority", ["< 1"], None, None),
        ("audience.analysed", ["not(true)", "not(false)"], None, None),
        ("company.name", ["known"], None, None),
        ("company.name", ['not("x y")'], "x y", None),
    ],
)
def test_a_value_by_example(name: str, tests: list[Any], current: Any, expected: Any) -> None:
    """A list keeps what it may, a number lies near the current one, and a text is not made up."""
    (clause,) = clauses_of(name, tests)
    assert find_value(clause, FIELDS[name], FIELDS, current) == expected
