"""Random profiles over the installed vocabulary, from a seed: each one is fresh, so that no memo flatters an engine."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from kpirules import KnowledgeBase
from kpirules.language.fields import Field


def random_profiles(knowledge: KnowledgeBase, seed: int) -> Iterator[dict[str, Any]]:
    """Endless profiles of one to three objectives, one to five platforms and about half of the company's facts."""
    chance = random.Random(seed)
    types, platforms = sorted(knowledge.data["objective_types"]), sorted(knowledge.data["platforms"])
    while True:
        yield {
            "company": _facts(knowledge, knowledge.fields.of("company"), chance),
            "objectives": [
                {"type": chance.choice(types), "priority": number + 1, **_facts(knowledge, _optional(knowledge), chance)}
                for number in range(chance.randint(1, 3))
            ],
            "platforms": [
                {"name": name, **_facts(knowledge, knowledge.fields.of("platform", name), chance)}
                for name in chance.sample(platforms, min(len(platforms), chance.randint(1, 5)))
            ],
            "audience": _facts(knowledge, knowledge.fields.of("audience"), chance),
        }


def _optional(knowledge: KnowledgeBase) -> dict[str, Field]:
    return {key: item for key, item in knowledge.fields.of("objective").items() if key not in ("type", "priority")}


def _facts(knowledge: KnowledgeBase, fields: dict[str, Field], chance: random.Random) -> dict[str, Any]:
    return {key: _value(knowledge, item, chance) for key, item in fields.items() if not item.computed and chance.random() < 0.5}


def _value(knowledge: KnowledgeBase, item: Field, chance: random.Random) -> Any:
    match item.type:
        case "boolean":
            return chance.random() < 0.5
        case "integer" | "number":
            return int(min(10 ** chance.uniform(0, 5), item.maximum if item.maximum is not None else 1e5))
        case "choice":
            values = sorted(knowledge.fields.allowed(item))
            return chance.sample(values, min(2, len(values))) if item.many else chance.choice(values)
        case _:
            return f"text {chance.randrange(1000)}"
