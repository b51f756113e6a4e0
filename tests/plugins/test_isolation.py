"""Whatever else a plugin may do to itself, the rest of the installation goes on, and the report says what happened."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from kpirules import EngineError, KnowledgeBase, Recommender
from kpirules.cli import ERROR, FINDINGS, OK, run
from kpirules.knowledge.plugins import Plugin, PluginManager
from tests.conftest import make_kpi, make_platform, text
from tests.plugins.conftest import KNOWLEDGE
from tests.plugins.test_third_party import FOLDERS, Site

PROFILE = {"objectives": [{"id": "kpo", "type": "brand-awareness"}]}


def load() -> tuple[KnowledgeBase, Mapping[str, Plugin]]:
    """The knowledge of the installation, which always holds its core, and the reports on its plugins."""
    manager = PluginManager.installed()
    knowledge = KnowledgeBase.load(plugins=manager)
    assert "reach" in knowledge.data["kpis"]
    return knowledge, manager.plugins


def hook(name: str, body: str) -> str:
    """A module that implements one hook."""
    return f"from pathlib import Path\nfrom kpirules import hookimpl\n\n@hookimpl\ndef {name}():\n    {body}\n"


@pytest.fixture
def profile(folder: Path) -> str:
    """A profile in the working folder."""
    (folder / "company.yaml").write_text(json.dumps(PROFILE))
    return "company.yaml"


def test_the_small_installation_is_alone(small: Site) -> None:
    """The tests below see the test vocabulary and nothing that is really installed."""
    knowledge, plugins = load()
    assert list(plugins) == ["core"]
    assert list(knowledge.data["platforms"]) == ["instagram", "linkedin", "website"]


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("return str(Path(__file__).parent)", "TypeError: a list was expected, found"),
        ("return Path(__file__)", "TypeError"),
        ("return None", "TypeError"),
        ("return [Path(__file__).parent / 'missing.yaml']", "there is no"),
        ("return [{'kpis': {1, 2}}]", "its knowledge can't be read"),
        ("return [{'kpis': float('nan')}]", "not a number"),
        ("document = {}\n    document['kpis'] = document\n    return [document]", "Circular"),
        ("deep = []\n    for _ in range(100_000): deep = [deep]\n    return [{'kpis': deep}]", "its knowledge can't be read"),
        ("yield Path(__file__).parent / 'x.yaml'\n    raise RuntimeError('halfway')", "its hook 'knowledge' failed: RuntimeError: halfway"),
        ("return [{'kpis': [{'id': 'reach'}]}]", "the key 'name' is missing"),
        ("return [{}]", "not a knowledge document"),
        ("return [{'kpi': []}]", "not a knowledge document"),
    ],
)
def test_knowledge_that_is_none(small: Site, body: str, cause: str) -> None:
    """A hook that returns what can't be knowledge takes out its own plugin, whole."""
    small.add("odd-one", {"__init__.py": hook("knowledge", body), "x.yaml": yaml.safe_dump({"kpis": [make_kpi("odd-kpi")]})})
    knowledge, plugins = load()
    assert cause in plugins["odd_one"].cause
    assert (plugins["odd_one"].distribution, plugins["odd_one"].version) == ("odd-one", "1.2")
    assert "odd-kpi" not in knowledge.data["kpis"]
    assert load()[1]["odd_one"].cause == plugins["odd_one"].cause  # the same from the cache


def test_two_roots_may_have_a_folder_of_one_name(small: Site) -> None:
    """`platforms/mastodon` and `objectives/mastodon` of one distribution are two plugins."""
    small.add("two-roots", {
        "__init__.py": hook("folders", "return [Path(__file__).parent / 'a', Path(__file__).parent / 'b']"),
        "a/same/k.yaml": yaml.safe_dump({"kpis": [make_kpi("one")]}), "b/same/k.yaml": yaml.safe_dump({"kpis": [make_kpi("two")]}),
    })  # fmt: skip
    knowledge, plugins = load()
    assert {"one", "two"} <= set(knowledge.data["kpis"])
    assert not any(plugin.broken for plugin in plugins.values())


def test_a_folder_with_code(small: Site) -> None:
    """A folder that is a package may implement hooks beside its YAML; a hook that it misspells takes out the folder alone."""
    record = {"x/k.yaml": yaml.safe_dump({"kpis": [make_kpi("from-yaml")]}), "y/k.yaml": yaml.safe_dump({"kpis": [make_kpi("gone")]})}
    data = {"kpis": [make_kpi("from-code")]}
    small.add("with-code", {
        "__init__.py": FOLDERS, **record, "x/__init__.py": hook("knowledge", f"return [{data!r}]"), "y/__init__.py": hook("knowlegde", "return []"),
    })  # fmt: skip
    knowledge, plugins = load()
    assert {"from-yaml", "from-code"} <= set(knowledge.data["kpis"])
    assert "gone" not in knowledge.data["kpis"]
    assert not plugins["with_code/x"].broken
    assert "a hook that does not exist" in plugins["with_code/y"].cause


def test_an_id_that_two_third_parties_take_stays_with_the_first_by_name(small: Site) -> None:
    """The order is that of the distributions' names, not that of their installation."""
    for name in ("zebra", "aardvark"):
        small.add(name, {"__init__.py": FOLDERS, "shared/p.yaml": yaml.safe_dump(make_platform("shared", name=text(name)))})
    knowledge, plugins = load()
    assert knowledge.platform("shared").name.en == "aardvark"
    assert "'shared' is already defined in" in plugins["zebra/shared"].cause


def test_one_module_named_twice(small: Site) -> None:
    """Two entry points for one module: the second is reported, the first works."""
    small.add("twice", {"__init__.py": KNOWLEDGE, "k.yaml": yaml.safe_dump({"kpis": [make_kpi("once")]})}, {"a": "twice", "b": "twice"})
    knowledge, plugins = load()
    assert "once" in knowledge.data["kpis"]
    assert not plugins["a"].broken
    assert "two entry points name one module" in plugins["b"].cause


def test_one_entry_point_name_in_two_distributions(small: Site) -> None:
    """Names of entry points need not be unique: the second plugin is called after its distribution too."""
    for name in ("first-one", "second-one"):
        module = name.replace("-", "_")
        small.add(name, {"__init__.py": KNOWLEDGE, "k.yaml": yaml.safe_dump({"kpis": [make_kpi(name)]})}, {"mine": module})
    knowledge, plugins = load()
    assert {"first-one", "second-one"} <= set(knowledge.data["kpis"])
    assert {"mine", "second-one:mine"} <= set(plugins)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00[kpirules]", b"[kpirules]\nno equals sign\n", b"x = outside of any group\n[kpirules\n"])
def test_entry_points_that_can_not_be_read(small: Site, content: bytes) -> None:
    """A distribution with a damaged list of entry points, whatever it is, does no harm."""
    small.add("damaged", {"__init__.py": ""})
    (small.folder / "damaged-1.2.dist-info" / "entry_points.txt").write_bytes(content)
    _, plugins = load()
    assert [name for name in plugins if name != "core"] == []


def test_a_broken_plugin_does_not_spoil_the_output(small: Site, profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The warning goes to standard error, and standard output stays JSON."""
    small.add("broken-one", {"__init__.py": "raise RuntimeError('line one\\nline two')"})
    assert run(["recommend", profile, "--format", "json"]) == OK
    printed = capsys.readouterr()
    assert json.loads(printed.out)["overall"][0]["kpi"] == "reach"
    expected = "warning: the plugin 'broken_one' (broken-one 1.2) is left out: can't be imported: RuntimeError: line one\n"
    assert printed.err == expected


def test_check_tells_of_broken_plugins(small: Site, profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    """They are findings when everything installed is checked, and only a warning beside the check of a file."""
    small.add("half-one", {"__init__.py": FOLDERS, "bad/k.yaml": "kpis:\n  - {id: x, nam: {}}\n"})
    small.add("dead-one", {"__init__.py": "import not_there"})
    assert run(["check"]) == FINDINGS
    printed = capsys.readouterr().out
    assert "bad/k.yaml:2:13: error: no key is called 'nam' here [unknown-key]\n    did you mean 'name'?" in printed
    assert "the plugin 'dead_one' is left out: can't be imported: ModuleNotFoundError" in printed
    assert run(["check", profile]) == OK
    printed, warned = capsys.readouterr()
    assert printed == "0 errors, 0 warnings\n"
    assert "'half_one/bad'" in warned
    assert "'dead_one'" in warned


def test_the_list_of_plugins_shows_the_first_issues(small: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """`plugins` shows five issues of a broken plugin, says how many more there are, and has all of them as JSON."""
    small.add("many-one", {"__init__.py": FOLDERS, "bad/k.yaml": "kpis:\n" + "  - {id: x}\n" * 9})
    assert run(["plugins"]) == OK
    printed = capsys.readouterr().out
    assert "many_one/bad (many-one 1.2) is left out" in printed
    assert printed.count("  " + str(small.folder)) >= 5
    assert "more: kpirules check" in printed
    assert run(["plugins", "--format", "json"]) == OK
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["many_one/bad"]["broken"]
    assert len(rows["many_one/bad"]["issues"]) > 9
    assert not rows["core"]["broken"]


COMMAND = "import click\n@click.command(help='Works.')\ndef works(): click.echo('It works.')\nnot_one = 3\n"


@pytest.mark.parametrize(
    ("place", "cause"),
    [
        ("bad_one.nowhere:x", "ModuleNotFoundError"),
        ("bad_one.good:nothing", "AttributeError"),
        ("bad_one.good:not_one", "TypeError: bad_one.good:not_one is no click command"),
        ("bad_one.exits:x", "SystemExit: 3"),
        ("bad_one.raises:x", "ZeroDivisionError"),
        ("", "ValueError"),
    ],
)
def test_a_broken_command_leaves_the_help_whole(small: Site, capsys: pytest.CaptureFixture[str], place: str, cause: str) -> None:
    """The help lists every command; running the broken one, with whatever options, says what is wrong with it."""
    small.add("bad-one", {
        "__init__.py": hook("commands", f"return {{'works': 'bad_one.good:works', 'broken': {place!r}}}"),
        "good.py": COMMAND, "exits.py": "raise SystemExit(3)", "raises.py": "1 / 0",
    })  # fmt: skip
    assert run(["--help"]) == OK
    printed = capsys.readouterr().out
    assert {"recommend", "works", "broken"} <= {line.split()[0] for line in printed.splitlines() if line.startswith("  ")}
    assert run(["works"]) == OK
    assert run(["broken", "--deep", "x"]) == ERROR
    printed, warned = capsys.readouterr()
    assert printed == "It works.\n"
    assert "the plugin's command 'broken' can't be loaded" in warned
    assert cause in warned
    assert "Traceback" not in warned


@pytest.mark.parametrize("body", ["return ['works']", "return {3: 'x:y'}", "return {'x': print}", "return None", "1 / 0"])
@pytest.mark.parametrize("name", ["commands", "engines"])
def test_a_hook_that_maps_nothing(small: Site, capsys: pytest.CaptureFixture[str], name: str, body: str) -> None:
    """A hook for commands or engines that returns anything but names and places is reported, and the rest goes on."""
    small.add("odd-one", {"__init__.py": hook(name, body)})
    small.add("well-done", {"__init__.py": hook("commands", "return {'works': 'well_done.good:works'}"), "good.py": COMMAND})
    assert run(["--help"]) == OK
    assert run(["works"]) == OK
    assert capsys.readouterr().out.endswith("It works.\n")
    assert run(["plugins"]) == OK
    assert f"odd_one (odd-one 1.2) is left out: its hook '{name}' failed" in capsys.readouterr().out
    assert Recommender().recommend(PROFILE).engine == "native"


def test_a_command_can_not_displace_a_built_in_one(small: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """`kpirules recommend` is ours, whatever a plugin calls its command."""
    small.add("thief", {"__init__.py": hook("commands", "return {'recommend': 'thief.good:works'}"), "good.py": COMMAND})
    assert run(["recommend"]) == ERROR
    printed, warned = capsys.readouterr()
    assert "It works." not in printed
    assert "PROFILE" in warned


@pytest.mark.parametrize(
    ("place", "cause"),
    [
        ("bad_engine.nowhere:X", "ModuleNotFoundError"),
        ("bad_engine.exits:X", "SystemExit: 3"),
        ("bad_engine.good:Missing", "AttributeError"),
        ("bad_engine.good:Raises", "RuntimeError: no licence"),
        ("bad_engine.good:Refuses", "too many rules for me"),
        ("bad_engine.good:number", "TypeError"),
    ],
)
def test_a_broken_engine_is_one_line(small: Site, profile: str, capsys: pytest.CaptureFixture[str], place: str, cause: str) -> None:
    """An engine that can't be loaded or made is an `EngineError`, exit code 2; nobody else notices."""
    code = (
        "from kpirules import EngineError\nnumber = 3\nclass Raises:\n    def __init__(self, knowledge): raise RuntimeError('no licence')\n"
        "class Refuses:\n    def __init__(self, knowledge): raise EngineError('too many rules for me')\n"
    )
    small.add("bad-engine", {
        "__init__.py": hook("engines", f"return {{'mine': {place!r}}}"), "good.py": code, "exits.py": "raise SystemExit(3)",
    })  # fmt: skip
    with pytest.raises(EngineError, match=cause):
        Recommender(engine="mine")
    assert run(["recommend", profile, "--engine", "mine"]) == ERROR
    printed, warned = capsys.readouterr()
    assert printed == ""
    assert cause in warned
    assert "Traceback" not in warned
    assert run(["recommend", profile, "--engine", "reference"]) == OK


def test_an_engine_can_not_displace_a_built_in_one(small: Site) -> None:
    """`native` stays what it is."""
    small.add("usurper", {"__init__.py": hook("engines", "return {'native': 'usurper.nowhere:X'}")})
    assert Recommender(engine="native").recommend(PROFILE).overall[0].kpi == "reach"


def test_a_field_of_a_plugin_is_known_everywhere(small: Site, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A fact that a plugin adds may be stated, is read by rules, stands in the schema and is asked for as a gap."""
    field = {"field": "company.label", "type": "boolean", "label": text("label"), "question": text("Does it hold a label?")}
    rules = {"ruleset": "label", "version": "1.0.0", "source": {"title": "t", "grade": "convention"},
             "rules": [{"id": "r", "when": {"company.label": True}, "recommend": [{"kpi": "mood", "weight": 0.9}], "because": text("b")}]}  # fmt: skip
    small.add(
        "label-plugin", {"__init__.py": FOLDERS, "label/f.yaml": yaml.safe_dump({"fields": [field]}), "label/r.yaml": yaml.safe_dump(rules)}
    )
    recommender = Recommender()
    assert recommender.recommend({**PROFILE, "company": {"label": True}}).overall[0].kpi == "mood"
    assert "company.label" in [gap.field for gap in recommender.recommend(PROFILE).gaps]
    assert run(["schema", "profile"]) == OK
    assert "label" in json.loads(capsys.readouterr().out)["properties"]["company"]["properties"]
