"""Derived facts: what rules set for other rules to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from kpirules import InputError, KnowledgeBase
from tests.conftest import MakeKnowledge, text
from tests.engine.conftest import Ask
from tests.engine.generate import WORLD

AWARENESS = {"objectives": [{"id": "known", "type": "brand-awareness"}]}


def rule(identity: str, when: Mapping[str, Any], **actions: Any) -> dict[str, Any]:
    """A rule of these tests."""
    return {"id": identity, "when": when, "because": text("A reason."), **actions}


def speak(identity: str, when: Mapping[str, Any], kpi: str = "reach") -> dict[str, Any]:
    """A rule that recommends one KPI."""
    return rule(identity, when, recommend=[{"kpi": kpi, "weight": 0.5}])


def world(*rules: Mapping[str, Any]) -> KnowledgeBase:
    """A knowledge base over the larger vocabulary of the random tests."""
    return KnowledgeBase.from_documents([*WORLD, {"ruleset": "test", "version": "1.0.0", "rules": rules}])


def kpis(result: Mapping[str, Any], kpo: int = 0) -> list[str]:
    """The recommended KPIs of a KPO, best first."""
    return [row["kpi"] for row in result["kpos"][kpo]["kpis"]]


def test_a_derived_fact_lets_another_rule_speak(ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """A rule reads what another one derives, and the result names the fact and the rule behind it."""
    knowledge = make_knowledge(
        rule("young", {"company.employees": "< 3"}, derive={"company.stage": "launch"}), speak("reader", {"company.stage": "launch"})
    )
    result = ask(knowledge, {**AWARENESS, "company": {"employees": 2}})
    assert kpis(result) == ["reach"]
    assert result["derived"] == [{"field": "company.stage", "value": "launch", "about": None, "rule": "test/young"}]
    assert result["kpos"][0]["kpis"][0]["because"][0]["matched"] == {"company.stage": "launch"}


def test_a_stated_fact_wins(ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """What the company states is never overwritten, and the result lists no derived value that does not count."""
    knowledge = make_knowledge(
        rule("young", {"company.employees": "< 3"}, derive={"company.stage": "launch"}),
        speak("launch", {"company.stage": "launch"}, "cost"),
        speak("mature", {"company.stage": "mature"}, "sales"),
    )
    result = ask(knowledge, {**AWARENESS, "company": {"employees": 2, "stage": "mature"}})
    assert kpis(result) == ["sales"]
    assert result["derived"] == []
    assert result["conflicts"] == []


@pytest.mark.parametrize("names", [("a", "b", "c", "d"), ("d", "c", "b", "a")])
def test_derivations_follow_their_strata(names: tuple[str, ...], ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """A chain of derivations works out whatever the order of the rules' ids."""
    first, second, third, last = names
    knowledge = make_knowledge(
        rule(first, {"company.revenue": "> 10"}, derive={"company.employees": 5}),
        rule(second, {"company.employees": 5}, derive={"company.stage": "growth"}),
        rule(third, {"company.stage": "growth"}, derive={"audience.analysed": False}),
        speak(last, {"audience.analysed": False}),
    )
    result = ask(knowledge, {**AWARENESS, "company": {"revenue": 11}})
    assert kpis(result) == ["reach"]
    assert [row["field"] for row in result["derived"]] == ["company.employees", "company.stage", "audience.analysed"]


def test_a_rule_that_reads_unknown_waits_for_the_derivation(ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """`unknown` is decided after all rules that could derive the fact, so it does not hold for a fact that is derived."""
    knowledge = make_knowledge(
        speak("a-reader", {"company.stage": "unknown"}),
        rule("b-deriver", {"company.employees": "known"}, derive={"company.stage": "growth"}),
    )
    assert kpis(ask(knowledge, {**AWARENESS, "company": {"employees": 1}})) == []
    assert kpis(ask(knowledge, AWARENESS)) == ["reach"]


def test_derived_elements_join_the_stated_list(ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """Derived elements are added to a stated list, once each, from as many rules as derive some."""
    knowledge = make_knowledge(
        rule("one", {}, derive={"company.tags": ["b", "a"]}),
        rule("two", {}, derive={"company.tags": "c"}),
        speak("all-of-them", {"all": [{"company.tags": "a"}, {"company.tags": "b"}, {"company.tags": "c"}]}),
    )
    result = ask(knowledge, {**AWARENESS, "company": {"tags": ["b"]}})
    assert result["kpos"][0]["kpis"][0]["because"][0]["matched"] == {"company.tags": ["b", "a", "c"]}
    assert result["conflicts"] == []


def test_an_empty_derived_list_is_known(ask: Ask) -> None:
    """A rule may derive that there is nothing: the list is then known, and no test of an element holds."""
    knowledge = world(rule("none", {}, derive={"platform.formats": []}), speak("known", {"platform.formats": "known"}),
                      speak("no-reel", {"platform.formats": 'not("reel")'}, "mood"), speak("reel", {"platform.formats": "reel"}, "cost"))  # fmt: skip
    assert kpis(ask(knowledge, {**AWARENESS, "platforms": ["tiktok"]})) == ["mood", "reach"]


def test_two_values_for_one_fact_leave_it_unknown(ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """Rules that derive different values for one fact leave it unknown, and the result reports the conflict."""
    knowledge = make_knowledge(
        rule("one", {}, derive={"company.stage": "growth"}), rule("two", {}, derive={"company.stage": "launch"}),
        speak("growth", {"company.stage": "growth"}, "cost"), speak("not-growth", {"company.stage": 'not("growth")'}, "sales"),
        speak("unknown", {"company.stage": "unknown"}),
    )  # fmt: skip
    result = ask(knowledge, AWARENESS)
    assert kpis(result) == ["reach"]
    assert result["conflicts"] == [{"field": "company.stage", "values": ["growth", "launch"], "about": None}]


@pytest.mark.parametrize("early", ["growth", "launch"])
def test_a_conflict_across_strata_is_one_too(early: str, ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """Two values conflict also when one of them could be derived earlier than the other: no order of rules decides."""
    late = {"growth": "launch", "launch": "growth"}[early]
    knowledge = make_knowledge(
        rule("one", {}, derive={"company.stage": early}),
        rule("flag", {}, derive={"audience.analysed": True}),
        rule("two", {"audience.analysed": True}, derive={"company.stage": late}),
        speak("early", {"company.stage": early}, "cost"), speak("unknown", {"company.stage": "unknown"}),
    )  # fmt: skip
    result = ask(knowledge, AWARENESS)
    assert kpis(result) == ["reach"]
    assert result["conflicts"] == [{"field": "company.stage", "values": ["growth", "launch"], "about": None}]


def test_a_conflict_stays_one_whatever_comes_after(ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """A third derivation in a later stratum settles no conflict, and the conflict is reported once with all values."""
    knowledge = make_knowledge(
        rule("one", {}, derive={"company.employees": 1}), rule("two", {}, derive={"company.employees": 2}),
        rule("flag", {}, derive={"audience.analysed": True}),
        rule("three", {"audience.analysed": True}, derive={"company.employees": 3}),
        speak("known", {"company.employees": "known"}),
    )  # fmt: skip
    result = ask(knowledge, AWARENESS)
    assert kpis(result) == []
    assert result["conflicts"] == [{"field": "company.employees", "values": [1, 2, 3], "about": None}]


def test_equal_values_from_two_rules_are_no_conflict(ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """Rules that agree do not conflict, and both are named."""
    knowledge = make_knowledge(
        rule("one", {}, derive={"company.stage": "growth"}),
        rule("two", {}, derive={"company.stage": "growth"}),
        speak("reader", {"company.stage": "growth"}),
    )
    result = ask(knowledge, AWARENESS)
    assert kpis(result) == ["reach"]
    assert [row["rule"] for row in result["derived"]] == ["test/one", "test/two"]
    assert result["conflicts"] == []


def test_an_objectives_fact_is_derived_for_that_objective(ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """A fact of an objective is set for the objectives that satisfy the rule, and for no other."""
    knowledge = make_knowledge(
        rule("far", {"objective.type": "brand-awareness"}, derive={"objective.horizon": "long"}),
        speak("reader", {"objective.horizon": "long"}),
    )
    result = ask(knowledge, {"objectives": [{"type": "online-sales"}, {"id": "known", "type": "brand-awareness"}]})
    assert [kpis(result, kpo) for kpo in (0, 1)] == [[], ["reach"]]
    assert [row["about"] for row in result["derived"]] == ["known"]


def test_a_platforms_fact_is_derived_for_that_platform(ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """A fact of a platform is set for the platforms that satisfy the rule, two of one name told apart."""
    knowledge = make_knowledge(
        rule("large", {"platform.followers": "> 10"}, derive={"platform.ads": True}),
        speak("reader", {"platform.ads": True, "platform.followers": "known"}),
    )
    profile = {**AWARENESS, "platforms": [{"name": "instagram", "followers": 5}, "linkedin", {"name": "instagram", "followers": 50}]}
    result = ask(knowledge, profile)
    assert [row["about"] for row in result["derived"]] == ["instagram"]
    assert result["kpos"][0]["kpis"][0]["because"][0]["matched"] == {"platform.ads": True, "platform.followers": 50}


def test_a_company_fact_needs_one_objective_and_one_platform(ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """A company's fact is derived once when some objective and some platform satisfy the rule."""
    knowledge = make_knowledge(
        rule("seller", {"objective.type": "online-sales", "platform.ads": True}, derive={"company.tags": ["a"]}),
        speak("reader", {"company.tags": "a"}),
    )
    platforms = [{"name": "instagram", "ads": True}, {"name": "linkedin", "ads": True}]
    both = {"objectives": [{"type": "brand-awareness"}, {"type": "online-sales"}], "platforms": platforms}
    result = ask(knowledge, both)
    assert [kpis(result, kpo) for kpo in (0, 1)] == [["reach"], ["reach"]]
    assert len(result["derived"]) == 1
    assert ask(knowledge, {**AWARENESS, "platforms": platforms})["derived"] == []


def test_a_rule_about_no_platform_derives_for_all(ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """A rule that reads no platform derives a platform's fact for every platform."""
    knowledge = make_knowledge(rule("all", {}, derive={"platform.ads": True}), speak("reader", {"platform.ads": True}))
    result = ask(knowledge, {**AWARENESS, "platforms": ["instagram", "website"]})
    assert [row["about"] for row in result["derived"]] == ["instagram", "website"]
    assert result["kpos"][0]["kpis"][0]["platforms"] == ["instagram", "website"]


def test_a_rule_out_of_force_derives_nothing(ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """A draft, and a rule of another time, derive nothing."""
    knowledge = make_knowledge(
        rule("draft", {}, derive={"company.stage": "growth"}, status="draft"),
        rule("later", {}, derive={"company.stage": "launch"}, valid_from="2026-01-02"),
        speak("reader", {"company.stage": "unknown"}),
    )
    result = ask(knowledge, AWARENESS)
    assert kpis(result) == ["reach"]
    assert result["derived"] == []


def test_a_derived_priority_counts(ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """A priority that a rule derives weighs in the overall ranking as a stated one does, and is shown."""
    knowledge = make_knowledge(
        rule("later", {"objective.type": "online-sales"}, derive={"objective.priority": 2}),
        speak("fame", {"objective.type": "brand-awareness"}, "reach"), speak("money", {"objective.type": "online-sales"}, "sales"),
    )  # fmt: skip
    result = ask(knowledge, {"objectives": [{"type": "online-sales"}, {"type": "brand-awareness"}]})
    assert [(row["kpi"], row["score"]) for row in result["overall"]] == [("reach", 0.5), ("sales", 0.25)]
    assert [kpo["priority"] for kpo in result["kpos"]] == [2, None]


@pytest.mark.parametrize("strangers", [("company.stage", "company.tags"), ("company.stage", "company.stage")])
def test_facts_derived_from_one_another_are_an_error(strangers: tuple[str, str], make_knowledge: MakeKnowledge) -> None:
    """A cycle of derivations is refused when the rules are loaded, and the message names the fields."""
    one, other = strangers
    values = {"company.stage": "growth", "company.tags": "a"}
    with pytest.raises(InputError, match=f"derived from one another: .*{other}") as caught:
        make_knowledge(
            rule("there", {one: values[one]}, derive={other: values[other]}),
            rule("back", {other: values[other]}, derive={one: values[one]}),
        )
    assert [issue.code for issue in caught.value.issues] == ["cycle"]
