"""All engines say the same as the reference interpreter, on anything."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpirules import Evaluation, InputError, KnowledgeBase, Recommender
from kpirules.documents import read_data
from kpirules.engine.base import make_engine
from kpirules.engine.matcher import FieldTable
from kpirules.knowledge.situation import read_situation
from tests.conftest import DAY, VOCABULARY
from tests.engine.generate import PROFILES, rulesets

DAYS = st.sampled_from([DAY, DAY - datetime.timedelta(1), DAY + datetime.timedelta(1)])


def facts_of(evaluation: Evaluation) -> dict[str, Any]:
    """Everything that an evaluation says, ready to be compared."""
    return {
        "shared": dict(evaluation.shared),
        "objectives": [dict(facts) for facts in evaluation.objectives],
        "platforms": [dict(facts) for facts in evaluation.platforms],
        "derivations": evaluation.derivations,
        "conflicts": evaluation.conflicts,
        "fired": [list(evaluation.firings(kpo)) for kpo in range(len(evaluation.objectives))],
        "support": [tallies.support for tallies in evaluation.tallies],
        "against": [tallies.against for tallies in evaluation.tallies],
        "excluded": [tallies.excluded for tallies in evaluation.tallies],
        "ranks": [tallies.rank() for tallies in evaluation.tallies],
    }


def compare(documents: list[dict[str, Any]], profiles: list[dict[str, Any]], day: datetime.date) -> None:
    """Hold the native engine to the reference for some profiles, whole recommendations included."""
    knowledge = KnowledgeBase.from_documents([*VOCABULARY, *documents])
    reference, native = make_engine("reference", knowledge), make_engine("native", knowledge)
    recommenders = [Recommender(knowledge, engine=name) for name in ("reference", "native")]
    for profile in profiles:
        situation = read_situation(read_data(profile, "<profile>"), knowledge, day)
        assert facts_of(native.evaluate(situation)) == facts_of(reference.evaluate(situation))
        one, other = (recommender.recommend_data(profile, as_of=day) for recommender in recommenders)
        assert {**one, "engine": ""} == {**other, "engine": ""}


@settings(max_examples=1000)
@given(rulesets(), st.lists(PROFILES, min_size=1, max_size=3), DAYS)
def test_native_agrees_with_the_reference(documents: list[dict[str, Any]], profiles: list[dict[str, Any]], day: datetime.date) -> None:
    """On random knowledge bases and profiles both engines derive, fire, score and rank the same, evidence included."""
    compare(documents, profiles, day)


def test_the_agreement_test_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine whose negation is broken is caught by the very same comparison."""
    monkeypatch.setattr(FieldTable, "satisfied", lambda self, value: self._known | self._look_up(value)[0])

    @settings(max_examples=300, database=None)
    @given(rulesets(), st.lists(PROFILES, min_size=1, max_size=3), DAYS)
    def run(documents: list[dict[str, Any]], profiles: list[dict[str, Any]], day: datetime.date) -> None:
        compare(documents, profiles, day)

    with pytest.raises((AssertionError, ExceptionGroup, TypeError)):
        run()


@settings(max_examples=150)
@given(rulesets(), PROFILES, st.randoms(use_true_random=False))
def test_order_changes_nothing(documents: list[dict[str, Any]], profile: dict[str, Any], chance: Any) -> None:
    """The order of rules, documents, objectives' siblings and KPI records changes neither digest nor result."""
    shuffled = [{**document, "rules": chance.sample(document.get("rules", []), len(document.get("rules", [])))} for document in documents]
    vocabulary = [
        {key: chance.sample(value, len(value)) if isinstance(value, list) else value for key, value in document.items()}
        for document in VOCABULARY
    ]
    everything = [*vocabulary, *shuffled]
    chance.shuffle(everything)
    one, other = KnowledgeBase.from_documents([*VOCABULARY, *documents]), KnowledgeBase.from_documents(everything)
    assert one.digest == other.digest
    assert Recommender(one).recommend_data(profile, as_of=DAY) == Recommender(other).recommend_data(profile, as_of=DAY)


@settings(max_examples=150)
@given(rulesets(), PROFILES)
def test_explanations_agree_with_recommendations(documents: list[dict[str, Any]], profile: dict[str, Any]) -> None:
    """Verdict, rank and score of an explanation are the recommendation's, and a proposed change really brings the KPI in."""
    knowledge = KnowledgeBase.from_documents([*VOCABULARY, *documents])
    recommender, reference = Recommender(knowledge), Recommender(knowledge, engine="reference")
    result = recommender.recommend_data(profile, as_of=DAY)
    overall = {row["kpi"]: row["rank"] for row in result["overall"]}
    for kpi in knowledge.kpi_ids:
        explanation = recommender.explain(profile, kpi, as_of=DAY)
        assert explanation.overall_rank == overall.get(kpi)
        for kpo, explained in zip(result["kpos"], explanation.kpos, strict=True):
            row = next((row for row in kpo["kpis"] if row["kpi"] == kpi), None)
            assert explained.rank == (row["rank"] if row else None)
            assert explained.score == (row["score"] if row else 0)
            if row:
                assert explained.verdict == ("headline" if row["headline"] else "recommended")
                assert [argument.rule for argument in explained.arguments] == [evidence["rule"] for evidence in row["because"]]
        if explanation.change:
            changed = explanation.change.profile
            assert kpi in [row["kpi"] for row in reference.recommend_data(changed, as_of=DAY)["overall"]]


@settings(max_examples=100)
@given(rulesets(), PROFILES)
def test_a_profile_object_gives_the_same(documents: list[dict[str, Any]], profile: dict[str, Any]) -> None:
    """Plain data, a `Profile` and the typed result of both agree."""
    from kpirules import Profile

    recommender = Recommender(KnowledgeBase.from_documents([*VOCABULARY, *documents]))
    data = recommender.recommend_data(profile, as_of=DAY)
    typed = recommender.recommend(Profile.model_validate({**profile, "objectives": profile["objectives"]}), as_of=DAY)
    assert typed.model_dump(mode="json") == data


def test_a_wrong_profile_is_refused_by_every_engine() -> None:
    """The door is the same for all engines."""
    knowledge = KnowledgeBase.from_documents(VOCABULARY)
    for name in ("native", "reference"):
        with pytest.raises(InputError, match="no value of objective"):
            Recommender(knowledge, engine=name).recommend({"objectives": [{"type": "nonsense"}]})
