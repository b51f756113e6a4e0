"""Scores and ranks: how evidence for and against one KPI becomes its place.

For one KPI under one KPO, `support = 1 - prod(1 - w)` over the rules that speak for it and
`score = support * prod(1 - d)` over those that speak against it. The products are kept as sums of logarithms in fixed
point ("nats", integers), so that the order of rules changes nothing, many strong rules never tie at 1.0, and every engine
gets the same number to the last bit. The combination is the noisy-or of Pearl (Probabilistic Reasoning in Intelligent
Systems, 1988, section 4.3).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

SCALE = 1 << 40
"""Fixed-point units of one nat."""

CERTAIN = 1 - 1e-6
"""The belief that a weight of 1 counts as: a belief that nothing could raise would make strong KPIs tie."""


@lru_cache(maxsize=4096)
def nats(weight: float) -> int:
    """`-ln(1 - weight)` in fixed point, for a weight from 0 to 1."""
    return round(-math.log1p(-min(weight, CERTAIN)) * SCALE)


def belief(strength: float) -> float:
    """The score, 0 to 1, that a strength in fixed-point nats stands for: the inverse of `nats`."""
    return abs(math.expm1(-strength / SCALE))


@dataclass(slots=True)
class Tallies:
    """The evidence on all KPIs under one KPO, by the KPI's position in the catalogue.

    `support` and `against` are sums of nats; `excluded` KPIs have no place in the ranking, whatever their support.
    """

    support: dict[int, int] = field(default_factory=dict)
    against: dict[int, int] = field(default_factory=dict)
    excluded: set[int] = field(default_factory=set)

    def strengths(self) -> dict[int, int]:
        """The net evidence of every recommended KPI in nats, `-ln(1 - score)`. Equals its support when nothing speaks against."""
        against, excluded = self.against, self.excluded
        return {
            kpi: strength(support, against[kpi]) if kpi in against else support
            for kpi, support in self.support.items()
            if support and kpi not in excluded
        }

    def rank(self) -> list[tuple[int, int]]:
        """The recommended KPIs with their strength, best first; equal strength by more support, then by id."""
        strengths, support = self.strengths(), self.support
        return sorted(strengths.items(), key=lambda item: (-item[1], -support[item[0]], item[0]))


def strength(support: int, against: int) -> int:
    """`-ln(1 - score)` in fixed point, for a score of `(1 - exp(-support)) * exp(-against)`."""
    if not against:
        return support
    score = belief(support) * math.exp(-against / SCALE)
    return round(-math.log1p(-score) * SCALE)


def priority_weight(priority: int | None) -> float:
    """How much a KPO counts in the overall ranking: 1 for the first priority or none, a half for the second, a third ..."""
    return 1.0 if priority is None else 1.0 / priority


def overall_strength(parts: Iterable[tuple[int, float]]) -> int:
    """Combines the strengths of one KPI over KPOs, each with its priority weight: `1 - prod(1 - p * score)` in nats."""
    return sum(part if weight == 1.0 else round(-math.log1p(-weight * belief(part)) * SCALE) for part, weight in parts)


def rank_overall(kpos: Sequence[tuple[Mapping[int, int], float]]) -> list[tuple[int, int, list[int]]]:
    """The overall ranking: (KPI, strength, positions of the KPOs that recommend it), best first, ties by id.

    `kpos` holds the strengths of each KPO's recommended KPIs, with its priority weight.
    """
    supporters: dict[int, list[int]] = {}
    for position, (strengths, _) in enumerate(kpos):
        for kpi in strengths:
            supporters.setdefault(kpi, []).append(position)
    rows = []
    for kpi, positions in supporters.items():
        total = overall_strength((kpos[position][0][kpi], kpos[position][1]) for position in positions)
        rows.append((-total, kpi, positions))
    return [(kpi, -negative, positions) for negative, kpi, positions in sorted(rows)]
