"""The native engine against the reference interpreter, on the installed knowledge, one fresh profile at a time.

python -m benchmarks.engines [profiles]
"""

from __future__ import annotations

import statistics
import sys
import time
from itertools import islice

from benchmarks.profiles import random_profiles
from kpirules import KnowledgeBase, Recommender
from kpirules.engine.base import make_engine


def main(count: int) -> None:
    """Interleave the two engines over the same situations and print medians and their ratio."""
    knowledge = KnowledgeBase.load()
    recommender = Recommender(knowledge)
    situations = [recommender.situation(profile) for profile in islice(random_profiles(knowledge, seed=1), count)]
    engines = {name: make_engine(name, knowledge) for name in ("native", "reference")}
    times: dict[str, list[float]] = {name: [] for name in (*engines, "native, ranked", "recommend_data")}
    for situation in situations:
        for name, engine in engines.items():
            start = time.perf_counter()
            engine.evaluate(situation)
            times[name].append(time.perf_counter() - start)
        start = time.perf_counter()
        recommender.overall(engines["native"].evaluate(situation))
        times["native, ranked"].append(time.perf_counter() - start)
    for profile in islice(random_profiles(knowledge, seed=2), min(count, 200)):
        start = time.perf_counter()
        recommender.recommend_data(profile, top=10)
        times["recommend_data"].append(time.perf_counter() - start)
    print(f"{len(knowledge.rules)} rules, {len(knowledge.kpi_ids)} KPIs, {count} fresh profiles; medians, one thread")
    base = statistics.median(times["native"])
    for name, values in times.items():
        median = statistics.median(values)
        print(f"  {name:16s} {median * 1e6:9.1f} us   {median / base:7.2f} x native")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
