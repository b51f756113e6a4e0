"""The smallest change of a profile that brings a KPI in.

Every clause of every rule that recommends the KPI is a way in; the literals that do not hold yet are what must change. A
change is proposed only after the engine has confirmed it on the changed profile.
"""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kpirules.documents import read_data
from kpirules.engine.base import Evaluation
from kpirules.errors import InputError
from kpirules.knowledge.base import KnowledgeBase
from kpirules.knowledge.situation import Situation, read_situation
from kpirules.language.condition import Facts, Known, OneOf, test_atom
from kpirules.language.normal import Clause, Literal
from kpirules.language.witness import find_value

MAX_TRIALS = 300
"""Changed profiles that are evaluated before the search gives up."""

NEW_OBJECTIVE = 3
"""Facts that one would rather change than add an objective."""

Evaluate = Callable[[Situation], Evaluation]


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of a profile: set, add or remove. `path` is where, `value` what (None for a removal)."""

    action: str
    path: str
    value: Any

    @property
    def size(self) -> int:
        """How much is said: an added entry counts each of its facts, and a new objective more than any fact, since it is
        management's to set."""
        said = len(self.value) if isinstance(self.value, dict) else 1
        return said + NEW_OBJECTIVE if self.path == "objectives" else said


@dataclass(frozen=True, slots=True)
class Change:
    """Edits that bring a KPI in together, the rule that then speaks for it, and the changed profile."""

    rule: str
    edits: tuple[Edit, ...]
    profile: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Draft:
    weight: float
    change: Change


def smallest_change(situation: Situation, evaluation: Evaluation, kpi: int, knowledge: KnowledgeBase, evaluate: Evaluate) -> Change | None:
    """The smallest confirmed change, ties to the stronger rule and then by its id; None when none was found."""
    for draft in sorted(_drafts(situation, evaluation, kpi, knowledge), key=_order)[:MAX_TRIALS]:
        if draft.change.edits and _confirmed(draft.change.profile, situation.as_of, kpi, knowledge, evaluate):
            return draft.change
    return None


def _order(draft: _Draft) -> tuple[int, float, str, int, str]:
    """The smallest change first; of one rule, the one that adds nothing new to the profile."""
    edits = draft.change.edits
    additions = sum(edit.action == "add" for edit in edits)
    return sum(edit.size for edit in edits), -draft.weight, draft.change.rule, additions, repr(edits)


def _confirmed(profile: Mapping[str, Any], as_of: datetime.date, kpi: int, knowledge: KnowledgeBase, evaluate: Evaluate) -> bool:
    try:
        changed = read_situation(read_data(profile, "<changed profile>"), knowledge, as_of)
    except InputError:
        return False
    return any(kpi in tallies.strengths() for tallies in evaluate(changed).tallies)


def _drafts(situation: Situation, evaluation: Evaluation, kpi: int, knowledge: KnowledgeBase) -> Iterator[_Draft]:
    excluding = {firing.rule for kpo in range(len(evaluation.objectives)) for firing in evaluation.firings(kpo)}
    for rule in knowledge.rules:
        if not rule.in_force(situation.as_of):
            continue
        weights = [weight for position, weight in rule.recommend if position == kpi]
        if weights:
            for clause in rule.clauses:
                for profile, edits in _Editor(situation, evaluation, knowledge).ways(clause):
                    yield _Draft(weights[0], Change(rule.id, edits, profile))
        if kpi in rule.exclude and rule.index in excluding:
            for clause in rule.clauses:
                for literal in clause:
                    opposite = (Literal(literal.atom, not literal.negated),)
                    for profile, edits in _Editor(situation, evaluation, knowledge).ways(opposite):
                        yield _Draft(1.0, Change(rule.id, edits, profile))


class _Editor:
    """Makes the literals of one clause true by edits on copies of the stated profile."""

    def __init__(self, situation: Situation, evaluation: Evaluation, knowledge: KnowledgeBase) -> None:
        self._situation, self._evaluation, self._knowledge = situation, evaluation, knowledge

    def ways(self, clause: Clause) -> Iterator[tuple[dict[str, Any], tuple[Edit, ...]]]:
        """Changed profiles, each with its edits: for every objective or a new one, and every platform or a new one."""
        objectives: list[int | None] = [*range(len(self._evaluation.objectives))]
        if _of(clause, "objective"):
            objectives.append(None)
        bound = bool(_of(clause, "platform"))
        platforms: list[int | None] = [*range(len(self._evaluation.platforms)), None] if bound else [None]
        for objective in objectives if _of(clause, "objective") else [0]:
            for platform in platforms:
                profile = copy.deepcopy(dict(self._situation.profile))
                edits: list[Edit] = []
                if (
                    self._edit_shared(_of(clause, "company", "audience", "profile"), profile, edits)
                    and self._edit_objective(_of(clause, "objective"), objective, profile, edits)
                    and (not bound or self._edit_platform(_of(clause, "platform"), platform, profile, edits))
                ):
                    yield profile, tuple(edits)

    def _edit_shared(self, literals: Sequence[Literal], profile: dict[str, Any], edits: list[Edit]) -> bool:
        for literal in self._failing(_of(literals, "profile"), self._evaluation.shared):
            if not self._edit_list(literal, _key(literal), profile, edits):
                return False
        return all(
            self._set_all(_of(literals, scope), self._evaluation.shared, f"{scope}.", profile.setdefault(scope, {}), edits)
            for scope in ("company", "audience")
            if self._failing(_of(literals, scope), self._evaluation.shared)
        )

    def _edit_list(self, literal: Literal, key: str, profile: dict[str, Any], edits: list[Edit]) -> bool:
        """Facts that the profile's own structure makes: its platforms, their kinds, the objective types, the data sources."""
        if literal.negated or not isinstance(literal.atom, OneOf):
            return False
        wanted = str(literal.atom.values[0])
        if key == "platform_kinds":
            wanted = next((name for name, record in self._knowledge.data["platforms"].items() if record["kind"] == wanted), "")
        entry: Any = {"type": wanted} if key == "objective_types" else wanted
        section = {
            "platforms": "platforms",
            "platform_kinds": "platforms",
            "objective_types": "objectives",
            "data_sources": "data_sources",
        }[key]
        profile.setdefault(section, []).append(entry)
        edits.append(Edit("add", section, entry))
        return bool(wanted)

    def _edit_objective(self, literals: Sequence[Literal], position: int | None, profile: dict[str, Any], edits: list[Edit]) -> bool:
        facts: Facts = {} if position is None else self._evaluation.objectives[position]
        stated: dict[str, Any] = {} if position is None else profile["objectives"][position]
        failing = self._failing(literals, facts)
        if position is not None and any(literal.atom.field == "objective.type" for literal in failing):
            return False  # management's objective stays what it is; another one can be added
        topics = [literal for literal in failing if literal.atom.field == "objective.topics"]
        others = [literal for literal in literals if literal.atom.field != "objective.topics"]
        trail: list[Edit] = []
        path = f"objectives[{position}]."
        if not (self._set_all(others, facts, path, stated, trail) and self._speak_of(topics, path, stated, trail)):
            return False
        if position is None:
            profile["objectives"].append(stated)
            edits.append(Edit("add", "objectives", stated))
        else:
            edits += trail
        return True

    def _speak_of(self, topics: Sequence[Literal], path: str, stated: dict[str, Any], edits: list[Edit]) -> bool:
        """Let a statement speak of topics."""
        parts = [stated["statement"]] if stated.get("statement") else []
        for literal in topics:
            if literal.negated or not isinstance(literal.atom, OneOf):
                return False
            name = self._knowledge.data["topics"][literal.atom.values[0]]["name"]
            parts.append(name.get("en") or name.get("fr") or "")
        if topics:
            stated["statement"] = ", ".join(parts)
            edits.append(Edit("set", f"{path}statement", stated["statement"]))
        return True

    def _edit_platform(self, literals: Sequence[Literal], position: int | None, profile: dict[str, Any], edits: list[Edit]) -> bool:
        platforms = profile.setdefault("platforms", [])
        if position is not None:
            return self._set_all(literals, self._evaluation.platforms[position], f"platforms[{position}].", platforms[position], edits)
        for name, record in self._knowledge.data["platforms"].items():
            entry: dict[str, Any] = {"name": name}
            if self._set_all(literals, {"platform.name": name, "platform.kind": record["kind"]}, "", entry, []):
                platforms.append(entry)
                edits.append(Edit("add", "platforms", entry if len(entry) > 1 else name))
                return True
        return False

    def _failing(self, literals: Sequence[Literal], facts: Facts) -> list[Literal]:
        return [literal for literal in literals if test_atom(literal.atom, facts) is not (not literal.negated)]

    def _set_all(self, literals: Sequence[Literal], known: Facts, path: str, stated: dict[str, Any], edits: list[Edit]) -> bool:
        """Set each fact on which one of the literals fails, so that all of its literals hold."""
        return all(
            self._set([literal for literal in literals if literal.atom.field == name], path, stated, edits)
            for name in dict.fromkeys(literal.atom.field for literal in self._failing(literals, known))
        )

    def _set(self, literals: Sequence[Literal], path: str, stated: dict[str, Any], edits: list[Edit]) -> bool:
        item = self._knowledge.fields[literals[0].atom.field]
        if item.computed or (item.scope == "platform" and stated["name"] not in item.platforms):
            return False
        if Literal(Known(item.name), negated=True) in literals:
            if item.key not in stated:
                return False
            del stated[item.key]
            edits.append(Edit("remove", f"{path}{item.key}", None))
            return True
        value = find_value(literals, item, self._knowledge.fields, stated.get(item.key))
        if value is None:
            return False
        stated[item.key] = value
        edits.append(Edit("set", f"{path}{item.key}", value))
        return True


def _of(literals: Sequence[Literal], *scopes: str) -> list[Literal]:
    return [literal for literal in literals if literal.atom.field.partition(".")[0] in scopes]


def _key(literal: Literal) -> str:
    return literal.atom.field.partition(".")[2]
