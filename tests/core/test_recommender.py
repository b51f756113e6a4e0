"""Recommendations through the Python API: inputs, languages, limits, arguments against a KPI, priorities."""

from __future__ import annotations

import datetime
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from kpirules import EngineError, InputError, KnowledgeBase, Profile, Recommendation, Recommender
from kpirules.documents import read_file
from tests.conftest import DAY, VOCABULARY, MakeKnowledge, make_platform, text

PROFILE: dict[str, Any] = {
    "company": {"name": "Boulangerie Été \U0001f950", "stage": "growth", "tags": ["a", "b"], "revenue": 1e308},
    "objectives": [{"id": "known", "type": "brand-awareness", "priority": 1}, {"statement": "Vendre en ligne", "priority": 2, "horizon": "long"}],
    "platforms": ["website", {"name": "instagram", "followers": 2300, "ads": False}],
    "audience": {"analysed": False},
    "data_sources": ["ga4"],
}  # fmt: skip
ONE = {"objectives": [{"id": "known", "type": "brand-awareness"}]}


def recommend(*kpis: tuple[str, float], identity: str = "r", **rule: Any) -> dict[str, Any]:
    """A rule that recommends KPIs."""
    return {"id": identity, "recommend": [{"kpi": kpi, "weight": weight} for kpi, weight in kpis], **rule}


def ranking(result: dict[str, Any], kpo: int = 0) -> list[tuple[int, str, float]]:
    """Rank, KPI and score of a KPO."""
    return [(row["rank"], row["kpi"], row["score"]) for row in result["kpos"][kpo]["kpis"]]


@pytest.fixture
def recommender(make_knowledge: MakeKnowledge) -> Recommender:
    """A recommender with a rule of each kind."""
    return Recommender(
        make_knowledge(
            recommend(("reach", 0.5), ("sales", 0.25), when={"platform.name": "instagram"}),
            recommend(
                ("reach", 0.5), ("mood", 0.9), identity="s", when={"objective.type": "brand-awareness", "company.employees": "unknown"}
            ),
            {"id": "d", "discourage": [{"kpi": "reach", "weight": 0.5}], "when": {"objective.horizon": "long"}},
            {"id": "e", "exclude": ["mood"], "when": {"company.tags": "b", "objective.type": "online-sales"}},
            {"id": "f", "advise": text("Know your audience.", "Connaître son public."), "when": {"audience.analysed": False}},
            {"id": "g", "derive": {"company.employees": 3}, "when": {"company.stage": "launch"}},
        )
    )


@pytest.mark.parametrize("shape", ["dict", "object", "yaml", "json", "path", "document", "reversed"])
def test_every_form_of_a_profile_gives_the_same(shape: str, recommender: Recommender, folder: Path) -> None:
    """Plain data, a `Profile`, a YAML or JSON file by its name or path, and a document give equal results."""
    folder.joinpath("company.yaml").write_text(yaml.safe_dump(PROFILE, allow_unicode=True), encoding="utf-8")
    folder.joinpath("company.json").write_text(json.dumps(PROFILE), encoding="utf-8")
    given: dict[str, Any] = {
        "dict": PROFILE, "object": Profile.model_validate(PROFILE), "yaml": "company.yaml", "json": "company.json",
        "path": folder / "company.yaml", "document": read_file(Path("company.json")), "reversed": dict(reversed(PROFILE.items())),
    }  # fmt: skip
    expected = recommender.recommend(PROFILE, as_of=DAY, language="fr")
    result = recommender.recommend(given[shape], as_of=DAY, language="fr")
    assert isinstance(result, Recommendation)
    assert result == expected
    assert result.model_dump(mode="json") == recommender.recommend_data(given[shape], as_of=DAY, language="fr")
    assert Recommendation.model_validate_json(result.model_dump_json()) == result


def test_a_profile_is_not_changed(recommender: Recommender) -> None:
    """The caller's data stay as they are, and asking twice gives the same."""
    before = json.dumps(PROFILE)
    assert recommender.recommend(PROFILE, as_of=DAY) == recommender.recommend(PROFILE, as_of=DAY)
    assert json.dumps(PROFILE) == before


def test_a_result_is_complete(recommender: Recommender) -> None:
    """The result says for whom, when, by what and with which knowledge it was made."""
    result = recommender.recommend_data(PROFILE, as_of=DAY, language="fr")
    assert (result["profile"], result["as_of"], result["engine"], result["language"]) == (
        "Boulangerie Été \U0001f950", "2026-01-01", "native", "fr",
    )  # fmt: skip
    assert result["knowledge"] == {"digest": recommender.knowledge.digest, "rulesets": [{"name": "test", "version": "1.0.0"}]}
    assert [kpo["id"] for kpo in result["kpos"]] == ["known", "kpo-2"]
    assert [gap["field"] for gap in result["gaps"]] == []
    assert result["advice"] == [{"rule": "test/f", "text": "Connaître son public.", "kpos": [], "platforms": []}]


def test_today_is_the_default(recommender: Recommender) -> None:
    """Without a date, the recommendation is for today."""
    before = datetime.date.today()
    assert before <= recommender.recommend(PROFILE).as_of <= datetime.date.today()


def test_discouraged_and_excluded_kpis_are_listed(recommender: Recommender) -> None:
    """A discouraged KPI keeps a place with less score, an excluded one has none, and both are listed with the arguments."""
    result = recommender.recommend_data(PROFILE, as_of=DAY)
    assert ranking(result, 0) == [(1, "mood", 0.9), (2, "reach", 0.75), (3, "sales", 0.25)]
    assert ranking(result, 1) == [(1, "reach", 0.25), (2, "sales", 0.25)]
    assert result["kpos"][0]["excluded"] == []
    against = {row["kpi"]: row for row in result["kpos"][1]["excluded"]}
    assert list(against) == ["mood", "reach"]
    assert (against["reach"]["effect"], against["reach"]["score"]) == ("discourage", 0.25)
    assert (against["mood"]["effect"], against["mood"]["score"]) == ("exclude", 0.0)
    assert [(row["rule"], row["effect"], row["weight"]) for row in against["mood"]["because"]] == [("test/e", "exclude", 1.0)]
    assert [row["rule"] for row in against["reach"]["because"]] == ["test/d", "test/r"]
    assert against["mood"]["because"][0]["matched"] == {"company.tags": ["a", "b"], "objective.type": "online-sales"}


def test_exclusion_beats_any_support(make_knowledge: MakeKnowledge) -> None:
    """An excluded KPI has no place, however strongly other rules speak for it, neither in the KPO nor overall."""
    knowledge = make_knowledge(
        *(recommend(("reach", 1), ("sales", 0.1), identity=f"r{number}") for number in range(9)),
        {"id": "no", "exclude": ["reach"], "when": {"objective.type": "brand-awareness"}},
    )
    result = Recommender(knowledge).recommend_data({"objectives": [{"type": "brand-awareness"}, {"id": "x", "type": "online-sales"}]})
    assert [row[1] for row in ranking(result)] == ["sales"]
    assert {row["kpi"]: row["kpos"] for row in result["overall"]} == {"reach": ["x"], "sales": ["kpo-1", "x"]}


def test_equal_scores_order_by_id(make_knowledge: MakeKnowledge) -> None:
    """KPIs of equal evidence stand in the order of their ids."""
    knowledge = make_knowledge(recommend(("visits", 0.5), ("cost", 0.5), ("reach", 0.5)))
    assert [row[1] for row in ranking(Recommender(knowledge).recommend_data(ONE))] == ["cost", "reach", "visits"]


def test_weightless_evidence_recommends_nothing(make_knowledge: MakeKnowledge) -> None:
    """A weight of 0 gives no place in the ranking, and full discouragement one at the end of it."""
    knowledge = make_knowledge(
        recommend(("reach", 0), ("sales", 0.01), ("mood", 1)), {"id": "d", "discourage": [{"kpi": "mood", "weight": 1}]}
    )
    result = Recommender(knowledge).recommend_data(ONE)
    assert ranking(result) == [(1, "sales", 0.01), (2, "mood", 0.0)]


def test_priorities_weigh_in_the_overall_ranking(make_knowledge: MakeKnowledge) -> None:
    """A KPO of priority n counts an n-th overall, one without priority fully, and their evidence combines."""
    knowledge = make_knowledge(
        recommend(("reach", 0.5), when={"objective.type": "brand-awareness"}),
        recommend(("sales", 0.6), ("reach", 0.5), identity="s", when={"objective.type": "online-sales"}),
    )
    objectives = [{"id": "a", "type": "brand-awareness"}, {"id": "b", "type": "online-sales", "priority": 2}]
    result = Recommender(knowledge).recommend_data({"objectives": objectives})
    assert [(row["rank"], row["kpi"], row["score"], row["kpos"]) for row in result["overall"]] == [
        (1, "reach", 0.625, ["a", "b"]), (2, "sales", 0.3, ["b"]),
    ]  # fmt: skip
    assert [kpo["priority"] for kpo in result["kpos"]] == [None, 2]
    assert ranking(result, 1) == [(1, "sales", 0.6), (2, "reach", 0.5)]


@pytest.mark.parametrize(("top", "listed", "overall"), [(1, 5, 1), (6, 6, 6), (100, 7, 7), (None, 7, 7)])
def test_top_limits_what_is_listed(top: int | None, listed: int, overall: int, make_knowledge: MakeKnowledge) -> None:
    """`top` limits the KPIs of each KPO and overall, but the headline set is always whole, and ranks stay."""
    kpis = ("reach", "sales", "mood", "cost", "loyalty", "visits", "quality")
    recommender = Recommender(make_knowledge(recommend(*((kpi, 0.9 - position / 10) for position, kpi in enumerate(kpis)))))
    whole, result = recommender.recommend_data(ONE, as_of=DAY), recommender.recommend_data(ONE, as_of=DAY, top=top)
    assert result["kpos"][0]["kpis"] == whole["kpos"][0]["kpis"][:listed]
    assert result["overall"] == whole["overall"][:overall]
    assert [row["headline"] for row in whole["kpos"][0]["kpis"]] == [True] * 5 + [False] * 2


def test_headline_kpis_stay_below_the_top(make_knowledge: MakeKnowledge) -> None:
    """A headline KPI from further down is listed with its own rank, whatever `top` is."""
    leading = [("reach", 0.9), ("cost", 0.8), ("visits", 0.7), ("mood", 0.6)]
    recommender = Recommender(make_knowledge(recommend(*leading, ("sales", 0.1))))
    assert [row[0] for row in ranking(recommender.recommend_data(ONE, top=2))] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("language", "name", "reason"), [("en", "Turnover", "A reason."), ("fr", "Chiffre d'affaires", "Une raison.")])
def test_texts_are_in_the_language_asked_for(language: Any, name: str, reason: str) -> None:
    """Names and reasons are in the language of the result; ids, ranks and scores do not hang on it."""
    records = [
        {**document, "kpis": [{**kpi, "name": text("Turnover", "Chiffre d'affaires")} for kpi in document["kpis"]]} if "kpis" in document else document
        for document in VOCABULARY
    ]  # fmt: skip
    rules = [recommend(("sales", 0.5), because=text("A reason.", "Une raison."))]
    recommender = Recommender(KnowledgeBase.from_documents([*records, {"ruleset": "t", "version": "1.0.0", "rules": rules}]))
    result = recommender.recommend(ONE, language=language, as_of=DAY)
    row = result.kpos[0].kpis[0]
    assert (row.name, row.because[0].reason, result.overall[0].name) == (name, reason, name)
    assert (row.kpi, row.score) == ("sales", 0.5)


def test_a_missing_translation_shows_the_other_language(make_knowledge: MakeKnowledge) -> None:
    """A text that is there in one language only is shown in that one."""
    knowledge = make_knowledge(recommend(("sales", 0.5), because={"fr": "Parce que."}), {"id": "a", "advise": {"en": "Do."}})
    english = Recommender(knowledge).recommend_data(ONE, language="en")
    french = Recommender(knowledge).recommend_data(ONE, language="fr")
    assert english["kpos"][0]["kpis"][0]["because"][0]["reason"] == "Parce que."
    assert french["advice"][0]["text"] == "Do."


def test_evidence_is_ordered_by_weight(make_knowledge: MakeKnowledge) -> None:
    """The strongest rule comes first, equal ones by their id."""
    weights = {"c": 0.5, "a": 0.2, "d": 0.9, "b": 0.5}
    knowledge = make_knowledge(*(recommend(("sales", weight), identity=identity) for identity, weight in weights.items()))
    row = Recommender(knowledge).recommend_data(ONE)["kpos"][0]["kpis"][0]
    assert [part["rule"] for part in row["because"]] == ["test/d", "test/b", "test/c", "test/a"]


@pytest.mark.parametrize(
    ("when", "matched"),
    [
        ({"company.stage": "growth", "company.employees": "unknown"}, {"company.employees": None, "company.stage": "growth"}),
        ({"any": [{"company.stage": "growth"}, {"company.stage": "launch", "company.tags": "a"}]}, {"company.stage": "growth"}),
        ({"not": {"all": [{"company.stage": "mature"}, {"company.tags": "a"}]}}, {"company.stage": "growth"}),
        ({"not": {"all": [{"company.stage": "mature"}, {"company.employees": "> 3"}]}}, {"company.stage": "growth"}),
        (
            {"not": {"any": [{"company.stage": "mature"}, {"audience.analysed": True}]}},
            {"audience.analysed": False, "company.stage": "growth"},
        ),
        ({"company.tags": 'not("c")'}, {"company.tags": ["a", "b"]}),
        ({}, {}),
    ],
)
def test_evidence_holds_the_facts_that_mattered(when: dict[str, Any], matched: dict[str, Any], make_knowledge: MakeKnowledge) -> None:
    """The matched facts are those that made the rule true: no branch that failed, and nothing unknown unless that was asked."""
    row = Recommender(make_knowledge(recommend(("sales", 0.5), when=when))).recommend_data(PROFILE)["kpos"][0]["kpis"][0]
    assert row["because"][0]["matched"] == matched


def test_sources_are_those_of_the_platforms_on_the_day() -> None:
    """A KPI's sources are the metrics of the profile's platforms, each platform once, that exist on the day."""
    metrics = [
        {"kpi": "reach", "metric": "Accounts reached", "tool": "ga4", "since": "2025-06-01"},
        {"kpi": "reach", "metric": "Impressions", "deprecated_on": "2026-01-01"},
        {"kpi": "sales", "metric": "Orders"},
    ]
    rules = [recommend(("reach", 0.5), because=text("b"))]
    documents = [*VOCABULARY, make_platform("tiktok", metrics=metrics), {"ruleset": "t", "version": "1.0.0", "rules": rules}]
    recommender = Recommender(KnowledgeBase.from_documents(documents))

    def found(day: datetime.date) -> Any:
        result = recommender.recommend_data({**ONE, "platforms": ["website", "tiktok", "tiktok"]}, as_of=day)
        return result["kpos"][0]["kpis"][0]["sources"]

    reached = {"platform": "tiktok", "metric": "Accounts reached", "tool": "ga4"}
    impressions = {"platform": "tiktok", "metric": "Impressions", "tool": None}
    assert found(DAY) == [reached]
    assert found(DAY - datetime.timedelta(1)) == [reached, impressions]
    assert found(datetime.date(2025, 5, 31)) == [impressions]


@pytest.mark.parametrize("given", [3, None, ["objectives"], b"objectives: []"])
def test_what_is_no_profile_is_refused(given: Any, recommender: Recommender) -> None:
    """Anything but a mapping, a `Profile` or a path is an `InputError` that says what a profile is."""
    with pytest.raises(InputError, match="a profile is a mapping"):
        recommender.recommend(given)


def test_an_unknown_engine_is_named_with_the_nearest(make_knowledge: MakeKnowledge) -> None:
    """A wrong engine name is an `EngineError` with the right one."""
    with pytest.raises(EngineError, match="no engine is called 'nativ'; did you mean 'native'"):
        Recommender(make_knowledge(), engine="nativ")


def test_rulesets_of_the_user_join_what_is_installed(folder: Path) -> None:
    """`rulesets` names files or folders beside the installed knowledge, and what is wrong in them is an `InputError`."""
    good = "ruleset: ours\nversion: 1.0.0\nsource: {title: t, grade: practitioner}\nrules:\n  - {id: a, advise: {en: Do., fr: Fais.}}\n"
    folder.joinpath("ours.yaml").write_text(good, encoding="utf-8")
    result = Recommender(rulesets=["ours.yaml"]).recommend_data({"objectives": ["sell online"]})
    assert "ours/a" in [row["rule"] for row in result["advice"]]
    assert {"name": "ours", "version": "1.0.0"} in result["knowledge"]["rulesets"]
    folder.joinpath("ours.yaml").write_text(good.replace("advise", "advize"), encoding="utf-8")
    with pytest.raises(InputError, match="did you mean 'advise'"):
        Recommender(rulesets=[folder])


def test_many_threads_may_ask(recommender: Recommender) -> None:
    """One recommender answers many threads at once, each with what it would say to it alone."""
    profiles = [{**PROFILE, "company": {"employees": number, "stage": "launch" if number % 2 else "growth"}} for number in range(40)]
    expected = [recommender.recommend_data(profile, as_of=DAY) for profile in profiles]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda profile: recommender.recommend_data(profile, as_of=DAY), profiles)) == expected


@pytest.mark.parametrize("options", [{"top": 0}, {"top": -1}, {"language": "de"}])
def test_options_that_make_no_sense_are_refused(options: dict[str, Any], make_knowledge: MakeKnowledge) -> None:
    """A wrong language or length is an error of ours, whether the result is asked for as data or as an object."""
    recommender = Recommender(make_knowledge())
    for call in (recommender.recommend, recommender.recommend_data):
        with pytest.raises(InputError, match="the language is en or fr"):
            call({"objectives": [{"type": "brand-awareness"}]}, **options)
