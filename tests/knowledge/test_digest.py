"""The digest: it changes with whatever can change a result, and with nothing else."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from kpirules import KnowledgeBase
from kpirules.knowledge.plugins import PluginManager
from tests.conftest import VOCABULARY, make_kpi, make_objective_type, make_platform, text

KPI = make_kpi("extra", aliases={"en": ["more"]}, balanced_by=["reach"])
PLATFORM = make_platform("tiktok", metrics=[{"kpi": "reach", "metric": "views"}], keywords={"en": ["tik tok"]})
GOAL = make_objective_type("loyal", keywords={"en": ["come back"]})
BASE: dict[str, Any] = {
    "ruleset": "base", "version": "1.0.0", "title": text("Base"), "source": {"title": "t", "grade": "convention"},
    "rules": [
        {"id": "a", "when": {"company.stage": "growth"}, "because": text("A."),
         "recommend": [{"kpi": "reach", "weight": 0.5}, {"kpi": "cost", "weight": 0.4}]},
        {"id": "b", "when": {"company.employees": "> 3"}, "derive": {"company.stage": "mature"}},
    ],
}  # fmt: skip
OURS: dict[str, Any] = {"ruleset": "ours", "version": "1.0.0", "extends": ["base"], "override": [{"rule": "a", "reweight": {"reach": 0.6}}]}
DOCUMENTS: dict[str, Any] = {"kpis": {"kpis": [KPI]}, "platform": PLATFORM, "goal": GOAL, "base": BASE, "ours": OURS}


def digest(documents: Mapping[str, Any]) -> str:
    """The digest of documents beside the vocabulary."""
    return KnowledgeBase.from_documents([*VOCABULARY, *documents.values()]).digest


Change = Callable[[dict[str, Any]], Any]

CHANGES: dict[str, Change] = {
    "a weight": lambda d: d["base"]["rules"][0]["recommend"][1].update(weight=0.41),
    "an operator": lambda d: d["base"]["rules"][1]["when"].update({"company.employees": ">= 3"}),
    "a condition": lambda d: d["base"]["rules"][0]["when"].update({"company.employees": 3}),
    "a reason": lambda d: d["base"]["rules"][0].update(because=text("B.")),
    "a translation": lambda d: d["base"]["rules"][0].update(because=text("A.", "B.")),
    "a source": lambda d: d["base"].update(source={"title": "u", "grade": "convention"}),
    "a version": lambda d: d["base"].update(version="1.0.1"),
    "a status": lambda d: d["base"]["rules"][0].update(status="draft"),
    "a first day": lambda d: d["base"]["rules"][0].update(valid_from="2026-01-01"),
    "a last day": lambda d: d["base"]["rules"][0].update(valid_until="2026-01-01"),
    "a derived value": lambda d: d["base"]["rules"][1].update(derive={"company.stage": "launch"}),
    "an advice": lambda d: d["base"]["rules"][1].update(advise=text("Think.")),
    "an exclusion": lambda d: d["base"]["rules"][0].update(exclude=["sales"]),
    "a rule's name": lambda d: d["base"]["rules"][1].update(id="c"),
    "an override": lambda d: d["ours"].update(override=[{"rule": "a", "disable": True}]),
    "an override's weight": lambda d: d["ours"]["override"][0]["reweight"].update(reach=0.7),
    "no override": lambda d: d["ours"].update(override=[]),
    "a KPI's name": lambda d: d["kpis"]["kpis"][0].update(name=text("Other")),
    "a KPI's timing": lambda d: d["kpis"]["kpis"][0].update(timing="lagging"),
    "a KPI's balance": lambda d: d["kpis"]["kpis"][0].update(balanced_by=["sales"]),
    "redundant KPIs": lambda d: d["kpis"]["kpis"][0].update(redundant_with=["sales"]),
    "a platform's kind": lambda d: d["platform"]["platform"].update(kind="paid-social"),
    "a platform's fact": lambda d: d["platform"]["platform"].update(facts=["ads"]),
    "a vendor metric": lambda d: d["platform"]["platform"]["metrics"][0].update(metric="plays"),
    "a goal's keyword": lambda d: d["goal"]["objective_type"]["keywords"].update(en=["return"]),
    "a qualitative goal": lambda d: d["goal"]["objective_type"].update(qualitative=True),
    "a new topic": lambda d: d.update(more={"topics": [{"id": "extra", "name": text("Extra")}]}),
    "a new sector": lambda d: d.update(more={"sectors": [{"id": "extra", "name": text("Extra")}]}),
    "a new field": lambda d: d.update(
        more={"fields": [{"field": "company.extra", "type": "text", "label": text("l"), "question": text("q")}]}
    ),
    "a new KPI": lambda d: d.update(more={"kpis": [make_kpi("another")]}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_can_change_a_result_changes_it(name: str) -> None:
    """Whatever a result can show or hang on is part of the digest."""
    documents = copy.deepcopy(DOCUMENTS)
    CHANGES[name](documents)
    assert digest(documents) != digest(DOCUMENTS)


def test_every_change_is_a_digest_of_its_own() -> None:
    """No two of these knowledge bases are taken for one another."""
    seen = {digest(DOCUMENTS)}
    for change in CHANGES.values():
        documents = copy.deepcopy(DOCUMENTS)
        change(documents)
        seen.add(digest(documents))
    assert len(seen) == len(CHANGES) + 1


def test_what_is_overridden_is_nothing() -> None:
    """A weight that an override replaces can change no result."""
    documents = copy.deepcopy(DOCUMENTS)
    documents["base"]["rules"][0]["recommend"][0]["weight"] = 0.1
    assert digest(documents) == digest(DOCUMENTS)


def test_order_is_nothing() -> None:
    """Documents, rules and keys in another order are the same knowledge, to the last evidence."""
    documents = copy.deepcopy(DOCUMENTS)
    documents["base"]["rules"].reverse()
    documents["base"]["rules"] = [dict(reversed(rule.items())) for rule in documents["base"]["rules"]]
    backwards = {name: dict(reversed(document.items())) for name, document in reversed(documents.items())}
    assert digest(backwards) == digest(DOCUMENTS)


def test_places_are_nothing(tmp_path: Path) -> None:
    """Files that move, are renamed, merged or written in another way keep the digest; only the places in messages follow."""
    everything = [*VOCABULARY, *DOCUMENTS.values()]
    for number, document in enumerate(everything):
        (tmp_path / "here" / "deep").mkdir(parents=True, exist_ok=True)
        (tmp_path / "there").mkdir(exist_ok=True)
        (tmp_path / "here" / f"{number}.yaml").write_text(yaml.safe_dump(document))
        (tmp_path / "there" / f"{99 - number}.yml").write_text("# a comment\n" + yaml.safe_dump(document, default_flow_style=True))
    first = KnowledgeBase.load([tmp_path / "here"], PluginManager())
    second = KnowledgeBase.load([tmp_path / "there"], PluginManager())
    assert first.digest == second.digest == digest(DOCUMENTS)
    (tmp_path / "here" / "0.yaml").rename(tmp_path / "here" / "deep" / "z.yaml")
    assert KnowledgeBase.load([tmp_path / "here"], PluginManager()).digest == first.digest
    assert first.rules[0].place != second.rules[0].place
