"""The type of an objective, read from management's own words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpirules import KnowledgeBase, Recommender
from tests.conftest import DAY, VOCABULARY, make_objective_type, text


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    """A recommender with two more types and with topics that have keywords."""
    more: list[dict[str, Any]] = [
        make_objective_type("retention", keywords={"en": ["keep customers", "loyalty", "customer acquisition cost"], "fr": ["fidéliser"]}),
        make_objective_type("acquisition", keywords={"en": ["acquisition", "new customers"], "fr": ["nouveaux clients", "acquisition"]}),
        {"topics": [
            {"id": "white-papers", "name": text("white papers", "livres blancs"), "keywords": {"en": ["white paper"], "fr": ["livre blanc"]}},
        ]},
    ]  # fmt: skip
    return Recommender(KnowledgeBase.from_documents([*VOCABULARY, *more]))


def kpo_of(recommender: Recommender, objective: Any) -> dict[str, Any]:
    """The KPO as the result shows it."""
    kpo: dict[str, Any] = recommender.recommend_data({"objectives": [objective]}, as_of=DAY)["kpos"][0]
    return kpo


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("Be known by every family in town", "brand-awareness"),
        ("Known we want to be", "brand-awareness"),
        ("Se faire connaître des familles", "brand-awareness"),
        ("SE FAIRE CONNAITRE !", "brand-awareness"),
        ("Plus de notoriété", "brand-awareness"),
        ("plus de notoriete", "brand-awareness"),
        ("Vendre en ligne nos gâteaux", "online-sales"),
        ("Vendre nos gâteaux en ligne", "online-sales"),
        ("en ligne, vendre", "online-sales"),
        ("More sales", "online-sales"),
        ("More sale", "online-sales"),
        ("Plus de ventes\u00a0: +10\u00a0%", "online-sales"),
        ("Plus de vente", "online-sales"),
        ("Fidéliser nos clients", "retention"),
        ("Fideliser nos clients", "retention"),
        ("lower our customer acquisition cost", "retention"),
        ("customer acquisition", "acquisition"),
        ("Attirer de nouveaux clients", "acquisition"),
        ("\U0001f950 brand awareness \U0001f950", "brand-awareness"),
    ],
)
def test_a_type_is_inferred_from_a_statement(statement: str, kind: str, recommender: Recommender) -> None:
    """Keywords are found whatever their language, accents, case, plural and order; a longer one counts before one inside it."""
    kpo = kpo_of(recommender, {"statement": statement})
    assert (kpo["type"], kpo["inferred"], kpo["statement"]) == (kind, True, statement)
    assert 0 < kpo["confidence"] <= 1
    assert kpo["alternatives"] == []


@pytest.mark.parametrize("statement", ["Peel more potatoes", "\U0001f950", "...", "the of and", "x" * 100_000])
def test_nothing_is_inferred_from_nothing(statement: str, recommender: Recommender) -> None:
    """A statement that speaks of no known goal has no type and is still a KPO."""
    kpo = kpo_of(recommender, {"statement": statement})
    assert (kpo["type"], kpo["type_name"], kpo["inferred"], kpo["confidence"], kpo["alternatives"]) == (None, None, False, None, [])


def test_a_stated_type_is_never_guessed_over(recommender: Recommender) -> None:
    """A stated type stays, whatever the statement says, and is not shown as inferred."""
    kpo = kpo_of(recommender, {"type": "brand-awareness", "statement": "Vendre en ligne"})
    assert (kpo["type"], kpo["type_name"], kpo["inferred"], kpo["confidence"]) == ("brand-awareness", "Brand awareness", False, None)


def test_an_ambiguous_statement_names_the_alternatives(recommender: Recommender) -> None:
    """When another type fits about as well, it is named, and the confidence is lower than for a clear statement."""
    clear = kpo_of(recommender, {"statement": "more sales"})
    torn = kpo_of(recommender, {"statement": "more sales and more loyalty"})
    assert torn["type"] == "online-sales"
    assert torn["alternatives"] == ["retention"]
    assert torn["confidence"] < 0.5 < clear["confidence"]


def test_one_weak_word_beside_a_strong_phrase_is_no_alternative(recommender: Recommender) -> None:
    """A type that is much weaker than the first lowers the confidence, but is no alternative."""
    alone = kpo_of(recommender, {"statement": "keep customers"})
    beside = kpo_of(recommender, {"statement": "keep customers, then sales"})
    assert (beside["type"], beside["alternatives"]) == ("retention", [])
    assert beside["confidence"] < alone["confidence"]


@pytest.mark.parametrize("statement", ["Nos livres blancs", "notre livre blanc", "our white papers", "White Paper!"])
def test_topics_are_found_beside_the_type(statement: str, recommender: Recommender) -> None:
    """The topics of a statement are found with a stated type as with none."""
    assert kpo_of(recommender, {"statement": statement})["topics"] == ["white-papers"]
    assert kpo_of(recommender, {"type": "online-sales", "statement": statement})["topics"] == ["white-papers"]


def test_topics_are_unknown_without_a_statement(recommender: Recommender) -> None:
    """No statement, no known topics; a statement without any has an empty list of them."""
    situation = recommender.situation({"objectives": [{"type": "online-sales"}, {"statement": "sales"}]})
    assert "objective.topics" not in situation.objectives[0]
    assert situation.objectives[1]["objective.topics"] == ()


def test_a_bare_statement_is_an_objective(recommender: Recommender, folder: Path) -> None:
    """An objective may be stated as a bare text, in data and in a file, and is the same as one with only that statement."""
    folder.joinpath("company.yaml").write_text('objectives:\n  - Vendre en ligne\n  - "Être connu : notoriété"\n', encoding="utf-8")
    found = recommender.recommend_data("company.yaml", as_of=DAY)
    assert [(kpo["id"], kpo["type"]) for kpo in found["kpos"]] == [("kpo-1", "online-sales"), ("kpo-2", "brand-awareness")]
    assert found == recommender.recommend_data({"objectives": ["Vendre en ligne", {"statement": "Être connu : notoriété"}]}, as_of=DAY)


def test_rules_see_an_inferred_type(recommender: Recommender) -> None:
    """An inferred type is a fact of the objective and of the profile like a stated one."""
    situation = recommender.situation({"objectives": ["more sales", "\U0001f950", {"type": "retention"}]})
    assert [facts.get("objective.type") for facts in situation.objectives] == ["online-sales", None, "retention"]
    assert situation.shared["profile.objective_types"] == ("online-sales", "retention")
    assert [guess.type if guess else None for guess in situation.inferred] == ["online-sales", None, None]
