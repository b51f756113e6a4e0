"""Recognises keywords in a statement, whatever its accents, case, plurals and word order.

Words are stemmed by Snowball's algorithms for English and French, accents taken off first on both sides, since clients
leave them out as often as not.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, NamedTuple

LANGUAGES = {"en": "English", "fr": "French"}

MAX_WORDS = 400
"""Words of a statement that are read."""

_WORD = re.compile(r"[^\W_]{1,60}")  # a longer one is no word, and would take a stemmer long
_STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "for",
        "from",
        "in",
        "my",
        "of",
        "on",
        "or",
        "our",
        "the",
        "their",
        "to",
        "we",
        "with",
        "your",
        "au",
        "aux",
        "avec",
        "ce",
        "ces",
        "d",
        "dans",
        "de",
        "des",
        "du",
        "en",
        "et",
        "l",
        "la",
        "le",
        "les",
        "leur",
        "leurs",
        "ma",
        "mes",
        "mon",
        "nos",
        "notre",
        "par",
        "pour",
        "qu",
        "que",
        "s",
        "sa",
        "se",
        "ses",
        "son",
        "sur",
        "un",
        "une",
        "vos",
        "votre",
    ]
)


def stems(text: str, language: str) -> tuple[str, ...]:
    """The stems of the words that carry meaning, in order. `language` is en or fr."""
    return tuple(_stem(word, language) for word in _words(text)[:MAX_WORDS] if word not in _STOP_WORDS)


def _words(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return _WORD.findall("".join(character for character in decomposed if not unicodedata.combining(character)))


@lru_cache(maxsize=65_536)
def _stem(word: str, language: str) -> str:
    return str(_stemmer(language).stemWord(word))


_STEMMERS = f"{__name__}.stemmers"


@cache
def _stemmer(language: str) -> Any:
    """The stemmer of a language, always the one in Python: a compiled one that happens to be there may be of another version.

    Its module is imported under a package of ours with the folder of snowballstemmer, whose own start imports some forty languages
    and takes longer than the evaluation of a profile.
    """
    if _STEMMERS not in sys.modules:
        found = find_spec("snowballstemmer")
        package = ModuleType(_STEMMERS)
        package.__path__ = list(found.submodule_search_locations or ()) if found else []
        sys.modules[_STEMMERS] = package
    name = LANGUAGES[language]
    return getattr(import_module(f"{_STEMMERS}.{name.lower()}_stemmer"), f"{name}Stemmer")()


class Match(NamedTuple):
    """How strongly a statement speaks of one id. `strength` only has a meaning beside the strength of others."""

    id: str
    strength: float


KeywordTables = Mapping[str, Mapping[str, Sequence[tuple[Sequence[str], Sequence[str]]]]]
"""A name, the language and an initial, as `topics/en/a` -> the first of a keyword's stems -> keywords (all their stems) with the
ids that have them. A start reads the few of these tables that the words of a statement ask for."""


class KeywordIndex:
    """Keywords of many ids, ready to be looked up in statements: those of `name` in tables made by `keyword_tables`."""

    def __init__(self, tables: KeywordTables, name: str) -> None:
        self._tables, self._name = tables, name

    def matches(self, statement: str) -> tuple[Match, ...]:
        """The ids that the statement speaks of, strongest first, ties by id.

        A keyword of n words counts n ** 1.5, shared among the ids that have it; one that lies inside a longer keyword of
        the statement counts nothing ("acquisition" inside "acquisition cost"). The language that fits better decides.
        """
        best = max((self._in_language(statement, language) for language in LANGUAGES), key=lambda found: sum(found.values()))
        return tuple(sorted((Match(owner, strength) for owner, strength in best.items()), key=lambda m: (-m.strength, m.id)))

    def _in_language(self, statement: str, language: str) -> dict[str, float]:
        words = frozenset(stems(statement, language))
        found = {
            frozenset(phrase): owners
            for word in words
            for phrase, owners in self._tables.get(f"{self._name}/{language}/{word[0]}", {}).get(word, ())
            if words.issuperset(phrase)
        }
        strengths: dict[str, float] = defaultdict(float)
        for phrase in sorted(found, key=sorted):
            if any(phrase < longer for longer in found):
                continue
            owners = found[phrase]
            for owner in owners:
                strengths[owner] += len(phrase) ** 1.5 / len(owners)
        return strengths


def rank_texts(query: str, texts: Mapping[str, Iterable[str]]) -> list[str]:
    """The ids whose texts hold every word of a query, best first. Each id's texts go from the most telling to the least.

    A word also matches as the beginning of another one, so that half a word finds something.
    """
    found = []
    words = _words(query)
    wanted = [{_stem(word, language) for language in LANGUAGES} | {word} for word in words]
    for identity, parts in texts.items():
        depths = []
        for alternatives in wanted:
            depth = next((depth for depth, part in enumerate([identity, *parts]) if _holds(part, alternatives)), None)
            depths.append(depth)
        if words and None not in depths:
            found.append((sum(depth for depth in depths if depth is not None), identity))
    return [identity for _, identity in sorted(found)]


def _holds(text: str, alternatives: set[str]) -> bool:
    return any(word.startswith(alternative) for word in _words(text) for alternative in alternatives)


def stem_keywords(keywords: Mapping[str, Iterable[str]]) -> dict[str, list[tuple[str, ...]]]:
    """Keywords per language as sorted tuples of stems, the form that `keyword_tables` takes."""
    return {
        language: sorted(words for words in {tuple(sorted(set(stems(phrase, language)))) for phrase in keywords.get(language, ())} if words)
        for language in LANGUAGES
    }


def keyword_tables(name: str, keywords: Mapping[str, Mapping[str, Iterable[Iterable[str]]]]) -> KeywordTables:
    """The tables of a `KeywordIndex`. `keywords`: id -> language -> keywords, each already stemmed (see `stem_keywords`)."""
    tables: dict[str, dict[str, list[tuple[list[str], list[str]]]]] = {}
    for language in LANGUAGES:
        owners: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for owner, by_language in keywords.items():
            for phrase in by_language.get(language, ()):
                owners[tuple(sorted(set(phrase)))].add(owner)
        for words, having in sorted(owners.items()):
            if words:
                table = tables.setdefault(f"{name}/{language}/{words[0][0]}", {})
                table.setdefault(words[0], []).append((list(words), sorted(having)))
    return tables
