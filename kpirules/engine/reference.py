"""The reference interpreter: plain and obvious, the oracle that every other engine is held to."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from kpirules.engine.base import DerivedFacts, Evaluation, Firing
from kpirules.knowledge.base import CompiledRule, KnowledgeBase
from kpirules.knowledge.situation import Situation
from kpirules.language.condition import Condition, evaluate, without_platform
from kpirules.ranking import Tallies, nats


class ReferenceEngine:
    """Walks every rule's condition tree, for every KPO and every platform."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._rules: list[tuple[CompiledRule, Condition]] = [(rule, rule.condition) for rule in knowledge.rules]
        self._without = {rule.index: without_platform(condition) for rule, condition in self._rules}

    def evaluate(self, situation: Situation) -> Evaluation:
        """Evaluate one situation."""
        rules = [(rule, condition) for rule, condition in self._rules if rule.in_force(situation.as_of)]
        facts = DerivedFacts.of(situation)
        deriving = sorted((pair for pair in rules if pair[0].derive), key=lambda pair: pair[0].stratum)
        for _, stratum in groupby(deriving, key=lambda pair: pair[0].stratum):
            facts.add([(rule, self._bindings(rule, condition, facts)) for rule, condition in stratum])

        fired: list[list[Firing]] = [[] for _ in facts.objectives]
        tallies = tuple(Tallies() for _ in facts.objectives)
        for rule, condition in rules:
            for kpo, pairs in groupby(self._bindings(rule, condition, facts), key=lambda pair: pair[0]):
                fired[kpo].append(Firing(rule.index, tuple(platform for _, platform in pairs if platform is not None)))
                _count(rule, tallies[kpo])
        return Evaluation(
            facts.shared, tuple(facts.objectives), tuple(facts.platforms), tallies, fired.__getitem__,
            tuple(facts.derivations), tuple(facts.conflicts),
        )  # fmt: skip

    def _bindings(self, rule: CompiledRule, condition: Condition, facts: DerivedFacts) -> Sequence[tuple[int, int | None]]:
        """The (KPO, platform) pairs for which the condition is true; the platform is None when it is true without any."""
        found: list[tuple[int, int | None]] = []
        for kpo, objective in enumerate(facts.objectives):
            if evaluate(self._without[rule.index], {**facts.shared, **objective}) is True:
                found.append((kpo, None))
            else:
                for position, platform in enumerate(facts.platforms):
                    if evaluate(condition, {**facts.shared, **objective, **platform}) is True:
                        found.append((kpo, position))
        return found


def _count(rule: CompiledRule, tallies: Tallies) -> None:
    for kpi, weight in rule.recommend:
        tallies.support[kpi] = tallies.support.get(kpi, 0) + nats(weight)
    for kpi, weight in rule.discourage:
        tallies.against[kpi] = tallies.against.get(kpi, 0) + nats(weight)
    tallies.excluded.update(rule.exclude)
