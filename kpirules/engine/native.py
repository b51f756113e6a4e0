"""The native engine: rules in clause form, matched by whole-integer operations on bit masks.

Each clause of a group of rules is a bit. For one scope (the profile, an objective, a platform) the literals of a clause
take slots in planes of that many bits, side by side in one integer: a known fact looks up, by its value, the slots that it
satisfies and ORs them in; a plane-wise AND then leaves the clauses whose literals all hold. A rule fires for a KPO when a
clause of it survives the profile, the objective and, if the rule reads one, some platform.

What a value satisfies is asked of `language.condition` while the tables are built, so that no semantics is written twice.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache

from kpirules.engine.base import DerivedFacts, Evaluation, Firing
from kpirules.knowledge.base import CompiledRule, KnowledgeBase
from kpirules.knowledge.situation import Situation
from kpirules.language.condition import Between, Facts, Known, OneOf, Scalar, test_value
from kpirules.language.fields import FactValue
from kpirules.language.normal import Clause, Literal
from kpirules.ranking import Tallies, nats

_BITS = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))


class NativeEngine:
    """The default engine: compiled once, indexed, no call per rule."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._rules = knowledge.rules
        clauses = knowledge.clauses
        strata = sorted({rule.stratum for rule in self._rules if rule.derive})
        self._strata = [_Matcher([rule for rule in self._rules if rule.derive and rule.stratum == level], clauses) for level in strata]
        self._all = _Matcher(self._rules, clauses)
        self._support = [tuple((kpi, nats(weight)) for kpi, weight in rule.recommend) for rule in self._rules]
        self._against = [tuple((kpi, nats(weight)) for kpi, weight in rule.discourage) for rule in self._rules]
        self._negative = frozenset(rule.index for rule in self._rules if rule.discourage or rule.exclude)
        self._force = lru_cache(maxsize=64)(self._in_force)

    def evaluate(self, situation: Situation) -> Evaluation:
        """Evaluate one situation."""
        *strata_force, all_force = self._force(situation.as_of)
        facts = DerivedFacts.of(situation)
        for matcher, force in zip(self._strata, strata_force, strict=True):
            match = matcher.match(facts.shared, facts.objectives, facts.platforms, force)
            if match.any:
                facts.add(match.bindings(self._rules))
        match = self._all.match(facts.shared, facts.objectives, facts.platforms, all_force)
        tallies = tuple(self._tallies(match.rules(kpo)) for kpo in range(len(facts.objectives)))
        return Evaluation(
            facts.shared, tuple(facts.objectives), tuple(facts.platforms), tallies, match.firings,
            tuple(facts.derivations), tuple(facts.conflicts),
        )  # fmt: skip

    def _in_force(self, as_of: datetime.date) -> list[int]:
        active = {rule.index for rule in self._rules if rule.in_force(as_of)}
        return [matcher.mask(active) for matcher in (*self._strata, self._all)]

    def _tallies(self, rules: Iterable[int]) -> Tallies:
        tallies = Tallies()
        support, contributions, negative = tallies.support, self._support, self._negative
        for rule in rules:
            for kpi, amount in contributions[rule]:
                support[kpi] = support.get(kpi, 0) + amount
            if rule in negative:
                for kpi, amount in self._against[rule]:
                    tallies.against[kpi] = tallies.against.get(kpi, 0) + amount
                tallies.excluded.update(self._rules[rule].exclude)
        return tallies


class _Matcher:
    """The clauses of a group of rules, as tables for each of the three scopes."""

    def __init__(self, rules: Sequence[CompiledRule], clauses: Sequence[Sequence[Clause]]) -> None:
        rows = [(rule, clause) for rule in rules for clause in clauses[rule.index]]
        self.owners = [rule.index for rule, _ in rows]
        self.platform_free = _mask(bit for bit, (rule, _) in enumerate(rows) if not rule.reads("platform"))
        self._bytes = (len(rows) + 7) // 8
        self._shared, self._objective, self._platform = (
            _ScopeTable([[literal for literal in clause if _scope(literal) == scope] for _, clause in rows])
            for scope in ("shared", "objective", "platform")
        )

    def mask(self, active: set[int]) -> int:
        """The clauses of the rules in force."""
        return _mask(bit for bit, owner in enumerate(self.owners) if owner in active)

    def match(self, shared: Facts, objectives: Sequence[Facts], platforms: Sequence[Facts], force: int) -> _Match:
        """Match all clauses for all KPOs and platforms."""
        profile = self._shared.match(shared) & force
        kpos = [self._objective.match(facts) & profile for facts in objectives]
        places = [self._platform.match(facts) for facts in platforms]
        reachable = self.platform_free
        for place in places:
            reachable |= place
        return _Match(self, [kpo & reachable for kpo in kpos], places)

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


class _Match:
    """What matched: the surviving clauses for each KPO, and the clauses that each platform satisfies."""

    __slots__ = ("_kpos", "_matcher", "_places")

    def __init__(self, matcher: _Matcher, kpos: list[int], places: list[int]) -> None:
        self._matcher, self._kpos, self._places = matcher, kpos, places

    @property
    def any(self) -> bool:
        """Whether some rule fired for some KPO."""
        return any(self._kpos)

    def rules(self, kpo: int) -> list[int]:
        """The rules that fired for a KPO."""
        return self._matcher.owners_of(self._kpos[kpo])

    def firings(self, kpo: int) -> list[Firing]:
        """The rules that fired for a KPO, with the platforms that satisfied each."""
        fired, matcher = self._kpos[kpo], self._matcher
        platforms: dict[int, list[int]] = {owner: [] for owner in matcher.owners_of(fired)}
        for position, place in enumerate(self._places):
            for owner in matcher.owners_of(fired & place & ~matcher.platform_free):
                platforms[owner].append(position)
        return [Firing(owner, tuple(found)) for owner, found in platforms.items()]

    def bindings(self, rules: Sequence[CompiledRule]) -> list[tuple[CompiledRule, list[tuple[int, int | None]]]]:
        """The rules that fired at all, each with its (KPO, platform) pairs."""
        pairs: dict[int, list[tuple[int, int | None]]] = {}
        for kpo in range(len(self._kpos)):
            for rule, platforms in self.firings(kpo):
                pairs.setdefault(rule, []).extend((kpo, platform) for platform in platforms or (None,))
        return [(rules[rule], found) for rule, found in sorted(pairs.items())]


class _ScopeTable:
    """The literals of one scope, in planes: clause `c`'s literal number `i` is the bit `i * width + c`."""

    def __init__(self, by_clause: Sequence[Sequence[Literal]]) -> None:
        self._width = len(by_clause)
        self._planes = max(map(len, by_clause), default=0)
        self._ones = (1 << self._width) - 1
        slots: dict[str, list[tuple[int, Literal]]] = {}
        taken = 0
        for clause, literals in enumerate(by_clause):
            for plane, literal in enumerate(literals):
                bit = plane * self._width + clause
                taken |= 1 << bit
                slots.setdefault(literal.atom.field, []).append((bit, literal))
        self._fields = {name: _FieldTable(pairs) for name, pairs in slots.items()}
        self._start = ((1 << self._width * self._planes) - 1) & ~taken
        for table in self._fields.values():
            self._start |= table.unknown

    def match(self, facts: Facts) -> int:
        """The clauses whose literals of this scope are all true."""
        if not self._planes:
            return self._ones
        satisfied, fields = self._start, self._fields
        for name, value in facts.items():
            table = fields.get(name)
            if table is not None:
                satisfied = satisfied & ~table.unknown | table.satisfied(value)
        result = satisfied & self._ones
        for _ in range(self._planes - 1):
            satisfied >>= self._width
            result &= satisfied
        return result


class _FieldTable:
    """Which slots a value of one field satisfies.

    `unknown` holds the slots that are true only while the fact is unknown. Values are looked up by identity where literals
    name them, numbers by the region between the bounds that literals name.
    """

    def __init__(self, slots: Sequence[tuple[int, Literal]]) -> None:
        self.unknown = _mask(bit for bit, literal in slots if isinstance(literal.atom, Known) and literal.negated)
        self._known = _mask(bit for bit, literal in slots if isinstance(literal.atom, Known) and not literal.negated)
        tests = [(bit, literal) for bit, literal in slots if not isinstance(literal.atom, Known)]
        self._positive = [(bit, literal.atom) for bit, literal in tests if not literal.negated]
        self._negative = [(bit, literal.atom) for bit, literal in tests if literal.negated]
        self._negated = _mask(bit for bit, _ in self._negative)
        self._bounds = sorted({bound for _, literal in tests for bound in _numbers(literal)})
        self._regions = [self._ask(value) for value in _samples(self._bounds)]
        self._names = {value: self._ask(value) for _, literal in tests for value in _texts(literal)}
        self._other = self._ask("".join(self._names) + " ")
        self._booleans = (self._ask(False), self._ask(True))

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

    def _look_up(self, value: Scalar) -> tuple[int, int]:
        if isinstance(value, str):
            return self._names.get(value, self._other)
        if isinstance(value, bool):
            return self._booleans[value]
        position = bisect_left(self._bounds, value)
        exact = position < len(self._bounds) and self._bounds[position] == value
        return self._regions[2 * position + exact]

    def _ask(self, value: Scalar | Fraction) -> tuple[int, int]:
        """The slots of positive literals that a value satisfies, and those of negated ones whose test it satisfies."""
        hit = _mask(bit for bit, atom in self._positive if test_value(atom, value))  # type: ignore[arg-type]  # no Known here
        return hit, _mask(bit for bit, atom in self._negative if test_value(atom, value))  # type: ignore[arg-type]


def _scope(literal: Literal) -> str:
    scope = literal.atom.field.partition(".")[0]
    return scope if scope in ("objective", "platform") else "shared"


def _mask(bits: Iterable[int]) -> int:
    mask = 0
    for bit in bits:
        mask |= 1 << bit
    return mask


def _numbers(literal: Literal) -> list[int | float]:
    match literal.atom:
        case OneOf(_, values):
            return [value for value in values if not isinstance(value, (str, bool))]
        case Between(_, low, high):
            return [bound for bound in (low, high) if bound is not None]
        case _:
            return []


def _texts(literal: Literal) -> list[str]:
    return [value for value in literal.atom.values if isinstance(value, str)] if isinstance(literal.atom, OneOf) else []


def _samples(bounds: Sequence[int | float]) -> list[Fraction]:
    """One number of each region, exact: below the first bound, each bound itself, and above it up to the next."""
    exact = [Fraction(bound) for bound in bounds]
    if not exact:
        return [Fraction(0)]
    samples = [exact[0] - 1]
    for bound, following in zip(exact, [*exact[1:], exact[-1] + 2], strict=True):
        samples += [bound, (bound + following) / 2]
    return samples
