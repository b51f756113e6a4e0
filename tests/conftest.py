"""What all tests share."""

from __future__ import annotations

import datetime
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from kpirules import KnowledgeBase

# Before anything is loaded: a cache of the test run's own, so that tests neither see nor leave anything in the user's.
os.environ["KPIRULES_CACHE"] = os.environ.get("KPIRULES_TEST_CACHE") or tempfile.mkdtemp(prefix="kpirules-test-cache-")
for variable in ("KPIRULES_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
    os.environ.pop(variable, None)

settings.register_profile(
    "ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], print_blob=True
)
settings.load_profile("ci")

DAY = datetime.date(2026, 1, 1)
"""The day for which tests decide."""


def text(en: str, fr: str | None = None) -> dict[str, str]:
    """A text in both languages."""
    return {"en": en, "fr": fr or en}


def make_kpi(identity: str, **changes: Any) -> dict[str, Any]:
    """A KPI record, small but whole."""
    record: dict[str, Any] = {
        "id": identity, "name": text(identity.replace("-", " ").capitalize()), "family": "tests", "definition": text("A definition."),
        "question": text("A question?"), "method": text("A method."), "unit": "none", "direction": "maximize", "kind": "quantitative",
        "timing": "leading", "measure": "flow", "level": "tactical", "frequency": "weekly", "effort": "low", "owner": text("Owner"),
        "pitfalls": text("A pitfall."), "gaming": text("A trick."),
    }  # fmt: skip
    return {**record, **changes}


def make_platform(identity: str, kind: str = "owned-social", **changes: Any) -> dict[str, Any]:
    """A platform document."""
    record = {
        "id": identity, "name": text(identity.capitalize()), "kind": kind, "description": text("d"), "audience": text("a"),
        "content": text("c"), "facts": ["followers", "ads"],
    }  # fmt: skip
    return {"platform": {**record, **changes}}


def make_objective_type(identity: str, **changes: Any) -> dict[str, Any]:
    """An objective type document."""
    name = text(identity.replace("-", " ").capitalize())
    return {"objective_type": {"id": identity, "name": name, "description": text("d"), "statement": text("s"), **changes}}


FIELDS: list[dict[str, Any]] = [
    {"field": "company.name", "type": "text", "label": text("name"), "question": text("Name?")},
    {"field": "company.stage", "type": "choice", "allowed": {"launch": text("launch"), "growth": text("growth"), "mature": text("mature")},
     "label": text("stage", "stade"), "question": text("Which stage?", "Quel stade ?")},
    {"field": "company.tags", "type": "choice", "many": True, "allowed": {"a": text("a"), "b": text("b"), "c": text("c")},
     "label": text("tags"), "question": text("Which tags?")},
    {"field": "company.employees", "type": "integer", "minimum": 0, "label": text("employees"), "question": text("How many?")},
    {"field": "company.revenue", "type": "number", "label": text("revenue"), "question": text("How much?")},
    {"field": "audience.analysed", "type": "boolean", "label": text("analysed"), "question": text("Analysed?")},
    {"field": "objective.horizon", "type": "choice", "allowed": {"short": text("short"), "long": text("long")},
     "label": text("horizon"), "question": text("By when?")},
    {"field": "platform.followers", "type": "integer", "minimum": 0, "label": text("followers"), "question": text("How many followers?")},
    {"field": "platform.ads", "type": "boolean", "label": text("ads"), "question": text("Ads?")},
]  # fmt: skip
"""A small registry that has every type and every scope."""

VOCABULARY: list[dict[str, Any]] = [
    {"fields": FIELDS},
    {"kpis": [make_kpi("reach"), make_kpi("sales", timing="lagging"), make_kpi("mood", kind="qualitative"), make_kpi("cost"),
              make_kpi("loyalty", timing="lagging"), make_kpi("visits"), make_kpi("quality", kind="qualitative", timing="lagging")]},
    make_platform("instagram"), make_platform("linkedin"), make_platform("website", "owned-web", facts=["ads"]),
    make_objective_type("brand-awareness", keywords={"en": ["be known"], "fr": ["se faire connaître", "notoriété"]}, qualitative=True),
    make_objective_type("online-sales", keywords={"en": ["sell online", "sales"], "fr": ["vendre en ligne", "ventes"]}),
    {"topics": [{"id": "press", "name": text("press", "presse")}, {"id": "video", "name": text("video", "vidéo")}]},
    {"data_sources": [{"id": "ga4", "name": text("GA4")}, {"id": "crm", "name": text("CRM")}]},
]  # fmt: skip
"""Documents that rules of tests can be written against."""

MakeKnowledge = Callable[..., KnowledgeBase]


@pytest.fixture
def make_knowledge() -> MakeKnowledge:
    """A knowledge base of the test vocabulary and these rules (as one ruleset `test`) or whole ruleset documents."""

    def make(*rules: Mapping[str, Any], rulesets: tuple[Mapping[str, Any], ...] = ()) -> KnowledgeBase:
        completed = [{"because": text("A reason."), **rule} for rule in rules]
        own = [{"ruleset": "test", "version": "1.0.0", "source": {"title": "t", "grade": "convention"}, "rules": completed}]
        return KnowledgeBase.from_documents([*VOCABULARY, *own, *rulesets])

    return make


@pytest.fixture(scope="session")
def knowledge() -> KnowledgeBase:
    """Everything installed."""
    return KnowledgeBase.load()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
