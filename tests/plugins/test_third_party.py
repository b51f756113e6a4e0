"""Plugins of third parties, as distributions on the path: what works comes in, what is broken is reported, the rest goes on."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from kpirules import EngineError, KnowledgeBase, Recommender
from kpirules.cli import run
from kpirules.knowledge.plugins import Plugin, PluginManager
from tests.conftest import make_kpi, make_platform, text


class Site:
    """A folder on the path into which distributions are put."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, name: str, files: dict[str, str], entry_points: dict[str, str] | None = None) -> None:
        """A distribution called `name`, version 1.2, with these files and entry points (its module by default)."""
        module = name.replace("-", "_")
        for file, content in files.items():
            target = self.folder / module / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(textwrap.dedent(content), encoding="utf-8")
        info = self.folder / f"{module}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
        points = entry_points or {module: module}
        lines = "\n".join(f"{key} = {value}" for key, value in points.items())
        (info / "entry_points.txt").write_text(f"[kpirules]\n{lines}\n")
        importlib.invalidate_caches()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """An empty site folder; what is imported from it is forgotten afterwards."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    yield Site(folder)
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(str(folder)):
            del sys.modules[name]


FOLDERS = """
    from pathlib import Path
    from kpirules import hookimpl

    @hookimpl
    def folders():
        return [Path(__file__).parent]
"""


def plugin(name: str) -> Plugin:
    """The report on a plugin after everything is loaded."""
    manager = PluginManager.installed()
    KnowledgeBase.load(plugins=manager)
    return manager.plugins[name]


def test_a_folder_of_yaml_is_a_plugin(site: Site) -> None:
    """A platform, its fact, its metric and its rule come from a folder without a line of code."""
    rules = {
        "ruleset": "mastodon", "version": "1.0.0", "source": {"title": "t", "grade": "convention"},
        "rules": [{"id": "r", "when": {"platform.name": "mastodon", "platform.boosts": "> 10"},
                   "recommend": [{"kpi": "community-size", "weight": 0.99}], "because": text("Because.")}],
    }  # fmt: skip
    field = {"field": "platform.boosts", "type": "integer", "label": text("boosts"), "question": text("How many boosts?")}
    platform = make_platform("mastodon", facts=["boosts"], metrics=[{"kpi": "community-size", "metric": "followers_count"}])
    site.add("yaml-a", {
        "__init__.py": FOLDERS, "mastodon/platform.yaml": yaml.safe_dump(platform), "mastodon/rules.yaml": yaml.safe_dump(rules),
        "mastodon/fields.yaml": yaml.safe_dump({"fields": [field]}), "_notes/x.yaml": "not: loaded", "empty/readme.txt": "",
    })  # fmt: skip
    result = Recommender().recommend({"objectives": [{"type": "social-media"}], "platforms": [{"name": "mastodon", "boosts": 11}]})
    first = result.kpos[0].kpis[0]
    assert (first.kpi, first.platforms, first.sources[0].metric) == ("community-size", ("mastodon",), "followers_count")
    report = plugin("yaml_a/mastodon")
    assert (report.distribution, report.version, report.broken) == ("yaml-a", "1.2", False)


@pytest.mark.parametrize(
    ("name", "code", "cause"),
    [
        ("raises-b", "raise RuntimeError('no licence')", "can't be imported: RuntimeError: no licence"),
        ("exits-c", "raise SystemExit(3)", "can't be imported: SystemExit: 3"),
        ("syntax-d", "def (", "can't be imported: SyntaxError"),
        ("misspells-e", "from kpirules import hookimpl\n@hookimpl\ndef knowlegde(): return []", "a hook that does not exist"),
        ("argues-f", "from kpirules import hookimpl\n@hookimpl\ndef knowledge(path): return []", "a hook that does not exist, or"),
        ("fails-g", "from kpirules import hookimpl\n@hookimpl\ndef knowledge(): return 1 / 0", "hook 'knowledge' failed: ZeroDivisionError"),
        ("lies-h", "from kpirules import hookimpl\n@hookimpl\ndef knowledge(): return [3]", "its knowledge can't be read"),
        ("folds-i", "from kpirules import hookimpl\n@hookimpl\ndef folders(): return ['/nowhere/at/all']", "its hook 'folders' failed"),
    ],
)  # fmt: skip
def test_a_broken_plugin_is_reported(small: Site, capsys: pytest.CaptureFixture[str], name: str, code: str, cause: str) -> None:
    """Whatever a plugin does wrong, it is left out with its distribution, version and cause, and the rest goes on."""
    small.add(name, {"__init__.py": code})
    module = name.replace("-", "_")
    report = plugin(module)
    assert report.broken
    assert (report.distribution, report.version) == (name, "1.2")
    assert cause in report.cause
    profile = small.folder / "profile.yaml"
    profile.write_text("objectives: [{type: brand-awareness}]")
    assert run(["recommend", str(profile), "--format", "json"]) == 0
    assert f"warning: the plugin '{module}' ({name} 1.2) is left out" in capsys.readouterr().err
    assert run(["plugins"]) == 0
    printed = capsys.readouterr().out
    assert "BROKEN" in printed
    assert f"{module} ({name} 1.2) is left out" in printed


def test_a_missing_module_is_reported(small: Site) -> None:
    """An entry point to nowhere is a broken plugin too."""
    small.add("missing-j", {}, {"missing_j": "not_there"})
    assert "ModuleNotFoundError" in plugin("missing_j").cause


def test_broken_yaml_breaks_only_its_folder(small: Site) -> None:
    """Each folder is a plugin of its own; the report names file, line and column."""
    small.add("half-k", {
        "__init__.py": FOLDERS, "good/kpis.yaml": yaml.safe_dump({"kpis": [make_kpi("odd-kpi")]}),
        "bad/kpis.yaml": "kpis:\n  - {id: x}\n", "worse/kpis.yaml": "kpis: [", "code/x.yaml": "kpis: []", "code/__init__.py": "1 / 0",
    })  # fmt: skip
    manager = PluginManager.installed()
    knowledge = KnowledgeBase.load(plugins=manager)
    assert "odd-kpi" in knowledge.data["kpis"]
    assert not manager.plugins["half_k/good"].broken
    assert "bad/kpis.yaml:2:5" in manager.plugins["half_k/bad"].cause
    assert manager.plugins["half_k/bad"].issues
    assert "not valid YAML" in manager.plugins["half_k/worse"].cause
    assert "ZeroDivisionError" in manager.plugins["half_k/code"].cause


def test_an_id_belongs_to_one_plugin(site: Site) -> None:
    """A plugin that takes a built-in id is left out; the built-in one stays."""
    site.add("thief-l", {"__init__.py": FOLDERS, "instagram/platform.yaml": yaml.safe_dump(make_platform("instagram", kind="partner"))})
    manager = PluginManager.installed()
    knowledge = KnowledgeBase.load(plugins=manager)
    assert "'instagram' is already defined in" in manager.plugins["thief_l/instagram"].cause
    assert knowledge.data["platforms"]["instagram"]["kind"] == "owned-social"


def test_what_depends_on_a_broken_plugin_breaks_with_it(small: Site) -> None:
    """A rule about a platform that was left out is reported in its own plugin, and nothing half stays in."""
    rules = {"ruleset": "n", "version": "1.0.0", "rules": [{"id": "r", "when": {"platform.name": "gone"}, "advise": text("x")}]}
    small.add("chain-m", {
        "__init__.py": FOLDERS, "gone/platform.yaml": "platform: {id: gone}", "rules/rules.yaml": yaml.safe_dump(rules),
    })  # fmt: skip
    manager = PluginManager.installed()
    knowledge = KnowledgeBase.load(plugins=manager)
    assert "'gone' is no value of platform.name" in manager.plugins["chain_m/rules"].cause
    assert "n" not in [row["name"] for row in knowledge.data["rulesets"]]
    again = PluginManager.installed()  # from the cache this time
    KnowledgeBase.load(plugins=again)
    assert again.plugins["chain_m/rules"].cause == manager.plugins["chain_m/rules"].cause
    assert again.plugins["chain_m/rules"].issues == manager.plugins["chain_m/rules"].issues


def test_documents_as_data(small: Site) -> None:
    """Knowledge need not be a file."""
    code = (
        "from kpirules import hookimpl\n@hookimpl\ndef knowledge(): return [{'topics': [{'id': 'odd-n', 'name': {'en': 'n', 'fr': 'n'}}]}]"
    )
    small.add("data-n", {"__init__.py": code})
    assert "odd-n" in KnowledgeBase.load().data["topics"]


def test_an_engine_from_a_plugin(site: Site) -> None:
    """An engine is chosen by its name, and imported only then."""
    site.add("engine-o", {
        "__init__.py": """
            from kpirules import hookimpl

            @hookimpl
            def engines():
                return {"slow": "engine_o.engine:Slow", "gone": "engine_o.nowhere:Gone"}
        """,
        "engine.py": "from kpirules.engine.reference import ReferenceEngine\nclass Slow(ReferenceEngine): pass",
    })  # fmt: skip
    profile = {"objectives": [{"type": "retention"}]}
    result = Recommender(engine="slow").recommend(profile)
    assert result.engine == "slow"
    assert result.overall == Recommender().recommend(profile).overall
    with pytest.raises(EngineError, match="can't be loaded"):
        Recommender(engine="gone")
    with pytest.raises(EngineError, match="did you mean 'native'"):
        Recommender(engine="natve")


def test_a_command_from_a_plugin(small: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """A command appears in the help and runs; one that can't be imported says so."""
    small.add("command-p", {
        "__init__.py": """
            from kpirules import hookimpl

            @hookimpl
            def commands():
                return {"hello": "command_p.hello:hello"}
        """,
        "hello.py": "import click\n@click.command(help='Say hello.')\ndef hello(): click.echo('Hello!')",
    })  # fmt: skip
    assert run(["hello"]) == 0
    assert run(["--help"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Hello!")
    assert "Say hello." in printed


def test_a_broken_command_says_so(small: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """A command whose module is missing is an error of one line, exit code 2."""
    code = "from kpirules import hookimpl\n@hookimpl\ndef commands(): return {'lost': 'command_q.nowhere:lost'}"
    small.add("command-q", {"__init__.py": code})
    assert run(["lost"]) == 2
    assert "can't be loaded" in capsys.readouterr().err


def test_two_plugins_can_not_take_one_name(small: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """The first command of a name stays; the second plugin is reported."""
    for name in ("twin-r", "twin-s"):
        module = name.replace("-", "_")
        code = f"from kpirules import hookimpl\n@hookimpl\ndef commands(): return {{'twin': '{module}:twin'}}"
        small.add(name, {"__init__.py": code})
    assert run(["plugins", "--format", "json"]) == 0
    assert "the name 'twin' is already taken by twin_r:twin" in capsys.readouterr().out
