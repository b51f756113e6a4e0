"""The value of a KPI from its inputs: by its formula, or as a composite of other KPIs with its decomposition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from kpirules.errors import KpirulesError, nearest

if TYPE_CHECKING:
    from kpirules.knowledge.base import KnowledgeBase
    from kpirules.kpi import Composite

STEP = 0.1
"""By how much each weight is moved, relative, to show how far the result hangs on it."""


class ComputeError(KpirulesError):
    """A KPI can't be computed from these values: one is missing, unknown or out of range, or the KPI is observed and has no formula."""


class Contribution(BaseModel):
    """What one component brings to a composite."""

    model_config = ConfigDict(frozen=True)

    kpi: str
    value: float
    scaled: Annotated[float, Field(ge=0, le=1)]
    """0 at the worst end of its scale, 1 at the best."""
    weight: float
    """Its weight among the components present; these sum to 1."""
    points: float
    """What it adds to the result, out of 100."""
    if_heavier: float
    """The result if its weight were 10 % larger, the others smaller in proportion."""
    if_lighter: float
    """The result if its weight were 10 % smaller, the others larger in proportion."""


class Computation(BaseModel):
    """A computed KPI: the result in its unit (a percentage is a fraction) and where it comes from."""

    model_config = ConfigDict(frozen=True)

    kpi: str
    unit: str
    result: float
    expression: str | None = None
    inputs: dict[str, float]
    contributions: tuple[Contribution, ...] = ()
    """The components of a composite, the largest first."""
    missing: tuple[str, ...] = ()
    """Components without a value, whose weight the others carry."""


def compute(knowledge: KnowledgeBase, kpi: str, values: Mapping[str, float]) -> Computation:
    """The value of a KPI of the catalogue.

    `values` gives the variables of its formula, or the components of a composite by their KPI ids. Raises `InputError` for an
    unknown KPI and `ComputeError` for what is wrong with the values.
    """
    from kpirules.language.formula import FormulaError, parse_formula

    record = knowledge.kpi(kpi)
    if record.composite:
        directions = {part.kpi: knowledge.kpi(part.kpi).direction for part in record.composite.components}
        found = composite_value(record.composite, directions, values)
        return Computation(
            kpi=kpi, unit=record.unit, result=found.result, inputs=dict(values), contributions=found.contributions, missing=found.missing
        )
    if record.formula is None:
        way = record.method.get("en") if record.method else ""
        raise ComputeError(f"'{kpi}' is observed, not computed: {way}")
    names = tuple(record.formula.variables)
    _refuse_unknown(values, names)
    if absent := [name for name in names if name not in values]:
        raise ComputeError(f"no value for {', '.join(absent)}; {record.formula.expression} needs {', '.join(names)}")
    try:
        result = parse_formula(record.formula.expression).evaluate(values)
    except FormulaError as error:
        raise ComputeError(str(error)) from None
    return Computation(kpi=kpi, unit=record.unit, result=result, expression=record.formula.expression, inputs=dict(values))


@dataclass(frozen=True)
class CompositeValue:
    """A composite with its parts."""

    result: float
    contributions: tuple[Contribution, ...]
    missing: tuple[str, ...]


def composite_value(composite: Composite, directions: Mapping[str, str], values: Mapping[str, float]) -> CompositeValue:
    """100 x the weighted mean of the scaled components. Raises `ComputeError` when too much is missing.

    The method is that of composite indicators: min-max normalisation, aligned directions, linear aggregation and an analysis of
    sensitivity to the weights (OECD and JRC, Handbook on Constructing Composite Indicators, 2008).
    """
    known = [name for part in composite.components for name in ((part.kpi, f"{part.kpi}.base") if part.relative else (part.kpi,))]
    _refuse_unknown(values, known)
    present = [part for part in composite.components if part.kpi in values]
    missing = tuple(part.kpi for part in composite.components if part.kpi not in values)
    carried = sum(part.weight for part in present)
    if missing and (composite.missing == "refuse" or carried < composite.at_least - 1e-9):
        least = 1.0 if composite.missing == "refuse" else composite.at_least
        raise ComputeError(f"no value for {', '.join(missing)}: those given carry {carried:.0%} of the weight, {least:.0%} is needed")
    scaled = {}
    for part in present:
        value = values[part.kpi]
        if part.relative:
            value = _relative(part.kpi, value, values)
        low, high = part.scale
        share = min(1.0, max(0.0, (value - low) / (high - low)))
        scaled[part.kpi] = 1 - share if directions[part.kpi] == "minimize" else share
    weights = {part.kpi: part.weight / carried for part in present}

    def index(of: Mapping[str, float]) -> float:
        return 100 * sum(of[name] * scaled[name] for name in scaled) / sum(of.values())

    contributions = [
        Contribution(
            kpi=name, value=values[name], scaled=scaled[name], weight=weight, points=100 * weight * scaled[name],
            if_heavier=index({**weights, name: weight * (1 + STEP)}), if_lighter=index({**weights, name: weight * (1 - STEP)}),
        )
        for name, weight in weights.items()
    ]  # fmt: skip
    return CompositeValue(index(weights), tuple(sorted(contributions, key=lambda part: (-part.points, part.kpi))), missing)


def _relative(kpi: str, value: float, values: Mapping[str, float]) -> float:
    base = values.get(f"{kpi}.base")
    if base is None:
        raise ComputeError(f"'{kpi}' is read relative to a base period: give {kpi}.base too")
    if base <= 0:
        raise ComputeError(f"{kpi}.base must be above zero, found {base:g}")
    return value / base


def _refuse_unknown(values: Mapping[str, float], names: tuple[str, ...] | list[str]) -> None:
    for name in values:
        if name not in names:
            raise ComputeError(f"there is no input '{name}'; {nearest(name, names) or 'the inputs are ' + ', '.join(names)}")
