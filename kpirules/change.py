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
from kpirules.language.condition import Between, Facts, Known, OneOf, test_atom
from kpirules.language.fields import Field
from kpirules.language.normal import Clause, Literal

MAX_TRIALS = 300
"""Changed profiles that are evaluated before the search gives up."""

Evaluate = Callable[[Situation], Evaluation]


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of a profile: set, add or remove. `path` is where, `value` what (None for a removal)."""

    action: str
    path: str
    value: Any


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
    """The confirmed change with the fewest edits, ties to the stronger rule and then by its id; None when none was found."""
    drafts = list(_drafts(situation, evaluation, kpi, knowledge))
    drafts.sort(key=lambda draft: (len(draft.change.edits), -draft.weight, draft.change.rule, repr(draft.change.edits)))
    for draft in drafts[:MAX_TRIALS]:
        if draft.change.edits and _confirmed(draft.change.profile, situation.as_of, kpi, knowledge, evaluate):
            return draft.change
    return None


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
                for profile, edits in _Editor(situation, evaluation, knowledge).ways(clause, bound=rule.reads("platform")):
                    yield _Draft(weights[0], Change(rule.id, edits, profile))
        if kpi in rule.exclude and rule.index in excluding:
            for clause in rule.clauses:
                for literal in clause:
                    opposite = (Literal(literal.atom, not literal.negated),)
                    for profile, edits in _Editor(situation, evaluation, knowledge).ways(opposite, bound=rule.reads("platform")):
                        yield _Draft(1.0, Change(rule.id, edits, profile))


class _Editor:
    """Makes the literals of one clause true by edits on copies of the stated profile."""

    def __init__(self, situation: Situation, evaluation: Evaluation, knowledge: KnowledgeBase) -> None:
        self._situation, self._evaluation, self._knowledge = situation, evaluation, knowledge

    def ways(self, clause: Clause, *, bound: bool) -> Iterator[tuple[dict[str, Any], tuple[Edit, ...]]]:
        """Changed profiles, each with its edits: for every objective or a new one, and every platform or a new one."""
        objectives: list[int | None] = [*range(len(self._evaluation.objectives))]
        if _of(clause, "objective"):
            objectives.append(None)
        platforms: list[int | None] = [*range(len(self._evaluation.platforms)), None] if bound else [None]
        for objective in objectives if _of(clause, "objective") else [0]:
            for platform in platforms:
                profile = copy.deepcopy(dict(self._situation.profile))
                edits: list[Edit] = []
                if (
                    self._edit_shared(_of(clause, "shared"), profile, edits)
                    and self._edit_objective(_of(clause, "objective"), objective, profile, edits)
                    and (not bound or self._edit_platform(_of(clause, "platform"), platform, profile, edits))
                ):
                    yield profile, tuple(edits)

    def _edit_shared(self, literals: Sequence[Literal], profile: dict[str, Any], edits: list[Edit]) -> bool:
        for literal in self._failing(literals, self._evaluation.shared):
            scope, _, key = literal.atom.field.partition(".")
            if scope == "profile":
                if not self._edit_list(literal, key, profile, edits):
                    return False
            else:
                facts = profile.setdefault(scope, {})
                if not self._set(literal, f"{scope}.{key}", facts, edits):
                    return False
        return True

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
        failing = self._failing(literals, facts)
        if position is None:
            stated: dict[str, Any] = {}
        else:
            stated = profile["objectives"][position]
            if any(literal.atom.field == "objective.type" for literal in failing):
                return False  # management's objective stays what it is; another one can be added
        trail: list[Edit] = []
        for literal in failing:
            if literal.atom.field == "objective.topics":
                if literal.negated or not isinstance(literal.atom, OneOf):
                    return False
                name = self._knowledge.data["topics"][literal.atom.values[0]]["name"]
                stated["statement"] = f"{stated['statement']}, {name['en']}" if stated.get("statement") else name["en"]
                trail.append(Edit("set", f"objectives[{position}].statement", stated["statement"]))
            elif not self._set(literal, f"objectives[{position}].{literal.atom.field.partition('.')[2]}", stated, trail):
                return False
        if position is None:
            profile["objectives"].append(stated)
            edits.append(Edit("add", "objectives", stated))
        else:
            edits += trail
        return True

    def _edit_platform(self, literals: Sequence[Literal], position: int | None, profile: dict[str, Any], edits: list[Edit]) -> bool:
        platforms = profile.setdefault("platforms", [])
        trail: list[Edit] = []
        if position is not None:
            failing = self._failing(literals, self._evaluation.platforms[position])
            if any(literal.atom.field in ("platform.name", "platform.kind") for literal in failing):
                return False
            if not all(self._set(literal, f"platforms[{position}].{_key(literal)}", platforms[position], trail) for literal in failing):
                return False
            edits += trail
            return True
        fits = [literal for literal in literals if literal.atom.field in ("platform.name", "platform.kind")]
        for name, record in self._knowledge.data["platforms"].items():
            facts = {"platform.name": name, "platform.kind": record["kind"]}
            if not self._failing(fits, facts):
                entry: dict[str, Any] = {"name": name}
                if all(self._set(literal, _key(literal), entry, trail) for literal in self._failing(literals, facts)):
                    platforms.append(entry)
                    edits.append(Edit("add", "platforms", entry if len(entry) > 1 else name))
                    return True
        return False

    def _failing(self, literals: Sequence[Literal], facts: Facts) -> list[Literal]:
        return [literal for literal in literals if test_atom(literal.atom, facts) is not (not literal.negated)]

    def _set(self, literal: Literal, path: str, facts: dict[str, Any], edits: list[Edit]) -> bool:
        item = self._knowledge.fields[literal.atom.field]
        key = item.key
        if item.computed:
            return False
        if isinstance(literal.atom, Known) and literal.negated:
            if key not in facts:
                return False
            del facts[key]
            edits.append(Edit("remove", path, None))
            return True
        value = self._witness(literal, item, facts.get(key))
        if value is None:
            return False
        facts[key] = value
        edits.append(Edit("set", path, value))
        return True

    def _witness(self, literal: Literal, item: Field, current: Any) -> Any:
        """A value that makes a literal true, as near to the current one as is easy to say; None when there is none."""
        allowed = sorted(self._knowledge.fields.allowed(item))
        match literal.atom:
            case Known():
                return {"boolean": True, "integer": 1, "number": 1, "choice": next(iter(allowed), None)}.get(item.type)
            case OneOf(_, values) if literal.negated and item.many:
                return [value for value in current or () if value not in values] or None
            case OneOf(_, values) if literal.negated:
                others: Sequence[Any] = (True, False) if item.type == "boolean" else allowed
                return next((value for value in others if value not in values), None)
            case OneOf(_, values):
                return [*(current or ()), values[0]] if item.many else values[0]
            case Between():
                return _number(literal.atom, literal.negated, item)
        return None


def _number(atom: Between, negated: bool, item: Field) -> int | float | None:
    """A number inside the interval, or outside it: the bound itself where it counts, else one step from it."""
    low, high = atom.low, atom.high
    if negated:
        if high is not None:
            return high if atom.high_open else high + 1
        return None if low is None else low if atom.low_open else low - 1
    if low is not None:
        step = 1 if high is None or low + 1 < high or (low + 1 == high and not atom.high_open) else (high - low) / 2
        value = low + step if atom.low_open else low
    else:
        assert high is not None
        value = high - 1 if atom.high_open else high
    return value if item.type == "number" or float(value).is_integer() else None


def _of(clause: Clause, scope: str) -> list[Literal]:
    return [literal for literal in clause if literal_scope(literal) == scope]


def literal_scope(literal: Literal) -> str:
    """The scope in which a literal is matched: objective, platform, or shared by all."""
    scope = literal.atom.field.partition(".")[0]
    return scope if scope in ("objective", "platform") else "shared"


def _key(literal: Literal) -> str:
    return literal.atom.field.partition(".")[2]
