"""What an engine is: from a situation to the rules that fired, with the facts that were derived on the way.

Every engine takes the same knowledge base and must give the same evaluation, to the last rule. `reference` says what is
right; a property test holds the others to it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from kpirules.errors import EngineError, nearest
from kpirules.knowledge.base import CompiledRule, KnowledgeBase
from kpirules.knowledge.situation import Situation
from kpirules.language.condition import Facts
from kpirules.language.fields import FactValue
from kpirules.ranking import Tallies


class Firing(NamedTuple):
    """A rule that fired for a KPO, with the positions of the platforms that satisfied it (none if it holds without any)."""

    rule: int
    platforms: tuple[int, ...]


class Derivation(NamedTuple):
    """A fact that a rule derived: about the whole profile (`entity` is None), an objective or a platform by its position."""

    rule: int
    field: str
    entity: int | None
    value: FactValue


class Conflict(NamedTuple):
    """Two different values derived for one fact, which therefore stays unknown."""

    field: str
    entity: int | None
    values: tuple[FactValue, ...]


@dataclass(slots=True)
class Evaluation:
    """What the rules say about one situation.

    `shared`, `objectives` and `platforms` are the facts with the derived ones among them. `tallies` holds one entry per
    KPO, in the order of the profile. `firings(kpo)` says which rules fired for a KPO, in the order of their index; it is a
    function, so that an engine may work it out only for what is shown.
    """

    shared: Facts
    objectives: tuple[Facts, ...]
    platforms: tuple[Facts, ...]
    tallies: tuple[Tallies, ...]
    firings: Callable[[int], Sequence[Firing]]
    derivations: tuple[Derivation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def priorities(self) -> tuple[int | None, ...]:
        """The priority of each objective, stated or derived, None where it is unknown."""
        return tuple(facts.get("objective.priority") for facts in self.objectives)  # type: ignore[misc]  # the registry says integer

    def facts(self, kpo: int, platform: int | None = None) -> Facts:
        """The facts that a rule sees when it is tried for a KPO and, where it reads one, a platform."""
        return {**self.shared, **self.objectives[kpo], **(self.platforms[platform] if platform is not None else {})}


class Engine(Protocol):
    """An engine: made once for a knowledge base, then asked any number of times, from any number of threads."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        """Prepare for a knowledge base. Raises `EngineError` for what it can't represent, with the rule's place."""
        ...

    def evaluate(self, situation: Situation) -> Evaluation:
        """Evaluate one situation."""
        ...


BUILT_IN: Mapping[str, str] = {
    "native": "kpirules.engine.native:NativeEngine",
    "reference": "kpirules.engine.reference:ReferenceEngine",
}


def make_engine(name: str, knowledge: KnowledgeBase) -> Engine:
    """The engine of this name, built in or from a plugin. Raises `EngineError` when there is none or it can't be made."""
    places = {**(knowledge.plugins.named("engines") if knowledge.plugins else {}), **BUILT_IN}
    if name not in places:
        raise EngineError(f"no engine is called '{name}'; {nearest(name, places)}")
    module, _, attribute = places[name].partition(":")
    try:
        engine: Engine = getattr(importlib.import_module(module), attribute)(knowledge)
    except EngineError:
        raise
    except (Exception, SystemExit) as error:  # a plugin may fail in any way
        raise EngineError(f"the engine '{name}' can't be loaded: {type(error).__name__}: {error}") from error
    return engine


@dataclass(slots=True)
class DerivedFacts:
    """The facts of a situation while its strata are worked through.

    A stated value is never overwritten. Derived elements are added to a list. Two different values for one fact leave it
    unknown, whatever the order of the rules and in whichever stratum each is: nothing reads a fact that is still derived.
    """

    situation: Situation
    shared: dict[str, FactValue]
    objectives: list[dict[str, FactValue]]
    platforms: list[dict[str, FactValue]]
    derivations: list[Derivation] = field(default_factory=list)
    _found: dict[tuple[str, int | None], set[Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, situation: Situation) -> DerivedFacts:
        """The stated facts, ready to be added to."""
        return cls(situation, dict(situation.shared), list(map(dict, situation.objectives)), list(map(dict, situation.platforms)))

    @property
    def conflicts(self) -> list[Conflict]:
        """The facts for which different values were derived."""
        conflicts = [
            Conflict(name, entity, tuple(sorted(found, key=repr)))
            for (name, entity), found in self._found.items()
            if len(found) > 1 and not _lists(found)
        ]
        return sorted(conflicts, key=lambda conflict: _order(conflict.field, conflict.entity))

    def add(self, rules: Sequence[tuple[CompiledRule, Sequence[tuple[int, int | None]]]]) -> None:
        """Add what the rules of one stratum derive. Each comes with the (KPO, platform) pairs for which it is true."""
        news: list[Derivation] = []
        for rule, bindings in rules:
            for name, value in rule.derive.items():
                fact = tuple(value) if isinstance(value, list) else value
                for entity in self._entities(name, bindings):
                    if isinstance(fact, tuple) or name not in _of(self.situation, name, entity):
                        self._found.setdefault((name, entity), set()).add(fact)
                        news.append(Derivation(rule.index, name, entity, fact))
        news.sort(key=lambda new: (new.rule, *_order(new.field, new.entity)))
        for _, name, entity, _ in news:
            self._set(name, entity)
        self.derivations += news

    def _entities(self, name: str, bindings: Sequence[tuple[int, int | None]]) -> set[int | None]:
        match name.partition(".")[0]:
            case "objective":
                return {kpo for kpo, _ in bindings}
            case "platform":
                named = {platform for _, platform in bindings}
                return set(range(len(self.platforms))) if None in named else named
            case _:
                return {None} if bindings else set()

    def _set(self, name: str, entity: int | None) -> None:
        facts, found = _of(self, name, entity), self._found[name, entity]
        if _lists(found):
            stated = _of(self.situation, name, entity).get(name, ())
            facts[name] = (*stated, *sorted({element for value in found for element in value} - set(stated)))
        elif len(found) == 1:
            facts[name] = next(iter(found))
        else:
            facts.pop(name, None)


def _of(facts: Situation | DerivedFacts, name: str, entity: int | None) -> Any:
    """The facts of the profile, objective or platform that a field is about."""
    if entity is None:
        return facts.shared
    return (facts.objectives if name.startswith("objective.") else facts.platforms)[entity]


def _lists(found: set[Any]) -> bool:
    return all(isinstance(value, tuple) for value in found)


def _order(name: str, entity: int | None) -> tuple[str, int]:
    return name, -1 if entity is None else entity
