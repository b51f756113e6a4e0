"""What is wrong in a knowledge document is shown at its line and column, with the nearest name, at every depth."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
import yaml

from kpirules import InputError, KnowledgeBase
from kpirules.errors import Issue
from kpirules.knowledge.plugins import PluginManager
from tests.conftest import VOCABULARY, make_kpi, make_objective_type, make_platform, text


def found(folder: Path, **files: str) -> list[Issue]:
    """The issues of YAML files (named without their ending) that are loaded beside the vocabulary; warnings too."""
    for number, document in enumerate(VOCABULARY):
        (folder / f"vocabulary-{number}.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(textwrap.dedent(content), encoding="utf-8")
    try:
        return list(KnowledgeBase.load([folder], PluginManager()).issues)
    except InputError as error:
        return list(error.issues)


def shown(issues: list[Issue]) -> list[str]:
    """Issues as `line:column code`, in the order of their places."""
    rows = sorted(issues, key=lambda issue: (issue.place.line or 0, issue.place.column or 0, issue.code))
    return [f"{issue.place.line}:{issue.place.column} {issue.code}" for issue in rows]


HEAD = "ruleset: x\nversion: 1.0.0\nsource: {title: t, grade: convention}\n"
BECAUSE = "because: {en: e, fr: f}"


def rule(body: str) -> str:
    """A ruleset of one rule; its body starts on line 5, column 3."""
    return HEAD + "rules:\n" + textwrap.indent(f"- id: r\n{textwrap.indent(body, '  ')}", "  ")


def yaml_of(document: object) -> str:
    """A document as YAML text, a key a line."""
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


@pytest.mark.parametrize(
    ("content", "expected", "hint"),
    [
        ("ruleset: x\nversion: 1.0.0\nrulez: []\n", "3:1 unknown-key", "did you mean 'rules'?"),
        (rule(f"wen: {{}}\nadvise: {{en: e, fr: f}}\n{BECAUSE}"), "6:5 unknown-key", "did you mean 'when'?"),
        (rule(f"recommend:\n- {{kpi: reach, wieght: 0.5}}\n{BECAUSE}"), "7:7 missing-key", ""),
        (rule("advise: {en: e, fr: f, dee: d}"), "6:28 unknown-key", "allowed: en, fr"),
        (rule("advise: {en: e, fr: f}\nsource: {title: t, grade: convetion}"), "7:24 unknown-id", "did you mean 'convention'?"),
        (rule("advise: {en: e, fr: f}\nsource: {title: t, grade: convention, ur1: u}"), "7:43 unknown-key", "did you mean 'url'?"),
        (rule(f"recommend: [{{kpi: reach, weight: -0.1}}]\n{BECAUSE}"), "6:30 out-of-range", ""),
        (rule(f"recommend: [{{kpi: reach, weight: 1.5}}]\n{BECAUSE}"), "6:30 out-of-range", ""),
        (rule(f"recommend: [{{kpi: reach, weight: high}}]\n{BECAUSE}"), "6:30 wrong-type", ""),
        (rule(f"recommend: [{{kpi: reach, weight: true}}]\n{BECAUSE}"), "6:30 wrong-type", ""),
        (rule(f"recommend: reach\n{BECAUSE}"), "6:5 wrong-type", ""),
        (rule(f"discourage: [{{kpi: reahc, weight: 0.5}}]\n{BECAUSE}"), "6:19 unknown-id", "did you mean 'reach'?"),
        (rule(f"exclude: [reach, reahc]\n{BECAUSE}"), "6:22 unknown-id", "did you mean 'reach'?"),
        (rule(f"exclude: [reach, reach]\n{BECAUSE}"), "6:22 duplicate-id", ""),
        (rule("advise: {en: e, fr: f}\nvalid_from: 2026-02-30"), "7:5 wrong-type", "write it as 2026-12-31"),
        (rule("advise: {en: e, fr: f}\nvalid_from: 2026"), "7:5 wrong-type", "write it as 2026-12-31"),
        (rule("advise: {en: e, fr: f}\nvalid_until: soon"), "7:5 wrong-type", "write it as 2026-12-31"),
        (rule("advise: {en: e, fr: f}\nvalid_from: 2026-01-02\nvalid_until: 2026-01-01"), "8:5 out-of-range", ""),
        (rule("advise: {en: e, fr: f}\nstatus: actve"), "7:5 unknown-id", "did you mean 'active'?"),
        (rule("when: {company.stag: growth}\nadvise: {en: e, fr: f}"), "6:12 unknown-field", "did you mean 'company.stage'?"),
        (rule("when: {company.stage: grwth}\nadvise: {en: e, fr: f}"), "6:27 unknown-id", "did you mean 'growth'?"),
        (rule("when: {objective.type: online-sale}\nadvise: {en: e, fr: f}"), "6:28 unknown-id", "did you mean 'online-sales'?"),
        (rule("when: {platform.name: instagrm}\nadvise: {en: e, fr: f}"), "6:27 unknown-id", "did you mean 'instagram'?"),
        (rule("when: {profile.data_sources: [crm, ga5]}\nadvise: {en: e, fr: f}"), "6:40 unknown-id", "did you mean 'ga4'?"),
        (rule("when:\n  any:\n  - not: {company.stag: growth}\nadvise: {en: e, fr: f}"), "8:15 unknown-field", "did you mean 'company.stage'?"),
        (rule("when: {company.employees: '< ten'}\nadvise: {en: e, fr: f}"), "6:32 wrong-type", ""),
        (rule("derive: {company.stag: growth}"), "6:14 unknown-field", "did you mean 'company.stage'?"),
        (rule("derive: {company.stage: grwth}"), "6:14 unknown-id", "did you mean 'growth'?"),
        (rule("derive: {company.employees: -1}"), "6:14 out-of-range", ""),
        (rule("derive: {profile.platforms: [instagram]}"), "6:14 wrong-type", ""),
        (rule("derive: {objective.topics: [press]}"), "6:14 wrong-type", ""),
        (rule("derive: {platform.name: instagram}"), "6:14 wrong-type", ""),
        (rule("when: {company.stage: growth}\nderive: {company.stage: mature}"), "7:5 cycle", ""),
        (rule("when: {company.stage: growth}"), "5:5 no-action", "give it recommend, discourage, exclude, derive or advise"),
        (rule("exclude: [reach]"), "5:5 missing-key", "add because: {en: ..., fr: ...}"),
        (HEAD + "rules: [{id: a, advise: {en: e, fr: f}}, {id: a, advise: {en: e, fr: f}}]", "4:43 duplicate-id", ""),
        (HEAD + "rules: [{advise: {en: e, fr: f}}]", "4:9 missing-key", ""),
        (HEAD + "rules: [3]", "4:9 wrong-type", ""),
        (HEAD + "extends: [crossroads]", "4:11 unknown-id", ""),
        (HEAD + "extends: [x]", "4:1 cycle", ""),
        (HEAD + "extends: [../elsewhere.yaml]", "4:11 outside-folder", "extend it by its name instead"),
        (HEAD + "extends: [./missing.yaml]", "4:11 unreadable", ""),
        (HEAD + "extends: [crossroads.yaml]", "4:11 unreadable", ""),
        (HEAD + "override: [{rule: nothing, disable: true}]", "4:13 unknown-id", "extend its ruleset first"),
        (HEAD + "override: [{disable: true}]", "4:12 missing-key", ""),
        ("version: 1.0.0\nruleset: No Name\n", "2:1 wrong-type", ""),
        ("ruleset: x\n", "1:1 missing-key", ""),
        ("rulset: x\nversion: 1.0.0\n", "1:1 unknown-key", "did you mean 'ruleset'?"),
        ("- a list\n", "1:1 unknown-key", ""),
        ("ruleset: x\nversion: [\n", "3:1 syntax", ""),
        ("ruleset: x\nruleset: y\n", "2:1 duplicate-key", ""),
    ],
)  # fmt: skip
def test_the_place_of_a_mistake_in_a_ruleset(tmp_path: Path, content: str, expected: str, hint: str) -> None:
    """Each mistake is one error at the key or value that is wrong, with what would be right."""
    issues = [issue for issue in found(tmp_path, x=content) if issue.level == "error"]
    if "wieght" in content:  # a misspelled key is also a missing one
        assert shown(issues) == [expected, "7:20 unknown-key"]
        assert issues[-1].hint == "did you mean 'weight'?"
        return
    assert shown(issues) == [expected]
    assert hint in issues[0].hint
    assert issues[0].place.source == str(tmp_path / "x.yaml")


FORMULA = {"expression": "a / b", "variables": {"a": {"unit": "count"}, "b": {"unit": "count"}}, "example": {"a": 1, "b": 2, "result": 0.5}}


@pytest.mark.parametrize(
    ("document", "wrong", "right", "code", "hint"),
    [
        ({"kpis": [make_kpi("k")]}, "timing: leading", "timing: laggin", "unknown-id", "did you mean 'lagging'?"),
        ({"kpis": [make_kpi("k")]}, "timing: leading", "tming: leading", "unknown-key", "did you mean 'timing'?"),
        ({"kpis": [make_kpi("k")]}, "- id: k", "- id: K!", "wrong-type", ""),
        ({"kpis": [make_kpi("k", balanced_by=["reach"])]}, "- reach", "- reech", "unknown-id", "did you mean 'reach'?"),
        ({"kpis": [make_kpi("k", redundant_with=["reach"])]}, "- reach", "- reech", "unknown-id", "did you mean 'reach'?"),
        ({"kpis": [make_kpi("k", counts={"instagram": text("c")})]}, "fr: c", "rf: c", "unknown-key", "allowed: en, fr"),
        ({"kpis": [make_kpi("k", method=None, formula=FORMULA)]}, "unit: count\n      b", "units: count\n      b", "unknown-key", "'unit'?"),
        ({"kpis": [make_kpi("k", method=None, formula=FORMULA)]}, "result: 0.5", "result: half", "wrong-type", ""),
        (make_platform("p"), "kind: owned-social", "kind: owned-soical", "unknown-id", "did you mean 'owned-social'?"),
        (make_platform("p", facts=["followers"]), "- followers", "- folowers", "unknown-field", "did you mean 'followers'?"),
        (make_platform("p", metrics=[{"kpi": "reach", "metric": "m"}]), "kpi: reach", "kpi: reech", "unknown-id", "did you mean 'reach'?"),
        (make_platform("p", metrics=[{"kpi": "reach", "metric": "m", "tool": "ga4"}]), "tool: ga4", "tool: ga5", "unknown-id", "'ga4'?"),
        (make_platform("p", metrics=[{"kpi": "reach", "metric": "m", "since": "2026-01-31"}]), "since: '2026-01-31'", "since: 31.1.2026",
         "wrong-type", "write it as 2026-12-31"),
        (make_objective_type("o"), "description:", "descripton:", "unknown-key", "did you mean 'description'?"),
        (make_objective_type("o", qualitative=True), "qualitative: true", "qualitative: often", "wrong-type", ""),
        ({"topics": [{"id": "t", "name": text("t")}]}, "- id: t", "- di: t", "unknown-key", "allowed: description, id"),
        ({"sectors": [{"id": "s", "name": text("t"), "keywords": {"en": ["w"]}}]}, "en:\n    - w", "en: w", "wrong-type", ""),
        ({"data_sources": [{"id": "d", "name": text("t")}]}, "- id: d", "- id: crm", "duplicate-id", "choose another"),
        ({"fields": [{"field": "company.f", "type": "text", "label": text("l"), "question": text("q")}]}, "type: text", "type: texte",
         "unknown-id", "did you mean 'text'?"),
        ({"fields": [{"field": "company.f", "type": "text", "label": text("l"), "question": text("q")}]}, "- field: company.f",
         "- field: company.stage", "duplicate-id", "choose another"),
    ],
)  # fmt: skip
def test_the_place_of_a_mistake_in_a_record(
    tmp_path: Path, document: dict[str, object], wrong: str, right: str, code: str, hint: str
) -> None:
    """A record that loads as it is gets one error, on the line that was changed, when one thing in it is made wrong."""
    content = yaml_of(document)
    assert content.count(wrong) == 1, content
    assert not [issue for issue in found(tmp_path, x=content) if issue.level == "error"]
    line = content[: content.index(wrong)].count("\n") + 1
    issues = [issue for issue in found(tmp_path, x=content.replace(wrong, right)) if issue.level == "error"]
    assert (issues[-1].code, issues[-1].place.line) == (code, line) or (issues[0].code, issues[0].place.line) == (code, line)
    assert any(hint in issue.hint for issue in issues)
    assert {issue.place.source for issue in issues} == {str(tmp_path / "x.yaml")}
    assert {issue.code for issue in issues} <= {code, "missing-key"}  # a misspelled key is also a missing one


def test_two_files_with_one_id_name_each_other(tmp_path: Path) -> None:
    """The second definition is the error; the message says where the first one is."""
    kpis = yaml_of({"kpis": [make_kpi("k")]})
    (issue,) = found(tmp_path, a=kpis, b=kpis)
    assert (issue.code, str(issue.place)) == ("duplicate-id", f"{tmp_path / 'b.yaml'}:2:3")
    assert issue.message == f"'k' is already defined in {tmp_path / 'a.yaml'}:2:3"


def test_everything_is_found_in_one_run(tmp_path: Path) -> None:
    """Broken syntax in one file, a wrong shape in another, wrong names in a third and warnings: one run shows them all."""
    issues = found(
        tmp_path,
        a="ruleset: a\nversion: [\n",
        b="kpis:\n- id: k\n",
        c=HEAD.replace("x", "c") + "rules:\n- {id: r, exclude: [reahc, sale], because: {en: only}}\n",
    )
    by_file = {name: {issue.code for issue in issues if issue.place.source.endswith(f"{name}.yaml")} for name in "abc"}
    assert by_file == {"a": {"syntax"}, "b": {"missing-key"}, "c": {"unknown-id", "missing-translation"}}
    assert sum(issue.place.source.endswith("c.yaml") and issue.code == "unknown-id" for issue in issues) == 2
    required = {"name", "family", "definition", "question", "unit", "direction", "kind", "timing", "measure", "level"}
    assert required <= {issue.message.split("'")[1] for issue in issues if issue.code == "missing-key"}


def test_warnings_have_places_too(tmp_path: Path) -> None:
    """A text without its translation and a rule without a source load, and say where they are."""
    issues = found(tmp_path, x="ruleset: x\nversion: 1.0.0\nrules:\n- id: r\n  advise: {fr: Seulement}\n")
    assert shown(issues) == ["4:3 missing-source", "5:11 missing-translation"]
    assert {issue.level for issue in issues} == {"warning"}
    assert "no English text" in next(issue.message for issue in issues if issue.code == "missing-translation")


def test_an_override_is_judged_at_its_own_place(tmp_path: Path) -> None:
    """What an override gets wrong is shown in the file that overrides, not in the one that is overridden."""
    base = (
        "ruleset: base\nversion: 1.0.0\nsource: {title: t, grade: convention}\nrules:\n- {id: r, recommend: [{kpi: reach, weight: 0.5}], "
        + BECAUSE
        + "}\n"
    )
    ours = HEAD + textwrap.dedent("""\
        extends: [base]
        override:
        - {rule: r, reweight: {sales: 0.5}}
        - {rule: base/s, disable: true}
        - {rule: r}
        - {rule: r, when: {company.stag: growth}}
        - {rule: r, reweight: {reach: 0.1}}
        - {rule: r, reweight: {reach: 0.2}}
        """)
    issues = found(tmp_path, a=base, x=ours)
    assert shown(issues) == ["6:24 unknown-id", "7:4 unknown-id", "8:3 no-action", "9:20 unknown-field", "11:24 conflict"]
    assert {issue.place.source for issue in issues} == {str(tmp_path / "x.yaml")}
    assert next(issue.hint for issue in issues if issue.code == "conflict") == "keep one of them"


def test_an_override_of_a_ruleset_that_is_not_extended_says_what_to_add(tmp_path: Path) -> None:
    """A rule that exists but is out of reach is no unknown name: the hint says how to reach it."""
    base = "ruleset: base\nversion: 1.0.0\nsource: {title: t, grade: convention}\nrules:\n- {id: r, advise: {en: e, fr: f}}\n"
    (issue,) = found(tmp_path, a=base, x=HEAD + "override: [{rule: base/r, disable: true}]\n")
    assert (issue.code, issue.hint) == ("unknown-id", "add 'base' to extends")


def test_long_circles_are_told(tmp_path: Path) -> None:
    """Three rulesets, or three facts, in a circle: the message walks through it."""
    files = {name: f"ruleset: {name}\nversion: 1.0.0\nextends: [{base}]\n" for name, base in (("a", "b"), ("b", "c"), ("c", "a"))}
    (issue,) = found(tmp_path, **files)
    assert issue.code == "cycle"
    assert issue.message.count("->") == 3
    steps = [("company.stage: growth", "company.employees: 1"), ("company.employees: 1", "company.revenue: 1"),
             ("company.revenue: 1", "company.stage: growth")]  # fmt: skip
    rows = "".join(f"- {{id: r{n}, when: {{{reads}}}, derive: {{{sets}}}}}\n" for n, (reads, sets) in enumerate(steps))
    for file in "abc":
        (tmp_path / f"{file}.yaml").unlink()
    (issue,) = found(tmp_path, x=HEAD + "rules:\n" + rows)
    assert issue.code == "cycle"
    assert issue.message.count("->") == 3
