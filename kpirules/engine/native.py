"""The native engine: all rules at once on bit masks (see `engine.matcher`), no call per rule."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from kpirules.engine.base import DerivedFacts, Evaluation, Firing
from kpirules.engine.matcher import VERSION, Matcher
from kpirules.knowledge.base import CompiledRule, KnowledgeBase
from kpirules.knowledge.situation import Situation
from kpirules.language.condition import Facts
from kpirules.ranking import Tallies, nats

_Amounts = tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...], tuple[int, ...]]


class NativeEngine:
    """The default engine: compiled once, indexed.

    `everything` matches all rules; it also serves whoever needs to know what nearly fired.
    """

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._rules = knowledge.rules
        prepared = knowledge.artefact(f"matchers-{VERSION}", self._prepare)
        *self._strata, self.everything = [Matcher.from_json(data) for data in prepared["matchers"]]
        self._amounts: dict[int, _Amounts] = {}
        self._force = lru_cache(maxsize=64)(self._in_force)

    def _prepare(self) -> dict[str, Any]:
        rules = self._rules
        strata = sorted({rule.stratum for rule in rules if rule.derive})
        groups = [*([rule for rule in rules if rule.derive and rule.stratum == level] for level in strata), list(rules)]
        return {"matchers": [Matcher.build(group).to_json() for group in groups]}

    def evaluate(self, situation: Situation) -> Evaluation:
        """Evaluate one situation."""
        *strata_force, force = self._force(situation.as_of)
        facts = DerivedFacts.of(situation)
        for matcher, stratum_force in zip(self._strata, strata_force, strict=True):
            match = _Match.of(matcher, facts.shared, facts.objectives, facts.platforms, stratum_force)
            if any(match.kpos):
                facts.add(match.bindings(self._rules))
        match = _Match.of(self.everything, facts.shared, facts.objectives, facts.platforms, force)
        return Evaluation(
            facts.shared, tuple(facts.objectives), tuple(facts.platforms), tuple(map(self._tallies, match.kpos)), match.firings,
            tuple(facts.derivations), tuple(facts.conflicts),
        )  # fmt: skip

    def in_force(self, as_of: datetime.date) -> int:
        """The clauses of all rules in force on a day."""
        return self._force(as_of)[-1]

    def _in_force(self, as_of: datetime.date) -> list[int]:
        active = self._rules.in_force(as_of)
        return [matcher.clauses_of(active) for matcher in (*self._strata, self.everything)]

    def _tallies(self, fired: int) -> Tallies:
        tallies = Tallies()
        support, against, amounts = tallies.support, tallies.against, self._amounts
        for rule in self.everything.owners_of(fired):
            given, taken, excluded = amounts.get(rule) or self._weigh(rule)
            for kpi, amount in given:
                support[kpi] = support.get(kpi, 0) + amount
            for kpi, amount in taken:
                against[kpi] = against.get(kpi, 0) + amount
            tallies.excluded.update(excluded)
        return tallies

    def _weigh(self, index: int) -> _Amounts:
        """What a rule gives to its KPIs and takes from them, kept for the next time it fires."""
        rule = self._rules[index]
        given, taken = (tuple((kpi, nats(weight)) for kpi, weight in pairs) for pairs in (rule.recommend, rule.discourage))
        self._amounts[index] = amounts = (given, taken, tuple(rule.exclude))
        return amounts


class _Match:
    """What matched: the surviving clauses for each KPO, and the clauses that each platform satisfies."""

    __slots__ = ("_matcher", "_places", "kpos")

    def __init__(self, matcher: Matcher, kpos: list[int], places: list[int]) -> None:
        self._matcher, self.kpos, self._places = matcher, kpos, places

    @classmethod
    def of(cls, matcher: Matcher, shared: Facts, objectives: Sequence[Facts], platforms: Sequence[Facts], force: int) -> _Match:
        """Match the clauses in force for all KPOs and platforms."""
        profile = matcher.shared.match(shared) & force
        kpos = [matcher.objective.match(facts) & profile for facts in objectives]
        places = [matcher.platform.match(facts) for facts in platforms]
        reachable = matcher.platform_free
        for place in places:
            reachable |= place
        return cls(matcher, [kpo & reachable for kpo in kpos], places)

    def firings(self, kpo: int) -> list[Firing]:
        """The rules that fired for a KPO, with the platforms that satisfied each."""
        fired, matcher = self.kpos[kpo], self._matcher
        platforms: dict[int, list[int]] = {owner: [] for owner in matcher.owners_of(fired)}
        anyway = set(matcher.owners_of(fired & matcher.platform_free))
        for position, place in enumerate(self._places):
            for owner in matcher.owners_of(fired & place & ~matcher.platform_free):
                if owner not in anyway:
                    platforms[owner].append(position)
        return [Firing(owner, tuple(found)) for owner, found in platforms.items()]

    def bindings(self, rules: Sequence[CompiledRule]) -> list[tuple[CompiledRule, list[tuple[int, int | None]]]]:
        """The rules that fired at all, each with its (KPO, platform) pairs."""
        pairs: dict[int, list[tuple[int, int | None]]] = {}
        for kpo in range(len(self.kpos)):
            for rule, platforms in self.firings(kpo):
                pairs.setdefault(rule, []).extend((kpo, platform) for platform in platforms or (None,))
        return [(rules[rule], found) for rule, found in sorted(pairs.items())]
