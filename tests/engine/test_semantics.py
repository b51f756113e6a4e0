"""What a rule means: scopes, the same platform, unknown facts, lists, dates. Every engine is asked."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from tests.conftest import DAY, MakeKnowledge, text
from tests.engine.conftest import Ask

REACH = [{"kpi": "reach", "weight": 0.5}]
KNOWN = {"type": "brand-awareness"}
SOLD = {"id": "sold", "type": "online-sales"}


def profile(*objectives: dict[str, Any], **sections: Any) -> dict[str, Any]:
    """A profile, with one objective when none is given."""
    return {"objectives": list(objectives) or [KNOWN], **sections}


def fires(result: dict[str, Any], kpo: int = 0) -> bool:
    """Whether the one rule of a test speaks for a KPO."""
    return bool(result["kpos"][kpo]["kpis"])


FACEBOOKS = [{"name": "instagram", "followers": 5, "ads": True}, {"name": "instagram", "followers": 500, "ads": False}]


@pytest.mark.parametrize(
    ("when", "platforms", "expected"),
    [
        ({"platform.followers": "> 100", "platform.ads": True}, FACEBOOKS, False),
        ({"platform.followers": "> 100", "platform.ads": False}, FACEBOOKS, True),
        ({"platform.name": "linkedin", "platform.ads": True}, [{"name": "instagram", "ads": True}, "linkedin"], False),
        ({"any": [{"platform.followers": "> 900"}, {"platform.ads": True, "platform.followers": "< 10"}]}, FACEBOOKS, True),
        ({"not": {"platform.ads": True}, "platform.followers": "> 100"}, FACEBOOKS, True),
        ({"not": {"any": [{"platform.ads": True}, {"platform.followers": "> 100"}]}}, FACEBOOKS, False),
        ({"platform.kind": "owned-social", "profile.platforms": "website"}, ["website", "instagram"], True),
        ({"platform.kind": "owned-web", "platform.name": "instagram"}, ["website", "instagram"], False),
        ({"platform.name": "-"}, [], True),
        ({"platform.name": "known"}, [], False),
        ({"platform.ads": "unknown"}, [], False),
        ({"platform.ads": "unknown"}, ["website", {"name": "linkedin", "ads": False}], True),
    ],
)
def test_conditions_on_a_platform_are_about_the_same_one(
    when: dict[str, Any], platforms: list[Any], expected: bool, ask: Ask, make_knowledge: MakeKnowledge
) -> None:
    """All platform tests of a rule must hold on one platform, nested ones too; two of one name and kind are told apart.

    (`-` asks nothing, so it asks for no platform either.)
    """
    knowledge = make_knowledge({"id": "r", "when": when, "recommend": REACH})
    assert fires(ask(knowledge, profile(platforms=platforms))) is expected


def test_the_platforms_that_satisfy_a_rule_are_named(ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """Evidence and KPI name the platforms that satisfied the rule, in the order of the profile, and no other."""
    knowledge = make_knowledge({"id": "r", "when": {"platform.followers": "> 10"}, "recommend": REACH})
    places = [
        {"name": "linkedin", "followers": 20},
        {"name": "instagram", "followers": 30},
        "website",
        {"name": "instagram", "followers": 2},
    ]
    row = ask(knowledge, profile(platforms=places))["kpos"][0]["kpis"][0]
    assert row["platforms"] == ["linkedin", "instagram"]
    assert row["because"][0]["matched"] == {"platform.followers": [20, 30]}


@pytest.mark.parametrize(
    ("platforms", "stage", "expected"),
    [
        ([], "launch", []),
        (["instagram", "website"], "launch", []),
        (["instagram", "website"], "mature", ["instagram"]),
        (["website"], "mature", None),
        ([], "mature", None),
    ],
)
def test_a_rule_that_holds_whatever_the_platform_needs_none(
    platforms: list[str], stage: str, expected: list[str] | None, ask: Ask, make_knowledge: MakeKnowledge
) -> None:
    """Another way through an `any` needs no platform, and then none is named."""
    when = {"any": [{"platform.name": "instagram"}, {"company.stage": "launch"}]}
    knowledge = make_knowledge({"id": "r", "when": when, "recommend": REACH})
    result = ask(knowledge, profile(platforms=platforms, company={"stage": stage}))
    named = [row["platforms"] for row in result["kpos"][0]["kpis"]]
    assert named == ([] if expected is None else [expected])


def test_a_rule_counts_once_however_many_platforms_satisfy_it(ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """Three platforms that satisfy a rule give its weight once."""
    knowledge = make_knowledge({"id": "r", "when": {"platform.ads": True}, "recommend": REACH})
    places = [{"name": name, "ads": True} for name in ("instagram", "linkedin", "website")]
    assert ask(knowledge, profile(platforms=places))["kpos"][0]["kpis"][0]["score"] == 0.5


def test_a_rule_counts_once_however_many_ways_it_holds(ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """A rule of which two branches hold gives its weight once, and both facts are named."""
    when = {"any": [{"company.stage": "growth"}, {"audience.analysed": True}, {"company.employees": 3}]}
    knowledge = make_knowledge({"id": "r", "when": when, "recommend": REACH})
    row = ask(knowledge, profile(company={"stage": "growth", "employees": 4}, audience={"analysed": True}))["kpos"][0]["kpis"][0]
    assert row["score"] == 0.5
    assert row["because"][0]["matched"] == {"audience.analysed": True, "company.stage": "growth"}


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({}, [True, True]),
        ({"company.stage": "growth"}, [True, True]),
        ({"platform.name": "website"}, [True, True]),
        ({"objective.type": "online-sales"}, [False, True]),
        ({"objective.type": 'not("online-sales")'}, [True, False]),
        ({"profile.objective_types": "online-sales"}, [True, True]),
        ({"not": {"objective.priority": 2}}, [False, False]),
        ({"objective.priority": "unknown"}, [True, False]),
    ],
)
def test_a_rule_without_objective_speaks_for_every_kpo(
    when: dict[str, Any], expected: list[bool], ask: Ask, make_knowledge: MakeKnowledge
) -> None:
    """A rule that names no fact of the objective speaks for all KPOs; one that does is tried for each."""
    knowledge = make_knowledge({"id": "r", "when": when, "recommend": REACH})
    result = ask(knowledge, profile(KNOWN, {**SOLD, "priority": 2}, company={"stage": "growth"}, platforms=["website"]))
    assert [fires(result, kpo) for kpo in (0, 1)] == expected


@pytest.mark.parametrize(
    "test", ["growth", 'not("growth")', "known", 'not("growth", "launch", "mature")', 'growth, "launch", mature', "not(unknown)"]
)
@pytest.mark.parametrize("wrap", [lambda when: when, lambda when: {"not": {"not": when}}, lambda when: {"all": [when]}])
def test_a_missing_fact_fires_neither_a_test_nor_its_negation(test: str, wrap: Any, ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """A missing fact is unknown, so no test of its value holds, negated or not, even when it names every value there is."""
    when = wrap({"company.stage": test})
    knowledge = make_knowledge({"id": "r", "when": when, "recommend": REACH})
    opposite = make_knowledge({"id": "r", "when": {"not": when}, "recommend": REACH})
    assert not fires(ask(knowledge, profile()))
    if test not in ("known", "not(unknown)"):
        assert not fires(ask(opposite, profile()))
    else:
        assert fires(ask(opposite, profile()))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"any": [{"company.stage": "growth"}, {"company.employees": 3}]}, True),
        ({"all": [{"company.stage": "growth"}, {"company.employees": 3}]}, False),
        ({"not": {"all": [{"company.stage": "growth"}, {"company.employees": 4}]}}, True),
        ({"not": {"any": [{"company.stage": "growth"}, {"company.employees": 4}]}}, False),
        ({"any": [{"company.stage": "unknown"}, {"company.stage": "growth"}]}, True),
        ({"company.stage": "unknown, growth"}, True),
        ({"company.stage": "not(known)"}, True),
        ({"company.stage": "-"}, True),
        ({"not": {"company.stage": "-"}}, False),
    ],
)
def test_truth_is_kleenes(when: dict[str, Any], expected: bool, ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """With an unknown stage and three employees, a condition holds when it is true whatever the stage is."""
    knowledge = make_knowledge({"id": "r", "when": when, "recommend": REACH})
    assert fires(ask(knowledge, profile(company={"employees": 3}))) is expected


@pytest.mark.parametrize(
    ("test", "tags", "expected"),
    [
        ("a", ["a", "b"], True),
        ("c", ["a", "b"], False),
        (["c", "b"], ["a", "b"], True),
        ('not("a")', ["a", "b"], False),
        ('not("c")', ["a", "b"], True),
        ('not("c")', [], True),
        ("a", [], False),
        ("known", [], True),
        ("unknown", [], False),
        ("a", None, False),
        ('not("a")', None, False),
    ],
)
def test_a_list_passes_when_some_element_does(
    test: Any, tags: list[str] | None, expected: bool, ask: Ask, make_knowledge: MakeKnowledge
) -> None:
    """A list passes a test when some element does, its negation when none does; an empty list is known, a missing one is not."""
    knowledge = make_knowledge({"id": "r", "when": {"company.tags": test}, "recommend": REACH})
    assert fires(ask(knowledge, profile(company={"tags": tags}))) is expected


@pytest.mark.parametrize(
    ("test", "value", "expected"),
    [
        (3, 3.0, True),
        ("= 3", 3, True),
        ("[0..3)", 3, False),
        ("[0..3]", 3, True),
        ("(0..3]", 0, False),
        ("]0..3[", 1e-300, True),
        ("not([0..3])", 3.0000000001, True),
        ("< 1e308", 10**308, True),  # as a float, 1e308 lies above the whole number
        (">= 1e308", 10**308, False),
        ("> 1e308", 10**309, True),
        (0, -0.0, True),
        ("< 0", -0.0, False),
        (str(2**53), 2**53 + 1, False),
        (f"> {2**53}", 2**53 + 1, True),
        ("= 0.1", 0.1, True),
    ],
)
def test_numbers_compare_exactly(test: Any, value: float, expected: bool, ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """Whole and broken numbers of any size compare by value, without rounding."""
    knowledge = make_knowledge({"id": "r", "when": {"company.revenue": test}, "recommend": REACH})
    assert fires(ask(knowledge, profile(company={"revenue": value}))) is expected


BEFORE, AFTER = DAY - datetime.timedelta(1), DAY + datetime.timedelta(1)


@pytest.mark.parametrize(
    ("life", "days"),
    [
        ({}, [BEFORE, DAY, AFTER]),
        ({"valid_from": "2026-01-01"}, [DAY, AFTER]),
        ({"valid_until": "2026-01-01"}, [BEFORE, DAY]),
        ({"valid_from": "2026-01-01", "valid_until": "2026-01-01"}, [DAY]),
        ({"status": "draft"}, []),
        ({"status": "retired"}, []),
        ({"status": "draft", "valid_from": "2026-01-01"}, []),
    ],
)
def test_a_rule_speaks_in_its_time(life: dict[str, str], days: list[datetime.date], ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """Both dates of a rule are inclusive, and neither a draft nor a retired rule speaks on any day."""
    knowledge = make_knowledge({"id": "r", "recommend": REACH, **life})
    found = [day for day in (BEFORE, DAY, AFTER) if fires(ask(knowledge, profile(), as_of=day))]
    assert found == days


def test_a_moment_counts_as_its_day(ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """A date with a time is the whole day, also the last one of a rule."""
    knowledge = make_knowledge({"id": "r", "recommend": REACH, "valid_until": "2026-01-01"})
    result = ask(knowledge, profile(), as_of=datetime.datetime(2026, 1, 1, 23, 59))
    assert fires(result)
    assert result["as_of"] == "2026-01-01"


def test_advice_names_what_it_is_about(ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """Advice names the KPOs when the rule reads one and the platforms that satisfied it, each once; else it is for all."""
    knowledge = make_knowledge(
        {"id": "a", "advise": text("Know your audience.", "Connaître son public.")},
        {"id": "b", "when": {"objective.type": "online-sales", "platform.kind": "owned-social"}, "advise": text("Sell.", "Vendre.")},
        {"id": "c", "when": {"company.stage": "growth"}, "advise": text("Never.")},
    )
    places = ["instagram", "website", "linkedin", "instagram"]
    result = ask(knowledge, profile(KNOWN, SOLD, platforms=places), language="fr")
    assert result["advice"] == [
        {"rule": "test/a", "text": "Connaître son public.", "kpos": [], "platforms": []},
        {"rule": "test/b", "text": "Vendre.", "kpos": ["sold"], "platforms": ["instagram", "linkedin"]},
    ]


def test_overrides_of_another_ruleset_are_what_counts(ask: Ask, make_knowledge: MakeKnowledge) -> None:
    """A ruleset that extends another one reweights, rewrites and ends its rules, and engines see only the outcome."""
    rules = [{"id": name, "recommend": [{"kpi": kpi, "weight": 0.5}]} for name, kpi in (("a", "reach"), ("b", "sales"), ("c", "mood"))]
    ours = {
        "ruleset": "ours", "version": "1.0.0", "extends": ["test"],
        "override": [
            {"rule": "a", "reweight": {"reach": 0.25}}, {"rule": "test/b", "when": {"company.stage": "growth"}}, {"rule": "c", "disable": True},
        ],
    }  # fmt: skip
    result = ask(make_knowledge(*rules, rulesets=(ours,)), profile())
    assert [(row["kpi"], row["score"]) for row in result["kpos"][0]["kpis"]] == [("reach", 0.25)]
