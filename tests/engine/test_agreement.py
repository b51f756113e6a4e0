"""All engines say the same as the reference interpreter, on anything."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from kpirules import Evaluation, KnowledgeBase, Recommender
from kpirules.engine import matcher
from kpirules.engine.matcher import FieldTable, Matcher
from kpirules.language import condition
from kpirules.language.condition import Between, OneOf, Scalar
from kpirules.language.fields import FactValue
from tests.conftest import DAY
from tests.engine.generate import PROFILES, knowledge_of, rulesets

Documents = list[dict[str, Any]]
Profiles = list[dict[str, Any]]

DAYS = st.sampled_from([DAY, DAY - datetime.timedelta(1), DAY + datetime.timedelta(1)])
EXAMPLES = st.tuples(rulesets(least=2), st.lists(PROFILES, min_size=3, max_size=8), DAYS)
"""One knowledge base, several profiles, a day."""


def everything_of(evaluation: Evaluation) -> str:
    """All that an evaluation says, as a text that tells True from 1 and 1 from 1.0."""
    kpos = range(len(evaluation.objectives))
    tallies = [(sorted(t.support.items()), sorted(t.against.items()), sorted(t.excluded), t.rank()) for t in evaluation.tallies]
    facts = [sorted(facts.items()) for facts in (evaluation.shared, *evaluation.objectives, *evaluation.platforms)]
    firings = [list(evaluation.firings(kpo)) for kpo in kpos]
    return "\n".join(map(repr, (facts, evaluation.derivations, evaluation.conflicts, firings, tallies)))


def disagreements(knowledge: KnowledgeBase, profiles: Profiles, day: datetime.date) -> list[tuple[str, str]]:
    """What the reference and the native engine say of these profiles, where they differ; of the first one, the whole result."""
    reference, native = Recommender(knowledge, engine="reference"), Recommender(knowledge, engine="native")
    situations = [reference.situation(profile, day) for profile in profiles]
    pairs = [(everything_of(reference.evaluate(situation)), everything_of(native.evaluate(situation))) for situation in situations]
    results = [recommender.recommend_data(profiles[0], as_of=day) for recommender in (reference, native)]
    assert [result.pop("engine") for result in results] == ["reference", "native"]
    return [(one, other) for one, other in (*pairs, map(json.dumps, results)) if one != other]


@settings(max_examples=1000)
@given(EXAMPLES)
def test_the_native_engine_agrees_with_the_reference(example: tuple[Documents, Profiles, datetime.date]) -> None:
    """Both engines give equal facts, derivations, conflicts, firings, tallies, ranks and whole recommendations, evidence included."""
    documents, profiles, day = example
    assert disagreements(knowledge_of(documents), profiles, day) == []


def closed_as_open(atom: OneOf | Between, value: Scalar) -> bool:
    """A broken `<=`, which leaves its bound out."""
    if isinstance(atom, Between):
        atom = Between(atom.field, atom.low, atom.high, atom.low_open, True)
    return condition.test_value(atom, value)


def first_alone(table: FieldTable, value: FactValue, satisfied: Any = FieldTable.satisfied) -> Any:
    """A broken test of a list, which asks its first element only."""
    return satisfied(table, value[:1] if isinstance(value, tuple) else value)


@pytest.mark.parametrize(
    ("owner", "name", "broken"),
    [(matcher, "test_value", closed_as_open), (FieldTable, "satisfied", first_alone)],
)
def test_a_broken_operator_is_caught(owner: Any, name: str, broken: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The agreement property fails for an engine with one broken operator, as it would for a fault of our own."""

    def caught(example: tuple[Documents, Profiles, datetime.date]) -> bool:
        documents, profiles, day = example
        return bool(disagreements(knowledge_of(documents), profiles, day))

    monkeypatch.setattr(owner, name, broken)
    counterexample = find(EXAMPLES, caught, settings=settings(max_examples=2000, phases=[Phase.generate], report_multiple_bugs=False))
    monkeypatch.undo()
    assert not caught(counterexample)


@settings(max_examples=50)
@given(rulesets(least=2))
def test_the_native_tables_survive_the_cache(documents: Documents) -> None:
    """The tables of the native engine are the same after they went to disk as JSON, numbers of any size included."""
    knowledge = knowledge_of(documents)
    tables = Matcher.build(knowledge.rules).to_json()
    assert Matcher.from_json(json.loads(json.dumps(tables))).to_json() == tables
