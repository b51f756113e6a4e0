"""The unanswered questions: which unknown facts keep rules from speaking, the most decisive first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kpirules.engine.base import Evaluation
from kpirules.knowledge.base import KnowledgeBase
from kpirules.knowledge.situation import Situation
from kpirules.language.condition import Facts, test_atom
from kpirules.language.normal import Clause, Literal

Unknowns = frozenset[tuple[str, str]]
"""Unknown facts: a field, and the platform whose fact it is ("" for none)."""


def find_gaps(situation: Situation, evaluation: Evaluation, knowledge: KnowledgeBase, language: str) -> list[dict[str, Any]]:
    """The gaps, as the result shows them: `field`, its label and question, the platforms concerned, and how many rules the
    answer could let speak (`unlocks`), counted over the rules that nothing but unknown facts holds back."""
    unlocks: Counter[str] = Counter()
    platforms: dict[str, set[str]] = {}
    for _, unknowns in _held_back(situation, evaluation, knowledge):
        for field in sorted({name for name, _ in unknowns}):
            unlocks[field] += 1
            platforms.setdefault(field, set()).update(platform for name, platform in unknowns if name == field and platform)
    rows = []
    for field, count in sorted(unlocks.items(), key=lambda item: (-item[1], item[0])):
        item = knowledge.fields[field]
        if item.question:
            label, question = (texts.get(language) or texts["en"] for texts in (item.label, item.question))
            rows.append({"field": field, "label": label, "question": question, "platforms": sorted(platforms[field]), "unlocks": count})
    return rows


def _held_back(situation: Situation, evaluation: Evaluation, knowledge: KnowledgeBase) -> Iterable[tuple[int, Unknowns]]:
    """The rules that speak for no KPO yet, with the unknown facts that one clause or another of theirs waits for."""
    fired = {firing.rule for kpo in range(len(evaluation.objectives)) for firing in evaluation.firings(kpo)}
    for rule in knowledge.rules:
        if rule.index not in fired and rule.in_force(situation.as_of):
            found: set[tuple[str, str]] = set()
            for clause in knowledge.clauses[rule.index]:
                found |= _waits_for(clause, rule.reads("platform"), evaluation, situation, knowledge)
            if found:
                yield rule.index, frozenset(found)


def _waits_for(clause: Clause, bound: bool, evaluation: Evaluation, situation: Situation, knowledge: KnowledgeBase) -> set[tuple[str, str]]:
    scopes: Mapping[str, list[Literal]] = {
        scope: [literal for literal in clause if _scope(literal) == scope] for scope in ("shared", "objective", "platform")
    }
    shared = _unknown(scopes["shared"], evaluation.shared)
    if shared is None:
        return set()
    kpos = [found for facts in evaluation.objectives if (found := _unknown(scopes["objective"], facts)) is not None]
    if not kpos:
        return set()
    places: Sequence[set[tuple[str, str]]] = [set()]
    if bound and "platforms" not in situation.profile:
        places = [{("profile.platforms", "")}]
    elif bound:
        places = _unknown_of_platforms(scopes["platform"], evaluation.platforms, knowledge)
    return {
        unknown for kpo in kpos for place in places for unknown in (*((name, "") for name in (*shared, *kpo)), *place)
    }  # fmt: skip


def _unknown_of_platforms(literals: list[Literal], platforms: Sequence[Facts], knowledge: KnowledgeBase) -> list[set[tuple[str, str]]]:
    found = []
    for facts in platforms:
        name = str(facts["platform.name"])
        unknown = _unknown(literals, facts)
        if unknown is not None and all(name in knowledge.fields[field].platforms for field in unknown):
            found.append({(field, name) for field in unknown})
    return found


def _unknown(literals: Iterable[Literal], facts: Facts) -> set[str] | None:
    """The unknown fields among literals of which none is false; None when one is."""
    unknown = set()
    for literal in literals:
        truth = test_atom(literal.atom, facts)
        if truth is None:
            unknown.add(literal.atom.field)
        elif truth is literal.negated:
            return None
    return unknown


def _scope(literal: Literal) -> str:
    scope = literal.atom.field.partition(".")[0]
    return scope if scope in ("objective", "platform") else "shared"
