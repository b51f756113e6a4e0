"""Rulesets: named, versioned sets of rules in one YAML file, as people write them."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from kpirules.record import Id, Record, Text

Weight = Annotated[float, Field(ge=0, le=1)]
"""A belief from 0 to 1."""

Status = Literal["draft", "active", "retired"]
Grade = Literal["standard", "vendor", "research", "practitioner", "convention"]


class WeightedKpi(Record):
    """A KPI and the belief, 0 to 1, that it should (or should not) be followed when the rule fires."""

    kpi: Id
    weight: Weight


class Source(Record):
    """Where the knowledge of a rule comes from, and how far it can be trusted."""

    title: str
    grade: Grade
    url: str | None = None


class Rule(Record):
    """`when` conditions hold, then `recommend`, `discourage`, `exclude`, `derive` or `advise`, `because` of a reason."""

    id: Id
    when: dict[str, Any] = {}
    recommend: tuple[WeightedKpi, ...] = ()
    discourage: tuple[WeightedKpi, ...] = ()
    exclude: tuple[Id, ...] = ()
    derive: dict[str, Any] = {}
    advise: Text | None = None
    because: Text | None = None
    source: Source | None = None
    status: Status = "active"
    valid_from: datetime.date | None = None
    valid_until: datetime.date | None = None


class Override(Record):
    """A change to a rule of an extended ruleset: new weights, a new condition, or its end."""

    rule: str
    reweight: dict[Id, Weight] = {}
    when: dict[str, Any] | None = None
    disable: bool = False


class Ruleset(Record):
    """A named, versioned set of rules. `source` holds for each rule that names none."""

    ruleset: Id
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    title: Text | None = None
    description: Text | None = None
    extends: tuple[str, ...] = ()
    """Names of rulesets, or paths of ruleset files inside this file's folder (`./base.yaml`)."""
    override: tuple[Override, ...] = ()
    source: Source | None = None
    rules: tuple[Rule, ...] = ()
