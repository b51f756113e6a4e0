"""The command line, as a user meets it: results on standard output, messages on standard error, exit codes with a meaning."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from kpirules.cli import ERROR, FINDINGS, INTERRUPTED, OK, run
from kpirules.cli.settings import language_of_environment
from tests.conftest import text

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PROFILE = "company: {name: Café Été, size: micro}\nobjectives: [{id: kpo, type: retention}]\nplatforms: [{name: email, subscribers: 300}]\n"


@pytest.fixture
def profile(folder: Path) -> str:
    """A small profile in the working folder."""
    (folder / "company.yaml").write_text(PROFILE, encoding="utf-8")
    return "company.yaml"


class Output:
    """What a run printed."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err
        assert "Traceback" not in out + err


@pytest.fixture
def kpirules(capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]  # a function that pytest hands out
    """Runs a command line."""

    def call(*arguments: str) -> Output:
        code = run(list(arguments))
        printed = capsys.readouterr()
        return Output(code, printed.out, printed.err)

    return call


def test_alone_it_says_what_to_do(kpirules) -> None:  # type: ignore[no-untyped-def]
    """Without arguments it names the next step, and an unknown command names the nearest."""
    assert "kpirules new profile" in kpirules().out
    output = kpirules("recomend")
    assert output.code == ERROR
    assert "did you mean 'recommend'?" in output.err
    assert kpirules("--version").out.startswith("kpirules, version")


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_examples_are_evaluated(kpirules, example: Path, lang: str) -> None:  # type: ignore[no-untyped-def]
    """Each example gets, for every objective, headline KPIs of which each has a reason in the language asked for."""
    output = kpirules("recommend", str(example), "--format", "json", "--lang", lang, "--as-of", "2026-01-01")
    assert output.code == OK, output.err
    result = json.loads(output.out)
    assert result["language"] == lang
    for kpo in result["kpos"]:
        headline = [row for row in kpo["kpis"] if row["headline"]]
        assert 3 <= len(headline) <= 5
        assert all(row["because"][0]["reason"] for row in headline)
    assert kpirules("check", str(example)).out.endswith("0 errors, 0 warnings\n")


def test_every_format(kpirules, profile: str) -> None:  # type: ignore[no-untyped-def]
    """The same result as a table, Markdown, CSV and JSON."""
    result = json.loads(kpirules("recommend", profile, "--format", "json").out)
    names = [row["name"] for row in result["kpos"][0]["kpis"]]
    rows = list(csv.DictReader(io.StringIO(kpirules("recommend", profile, "--format", "csv").out)))
    assert [row["name"] for row in rows] == names
    assert rows[0]["rules"]
    markdown = kpirules("recommend", profile, "--format", "markdown", "--lang", "fr").out
    assert markdown.startswith("# KPI pour Café Été\n")
    table = kpirules("recommend", profile, "--lang", "en", "--top", "3").out
    assert "KPIs for Café Été" in table
    assert "★ 1" in table
    assert kpirules("recommend", profile, "--format", "xml").code == ERROR


def test_standard_input_and_json_profiles(kpirules, profile: str) -> None:  # type: ignore[no-untyped-def]
    """`-` reads standard input; JSON is as good as YAML."""
    data = json.dumps(yaml.safe_load(PROFILE))
    command = [sys.executable, "-m", "kpirules", "recommend", "-", "--format", "json", "--as-of", "2026-01-01"]
    piped = subprocess.run(command, input=data.encode(), capture_output=True, check=True)
    expected = json.loads(kpirules("recommend", profile, "--format", "json", "--as-of", "2026-01-01", "--lang", "en").out)
    assert json.loads(piped.stdout) == expected
    Path("company.json").write_text(data)
    assert json.loads(kpirules("recommend", "company.json", "--format", "json", "--as-of", "2026-01-01", "--lang", "en").out) == expected


def test_engines_agree_and_unknown_ones_are_refused(kpirules, profile: str) -> None:  # type: ignore[no-untyped-def]
    """The reference gives the same; a name that is none names the nearest."""
    outputs = [json.loads(kpirules("recommend", profile, "--format", "json", "--engine", name).out) for name in ("native", "reference")]
    assert {**outputs[0], "engine": ""} == {**outputs[1], "engine": ""}
    output = kpirules("recommend", profile, "--engine", "referense")
    assert output.code == ERROR
    assert "did you mean 'reference'" in output.err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("company: {name: x}\n", "company.yaml:1:1: error: the profile states no objective [no-objective]"),
        ("objectives: []\n", "company.yaml:1:1: error: the profile states no objective"),
        ("objectives: [{type: retnetion}]\n", "company.yaml:1:15: error: 'retnetion' is no value of objective.type"),
        ("objectives: [{type: retention}]\ncompany: {seize: micro}\n", "company.yaml:2:11: error: no fact of company is called 'seize'"),
        ("- a\n", "company.yaml:1:1: error: a profile is a mapping, found a list"),
        ("", "company.yaml:1:1: error: the document is empty"),
        ("objectives: [{type: retention, type: retention}]", "company.yaml:1:32: error: the key 'type' is already there on line 1"),
        ("a: [1, 2\n", "not valid YAML"),
        ("objectives: [{type: retention}]\ncompany: {employees: .inf}\n", "company.yaml:2:22: error: .inf is not a number"),
    ],
)
def test_wrong_profiles(kpirules, folder: Path, content: str, message: str) -> None:  # type: ignore[no-untyped-def]
    """A wrong profile gets one clear message with its place, on standard error, and exit code 2."""
    (folder / "company.yaml").write_text(content)
    for command in (["recommend", "company.yaml"], ["explain", "company.yaml", "churn-rate"]):
        output = kpirules(*command)
        assert output.code == ERROR
        assert message in output.err
        assert output.out == ""
    assert kpirules("check", "company.yaml").code == FINDINGS


def test_missing_files_and_wrong_options(kpirules, folder: Path) -> None:  # type: ignore[no-untyped-def]
    """What is not there, or makes no sense, is one line and exit code 2."""
    (folder / "company.yaml").write_text(PROFILE)
    for arguments in (
        ["recommend"], ["recommend", "none.yaml"], ["recommend", "company.yaml", "--top", "0"], ["recommend", "company.yaml", "--as-of", "soon"],
        ["recommend", "company.yaml", "--rulesets", "none"], ["explain", "company.yaml", "chrun-rate"], ["kpis", "show", "chrun-rate"],
        ["schema", "nothing"], ["new", "ruleset", "No Name"], ["test", "none"],
    ):  # fmt: skip
        output = kpirules(*arguments)
        assert output.code == ERROR, arguments
        assert output.err
    assert "did you mean 'churn-rate'?" in kpirules("kpis", "show", "chrun-rate").err


def test_output_appears_whole_or_not_at_all(kpirules, profile: str, folder: Path) -> None:  # type: ignore[no-untyped-def]
    """`--output` writes a file; one that can't be written is an error and leaves nothing behind."""
    assert kpirules("recommend", profile, "--format", "json", "--output", "out.json").out == ""
    assert json.loads(Path("out.json").read_text(encoding="utf-8"))["kpos"]
    for target in ("none/out.json", "folder"):
        Path("folder").mkdir(exist_ok=True)
        output = kpirules("recommend", profile, "--output", target)
        assert output.code == ERROR
        assert "can't write it" in output.err
    assert sorted(path.name for path in folder.iterdir()) == ["company.yaml", "folder", "out.json"]


RULES = {
    "ruleset": "ours", "version": "1.0.0", "source": {"title": "t", "grade": "convention"},
    "rules": [{"id": "r", "when": {"objective.type": "retention"}, "recommend": [{"kpi": "footfall", "weight": 1}], "because": text("Ours.")},
              {"id": "no", "when": {"objective.type": "retention"}, "exclude": ["likes"], "because": text("Never.")}],
}  # fmt: skip


def test_rulesets_of_ones_own(kpirules, profile: str) -> None:  # type: ignore[no-untyped-def]
    """A file, a folder, or a `kpirules.toml` adds rules to what is installed."""
    Path("ours").mkdir()
    Path("ours/rules.yaml").write_text(yaml.safe_dump(RULES))
    for path in ("ours", "ours/rules.yaml"):
        assert json.loads(kpirules("recommend", profile, "-r", path, "--format", "json").out)["overall"][0]["kpi"] == "footfall"
    Path("kpirules.toml").write_text('rulesets = ["ours"]\nlang = "fr"\nformat = "json"\ntop = 1\nengine = "reference"\n')
    result = json.loads(kpirules("recommend", profile).out)
    assert (result["overall"][0]["kpi"], result["language"], result["engine"], len(result["overall"])) == ("footfall", "fr", "reference", 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("rules = []", "kpirules.toml:1:1: error: no setting is called 'rules' [unknown-key]"),
        ("\ntop = 'ten'", "kpirules.toml:2:1: error: 'top' can't be 'ten' [wrong-type]"),
        ("top = true", "'top' can't be True"),
        ("rulesets = [3]", "'rulesets' is a list of paths"),
        ("lang = 'de'", "allowed: en, fr"),
        ("lang = \ntop = 1", "kpirules.toml:1:8: error: not valid TOML"),
        ("format = 'xml'", "allowed: csv, json, markdown, table"),
    ],
)
def test_wrong_settings(kpirules, profile: str, content: str, message: str) -> None:  # type: ignore[no-untyped-def]
    """A wrong setting says where and what."""
    Path("kpirules.toml").write_text(content)
    output = kpirules("recommend", profile)
    assert output.code == ERROR
    assert message in output.err


def test_explanations(kpirules, profile: str) -> None:  # type: ignore[no-untyped-def]
    """Why, why not, and the smallest change, as text and as JSON, in both languages."""
    Path("ours.yaml").write_text(yaml.safe_dump(RULES))
    why = kpirules("explain", profile, "footfall", "-r", "ours.yaml", "--lang", "en").out
    assert "+ for  ours/r  weight 1.0" in why
    assert "objective.type = retention" in why
    assert "ours.yaml:" in why
    excluded = kpirules("explain", profile, "likes", "-r", "ours.yaml", "--lang", "fr").out
    assert "exclu" in excluded
    silent = kpirules("explain", profile, "review-response-rate", "--lang", "en").out
    assert "not recommended" in silent
    assert "Rules that would recommend it" in silent
    assert "needs" in silent
    found = json.loads(kpirules("explain", profile, "footfall", "-r", "ours.yaml", "--format", "json").out)
    assert found["overall_rank"] == 1
    assert "add to platforms" in kpirules("explain", profile, "gross-rating-points", "--lang", "en").out


def test_check_shows_everything_at_once(kpirules, folder: Path) -> None:  # type: ignore[no-untyped-def]
    """Issues of several files, as text or JSON; exit code 1 for errors, and for warnings when strict."""
    Path("a.yaml").write_text("ruleset: a\nversion: 1.0.0\nrules: [{id: r, when: {company.sise: micro}}]\n")
    Path("b.yaml").write_text("objectives: [{type: retnetion}]\n")
    Path("cases.yaml").write_text("cases: [{name: c, profile: {objectives: [{type: retention}]}, expect: {top: [chrun-rate]}}]\n")
    Path("c.yaml").write_text("a: [")
    output = kpirules("check", "a.yaml", "b.yaml", "c.yaml", "cases.yaml", "none.yaml", "--format", "json")
    assert output.code == FINDINGS
    codes = {(issue["place"]["source"], issue["code"]) for issue in json.loads(output.out)}
    assert codes >= {("a.yaml", "unknown-field"), ("a.yaml", "no-action"), ("b.yaml", "unknown-id"), ("c.yaml", "syntax"),
                     ("cases.yaml", "unknown-id"), ("none.yaml", "unreadable")}  # fmt: skip
    Path("w.yaml").write_text("ruleset: w\nversion: 1.0.0\nrules: [{id: r, advise: {en: Only English.}}]\n")
    assert kpirules("check", "w.yaml").code == OK
    assert kpirules("check", "w.yaml", "--strict").code == FINDINGS
    Path("empty").mkdir()
    assert "no YAML file in this folder" in kpirules("check", "empty").out
    assert kpirules("check").code == OK


def test_cases_are_run(kpirules, folder: Path) -> None:  # type: ignore[no-untyped-def]
    """Passing and failing cases are counted; a failure says what was expected and what was found."""
    Path("ours").mkdir()
    Path("ours/rules.yaml").write_text(yaml.safe_dump(RULES))
    expect = {"top": ["footfall"], "fired": ["ours/r"], "not_recommended": ["likes"], "types": ["retention"]}
    case = {"name": "fine", "profile": {"objectives": [{"type": "retention"}]}, "expect": expect}
    Path("ours/cases.yaml").write_text(yaml.safe_dump({"cases": [case]}))
    output = kpirules("test", "ours", "--verbose")
    assert output.code == OK, output.out
    assert output.out.endswith("1 passed, 0 failed\n")
    wrong = {"top": ["likes"], "recommended": ["likes"], "not_recommended": ["footfall"], "fired": ["ours/no"], "not_fired": ["ours/r"],
             "advice": ["ours/r"], "types": ["community"]}  # fmt: skip
    cases = [case, {**case, "name": "wrong", "expect": wrong}, {**case, "name": "broken", "profile": {}}]
    Path("ours/cases.yaml").write_text(yaml.safe_dump({"cases": cases}))
    output = kpirules("test", "ours")
    assert output.code == FINDINGS
    assert output.out.endswith("1 passed, 2 failed\n")
    for phrase in ("top: likes is not recommended", "recommended: likes", "not_recommended: footfall is number 1", "not_fired: ours/r fired",
                   "advice: ours/r gave none", "types: retention, expected community", "no-objective"):  # fmt: skip
        assert phrase in output.out
    Path("ours/cases.yaml").write_text("cases: [{name: x}]")
    assert kpirules("test", "ours").code == ERROR


@pytest.mark.parametrize(("group", "identity", "word"), [
    ("kpis", "net-promoter-score", "recommander"), ("objectives", "retention", "fidéliser"), ("platforms", "instagram", "insta"),
    ("sectors", "hotel", "hôtellerie"),
])  # fmt: skip
def test_the_knowledge_can_be_browsed(kpirules, group: str, identity: str, word: str) -> None:  # type: ignore[no-untyped-def]
    """Lists, searches and records, for people and as JSON."""
    assert identity in kpirules(group, "list").out
    assert identity in {row["id"] for row in json.loads(kpirules(group, "list", "--format", "json").out)}
    assert identity in {row["id"] for row in json.loads(kpirules(group, "search", word.upper(), "--format", "json").out)}
    assert json.loads(kpirules(group, "show", identity, "--format", "json").out)["id"] == identity
    assert identity in kpirules(group, "show", identity, "--lang", "fr").out
    assert "nothing found" in kpirules(group, "search", "zzzz").err


def test_a_kpi_shows_its_sources(kpirules) -> None:  # type: ignore[no-untyped-def]
    """The vendor metrics of all platforms are part of the record."""
    record = json.loads(kpirules("kpis", "show", "reach", "--format", "json").out)
    assert any(source["platform"] == "instagram" and source["metric"] == "reach" for source in record["sources"])


def test_schemas_accept_what_is_right_and_refuse_what_is_not(kpirules, folder: Path) -> None:  # type: ignore[no-untyped-def]
    """The examples fit the profile schema, our packs the ruleset schema; typos do not."""
    profile = json.loads(kpirules("schema", "profile", "--lang", "fr").out)
    for example in EXAMPLES.glob("*.yaml"):
        jsonschema.validate(yaml.safe_load(example.read_text(encoding="utf-8")), profile)
    for wrong in ({}, {"objectives": [{"typ": "retention"}]}, {"objectives": ["x"], "platforms": [{"name": "email", "followers": 3}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, profile)
    assert kpirules("schema", "ruleset", "--output", "r.json").code == OK
    schema = json.loads(Path("r.json").read_text(encoding="utf-8"))
    jsonschema.validate(RULES, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**RULES, "rules": [{"id": "r", "when": {"company.sise": "micro"}}]}, schema)


def test_scaffolds_are_right_as_generated(kpirules, folder: Path) -> None:  # type: ignore[no-untyped-def]
    """A new profile can be evaluated; a new ruleset passes check and test; nothing is overwritten."""
    assert kpirules("new", "profile", "mine.yaml").code == OK
    assert kpirules("recommend", "mine.yaml").code == OK
    assert kpirules("new", "ruleset", "bikes").code == OK
    assert kpirules("check", "bikes", "mine.yaml", "--strict").code == OK
    assert kpirules("test", "bikes").out.endswith("1 passed, 0 failed\n")
    for again in (["new", "profile", "mine.yaml"], ["new", "ruleset", "bikes"], ["new", "ruleset", "article"]):
        assert kpirules(*again).code == ERROR
    assert kpirules("new", "plugin", "kpirules-instagram").code == ERROR


def test_a_new_plugin_works_as_generated(kpirules, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """Its platform is known once it is installed, and its case passes."""
    assert kpirules("new", "plugin", "kpirules-peertube").code == OK
    site = folder / "kpirules-peertube"
    info = site / "kpirules_peertube-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kpirules-peertube\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text("[kpirules]\nkpirules_peertube = kpirules_peertube\n")
    monkeypatch.syspath_prepend(str(site))
    assert "peertube" in kpirules("platforms", "list").out
    assert kpirules("test", str(site)).out.endswith("1 passed, 0 failed\n")
    checked = kpirules("check", str(site))
    assert checked.code == OK
    assert "0 errors, 1 warning" in checked.out  # one rule is a beginning
    assert "[few-rules]" in checked.out


ANSWERS = [
    "Café du Port", "restaurent", "restaurant", "b2c", "", "growth",  # company, with one typo and one empty answer
    "Fidéliser nos habitués", "", "Vendre en ligne", "online-sale", "online-sales", "",  # objectives
    "email, instagrm", "email instagram",  # platforms
]  # fmt: skip


def test_new_profile_asks_in_a_terminal(folder: Path) -> None:
    """In a terminal it asks its questions, offers the inferred type, and takes no answer that does not exist."""
    pexpect = pytest.importorskip("pexpect")
    child = pexpect.spawn(sys.executable, ["-m", "kpirules", "new", "profile", "asked.yaml", "--lang", "fr"], encoding="utf-8", timeout=60)
    for answer in ANSWERS:
        child.expect(r"\?|:")
        child.sendline(answer)
    child.expect(pexpect.EOF)
    profile = yaml.safe_load(Path("asked.yaml").read_text(encoding="utf-8"))
    assert profile["company"] == {"name": "Café du Port", "sector": "restaurant", "business_model": "b2c", "stage": "growth"}
    assert [objective["type"] for objective in profile["objectives"]] == ["retention", "online-sales"]
    assert profile["platforms"] == ["email", "instagram"]


def test_a_closed_pipe_is_no_error(profile: str) -> None:
    """`kpirules ... | head -1` ends quietly."""
    command = f"{sys.executable} -m kpirules kpis list --format json | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert done.stdout == "[\n"
    assert done.stderr == ""


def test_ctrl_c_says_interrupted(folder: Path) -> None:
    """An interrupt while it waits for input ends with one word and exit code 130, wherever it strikes after the start."""
    code = "import sys; from kpirules.cli import run; print('ready', flush=True); sys.exit(run(['recommend', '-']))"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        while process.poll() is None:
            try:
                process.wait(1)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)
        assert process.stderr
        printed = process.stderr.read()
    assert (process.returncode, printed.strip()) == (INTERRUPTED, b"Interrupted.")


def test_the_language_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A French environment gets French, any other English."""
    assert language_of_environment() == "en"
    monkeypatch.setenv("LANG", "fr_CA.UTF-8")
    assert language_of_environment() == "fr"
    monkeypatch.setenv("KPIRULES_LANG", "en")
    assert language_of_environment() == "en"


def test_french_survives_an_ascii_environment(profile: str) -> None:
    """Output is UTF-8 even where the environment claims to know only ASCII."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    command = [sys.executable, "-m", "kpirules", "recommend", profile, "--lang", "fr"]
    done = subprocess.run(command, capture_output=True, env=environment, check=True)
    assert "Café Été" in done.stdout.decode("utf-8")
