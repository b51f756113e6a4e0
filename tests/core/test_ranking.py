"""Scores and ranks: evidence combines, in any order, and strong KPIs never tie."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpirules import KnowledgeBase, Recommender
from kpirules.ranking import CERTAIN, SCALE, Tallies, belief, nats, overall_strength, priority_weight, rank_overall, strength
from tests.conftest import DAY, VOCABULARY, MakeKnowledge, text

WEIGHTS = st.lists(st.floats(0, 0.999), min_size=1, max_size=60)
STRENGTHS = st.integers(0, 100 * SCALE)


def support_of(weights: list[float]) -> int:
    """The sum of the evidence."""
    return sum(map(nats, weights))


@given(WEIGHTS, st.randoms(use_true_random=False))
def test_support_is_the_noisy_or(weights: list[float], rng: random.Random) -> None:
    """Support is `1 - prod(1 - w)`, and not a bit of it hangs on the order of the rules."""
    total = support_of(weights)
    assert belief(total) == pytest.approx(1 - math.prod(1 - w for w in weights), abs=1e-9)
    rng.shuffle(weights)
    assert support_of(weights) == total


@given(WEIGHTS, WEIGHTS)
def test_discouragement_multiplies(weights: list[float], against: list[float]) -> None:
    """The rules against a KPI leave `prod(1 - d)` of its score."""
    expected = (1 - math.prod(1 - w for w in weights)) * math.prod(1 - d for d in against)
    assert belief(strength(support_of(weights), support_of(against))) == pytest.approx(expected, abs=1e-9)


@given(STRENGTHS, STRENGTHS, STRENGTHS)
def test_more_evidence_never_hurts(support: int, against: int, more: int) -> None:
    """More support never lowers a KPI, more against it never raises it, and nothing against it changes nothing."""
    assert strength(support, 0) == support
    assert strength(support, against) <= strength(support + more, against)
    assert strength(support, against + more) <= strength(support, against) <= support


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_stronger_belief_is_stronger_evidence(one: float, other: float) -> None:
    """Weights keep their order as evidence, and a belief is found again from its evidence."""
    low, high = sorted((one, other))
    assert 0 <= nats(low) <= nats(high)
    assert belief(nats(low)) == pytest.approx(min(low, CERTAIN), abs=1e-9)


def test_many_strong_rules_never_tie_at_one() -> None:
    """Each further rule makes a KPI stronger, long after all of their scores are shown as 1."""
    tallies = Tallies(support={kpi: (40 + kpi) * nats(0.95) for kpi in range(60)})
    assert [kpi for kpi, _ in tallies.rank()] == list(reversed(range(60)))
    assert {round(belief(support), 4) for support in tallies.support.values()} == {1.0}
    assert len({strength for _, strength in tallies.rank()}) == 60


def test_ties_go_to_more_support_then_to_the_id() -> None:
    """Equal evidence is ordered by the catalogue, equal net evidence by what speaks for the KPI."""
    tallies = Tallies(support={2: nats(0.5), 1: nats(0.5), 0: 0}, against={}, excluded=set())
    assert [kpi for kpi, _ in tallies.rank()] == [1, 2]
    strong = Tallies(support={0: 50 * SCALE, 1: 60 * SCALE}, against={0: SCALE, 1: SCALE})
    assert len({strength for _, strength in strong.rank()}) == 1
    assert [kpi for kpi, _ in strong.rank()] == [1, 0]


TALLIES = st.dictionaries(st.integers(0, 9), st.sampled_from([nats(0.3), nats(0.5), nats(0.9), 3 * nats(0.9)]), max_size=10)


@given(TALLIES, TALLIES, st.sets(st.integers(0, 9), max_size=3), st.randoms(use_true_random=False))
def test_the_order_of_the_evidence_never_changes_a_rank(
    support: dict[int, int], against: dict[int, int], excluded: set[int], rng: random.Random
) -> None:
    """The ranking is the same however the tallies were filled, strongest first, and without what is excluded or never recommended."""
    rows = Tallies(support, against, excluded).rank()
    items = list(support.items())
    rng.shuffle(items)
    assert Tallies(dict(items), dict(reversed(against.items())), excluded).rank() == rows
    assert {kpi for kpi, _ in rows} == set(support) - excluded
    assert [strength for _, strength in rows] == sorted((strength for _, strength in rows), reverse=True)


def test_excluded_kpis_have_no_rank() -> None:
    """An exclusion outweighs any support, and what is only discouraged was never recommended."""
    tallies = Tallies(support={0: nats(1), 1: nats(0.1)}, against={2: nats(0.5)}, excluded={0})
    assert [kpi for kpi, _ in tallies.rank()] == [1]


def test_weights_at_the_ends() -> None:
    """Zero adds nothing; one is as good as certain, and two certainties still beat one."""
    assert nats(0) == 0
    assert belief(nats(1)) == pytest.approx(1, abs=1e-5)
    assert belief(2 * nats(1)) > belief(nats(1))
    assert nats(1) > nats(0.999)
    assert belief(0) == 0
    assert str(belief(0)) == "0.0"
    assert belief(strength(nats(0.9), nats(1))) == pytest.approx(0, abs=1e-5)


def test_a_weight_of_zero_recommends_nothing(make_knowledge: MakeKnowledge) -> None:
    """A rule that believes nothing of a KPI does not bring it into the ranking."""
    knowledge = make_knowledge({"id": "a", "recommend": [{"kpi": "reach", "weight": 0}, {"kpi": "sales", "weight": 1}]})
    result = Recommender(knowledge).recommend({"objectives": [{"type": "online-sales"}]}, as_of=DAY)
    assert [row.kpi for row in result.overall] == ["sales"]


@given(st.lists(st.tuples(st.floats(0, 0.99), st.integers(1, 5)), min_size=1, max_size=5))
def test_overall_combines_kpos_by_priority(parts: list[tuple[float, int]]) -> None:
    """Overall, a KPI has `1 - prod(1 - score / priority)` over the KPOs, in any order."""
    weighted = [(nats(score), priority_weight(priority)) for score, priority in parts]
    total = overall_strength(weighted)
    assert belief(total) == pytest.approx(1 - math.prod(1 - score / priority for score, priority in parts), abs=1e-9)
    assert overall_strength(reversed(weighted)) == total


def test_overall_ranking_names_the_kpos() -> None:
    """A KPI of a second priority counts half, and each KPI says which KPOs it serves."""
    rows = rank_overall([({0: nats(0.5), 1: nats(0.6)}, 1.0), ({0: nats(0.5), 2: nats(0.9)}, 0.5)])
    assert [(kpi, kpos) for kpi, _, kpos in rows] == [(0, [0, 1]), (1, [0]), (2, [1])]
    assert rank_overall([({3: 5, 1: 5}, 1.0), ({2: 5}, 1.0)]) == [(1, 5, [0]), (2, 5, [1]), (3, 5, [0])]
    assert rank_overall([]) == []
    assert [priority_weight(priority) for priority in (None, 1, 2, 4)] == [1.0, 1.0, 0.5, 0.25]


RULES: list[dict[str, Any]] = [
    {"id": f"r{number}", "when": when, action: [{"kpi": kpi, "weight": weight}]}
    for number, (when, action, kpi, weight) in enumerate(
        [({}, "recommend", "reach", 0.3), ({"objective.type": "online-sales"}, "recommend", "sales", 0.9), ({}, "recommend", "reach", 0.55),
         ({"platform.name": "instagram"}, "recommend", "mood", 0.7), ({}, "discourage", "mood", 0.2), ({}, "recommend", "cost", 0.685),
         ({"objective.type": "brand-awareness"}, "recommend", "sales", 0.1), ({}, "discourage", "reach", 0.01)]
    )
]  # fmt: skip


@given(st.permutations(RULES), st.permutations(["instagram", "website", "linkedin"]))
def test_the_order_of_rules_and_platforms_never_changes_a_result(rules: list[dict[str, Any]], platforms: list[str]) -> None:
    """However the rules of a file and the platforms of a profile are arranged, ranks and scores are the same."""
    assert result_of(rules, platforms) == result_of(RULES, ["instagram", "linkedin", "website"])


def result_of(rules: list[dict[str, Any]], platforms: list[str]) -> list[Any]:
    """Ranks and scores, overall and per KPO."""
    completed = [{**rule, "because": text("b")} for rule in rules]
    knowledge = KnowledgeBase.from_documents([*VOCABULARY, {"ruleset": "test", "version": "1.0.0", "rules": completed}])
    objectives = [{"type": "online-sales", "priority": 1}, {"type": "brand-awareness", "priority": 2}]
    result = Recommender(knowledge).recommend({"objectives": objectives, "platforms": platforms}, as_of=DAY)
    overall = [(row.rank, row.kpi, row.score) for row in result.overall]
    return [overall, *([(row.rank, row.kpi, row.score) for row in kpo.kpis] for kpo in result.kpos)]


def test_priorities_weigh_the_overall_ranking(make_knowledge: MakeKnowledge) -> None:
    """The KPI of the first objective leads, although the second objective believes more in its own."""
    knowledge = make_knowledge(
        {"id": "a", "when": {"objective.type": "online-sales"}, "recommend": [{"kpi": "sales", "weight": 0.6}]},
        {"id": "b", "when": {"objective.type": "brand-awareness"}, "recommend": [{"kpi": "reach", "weight": 0.9}]},
    )

    def overall(first: int, second: int) -> dict[str, float]:
        objectives = [{"type": "online-sales", "priority": first}, {"type": "brand-awareness", "priority": second}]
        result = Recommender(knowledge).recommend({"objectives": objectives}, as_of=DAY)
        return {row.kpi: row.score for row in result.overall}

    assert list(overall(1, 2).items()) == [("sales", 0.6), ("reach", 0.45)]
    assert list(overall(1, 1).items()) == [("reach", 0.9), ("sales", 0.6)]
