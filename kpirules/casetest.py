"""Runs the cases beside rulesets, for `kpirules test` and for pytest alike."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kpirules.documents import Document, read_data, read_file
from kpirules.errors import InputError, Issue
from kpirules.knowledge.base import KnowledgeBase
from kpirules.recommender import Recommender
from kpirules.testcase import Case, CaseFile

AS_OF = datetime.date(2026, 1, 1)
"""The day of cases that name none, so that a case passes tomorrow as it does today."""


@dataclass(frozen=True, slots=True)
class LocatedCase:
    """A case with its place."""

    case: Case
    document: Document
    position: int

    @property
    def place(self) -> str:
        """`file:line:column`."""
        return str(self.document.locate(("cases", self.position)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case: the expectations that failed (none when it passed) and the rules that fired."""

    case: LocatedCase
    failures: tuple[str, ...]
    fired: frozenset[str]


def case_files(path: Path) -> list[Path]:
    """The case files that a path means: itself, or every `cases.yaml` below it."""
    return [path] if path.is_file() else sorted(path.rglob("cases.yaml"))


def read_cases(file: Path) -> list[LocatedCase]:
    """The cases of a file. Raises `InputError` with everything wrong in it."""
    from kpirules.knowledge.records import read_record

    document = read_file(file)
    record, issues = read_record(document, CaseFile)
    if record is None:
        raise InputError(issues)
    return [LocatedCase(case, document, position) for position, case in enumerate(record.cases)]


def run_case(located: LocatedCase, recommender: Recommender) -> Outcome:
    """Run one case."""
    case = located.case
    try:
        situation = recommender.situation(read_data(case.profile, located.place), case.as_of or AS_OF)
        result = recommender.recommend_data(read_data(case.profile, located.place), as_of=case.as_of or AS_OF)
    except InputError as error:
        return Outcome(located, tuple(str(issue) for issue in error.issues), frozenset())
    evaluation = recommender.evaluate(situation)
    rules = recommender.knowledge.rules
    fired = frozenset(rules[firing.rule].id for kpo in range(len(situation.objectives)) for firing in evaluation.firings(kpo))
    return Outcome(located, tuple(_failures(case, result, fired)), fired)


def _failures(case: Case, result: dict[str, Any], fired: frozenset[str]) -> Iterator[str]:
    expect = case.expect
    ranks = {row["kpi"]: row["rank"] for row in result["overall"]}
    against = {row["kpi"] for kpo in result["kpos"] for row in kpo["excluded"]}
    advised = {row["rule"] for row in result["advice"]}
    first = ", ".join(list(ranks)[: expect.within]) or "none"
    for kpi in expect.top:
        if ranks.get(kpi, expect.within + 1) > expect.within:
            where = f"is number {ranks[kpi]}" if kpi in ranks else "is not recommended"
            yield f"top: {kpi} {where}, expected among the first {expect.within}; these are: {first}"
    yield from (f"recommended: {kpi} is not recommended" for kpi in expect.recommended if kpi not in ranks)
    yield from (f"not_recommended: {kpi} is number {ranks[kpi]}" for kpi in expect.not_recommended if kpi in ranks and kpi not in against)
    yield from (f"fired: {rule} did not fire" for rule in expect.fired if rule not in fired)
    yield from (f"not_fired: {rule} fired" for rule in expect.not_fired if rule in fired)
    yield from (f"advice: {rule} gave none" for rule in expect.advice if rule not in advised)
    types = tuple(kpo["type"] for kpo in result["kpos"])
    if expect.types and types != expect.types:
        yield f"types: {', '.join(map(str, types))}, expected {', '.join(expect.types)}"


def check_references(located: LocatedCase, knowledge: KnowledgeBase, *, whole: bool = True) -> Iterator[Issue]:
    """Names in expectations that do not exist: a case about them could never mean what it says.

    Where the knowledge is not `whole`, because rulesets are wrong, nothing can be said of rules.
    """
    from kpirules.errors import nearest

    tables = {
        "top": knowledge.kpi_index, "recommended": knowledge.kpi_index, "not_recommended": knowledge.kpi_index,
        "fired": (rules := {rule.id for rule in knowledge.rules}), "not_fired": rules, "advice": rules,
    }  # fmt: skip
    for key, known in tables.items():
        if not whole and known is rules:
            continue
        for index, name in enumerate(getattr(located.case.expect, key)):
            if name not in known:
                place = located.document.locate(("cases", located.position, "expect", key, index))
                yield Issue("error", "unknown-id", f"nothing is called '{name}'", place, nearest(name, known))
