"""The headline set: the few KPIs of a ranking that a dashboard shows.

It follows the ranking, with four corrections: no two KPIs that say the same, a leading and a lagging one, a qualitative one
where the objective type asks for it, and one that keeps another honest where the catalogue declares it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

SIZE = 5
"""KPIs in a headline set."""

Wish = Callable[[str, Sequence[str]], bool]
"""Whether a KPI meets a wish, beside the others of a set."""


class Catalogue(NamedTuple):
    """What the choice needs to know: the KPI records, and for each KPI those that say the same."""

    kpis: Mapping[str, Mapping[str, Any]]
    same_as: Mapping[str, Sequence[str]]

    def redundant(self, kpi: str, chosen: Sequence[str]) -> bool:
        """Whether one of the chosen says the same."""
        return any(other in self.same_as.get(kpi, ()) for other in chosen)

    def wishes(self, qualitative: bool) -> list[Wish]:
        """What a headline set should hold, the most important first."""
        wishes: list[Wish] = [
            lambda kpi, _: self.kpis[kpi]["timing"] == "leading",
            lambda kpi, _: self.kpis[kpi]["timing"] == "lagging",
        ]
        if qualitative:
            wishes.append(lambda kpi, _: self.kpis[kpi]["kind"] == "qualitative")
        wishes.append(lambda kpi, others: any(kpi in self.kpis[other].get("balanced_by", ()) for other in others))
        return wishes


def headline(ranked: Sequence[str], catalogue: Catalogue, *, qualitative: bool, size: int = SIZE) -> list[str]:
    """The headline set of a ranking (KPI ids, best first), in ranking order.

    `qualitative` says whether the objective type asks for a qualitative KPI.
    """
    chosen: list[str] = []
    for kpi in ranked:
        if len(chosen) == size:
            break
        if not catalogue.redundant(kpi, chosen):
            chosen.append(kpi)
    wishes = catalogue.wishes(qualitative)
    for number, wish in enumerate(wishes):
        if not _met(wish, chosen):
            kept = [earlier for earlier in wishes[:number] if _met(earlier, chosen)]
            chosen = _bring_in(wish, kept, ranked, chosen, catalogue)
    return sorted(chosen, key=ranked.index)


def _met(wish: Wish, chosen: Sequence[str]) -> bool:
    return any(wish(kpi, chosen) for kpi in chosen)


def _bring_in(wish: Wish, kept: Sequence[Wish], ranked: Sequence[str], chosen: list[str], catalogue: Catalogue) -> list[str]:
    """The set with the best KPI that meets a wish, in place of the last one that no earlier wish hangs on; the first stays."""
    for candidate in ranked:
        if candidate in chosen or not wish(candidate, chosen):
            continue
        for victim in reversed(chosen[1:]):
            rest = [kpi for kpi in chosen if kpi != victim]
            if (
                wish(candidate, rest)
                and not catalogue.redundant(candidate, rest)
                and all(_met(other, [*rest, candidate]) for other in kept)
            ):
                return [*rest, candidate]
    return chosen
