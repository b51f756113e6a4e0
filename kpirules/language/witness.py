"""Finds a value that makes tests of one field true: what a client would have to say for a rule to hold."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from kpirules.language.condition import Between, OneOf, Scalar, test_atom
from kpirules.language.fields import Field, FieldRegistry
from kpirules.language.normal import Literal

EXACT = 1 << 53
"""Up to here a float tells every whole number from the next."""


def find_value(literals: Sequence[Literal], item: Field, registry: FieldRegistry, current: Any = None) -> Any:
    """A value of a field that makes all these literals true, near the current one; None when none was found.

    A list keeps its elements as far as they may stay.
    """
    if not item.many:
        return _nearest([value for value in _candidates(literals, item, registry) if _hold(literals, item, value)], current)
    against = [literal for literal in literals if literal.negated]
    elements = [element for element in current or () if _hold(against, item, element)]
    for literal in literals:
        if not _hold([literal], item, tuple(elements)):
            wanted = [literal, *against]
            fitting = [value for value in _candidates(wanted, item, registry) if _hold(wanted, item, value)]
            if not fitting:
                return None
            elements.append(fitting[0])
    return elements


def _hold(literals: Sequence[Literal], item: Field, value: Any) -> bool:
    return all(test_atom(literal.atom, {item.name: value}) is not literal.negated for literal in literals)


def _nearest(values: Sequence[Any], current: Any) -> Any:
    """The value that lies nearest to the current number, or the first one."""
    if not values or not isinstance(current, (int, float)) or isinstance(current, bool):
        return next(iter(values), None)
    from fractions import Fraction

    return min(values, key=lambda value: abs(Fraction(value) - Fraction(current)))


def _candidates(literals: Sequence[Literal], item: Field, registry: FieldRegistry) -> Iterator[Scalar]:
    """Values that a field may have and that have something to do with these literals."""
    values: list[Scalar] = [value for literal in literals if isinstance(literal.atom, OneOf) for value in literal.atom.values]
    if item.type == "boolean":
        values += [True, False]
    elif item.type == "choice":
        values += sorted(registry.allowed(item))
    elif item.type in ("integer", "number"):
        values += [value for literal in literals for value in _around(literal)] or [1]
    return (value for value in values if registry.problem(item, value) is None)


def _around(literal: Literal) -> Iterator[int | float]:
    """The numbers that a literal names, those one step beside them, and the middle of an interval."""
    bounds: list[Any] = []
    match literal.atom:
        case Between(_, low, high):
            bounds = [bound for bound in (low, high) if bound is not None]
        case OneOf(_, values):
            bounds = list(values)
    for bound in bounds:
        yield from (bound, math.floor(bound) + 1, math.ceil(bound) - 1)
    if isinstance(literal.atom, Between) and len(bounds) == 2 and max(map(abs, bounds)) < EXACT:
        yield (bounds[0] + bounds[1]) / 2
