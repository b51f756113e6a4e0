"""Keywords in statements: accents, case, plurals and order do not matter; the longer keyword wins."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpirules.language.matching import MAX_WORDS, KeywordIndex, Match, keyword_tables, rank_texts, stem_keywords, stems

KEYWORDS = {
    "notoriety": {"en": ["brand awareness"], "fr": ["notoriété de la marque", "se faire connaître"]},
    "acquisition": {"en": ["acquisition", "new customers"], "fr": ["acquisition", "nouveaux clients"]},
    "profitability": {"en": ["acquisition cost"], "fr": ["coût d'acquisition"]},
    "retention": {"en": ["loyalty"], "fr": ["fidéliser", "réseau de fidèles"]},
    "hearts": {"fr": ["cœur de marché"]},
    "nothing": {"en": ["", "of the"], "fr": []},
}
INDEX = KeywordIndex(keyword_tables("a", {identity: stem_keywords(keywords) for identity, keywords in KEYWORDS.items()}), "a")
PHRASES = [phrase for keywords in KEYWORDS.values() for phrases in keywords.values() for phrase in phrases if stems(phrase, "en")]


def best(statement: str) -> str | None:
    """The id that a statement speaks of most."""
    matches = INDEX.matches(statement)
    return matches[0].id if matches else None


def index_of(**keywords: list[str]) -> KeywordIndex:
    """An index of English keywords."""
    return KeywordIndex(keyword_tables("a", {identity: stem_keywords({"en": phrases}) for identity, phrases in keywords.items()}), "a")


@pytest.mark.parametrize(
    "statement",
    ["notoriété de la marque", "NOTORIETE DE LA MARQUE", "la marque et sa notoriete", "Marques : notoriétés !", "connaitre se faire",
     "Notorie\u0301te\u0301 de la marque", "Nous voulons que la notoriété, enfin, de nos marques grandisse", "d'une marque, l’entière notoriété",
     "notoriété_marque", "Brand's AWARENESS", "awareness of our brands"],
)  # fmt: skip
def test_accents_case_plural_and_order_do_not_matter(statement: str) -> None:
    """However a client writes it, it is the same keyword."""
    assert best(statement) == "notoriety"


@given(st.sampled_from(PHRASES), st.randoms(use_true_random=False), st.sampled_from([str.upper, str.title, str.lower]), st.booleans())
def test_a_keyword_is_found_however_it_is_written(phrase: str, rng: random.Random, case: Callable[[str], str], accents: bool) -> None:
    """Words in any order and case, without accents, between other words, say the same as the keyword itself."""
    words = ["bonjour", *phrase.replace("'", " ").split(), "maison"]
    rng.shuffle(words)
    statement = case(" ".join(words))
    if not accents:
        statement = "".join(character for character in unicodedata.normalize("NFD", statement) if not unicodedata.combining(character))
    assert INDEX.matches(statement) == INDEX.matches(phrase)
    assert best(statement) is not None


def test_a_keyword_inside_a_longer_one_counts_nothing() -> None:
    """The cost of acquisition is not acquisition, even when it is said twice."""
    assert [match.id for match in INDEX.matches("réduire le coût d'acquisition")] == ["profitability"]
    assert [match.id for match in INDEX.matches("lower our acquisition costs, the costs of acquisition")] == ["profitability"]
    assert {match.id for match in INDEX.matches("acquisition and loyalty")} == {"acquisition", "retention"}


def test_longer_keywords_say_more() -> None:
    """A keyword of n words counts n ** 1.5, shared among the ids that have it; equal strength goes by id."""
    index = index_of(one=["sale"], two=["online sale shop"], zwei=["online sale shop"], other=["street"])
    assert index.matches("sale") == (Match("one", 1.0),)
    assert index.matches("sale in the street") == (Match("one", 1.0), Match("other", 1.0))
    assert index.matches("the shop's online sales") == (Match("two", 3**1.5 / 2), Match("zwei", 3**1.5 / 2))
    assert [match.id for match in index.matches("shop online for a sale in the street")] == ["two", "zwei", "other"]


def test_a_keyword_counts_once() -> None:
    """Saying it three times, or listing it in the singular and the plural, does not make it stronger; an empty one is none."""
    assert KeywordIndex(keyword_tables("a", {"a": {"en": [["sale"], [], ["sale"]]}}), "a").matches("sale") == (Match("a", 1.0),)
    assert index_of(a=["sale", "sales", "Sales"]).matches("sale sales SALE") == (Match("a", 1.0),)


def test_the_language_that_fits_better_decides() -> None:
    """A statement is read in one language, the one in which it says more."""
    keywords = {"en": stem_keywords({"en": ["coin", "pain"]}), "fr": stem_keywords({"fr": ["pain", "coin de rue"]})}
    index = KeywordIndex(keyword_tables("a", keywords), "a")
    assert [match.id for match in index.matches("du pain au coin de la rue")] == ["fr"]
    assert [match.id for match in index.matches("a coin for the pain")] == ["en"]


def test_derived_words_are_recognised() -> None:
    """Stems bring together a verb and its noun, and letters that are written as one."""
    assert best("la fidélisation de nos acheteurs") == "retention"
    assert best("le coeur de nos marchés") == best("LE CŒUR DU MARCHÉ") == "hearts"


@pytest.mark.parametrize("statement", ["bonjour tout le monde", "", "   ", "🥐 " * 1000, "of the", "-_-", "acquisitio n", "\0", "\ud800"])
def test_nothing_matches_nothing(statement: str) -> None:
    """A statement without a keyword speaks of nothing, and so does an empty one or one of little words."""
    assert INDEX.matches(statement) == ()


def test_an_endless_statement_is_read_so_far() -> None:
    """The words at the beginning of a statement count, those after the first hundreds don't, and no word is read for long."""
    assert best("loyalty " + "word " * 100_000) == "retention"
    assert best("word " * MAX_WORDS + "loyalty") is None
    assert best("loyalty " + "aiu" * 300_000) == "retention"
    assert max(len(stem) for stem in stems("i" * 1_000_000, "fr")) <= 60


def test_stems_keep_what_carries_meaning() -> None:
    """Little words are left out, the others are cut to their stems in the order in which they come."""
    assert stems("The costs of our acquisitions", "en") == ("cost", "acquisit")
    assert stems("Les coûts de l'acquisition", "fr") == ("cout", "acquisit")
    assert stem_keywords({"en": ["the costs of sales", "sale cost", "of the"]}) == {"en": [("cost", "sale")], "fr": []}


TEXTS = {
    "nps": ["Net Promoter Score", "recommandation"],
    "csat": ["Satisfaction score", "satisfaction client"],
    "ces": ["Effort", "client"],
    "cost-per-click": ["Coût par clic", "ce que coûte une visite"],
}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("satisf", ["csat"]), ("scores", ["csat", "nps"]), ("CLIENTS", ["ces", "csat"]), ("client satisfaction", ["csat"]), ("nps", ["nps"]),
        ("cout", ["cost-per-click"]), ("coûts visites", ["cost-per-click"]), ("cost click", ["cost-per-click"]), ("par", ["cost-per-click"]),
        ("score nonsense", []), ("", []), ("  ", []), ("!?", []), ("nonsense", []), ("x" * 100_000, []), ("\ud800", []),
    ],
)  # fmt: skip
def test_search_finds_half_words_and_both_languages(query: str, found: list[str]) -> None:
    """A text is found by every word of a query, or its beginning, in either language, the most telling text first, ties by id."""
    assert rank_texts(query, TEXTS) == found
    assert rank_texts(query, dict(reversed(TEXTS.items()))) == found
