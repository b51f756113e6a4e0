"""What is thin or out of date in a knowledge base as a whole: findings that no single file shows."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kpirules.errors import Issue, Place

if TYPE_CHECKING:
    from kpirules.knowledge.base import KnowledgeBase

FEW_RULES = {"objective_types": 8, "platforms": 3}
"""Below so many rules that recommend something for it by name, an objective type or a platform is thin."""

_NOUNS = {"objective_types": "objective type", "platforms": "platform"}


def review(knowledge: KnowledgeBase, as_of: datetime.date) -> Iterator[Issue]:
    """Warnings about KPIs that no rule can recommend, thin objective types and platforms, and vendor metrics past their end."""
    places = knowledge.data["places"]
    speaking = (rule for rule in knowledge.rules if rule.in_force(as_of) and rule.recommend and rule.clauses)
    reachable = {knowledge.kpi_ids[kpi] for rule in speaking for kpi, _ in rule.recommend}
    for kpi in knowledge.kpi_ids:
        if kpi not in reachable:
            message = f"no rule in force can ever recommend '{kpi}'"
            yield _warning("never-recommended", message, places["kpis"][kpi], "write a rule for it, or take it out")
    for table, least in FEW_RULES.items():
        for identity in knowledge.data[table]:
            if (count := knowledge.data["coverage"][table].get(identity, 0)) < least:
                rules = "1 rule recommends" if count == 1 else f"{count} rules recommend"
                message = f"{rules} something for the {_NOUNS[table]} '{identity}' by its name; fewer than {least} is thin"
                yield _warning("few-rules", message, places[table][identity])
    for platform, record in knowledge.data["platforms"].items():
        metrics = record.get("metrics", ())
        live = {metric["kpi"] for metric in metrics if not _ended(metric, as_of)}
        for position, metric in enumerate(metrics):
            if _ended(metric, as_of) and metric["kpi"] not in live:
                message = (
                    f"'{metric['metric']}' ended on {metric['deprecated_on']} and nothing else measures '{metric['kpi']}' on {platform}"
                )
                hint = f"it is replaced by {metric['replaced_by']}" if metric.get("replaced_by") else ""
                yield _warning("ended-metric", message, places["metrics"][f"{platform}/{position}"], hint)


def _warning(code: str, message: str, place: list[Any], hint: str = "") -> Issue:
    return Issue("warning", code, message, Place(*place), hint)


def _ended(metric: dict[str, Any], as_of: datetime.date) -> bool:
    return bool(metric.get("deprecated_on")) and str(metric["deprecated_on"]) <= as_of.isoformat()
