"""The evidence that rules are measured against is itself well formed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from kpirules import KnowledgeBase, Recommender
from tests.conftest import DAY

FOLDER = Path(__file__).resolve().parents[2] / "evidence"


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda file: file.stem)
def test_contexts_are_profiles_with_rankings(file: Path, knowledge: KnowledgeBase) -> None:
    """Every context can be evaluated, and ranks KPIs of the catalogue, none of them twice."""
    recommender = Recommender(knowledge)
    contexts = yaml.safe_load(file.read_text(encoding="utf-8"))["contexts"]
    assert len({context["id"] for context in contexts}) == len(contexts)
    for context in contexts:
        assert set(context["kpis"]) <= set(knowledge.kpi_ids), context["id"]
        assert len(set(context["kpis"])) == len(context["kpis"]) >= 6, context["id"]
        recommender.situation(context["profile"], DAY)
