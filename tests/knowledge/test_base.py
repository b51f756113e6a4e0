"""The knowledge base as an integrator meets it: records, warnings, sources from anywhere, and a cache that never speaks."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from kpirules import InputError, KnowledgeBase, Kpi, ObjectiveType, Platform
from kpirules.knowledge import cache
from kpirules.knowledge.plugins import PluginManager
from tests.conftest import VOCABULARY, make_kpi, text

RULE = {"id": "r", "recommend": [{"kpi": "reach", "weight": 0.5}], "because": text("b")}
RULES = {"ruleset": "x", "version": "1.0.0", "source": {"title": "t", "grade": "convention"}, "rules": [RULE]}


def test_records_are_typed() -> None:
    """A KPI, a platform and an objective type by id are the public models."""
    knowledge = KnowledgeBase.from_documents(VOCABULARY)
    kpi, platform, goal = knowledge.kpi("reach"), knowledge.platform("website"), knowledge.objective_type("online-sales")
    assert (type(kpi), type(platform), type(goal)) == (Kpi, Platform, ObjectiveType)
    assert (kpi.name.en, platform.kind, goal.keywords.fr) == ("Reach", "owned-web", ("vendre en ligne", "ventes"))


@pytest.mark.parametrize(("method", "typo", "right"), [
    ("kpi", "raech", "reach"), ("platform", "websit", "website"), ("objective_type", "online-sale", "online-sales"),
])  # fmt: skip
def test_an_unknown_id_names_the_nearest(method: str, typo: str, right: str) -> None:
    """Asking for what is not there is an `InputError` with the nearest id."""
    with pytest.raises(InputError, match=f"did you mean '{right}'") as caught:
        getattr(KnowledgeBase.from_documents(VOCABULARY), method)(typo)
    assert [issue.code for issue in caught.value.issues] == ["unknown-id"]


@pytest.mark.parametrize(
    ("changes", "day", "holds"),
    [
        ({}, "2026-01-01", True), ({"status": "draft"}, "2026-01-01", False), ({"status": "retired"}, "2026-01-01", False),
        ({"valid_from": "2026-01-02"}, "2026-01-01", False), ({"valid_from": "2026-01-01"}, "2026-01-01", True),
        ({"valid_until": "2026-01-01"}, "2026-01-01", True), ({"valid_until": "2025-12-31"}, "2026-01-01", False),
        ({"valid_from": "0999-12-31"}, "2026-01-01", True), ({"valid_until": "9999-12-31"}, "2026-01-01", True),
    ],
)  # fmt: skip
def test_when_a_rule_is_in_force(changes: dict[str, Any], day: str, holds: bool) -> None:
    """Only active rules are, from their first to their last day, both included."""
    (rule,) = KnowledgeBase.from_documents([*VOCABULARY, {**RULES, "rules": [{**RULE, **changes}]}]).rules
    assert rule.in_force(datetime.date.fromisoformat(day)) is holds


def test_which_files_are_knowledge(tmp_path: Path) -> None:
    """JSON documents, `.yml` files and sub-folders load; hidden ones, `_private` ones, cases and other files do not."""
    for name, document in enumerate(VOCABULARY):
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "rules.yml").write_text(yaml.safe_dump(RULES))
    for hidden in (".hidden.yaml", "_private/x.yaml", ".git/x.yaml", "cases.yaml", "notes.txt"):
        (tmp_path / hidden).parent.mkdir(exist_ok=True)
        (tmp_path / hidden).write_text(yaml.safe_dump({"kpis": [make_kpi("hidden")]}))
    knowledge = KnowledgeBase.load([tmp_path], PluginManager())
    assert [rule.id for rule in knowledge.rules] == ["x/r"]
    assert "hidden" not in knowledge.data["kpis"]


def test_warnings_come_from_the_cache_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A warm start knows the same warnings, rules and records as a cold one."""
    monkeypatch.setenv("KPIRULES_CACHE", str(tmp_path / "cache"))
    (tmp_path / "rules").mkdir()
    documents = [*VOCABULARY, {**RULES, "rules": [{**RULE, "because": {"en": "Only English."}}]}]
    for name, document in enumerate(documents):
        (tmp_path / "rules" / f"{name}.yaml").write_text(yaml.safe_dump(document))
    cold, warm = (KnowledgeBase.load([tmp_path / "rules"], PluginManager()) for _ in range(2))
    assert warm.issues == cold.issues != ()
    assert warm.digest == cold.digest
    assert [(rule.id, rule.condition, rule.clauses, rule.place) for rule in warm.rules] == [
        (rule.id, rule.condition, rule.clauses, rule.place) for rule in cold.rules
    ]
    for table in ("kpis", "platforms", "objective_types", "rules"):
        assert dict(warm.data[table]) == dict(cold.data[table])


def test_what_is_in_the_way_of_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder where a file should be: nothing is kept, nothing is left behind, nobody hears of it."""
    monkeypatch.setenv("KPIRULES_CACHE", str(tmp_path))
    (tmp_path / f"key{cache.SUFFIX}").mkdir()
    cache.store("key", b"body")
    assert cache.load("key") is None
    assert [file.name for file in tmp_path.iterdir()] == [f"key{cache.SUFFIX}"]


def test_the_cache_is_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file in it is a checksum and lines of JSON: reading it can run nothing."""
    monkeypatch.setenv("KPIRULES_CACHE", str(tmp_path / "cache"))
    (tmp_path / "rules").mkdir()
    for name, document in enumerate([*VOCABULARY, RULES]):
        (tmp_path / "rules" / f"{name}.yaml").write_text(yaml.safe_dump(document))
    KnowledgeBase.load([tmp_path / "rules"], PluginManager())
    files = list((tmp_path / "cache").iterdir())
    assert files
    for file in files:
        checksum, *lines = file.read_bytes().split(b"\n")
        assert len(checksum) == 64
        assert all(isinstance(json.loads(line), dict) for line in lines)


@pytest.mark.parametrize("reference", ["./a\0.yaml", "./" + "a" * 300 + ".yaml", "/", "..", ".", "a/../../b.yaml", "\\..\\..\\b.yaml"])
def test_extends_of_an_odd_path(reference: str) -> None:
    """Whatever stands in `extends`, it is one error at its place."""
    with pytest.raises(InputError) as caught:
        KnowledgeBase.from_documents([*VOCABULARY, {**RULES, "extends": [reference]}])
    assert [issue.place.path for issue in caught.value.issues] == ["extends[0]"]
