"""Whether a recommended KPI can be measured now, and how."""

from __future__ import annotations

from typing import Any

import pytest

from kpirules import KnowledgeBase, Recommender
from kpirules.language.formula import parse_formula
from tests.conftest import VOCABULARY, make_kpi, make_platform, text


def rows(platforms: list[str], data_sources: list[str], language: str = "en") -> dict[str, tuple[str, str]]:
    """Status and phrase of each KPI for a profile."""
    formula = {"expression": "a / b", "variables": {"a": {"unit": "count", **text("orders", "commandes")}, "b": {"unit": "count"}},
               "example": {"a": 1, "b": 2, "result": 0.5}}  # fmt: skip
    basket = {key: value for key, value in make_kpi("basket", formula=formula).items() if key != "method"}
    kpis = [basket, make_kpi("clicks"), make_kpi("image", effort="high"), make_kpi("stories", effort="medium")]
    metrics = [{"kpi": "clicks", "metric": "clicks", "tool": "ga4"}, {"kpi": "clicks", "metric": "old", "deprecated_on": "2020-01-01"}]
    rules = [{"id": "r", "when": {}, "recommend": [{"kpi": kpi["id"], "weight": 0.5} for kpi in kpis], "because": text("Because.")}]
    tools = {"data_sources": [{"id": "survey-tool", "name": text("Surveys")}]}
    knowledge = KnowledgeBase.from_documents(
        [*VOCABULARY, {"kpis": kpis}, tools, make_platform("shop", metrics=metrics), {"ruleset": "t", "version": "1.0.0", "rules": rules}]
    )
    profile: dict[str, Any] = {"objectives": [{"type": "online-sales"}], "platforms": platforms, "data_sources": data_sources}
    found = Recommender(knowledge).recommend(profile, language=language)  # type: ignore[arg-type]
    return {row.kpi: (row.measurability, row.how) for row in found.kpos[0].kpis}


def test_without_tools() -> None:
    """Low effort is one's own figures, medium something to set up, high a study."""
    found = rows([], [])
    assert found["basket"] == ("records", "from your own records: orders, b")
    assert found["image"][0] == "study"
    assert found["stories"] == ("set-up", "to be collected: A method.")


def test_a_platform_and_its_tool() -> None:
    """A platform's metric can be read; it is measured once its tool is among the data sources."""
    assert rows(["shop"], [])["clicks"] == ("available", "to be read in GA4")
    assert rows(["shop"], ["ga4"], "fr")["clicks"] == ("measured", "mesuré dans GA4")


def test_a_survey_tool_makes_a_study_possible() -> None:
    """With a survey tool, what only people can tell is a matter of asking them."""
    assert rows([], ["survey-tool"], "fr")["image"] == ("set-up", "à demander avec votre outil d'enquête")


@pytest.mark.parametrize("identity", ["customer-satisfaction-index", "brand-notoriety-index", "brand-notoriety-proxy"])
def test_the_composites_that_come_with_kpirules(knowledge: KnowledgeBase, identity: str) -> None:
    """Their components exist, are computable, and their weights sum to one."""
    composite = knowledge.kpi(identity).composite
    assert composite is not None
    assert sum(part.weight for part in composite.components) == pytest.approx(1)
    for part in composite.components:
        formula = knowledge.kpi(part.kpi).formula
        assert formula is not None
        assert parse_formula(formula.expression).variables
