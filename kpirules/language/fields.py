"""The registry of typed fields: every fact that a profile may state or a rule may read.

Validation of profiles, type checks of rules, the JSON Schema, the reference and the list of unanswered questions are all
made from it. Plugins extend it with `fields:` documents; a handful of fields, computed from the profile itself, are built in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple, get_args

from kpirules.errors import nearest, shown

Scope = Literal["company", "audience", "profile", "objective", "platform"]
FieldType = Literal["text", "choice", "boolean", "integer", "number"]
FactValue = str | bool | int | float | tuple[str | bool | int | float, ...]

PlatformKind = Literal[
    "owned-social", "paid-social", "paid-search", "paid-display", "paid-any", "search", "owned-web", "messaging", "service",
    "commerce", "partner", "sales", "offline", "product", "research",
]  # fmt: skip

SCOPES: tuple[Scope, ...] = ("company", "audience", "profile", "objective", "platform")


class Field(NamedTuple):
    """One typed fact.

    `allowed` holds the values of a `choice`, or `vocabulary` names the ids that it takes them from. `many` makes the fact a
    list. `minimum` and `maximum` bound a number, inclusive. `computed` facts come from the profile and can't be stated.
    `platforms` names the platforms that have this fact, for the scope `platform`.
    """

    name: str
    type: FieldType
    label: Mapping[str, str]
    question: Mapping[str, str] = {}
    allowed: Mapping[str, Mapping[str, str]] = {}
    vocabulary: str = ""
    many: bool = False
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    computed: bool = False
    platforms: tuple[str, ...] = ()

    @property
    def scope(self) -> str:
        """The part before the dot: what the fact is about."""
        return self.name.partition(".")[0]

    @property
    def key(self) -> str:
        """The part after the dot: the key under which a profile states it."""
        return self.name.partition(".")[2]

    def describe_type(self) -> str:
        """The type as messages name it."""
        noun = {"text": "a text", "choice": "one of its ids", "boolean": "true or false", "integer": "a whole number", "number": "a number"}
        return f"a list, each {noun[self.type]}" if self.many else noun[self.type]


class UnknownFieldError(KeyError):
    """No field has this name; `hint` names the nearest one."""

    def __init__(self, name: str, hint: str) -> None:
        super().__init__(name)
        self.name, self.hint = name, hint


class FieldRegistry:
    """Fields by name, with the vocabularies (name -> ids) that choices draw on."""

    def __init__(self, fields: Iterable[Field], vocabularies: Mapping[str, Iterable[str]] | None = None) -> None:
        self._fields: dict[str, Field] = {item.name: item for item in fields}
        self._vocabularies = {name: frozenset(ids) for name, ids in (vocabularies or {}).items()}
        self._vocabularies["platform_kinds"] = frozenset(get_args(PlatformKind))

    def __iter__(self) -> Iterator[Field]:
        return iter(self._fields.values())

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def __getitem__(self, name: str) -> Field:
        try:
            return self._fields[name]
        except KeyError:
            raise UnknownFieldError(name, nearest(name, self._fields)) from None

    def of(self, scope: str, platform: str | None = None) -> dict[str, Field]:
        """The fields of a scope by their key; for the scope `platform`, those that this platform has."""
        return {
            item.key: item for item in self._fields.values() if item.scope == scope and (platform is None or platform in item.platforms)
        }

    def allowed(self, item: Field) -> frozenset[str]:
        """The ids that a choice allows."""
        return self._vocabularies.get(item.vocabulary, frozenset()) if item.vocabulary else frozenset(item.allowed)

    def problem(self, item: Field, value: object) -> tuple[str, str, str] | None:
        """What is wrong with one value (not a list) for a field: (code, message, hint), or None when it is right."""
        match item.type:
            case "boolean":
                right = isinstance(value, bool)
            case "integer":
                right = isinstance(value, int) and not isinstance(value, bool)
            case "number":
                right = isinstance(value, (int, float)) and not isinstance(value, bool)
            case _:
                right = isinstance(value, str)
        if not right:
            return "wrong-type", f"{item.name} is {item.describe_type()}, found {shown(value)}", self._hint(item, value)
        if item.type == "choice" and value not in self.allowed(item):
            return "unknown-id", f"'{shown(str(value))[1:-1]}' is no value of {item.name}", self._nearest(item, str(value))
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            if item.minimum is not None and value < item.minimum:
                return "out-of-range", f"{item.name} is at least {item.minimum:g}, found {shown(value)}", ""
            if item.maximum is not None and value > item.maximum:
                return "out-of-range", f"{item.name} is at most {item.maximum:g}, found {shown(value)}", ""
        return None

    def _nearest(self, item: Field, value: str) -> str:
        command = {"platforms": "platforms", "objective_types": "objectives", "sectors": "sectors"}.get(item.vocabulary)
        return nearest(value, self.allowed(item)) or (f"`kpirules {command} list` shows them all" if command else "")

    def _hint(self, item: Field, value: object) -> str:
        if item.type in ("integer", "number") and isinstance(value, str):
            return "write the number without quotes, spaces or a currency"
        if item.type == "text" and value is not None:
            return "put it in quotes"
        return nearest("", self.allowed(item)) if item.type == "choice" else ""


def _text(en: str, fr: str) -> dict[str, str]:
    return {"en": en, "fr": fr}


BUILT_IN: tuple[Field, ...] = (
    Field("objective.type", "choice", _text("objective type", "type d'objectif"), vocabulary="objective_types",
          question=_text("What class of goal is it?", "De quel type d'objectif s'agit-il\u00a0?")),
    Field("objective.statement", "text", _text("statement", "énoncé"),
          question=_text("How does management put this objective?", "Comment la direction formule-t-elle cet objectif\u00a0?")),
    Field("objective.priority", "integer", _text("priority (1 is first)", "priorité (1 = première)"), minimum=1, maximum=100,
          question=_text("Which place does this objective have among the others?",
                         "Quelle place cet objectif a-t-il parmi les autres\u00a0?")),
    Field("objective.topics", "choice", _text("topics of the statement", "thèmes de l'énoncé"), vocabulary="topics",
          many=True, computed=True),
    Field("platform.name", "choice", _text("platform", "plateforme"), vocabulary="platforms"),
    Field("platform.kind", "choice", _text("kind of platform", "famille de plateformes"), vocabulary="platform_kinds", computed=True),
    Field("profile.platforms", "choice", _text("platforms", "plateformes"), vocabulary="platforms", many=True, computed=True,
          question=_text("On which platforms does the company act?", "Sur quelles plateformes l'entreprise est-elle présente\u00a0?")),
    Field("profile.platform_kinds", "choice", _text("kinds of platforms", "familles de plateformes"), vocabulary="platform_kinds",
          many=True, computed=True),
    Field("profile.objective_types", "choice", _text("objective types", "types d'objectif"), vocabulary="objective_types",
          many=True, computed=True),
    Field("profile.data_sources", "choice", _text("data sources", "sources de données"), vocabulary="data_sources",
          many=True, computed=True,
          question=_text("Which tools already measure something?", "Quels outils mesurent déjà quelque chose\u00a0?")),
)  # fmt: skip
"""Facts of the profile's own structure. `computed` ones are filled in by the core."""


def field_to_json(item: Field) -> dict[str, Any]:
    """A field as JSON data, defaults left out."""
    empty: tuple[Any, ...] = ("", None, False, (), {})
    return {key: value for key, value in item._asdict().items() if not any(value == e and type(value) is type(e) for e in empty)}


def field_from_json(data: Mapping[str, Any]) -> Field:
    """The inverse of `field_to_json`."""
    return Field(**{**data, "platforms": tuple(data.get("platforms", ()))})
