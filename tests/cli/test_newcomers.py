"""What newcomers stumbled over, and what they are told now."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from kpirules.cli import ERROR, OK, run

PROFILE = {"company": {"business_model": "b2c"}, "objectives": [{"id": "kpo", "type": "retention"}]}
BASE = {"extends": ["retention"], "version": "1.0.0", "source": {"title": "t", "grade": "convention"}}


@pytest.fixture
def company(folder: Path) -> str:
    """A profile in the working folder."""
    (folder / "company.yaml").write_text(yaml.safe_dump(PROFILE))
    return "company.yaml"


def test_an_override_leaves_its_trace(company: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An explanation names the ruleset that changed a weight, beside the place where the rule is written."""
    rules = yaml.safe_load((_objective("retention") / "rules.yaml").read_text(encoding="utf-8"))["rules"]
    rule = next(rule["id"] for rule in rules if any(item["kpi"] == "customer-retention-rate" for item in rule.get("recommend", ())))
    ours = {"ruleset": "ours", **BASE, "override": [{"rule": rule, "reweight": {"customer-retention-rate": 0.07}}]}
    Path("ours.yaml").write_text(yaml.safe_dump(ours))
    assert run(["explain", company, "customer-retention-rate", "-r", "ours.yaml", "--lang", "en"]) == OK
    printed = capsys.readouterr().out
    assert "weight 0.07" in printed
    assert "adapted by ours" in printed


def _objective(name: str) -> Path:
    from kpirules.knowledge.plugins import PluginManager

    return Path(PluginManager.installed().plugins[f"objectives/{name}"].location)


def test_thin_knowledge_is_admitted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where few rules speak of a type of objective, the result says that it is only a beginning."""
    new = {"id": "quiet-life", "name": {"en": "A quiet life", "fr": "La paix"}, "description": {"en": "d", "fr": "d"}}
    Path("own").mkdir()
    Path("own/type.yaml").write_text(yaml.safe_dump({"objective_type": {**new, "statement": {"en": "s", "fr": "s"}}}))
    for kind, admitted in (("retention", False), ("quiet-life", True)):
        Path("p.yaml").write_text(yaml.safe_dump({"objectives": [{"type": kind}]}))
        assert run(["recommend", "p.yaml", "--lang", "en", "-r", "own"]) == OK
        assert ("take this set as a beginning" in capsys.readouterr().out) is admitted


def test_a_ruleset_is_no_profile(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Evaluating a ruleset gets one line that says what it is."""
    Path("r.yaml").write_text("ruleset: r\nversion: 1.0.0\nrules: []\n")
    assert run(["recommend", "r.yaml"]) == ERROR
    assert "this is a ruleset, not a profile" in capsys.readouterr().err


def test_the_source_of_an_installed_plugin_can_be_tested(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A copy of what is installed, such as a distribution's own source, does not collide with itself."""
    shutil.copytree(_objective("retention"), "source")
    assert run(["test", "source"]) == OK
    assert " 0 failed" in capsys.readouterr().out
