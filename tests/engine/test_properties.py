"""What holds for every knowledge base and every profile, whatever the engine."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kpirules import KnowledgeBase, Profile, Recommender
from kpirules.engine.base import Evaluation
from kpirules.knowledge.base import CompiledRule
from kpirules.language.condition import Facts, Known
from kpirules.language.condition import test_atom as truth_of
from kpirules.language.normal import Literal
from tests.conftest import DAY
from tests.engine.generate import PROFILES, WORLD, knowledge_of, rulesets

Documents = list[dict[str, Any]]
Stated = dict[str, Any]


def shuffled(value: Any, chance: random.Random) -> Any:
    """The same document with the order of its rules and records changed."""
    keys = ("rules", "kpis", "fields", "topics", "data_sources")
    return {key: chance.sample(items, len(items)) if key in keys else items for key, items in value.items()}


@settings(max_examples=60)
@given(rulesets(least=2), PROFILES, st.randoms(use_true_random=False))
def test_no_order_of_knowledge_changes_anything(documents: Documents, profile: Stated, chance: random.Random) -> None:
    """The order of rules, documents and KPI records changes neither the digest nor a word of the recommendation."""
    one = knowledge_of(documents)
    everything = [shuffled(document, chance) for document in (*WORLD, *documents)]
    chance.shuffle(everything)
    other = KnowledgeBase.from_documents(everything)
    assert one.digest == other.digest
    assert Recommender(one).recommend_data(profile, as_of=DAY) == Recommender(other).recommend_data(profile, as_of=DAY)


@settings(max_examples=60)
@given(rulesets(least=2), PROFILES, st.randoms(use_true_random=False))
def test_the_order_of_platforms_changes_no_score(documents: Documents, profile: Stated, chance: random.Random) -> None:
    """Platforms in another order leave every score and rank as it is."""
    recommender = Recommender(knowledge_of(documents))
    places = profile.get("platforms", [])
    moved = {**profile, **({"platforms": chance.sample(places, len(places))} if places else {})}
    assert scores(recommender.recommend_data(profile, as_of=DAY)) == scores(recommender.recommend_data(moved, as_of=DAY))


def scores(result: Mapping[str, Any]) -> list[Any]:
    """Ranks and scores per KPO and overall."""
    lists = [*(kpo["kpis"] for kpo in result["kpos"]), result["overall"]]
    return [[(row["rank"], row["kpi"], row["score"]) for row in rows] for rows in lists]


@settings(max_examples=60)
@given(rulesets(least=2), PROFILES)
def test_an_explanation_agrees_with_the_recommendation(documents: Documents, profile: Stated) -> None:
    """Verdict, rank, score and evidence of every explanation are the recommendation's, for every KPI and KPO."""
    recommender = Recommender(knowledge_of(documents))
    result = recommender.recommend_data(profile, as_of=DAY)
    overall = {row["kpi"]: row["rank"] for row in result["overall"]}
    for kpi in recommender.knowledge.kpi_ids:
        explanation = recommender.explain(profile, kpi, as_of=DAY)
        assert explanation.overall_rank == overall.get(kpi)
        for kpo, explained in zip(result["kpos"], explanation.kpos, strict=True):
            row: Mapping[str, Any] = next((row for row in kpo["kpis"] if row["kpi"] == kpi), {})
            against: Mapping[str, Any] = next((row for row in kpo["excluded"] if row["kpi"] == kpi), {})
            if row:
                expected = "headline" if row["headline"] else "recommended"
            else:
                expected = "excluded" if against.get("effect") == "exclude" else "not-recommended"
            assert (explained.verdict, explained.rank, explained.score) == (expected, row.get("rank"), row.get("score", 0))
            if row or against:
                assert [argument.rule for argument in explained.arguments] == [part["rule"] for part in (row or against)["because"]]


@settings(max_examples=200)
@given(rulesets(least=2), PROFILES)
def test_a_proposed_change_brings_the_kpi_in(documents: Documents, profile: Stated) -> None:
    """The changed profile of an explanation is a right one, and by the reference engine the KPI is recommended for it."""
    recommender = Recommender(knowledge_of(documents))
    reference = Recommender(recommender.knowledge, engine="reference")
    for kpi in recommender.knowledge.kpi_ids:
        explanation = recommender.explain(profile, kpi, as_of=DAY)
        recommended = explanation.overall_rank is not None
        if explanation.change:
            assert not recommended
            assert explanation.change.edits
            result = reference.recommend_data(explanation.change.profile, as_of=DAY)
            assert kpi in [row["kpi"] for row in result["overall"]]


@settings(max_examples=200)
@given(rulesets(least=2), PROFILES)
def test_gaps_are_the_unknown_facts_that_hold_rules_back(documents: Documents, profile: Stated) -> None:
    """The gaps name each unknown fact that some silent rule waits for and nothing known forbids, with the number of those rules."""
    recommender = Recommender(knowledge_of(documents))
    situation = recommender.situation(profile, DAY)
    evaluation = recommender.evaluate(situation)
    fired = {firing.rule for kpo in range(len(evaluation.objectives)) for firing in evaluation.firings(kpo)}
    expected: dict[str, set[int]] = {}
    for rule in recommender.knowledge.rules:
        if rule.index not in fired and rule.in_force(DAY):
            for field in waits_for(rule, recommender.knowledge, evaluation, "platforms" in profile):
                expected.setdefault(field, set()).add(rule.index)
    found = recommender.recommend_data(profile, as_of=DAY)["gaps"]
    assert {row["field"]: row["unlocks"] for row in found} == {field: len(waiting) for field, waiting in expected.items()}
    assert found == sorted(found, key=lambda row: (-row["unlocks"], row["field"]))


def waits_for(rule: CompiledRule, knowledge: KnowledgeBase, evaluation: Evaluation, platforms_known: bool) -> Iterator[str]:
    """The unknown facts for which one way of a rule to hold waits, tried for every KPO and platform."""
    places: list[Facts | None] = [None]
    if rule.reads("platform") and platforms_known:
        places = list(evaluation.platforms)
    for clause in rule.clauses:
        for objective in evaluation.objectives:
            for place in places:
                unread = rule.reads("platform") and place is None
                literals = [literal for literal in clause if not (unread and literal.atom.field.startswith("platform."))]
                facts = {**evaluation.shared, **objective, **(place or {})}
                unknown = {literal.atom.field for literal in literals if waiting(literal, facts)}
                wrong = any(truth_of(literal.atom, facts) is literal.negated for literal in literals if literal.atom.field not in unknown)
                if not wrong and all(askable(field, knowledge, place) for field in unknown):
                    yield from unknown
                    yield from ["profile.platforms"] if unread else []


def waiting(literal: Literal, facts: Facts) -> bool:
    """Whether a literal would need a fact that is unknown."""
    return literal.atom.field not in facts and not (isinstance(literal.atom, Known) and literal.negated)


def askable(field: str, knowledge: KnowledgeBase, place: Facts | None) -> bool:
    """Whether a company can be asked for a fact: it has a question, and the platform has such a fact."""
    item = knowledge.fields[field]
    return bool(item.question) and (item.scope != "platform" or place is None or str(place["platform.name"]) in item.platforms)


@settings(max_examples=60)
@given(rulesets(least=2), PROFILES)
def test_every_way_to_ask_gives_the_same(documents: Documents, profile: Stated) -> None:
    """The typed result of a `Profile` object, as JSON, is the plain result of the plain profile; and plain it is."""
    recommender = Recommender(knowledge_of(documents))
    objectives = [{"statement": item} if isinstance(item, str) else item for item in profile["objectives"]]
    data = recommender.recommend_data(profile, as_of=DAY, language="fr")
    typed = recommender.recommend(Profile.model_validate({**profile, "objectives": objectives}), as_of=DAY, language="fr")
    assert typed.model_dump(mode="json") == data == json.loads(json.dumps(data))


@settings(max_examples=60)
@given(rulesets(least=2), PROFILES)
def test_the_evidence_adds_up(documents: Documents, profile: Stated) -> None:
    """Each score is what its evidence says: support by noisy-or, lowered by each discouragement; shares of a side sum to one."""
    recommender = Recommender(knowledge_of(documents))
    for kpo in recommender.recommend_data(profile, as_of=DAY)["kpos"]:
        for row in kpo["kpis"]:
            doubt, left = 1.0, 1.0
            for part in row["because"]:
                weight = min(part["weight"], 1 - 1e-6)
                assert part["effect"] != "exclude"
                doubt *= 1 - weight if part["effect"] == "recommend" else 1
                left *= 1 - weight if part["effect"] == "discourage" else 1
            assert abs(row["score"] - (1 - doubt) * left) < 1e-4
