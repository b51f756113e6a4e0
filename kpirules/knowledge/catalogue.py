"""Checks of KPI records that go beyond their shape: formulas that compute, examples that hold, references that exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kpirules.documents import Document
from kpirules.documents.node import Step
from kpirules.errors import Issue, nearest
from kpirules.kpi import Composite, Formula, Kpi
from kpirules.language.formula import FormulaError, parse_formula

TOLERANCE = 1e-3
"""How far an example's result may lie from what its formula gives, relative: results are written to four digits."""


def check_kpi(kpi: Kpi, kpis: Mapping[str, Kpi], document: Document, path: tuple[Step, ...]) -> Iterator[Issue]:
    """What is wrong with one record."""
    if sum(way is not None for way in (kpi.formula, kpi.composite, kpi.method)) != 1:
        place = document.locate(path)
        yield document.issue("missing-key", f"'{kpi.id}' needs one of a formula, a composite or a method", place)
    if kpi.formula:
        yield from _check_formula(kpi.formula, document, (*path, "formula"))
    if kpi.composite:
        yield from _check_composite(kpi.id, kpi.composite, kpis, document, (*path, "composite"))
    for key in ("balanced_by", "redundant_with"):
        for position, other in enumerate(getattr(kpi, key)):
            if other not in kpis:
                place = document.locate((*path, key, position))
                yield document.issue("unknown-id", f"no KPI is called '{other}'", place, nearest(other, kpis))


def _check_formula(formula: Formula, document: Document, path: tuple[Step, ...]) -> Iterator[Issue]:
    place = document.locate((*path, "expression"))
    try:
        expression = parse_formula(formula.expression)
    except FormulaError as error:
        yield document.issue("syntax", str(error), place)
        return
    declared, used = set(formula.variables), set(expression.variables)
    for name in sorted(used - declared):
        yield document.issue("unknown-id", f"the formula reads '{name}', which is not among its variables", place, nearest(name, declared))
    for name in sorted(declared - used):
        yield document.issue("unknown-id", f"the formula never reads its variable '{name}'", place)
    example = dict(formula.example)
    expected = example.pop("result", None)
    place = document.locate((*path, "example"))
    if expected is None or set(example) != declared:
        yield document.issue("missing-key", "an example gives each variable a value, and the result", place)
    elif used == declared:
        try:
            found = expression.evaluate(example)
        except FormulaError as error:
            yield document.issue("wrong-example", f"the example can't be computed: {error}", place)
            return
        if abs(found - expected) > TOLERANCE * max(abs(found), 1e-9):
            yield document.issue("wrong-example", f"the example says {expected:g}, the formula gives {found:.6g}", place)


def _check_composite(
    identity: str, composite: Composite, kpis: Mapping[str, Kpi], document: Document, path: tuple[Step, ...]
) -> Iterator[Issue]:
    from kpirules.computation import ComputeError, composite_value

    whole = True
    for position, component in enumerate(composite.components):
        place = document.locate((*path, "components", position))
        named = [other.kpi for other in composite.components[:position]]
        if component.kpi not in kpis:
            whole = False
            yield document.issue("unknown-id", f"no KPI is called '{component.kpi}'", place, nearest(component.kpi, kpis))
        elif component.kpi == identity or component.kpi in named or kpis[component.kpi].composite:
            yield document.issue(
                "duplicate-id", f"'{component.kpi}' can't be a component here: name other KPIs, no composites, once each", place
            )
        if not component.scale[0] < component.scale[1]:
            whole = False
            yield document.issue("wrong-value", "a scale goes from its lower value to its upper one", place)
    total = sum(component.weight for component in composite.components)
    if abs(total - 1) > 1e-9:
        yield document.issue("wrong-value", f"the weights sum to {total:g}, and must sum to 1", document.locate((*path, "components")))
    if whole:
        place = document.locate((*path, "example"))
        example = dict(composite.example)
        expected = example.pop("result", None)
        if expected is None:
            yield document.issue("missing-key", "an example gives each component a value, and the result", place)
            return
        try:
            found = composite_value(composite, {c.kpi: kpis[c.kpi].direction for c in composite.components}, example).result
        except ComputeError as error:
            yield document.issue("wrong-example", f"the example can't be computed: {error}", place)
            return
        if abs(found - expected) > TOLERANCE * max(abs(found), 1e-9):
            yield document.issue("wrong-example", f"the example says {expected:g}, the composite gives {found:.6g}", place)
