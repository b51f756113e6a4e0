"""Why a KPI is recommended, why not, and what would bring it in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpirules import Explanation, InputError, KnowledgeBase, Recommender
from kpirules.explain import describe
from kpirules.language.normal import normalise
from kpirules.language.unary import read_test
from tests.conftest import DAY, VOCABULARY, MakeKnowledge, make_objective_type, make_platform, text
from tests.engine.generate import VALUES, WORLD, unary_tests

FIELDS = KnowledgeBase.from_documents(WORLD).fields
ONE: dict[str, Any] = {"objectives": [{"id": "known", "type": "brand-awareness"}], "platforms": []}


def reach(weight: float = 0.5, identity: str = "r", **rule: Any) -> dict[str, Any]:
    """A rule that recommends `reach`."""
    return {"id": identity, "recommend": [{"kpi": "reach", "weight": weight}], **rule}


def explain(knowledge: KnowledgeBase, profile: dict[str, Any] = ONE, kpi: str = "reach", **options: Any) -> Explanation:
    """The explanation on the day of the tests."""
    return Recommender(knowledge).explain(profile, kpi, **{"as_of": DAY, **options})


def edits(explanation: Explanation) -> list[tuple[str, str, Any]]:
    """The edits of the proposed change."""
    return [(edit.action, edit.path, edit.value) for edit in explanation.change.edits] if explanation.change else []


# why


def test_arguments_have_weights_shares_and_sources(make_knowledge: MakeKnowledge) -> None:
    """Each argument says which rule, how strong, its share of its side, where it is written and on whose word."""
    knowledge = make_knowledge(
        reach(0.75, "a", when={"company.stage": "growth"}),
        reach(0.5, "b", source={"title": "A study", "grade": "research"}),
        {"id": "c", "discourage": [{"kpi": "reach", "weight": 0.5}]},
    )
    explanation = explain(knowledge, {**ONE, "company": {"stage": "growth"}})
    kpo = explanation.kpos[0]
    assert [(row.rule, row.effect, row.weight, row.share) for row in kpo.arguments] == [
        ("test/a", "recommend", 0.75, 0.6667), ("test/b", "recommend", 0.5, 0.3333), ("test/c", "discourage", 0.5, 1.0),
    ]  # fmt: skip
    assert [row.source for row in kpo.arguments] == ["t (convention)", "A study (research)", "t (convention)"]
    assert all("rules[" in row.place for row in kpo.arguments)
    assert kpo.arguments[0].matched == {"company.stage": "growth"}
    assert (kpo.verdict, kpo.rank, kpo.score, kpo.support) == ("headline", 1, 0.4375, 0.875)
    assert explanation.change is None
    assert kpo.nearest == ()


def test_verdicts_are_told_per_kpo(make_knowledge: MakeKnowledge) -> None:
    """A KPI may be recommended for one KPO, excluded for another, and not spoken of for a third."""
    knowledge = make_knowledge(
        reach(when={"objective.type": "brand-awareness"}),
        {"id": "x", "exclude": ["reach"], "when": {"objective.type": "online-sales"}},
    )
    profile = {"objectives": [{"type": "brand-awareness"}, {"type": "online-sales"}, {"statement": "Peel more potatoes"}]}
    explanation = explain(knowledge, profile)
    assert [(kpo.id, kpo.type, kpo.verdict, kpo.rank) for kpo in explanation.kpos] == [
        ("kpo-1", "brand-awareness", "headline", 1), ("kpo-2", "online-sales", "excluded", None), ("kpo-3", None, "not-recommended", None),
    ]  # fmt: skip
    assert explanation.overall_rank == 1


def test_a_kpi_below_the_headline_is_recommended(make_knowledge: MakeKnowledge) -> None:
    """A KPI that has a rank but no place in the headline set is `recommended`, with its overall rank."""
    better = [{"kpi": kpi, "weight": 0.9} for kpi in ("sales", "mood", "cost", "loyalty", "visits")]
    explanation = explain(make_knowledge(reach(0.1), {"id": "s", "recommend": better}))
    assert (explanation.kpos[0].verdict, explanation.kpos[0].rank, explanation.overall_rank) == ("recommended", 6, 6)


@pytest.mark.parametrize(("language", "name"), [("en", "Fame"), ("fr", "Renommée")])
def test_an_explanation_speaks_the_clients_language(language: str, name: str) -> None:
    """The KPI's name and the reasons are in the language asked for."""
    records = [
        {"kpis": [{**kpi, "name": text("Fame", "Renommée")} for kpi in document["kpis"]]} if "kpis" in document else document
        for document in VOCABULARY
    ]
    rule = reach(because=text("A reason.", "Une raison."))
    knowledge = KnowledgeBase.from_documents([*records, {"ruleset": "t", "version": "1.0.0", "rules": [rule]}])
    explanation = explain(knowledge, language=language)
    assert explanation.name == name
    assert explanation.kpos[0].arguments[0].reason == {"en": "A reason.", "fr": "Une raison."}[language]


def test_an_unknown_kpi_is_named_with_the_nearest(make_knowledge: MakeKnowledge) -> None:
    """A KPI that does not exist is an `InputError` with the nearest one."""
    with pytest.raises(InputError, match=r"no KPI is called 'reech'.*\n.*did you mean 'reach'"):
        explain(make_knowledge(), kpi="reech")


# why not


def test_the_nearest_rules_say_what_is_in_the_way(make_knowledge: MakeKnowledge) -> None:
    """The three silent rules with the fewest failing tests are shown, each test with what is required and what was found."""
    knowledge = make_knowledge(
        reach(0.9, "far", when={"company.stage": "growth", "company.employees": "> 3", "audience.analysed": True}),
        reach(0.2, "weak", when={"company.stage": "growth", "company.employees": "[0..9)"}),
        reach(0.5, "near", when={"company.stage": "launch", "company.tags": 'not("a")'}),
        reach(0.4, "two", when={"any": [{"company.stage": ["growth", "mature"]}, {"audience.analysed": True, "company.revenue": "known"}]}),
        reach(0.9, "draft", status="draft"),
        {"id": "other", "recommend": [{"kpi": "sales", "weight": 0.5}], "when": {"company.stage": "growth"}},
    )
    kpo = explain(knowledge, {**ONE, "company": {"stage": "launch", "employees": 2, "tags": ["a"]}}).kpos[0]
    shown = [(row.rule, row.weight, [(test.field, test.required, test.found) for test in row.failed]) for row in kpo.nearest]
    assert shown == [
        ("test/near", 0.5, [("company.tags", 'not("a")', ["a"])]),
        ("test/two", 0.4, [("company.stage", '"growth", "mature"', "launch")]),
        ("test/weak", 0.2, [("company.stage", '"growth"', "launch")]),
    ]


def test_a_rule_that_can_never_hold_is_not_near(make_knowledge: MakeKnowledge) -> None:
    """A rule whose condition contradicts itself is no way in."""
    knowledge = make_knowledge(reach(when={"company.stage": "growth", "not": {"company.stage": "growth"}}))
    explanation = explain(knowledge)
    assert explanation.kpos[0].nearest == ()
    assert explanation.change is None


def test_the_platform_that_comes_nearest_is_the_one_shown(make_knowledge: MakeKnowledge) -> None:
    """Of several platforms, the tests that fail on the nearest one are shown."""
    knowledge = make_knowledge(reach(when={"platform.name": "instagram", "platform.followers": "> 10", "platform.ads": True}))
    places = ["linkedin", {"name": "instagram", "followers": 11, "ads": False}, {"name": "instagram", "followers": 3}]
    (rule,) = explain(knowledge, {**ONE, "platforms": places}).kpos[0].nearest
    assert [(test.field, test.required, test.found) for test in rule.failed] == [("platform.ads", "true", False)]


@settings(max_examples=300)
@given(st.data())
def test_what_is_required_can_be_written_in_a_rule(data: st.DataObject) -> None:
    """Each test that is shown as required reads back as the same test."""
    name = data.draw(st.sampled_from(sorted(VALUES)))
    for clause in normalise(read_test(data.draw(st.sampled_from(unary_tests(name))), FIELDS[name], FIELDS)):
        for literal in clause:
            assert normalise(read_test(describe(literal), FIELDS[name], FIELDS)) == ((literal,),)


# what would change it


@pytest.mark.parametrize(
    ("when", "stated", "expected"),
    [
        ({"company.stage": "growth"}, {}, [("set", "company.stage", "growth")]),
        ({"company.stage": 'not("growth")'}, {"stage": "growth"}, [("set", "company.stage", "launch")]),
        ({"company.stage": "known"}, {}, [("set", "company.stage", "growth")]),
        ({"company.stage": "unknown"}, {"stage": "growth"}, [("remove", "company.stage", None)]),
        ({"company.name": '"a \\"b\\""'}, {}, [("set", "company.name", 'a "b"')]),
        ({"company.tags": "a"}, {"tags": ["b"]}, [("set", "company.tags", ["b", "a"])]),
        ({"company.tags": 'not("a")'}, {"tags": ["b", "a"]}, [("set", "company.tags", ["b"])]),
        ({"company.tags": 'not("a")'}, {"tags": ["a"]}, [("set", "company.tags", [])]),
        ({"all": [{"company.tags": "a"}, {"company.tags": "b"}]}, {}, [("set", "company.tags", ["a", "b"])]),
        ({"all": [{"company.tags": 'not("a")'}, {"company.tags": "b"}]}, {"tags": ["a"]}, [("set", "company.tags", ["b"])]),
        ({"company.employees": "> 3"}, {"employees": 1}, [("set", "company.employees", 4)]),
        ({"company.employees": "<= 3"}, {"employees": 10}, [("set", "company.employees", 3)]),
        ({"company.employees": "[3..9]"}, {"employees": 100}, [("set", "company.employees", 9)]),
        ({"company.employees": "not([3..9])"}, {"employees": 8}, [("set", "company.employees", 10)]),
        ({"company.employees": "> 0.5"}, {}, [("set", "company.employees", 1)]),
        ({"company.employees": "< 0"}, {}, []),
        ({"company.employees": "(3..4)"}, {}, []),
        ({"company.revenue": "(3..4)"}, {}, [("set", "company.revenue", 3.5)]),
        ({"all": [{"company.employees": "> 3"}, {"company.employees": "< 9"}]}, {}, [("set", "company.employees", 4)]),
        ({"all": [{"company.employees": "> 3"}, {"company.employees": "< 9"}]}, {"employees": 100}, [("set", "company.employees", 8)]),
        ({"company.employees": f"> {'9' * 400}"}, {}, [("set", "company.employees", 10**400)]),
        ({"company.revenue": f"({'9' * 400}..{'9' * 401})"}, {"revenue": 0.5}, [("set", "company.revenue", 10**400)]),
        ({"company.revenue": "> 1e308"}, {}, [("set", "company.revenue", int(1e308) + 1)]),
        ({"audience.analysed": False}, {}, [("set", "audience.analysed", False)]),
        ({"audience.analysed": "not(true)"}, {}, [("set", "audience.analysed", False)]),
        ({"any": [{"company.stage": "growth", "company.employees": 3}, {"company.revenue": 7}]}, {}, [("set", "company.revenue", 7)]),
    ],
)  # fmt: skip
def test_the_smallest_change_of_a_company(
    when: dict[str, Any], stated: dict[str, Any], expected: list[Any], make_knowledge: MakeKnowledge
) -> None:
    """The change with the fewest edits is proposed, each fact once, near what was stated, and the changed profile brings the KPI in."""
    knowledge = make_knowledge(reach(when=when))
    explanation = explain(knowledge, {**ONE, "company": stated})
    assert edits(explanation) == expected
    if explanation.change:
        assert explanation.change.rule == "test/r"
        assert Recommender(knowledge, engine="reference").recommend(explanation.change.profile, as_of=DAY).overall[0].kpi == "reach"


PLACES: list[Any] = ["website", {"name": "instagram", "followers": 5}]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"platform.followers": "> 100"}, [("set", "platforms[1].followers", 101)]),
        ({"platform.name": "linkedin"}, [("add", "platforms", "linkedin")]),
        ({"platform.name": "linkedin", "platform.ads": True}, [("add", "platforms", {"name": "linkedin", "ads": True})]),
        ({"platform.followers": "unknown", "platform.kind": "owned-social"}, [("remove", "platforms[1].followers", None)]),
        ({"platform.kind": "owned-web", "platform.ads": True}, [("set", "platforms[0].ads", True)]),
        ({"platform.kind": "owned-web", "platform.followers": "> 3"}, []),
        ({"platform.kind": "paid-search"}, []),
        ({"profile.platforms": "linkedin"}, [("add", "platforms", "linkedin")]),
        ({"profile.platform_kinds": "offline"}, [("add", "platforms", "a-shop")]),
        ({"profile.platform_kinds": "paid-search"}, []),
        ({"profile.platforms": 'not("website")'}, []),
        ({"profile.data_sources": "crm"}, [("add", "data_sources", "crm")]),
        ({"profile.objective_types": "online-sales"}, [("add", "objectives", {"type": "online-sales"})]),
        ({"objective.type": "online-sales"}, [("add", "objectives", {"type": "online-sales"})]),
        ({"objective.horizon": "long"}, [("set", "objectives[0].horizon", "long")]),
        ({"objective.type": 'not("brand-awareness")'}, [("add", "objectives", {"type": "loyalty"})]),
        ({"objective.type": "brand-awareness", "objective.topics": "video"}, [("set", "objectives[0].statement", "Be known, video")]),
        (
            {"objective.type": "brand-awareness", "all": [{"objective.topics": "video"}, {"objective.topics": "press"}]},
            [("set", "objectives[0].statement", "Be known, press, video")],
        ),
        ({"objective.type": "brand-awareness", "objective.topics": 'not("tv")'}, []),
    ],
)  # fmt: skip
def test_the_smallest_change_of_the_rest(when: dict[str, Any], expected: list[Any]) -> None:
    """Platforms, data sources and objectives are added where nothing else will do; management's own objective keeps its type."""
    more: list[Any] = [
        make_platform("a-shop", "offline", facts=[]), make_objective_type("loyalty"), {"topics": [{"id": "tv", "name": text("tv")}]},
        {"ruleset": "t", "version": "1.0.0", "rules": [reach(when=when, because=text("b"))]},
    ]  # fmt: skip
    knowledge = KnowledgeBase.from_documents([*VOCABULARY, *more])
    objective = {"type": "brand-awareness", "statement": "Be known"}
    if when.get("objective.topics") == 'not("tv")':
        objective["statement"] = "tv"
    explanation = explain(knowledge, {"objectives": [objective], "platforms": PLACES, "data_sources": ["ga4"]})
    assert edits(explanation) == expected


def test_a_platform_that_has_the_fact_is_proposed() -> None:
    """A platform is added only with facts that it has, even when another one comes first."""
    rules = [reach(when={"platform.followers": "> 100"}, because=text("b"))]
    documents = [*VOCABULARY, make_platform("a-shop", "offline", facts=[]), {"ruleset": "t", "version": "1.0.0", "rules": rules}]
    assert edits(explain(KnowledgeBase.from_documents(documents))) == [("add", "platforms", {"name": "instagram", "followers": 101})]


def test_of_equal_changes_the_strongest_rule_decides(make_knowledge: MakeKnowledge) -> None:
    """With as many edits, the rule with more weight is proposed, then the one whose id comes first."""
    rules = [reach(0.3, "a", when={"company.stage": "growth"}), reach(0.6, "c", when={"company.stage": "mature"}),
             reach(0.6, "b", when={"company.stage": "launch"}), reach(0.9, "d", when={"company.stage": "growth", "company.employees": 1})]  # fmt: skip
    change = explain(make_knowledge(*rules)).change
    assert change is not None
    assert (change.rule, change.edits[0].value) == ("test/b", "launch")


def test_an_exclusion_can_be_lifted(make_knowledge: MakeKnowledge) -> None:
    """A KPI that a rule excludes comes in when one of the facts behind the exclusion changes."""
    knowledge = make_knowledge(reach(), {"id": "x", "exclude": ["reach"], "when": {"company.stage": "growth", "platform.ads": True}})
    profile = {**ONE, "company": {"stage": "growth"}, "platforms": [{"name": "instagram", "ads": True}]}
    explanation = explain(knowledge, profile)
    assert explanation.kpos[0].verdict == "excluded"
    assert edits(explanation) == [("set", "company.stage", "launch")]
    assert explanation.change is not None
    assert explanation.change.rule == "test/x"
    assert explanation.change.profile["company"] == {"stage": "launch"}


def test_a_change_that_does_not_hold_is_not_proposed(make_knowledge: MakeKnowledge) -> None:
    """A way in that another rule closes again is passed over for one that the engine confirms."""
    knowledge = make_knowledge(
        reach(0.9, "a", when={"company.stage": "growth"}), reach(0.1, "b", when={"company.stage": "launch"}),
        {"id": "x", "exclude": ["reach"], "when": {"company.stage": "growth"}},
    )  # fmt: skip
    assert edits(explain(knowledge)) == [("set", "company.stage", "launch")]


def test_there_is_no_change_when_no_rule_recommends(make_knowledge: MakeKnowledge) -> None:
    """A KPI of which no rule in force speaks can't be brought in."""
    knowledge = make_knowledge(
        reach(valid_from="2026-01-02"), reach(identity="d", status="draft"), reach(0, "zero", when={"company.stage": "growth"})
    )
    assert explain(knowledge).change is None
