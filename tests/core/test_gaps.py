"""The unanswered questions: which answers would let rules speak."""

from __future__ import annotations

from typing import Any

import pytest

from kpirules import KnowledgeBase, Recommender
from tests.conftest import DAY, VOCABULARY, MakeKnowledge, text

RULE = {"recommend": [{"kpi": "reach", "weight": 0.5}]}
PROFILE: dict[str, Any] = {"objectives": [{"type": "brand-awareness"}], "platforms": []}


def gaps(knowledge: KnowledgeBase, profile: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    """The gaps of the recommendation."""
    found: list[dict[str, Any]] = Recommender(knowledge).recommend_data(profile, **{"as_of": DAY, **options})["gaps"]
    return found


def counts(found: list[dict[str, Any]]) -> dict[str, int]:
    """How many rules each answer could let speak, in the order of the gaps."""
    return {row["field"]: row["unlocks"] for row in found}


def test_gaps_count_the_rules_that_wait(make_knowledge: MakeKnowledge) -> None:
    """Each unknown fact counts the rules that wait for it, once each, the most decisive first, equal ones by name."""
    whens: list[dict[str, Any]] = [
        {"company.stage": "growth"},
        {"company.stage": "launch", "company.employees": "> 3"},
        {"any": [{"company.stage": "launch"}, {"company.stage": "mature", "company.revenue": "< 9"}]},
        {"audience.analysed": True},
    ]
    knowledge = make_knowledge(*({"id": f"r{number}", "when": when, **RULE} for number, when in enumerate(whens)))
    found = counts(gaps(knowledge, PROFILE))
    assert list(found.items()) == [("company.stage", 3), ("audience.analysed", 1), ("company.employees", 1), ("company.revenue", 1)]


@pytest.mark.parametrize(
    ("when", "profile"),
    [
        ({"company.stage": "growth", "objective.type": "online-sales"}, PROFILE),  # no such objective
        ({"company.stage": "growth", "company.employees": "> 3"}, {**PROFILE, "company": {"employees": 2}}),  # forbidden by another fact
        ({"any": [{"company.stage": "growth"}, {"company.employees": 2}]}, {**PROFILE, "company": {"employees": 2}}),  # fires anyway
        ({"platform.ads": True}, PROFILE),  # there is no platform
        ({"platform.ads": True, "company.stage": "growth"}, PROFILE),
        ({"platform.followers": "> 3"}, {**PROFILE, "platforms": ["website"]}),  # a website has no followers
        ({"platform.ads": True, "platform.name": "linkedin"}, {**PROFILE, "platforms": ["instagram"]}),
        ({"company.stage": "unknown", "objective.type": "online-sales"}, PROFILE),
        ({"profile.platforms": "linkedin"}, PROFILE),
        ({"objective.topics": "press"}, PROFILE),  # nobody asks for topics: they are read from the statement
    ],
)
def test_there_is_no_gap_for_what_cannot_matter(when: dict[str, Any], profile: dict[str, Any], make_knowledge: MakeKnowledge) -> None:
    """A fact is no gap when the rule that reads it fires already, or is forbidden by what is known."""
    assert gaps(make_knowledge({"id": "r", "when": when, **RULE}), profile) == []


@pytest.mark.parametrize("life", [{"status": "draft"}, {"status": "retired"}, {"valid_from": "2026-01-02"}, {"valid_until": "2025-12-31"}])
def test_a_rule_out_of_force_asks_nothing(life: dict[str, str], make_knowledge: MakeKnowledge) -> None:
    """Neither a draft nor a rule of another time has gaps."""
    assert gaps(make_knowledge({"id": "r", "when": {"company.stage": "growth"}, **RULE, **life}), PROFILE) == []


def test_a_rule_that_speaks_for_one_kpo_waits_for_nothing(make_knowledge: MakeKnowledge) -> None:
    """A rule that fires for one KPO is not counted for another one that lacks a fact."""
    knowledge = make_knowledge({"id": "r", "when": {"objective.horizon": "long"}, **RULE})
    objectives = [{"type": "online-sales"}, {"type": "brand-awareness", "horizon": "long"}]
    assert gaps(knowledge, {"objectives": objectives}) == []
    assert counts(gaps(knowledge, {"objectives": objectives[:1]})) == {"objective.horizon": 1}


@pytest.mark.parametrize(
    "when", [{"platform.ads": True}, {"platform.name": "linkedin", "platform.followers": "> 3"}, {"profile.platforms": "linkedin"}]
)
def test_the_platforms_are_asked_for_when_the_section_is_missing(when: dict[str, Any], make_knowledge: MakeKnowledge) -> None:
    """Without a list of platforms, a rule about one asks for the list, not for facts of a platform that nobody named."""
    (gap,) = gaps(make_knowledge({"id": "r", "when": when, **RULE}), {"objectives": PROFILE["objectives"]}, language="fr")
    assert (gap["field"], gap["unlocks"], gap["platforms"]) == ("profile.platforms", 1, [])
    assert gap["question"] == "Sur quelles plateformes l'entreprise est-elle présente\u00a0?"


def test_a_gap_names_the_platforms_concerned(make_knowledge: MakeKnowledge) -> None:
    """A platform's fact names the platforms that lack it, each once, and none that states it or can't have it."""
    knowledge = make_knowledge(
        {"id": "r", "when": {"platform.followers": "> 3"}, **RULE}, {"id": "s", "when": {"platform.ads": True}, **RULE}
    )
    places = ["linkedin", "website", {"name": "instagram", "followers": 2}, "instagram", "linkedin"]
    found = gaps(knowledge, {**PROFILE, "platforms": places})
    assert [(row["field"], row["platforms"]) for row in found] == [
        ("platform.ads", ["instagram", "linkedin", "website"]), ("platform.followers", ["instagram", "linkedin"]),
    ]  # fmt: skip


def test_known_waits_and_unknown_does_not(make_knowledge: MakeKnowledge) -> None:
    """A rule that wants a fact to be known waits for it; one that wants it unknown speaks."""
    knowledge = make_knowledge(
        {"id": "r", "when": {"company.stage": "known"}, **RULE}, {"id": "s", "when": {"company.stage": "unknown"}, **RULE}
    )
    assert counts(gaps(knowledge, PROFILE)) == {"company.stage": 1}


def test_a_derived_fact_is_no_gap(make_knowledge: MakeKnowledge) -> None:
    """A fact that a rule derives is known, so nobody is asked for it."""
    knowledge = make_knowledge(
        {"id": "d", "when": {"company.employees": "< 3"}, "derive": {"company.stage": "launch"}},
        {"id": "r", "when": {"company.stage": "growth"}, **RULE},
    )
    assert gaps(knowledge, {**PROFILE, "company": {"employees": 2}}) == []


@pytest.mark.parametrize(("language", "label", "question"), [("en", "stage", "Which stage?"), ("fr", "stade", "Quel stade ?")])
def test_a_gap_speaks_the_clients_language(language: str, label: str, question: str, make_knowledge: MakeKnowledge) -> None:
    """Label and question are in the language of the result."""
    (gap,) = gaps(make_knowledge({"id": "r", "when": {"company.stage": "growth"}, **RULE}), PROFILE, language=language)
    assert gap == {"field": "company.stage", "label": label, "question": question, "platforms": [], "unlocks": 1}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_question_in_one_language_is_asked_in_it(language: str) -> None:
    """A plugin's field that has texts in one language only is asked for in that one."""
    field = {"field": "company.motto", "type": "text", "label": {"fr": "devise"}, "question": {"fr": "Quelle devise ?"}}
    rule = {"id": "r", "when": {"company.motto": '"Nec mergitur"'}, "because": text("b"), **RULE}
    knowledge = KnowledgeBase.from_documents([*VOCABULARY, {"fields": [field]}, {"ruleset": "t", "version": "1.0.0", "rules": [rule]}])
    (gap,) = gaps(knowledge, PROFILE, language=language)
    assert (gap["label"], gap["question"]) == ("devise", "Quelle devise ?")
