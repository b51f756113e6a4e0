"""JSON Schemas of profiles and rulesets, made from the field registry and the models, for editors' completion."""

from __future__ import annotations

from typing import Any

from kpirules.knowledge.base import KnowledgeBase
from kpirules.language.fields import Field, FieldRegistry

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def profile_schema(knowledge: KnowledgeBase, language: str = "en") -> dict[str, Any]:
    """The schema of profiles, with the labels and questions of a language as titles and descriptions."""
    registry = knowledge.fields
    objective = _properties(registry, registry.of("objective"), language)
    objective["id"] = {"type": "string", "pattern": r"^[\w-]{1,80}$"}
    return {
        "$schema": DRAFT,
        "title": "kpirules profile",
        "type": "object",
        "additionalProperties": False,
        "required": ["objectives"],
        "properties": {
            "company": _object(_properties(registry, registry.of("company"), language)),
            "objectives": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "anyOf": [
                        {"type": "string", "minLength": 1},
                        {**_object(objective), "anyOf": [{"required": ["type"]}, {"required": ["statement"]}]},
                    ]
                },
            },
            "platforms": {
                "type": ["array", "null"],
                "items": {"anyOf": [{"enum": sorted(knowledge.data["platforms"])}, *_platforms(knowledge, language)]},
            },
            "audience": _object(_properties(registry, registry.of("audience"), language)),
            "data_sources": {"type": ["array", "null"], "items": {"enum": sorted(knowledge.data["data_sources"])}},
        },
    }


def _platforms(knowledge: KnowledgeBase, language: str) -> list[dict[str, Any]]:
    """One branch for each platform, since each has facts of its own."""
    registry = knowledge.fields
    return [
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["name"],
            "properties": {"name": {"const": name}, **_properties(registry, registry.of("platform", name), language)},
        }
        for name in sorted(knowledge.data["platforms"])
    ]


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": ["object", "null"], "additionalProperties": False, "properties": properties}


def _properties(registry: FieldRegistry, fields: dict[str, Field], language: str) -> dict[str, Any]:
    return {key: _property(registry, item, language) for key, item in sorted(fields.items()) if not item.computed}


def _property(registry: FieldRegistry, item: Field, language: str) -> dict[str, Any]:
    if item.type == "choice":
        value: dict[str, Any] = {"enum": [*sorted(registry.allowed(item)), None]}
    else:
        name = {"text": "string", "boolean": "boolean", "integer": "integer", "number": "number"}[item.type]
        value = {"type": [name, "null"]}
        if item.minimum is not None:
            value["minimum"] = item.minimum
        if item.maximum is not None:
            value["maximum"] = item.maximum
    if item.many:
        value = {"anyOf": [value, {"type": "array", "items": value}]}
    question = item.question.get(language) or item.question.get("en")
    return {"title": item.label.get(language) or item.label["en"], **({"description": question} if question else {}), **value}


def ruleset_schema(knowledge: KnowledgeBase, language: str = "en") -> dict[str, Any]:
    """The schema of rulesets. Unary tests are texts of their own language, so a condition's values are only described."""
    from kpirules.ruleset import Ruleset

    schema = Ruleset.model_json_schema()
    registry = knowledge.fields
    test = {
        "type": ["string", "number", "boolean", "array"],
        "examples": ["mature", "< 10_000", "[10..20)", 'not("a","b")', "known", "unknown", ["a", "b"]],
    }
    condition: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **{item.name: {"title": item.label.get(language) or item.label["en"], **test, **_values(registry, item)} for item in registry},
            "any": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Condition"}},
            "all": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Condition"}},
            "not": {"$ref": "#/$defs/Condition"},
        },
    }
    schema["$defs"]["Condition"] = condition
    for definition in ("Rule", "Override"):
        schema["$defs"][definition]["properties"]["when"] = {"$ref": "#/$defs/Condition"}
    kpi = {"enum": sorted(knowledge.data["kpis"])}
    schema["$defs"]["WeightedKpi"]["properties"]["kpi"] = kpi
    schema["$defs"]["Rule"]["properties"]["exclude"] = {"type": "array", "items": kpi}
    derivable: dict[str, Any] = {item.name: {} for item in registry if not item.computed}
    schema["$defs"]["Rule"]["properties"]["derive"] = {"type": "object", "additionalProperties": False, "properties": derivable}
    return {"$schema": DRAFT, **schema, "title": "kpirules ruleset"}


def _values(registry: FieldRegistry, item: Field) -> dict[str, Any]:
    return {"examples": sorted(registry.allowed(item))} if item.type == "choice" else {}
