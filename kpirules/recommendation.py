"""The result: per KPO a ranked KPI set, an overall ranking, advice, gaps, and the digest of the knowledge behind it."""

from __future__ import annotations

import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from kpirules.measurability import Status
from kpirules.record import Language


class Result(BaseModel):
    """The base of the parts of a result."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(Result):
    """One fired rule speaking for or against a KPI."""

    rule: str
    effect: Literal["recommend", "discourage", "exclude"]
    weight: float
    reason: str
    matched: dict[str, Any]
    """The facts that made the rule true, by field."""


class MetricSource(Result):
    """Where a KPI can be read: a platform of the profile, the vendor's own metric name, the tool that has it."""

    platform: str
    metric: str
    tool: str | None


class RankedKpi(Result):
    """A KPI in its place. `score` is 0 to 1, rounded to four decimals for display only."""

    rank: int
    kpi: str
    name: str
    score: float
    headline: bool
    platforms: tuple[str, ...]
    kind: str
    timing: str
    direction: str
    unit: str
    formula: str | None
    sources: tuple[MetricSource, ...]
    measurability: Status
    how: str
    """How it can be measured, in a phrase: with which tool, or what must be set up first."""
    because: tuple[Evidence, ...]


class KpiNotToFollow(Result):
    """A KPI that a rule argues against: excluded from the ranking, or lowered in it (`score` is what is left)."""

    kpi: str
    name: str
    effect: Literal["discourage", "exclude"]
    score: float
    because: tuple[Evidence, ...]


class Kpo(Result):
    """An objective with its KPIs. `confidence` and `alternatives` say how sure an inferred type is."""

    id: str
    type: str | None
    type_name: str | None
    coverage: int
    """How many rules recommend something for this type by name: where it is small, the set is only a beginning."""
    inferred: bool
    confidence: float | None
    alternatives: tuple[str, ...]
    statement: str | None
    priority: int | None
    topics: tuple[str, ...]
    kpis: tuple[RankedKpi, ...]
    excluded: tuple[KpiNotToFollow, ...]


class OverallKpi(Result):
    """A KPI in the ranking over all KPOs, with the ids of the KPOs that it serves."""

    rank: int
    kpi: str
    name: str
    score: float
    kpos: tuple[str, ...]


class Advice(Result):
    """A text that a rule advises. `kpos` and `platforms` say what it is about; empty means the whole profile."""

    rule: str
    text: str
    kpos: tuple[str, ...]
    platforms: tuple[str, ...]


class Gap(Result):
    """An unanswered question and the number of rules that its answer could let speak."""

    field: str
    label: str
    question: str
    platforms: tuple[str, ...]
    unlocks: int


class DerivedFact(Result):
    """A fact that a rule derived; `about` is the objective's id or the platform, or None for the whole profile."""

    field: str
    value: Any
    about: str | None
    rule: str


class ConflictingFact(Result):
    """A fact for which rules derived several values, and which therefore stays unknown."""

    field: str
    values: tuple[Any, ...]
    about: str | None


class RulesetVersion(Result):
    """A ruleset that was loaded."""

    name: str
    version: str


class Knowledge(Result):
    """The knowledge behind a result: one digest of all that could change it, and the rulesets."""

    digest: str
    rulesets: tuple[RulesetVersion, ...]


class Recommendation(Result):
    """What a company should follow, for which KPO, and why."""

    profile: str | None
    as_of: datetime.date
    engine: str
    language: Language
    knowledge: Knowledge
    kpos: tuple[Kpo, ...]
    overall: tuple[OverallKpi, ...]
    advice: tuple[Advice, ...]
    gaps: tuple[Gap, ...]
    derived: tuple[DerivedFact, ...]
    conflicts: tuple[ConflictingFact, ...]
