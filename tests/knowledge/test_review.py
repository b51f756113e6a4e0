"""The knowledge as a whole: what no rule reaches, what is thin, what has ended."""

from __future__ import annotations

import datetime
from typing import Any

from kpirules import KnowledgeBase
from kpirules.knowledge.review import review
from tests.conftest import DAY, VOCABULARY, MakeKnowledge, make_platform


def codes(knowledge: KnowledgeBase, day: datetime.date = DAY) -> list[tuple[str, str]]:
    """Code and message of each finding."""
    return [(issue.code, issue.message) for issue in review(knowledge, day)]


def test_a_kpi_that_no_rule_can_recommend(make_knowledge: MakeKnowledge) -> None:
    """A rule that is retired or past its end brings nothing within reach."""
    knowledge = make_knowledge(
        {"id": "a", "when": {"objective.type": "online-sales"}, "recommend": [{"kpi": "sales", "weight": 0.5}]},
        {
            "id": "b",
            "when": {"objective.type": "online-sales"},
            "status": "retired",
            "recommend": [{"kpi": "mood", "weight": 0.5}],
        },
        {"id": "c", "when": {"objective.type": "online-sales"}, "recommend": [{"kpi": "cost", "weight": 0.5}], "valid_until": "2020-01-01"},
    )
    found = {message.split("'")[1] for code, message in codes(knowledge) if code == "never-recommended"}
    assert "sales" not in found
    assert {"mood", "cost", "reach"} <= found


def test_thin_types_and_platforms(make_knowledge: MakeKnowledge) -> None:
    """Rules are counted by the type and the platform that they name, several in one rule included."""
    rules: list[dict[str, Any]] = [
        {"id": f"r{n}", "when": {"objective.type": ["online-sales"], "platform.name": ["website", "instagram"]},
         "recommend": [{"kpi": "sales", "weight": 0.5}]}
        for n in range(8)
    ]  # fmt: skip
    thin = {message.split("'")[1] for code, message in codes(make_knowledge(*rules)) if code == "few-rules"}
    assert thin == {"brand-awareness", "linkedin"}


def test_a_metric_past_its_end() -> None:
    """A vendor's metric that ended is named with its place, unless another one has taken over."""
    old = {"kpi": "reach", "metric": "impressions", "deprecated_on": "2025-04-21", "replaced_by": "views"}
    new = {"kpi": "reach", "metric": "views", "since": "2025-04-21"}
    platforms = [make_platform("facebook", metrics=[old]), make_platform("tiktok", metrics=[old, new])]
    knowledge = KnowledgeBase.from_documents([*VOCABULARY, *platforms])
    ended = [issue for issue in review(knowledge, DAY) if issue.code == "ended-metric"]
    assert [issue.hint for issue in ended] == ["it is replaced by views"]
    assert "facebook" in ended[0].message
    assert not [code for code, _ in codes(knowledge, datetime.date(2025, 1, 1)) if code == "ended-metric"]
