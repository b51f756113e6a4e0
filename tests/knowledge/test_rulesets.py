"""Rulesets: what is checked when they are loaded, `extends` and `override`, and the digest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from kpirules import InputError, KnowledgeBase, Recommender
from kpirules.knowledge.plugins import PluginManager
from tests.conftest import DAY, VOCABULARY, MakeKnowledge, make_kpi, make_objective_type, make_platform, text

PROFILE = {"objectives": [{"type": "brand-awareness"}]}
SOURCE = {"title": "t", "grade": "convention"}
BASE = {"ruleset": "base", "version": "1.0.0", "source": SOURCE, "rules": [
    {"id": "one", "when": {"objective.type": "brand-awareness"}, "recommend": [{"kpi": "reach", "weight": 0.5}], "because": text("One.")},
    {"id": "two", "when": {"company.stage": "growth"}, "recommend": [{"kpi": "sales", "weight": 0.5}], "because": text("Two.")},
]}  # fmt: skip


def write(folder: Path, files: Mapping[str, Any]) -> Path:
    """Write YAML documents, and the vocabulary that they need, into a folder."""
    for name, content in {**{f"vocabulary-{n}.yaml": document for n, document in enumerate(VOCABULARY)}, **files}.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return folder


def ruleset(name: str, **parts: Any) -> dict[str, Any]:
    """A ruleset document."""
    return {"ruleset": name, "version": "1.0.0", "source": SOURCE, **parts}


def issues(*documents: Mapping[str, Any]) -> list[str]:
    """The codes of the errors that documents get beside the vocabulary, with the paths they are at."""
    with pytest.raises(InputError) as caught:
        KnowledgeBase.from_documents([*VOCABULARY, *documents])
    return [f"{issue.code} {issue.place.path}" for issue in caught.value.issues]


def scores(*rulesets: Mapping[str, Any], profile: Mapping[str, Any] = PROFILE) -> dict[str, float]:
    """The scores that rulesets give a profile."""
    result = Recommender(KnowledgeBase.from_documents([*VOCABULARY, *rulesets])).recommend(profile, as_of=DAY)
    return {row.kpi: row.score for row in result.overall}


def rule(**parts: Any) -> dict[str, Any]:
    """A ruleset of one rule that is right but for some parts."""
    whole = {"id": "r", "recommend": [{"kpi": "reach", "weight": 0.5}], "because": text("Because."), **parts}
    return ruleset("x", rules=[{key: value for key, value in whole.items() if value is not None}])


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (rule(when={"company.size": "x"}), ["unknown-field rules[0].when.company.size"]),
        (rule(when={"company.stage": "grwth"}), ["unknown-id rules[0].when.company.stage"]),
        (rule(when={"any": []}), ["wrong-type rules[0].when.any"]),
        (rule(when={"not": ["x"]}), ["wrong-type rules[0].when.not"]),
        (rule(when={"company.employees": None}), ["empty-test rules[0].when.company.employees"]),
        (rule(recommend=[{"kpi": "reech", "weight": 0.5}]), ["unknown-id rules[0].recommend[0].kpi"]),
        (rule(recommend=[{"kpi": "reach", "weight": 0.5}] * 2), ["duplicate-id rules[0].recommend[1].kpi"]),
        (rule(recommend=[{"kpi": "reach", "weight": 1.01}]), ["out-of-range rules[0].recommend[0].weight"]),
        (rule(recommend=[{"kpi": "reach", "weight": "0.5"}]), ["wrong-type rules[0].recommend[0].weight"]),
        (rule(recommend=[{"kpi": "reach"}]), ["missing-key rules[0].recommend[0].weight"]),
        (rule(exclude=["reech"]), ["unknown-id rules[0].exclude[0]"]),
        (rule(recommend=None), ["no-action rules[0]"]),
        (rule(because=None), ["missing-key rules[0]"]),
        (rule(wen={}), ["unknown-key rules[0].wen"]),
        (rule(status="live"), ["unknown-id rules[0].status"]),
        (rule(valid_from="2026-13-01"), ["wrong-type rules[0].valid_from"]),
        (rule(valid_from="2026-02-01", valid_until="2026-01-01"), ["out-of-range rules[0].valid_until"]),
        (rule(id="No Id"), ["wrong-type rules[0].id"]),
        (rule(derive={"company.stge": "growth"}), ["unknown-field rules[0].derive.company.stge"]),
        (rule(derive={"company.stage": "huge"}), ["unknown-id rules[0].derive.company.stage"]),
        (rule(derive={"company.stage": ["growth"]}), ["wrong-type rules[0].derive.company.stage"]),
        (rule(derive={"platform.kind": "owned-web"}), ["wrong-type rules[0].derive.platform.kind"]),
        (rule(when={"company.stage": "growth"}, derive={"company.stage": "mature"}), ["cycle rules[0].derive"]),
        (ruleset("x", rules=[*rule()["rules"], *rule()["rules"]]), ["duplicate-id rules[1].id"]),
        (ruleset("x", version="1.0"), ["wrong-type version"]),
        (ruleset("x", extends=["y"]), ["unknown-id extends[0]"]),
        (ruleset("x", extends=["x"]), ["cycle extends"]),
        ({"rules": []}, ["unknown-key "]),
        ({"kpis": [make_kpi("k", unit="litres")]}, ["unknown-id kpis[0].unit"]),
        ({"kpis": [make_kpi("k", balanced_by=["rech"])]}, ["unknown-id kpis[0].balanced_by[0]"]),
        ({"kpis": [make_kpi("reach")]}, ["duplicate-id kpis[0].id"]),
        ({"kpis": [make_kpi("k", method=None)]}, ["missing-key kpis[0]"]),
        (make_platform("tiktok", kind="owned"), ["unknown-id platform.kind"]),
        (make_platform("tiktok", facts=["folowers"]), ["unknown-field platform.facts[0]"]),
        (make_platform("tiktok", metrics=[{"kpi": "reech", "metric": "m"}]), ["unknown-id platform.metrics[0].kpi"]),
        (make_platform("tiktok", metrics=[{"kpi": "reach", "metric": "m", "tool": "ga5"}]), ["unknown-id platform.metrics[0].tool"]),
        (make_objective_type("brand-awareness"), ["duplicate-id objective_type.id"]),
        ({"fields": [{"field": "size", "type": "text", "label": text("l"), "question": text("q")}]}, ["wrong-type fields[0].field"]),
    ],
)  # fmt: skip
def test_what_is_refused(document: dict[str, Any], expected: list[str]) -> None:
    """Each mistake gets one error of its own kind, at its own place."""
    assert issues(document) == expected


def formula(expression: str, **example: float) -> dict[str, Any]:
    """A KPI with a formula over clicks and views."""
    variables = {"clicks": {"unit": "count", **text("c")}, "views": {"unit": "count", **text("v")}}
    return {
        "kpis": [make_kpi("k", method=None, unit="percent", formula={"expression": expression, "variables": variables, "example": example})]
    }


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (formula("clicks / views", clicks=3, views=100, result=0.03), ""),
        (formula("clicks / views", clicks=3, views=100, result=3), "wrong-example"),
        (formula("clicks / views", clicks=3, views=0, result=3), "wrong-example"),
        (formula("clicks / views", clicks=3, views=100), "missing-key"),
        (formula("clicks / view", clicks=3, views=100, result=0.03), "unknown-id"),
        (formula("clicks /", clicks=3, views=100, result=0.03), "syntax"),
    ],
)
def test_formulas_are_computed_on_their_example(document: dict[str, Any], code: str) -> None:
    """A record whose formula does not give what its example says is refused."""
    if code:
        assert issues(document)[0].startswith(f"{code} ")
    else:
        KnowledgeBase.from_documents([*VOCABULARY, document])


def test_all_issues_are_found_at_once_with_their_places(tmp_path: Path) -> None:
    """A malformed rule hides nothing of itself or the others; every issue is file:line:column with a hint."""
    content = (
        "ruleset: x\nversion: 1.0.0\nrules:\n"
        "  - id: a\n    when: {company.stag: growth}\n    recommend: [{kpi: reech, weight: 2}]\n"
        '  - id: b\n    when: {company.employees: "< ten"}\n    recommend: [{kpi: reach, weight: 0.5}]\n'
    )
    write(tmp_path, {"x.yaml": content})
    with pytest.raises(InputError) as caught:
        KnowledgeBase.load([tmp_path], PluginManager())
    found = {str(issue.place).rpartition("/")[2]: issue.code for issue in caught.value.issues if issue.level == "error"}
    assert found == {
        "x.yaml:5:12": "unknown-field", "x.yaml:6:18": "unknown-id", "x.yaml:6:30": "out-of-range",
        "x.yaml:7:5": "missing-key", "x.yaml:8:32": "wrong-type",
    }  # fmt: skip
    assert "did you mean 'company.stage'?" in str(caught.value)


def test_a_missing_translation_and_a_missing_source_are_warnings() -> None:
    """A text in one language only, or a rule that names no source, is shown by `check` and loads all the same."""
    document = {"ruleset": "x", "version": "1.0.0", "rules": [{"id": "r", "advise": {"en": "Only English."}}]}
    knowledge = KnowledgeBase.from_documents([*VOCABULARY, document])
    assert [(issue.level, issue.code) for issue in knowledge.issues] == [("warning", "missing-translation"), ("warning", "missing-source")]
    assert Recommender(knowledge).recommend(PROFILE, language="fr").advice[0].text == "Only English."


def test_a_condition_that_can_never_hold_is_a_warning(make_knowledge: MakeKnowledge) -> None:
    """Launch and not launch at once: the rule loads, and `check` says that it is silent for ever."""
    when = {"company.stage": "launch", "not": {"company.stage": "launch"}}
    knowledge = make_knowledge({"id": "r", "when": when, "recommend": [{"kpi": "reach", "weight": 0.5}]})
    assert [issue.code for issue in knowledge.issues] == ["empty-test"]


def test_too_wide_a_condition_is_refused() -> None:
    """A condition with thousands of ways to hold is refused, with what to do instead."""
    fields = ["company.stage", "company.tags", "objective.horizon", "profile.platforms", "objective.type", "profile.data_sources"]
    pairs = [{"any": [{field: "known"}, {f"{field}": "unknown", "company.employees": number}]} for number, field in enumerate(fields)]
    pairs += [{"any": [{"company.revenue": number}, {"platform.followers": number}]} for number in range(6)]
    assert issues(rule(when={"all": pairs})) == ["too-large rules[0].when"]


def test_derivations_in_a_circle_are_refused() -> None:
    """Facts that are derived from one another have no order in which they could be known."""
    first = {"id": "a", "when": {"company.stage": "growth"}, "derive": {"company.employees": 10}}
    second = {"id": "b", "when": {"company.employees": 10}, "derive": {"company.stage": "growth"}}
    assert issues(ruleset("x", rules=[first, second]))[0].startswith("cycle rules[")


# extends and override


def test_reweight_changes_one_weight() -> None:
    """A consultant adapts a published pack without copying it."""
    ours = ruleset("ours", extends=["base"], override=[{"rule": "one", "reweight": {"reach": 0.9}}])
    assert scores(BASE) == {"reach": 0.5}
    assert scores(BASE, ours) == {"reach": 0.9}


def test_when_is_replaced_and_rules_are_disabled() -> None:
    """A new condition takes the place of the old one; a disabled rule is gone."""
    when = ruleset("ours", extends=["base"], override=[{"rule": "base/two", "when": {"objective.type": "brand-awareness"}}])
    assert scores(BASE, when) == {"reach": 0.5, "sales": 0.5}
    off = ruleset("theirs", extends=["ours"], override=[{"rule": "base/two", "disable": True}, {"rule": "base/one", "disable": True}])
    assert scores(BASE, when, off) == {}


def test_a_later_ruleset_may_change_what_an_earlier_one_changed() -> None:
    """Along a chain of `extends`, the last word counts."""
    ours = ruleset("ours", extends=["base"], override=[{"rule": "one", "reweight": {"reach": 0.9}}])
    theirs = ruleset("theirs", extends=["ours"], override=[{"rule": "base/one", "reweight": {"reach": 0.1}}])
    assert scores(theirs, ours, BASE) == {"reach": 0.1}


def test_unrelated_rulesets_may_not_change_one_thing() -> None:
    """Their order would decide, and order must not."""
    both = [ruleset(name, extends=["base"], override=[{"rule": "one", "reweight": {"reach": w}}]) for name, w in (("a", 0.1), ("b", 0.2))]
    assert issues(BASE, *both) == ["conflict override[0].reweight.reach"]


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ({"rule": "on", "disable": True}, "unknown-id override[0].rule"),
        ({"rule": "other/one", "disable": True}, "unknown-id override[0].rule"),
        ({"rule": "one"}, "no-action override[0]"),
        ({"rule": "one", "reweight": {"sales": 0.5}}, "unknown-id override[0].reweight.sales"),
        ({"rule": "one", "reweight": {"reach": 2}}, "out-of-range override[0].reweight.reach"),
        ({"rule": "one", "when": {"company.stag": "x"}}, "unknown-field override[0].when.company.stag"),
    ],
)
def test_wrong_overrides(override: dict[str, Any], expected: str) -> None:
    """An override that names nothing, changes nothing or is not allowed to says so."""
    other = ruleset("other", rules=BASE["rules"])
    assert issues(BASE, other, ruleset("ours", extends=["base"], override=[override])) == [expected]


def test_a_bare_rule_id_must_be_one_rule() -> None:
    """Two extended rulesets with a rule of one id: the override must say which."""
    other = ruleset("other", rules=BASE["rules"])
    ours = ruleset("ours", extends=["base", "other"], override=[{"rule": "one", "disable": True}])
    assert issues(BASE, other, ours) == ["ambiguous-id override[0].rule"]


def test_extends_by_path(tmp_path: Path) -> None:
    """A path names a file inside the folder, which is loaded with it; one that leaves the folder is refused."""
    ours = ruleset("ours", extends=["./lib/base.yaml"], override=[{"rule": "one", "reweight": {"reach": 0.9}}])
    write(tmp_path, {"ours/rules.yaml": ours, "ours/lib/base.yaml": BASE, "base.yaml": BASE})
    files = [*sorted(tmp_path.glob("vocabulary-*.yaml")), tmp_path / "ours" / "rules.yaml"]
    knowledge = KnowledgeBase.load(files, PluginManager())
    assert knowledge.data["rules"]["base/one"]["recommend"] == [["reach", 0.9]]
    for path, code in (("../base.yaml", "outside-folder"), ("./none.yaml", "unreadable"), ("/etc/passwd.yaml", "outside-folder")):
        write(tmp_path, {"ours/rules.yaml": {**ours, "extends": [path], "override": []}})
        with pytest.raises(InputError, match=code):
            KnowledgeBase.load(files, PluginManager())


def test_extends_in_a_circle() -> None:
    """Two rulesets that extend each other are refused, with the circle."""
    assert issues(ruleset("a", extends=["b"]), ruleset("b", extends=["a"])) == ["cycle extends"]


def test_two_rulesets_of_one_name() -> None:
    """A name belongs to one ruleset."""
    assert issues(BASE, BASE) == ["duplicate-id ruleset"]


# digest


def test_the_digest_covers_what_can_change_a_result() -> None:
    """A weight, a reason, a name or a condition changes it; where it is written does not."""
    digest = KnowledgeBase.from_documents([*VOCABULARY, BASE]).digest
    assert digest.startswith("sha256:")
    assert KnowledgeBase.from_documents([BASE, *VOCABULARY]).digest == digest
    for key, value in (
        ("because", text("Other.")),
        ("recommend", [{"kpi": "reach", "weight": 0.51}]),
        ("when", {"company.stage": "launch"}),
    ):
        changed = {**BASE, "rules": [{**BASE["rules"][0], key: value}, BASE["rules"][1]]}  # type: ignore[index]
        assert KnowledgeBase.from_documents([*VOCABULARY, changed]).digest != digest
    assert KnowledgeBase.from_documents([*VOCABULARY, BASE, make_platform("tiktok")]).digest != digest
