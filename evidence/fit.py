"""Fits the weights of the rules to the rankings of the evidence, near what their authors wrote.

    python evidence/fit.py                 how well the rules reproduce each context, fitted on two thirds, measured on the rest
    python evidence/fit.py --write         fit on all contexts and write the weights into the rule files, in place
    python evidence/fit.py --gaps          what specialists name and no rule says, by the facts that the contexts share

For one KPI under one KPO, S is the sum of -ln(1 - w) over its rules and the score (1 - exp(-S)) exp(-D), as in `kpirules.ranking`.
The fit turns the strengths of all candidates in a context into a distribution, compares it with the specialist's (the first three
KPIs count 3, the next three 2, the others 1) by cross-entropy, as ListNet does (Cao et al., ICML 2007), and pays for every step
away from the author's weight. The cases beside the rules speak too, more softly, so that what they demand is not fitted away.
Weights against a KPI are not fitted: they are principles, and rankings say little about them.
"""

from __future__ import annotations

import argparse
import math
import re
import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from kpirules import Recommender
from kpirules.casetest import case_files, read_cases
from kpirules.documents import read_file
from kpirules.ranking import SCALE, nats, priority_weight

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
LEAST, MOST = 0.05, 0.95
"""Between what a fitted weight stays."""
SHARPNESS = 1.5
"""The power of the strength in the distribution over candidates."""
PULL = 0.15
"""What a weight's move away from its author's costs, per unit of log strength squared."""
CASE = 0.3
"""How much a case counts beside a context, which ranks ten KPIs where a case names a few."""


def gain(position: int) -> int:
    """How much a KPI counts by its position in the specialist's ranking."""
    return 3 if position < 3 else 2 if position < 6 else 1


def contexts() -> list[dict[str, Any]]:
    """All contexts of the evidence, with the gain of each KPI; `apart` marks the third that is held back from fitting."""
    found = [row for file in sorted(FOLDER.glob("*.yaml")) for row in yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)["contexts"]]
    return [
        {
            "profile": row["profile"],
            "gains": {kpi: gain(position) for position, kpi in enumerate(row["kpis"])},
            "counts": 1.0,
            "apart": zlib.crc32(row["id"].encode()) % 3 == 0,
        }
        for row in found
    ]


def cases() -> list[dict[str, Any]]:
    """The cases beside the rules, in the form of contexts: what must come first counts 3, what must be there 1."""
    found = [located.case for root in ("plugins", "rulesets") for file in case_files(ROOT / root) for located in read_cases(file)]
    return [
        {
            "profile": case.profile,
            "gains": {**dict.fromkeys(case.expect.recommended, 1), **dict.fromkeys(case.expect.top, 3)},
            "counts": CASE,
        }
        for case in found
    ]


@dataclass(slots=True)
class Part:
    """A context as the fit sees it: candidates, and for each KPO its priority and the terms (candidate, weight) that speak."""

    counts: float
    target: np.ndarray
    priorities: np.ndarray
    kpo: np.ndarray
    candidate: np.ndarray
    weight: np.ndarray
    against: np.ndarray


class Problem:
    """The weights of all rules, and the contexts in which they speak."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.recommender = Recommender()
        knowledge = self.recommender.knowledge
        self.rows = rows
        self.names = knowledge.kpi_ids
        self.keys = [(rule.index, kpi) for rule in knowledge.rules for kpi, _ in rule.recommend]
        self.position = {key: index for index, key in enumerate(self.keys)}
        self.written = np.array([weight for rule in knowledge.rules for _, weight in rule.recommend])
        self.spoken = Counter[int]()
        self.parts = [self._part(row) for row in rows]

    def _part(self, row: dict[str, Any]) -> Part:
        knowledge, recommender = self.recommender.knowledge, self.recommender
        evaluation = recommender.evaluate(recommender.situation(row["profile"]))
        terms: list[tuple[int, int, int]] = []
        against: dict[tuple[int, int], float] = defaultdict(float)
        excluded: set[tuple[int, int]] = set()
        for kpo in range(len(evaluation.priorities)):
            for firing in evaluation.firings(kpo):
                rule = knowledge.rules[firing.rule]
                terms += [(kpo, kpi, self.position[rule.index, kpi]) for kpi, _ in rule.recommend]
                excluded |= {(kpo, kpi) for kpi in rule.exclude}
                for kpi, weight in rule.discourage:
                    against[kpo, kpi] += nats(weight) / SCALE
        terms = [term for term in terms if term[:2] not in excluded]
        candidates = sorted({kpi for _, kpi, _ in terms})
        index = {kpi: position for position, kpi in enumerate(candidates)}
        relevance = {knowledge.kpi_index[kpi]: gained for kpi, gained in row["gains"].items()}
        self.spoken.update({position for _, _, position in terms})
        table = np.zeros((len(evaluation.priorities), len(candidates)))
        for (kpo, kpi), amount in against.items():
            if kpi in index:
                table[kpo, index[kpi]] = amount
        return Part(
            counts=row["counts"],
            target=np.array([relevance.get(kpi, 0.0) for kpi in candidates], dtype=float),
            priorities=np.array([priority_weight(priority) for priority in evaluation.priorities]),
            kpo=np.array([term[0] for term in terms], dtype=int),
            candidate=np.array([index[term[1]] for term in terms], dtype=int),
            weight=np.array([term[2] for term in terms], dtype=int),
            against=table,
        )

    def strengths(self, part: Part, supports: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The strength of each candidate over the KPOs, and its derivative by each (KPO, candidate) support."""
        support = np.zeros_like(part.against)
        np.add.at(support, (part.kpo, part.candidate), supports[part.weight])
        score = -np.expm1(-support) * np.exp(-part.against) * part.priorities[:, None]
        score = np.minimum(score, 1 - 1e-9)
        slope = np.exp(-support - part.against) * part.priorities[:, None] / (1 - score)
        return -np.log1p(-score).sum(axis=0), slope

    def fit(self, chosen: list[int], steps: int = 400, rate: float = 0.03) -> np.ndarray:
        """The weights that reproduce the chosen contexts best."""
        start = np.log(-np.log1p(-np.clip(self.written, LEAST, MOST)))
        low, high = (math.log(-math.log1p(-bound)) for bound in (LEAST, MOST))
        logs, first, second = start.copy(), np.zeros_like(start), np.zeros_like(start)
        for step in range(1, steps + 1):
            supports = np.exp(logs)
            gradient = 2 * PULL * (logs - start)
            for number in chosen:
                part = self.parts[number]
                if part.target.sum() == 0:
                    continue
                total, slope = self.strengths(part, supports)
                power = SHARPNESS * np.log(total + 1e-9)
                share = np.exp(power - power.max())
                by_total = part.counts * SHARPNESS * (share / share.sum() - part.target / part.target.sum()) / (total + 1e-9)
                np.add.at(gradient, part.weight, by_total[part.candidate] * slope[part.kpo, part.candidate] * supports[part.weight])
            first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
            logs -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
            logs = np.clip(logs, low, high)
        fitted = -np.expm1(-np.exp(logs))
        spoken = np.array([self.spoken[position] > 0 for position in range(len(fitted))])
        return np.where(spoken, np.round(fitted, 2), self.written)

    def ranking(self, number: int, weights: np.ndarray) -> list[str]:
        """The candidates of a context, best first."""
        part = self.parts[number]
        total, _ = self.strengths(part, -np.log1p(-np.minimum(weights, 1 - 1e-6)))
        candidates = self._candidates(part)
        return [self.names[candidates[place]] for place in sorted(range(len(total)), key=lambda place: (-total[place], candidates[place]))]

    def _candidates(self, part: Part) -> list[int]:
        found = {int(place): self.keys[weight][1] for place, weight in zip(part.candidate, part.weight, strict=True)}
        return [found[place] for place in range(len(found))]

    def quality(self, number: int, weights: np.ndarray) -> float:
        """Graded nDCG@10 of a context."""
        relevance: dict[str, int] = self.rows[number]["gains"]
        found = sum(relevance.get(kpi, 0) / math.log2(place + 2) for place, kpi in enumerate(self.ranking(number, weights)[:10]))
        best = sum(value / math.log2(place + 2) for place, value in enumerate(sorted(relevance.values(), reverse=True)[:10]))
        return found / best


def report(problem: Problem, fitted: np.ndarray) -> None:
    """Quality before and after, on the contexts fitted and on those held apart, by objective type."""
    by_type: dict[tuple[str, bool], list[tuple[float, float]]] = defaultdict(list)
    for number, row in enumerate(problem.rows):
        if "apart" not in row:
            continue
        scores = (problem.quality(number, problem.written), problem.quality(number, fitted))
        for name in ("all", row["profile"]["objectives"][0]["type"]):
            by_type[name, row["apart"]].append(scores)
    print(f"{'graded nDCG@10':26s}    fitted on             held apart\n{'':26s}  n written fitted     n written fitted")
    for name in ["all", *sorted({name for name, _ in by_type} - {"all"})]:
        cells = []
        for apart in (False, True):
            pairs = by_type[name, apart]
            before, after = (float(np.mean([pair[side] for pair in pairs])) if pairs else float("nan") for side in (0, 1))
            cells.append(f"{len(pairs):3d}   {before:.3f}  {after:.3f}")
        print(f"{name:26s}{'   '.join(cells)}")


def gaps(problem: Problem, least: int = 3) -> None:
    """KPIs that specialists put among their first six and that no rule brings up, by facts that at least three contexts share."""
    missed: Counter[tuple[tuple[str, ...], str]] = Counter()
    seen: Counter[tuple[str, ...]] = Counter()
    for number, row in enumerate(problem.rows):
        if "apart" not in row:
            continue
        profile, objective = row["profile"], row["profile"]["objectives"][0]
        topics = problem.recommender.situation(profile).objectives[0].get("objective.topics", ())
        kind = objective["type"]
        facts: set[tuple[str, ...]] = {(kind,)}
        facts |= {(kind, f"platform {name}") for name in profile.get("platforms", ()) if isinstance(name, str)}
        facts |= {(kind, f"{key} {value}") for key, value in profile.get("company", {}).items()}
        facts |= {(kind, f"topic {topic}") for topic in (topics if isinstance(topics, tuple) else ())}
        first = set(problem.ranking(number, problem.written)[:10])
        for fact in facts:
            seen[fact] += 1
            missed.update((fact, kpi) for kpi, gained in row["gains"].items() if gained > 1 and kpi not in first)
    for (fact, kpi), count in sorted(missed.items(), key=lambda item: -item[1] / seen[item[0][0]]):
        if count >= least and count / seen[fact] >= 0.3:
            print(f"{count:3d} of {seen[fact]:3d}  {' + '.join(fact):60s} {kpi}")


def write(problem: Problem, fitted: np.ndarray) -> int:
    """Puts the fitted weights into the files, each in its own place; nothing else in them changes."""
    rules = problem.recommender.knowledge.rules
    changed = 0
    new: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for (rule, kpi), weight in zip(problem.keys, fitted, strict=True):
        new[rules[rule].place.source][rules[rule].id.partition("/")[2]][problem.names[kpi]] = float(weight)
    for source, wanted in new.items():
        if not Path(source).resolve().is_relative_to(ROOT) or Path(source).parent.name == "article":
            continue  # what others wrote stays as they wrote it: rules of elsewhere, and the article that started it all
        document = read_file(Path(source))
        lines = Path(source).read_text(encoding="utf-8").splitlines(keepends=True)
        edits = []
        for position, rule in enumerate(document.root.data()["rules"]):
            for index, item in enumerate(rule.get("recommend", ())):
                weight = wanted.get(rule["id"], {}).get(item["kpi"])
                if weight is not None and abs(weight - item["weight"]) > 0.004:
                    place = document.locate(("rules", position, "recommend", index, "weight"))
                    edits.append((place.line or 1, place.column or 1, weight))
        for line, column, weight in sorted(edits, reverse=True):
            text = lines[line - 1]
            start = column - 1
            lines[line - 1] = text[:start] + re.sub(r"(weight:\s*)[\d.]+", rf"\g<1>{weight:g}", text[start:], count=1)
        changed += len(edits)
        if edits:
            Path(source).write_text("".join(lines), encoding="utf-8")
    return changed


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--gaps", action="store_true")
    arguments = parser.parse_args()
    problem = Problem([*contexts(), *cases()])
    everything = list(range(len(problem.rows)))
    if arguments.gaps:
        gaps(problem)
    elif arguments.write:
        print(f"{write(problem, problem.fit(everything))} weights changed")
    else:
        report(problem, problem.fit([number for number in everything if not problem.rows[number].get("apart")]))


if __name__ == "__main__":
    main()
