"""Matches the normal form of many rules at once, by whole-integer operations on bit masks.

Each clause of a group of rules is a bit. For one scope (the profile, an objective, a platform) the literals of a clause
take slots in planes of that many bits, side by side in one integer: a known fact looks up, by its value, the slots that it
satisfies and ORs them in; a plane-wise AND then leaves the clauses whose literals all hold. A rule fires for a KPO when a
clause of it survives the profile, the objective and, if the clause reads one, some platform.

What a number satisfies is asked of `language.condition` while the tables are built, once for each region between bounds.
The tables are data (`to_json`, `from_json`): they are built once for a knowledge base and kept.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kpirules.knowledge.base import CompiledRule
from kpirules.language.condition import Between, Facts, Known, OneOf, Scalar, test_value
from kpirules.language.fields import FactValue
from kpirules.language.normal import Clause, Literal

if TYPE_CHECKING:
    from fractions import Fraction

VERSION = 2
"""The version of the tables' form."""

SCOPES = ("shared", "objective", "platform")

_BITS = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))


class Matcher:
    """The clauses of a group of rules, as tables for each of the three scopes.

    `owners` holds the rule of each clause, in rising order; `platform_free` those that need no platform.
    """

    def __init__(self, owners: list[int], platform_free: int, tables: Sequence[ScopeTable]) -> None:
        self.owners, self.platform_free = owners, platform_free
        self.shared, self.objective, self.platform = tables
        self._bytes = (len(owners) + 7) // 8

    @classmethod
    def build(cls, rules: Iterable[CompiledRule]) -> Matcher:
        """The tables of these rules."""
        rows = [(rule, clause) for rule in rules for clause in rule.clauses]
        return cls(
            [rule.index for rule, _ in rows],
            _mask(bit for bit, (_, clause) in enumerate(rows) if not _literals(clause, "platform")),
            [ScopeTable.build([_literals(clause, scope) for _, clause in rows]) for scope in SCOPES],
        )

    def to_json(self) -> dict[str, Any]:
        """The tables as JSON data."""
        tables = [table.to_json() for table in (self.shared, self.objective, self.platform)]
        return {"owners": self.owners, "platform_free": hex(self.platform_free), "tables": tables}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Matcher:
        """The inverse of `to_json`."""
        return cls(data["owners"], int(data["platform_free"], 16), [ScopeTable.from_json(table) for table in data["tables"]])

    def clauses_of(self, rules: Collection[int]) -> int:
        """The clauses that these rules have."""
        return _mask(bit for bit, owner in enumerate(self.owners) if owner in rules)

    def owners_of(self, clauses: int) -> list[int]:
        """The rules that have one of these clauses, in the order of their index."""
        found: list[int] = []
        owners, last = self.owners, -1
        for base, byte in enumerate(clauses.to_bytes(self._bytes, "little")):
            if byte:
                for bit in _BITS[byte]:
                    owner = owners[base * 8 + bit]
                    if owner != last:
                        found.append(owner)
                        last = owner
        return found


class ScopeTable:
    """The literals of one scope, in planes: clause `c`'s literal number `i` is the bit `i * width + c`."""

    def __init__(self, width: int, planes: int, free: int, fields: dict[str, FieldTable]) -> None:
        self._width, self._planes, self._free, self.fields = width, planes, free, fields
        self._ones = (1 << width) - 1
        self._start = free
        for table in fields.values():
            self._start |= table.unknown

    @classmethod
    def build(cls, by_clause: Sequence[Sequence[Literal]]) -> ScopeTable:
        """The table of the literals that each clause has in this scope."""
        width, planes = len(by_clause), max(map(len, by_clause), default=0)
        slots: dict[str, list[tuple[int, Literal]]] = {}
        taken = 0
        for clause, literals in enumerate(by_clause):
            for plane, literal in enumerate(literals):
                bit = plane * width + clause
                taken |= 1 << bit
                slots.setdefault(literal.atom.field, []).append((bit, literal))
        return cls(width, planes, (1 << width * planes) - 1 & ~taken, {name: FieldTable.build(pairs) for name, pairs in slots.items()})

    def to_json(self) -> dict[str, Any]:
        """The table as JSON data."""
        fields = {name: table.to_json() for name, table in self.fields.items()}
        return {"width": self._width, "planes": self._planes, "free": hex(self._free), "fields": fields}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ScopeTable:
        """The inverse of `to_json`."""
        fields = {name: FieldTable.from_json(table) for name, table in data["fields"].items()}
        return cls(data["width"], data["planes"], int(data["free"], 16), fields)

    def match(self, facts: Facts) -> int:
        """The clauses whose literals of this scope are all true."""
        return self._all_planes(self._satisfied(facts)) if self._planes else self._ones

    def match_if_known(self, facts: Facts, askable: Collection[str]) -> int:
        """The clauses that would match if unknown facts among the `askable` had the right values."""
        if not self._planes:
            return self._ones
        satisfied = self._satisfied(facts)
        for name, table in self.fields.items():
            if name in askable and name not in facts:
                satisfied |= table.slots
        return self._all_planes(satisfied)

    def waiting_for(self, field: str) -> int:
        """The clauses with a literal on a field that is not true while the fact is unknown."""
        table = self.fields[field]
        waiting = table.slots & ~table.unknown
        result = 0
        while waiting:
            result |= waiting & self._ones
            waiting >>= self._width
        return result

    def _satisfied(self, facts: Facts) -> int:
        satisfied, fields = self._start, self.fields
        for name, value in facts.items():
            table = fields.get(name)
            if table is not None:
                satisfied = satisfied & ~table.unknown | table.satisfied(value)
        return satisfied

    def _all_planes(self, satisfied: int) -> int:
        result = satisfied & self._ones
        for _ in range(self._planes - 1):
            satisfied >>= self._width
            result &= satisfied
        return result


Slots = tuple[int, int]
"""The slots of positive literals that a value satisfies, and those of negated ones whose test it satisfies."""


class FieldTable:
    """Which slots a value of one field satisfies.

    `slots` are all slots of the field; `unknown` those that are true only while the fact is unknown. Texts and booleans
    are looked up among the values that literals name, numbers by the region between the bounds that literals name.
    """

    def __init__(
        self,
        masks: Sequence[int],
        texts: dict[Scalar, Slots],
        booleans: dict[Scalar, Slots],
        bounds: list[int | float],
        regions: list[Slots],
    ) -> None:
        self.slots, self.unknown, self._known, self._negated = masks
        self._texts, self._booleans, self._bounds, self._regions = texts, booleans, bounds, regions

    @classmethod
    def build(cls, slots: Sequence[tuple[int, Literal]]) -> FieldTable:
        """The table of the literals of one field, each with its slot."""
        tests = [(bit, literal) for bit, literal in slots if not isinstance(literal.atom, Known)]
        presence = [(bit, literal) for bit, literal in slots if isinstance(literal.atom, Known)]
        numeric = [(bit, literal) for bit, literal in tests if _bounds(literal)]
        bounds = sorted({bound for _, literal in numeric for bound in _bounds(literal)})
        masks = (
            _mask(bit for bit, _ in slots),
            _mask(bit for bit, literal in presence if literal.negated),
            _mask(bit for bit, literal in presence if not literal.negated),
            _mask(bit for bit, literal in tests if literal.negated),
        )
        regions = [_region(numeric, value) for value in _samples(bounds)]
        return cls(masks, _named(tests, str), _named(tests, bool), bounds, regions)

    def to_json(self) -> list[Any]:
        """The table as JSON data: masks in hexadecimal, which Python reads fast at any length."""
        masks = [hex(mask) for mask in (self.slots, self.unknown, self._known, self._negated)]
        named = [[[value, *map(hex, slots)] for value, slots in table.items()] for table in (self._texts, self._booleans)]
        return [masks, *named, self._bounds, [list(map(hex, slots)) for slots in self._regions]]

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> FieldTable:
        """The inverse of `to_json`."""
        masks, texts, booleans, bounds, regions = data
        named = [{value: (int(hit, 16), int(kill, 16)) for value, hit, kill in table} for table in (texts, booleans)]
        return cls([int(mask, 16) for mask in masks], named[0], named[1], bounds, [(int(hit, 16), int(kill, 16)) for hit, kill in regions])

    def satisfied(self, value: FactValue) -> int:
        """The slots that a known value, or list of values, satisfies."""
        if isinstance(value, tuple):
            hits = kills = 0
            for element in value:
                hit, kill = self._look_up(element)
                hits |= hit
                kills |= kill
        else:
            hits, kills = self._look_up(value)
        return self._known | hits | self._negated & ~kills

    def _look_up(self, value: Scalar) -> Slots:
        if isinstance(value, str):
            return self._texts.get(value, (0, 0))
        if isinstance(value, bool):
            return self._booleans.get(value, (0, 0))
        if not self._bounds:
            return (0, 0)
        position = bisect_left(self._bounds, value)
        exact = position < len(self._bounds) and self._bounds[position] == value
        return self._regions[2 * position + exact]


def _literals(clause: Clause, scope: str) -> list[Literal]:
    return [literal for literal in clause if _scope(literal) == scope]


def _scope(literal: Literal) -> str:
    scope = literal.atom.field.partition(".")[0]
    return scope if scope in ("objective", "platform") else "shared"


def _mask(bits: Iterable[int]) -> int:
    mask = 0
    for bit in bits:
        mask |= 1 << bit
    return mask


def _named(tests: Sequence[tuple[int, Literal]], kind: type) -> dict[Scalar, Slots]:
    """The slots by each value of a type that literals name; any other value satisfies no test."""
    found: dict[Scalar, list[int]] = {}
    for bit, literal in tests:
        for value in literal.atom.values if isinstance(literal.atom, OneOf) else ():
            if isinstance(value, kind):
                found.setdefault(value, [0, 0])[literal.negated] |= 1 << bit
    return {value: (hit, kill) for value, (hit, kill) in found.items()}


def _bounds(literal: Literal) -> list[int | float]:
    """The numbers that a literal names."""
    match literal.atom:
        case OneOf(_, values):
            return [value for value in values if not isinstance(value, (str, bool))]
        case Between(_, low, high):
            return [bound for bound in (low, high) if bound is not None]
        case _:
            return []


def _samples(bounds: Sequence[int | float]) -> list[Fraction]:
    """One number of each region, exact: below the first bound, each bound itself, and above it up to the next."""
    if not bounds:
        return []
    from fractions import Fraction

    exact = [Fraction(bound) for bound in bounds]
    samples = [exact[0] - 1]
    for bound, following in zip(exact, [*exact[1:], exact[-1] + 2], strict=True):
        samples += [bound, (bound + following) / 2]
    return samples


def _region(tests: Sequence[tuple[int, Literal]], value: Fraction) -> Slots:
    """The slots of every number of a region, asked of one of them."""
    passed = [(bit, literal) for bit, literal in tests if not isinstance(literal.atom, Known) and test_value(literal.atom, value)]
    return _mask(bit for bit, literal in passed if not literal.negated), _mask(bit for bit, literal in passed if literal.negated)
