"""Scores and ranks: evidence combines, in any order, and strong KPIs never tie."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpirules.ranking import SCALE, Tallies, belief, nats, overall_strength, priority_weight, rank_overall, strength

WEIGHTS = st.lists(st.floats(0, 0.999), min_size=1, max_size=30)


@given(WEIGHTS)
def test_support_is_the_noisy_or(weights: list[float]) -> None:
    """`1 - prod(1 - w)`, whatever the order."""
    total = sum(map(nats, weights))
    assert belief(total) == pytest.approx(1 - math.prod(1 - w for w in weights), abs=1e-8)
    assert total == sum(map(nats, reversed(weights)))


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_discouragement_multiplies(weight: float, against: float) -> None:
    """A rule against a KPI leaves `1 - d` of its score."""
    assert belief(strength(nats(weight), nats(against))) == pytest.approx(weight * (1 - against), abs=1e-8)


def test_many_strong_rules_never_tie_at_one() -> None:
    """Sixty strong rules beat fifty-nine, though both scores are shown as 1."""
    tallies = Tallies(support={0: 59 * nats(0.95), 1: 60 * nats(0.95)})
    assert [kpi for kpi, _ in tallies.rank()] == [1, 0]
    assert round(belief(tallies.support[0]), 4) == 1.0


def test_ties_go_to_more_support_then_to_the_id() -> None:
    """Equal evidence is ordered by the catalogue, equal net evidence by what speaks for the KPI."""
    tallies = Tallies(support={2: nats(0.5), 1: nats(0.5), 0: 0}, against={}, excluded=set())
    assert [kpi for kpi, _ in tallies.rank()] == [1, 2]
    strong = Tallies(support={0: 50 * SCALE, 1: 60 * SCALE}, against={0: SCALE, 1: SCALE})
    assert [kpi for kpi, _ in strong.rank()] == [1, 0]


def test_excluded_kpis_have_no_rank() -> None:
    """An exclusion outweighs any support."""
    tallies = Tallies(support={0: nats(1), 1: nats(0.1)}, excluded={0})
    assert [kpi for kpi, _ in tallies.rank()] == [1]


def test_weights_at_the_ends() -> None:
    """Zero adds nothing; one is as good as certain, and two certainties still beat one."""
    assert nats(0) == 0
    assert belief(nats(1)) == pytest.approx(1, abs=1e-5)
    assert belief(2 * nats(1)) > belief(nats(1))
    assert belief(0) == 0
    assert str(belief(0)) == "0.0"


@given(st.lists(st.tuples(st.floats(0, 0.99), st.integers(1, 5)), min_size=1, max_size=5))
def test_overall_combines_kpos_by_priority(parts: list[tuple[float, int]]) -> None:
    """`1 - prod(1 - score / priority)` over the KPOs."""
    total = overall_strength((nats(score), priority_weight(priority)) for score, priority in parts)
    assert belief(total) == pytest.approx(1 - math.prod(1 - score / priority for score, priority in parts), abs=1e-7)


def test_overall_ranking_names_the_kpos() -> None:
    """A KPI of a second priority counts half, and each KPI says which KPOs it serves."""
    rows = rank_overall([({0: nats(0.5), 1: nats(0.6)}, 1.0), ({0: nats(0.5), 2: nats(0.9)}, 0.5)])
    assert [(kpi, kpos) for kpi, _, kpos in rows] == [(0, [0, 1]), (1, [0]), (2, [1])]
    assert priority_weight(None) == 1.0
