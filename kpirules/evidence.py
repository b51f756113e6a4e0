"""Evidence: one fired rule speaking for or against one KPI, with the facts that matched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from kpirules.engine.base import Evaluation, Firing
from kpirules.knowledge.base import CompiledRule, KnowledgeBase
from kpirules.language.condition import matched_fields
from kpirules.language.fields import FactValue

Effect = Literal["recommend", "discourage", "exclude"]


class EvidenceFinder:
    """The evidence of one evaluation, worked out KPI by KPI for what is shown."""

    def __init__(self, knowledge: KnowledgeBase, evaluation: Evaluation, language: str) -> None:
        self._knowledge, self._evaluation, self._language = knowledge, evaluation, language
        self._by_kpi: list[dict[int, list[tuple[Effect, float, Firing]]]] = [self._index(kpo) for kpo in range(len(evaluation.objectives))]
        self._matched: dict[tuple[int, Firing], dict[str, Any]] = {}

    def _index(self, kpo: int) -> dict[int, list[tuple[Effect, float, Firing]]]:
        found: dict[int, list[tuple[Effect, float, Firing]]] = {}
        for firing in self._evaluation.firings(kpo):
            rule = self._knowledge.rules[firing.rule]
            for kpi, weight in rule.recommend:
                found.setdefault(kpi, []).append(("recommend", weight, firing))
            for kpi, weight in rule.discourage:
                found.setdefault(kpi, []).append(("discourage", weight, firing))
            for kpi in rule.exclude:
                found.setdefault(kpi, []).append(("exclude", 1.0, firing))
        return found

    def of(self, kpo: int, kpi: int) -> list[dict[str, Any]]:
        """The evidence on a KPI under a KPO, as the result shows it: the strongest first, ties by rule id."""
        rows = sorted(self._by_kpi[kpo].get(kpi, ()), key=lambda row: (-row[1], self._knowledge.rules[row[2].rule].id, row[0]))
        return [self._row(kpo, effect, weight, firing) for effect, weight, firing in rows]

    def argued_against(self, kpo: int) -> list[int]:
        """The KPIs that some rule discourages or excludes under a KPO."""
        return sorted(kpi for kpi, rows in self._by_kpi[kpo].items() if any(effect != "recommend" for effect, _, _ in rows))

    def platforms(self, kpo: int, kpi: int) -> list[str]:
        """The platforms by which rules recommend a KPI under a KPO, in the order of the profile."""
        positions = {p for effect, _, firing in self._by_kpi[kpo].get(kpi, ()) if effect == "recommend" for p in firing.platforms}
        return list(dict.fromkeys(str(self._evaluation.platforms[position]["platform.name"]) for position in sorted(positions)))

    def _row(self, kpo: int, effect: Effect, weight: float, firing: Firing) -> dict[str, Any]:
        rule = self._knowledge.rules[firing.rule]
        return {
            "rule": rule.id,
            "effect": effect,
            "weight": weight,
            "reason": translate(rule.data["because"], self._language),
            "matched": self.matched(kpo, firing),
        }

    def matched(self, kpo: int, firing: Firing) -> dict[str, Any]:
        """The facts that made a fired rule true, by field; a fact of several platforms is a list."""
        key = (kpo, firing)
        if key not in self._matched:
            self._matched[key] = matched_facts(self._knowledge.rules[firing.rule], self._evaluation, kpo, firing.platforms)
        return self._matched[key]


def matched_facts(rule: CompiledRule, evaluation: Evaluation, kpo: int, platforms: tuple[int, ...]) -> dict[str, Any]:
    """The facts that made a rule true for a KPO and the platforms that satisfied it."""
    condition = rule.condition
    found: dict[str, list[Any]] = {}
    for platform in platforms or (None,):
        facts = evaluation.facts(kpo, platform)
        for field in matched_fields(condition, facts):
            values = found.setdefault(field, [])
            value = plain(facts.get(field))
            if value not in values:
                values.append(value)
    return {field: values[0] if len(values) == 1 else values for field, values in sorted(found.items())}


def plain(value: FactValue | None) -> Any:
    """A fact as JSON data."""
    return list(value) if isinstance(value, tuple) else value


def translate(text: Mapping[str, str | None] | None, language: str) -> str:
    """A text in a language, else in the other one, else nothing."""
    if not text:
        return ""
    return text.get(language) or text.get("en") or text.get("fr") or ""
