"""Rulesets and rules under construction: read from their documents, not yet checked against anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kpirules.documents import Document, Node
from kpirules.documents.node import Step
from kpirules.errors import Issue, Place
from kpirules.knowledge.records import read_record
from kpirules.language.condition import All, Condition, fields_read, to_json
from kpirules.ruleset import Rule, Ruleset


@dataclass(slots=True)
class RulesetDraft:
    """A ruleset as read, with the names of the rulesets that it extends, once resolved."""

    document: Document
    record: Ruleset
    positions: tuple[int, ...]
    """Where each rule of the record stands in the document."""
    malformed: tuple[int, ...] = ()
    """The positions of rules that could not be read whole: they are no part of the record, but their parts are checked."""
    bases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The ruleset's name."""
        return self.record.ruleset


def read_ruleset(document: Document) -> tuple[RulesetDraft | None, list[Issue]]:
    """A ruleset with everything wrong in its shape. One malformed rule does not hide what is wrong in the others."""
    record, issues = read_record(document, Ruleset)
    rules = document.root.data().get("rules")
    everything = range(len(rules) if isinstance(rules, list) else 0)
    if record is not None:
        return RulesetDraft(document, record, tuple(everything)), issues
    malformed = {int(match[1]) for issue in issues if (match := re.match(r"rules\[(\d+)\]", issue.place.path))}
    kept = tuple(position for position in everything if position not in malformed)
    assert isinstance(document.root.content, dict)
    if malformed:
        nodes = document.root.content["rules"].content
        assert isinstance(nodes, list)
        rest = Node([nodes[position] for position in kept])
        record, _ = read_record(Document(document.source, Node({**document.root.content, "rules": rest})), Ruleset)
    return (RulesetDraft(document, record, kept, tuple(sorted(malformed))) if record else None), issues


ALWAYS = All()
"""The condition of a rule without `when`."""


@dataclass(slots=True)
class RuleDraft:
    """A rule under construction. `changed` says which ruleset last changed which part of it."""

    ruleset: RulesetDraft
    record: Rule
    path: tuple[Step, ...]
    condition: Condition = ALWAYS
    derive: dict[str, Any] = field(default_factory=dict)
    stratum: int = 0
    disabled: bool = False
    changed: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The identity: `ruleset/rule-id`."""
        return f"{self.ruleset.name}/{self.record.id}"

    @property
    def place(self) -> Place:
        """Where the rule is written."""
        return self.ruleset.document.locate(self.path)


def is_path(reference: str) -> bool:
    """Whether an entry of `extends` is a file path rather than a name."""
    return "/" in reference or "\\" in reference or reference.endswith((".yaml", ".yml", ".json"))


def extended_file(source: Path, reference: str) -> Path | None:
    """The file that a path in `extends` means, or None when it leaves the folder of the ruleset that names it."""
    folder = source.resolve().parent
    named = folder / reference.replace("\\", "/")
    try:
        target = named.resolve()
    except (OSError, RuntimeError, ValueError):  # links in a circle, a null character: no file, wherever it would be
        return named
    return target if target.is_relative_to(folder) else None


def node_at(document: Document, path: tuple[Step, ...]) -> Node | None:
    """The node at a path, or None."""
    node: Node | None = document.root
    for step in path:
        content = node.content if node else None
        if isinstance(content, dict) and isinstance(step, str):
            node = content.get(step)
        elif isinstance(content, list) and isinstance(step, int) and step < len(content):
            node = content[step]
        else:
            return None
    return node


def rules_to_json(rules: Iterable[RuleDraft]) -> Iterator[dict[str, Any]]:
    """The rules as the compiled knowledge keeps them."""
    for rule in rules:
        record, place = rule.record, rule.place
        source = record.source or rule.ruleset.record.source
        yield {
            "id": rule.id,
            "place": [place.source, place.line, place.column, place.path],
            "status": record.status,
            "valid_from": record.valid_from and record.valid_from.isoformat(),
            "valid_until": record.valid_until and record.valid_until.isoformat(),
            "when": to_json(rule.condition),
            "fields": sorted(fields_read(rule.condition)),
            "stratum": rule.stratum,
            "recommend": [[item.kpi, item.weight] for item in record.recommend],
            "discourage": [[item.kpi, item.weight] for item in record.discourage],
            "exclude": list(record.exclude),
            "derive": rule.derive,
            "advise": record.advise and record.advise.model_dump(),
            "because": record.because and record.because.model_dump(),
            "source": source and source.model_dump(exclude_none=True),
            "changed_by": sorted(set(rule.changed.values())),
        }
