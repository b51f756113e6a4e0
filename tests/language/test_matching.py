"""Keywords in statements: accents, case, plurals and order do not matter; the longer keyword wins."""

from __future__ import annotations

import pytest

from kpirules.language.matching import KeywordIndex, rank_texts, stem_keywords

INDEX = KeywordIndex(
    {
        "notoriety": stem_keywords({"en": ["brand awareness"], "fr": ["notoriété de la marque", "se faire connaître"]}),
        "acquisition": stem_keywords({"en": ["acquisition", "new customers"], "fr": ["acquisition", "nouveaux clients"]}),
        "profitability": stem_keywords({"en": ["acquisition cost"], "fr": ["coût d'acquisition"]}),
        "retention": stem_keywords({"en": ["loyalty"], "fr": ["fidéliser", "réseau de fidèles"]}),
    }
)


def best(statement: str) -> str | None:
    """The id that a statement speaks of most."""
    matches = INDEX.matches(statement)
    return matches[0].id if matches else None


@pytest.mark.parametrize(
    "statement",
    ["notoriété de la marque", "NOTORIETE DE LA MARQUE", "la marque et sa notoriete", "Marques : notoriétés !", "connaitre se faire"],
)
def test_accents_case_plural_and_order_do_not_matter(statement: str) -> None:
    """However a client writes it, it is the same keyword."""
    assert best(statement) == "notoriety"


def test_a_keyword_inside_a_longer_one_counts_nothing() -> None:
    """The cost of acquisition is not acquisition."""
    assert [match.id for match in INDEX.matches("réduire le coût d'acquisition")] == ["profitability"]
    assert [match.id for match in INDEX.matches("lower our acquisition costs")] == ["profitability"]
    assert {match.id for match in INDEX.matches("acquisition and loyalty")} == {"acquisition", "retention"}


def test_derived_words_are_recognised() -> None:
    """Stems bring together a verb and its noun."""
    assert best("la fidélisation de nos acheteurs") == "retention"


def test_nothing_matches_nothing() -> None:
    """A statement without a keyword speaks of nothing, and so does an empty one."""
    assert INDEX.matches("bonjour tout le monde") == ()
    assert INDEX.matches("") == ()
    assert INDEX.matches("🥐 " * 1000) == ()


def test_search_finds_half_words_and_both_languages() -> None:
    """Texts are found by every word of a query, the most telling text first."""
    texts = {
        "nps": ["Net Promoter Score", "recommandation"],
        "csat": ["Satisfaction score", "satisfaction client"],
        "ces": ["Effort", "client"],
    }
    assert rank_texts("satisf", texts) == ["csat"]
    assert rank_texts("scores", texts) == ["csat", "nps"]
    assert rank_texts("CLIENTS", texts) == ["ces", "csat"]
    assert rank_texts("", texts) == []
    assert rank_texts("nonsense", texts) == []
