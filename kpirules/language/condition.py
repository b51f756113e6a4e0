"""The typed condition tree: what a `when` means, before any engine.

A test is about one field. Truth is Kleene's: True, False, or None when it hangs on an unknown fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kpirules.language.fields import FactValue

if TYPE_CHECKING:
    from fractions import Fraction

Facts = Mapping[str, FactValue]
"""Facts by field name; a name that is missing is unknown."""

Scalar = str | bool | int | float
Truth = bool | None


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value (some element of a list) is one of `values`. Types are strict: True, 1 and "1" differ; 1 and 1.0 do not."""

    field: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """The number (some element of a list) lies between the bounds; None is no bound, `*_open` leaves the bound out."""

    field: str
    low: int | float | None = None
    high: int | float | None = None
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """The fact has a value. Never itself unknown."""

    field: str


@dataclass(frozen=True, slots=True)
class Not:
    """The negation; unknown stays unknown."""

    child: Condition


@dataclass(frozen=True, slots=True)
class All:
    """True when every child is, so true when there is none."""

    children: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when some child is, so false when there is none."""

    children: tuple[Condition, ...] = ()


Atom = OneOf | Between | Known
Condition = Atom | Not | All | AnyOf


def is_atom(condition: Condition) -> bool:
    """Whether a condition is a test on one field."""
    return isinstance(condition, (OneOf, Between, Known))


def test_value(atom: OneOf | Between, value: Scalar | Fraction) -> bool:
    """Whether one known value satisfies an atom."""
    if isinstance(atom, OneOf):
        return any(value == wanted and isinstance(value, bool) == isinstance(wanted, bool) for wanted in atom.values)
    if isinstance(value, (bool, str)):
        return False
    above = atom.low is None or value > atom.low or (value == atom.low and not atom.low_open)
    below = atom.high is None or value < atom.high or (value == atom.high and not atom.high_open)
    return above and below


def test_atom(atom: Atom, facts: Facts) -> Truth:
    """The truth of one test. A list satisfies it when some element does; an empty list is known and satisfies none."""
    value = facts.get(atom.field)
    if isinstance(atom, Known):
        return value is not None
    if value is None:
        return None
    if isinstance(value, tuple):
        return any(test_value(atom, element) for element in value)
    return test_value(atom, value)


def evaluate(condition: Condition, facts: Facts) -> Truth:
    """The Kleene truth of a condition."""
    match condition:
        case All(children):
            truths = [evaluate(child, facts) for child in children]
            return False if False in truths else None if None in truths else True
        case AnyOf(children):
            truths = [evaluate(child, facts) for child in children]
            return True if True in truths else None if None in truths else False
        case Not(child):
            truth = evaluate(child, facts)
            return None if truth is None else not truth
        case _:
            return test_atom(condition, facts)


def atoms(condition: Condition) -> Iterator[Atom]:
    """Every test of a condition, in the order it is written."""
    match condition:
        case All(children) | AnyOf(children):
            for child in children:
                yield from atoms(child)
        case Not(child):
            yield from atoms(child)
        case _:
            yield condition


def without_platform(condition: Condition) -> Condition:
    """The condition where there is no platform to read: no test on `platform.*` is true then, not even that a fact is unknown."""
    match condition:
        case All(children):
            return All(tuple(map(without_platform, children)))
        case AnyOf(children):
            return AnyOf(tuple(map(without_platform, children)))
        case Not(child):
            return Not(without_platform(child))
        case Known(field) if field.startswith("platform."):
            return OneOf(field, ())  # never answered, so unknown, and so is its negation
        case _:
            return condition


def fields_read(condition: Condition) -> frozenset[str]:
    """The names of the fields that a condition reads."""
    return frozenset(atom.field for atom in atoms(condition))


def matched_fields(condition: Condition, facts: Facts, truth: bool = True) -> Iterator[str]:
    """The fields whose values gave a condition its truth: all of a true `all`, only the true branches of a true `any`."""
    match condition:
        case All(children) | AnyOf(children):
            for child in children:
                if evaluate(child, facts) is truth:
                    yield from matched_fields(child, facts, truth)
        case Not(child):
            yield from matched_fields(child, facts, not truth)
        case _:
            yield condition.field


def to_json(condition: Condition) -> list[Any]:
    """A condition as JSON data, for the compiled knowledge."""
    match condition:
        case OneOf(name, values):
            return ["in", name, list(values)]
        case Between(name, low, high, low_open, high_open):
            return ["between", name, low, high, low_open, high_open]
        case Known(name):
            return ["known", name]
        case Not(child):
            return ["not", to_json(child)]
        case All(children):
            return ["all", *(to_json(child) for child in children)]
        case AnyOf(children):
            return ["any", *(to_json(child) for child in children)]


def from_json(data: list[Any]) -> Condition:
    """The inverse of `to_json`."""
    match data:
        case ["in", name, values]:
            return OneOf(name, tuple(values))
        case ["between", name, low, high, low_open, high_open]:
            return Between(name, low, high, low_open, high_open)
        case ["known", name]:
            return Known(name)
        case ["not", child]:
            return Not(from_json(child))
        case ["all", *children]:
            return All(tuple(from_json(child) for child in children))
        case ["any", *children]:
            return AnyOf(tuple(from_json(child) for child in children))
        case _:
            raise ValueError(f"not a condition: {data!r}")
