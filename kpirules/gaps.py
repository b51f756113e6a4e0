"""The unanswered questions: which unknown facts keep rules from speaking, the most decisive first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kpirules.engine.base import Evaluation
from kpirules.engine.native import NativeEngine
from kpirules.knowledge.base import KnowledgeBase
from kpirules.knowledge.situation import Situation
from kpirules.language.fields import Field


def find_gaps(
    situation: Situation, evaluation: Evaluation, knowledge: KnowledgeBase, engine: NativeEngine, language: str
) -> list[dict[str, Any]]:
    """The gaps, as the result shows them: `field`, its label and question, the platforms concerned, and how many rules the
    answer could let speak (`unlocks`), counted over the rules that nothing but unknown facts holds back.

    The native `engine` finds them, whichever engine made the evaluation: its masks know what nearly fired.
    """
    waiting: dict[str, int] = {}
    platforms: dict[str, list[str]] = {}
    for field, clauses, platform in _held_back(situation, evaluation, knowledge, engine):
        if clauses:
            waiting[field] = waiting.get(field, 0) | clauses
            names = platforms.setdefault(field, [])
            if platform and platform not in names:
                names.append(platform)
    rows = []
    for field, clauses in waiting.items():
        item = knowledge.fields[field]
        label, question = (texts.get(language) or next(iter(texts.values()), "") for texts in (item.label, item.question))
        unlocks = len(engine.everything.owners_of(clauses))
        rows.append({"field": field, "label": label, "question": question, "platforms": sorted(platforms[field]), "unlocks": unlocks})
    return sorted(rows, key=lambda row: (-row["unlocks"], row["field"]))


def _held_back(
    situation: Situation, evaluation: Evaluation, knowledge: KnowledgeBase, engine: NativeEngine
) -> Iterator[tuple[str, int, str]]:
    """For each unknown fact the clauses that wait for it, of rules that speak for no KPO yet, with the platform it is about."""
    matcher = engine.everything
    fired = {firing.rule for kpo in range(len(evaluation.objectives)) for firing in evaluation.firings(kpo)}
    silent = engine.in_force(situation.as_of) & ~matcher.clauses_of(fired)
    shared = _askable(knowledge, "company", "audience", "profile")
    objective = _askable(knowledge, "objective")
    possible = matcher.shared.match_if_known(evaluation.shared, shared) & silent
    for facts in evaluation.objectives:
        clauses = possible & matcher.objective.match_if_known(facts, objective)
        reachable = matcher.platform_free
        if "platforms" not in situation.profile:
            yield "profile.platforms", clauses & ~matcher.platform_free, ""
            reachable = -1
        for platform in evaluation.platforms:
            name = str(platform["platform.name"])
            fields = {f"platform.{key}" for key in knowledge.fields.of("platform", name)}
            bound = clauses & matcher.platform.match_if_known(platform, fields) & ~matcher.platform_free
            reachable |= bound
            for field in matcher.platform.fields:
                if field in fields and field not in platform:
                    yield field, bound & matcher.platform.waiting_for(field), name
        for table, known, askable in ((matcher.shared, evaluation.shared, shared), (matcher.objective, facts, objective)):
            for field in table.fields:
                if field in askable and field not in known:
                    yield field, clauses & reachable & table.waiting_for(field), ""


def _askable(knowledge: KnowledgeBase, *scopes: str) -> set[str]:
    """The facts of some scopes that a client can be asked for."""
    fields: list[Field] = [item for item in knowledge.fields if item.scope in scopes]
    return {item.name for item in fields if item.question}
