"""The knowledge that comes with kpirules: whole, without warnings, and right on its cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpirules import KnowledgeBase, Recommender
from kpirules.casetest import LocatedCase, case_files, check_references, read_cases, run_case
from kpirules.knowledge.plugins import PluginManager

CASES = [
    located
    for plugin in PluginManager.installed().plugins.values()
    if Path(plugin.location).is_dir()
    for file in case_files(Path(plugin.location))
    for located in read_cases(file)
]


@pytest.fixture(scope="module")
def recommender(knowledge: KnowledgeBase) -> Recommender:
    """The recommender of everything installed."""
    return Recommender(knowledge)


def test_nothing_is_broken(knowledge: KnowledgeBase) -> None:
    """Every built-in plugin loads, without an error or a warning."""
    assert knowledge.plugins is not None
    assert [plugin.cause for plugin in knowledge.plugins.plugins.values() if plugin.distribution == "kpirules" and plugin.broken] == []
    assert knowledge.issues == ()


@pytest.mark.parametrize("located", CASES, ids=[f"{Path(c.document.source).parent.name}: {c.case.name}" for c in CASES])
def test_case(located: LocatedCase, recommender: Recommender) -> None:
    """A case beside a ruleset holds."""
    assert not list(check_references(located, recommender.knowledge))
    assert run_case(located, recommender).failures == ()


def test_the_records_are_typed(knowledge: KnowledgeBase) -> None:
    """Every record can be had as its public model, in both languages."""
    for kpi in knowledge.kpi_ids:
        record = knowledge.kpi(kpi)
        assert record.name.get("en")
        assert record.definition.get("fr")
    assert all(knowledge.platform(name).content.get("fr") for name in knowledge.data["platforms"])
    assert all(knowledge.objective_type(name).statement.get("en") for name in knowledge.data["objective_types"])


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("Fidéliser nos clients", "retention"), ("Make customers come back", "retention"), ("se faire connaitre", "brand-awareness"),
        ("Plus de visiteurs qualifiés sur notre site", "website-traffic"), ("Générer des leads qualifiés", "lead-generation"),
        ("VENDRE PLUS EN LIGNE", "online-sales"), ("améliorer la satisfaction client", "customer-satisfaction"),
        ("réduire le coût d'acquisition", "marketing-profitability"), ("hire ten engineers: employer branding", "employer-brand"),
    ],
)  # fmt: skip
def test_types_are_inferred(recommender: Recommender, statement: str, kind: str) -> None:
    """A statement in either language is recognised, and the result says that the type was inferred."""
    kpo = recommender.recommend({"objectives": [statement]}).kpos[0]
    assert (kpo.type, kpo.inferred) == (kind, True)
    assert kpo.confidence is not None
    assert 0.5 < kpo.confidence < 1


def test_an_ambiguous_statement_says_so(recommender: Recommender) -> None:
    """Two goals in one breath: the alternatives are named; nothing recognisable has no type, and a question instead."""
    kpo = recommender.recommend({"objectives": ["fidélisation et notoriété"]}).kpos[0]
    assert kpo.alternatives
    result = recommender.recommend({"objectives": ["xyzzy"]})
    assert result.kpos[0].type is None
    assert "objective.type" in [gap.field for gap in result.gaps]
