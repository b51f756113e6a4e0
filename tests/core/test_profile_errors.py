"""What is wrong with a profile: every mistake is found at once, with its place and what would be right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpirules import InputError, Issue, KnowledgeBase, NoObjectiveError, Recommender
from tests.conftest import VOCABULARY

KNOWN = {"type": "brand-awareness"}


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    """A recommender without rules."""
    return Recommender(KnowledgeBase.from_documents(VOCABULARY))


def issues_of(recommender: Recommender, profile: Any) -> tuple[Issue, ...]:
    """The issues for which a profile is refused."""
    with pytest.raises(InputError) as caught:
        recommender.recommend(profile)
    return caught.value.issues


def profile(**sections: Any) -> dict[str, Any]:
    """A right profile with other sections."""
    return {"objectives": [KNOWN], **sections}


@pytest.mark.parametrize(
    ("stated", "code", "path", "message", "hint"),
    [
        (profile(compagny={}), "unknown-key", "compagny", "no section of a profile is called 'compagny'", "did you mean 'company'?"),
        (profile(company={"stagee": "growth"}), "unknown-key", "company.stagee", "no fact of company is called 'stagee'", "did you mean 'stage'?"),
        (profile(audience={"x": 1}), "unknown-key", "audience.x", "no fact of audience is called 'x'", "allowed: analysed"),
        (profile(company={"stage": "grwth"}), "unknown-id", "company.stage", "'grwth' is no value of company.stage", "'growth'"),
        (profile(company={"tags": ["a", "zzz"]}), "unknown-id", "company.tags[1]", "'zzz' is no value", "allowed: a, b, c"),
        (profile(objectives=[{"type": "brand-awarenes"}]), "unknown-id", "objectives[0].type", "'brand-awarenes'", "'brand-awareness'"),
        (profile(objectives=[{**KNOWN, "horizn": "long"}]), "unknown-key", "objectives[0].horizn", "called 'horizn'", "'horizon'"),
        (profile(objectives=[{**KNOWN, "topics": ["press"]}]), "unknown-key", "objectives[0].topics", "called 'topics'", ""),
        (profile(platforms=["instagran"]), "unknown-id", "platforms[0].name", "'instagran' is no value of", "'instagram'"),
        (profile(platforms=[{"name": "linkedin", "kind": "owned-web"}]), "unknown-key", "platforms[0].kind", "linkedin is called 'kind'", ""),
        (profile(platforms=[{"name": "website", "followers": 3}]), "unknown-key", "platforms[0].followers", "website is called 'followers'", "ads"),
        (profile(platforms=[{"followers": 3}]), "missing-key", "platforms[0]", "a platform needs a name", ""),
        (profile(platforms=[{"name": ["website"]}]), "wrong-type", "platforms[0].name", "", ""),
        (profile(platforms=[["website"]]), "wrong-type", "platforms[0]", "a platform is a name or a mapping, found a list", ""),
        (profile(platforms="website"), "wrong-type", "platforms", "'platforms' is a list, found a text", ""),
        (profile(data_sources=["ga5"]), "unknown-id", "data_sources[0]", "'ga5' is no value", "'ga4'"),
        (profile(data_sources={"ga4": True}), "wrong-type", "data_sources", "is a list, found a mapping", ""),
        (profile(company=["growth"]), "wrong-type", "company", "'company' is a mapping, found a list", ""),
        (profile(company={"employees": True}), "wrong-type", "company.employees", "a whole number, found True", ""),
        (profile(company={"employees": 2.0}), "wrong-type", "company.employees", "a whole number, found 2.0", ""),
        (profile(company={"employees": "12"}), "wrong-type", "company.employees", "found '12'", "without quotes"),
        (profile(company={"employees": -1}), "out-of-range", "company.employees", "at least 0, found -1", ""),
        (profile(company={"employees": [3]}), "wrong-type", "company.employees", "found a list", ""),
        (profile(company={"employees": {"about": 3}}), "wrong-type", "company.employees", "found a mapping", ""),
        (profile(company={"tags": [["a"]]}), "wrong-type", "company.tags[0]", "found a list", ""),
        (profile(company={"tags": [None]}), "wrong-type", "company.tags[0]", "", ""),
        (profile(company={"revenue": "1 000 €"}), "wrong-type", "company.revenue", "a number, found '1 000 €'", "a currency"),
        (profile(company={"revenue": False}), "wrong-type", "company.revenue", "a number, found False", ""),
        (profile(company={"revenue": float("inf")}), "not-finite", "company.revenue", "inf", ""),
        (profile(company={"revenue": float("nan")}), "not-finite", "company.revenue", "nan", ""),
        (profile(company={"employees": 10**5000}), "not-finite", "company.employees", "digits", ""),
        (profile(company={"employees": -(10**400)}), "out-of-range", "company.employees", "at least 0", ""),
        (profile(company={"name": 7}), "wrong-type", "company.name", "a text, found 7", "put it in quotes"),
        (profile(company={"name": "\ud800"}), "encoding", "company.name", "surrogate", ""),
        (profile(audience={"analysed": 1}), "wrong-type", "audience.analysed", "true or false, found 1", ""),
        (profile(audience={"analysed": "yes"}), "wrong-type", "audience.analysed", "true or false, found 'yes'", ""),
        (profile(objectives=[{**KNOWN, "priority": 0}]), "out-of-range", "objectives[0].priority", "at least 1", ""),
        (profile(objectives=[{**KNOWN, "priority": 101}]), "out-of-range", "objectives[0].priority", "at most 100", ""),
        (profile(objectives=[{**KNOWN, "id": 3}]), "wrong-type", "objectives[0].id", "a text", ""),
        (profile(objectives=[{**KNOWN, "id": "a b"}]), "wrong-type", "objectives[0].id", "letters, digits", ""),
        (profile(objectives=[{**KNOWN, "id": "x" * 81}]), "wrong-type", "objectives[0].id", "letters, digits", ""),
        (profile(objectives=[{"priority": 1}]), "missing-key", "objectives[0]", "a type or a statement", "Key Performance Objective"),
        (profile(objectives=[{"statement": "  "}]), "missing-key", "objectives[0]", "a type or a statement", "Key Performance Objective"),
        (profile(objectives=[3]), "wrong-type", "objectives[0]", "a mapping or a statement, found an integer", ""),
        (profile(objectives=[None]), "wrong-type", "objectives[0]", "found nothing", ""),
        (profile(objectives={"type": "brand-awareness"}), "wrong-type", "objectives", "'objectives' is a list, found a mapping", ""),
        (profile(objectives=[{**KNOWN, "id": "a"}, {**KNOWN, "id": "a"}]), "duplicate-id", "objectives[1].id", "called 'a'", ""),
        (profile(objectives=[{**KNOWN, "id": "kpo-2"}, KNOWN]), "duplicate-id", "objectives[1].id", "called 'kpo-2'", ""),
        (profile(objectives=[KNOWN] * 1001), "too-large", "objectives", "1,001 entries; 1,000 is the most", ""),
        (profile(platforms=["website"] * 1001), "too-large", "platforms", "1,001 entries; 1,000 is the most", ""),
        ([KNOWN], "wrong-type", "", "found list", ""),
        (3, "wrong-type", "", "found int", ""),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(stated: Any, code: str, path: str, message: str, hint: str, recommender: Recommender) -> None:
    """One mistake gives one issue: its kind, where it is, what was found, and the nearest right name."""
    (issue,) = issues_of(recommender, stated)
    assert (issue.level, issue.code, issue.place.path) == ("error", code, path)
    assert issue.place.source == "<profile>"
    assert message in issue.message
    assert hint in issue.hint
    assert len(str(issue)) < 600


@pytest.mark.parametrize("stated", [{}, {"objectives": []}, {"objectives": None}, {"company": {"stage": "growth"}}])
def test_a_profile_without_objective_is_told_what_a_kpo_is(stated: dict[str, Any], recommender: Recommender) -> None:
    """There is no KPI without a KPO, so the error says what a KPO is and how to state one."""
    with pytest.raises(NoObjectiveError, match="Key Performance Objective") as caught:
        recommender.recommend(stated)
    assert "objectives: [{type:" in str(caught.value)


def test_a_missing_objective_beside_other_mistakes(recommender: Recommender) -> None:
    """A profile that is wrong in other ways too is an `InputError` with all of them."""
    with pytest.raises(InputError) as caught:
        recommender.recommend({"company": {"stagee": "growth"}})
    assert not isinstance(caught.value, NoObjectiveError)
    assert {issue.code for issue in caught.value.issues} == {"unknown-key", "no-objective"}


def test_all_mistakes_are_found_at_once(recommender: Recommender, folder: Path) -> None:
    """Every mistake of a file is reported in one go, in the order of the file, with line and column."""
    folder.joinpath("company.yaml").write_text(
        "company:\n"
        "  stage: grwth\n"
        "  employees: yes\n"
        "objectives:\n"
        "  - {id: a, type: online-sale}\n"
        "  - {id: a, type: online-sales, priority: '1'}\n"
        "platforms:\n"
        "  - {name: website, followers: 3}\n"
        "data_source: []\n",
        encoding="utf-8",
    )
    found = [(str(issue.place), issue.code) for issue in issues_of(recommender, "company.yaml")]
    assert found == [
        ("company.yaml:2:3", "unknown-id"),
        ("company.yaml:3:3", "wrong-type"),
        ("company.yaml:5:13", "unknown-id"),
        ("company.yaml:6:6", "duplicate-id"),
        ("company.yaml:6:33", "wrong-type"),
        ("company.yaml:8:21", "unknown-key"),
        ("company.yaml:9:1", "unknown-key"),
    ]


@pytest.mark.parametrize("content", ["- company", "company", "[1, 2]", "3"])
def test_a_file_that_holds_no_mapping_is_told_what_a_profile_is(content: str, recommender: Recommender, folder: Path) -> None:
    """A profile that is a list or a text is an issue at its beginning, with an example of an objective."""
    folder.joinpath("company.yaml").write_text(content, encoding="utf-8")
    (issue,) = issues_of(recommender, "company.yaml")
    assert (issue.code, str(issue.place)) == ("wrong-type", "company.yaml:1:1")
    assert "a profile is a mapping" in issue.message
    assert "objectives: [{type:" in issue.hint


def test_a_ruleset_is_no_profile(recommender: Recommender) -> None:
    """A ruleset in a profile's place gives one issue, which says where rulesets go."""
    (issue,) = issues_of(recommender, {"ruleset": "ours", "version": "1.0.0", "rules": []})
    assert (issue.code, issue.message, issue.hint) == (
        "wrong-type", "this is a ruleset, not a profile", "name it with --rulesets, beside a profile",
    )  # fmt: skip


def test_a_thousand_objectives_are_not_too_many(recommender: Recommender) -> None:
    """The limit itself is allowed."""
    assert len(recommender.recommend_data({"objectives": [KNOWN] * 1000})["kpos"]) == 1000


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_can_not_be_read_is_named(name: str, recommender: Recommender, folder: Path) -> None:
    """A path without a readable file is an issue with that path."""
    (issue,) = issues_of(recommender, name)
    assert (issue.code, issue.place.source) == ("unreadable", name)


@pytest.mark.parametrize(
    "stated",
    [
        profile(company=None, audience=None, platforms=None, data_sources=None),
        profile(company={}, audience={}, platforms=[], data_sources=[]),
        profile(company={"stage": None, "tags": None}),
        profile(company={"name": "", "revenue": -1e308, "employees": 10**400}),
        profile(company={"name": "\U0001f950 Été"}, objectives=["Être connu \U0001f950"]),
        profile(objectives=[{**KNOWN, "id": "été_1"}]),
        profile(company={"tags": "a"}),
        profile(platforms=["website", "website"]),
    ],
)
def test_unusual_profiles_are_right(stated: dict[str, Any], recommender: Recommender) -> None:
    """Empty sections, null facts, hostile but possible values, and one element in place of a list are no mistakes."""
    assert recommender.recommend(stated).kpos


@pytest.mark.parametrize("section", ["platforms", "data_sources"])
def test_an_empty_section_is_known_and_a_missing_one_is_not(section: str, recommender: Recommender) -> None:
    """`platforms: []` says that there are none; without the key, nobody knows."""
    assert recommender.situation(profile(**{section: []})).shared[f"profile.{section}"] == ()
    assert f"profile.{section}" not in recommender.situation(profile(**{section: None})).shared
    assert f"profile.{section}" not in recommender.situation(profile()).shared
