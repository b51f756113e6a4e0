"""The headline set: the few KPIs that a dashboard shows."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpirules import Recommender
from kpirules.headline import SIZE, Catalogue, headline
from tests.conftest import DAY
from tests.engine.generate import PROFILES, knowledge_of, rulesets

IDS = ("a", "b", "c", "d", "e", "f", "g", "h")


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """KPIs of every kind, some of which say the same, some of which keep others honest."""
    kpis = {
        kpi: {
            "timing": draw(st.sampled_from(["leading", "leading", "lagging"])),
            "kind": draw(st.sampled_from(["quantitative", "quantitative", "qualitative"])),
            "balanced_by": draw(st.lists(st.sampled_from(IDS), max_size=1)),
        }
        for kpi in IDS
    }
    pairs = draw(st.lists(st.sampled_from(list(combinations(IDS, 2))), max_size=6))
    same = {kpi: [b for a, b in pairs if a == kpi] + [a for a, b in pairs if b == kpi] for kpi in IDS}
    return Catalogue(kpis, {kpi: others for kpi, others in same.items() if others})


RANKINGS = st.permutations(IDS).flatmap(lambda ids: st.integers(0, len(ids)).map(lambda size: ids[:size]))


def plain_set(ranked: list[str], catalogue: Catalogue) -> list[str]:
    """The best of a ranking, one of each that say the same."""
    chosen: list[str] = []
    for kpi in ranked:
        if len(chosen) < SIZE and not catalogue.redundant(kpi, chosen):
            chosen.append(kpi)
    return chosen


def exchanges(chosen: list[str], ranked: list[str], catalogue: Catalogue) -> list[list[str]]:
    """The sets without redundancy that come from a set by one exchange, in which the first stays."""
    sets = [[*(kpi for kpi in chosen if kpi != victim), other] for victim in chosen[1:] for other in ranked if other not in chosen]
    return [found for found in sets if not redundant_pairs(found, catalogue)]


def redundant_pairs(kpis: list[str], catalogue: Catalogue) -> list[tuple[str, str]]:
    """The pairs that say the same."""
    return [(one, other) for one, other in combinations(kpis, 2) if other in catalogue.same_as.get(one, ())]


@settings(max_examples=200)
@given(catalogues(), RANKINGS, st.booleans())
def test_a_headline_set_is_short_distinct_and_in_order(catalogue: Catalogue, ranked: list[str], qualitative: bool) -> None:
    """At most five KPIs of the ranking in its order, the best one among them, and no two that say the same."""
    chosen = headline(ranked, catalogue, qualitative=qualitative)
    assert len(chosen) <= SIZE
    assert chosen == [kpi for kpi in ranked if kpi in chosen]
    assert chosen[:1] == ranked[:1]
    assert redundant_pairs(chosen, catalogue) == []
    assert len(chosen) == len(plain_set(ranked, catalogue))


@settings(max_examples=200)
@given(catalogues(), RANKINGS, st.booleans())
def test_a_headline_set_looks_back_and_ahead(catalogue: Catalogue, ranked: list[str], qualitative: bool) -> None:
    """A leading and a lagging KPI are in the set when the plain best are, or when one exchange gets there."""
    timings: Callable[[list[str]], set[Any]] = lambda kpis: {catalogue.kpis[kpi]["timing"] for kpi in kpis}  # noqa: E731
    best = plain_set(ranked, catalogue)
    possible = max((timings(found) for found in (best, *exchanges(best, ranked, catalogue))), key=len)
    assert timings(headline(ranked, catalogue, qualitative=qualitative)) == possible


@settings(max_examples=200)
@given(catalogues(), RANKINGS)
def test_a_headline_set_has_a_qualitative_kpi_where_asked(catalogue: Catalogue, ranked: list[str]) -> None:
    """Where the objective type asks for it there is a qualitative KPI, unless no exchange brings one in that keeps both timings."""
    chosen = headline(ranked, catalogue, qualitative=True)
    describe: Callable[[list[str], str], set[Any]] = lambda kpis, key: {catalogue.kpis[kpi][key] for kpi in kpis}  # noqa: E731
    if "qualitative" not in describe(chosen, "kind"):
        for found in exchanges(chosen, ranked, catalogue):
            assert "qualitative" not in describe(found, "kind") or describe(found, "timing") < describe(chosen, "timing")


@settings(max_examples=60)
@given(rulesets(least=3), PROFILES)
def test_headline_sets_of_recommendations(documents: list[dict[str, Any]], profile: dict[str, Any]) -> None:
    """Every recommended KPO has a headline set that is short, distinct, and begins with the best KPI."""
    recommender = Recommender(knowledge_of(documents))
    same = recommender.knowledge.data["same_as"]
    for kpo in recommender.recommend_data(profile, as_of=DAY)["kpos"]:
        chosen = [row for row in kpo["kpis"] if row["headline"]]
        assert len(chosen) <= SIZE
        assert all(other["kpi"] not in same.get(one["kpi"], ()) for one, other in combinations(chosen, 2))
        if kpo["kpis"]:
            assert chosen[0] == kpo["kpis"][0]
        if len(kpo["kpis"]) <= SIZE:
            assert all(row["headline"] or any(other["kpi"] in same[row["kpi"]] for other in chosen) for row in kpo["kpis"])


def make_catalogue(same: dict[str, list[str]] | None = None, **kpis: str) -> Catalogue:
    """A catalogue from words: `lagging`, `qualitative`, `by-X` (balanced by X)."""
    records = {
        kpi: {
            "timing": "lagging" if "lagging" in words else "leading",
            "kind": "qualitative" if "qualitative" in words else "quantitative",
            "balanced_by": [word.removeprefix("by-") for word in words.split() if word.startswith("by-")],
        }
        for kpi, words in kpis.items()
    }
    return Catalogue(records, same or {})


@pytest.mark.parametrize(
    ("kpis", "same", "qualitative", "expected"),
    [
        ({"a": "", "b": "", "c": "lagging"}, {}, False, "abc"),
        ({"a": "", "b": "", "c": "", "d": "", "e": "", "f": ""}, {}, False, "abcde"),
        ({"a": "", "b": "", "c": "lagging"}, {"a": ["b"], "b": ["a"]}, False, "ac"),
        ({"a": "", "b": "", "c": "", "d": "", "e": "", "f": "lagging"}, {}, False, "abcdf"),
        ({"a": "lagging", "b": "lagging", "c": "lagging", "d": "lagging", "e": "lagging", "f": "lagging", "g": ""}, {}, False, "abcdg"),
        ({"a": "", "b": "", "c": "", "d": "", "e": "lagging", "f": "qualitative"}, {}, True, "abcef"),
        ({"a": "", "b": "", "c": "", "d": "", "e": "lagging", "f": "qualitative"}, {}, False, "abcde"),
        ({"a": "by-f", "b": "", "c": "", "d": "", "e": "lagging", "f": ""}, {}, False, "abcef"),
        ({"a": "", "b": "by-f", "c": "", "d": "", "e": "lagging", "f": "", "g": "qualitative"}, {}, True, "abefg"),
        ({"a": "", "b": "by-f", "c": "", "d": "", "e": "", "f": "lagging"}, {"f": ["a"], "a": ["f"]}, False, "abcde"),
        ({"a": ""}, {}, True, "a"),
        ({}, {}, True, ""),
    ],
)
def test_a_headline_set_by_example(kpis: dict[str, str], same: dict[str, list[str]], qualitative: bool, expected: str) -> None:
    """The best five, one of each that say the same, with a lagging, a qualitative and a balancing KPI in place of the last ones."""
    assert "".join(headline(list(kpis), make_catalogue(same, **kpis), qualitative=qualitative)) == expected
