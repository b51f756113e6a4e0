"""A KPI of the catalogue."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kpirules.record import Id, Record, Reference, Text, Words

Unit = Literal[
    "percent", "ratio", "count", "currency", "seconds", "minutes", "hours", "days", "weeks", "months",
    "points", "score", "rank", "kilograms", "square-metres", "none",
]  # fmt: skip
"""Units of results and variables. A `percent` is computed and stored as a fraction: 0.03 is shown as 3 %."""


class Variable(Record):
    """An input of a formula."""

    unit: Unit
    en: str | None = None
    fr: str | None = None


class Formula(Record):
    """How the value is computed: an arithmetic expression over named variables, with one worked example.

    `example` gives a value for each variable and the `result` that they must yield, to four significant digits.
    """

    expression: str
    variables: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Variable]
    example: dict[str, float]


class Component(Record):
    """One KPI of a composite, with the values that mean the worst and the best.

    `scale` holds two values of the component: the lower and the upper end, in its own unit, between which it is mapped linearly to
    0..1 and beyond which it is cut. A component that its direction says to minimise counts reversed. A `relative` one is first divided
    by its value in the base period, so that 1 means no change: for counts that have no scale of their own.
    """

    kpi: Id
    weight: Annotated[float, Field(gt=0, le=1)]
    scale: Annotated[tuple[float, float], Field(strict=False)]
    relative: bool = False


class Composite(Record):
    """An index of 0 to 100 made of other KPIs: 100 x the weighted mean of the scaled components.

    Weights sum to 1. `missing` says what happens when a component has no value: `refuse`, or `renormalise`, which spreads its weight
    over the others as long as those present hold at least `at_least` of the weight. `example` gives a value for each component
    (`<kpi>.base` for the base period of a relative one) and the `result`.
    """

    components: Annotated[tuple[Component, ...], Field(min_length=2)]
    missing: Literal["refuse", "renormalise"]
    at_least: Annotated[float, Field(gt=0, le=1)] = 0.5
    example: dict[str, float]


class Kpi(Record):
    """A Key Performance Indicator. It is recommended only through a KPO, never for its own sake."""

    id: Id
    name: Text
    aliases: Words = Words()
    family: Id
    definition: Text
    question: Text
    """The business question that it answers."""
    formula: Formula | None = None
    composite: Composite | None = None
    method: Text | None = None
    """How it is collected and read, when there is no number to compute."""
    unit: Unit
    direction: Literal["maximize", "minimize", "target", "observe"]
    kind: Literal["quantitative", "qualitative"]
    timing: Literal["leading", "lagging"]
    measure: Literal["stock", "flow", "ratio", "average", "index", "observation"]
    level: Literal["strategic", "tactical", "operational"]
    frequency: Literal["daily", "weekly", "monthly", "quarterly", "yearly", "per-campaign"]
    effort: Literal["low", "medium", "high"]
    """What it costs to obtain: a tool shows it, it needs a set-up, it needs a study."""
    owner: Text
    pitfalls: Text
    gaming: Text
    """How it can be pushed up without real progress."""
    balanced_by: tuple[Id, ...] = ()
    redundant_with: tuple[Id, ...] = ()
    counts: dict[Id, Text] = {}
    """For a word that means different things per platform: platform id -> what is counted there."""
    references: tuple[Reference, ...] = ()


class KpiFile(Record):
    """A document of KPI records."""

    kpis: tuple[Kpi, ...]
