"""The registry of fields: which facts exist, what they may be, and what a wrong value is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kpirules.language.fields import BUILT_IN, SCOPES, Field, FieldRegistry, UnknownFieldError, field_from_json, field_to_json

LABEL = {"en": "label", "fr": "libellé"}
FIELDS = (
    Field("company.stage", "choice", LABEL, allowed={"launch": LABEL, "growth": LABEL}),
    Field("company.sector", "choice", LABEL, vocabulary="sectors"),
    Field("company.tags", "choice", LABEL, allowed={"a": LABEL, "b": LABEL}, many=True),
    Field("company.name", "text", LABEL),
    Field("company.employees", "integer", LABEL, minimum=0, maximum=1000),
    Field("audience.share", "number", LABEL, minimum=0.5, unit="percent"),
    Field("audience.analysed", "boolean", LABEL, question={"en": "Analysed?"}),
    Field("platform.followers", "integer", LABEL, platforms=("instagram", "linkedin")),
    Field("platform.ads", "boolean", LABEL, platforms=("instagram",)),
)
REGISTRY = FieldRegistry(FIELDS, {"sectors": ["retail", "food"]})


def test_fields_are_found_by_name() -> None:
    """The registry holds its fields under their names, in the order in which they came."""
    assert [field.name for field in REGISTRY] == [field.name for field in FIELDS]
    assert "company.stage" in REGISTRY
    assert "company.age" not in REGISTRY
    assert REGISTRY["company.stage"].scope == "company"
    assert REGISTRY["company.stage"].key == "stage"


@pytest.mark.parametrize(
    ("name", "nearest"), [("company.stgae", "company.stage"), ("Company.Stage", "company.stage"), ("platform.add", "platform.ads")]
)
def test_an_unknown_field_names_the_nearest(name: str, nearest: str) -> None:
    """A name that no field has raises, with the nearest one as the hint."""
    with pytest.raises(UnknownFieldError) as caught:
        REGISTRY[name]
    assert (caught.value.name, caught.value.hint) == (name, f"did you mean '{nearest}'?")


def test_a_scope_has_its_fields() -> None:
    """The fields of a scope are known by their keys; a platform has only its own."""
    assert list(REGISTRY.of("audience")) == ["share", "analysed"]
    assert list(REGISTRY.of("platform")) == ["followers", "ads"]
    assert list(REGISTRY.of("platform", "linkedin")) == ["followers"]
    assert REGISTRY.of("platform", "website") == {}
    assert REGISTRY.of("objective") == {}


def test_choices_allow_their_own_values_or_a_vocabulary() -> None:
    """What a choice allows is listed by the field, or in the vocabulary that it names; one that nobody filled allows nothing."""
    assert REGISTRY.allowed(REGISTRY["company.stage"]) == {"launch", "growth"}
    assert REGISTRY.allowed(REGISTRY["company.sector"]) == {"retail", "food"}
    assert FieldRegistry(FIELDS).allowed(REGISTRY["company.sector"]) == frozenset()
    assert "owned-social" in REGISTRY.allowed(Field("platform.kind", "choice", LABEL, vocabulary="platform_kinds"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("company.stage", "launch"), ("company.sector", "food"), ("company.tags", "a"), ("company.name", ""), ("company.employees", 0),
        ("company.employees", 1000), ("audience.share", 0.5), ("audience.share", 10**400), ("audience.analysed", False),
    ],
)  # fmt: skip
def test_right_values_have_no_problem(name: str, value: Any) -> None:
    """A value of the right type, inside the bounds, bounds included, is right; a whole number is a number."""
    assert REGISTRY.problem(REGISTRY[name], value) is None


@pytest.mark.parametrize(
    ("name", "value", "code", "message", "hint"),
    [
        ("company.stage", "lunch", "unknown-id", "'lunch' is no value of company.stage", "did you mean 'launch'?"),
        ("company.stage", "zzz", "unknown-id", "'zzz' is no value of company.stage", "allowed: growth, launch"),
        ("company.stage", 3, "wrong-type", "company.stage is one of its ids, found 3", "allowed: growth, launch"),
        ("company.stage", None, "wrong-type", "company.stage is one of its ids, found None", "allowed: growth, launch"),
        ("company.tags", True, "wrong-type", "company.tags is a list, each one of its ids, found True", "allowed: a, b"),
        ("company.name", 3, "wrong-type", "company.name is a text, found 3", "put it in quotes"),
        ("company.name", None, "wrong-type", "company.name is a text, found None", ""),
        ("company.employees", True, "wrong-type", "company.employees is a whole number, found True", ""),
        ("company.employees", 6.0, "wrong-type", "company.employees is a whole number, found 6.0", ""),
        ("company.employees", "6 000 €", "wrong-type", "company.employees is a whole number, found '6 000 €'", "write the number without quotes"),
        ("company.employees", -1, "out-of-range", "company.employees is at least 0, found -1", ""),
        ("company.employees", 1001, "out-of-range", "company.employees is at most 1000, found 1001", ""),
        ("audience.share", "0.7", "wrong-type", "audience.share is a number, found '0.7'", "write the number without quotes"),
        ("audience.share", 0.25, "out-of-range", "audience.share is at least 0.5, found 0.25", ""),
        ("audience.analysed", 1, "wrong-type", "audience.analysed is true or false, found 1", ""),
        ("audience.analysed", "true", "wrong-type", "audience.analysed is true or false, found 'true'", ""),
    ],
)  # fmt: skip
def test_wrong_values_say_what_is_wrong(name: str, value: Any, code: str, message: str, hint: str) -> None:
    """The problem says what the field is and what was found, with the nearest value or a way out."""
    problem = REGISTRY.problem(REGISTRY[name], value)
    assert problem is not None
    assert problem[:2] == (code, message)
    assert problem[2].startswith(hint)
    assert bool(problem[2]) == bool(hint)


@pytest.mark.parametrize("field", [*FIELDS, *BUILT_IN], ids=lambda field: field.name)
def test_fields_survive_json(field: Field) -> None:
    """A field is the same after a round trip through JSON, which holds nothing that is not said."""
    data = json.loads(json.dumps(field_to_json(field)))
    assert field_from_json(data) == field
    assert "computed" not in data or field.computed
    assert data.get("minimum") == field.minimum


def test_built_in_fields_can_be_asked_for() -> None:
    """Each built-in field has a label in both languages and a scope of the language; those that a profile states have a question."""
    for field in BUILT_IN:
        assert set(field.label) == {"en", "fr"}
        assert field.scope in SCOPES
        assert field.computed or set(field.question) == {"en", "fr"} or field.name == "platform.name"
