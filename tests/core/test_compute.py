"""Values of KPIs: formulas, composites with their decomposition, and what is wrong with the inputs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpirules import InputError, KnowledgeBase, compute
from kpirules.computation import ComputeError, composite_value
from kpirules.kpi import Composite
from tests.conftest import make_kpi

COMPONENTS = [
    {"kpi": "love", "weight": 0.6, "scale": [0, 10]},
    {"kpi": "effort", "weight": 0.3, "scale": [1, 7]},
    {"kpi": "buzz", "weight": 0.1, "scale": [0.5, 1.5], "relative": True},
]
VALUES = {"love": 8.0, "effort": 4.0, "buzz": 120.0, "buzz.base": 100.0}


def documents(**changes: Any) -> list[dict[str, Any]]:
    """A catalogue with a composite of three KPIs, one of them to minimise."""
    composite = {"components": COMPONENTS, "missing": "renormalise", "at_least": 0.5, "example": {**VALUES, "result": 70}, **changes}
    index = {key: value for key, value in make_kpi("index", composite=composite).items() if key != "method"}
    rate = {key: value for key, value in make_kpi("rate").items() if key != "method"}
    rate["formula"] = {
        "expression": "wins / games",
        "variables": {"wins": {"unit": "count"}, "games": {"unit": "count"}},
        "example": {"wins": 1, "games": 4, "result": 0.25},
    }
    return [{"kpis": [make_kpi("love"), make_kpi("effort", direction="minimize"), make_kpi("buzz"), make_kpi("seen"), index, rate]}]


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeBase:
    """The catalogue, compiled."""
    return KnowledgeBase.from_documents(documents())


def test_a_formula(knowledge: KnowledgeBase) -> None:
    """A KPI with a formula is computed from its variables."""
    found = compute(knowledge, "rate", {"wins": 3, "games": 12})
    assert (found.result, found.expression) == (0.25, "wins / games")


def test_a_composite_by_hand(knowledge: KnowledgeBase) -> None:
    """0.6 x 0.8 + 0.3 x (1 - 0.5) + 0.1 x 0.7 = 0.70, and the parts add up to it."""
    found = compute(knowledge, "index", VALUES)
    assert found.result == pytest.approx(70)
    assert {part.kpi: round(part.points, 6) for part in found.contributions} == {"love": 48, "effort": 15, "buzz": 7}
    assert not found.missing


def test_a_missing_component_is_carried_by_the_others(knowledge: KnowledgeBase) -> None:
    """Weights of those present are renormalised: (0.6 x 0.8 + 0.3 x 0.5) / 0.9."""
    found = compute(knowledge, "index", {"love": 8, "effort": 4})
    assert found.result == pytest.approx(70)
    assert found.missing == ("buzz",)
    assert sum(part.weight for part in found.contributions) == pytest.approx(1)


@pytest.mark.parametrize(
    ("kpi", "values", "message"),
    [
        ("index", {"effort": 4.0}, "those given carry 30% of the weight, 50% is needed"),
        ("index", {"love": 8.0, "buzz": 3.0}, "give buzz.base too"),
        ("index", {"love": 8.0, "buzz": 3.0, "buzz.base": 0.0}, "must be above zero"),
        ("index", {"lov": 8.0}, "did you mean 'love'"),
        ("rate", {"wins": 3.0}, "no value for games"),
        ("rate", {"wins": 3.0, "games": 0.0}, "division by zero"),
        ("rate", {"wins": 3.0, "games": 2.0, "losses": 1.0}, "there is no input 'losses'"),
        ("seen", {}, "observed, not computed"),
    ],
)
def test_wrong_values(knowledge: KnowledgeBase, kpi: str, values: dict[str, float], message: str) -> None:
    """Each mistake is named."""
    with pytest.raises(ComputeError, match=message):
        compute(knowledge, kpi, values)


def test_an_unknown_kpi(knowledge: KnowledgeBase) -> None:
    """The nearest id is proposed."""
    with pytest.raises(InputError, match="did you mean 'index'"):
        compute(knowledge, "indx", {})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"components": [{**COMPONENTS[0], "weight": 0.7}, *COMPONENTS[1:]]}, "sum to 1.1"),
        ({"components": [{**COMPONENTS[0], "kpi": "loves"}, *COMPONENTS[1:]]}, "did you mean 'love'"),
        ({"components": [{**COMPONENTS[0], "kpi": "index"}, *COMPONENTS[1:]]}, "can't be a component here"),
        ({"components": [{**COMPONENTS[0], "scale": [5, 5]}, *COMPONENTS[1:]]}, "from its lower value to its upper one"),
        ({"example": {**VALUES, "result": 71}}, "the composite gives 70"),
        ({"example": {"love": 8, "result": 80}, "missing": "refuse"}, "the example can't be computed"),
        ({"example": VALUES}, "a value, and the result"),
    ],
)
def test_a_wrong_composite(changes: dict[str, Any], message: str) -> None:
    """A composite that can't be right is refused when it is loaded."""
    with pytest.raises(InputError, match=message):
        KnowledgeBase.from_documents(documents(**changes))


@given(
    values=st.fixed_dictionaries(
        {"love": st.floats(-5, 15), "effort": st.floats(0, 9), "buzz": st.floats(0, 500), "buzz.base": st.floats(1, 500)}
    ),
)
def test_properties_of_composites(values: dict[str, float]) -> None:
    """The index stays between 0 and 100, is the sum of its parts, and moving a weight brackets it."""
    composite = Composite.model_validate_json(json.dumps({"components": COMPONENTS, "missing": "refuse", "example": {}}))
    found = composite_value(composite, {"love": "maximize", "effort": "minimize", "buzz": "maximize"}, values)
    assert -1e-9 <= found.result <= 100 + 1e-9
    assert sum(part.points for part in found.contributions) == pytest.approx(found.result)
    for part in found.contributions:
        low, high = sorted((part.if_heavier, part.if_lighter))
        assert low - 1e-9 <= found.result <= high + 1e-9
