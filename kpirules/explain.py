"""Why a KPI is recommended, or why not, and what would bring it in.

The verdict, ranks and scores are those of the engine; this module only adds what a reader needs to follow them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from kpirules.change import Change, smallest_change
from kpirules.engine.base import Evaluation
from kpirules.evidence import EvidenceFinder, plain, translate
from kpirules.headline import Catalogue, headline
from kpirules.knowledge.base import CompiledRule, KnowledgeBase
from kpirules.knowledge.situation import Situation
from kpirules.language.condition import Between, Known, OneOf, test_atom
from kpirules.language.normal import Clause
from kpirules.language.normal import Literal as ClauseLiteral
from kpirules.ranking import belief, nats
from kpirules.recommendation import Result

if TYPE_CHECKING:
    from kpirules.recommender import Recommender

NEAREST = 3
"""Silent rules that are shown per KPO."""

Verdict = Literal["headline", "recommended", "excluded", "not-recommended"]


class Argument(Result):
    """A fired rule for or against the KPI. `share` is its part of the support (or of the opposition), 0 to 1, in nats."""

    rule: str
    effect: Literal["recommend", "discourage", "exclude"]
    weight: float
    share: float
    reason: str
    matched: dict[str, Any]
    place: str
    adapted_by: tuple[str, ...]
    """The rulesets that override a part of the rule."""
    source: str | None


class FailedCondition(Result):
    """A test that kept a rule silent: the field, what was required (as a unary test), and what was found (None: unknown)."""

    field: str
    required: str
    found: Any


class SilentRule(Result):
    """A rule that would recommend the KPI, with the fewest conditions that are in the way."""

    rule: str
    weight: float
    place: str
    failed: tuple[FailedCondition, ...]


class KpoExplanation(Result):
    """The verdict for one KPO. `rank` is None when the KPI has no place in the ranking."""

    id: str
    type: str | None
    verdict: Verdict
    rank: int | None
    score: float
    support: float
    """What the score would be if nothing spoke against the KPI."""
    arguments: tuple[Argument, ...]
    nearest: tuple[SilentRule, ...]


class EditStep(Result):
    """One edit of the profile."""

    action: str
    path: str
    value: Any


class ProfileChange(Result):
    """The smallest change found that brings the KPI in, confirmed by the engine."""

    rule: str
    edits: tuple[EditStep, ...]
    profile: dict[str, Any]
    """The changed profile."""


class Explanation(Result):
    """Why, why not, and what would change it."""

    kpi: str
    name: str
    definition: str
    overall_rank: int | None
    kpos: tuple[KpoExplanation, ...]
    change: ProfileChange | None


def explain(recommender: Recommender, situation: Situation, kpi: str, language: str) -> Explanation:
    """The explanation of one KPI for a situation. Raises `InputError` for an unknown KPI."""
    record = recommender.knowledge.record("kpis", kpi, "KPI")
    evaluation = recommender.evaluate(situation)
    explainer = _Explainer(recommender.knowledge, situation, evaluation, kpi, language)
    kpos = tuple(explainer.kpo(position) for position in range(len(evaluation.objectives)))
    change = None
    if not any(kpo.rank for kpo in kpos):
        change = smallest_change(situation, evaluation, recommender.knowledge.kpi_index[kpi], recommender.knowledge, recommender.evaluate)
    overall = recommender.overall(evaluation)
    return Explanation(
        kpi=kpi,
        name=translate(record["name"], language),
        definition=translate(record["definition"], language),
        overall_rank=next((number for number, row in enumerate(overall, 1) if recommender.knowledge.kpi_ids[row[0]] == kpi), None),
        kpos=kpos,
        change=_profile_change(change),
    )


def _profile_change(change: Change | None) -> ProfileChange | None:
    if change is None:
        return None
    return ProfileChange(
        rule=change.rule,
        edits=tuple(EditStep(action=edit.action, path=edit.path, value=edit.value) for edit in change.edits),
        profile=dict(change.profile),
    )


class _Explainer:
    def __init__(self, knowledge: KnowledgeBase, situation: Situation, evaluation: Evaluation, kpi: str, language: str) -> None:
        self._knowledge, self._situation, self._evaluation = knowledge, situation, evaluation
        self._kpi, self._index, self._language = kpi, knowledge.kpi_index[kpi], language
        self._evidence = EvidenceFinder(knowledge, evaluation, language)

    def kpo(self, position: int) -> KpoExplanation:
        tallies = self._evaluation.tallies[position]
        ranked = tallies.rank()
        rank = next((number for number, (kpi, _) in enumerate(ranked, 1) if kpi == self._index), None)
        strength = next((strength for kpi, strength in ranked if kpi == self._index), 0)
        kind = self._evaluation.objectives[position].get("objective.type")
        return KpoExplanation(
            id=self._situation.profile["objectives"][position]["id"],
            type=str(kind) if kind else None,
            verdict=self._verdict(position, rank),
            rank=rank,
            score=round(belief(strength), 4),
            support=round(belief(tallies.support.get(self._index, 0)), 4),
            arguments=tuple(self._arguments(position)),
            nearest=() if rank else tuple(self._nearest(position)),
        )

    def _verdict(self, position: int, rank: int | None) -> Verdict:
        tallies = self._evaluation.tallies[position]
        if rank is None:
            return "excluded" if self._index in tallies.excluded else "not-recommended"
        kind = self._evaluation.objectives[position].get("objective.type")
        qualitative = self._knowledge.data["objective_types"].get(kind, {}).get("qualitative", False)
        ids = [self._knowledge.kpi_ids[kpi] for kpi, _ in tallies.rank()]
        catalogue = Catalogue(self._knowledge.data["kpis"], self._knowledge.data["same_as"])
        return "headline" if self._kpi in headline(ids, catalogue, qualitative=qualitative) else "recommended"

    def _arguments(self, position: int) -> Iterable[Argument]:
        rows = self._evidence.of(position, self._index)
        totals: dict[str, int] = {}
        for row in rows:
            totals[row["effect"]] = totals.get(row["effect"], 0) + nats(row["weight"])
        rules = {rule.id: rule for rule in self._knowledge.rules}
        for row in rows:
            rule, total = rules[row["rule"]], totals[row["effect"]]
            source = rule.data["source"]
            yield Argument(
                **row,
                share=round(nats(row["weight"]) / total, 4) if total else 0.0,
                place=str(rule.place),
                adapted_by=tuple(rule.data["changed_by"]),
                source=f"{source['title']} ({source['grade']})" if source else None,
            )

    def _nearest(self, position: int) -> list[SilentRule]:
        fired = {firing.rule for firing in self._evaluation.firings(position)}
        rows = []
        for rule in self._knowledge.rules:
            weight = next((weight for kpi, weight in rule.recommend if kpi == self._index), None)
            if weight is not None and rule.index not in fired and rule.in_force(self._situation.as_of):
                failed = self._failed(rule, position)
                if failed is not None:
                    rows.append(SilentRule(rule=rule.id, weight=weight, place=str(rule.place), failed=tuple(failed)))
        return sorted(rows, key=lambda row: (len(row.failed), -row.weight, row.rule))[:NEAREST]

    def _failed(self, rule: CompiledRule, position: int) -> list[FailedCondition] | None:
        """The fewest literals in the way over all clauses and platforms; None when the rule can never hold."""
        bindings: list[int | None] = [None]
        if rule.reads("platform"):
            bindings = [*range(len(self._evaluation.platforms))] or [None]
        ways = [self._failed_in(clause, position, binding) for clause in rule.clauses for binding in bindings]
        return min(ways, key=lambda way: (len(way), str(way)), default=None)

    def _failed_in(self, clause: Clause, position: int, platform: int | None) -> list[FailedCondition]:
        facts = self._evaluation.facts(position, platform)
        return [
            FailedCondition(field=literal.atom.field, required=describe(literal), found=plain(facts.get(literal.atom.field)))
            for literal in clause
            if test_atom(literal.atom, facts) is not (not literal.negated)
        ]


def describe(literal: ClauseLiteral) -> str:
    """A literal in the unary test language."""
    match literal.atom:
        case Known():
            return "unknown" if literal.negated else "known"
        case OneOf(_, values):
            text = ", ".join(_quoted(value) if isinstance(value, str) else str(value).lower() for value in values)
        case Between():
            text = _describe_interval(literal.atom)
    return f"not({text})" if literal.negated else text


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _describe_interval(atom: Between) -> str:
    if atom.low is None:
        return f"{'<' if atom.high_open else '<='} {atom.high}"
    if atom.high is None:
        return f"{'>' if atom.low_open else '>='} {atom.low}"
    return f"{'(' if atom.low_open else '['}{atom.low}..{atom.high}{')' if atom.high_open else ']'}"
