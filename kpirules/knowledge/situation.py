"""From a profile document to the facts that engines read: checked against the registry, types inferred, topics found.

This is the one door for profiles, from whatever source. What comes out is plain data, so that an evaluation costs no more
than its rules.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kpirules.documents import Document, Node
from kpirules.documents.node import Step
from kpirules.errors import InputError, Issue, NoObjectiveError, nearest, shown
from kpirules.knowledge.base import KnowledgeBase
from kpirules.language.condition import Facts
from kpirules.language.fields import FactValue, Field
from kpirules.language.matching import Match

SECTIONS = ("company", "objectives", "platforms", "audience", "data_sources")
MAX_ITEMS = 1_000
"""Objectives, or platforms, of one profile."""

_ID = re.compile(r"[\w-]{1,80}")

AMBIGUOUS = 0.8
"""A statement is ambiguous when its second objective type is at least this fraction as strong as the first."""

WHAT_IS_A_KPO = (
    "A KPI measures progress to a goal that management has set, a Key Performance Objective (KPO); without one there is nothing to"
    " measure. State at least one:  objectives: [{type: brand-awareness, statement: Be known by every family in town}]"
)


class InferredType(NamedTuple):
    """An objective type read from a statement. `confidence` is 0 to 1; `alternatives` are nearly as likely, strongest first."""

    type: str
    confidence: float
    alternatives: tuple[str, ...] = ()


class Situation(NamedTuple):
    """A checked profile as facts. `profile` is its normal form: what was stated, bare names expanded, ids given."""

    profile: Mapping[str, Any]
    as_of: datetime.date
    shared: Facts
    """Facts of the scopes company, audience and profile."""
    objectives: tuple[Facts, ...]
    platforms: tuple[Facts, ...]
    inferred: tuple[InferredType | None, ...] = ()


def read_situation(document: Document, knowledge: KnowledgeBase, as_of: datetime.date) -> Situation:
    """The facts of a profile. Raises `InputError` with every issue, `NoObjectiveError` when it states no objective."""
    return _Reader(document, knowledge).read(as_of)


@dataclass(slots=True)
class _Reader:
    document: Document
    knowledge: KnowledgeBase
    issues: list[Issue] = field(default_factory=list)

    def read(self, as_of: datetime.date) -> Situation:
        root = self.document.root
        if not isinstance(root.content, dict):
            raise self.document.error("wrong-type", f"a profile is a mapping, found {root.kind}", WHAT_IS_A_KPO)
        if "ruleset" in root.content:
            raise self.document.error("wrong-type", "this is a ruleset, not a profile", "name it with --rulesets, beside a profile")
        for key in root.content:
            if key not in SECTIONS:
                self._error("unknown-key", f"no section of a profile is called '{shown(key)[1:-1]}'", (), key, nearest(key, SECTIONS))
        profile: dict[str, Any] = {
            "company": self._facts(self._section("company", dict), ("company",), self.knowledge.fields.of("company")),
            "objectives": self._objectives(),
            "platforms": self._platforms(),
            "audience": self._facts(self._section("audience", dict), ("audience",), self.knowledge.fields.of("audience")),
            "data_sources": self._data_sources(),
        }
        if self.issues:
            no_objective = all(issue.code == "no-objective" for issue in self.issues)
            issues = sorted(self.issues, key=lambda issue: (issue.place.line or 0, issue.place.column or 0))
            raise (NoObjectiveError if no_objective else InputError)(issues)
        return self._situation({key: value for key, value in profile.items() if value is not None}, as_of)

    # sections

    def _section(self, key: str, kind: type) -> Node | None:
        """A section's node, or None when it is missing or empty (`company:` with nothing after it)."""
        content = self.document.root.content
        node = content.get(key) if isinstance(content, dict) else None
        if node is None or node.content is None:
            return None
        if not isinstance(node.content, kind):
            expected = "a mapping" if kind is dict else "a list"
            self._error("wrong-type", f"'{key}' is {expected}, found {node.kind}", (key,))
            return None
        if isinstance(node.content, list) and len(node.content) > MAX_ITEMS:
            self._error("too-large", f"'{key}' has {len(node.content):,} entries; {MAX_ITEMS:,} is the most", (key,))
            return None
        return node

    def _facts(self, node: Node | None, path: tuple[Step, ...], fields: Mapping[str, Field], what: str = "") -> dict[str, Any] | None:
        """The stated facts of one thing; `what` names it in messages, the section does by default."""
        if node is None:
            return None
        facts: dict[str, Any] = {}
        for key, child in node.items():
            item = fields.get(key)
            if item is None or item.computed:
                allowed = [name for name, other in fields.items() if not other.computed]
                self._error("unknown-key", f"no fact of {what or path[0]} is called '{shown(key)[1:-1]}'", path, key, nearest(key, allowed))
            elif child.content is not None:
                facts[key] = self._value(child, (*path, key), item)
        return facts

    def _value(self, node: Node, path: tuple[Step, ...], item: Field) -> Any:
        if item.many and isinstance(node.content, list):
            return list(dict.fromkeys(self._scalar(child, (*path, index), item) for index, child in enumerate(node.content)))
        value = self._scalar(node, path, item)
        return [value] if item.many else value

    def _scalar(self, node: Node, path: tuple[Step, ...], item: Field) -> Any:
        if isinstance(node.content, (dict, list)):
            self._error("wrong-type", f"{item.name} is {item.describe_type()}, found {node.kind}", path)
            return None
        if problem := self.knowledge.fields.problem(item, node.content):
            code, message, hint = problem
            self._error(code, message, path, hint=hint)
        return node.content

    def _objectives(self) -> list[dict[str, Any]]:
        node = self._section("objectives", list)
        if node is None or not node.content:
            if not any(issue.place.path.startswith("objectives") for issue in self.issues):
                self._error("no-objective", "the profile states no objective", ("objectives",), hint=WHAT_IS_A_KPO)
            return []
        fields = self.knowledge.fields.of("objective")
        identity = Field("objective.id", "text", {})
        objectives: list[dict[str, Any]] = []
        assert isinstance(node.content, list)
        for index, child in enumerate(node.content):
            path = ("objectives", index)
            if isinstance(child.content, str):
                child = Node({"statement": child}, child.line, child.column)
            if not isinstance(child.content, dict):
                self._error("wrong-type", f"an objective is a mapping or a statement, found {child.kind}", path)
                continue
            facts = self._facts(child, path, {"id": identity, **fields}, "an objective") or {}
            if not facts.get("type") and not str(facts.get("statement") or "").strip():
                self._error("missing-key", "an objective needs a type or a statement", path, hint=WHAT_IS_A_KPO)
            if not _ID.fullmatch(str(facts.get("id", "-"))):
                self._error("wrong-type", f"an objective's id is letters, digits, - and _: {shown(facts['id'])}", (*path, "id"))
            objectives.append({"id": f"kpo-{index + 1}", **facts})
            if objectives[-1]["id"] in [other["id"] for other in objectives[:-1]]:
                self._error("duplicate-id", f"two objectives are called '{objectives[-1]['id']}'", (*path, "id"))
        return objectives

    def _platforms(self) -> list[dict[str, Any]] | None:
        node = self._section("platforms", list)
        if node is None:
            return None
        platforms = []
        assert isinstance(node.content, list)
        for index, child in enumerate(node.content):
            path = ("platforms", index)
            if isinstance(child.content, str):
                child = Node({"name": child}, child.line, child.column, child.offset)
            if not isinstance(child.content, dict):
                self._error("wrong-type", f"a platform is a name or a mapping, found {child.kind}", path)
                continue
            name = child.content.get("name")
            if name is None:
                self._error("missing-key", "a platform needs a name", path)
                continue
            if problem := self.knowledge.fields.problem(self.knowledge.fields["platform.name"], name.content):
                self._error(problem[0], problem[1], (*path, "name"), hint=problem[2])
                continue  # which facts it may have is anybody's guess
            known = self.knowledge.fields.of("platform", str(name.content))
            facts = self._facts(child, path, {"name": self.knowledge.fields["platform.name"], **known}, str(name.content))
            platforms.append(facts or {})
        return platforms

    def _data_sources(self) -> list[Any] | None:
        node = self._section("data_sources", list)
        return None if node is None else self._value(node, ("data_sources",), self.knowledge.fields["profile.data_sources"])

    # facts

    def _situation(self, profile: dict[str, Any], as_of: datetime.date) -> Situation:
        shared: dict[str, FactValue] = {}
        for scope in ("company", "audience"):
            shared.update(_named(scope, profile.get(scope, {})))
        inferred: list[InferredType | None] = []
        objectives = []
        for stated in profile["objectives"]:
            facts = _named("objective", {key: value for key, value in stated.items() if key != "id"})
            statement = facts.get("objective.statement")
            guess = None
            if isinstance(statement, str):
                facts["objective.topics"] = tuple(sorted(match.id for match in self.knowledge.topic_keywords.matches(statement)))
                if "objective.type" not in facts and (guess := infer_type(self.knowledge.type_keywords.matches(statement))):
                    facts["objective.type"] = guess.type
            inferred.append(guess)
            objectives.append(facts)
        platforms = [_named("platform", stated) for stated in profile.get("platforms", ())]
        for facts in platforms:
            facts["platform.kind"] = self.knowledge.data["platforms"][facts["platform.name"]]["kind"]
        shared["profile.objective_types"] = _ids(facts.get("objective.type") for facts in objectives)
        if "platforms" in profile:
            shared["profile.platforms"] = _ids(facts["platform.name"] for facts in platforms)
            shared["profile.platform_kinds"] = _ids(facts["platform.kind"] for facts in platforms)
        if "data_sources" in profile:
            shared["profile.data_sources"] = tuple(profile["data_sources"])
        return Situation(profile, as_of, shared, tuple(objectives), tuple(platforms), tuple(inferred))

    def _error(self, code: str, message: str, path: tuple[Step, ...], key: str | None = None, hint: str = "") -> None:
        place = self.document.locate(path if key is None else (*path, key))
        self.issues.append(Issue("error", code, message, place, hint))


def infer_type(matches: tuple[Match, ...]) -> InferredType | None:
    """The objective type that keyword matches speak for, or None when there are none.

    The confidence is the strength of the first over that of the first two and a constant of 0.25 (the doubt that a
    single common word leaves).
    """
    if not matches:
        return None
    first, others = matches[0], matches[1:]
    second = others[0].strength if others else 0.0
    confidence = first.strength / (first.strength + second + 0.25)
    alternatives = tuple(match.id for match in others if match.strength >= AMBIGUOUS * first.strength)
    return InferredType(first.id, round(confidence, 2), alternatives[:3])


def _named(scope: str, stated: Mapping[str, Any]) -> dict[str, FactValue]:
    return {f"{scope}.{key}": tuple(value) if isinstance(value, list) else value for key, value in stated.items()}


def _ids(values: Any) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value is not None}))
