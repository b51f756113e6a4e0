"""Commands in detail, over the small vocabulary: settings, checks, cases, explanations, schemas, scaffolds, browsing."""

from __future__ import annotations

import datetime
import importlib
import json
import re
import textwrap
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
import yaml

from kpirules import InputError, KnowledgeBase
from kpirules.cli import ERROR, FINDINGS, OK, cli
from kpirules.documents import read_data, read_file
from kpirules.knowledge.situation import read_situation
from kpirules.schema import profile_schema, ruleset_schema
from tests.cli.conftest import Call, Printed
from tests.conftest import VOCABULARY
from tests.plugins.test_third_party import Site

PROFILE = "company: {name: Lumen, stage: growth}\nobjectives: [{id: known, type: brand-awareness}, {id: sold, type: online-sales}]\n"

RULES = """\
ruleset: ours
version: 1.0.0
source: {title: Our practice, grade: practitioner, url: "https://example.org/practice"}
rules:
- id: for-sales
  when: {objective.type: online-sales}
  recommend: [{kpi: sales, weight: 0.8}, {kpi: cost, weight: 0.4}]
  because: {en: Sales are the goal., fr: Les ventes sont le but.}
- id: no-cost
  when: {company.stage: growth}
  exclude: [cost]
  because: {en: Growth costs., fr: La croissance coûte.}
- id: for-loyalty
  when: {company.stage: mature, audience.analysed: true}
  recommend: [{kpi: loyalty, weight: 0.7}]
  because: {en: Loyalty pays., fr: La fidélité paie.}
- id: dated
  valid_from: 2026-06-01
  valid_until: 2026-06-30
  recommend: [{kpi: visits, weight: 0.3}]
  because: {en: In June., fr: En juin.}
- id: know-them
  when: {objective.type: online-sales}
  advise: {en: Know your public., fr: Connaissez votre public.}
- id: waits-for-tags
  when: {company.tags: a}
  advise: {en: Tags matter., fr: Les mots comptent.}
"""


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    """A profile and a ruleset in the working folder."""
    write("p.yaml", PROFILE)
    write("ours/rules.yaml", RULES)


def write(name: str, content: str) -> None:
    """A file in the working folder."""
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(textwrap.dedent(content), encoding="utf-8")


def data(printed: Any) -> Any:
    """The JSON that a run printed."""
    assert printed.code == OK, printed.err
    return json.loads(printed.out)


# recommend


def test_the_day_decides(call: Call) -> None:
    """`--as-of` chooses the day; a rule holds on its first and its last day."""
    for day, there in (("2026-05-31", False), ("2026-06-01", True), ("2026-06-30", True), ("2026-07-01", False)):
        result = data(call("recommend", "p.yaml", "-r", "ours", "--as-of", day, "--format", "json"))
        assert (result["as_of"], "visits" in [row["kpi"] for row in result["overall"]]) == (day, there)
    today = data(call("recommend", "p.yaml", "--format", "json"))["as_of"]
    assert today in {str(datetime.date.today() - datetime.timedelta(days)) for days in (0, 1)}
    assert call("recommend", "p.yaml", "--as-of", "2026-02-30").code == ERROR


def test_top_limits_lists(call: Call) -> None:
    """`--top` limits what is listed per objective and overall; the headline set stays, and ranks do not change."""
    whole = data(call("recommend", "p.yaml", "-r", "ours", "--format", "json"))
    short = data(call("recommend", "p.yaml", "-r", "ours", "--format", "json", "--top", "1"))
    assert short["overall"] == whole["overall"][:1]
    for kpo, full in zip(short["kpos"], whole["kpos"], strict=True):
        assert kpo["kpis"] == [row for row in full["kpis"] if row["rank"] <= 1 or row["headline"]]
    for wrong in ("0", "-1", "ten", "1.5"):
        assert call("recommend", "p.yaml", "--top", wrong).code == ERROR


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("format_", ["table", "markdown"])
def test_what_a_report_says(call: Call, format_: str, lang: str) -> None:
    """Objectives, KPIs with reasons, what not to follow, advice, questions and the digest, in the language asked for."""
    printed = call("recommend", "p.yaml", "-r", "ours", "--format", format_, "--lang", lang, "--as-of", "2026-01-01")
    english = ["KPIs for Lumen", "Objective: Brand awareness", "Sales are the goal.", "do not follow", "Growth costs.", "Know your public.",
               "Which tags?", "as of 2026-01-01", "All objectives together", "0.80"]  # fmt: skip
    french = ["KPI pour Lumen", "Objectif\u00a0: Brand awareness", "Les ventes sont le but.", "ne pas suivre", "La croissance coûte.",
              "Connaissez votre public.", "Which tags?", "au 2026-01-01", "Tous les objectifs ensemble", "0,80"]  # fmt: skip
    assert printed.code == OK
    assert [phrase for phrase in (french if lang == "fr" else english) if phrase not in printed.out] == []
    assert "sha256:" in printed.out
    assert all(line == line.rstrip() for line in printed.out.splitlines())


def test_nothing_to_say_is_said(call: Call) -> None:
    """An objective that no rule knows gets a sentence, not an empty table."""
    write("untyped.yaml", "objectives: [{statement: zzz}]")
    for format_ in ("table", "markdown"):
        printed = call("recommend", "untyped.yaml", "--format", format_)
        assert printed.code == OK
        assert "no objective type was recognised" in printed.out
        assert "No rule speaks for a KPI here." in printed.out
    assert call("recommend", "untyped.yaml", "--format", "csv").out.count("\n") == 1


def test_markdown_survives_hostile_texts(call: Call) -> None:
    """Bars, stars, tags and line breaks in a name or a statement do not break the report."""
    write("odd.yaml", 'company: {name: "a|b*c_d<e>"}\nobjectives: [{type: online-sales, statement: "x | y\\n# z"}]\n')
    printed = call("recommend", "odd.yaml", "-r", "ours", "--format", "markdown").out
    assert "## Objective: x \\| y # z" in printed
    tables = [line for line in printed.splitlines() if line.startswith("|")]
    assert len({line.replace("\\|", "").count("|") for line in tables}) == 1


# settings


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("top = -1", "kpirules.toml:1:1: error: 'top' is at least 1, found -1 [out-of-range]"),
        ("top = 0", "'top' is at least 1, found 0"),
        ("top = 1.5", "kpirules.toml:1:1: error: 'top' can't be 1.5 [wrong-type]"),
        ("\nformat = 'jsn'", "kpirules.toml:2:1: error: 'format' can't be 'jsn' [unknown-id]\n    did you mean 'json'?"),
        ("rulesets = 'ours'", "'rulesets' can't be 'ours'"),
        ("engine = ['native']", "'engine' can't be"),
        ("[lang]\nx = 1", "kpirules.toml:1:2: error: 'lang' can't be"),
        ("ruleset = []", "did you mean 'rulesets'?"),
        ("top = 1\ntop = 2", "not valid TOML"),
        ("rulesets = ['none']", "none: error: no such file or folder [unreadable]"),
        ("engine = 'natve'", "did you mean 'native'?"),
    ],
)
def test_settings_that_are_wrong(call: Call, content: str, message: str) -> None:
    """A setting is checked like an option: where it is written, what is wrong, what would be right."""
    write("kpirules.toml", content)
    printed = call("recommend", "p.yaml")
    assert (printed.code, printed.out) == (ERROR, "")
    assert message in printed.err


def test_all_wrong_settings_at_once(call: Call) -> None:
    """One run shows every wrong setting."""
    write("kpirules.toml", "top = 0\nlang = 'de'\nformt = 'json'\n")
    assert call("recommend", "p.yaml").err.count("kpirules.toml:") == 3


def test_options_win_over_settings_and_settings_over_the_environment(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest word counts; a byte order mark before it does not."""
    monkeypatch.setenv("KPIRULES_LANG", "fr_FR.UTF-8")
    assert data(call("recommend", "p.yaml", "--format", "json"))["language"] == "fr"
    Path("kpirules.toml").write_bytes(b'\xef\xbb\xbflang = "en"\nformat = "json"\ntop = 1\nrulesets = ["ours"]\n')
    result = data(call("recommend", "p.yaml"))
    assert (result["language"], len(result["overall"])) == ("en", 1)
    result = data(call("recommend", "p.yaml", "--lang", "fr", "--top", "2"))
    assert (result["language"], len(result["overall"])) == ("fr", 2)
    assert call("recommend", "p.yaml", "--format", "csv").out.startswith("kpo,")


def test_settings_that_can_not_be_read(call: Call) -> None:
    """A folder, or a file that is no text, in the place of the settings is one line."""
    Path("kpirules.toml").mkdir()
    assert "kpirules.toml: error: can't read it" in call("recommend", "p.yaml").err
    Path("kpirules.toml").rmdir()
    Path("kpirules.toml").write_bytes(b"\xff\xfe")
    assert "kpirules.toml: error: can't read it" in call("recommend", "p.yaml").err


# explain


def test_why(call: Call) -> None:
    """For a recommended KPI: its verdict per objective, the rules with weight, share, facts, place and source."""
    printed = call("explain", "p.yaml", "sales", "-r", "ours", "--lang", "en").out
    for phrase in ("Sales (sales)", "sold (online-sales): recommended, in the headline set — rank 1, score 0.80", "known (brand-awareness): not rec",
                   "+ for  ours/for-sales  weight 0.8, share 100%", "Sales are the goal.", "objective.type = online-sales",
                   "ours/rules.yaml:5:3", "Our practice"):  # fmt: skip
        assert phrase in printed
    found = data(call("explain", "p.yaml", "sales", "-r", "ours", "--format", "json"))
    assert [kpo["verdict"] for kpo in found["kpos"]] == ["not-recommended", "headline"]


def test_why_not(call: Call) -> None:
    """For an excluded KPI: the rule against it; for one that nothing recommends: which rule would, and the smallest change."""
    excluded = call("explain", "p.yaml", "cost", "-r", "ours", "--lang", "fr").out
    assert "exclu" in excluded
    assert "- contre  ours/no-cost" in excluded
    assert "La croissance coûte." in excluded
    found = data(call("explain", "p.yaml", "cost", "-r", "ours", "--format", "json"))
    assert {kpo["verdict"] for kpo in found["kpos"]} == {"excluded"}
    silent = call("explain", "p.yaml", "loyalty", "-r", "ours", "--lang", "en").out
    assert "Rules that would recommend it" in silent
    assert "found growth" in silent
    assert "found unknown" in silent
    found = data(call("explain", "p.yaml", "loyalty", "-r", "ours", "--format", "json"))
    assert {(edit["path"], edit["value"]) for edit in found["change"]["edits"]} == {
        ("company.stage", "mature"),
        ("audience.analysed", True),
    }
    assert "No small change of the profile brings it in." in call("explain", "p.yaml", "mood", "--lang", "en").out


def test_an_unknown_kpi(call: Call) -> None:
    """A KPI that does not exist names the nearest."""
    printed = call("explain", "p.yaml", "saels")
    assert (printed.code, "did you mean 'sales'?" in printed.err) == (ERROR, True)


# check


def test_a_misspelled_ruleset_is_no_profile(call: Call) -> None:
    """A document whose first key is misspelled is told so, not judged as a profile."""
    write("x.yaml", "rulset: x\nversion: 1.0.0\n")
    printed = call("check", "x.yaml")
    assert printed.out.startswith("x.yaml:1:1: error: not a knowledge document")
    assert "did you mean 'ruleset'?" in printed.out
    assert printed.code == FINDINGS


def test_only_profiles_come_from_standard_input(shell: Call) -> None:
    """A ruleset from a pipe is refused, not passed over in silence."""
    printed = shell("$K check - < ours/rules.yaml")
    assert printed.code == FINDINGS
    assert "<stdin>:1:1: error: only a profile can come from standard input" in printed.out


def test_a_broken_ruleset_does_not_blame_its_cases(call: Call) -> None:
    """While rules can't be read, cases that name them are not wrong; a KPI that does not exist is."""
    write("ours/rules.yaml", RULES.replace("kpi: cost", "kpi: csot"))
    write("ours/cases.yaml", "cases: [{name: c, profile: {objectives: []}, expect: {fired: [ours/for-sales], top: [saels]}}]")
    rows = json.loads(call("check", "ours", "--format", "json").out)
    assert [(row["place"]["source"], row["message"]) for row in rows] == [
        ("ours/cases.yaml", "nothing is called 'saels'"), ("ours/rules.yaml", "no KPI is called 'csot'"),
    ]  # fmt: skip


def test_errors_and_warnings_are_shown_together(call: Call) -> None:
    """An error in a ruleset hides none of its warnings."""
    write(
        "ours/rules.yaml",
        "ruleset: ours\nversion: 1.0.0\nrules:\n- {id: a, exclude: [reahc], because: {en: e}}\n- {id: b, advise: {fr: f}}\n",
    )
    rows = json.loads(call("check", "ours", "--format", "json").out)
    assert {(row["level"], row["code"]) for row in rows} >= {
        ("error", "unknown-id"),
        ("warning", "missing-translation"),
        ("warning", "missing-source"),
    }
    places = [(row["place"]["line"], row["place"]["column"]) for row in rows]
    assert places == sorted(places)


def codes(printed: Printed) -> set[str]:
    """The codes of what `check` found, none of it an error."""
    assert "\n0 errors, " in f"\n{printed.out}"
    return set(re.findall(r"\[([a-z-]+)\]$", printed.out, re.MULTILINE))


def test_check_reads_each_file_once(call: Call) -> None:
    """A ruleset that is named by the settings, an option and a path is no duplicate of itself."""
    write("kpirules.toml", 'rulesets = ["ours"]')
    for arguments in (["ours"], ["ours", "ours/rules.yaml"], ["./ours", "-r", "ours"]):
        assert call("check", *arguments).out == "0 errors, 0 warnings\n"
    assert codes(call("check", "-r", "ours/rules.yaml")) == codes(call("check"))


# test


def test_which_rules_no_case_fires(call: Call) -> None:
    """`--verbose` names every case and every rule that none of them fires; without it they are counted."""
    write("ours/cases.yaml", "cases: [{name: c, profile: {objectives: [{type: online-sales}]}, expect: {fired: [ours/for-sales]}}]")
    assert call("test", "ours").out == "4 rules are fired by no case (name them with --verbose)\n1 passed, 0 failed\n"
    printed = call("test", "ours/cases.yaml", "-v").out
    assert "passed  ours/cases.yaml:1:9: c" in printed
    assert "        ours/no-cost\n" in printed
    assert "core/r" not in printed


def test_a_case_has_a_day(call: Call) -> None:
    """A case without `as_of` is decided for a fixed day, so that it passes tomorrow as it does today."""
    case = "{name: c, %s profile: {objectives: [{type: online-sales}]}, expect: {%s: [ours/dated]}}"
    write("ours/cases.yaml", f"cases: [{case % ('as_of: 2026-06-15,', 'fired')}, {case % ('', 'not_fired')}]")
    assert call("test", "ours").out.endswith("2 passed, 0 failed\n")


@pytest.mark.parametrize("content", ["cases: [{name: x}]", "cases: [", "", "cases: [{name: x, profile: {}, expect: {within: 0}}]"])
def test_cases_that_can_not_be_read(call: Call, content: str) -> None:
    """A broken case file is an error with its place, exit code 2."""
    write("ours/cases.yaml", content)
    printed = call("test", "ours")
    assert printed.code == ERROR
    assert printed.err.startswith("ours/cases.yaml:")


def test_rules_that_can_not_be_read(call: Call) -> None:
    """Cases of a broken ruleset are not run."""
    write("ours/cases.yaml", "cases: [{name: c, profile: {objectives: [{type: online-sales}]}, expect: {fired: [ours/for-sales]}}]")
    write("ours/rules.yaml", RULES.replace("kpi: cost", "kpi: csot"))
    printed = call("test", "ours")
    assert (printed.code, printed.out) == (ERROR, "")
    assert "no KPI is called 'csot'" in printed.err


# browse


@pytest.mark.parametrize(
    ("group", "identity", "typo", "noun"),
    [
        ("kpis", "sales", "saels", "KPI"),
        ("platforms", "website", "wbsite", "platform"),
        ("objectives", "online-sales", "online-sale", "objective type"),
    ],
)
def test_browsing(call: Call, group: str, identity: str, typo: str, noun: str) -> None:
    """Lists, searches and records as text and JSON; an unknown id names the nearest."""
    listed = data(call(group, "list", "--format", "json"))
    assert identity in [row["id"] for row in listed]
    assert [line.split()[0] for line in call(group, "list").out.splitlines()[2:]] == [row["id"] for row in listed]
    assert data(call(group, "search", identity, "--format", "json"))[0]["id"] == identity
    assert data(call(group, "search", "zzz", "--format", "json")) == []
    assert call(group, "search", "zzz").code == OK
    for row in listed:
        assert data(call(group, "show", row["id"], "--format", "json"))["id"] == row["id"]
        assert call(group, "show", row["id"], "--lang", "fr").out.startswith(f"id: {row['id']}\n")
    wrong = call(group, "show", typo)
    assert wrong.code == ERROR
    assert f"no {noun} is called '{typo}'" in wrong.err
    assert f"did you mean '{identity}'?" in wrong.err
    assert call(group, "search").code == ERROR
    assert call(group, "lits").code == ERROR


def test_a_vocabulary_that_is_empty(call: Call) -> None:
    """Nothing to list is no error."""
    assert data(call("sectors", "list", "--format", "json")) == []
    assert call("sectors", "list").code == OK
    assert call("sectors", "show", "bakery").code == ERROR


# schema


RIGHT_PROFILES: list[Any] = [
    {"objectives": ["be known"]},
    {"objectives": [{"type": "online-sales", "priority": 2, "horizon": "long", "id": "x_1"}]},
    {"objectives": [{"statement": "x"}], "company": None, "platforms": None, "audience": None, "data_sources": None},
    {"objectives": [{"statement": "x"}], "company": {"stage": None, "tags": ["a", "b"], "employees": 0, "revenue": 1.5}},
    {"objectives": [{"statement": "x"}], "company": {"tags": "a"}, "audience": {"analysed": False}, "data_sources": ["crm"]},
    {"objectives": [{"statement": "x"}], "platforms": ["website", {"name": "instagram", "followers": 3, "ads": True}]},
]
WRONG_PROFILES: list[Any] = [
    {}, [], {"objectives": []}, {"objectives": None}, {"objectives": [{}]}, {"objectives": [{"priority": 1}]}, {"objectives": "be known"},
    {"objectives": [3]}, {"objectives": [{"type": "online-sale"}]}, {"objectives": [{"statement": "x", "priority": 0}]},
    {"objectives": [{"statement": "x", "id": "no id"}]}, {"objectives": [{"statement": "x", "topics": ["press"]}]},
    {"objectives": ["x"], "compny": {}}, {"objectives": ["x"], "company": []}, {"objectives": ["x"], "company": {"employees": -1}},
    {"objectives": ["x"], "company": {"employees": "3"}}, {"objectives": ["x"], "company": {"stage": "huge"}},
    {"objectives": ["x"], "company": {"tags": ["z"]}}, {"objectives": ["x"], "audience": {"analysed": "no"}},
    {"objectives": ["x"], "platforms": ["tiktok"]}, {"objectives": ["x"], "platforms": [{"followers": 3}]},
    {"objectives": ["x"], "platforms": [{"name": "website", "followers": 3}]}, {"objectives": ["x"], "platforms": {"name": "website"}},
    {"objectives": ["x"], "platforms": [{"name": "website", "kind": "owned-web"}]}, {"objectives": ["x"], "data_sources": ["excel"]},
]  # fmt: skip


@pytest.mark.parametrize("profile", [*RIGHT_PROFILES, *WRONG_PROFILES], ids=repr)
def test_the_schema_and_the_reader_agree(profile: Any) -> None:
    """What an editor accepts is what kpirules accepts."""
    knowledge = KnowledgeBase.from_documents(VOCABULARY)
    right = profile in RIGHT_PROFILES
    assert jsonschema.Draft202012Validator(profile_schema(knowledge)).is_valid(profile) is right
    try:
        read_situation(read_data(profile, "<profile>"), knowledge, datetime.date(2026, 1, 1))
    except InputError:
        assert not right
    else:
        assert right


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("kpi: sales", "kpi: slaes"), ("weight: 0.8", "weight: 8"), ("company.stage: growth", "company.stge: growth"), ("rules:", "rulez:"),
        ("grade: practitioner", "grade: hearsay"), ("exclude: [cost]", "exclude: [csot]"), ("version: 1.0.0", "version: one"),
        ("- id: no-cost", "- di: no-cost"), ("advise: {en: Know", "advise: {english: Know"), ("exclude: [cost]", "exclude: cost"),
    ],
)  # fmt: skip
def test_the_schema_of_rulesets_refuses_what_is_wrong(old: str, new: str) -> None:
    """A right ruleset is valid; one mistake makes it invalid, in the schema as in `check`."""
    validator = jsonschema.Draft202012Validator(ruleset_schema(KnowledgeBase.from_documents(VOCABULARY)))
    assert validator.is_valid(yaml.load(RULES, yaml.BaseLoader) | {"rules": read_rules(RULES)})
    assert RULES.count(old) == 1
    wrong = RULES.replace(old, new)
    write("wrong.yaml", wrong)
    assert not validator.is_valid(read_file(Path("wrong.yaml")).root.data())
    with pytest.raises(InputError):
        KnowledgeBase.from_documents([*VOCABULARY, read_file(Path("wrong.yaml")).root.data()])


def read_rules(content: str) -> Any:
    """The rules of a ruleset as kpirules reads them."""
    write("right.yaml", content)
    return read_file(Path("right.yaml")).root.data()["rules"]


def test_installed_rulesets_fit_the_schema(knowledge: KnowledgeBase) -> None:
    """Every ruleset that comes with kpirules is valid, and both schemas are schemas."""
    schema = ruleset_schema(knowledge)
    validator = jsonschema.Draft202012Validator(schema)
    for each in (schema, profile_schema(knowledge, "fr")):
        jsonschema.Draft202012Validator.check_schema(each)
    sources = [row["source"] for row in knowledge.data["rulesets"]]
    assert sources
    for source in sources:
        assert [error.message for error in validator.iter_errors(read_file(Path(source)).root.data())] == [], source


# new


@pytest.mark.parametrize("name", ["ours-too", "2026", "1e5", "null", "true", "a", "no"])
def test_a_new_ruleset_of_any_name(call: Call, name: str) -> None:
    """Names that YAML would take for a number or a truth are written as texts; check and test pass."""
    assert call("new", "ruleset", name).code == OK
    assert call("check", name, "--strict").out == "0 errors, 0 warnings\n"
    assert call("test", name).out == "1 passed, 0 failed\n"
    again = call("new", "ruleset", name)
    assert again.code == ERROR
    assert "it is there already, and nothing was written" in again.err


@pytest.mark.parametrize("name", ["No", "two words", "a--b", "-a", "é", "", "../x", "core"])
def test_a_ruleset_has_a_name(call: Call, folder: Path, name: str) -> None:
    """A name that no ruleset can have, or that is taken, is refused and writes nothing."""
    before = sorted(folder.rglob("*"))
    assert call("new", "ruleset", "--", name).code == ERROR
    assert sorted(folder.rglob("*")) == before


def test_a_new_ruleset_elsewhere(call: Call) -> None:
    """`--folder` says where; one file that is there already keeps all from being written."""
    assert call("new", "ruleset", "mine", "--folder", "deep/er").code == OK
    assert call("test", "deep").out == "1 passed, 0 failed\n"
    Path("half").mkdir()
    Path("half/cases.yaml").write_text("mine")
    assert call("new", "ruleset", "other", "--folder", "half").code == ERROR
    assert [file.name for file in Path("half").iterdir()] == ["cases.yaml"]
    assert Path("half/cases.yaml").read_text() == "mine"


@pytest.mark.parametrize("name", ["kpirules-bluesky", "kpirules-threads-of-2026"])
def test_a_new_plugin(small: Site, call: Call, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A generated distribution works as it is: its platform is known, its profile is evaluated, check and test pass."""
    module, platform = name.replace("-", "_"), name.removeprefix("kpirules-")
    assert call("new", "plugin", name).code == OK
    info = Path(name) / f"{module}-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text(f"[kpirules]\n{module} = {module}\n")
    monkeypatch.syspath_prepend(str(Path(name).resolve()))
    importlib.invalidate_caches()
    assert platform in [row["id"] for row in data(call("platforms", "list", "--format", "json"))]
    assert call("check", name).out.endswith("fewer than 3 is thin [few-rules]\n0 errors, 1 warning\n")
    assert call("test", name).out == "1 passed, 0 failed\n"
    assert codes(call("check")) == {"few-rules", "never-recommended"}  # of the small vocabulary, and nothing else
    rows = {row["name"]: row for row in data(call("plugins", "--format", "json"))}
    assert rows[f"{module}/{platform.replace('-', '_')}"]["distribution"] == name
    assert call("new", "plugin", name, "--folder", "elsewhere").code == ERROR  # the platform is there now


@pytest.mark.parametrize("name", ["peertube", "kpirules-", "kpirules-2026", "kpirules-Peertube", "kpirules-a--b", "kpirules-website"])
def test_a_plugin_has_a_name(call: Call, name: str) -> None:
    """A distribution is called kpirules- and a platform that is new."""
    assert call("new", "plugin", name).code == ERROR
    assert not Path(name).exists()


def test_a_new_profile_without_a_terminal(call: Call) -> None:
    """Where nobody can answer, an example is written that can be evaluated; folders are made, nothing is overwritten."""
    for lang in ("en", "fr"):
        file = f"deep/{lang}.yaml"
        assert call("new", "profile", file, "--lang", lang).code == OK
        assert call("check", file).out == "0 errors, 0 warnings\n"
        assert data(call("recommend", file, "--format", "json"))["kpos"]
        content = Path(file).read_text(encoding="utf-8")
        assert call("new", "profile", file).code == ERROR
        assert Path(file).read_text(encoding="utf-8") == content


# the whole


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The paths of all commands."""
    found = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        found += commands(command, (*path, name)) if isinstance(command, click.Group) else [(*path, name)]
    return found


@pytest.mark.parametrize("path", commands(cli), ids=" ".join)
def test_every_command_and_option_is_described(call: Call, path: tuple[str, ...]) -> None:
    """`--help` of each command says what it does, and each of its options has a text."""
    command: click.Command = cli
    for name in path:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), name)
        assert found
        command = found
    assert command.help
    assert [param.name for param in command.params if isinstance(param, click.Option) and not param.help] == []
    printed = call(*path, "--help")
    assert printed.code == OK
    assert printed.out.startswith(f"Usage: kpirules {' '.join(path)}")
