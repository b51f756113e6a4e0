"""Compiles documents into the data of a knowledge base.

Everything that can be known before the first profile is computed here: merged rules in normal form, strata of the
derivations, stemmed keywords, the registry of fields, and one digest of all that can change a result.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kpirules.documents import Document
from kpirules.documents.node import Step
from kpirules.errors import Issue, nearest
from kpirules.knowledge.catalogue import check_kpi
from kpirules.knowledge.drafts import RulesetDraft, read_ruleset, rules_to_json
from kpirules.knowledge.records import KINDS, kind_of_document, read_record
from kpirules.knowledge.rulesets import RulesetCompiler
from kpirules.kpi import KpiFile
from kpirules.language.condition import OneOf, atoms, from_json
from kpirules.language.fields import BUILT_IN, Field, FieldRegistry, field_to_json
from kpirules.language.formula import FormulaError, parse_formula
from kpirules.language.matching import KeywordTables, keyword_tables, stem_keywords
from kpirules.objective import ObjectiveTypeFile
from kpirules.platform import Platform, PlatformFile
from kpirules.record import Record
from kpirules.vocabulary import DataSourceFile, FieldFile, FieldRecord, SectorFile, TopicFile

FORMAT = 2
"""The version of the compiled data and of the semantics behind it. It is part of every digest."""

T = TypeVar("T")


@dataclass(slots=True)
class _Entry:
    """A record with the place of its definition."""

    record: Any
    document: Document
    path: tuple[Step, ...]


@dataclass(slots=True)
class Build:
    """One compilation: `data` is complete only when `issues` holds no error."""

    documents: Sequence[Document]
    issues: list[Issue] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    _tables: dict[str, dict[str, _Entry]] = field(default_factory=dict)
    _drafts: list[RulesetDraft] = field(default_factory=list)

    def run(self) -> Build:
        """Compile. Every problem is found, not only the first."""
        self._tables = {name: {} for name in ("kpis", "platforms", "objective_types", "topics", "sectors", "data_sources", "fields")}
        for document in self.documents:
            self._read(document)
        registry = self._registry()
        self._check_references()
        compiler = RulesetCompiler(self._drafts, registry, self._tables["kpis"])
        rules = {row["id"]: row for row in rules_to_json(compiler.compile())}
        self.issues += compiler.issues
        self.data = {
            "format": FORMAT,
            **{name: self._records(name) for name in ("kpis", "platforms", "objective_types", "topics", "sectors", "data_sources")},
            "same_as": _same_as(self._tables["kpis"]),
            "fields": [field_to_json(item) for item in registry],
            "keywords": {**self._keywords("objective_types"), **self._keywords("topics")},
            "coverage": _coverage(rules.values()),
            "rulesets": [self._ruleset(draft) for draft in sorted(self._drafts, key=lambda draft: draft.name)],
            "rules": rules,
            "places": self._places(),
        }
        self.data["digest"] = digest(self.data)
        lives = {identity: [row["status"], row["valid_from"], row["valid_until"]] for identity, row in rules.items()}
        self.data["lives"] = {identity: life for identity, life in lives.items() if life != ["active", None, None]}
        return self

    def _read(self, document: Document) -> None:
        kind = kind_of_document(document)
        if kind == "cases":
            return
        if kind is None:
            found = next(iter(document.root.content), "") if isinstance(document.root.content, dict) else ""
            message = "not a knowledge document: none of its top-level keys says what it holds"
            self.issues.append(document.issue("unknown-key", message, document.place(), nearest(str(found), KINDS)))
            return
        if kind == "ruleset":
            draft, issues = read_ruleset(document)
            self._drafts += [draft] if draft else []
            self.issues += issues
            return
        record, issues = read_record(document, KINDS[kind])
        self.issues += issues
        if record is not None:
            self._store(record, document)

    def _store(self, record: Record, document: Document) -> None:
        match record:
            case PlatformFile(platform=platform):
                self._add("platforms", platform.id, platform, document, ("platform",))
            case ObjectiveTypeFile(objective_type=objective_type):
                self._add("objective_types", objective_type.id, objective_type, document, ("objective_type",))
            case KpiFile(kpis=kpis):
                self._add_all("kpis", kpis, lambda kpi: kpi.id, document)
            case FieldFile(fields=fields):
                self._add_all("fields", fields, lambda item: item.field, document)
            case TopicFile(topics=terms):
                self._add_all("topics", terms, lambda term: term.id, document)
            case SectorFile(sectors=terms):
                self._add_all("sectors", terms, lambda term: term.id, document)
            case DataSourceFile(data_sources=terms):
                self._add_all("data_sources", terms, lambda term: term.id, document)

    def _add_all(self, table: str, records: Iterable[T], identify: Callable[[T], str], document: Document) -> None:
        for position, record in enumerate(records):
            self._add(table, identify(record), record, document, (table, position))

    def _add(self, table: str, identity: str, record: object, document: Document, path: tuple[Step, ...]) -> None:
        if first := self._tables[table].get(identity):
            place = document.locate((*path, "field" if table == "fields" else "id"))
            where = first.document.locate(first.path)
            message = f"'{identity}' is already defined in {where}"
            self.issues.append(document.issue("duplicate-id", message, place, "an id belongs to one plugin; choose another"))
        else:
            self._tables[table][identity] = _Entry(record, document, path)

    def _registry(self) -> FieldRegistry:
        holders: dict[str, list[str]] = {}
        for identity, entry in self._tables["platforms"].items():
            for position, key in enumerate(entry.record.facts):
                if f"platform.{key}" in self._tables["fields"]:
                    holders.setdefault(f"platform.{key}", []).append(identity)
                else:
                    known = [name.partition(".")[2] for name in self._tables["fields"] if name.startswith("platform.")]
                    place = entry.document.locate((*entry.path, "facts", position))
                    self.issues.append(
                        entry.document.issue("unknown-field", f"no field is called 'platform.{key}'", place, nearest(key, known))
                    )
        fields = list(BUILT_IN)
        for name, entry in sorted(self._tables["fields"].items()):
            fields.append(_field(entry.record, tuple(sorted(holders.get(name, ())))))
        vocabularies = {name: self._tables[name] for name in ("platforms", "objective_types", "topics", "sectors", "data_sources")}
        return FieldRegistry(fields, vocabularies)

    def _check_references(self) -> None:
        kpis = self._tables["kpis"]
        records = {identity: entry.record for identity, entry in kpis.items()}
        for entry in kpis.values():
            self.issues += check_kpi(entry.record, records, entry.document, entry.path)
        for entry in self._tables["platforms"].values():
            self.issues += self._check_metrics(entry.record, entry)

    def _places(self) -> dict[str, dict[str, list[Any]]]:
        """Where records are written, for findings about the knowledge as a whole: table -> id -> source, line, column."""
        places = {
            table: {identity: entry.document.locate((*entry.path, "id")) for identity, entry in self._tables[table].items()}
            for table in ("kpis", "platforms", "objective_types")
        }
        places["metrics"] = {
            f"{identity}/{position}": entry.document.locate((*entry.path, "metrics", position))
            for identity, entry in self._tables["platforms"].items()
            for position in range(len(entry.record.metrics))
        }
        return {table: {identity: list(place[:3]) for identity, place in sorted(found.items())} for table, found in places.items()}

    def _check_metrics(self, platform: Platform, entry: _Entry) -> Iterable[Issue]:
        for position, metric in enumerate(platform.metrics):
            for key, identity, table in (("kpi", metric.kpi, "kpis"), ("tool", metric.tool, "data_sources")):
                if identity is not None and identity not in self._tables[table]:
                    place = entry.document.locate((*entry.path, "metrics", position, key))
                    noun = {"kpis": "KPI", "data_sources": "data source"}[table]
                    yield entry.document.issue(
                        "unknown-id", f"no {noun} is called '{identity}'", place, nearest(identity, self._tables[table])
                    )

    def _records(self, table: str) -> dict[str, Any]:
        return {
            identity: entry.record.model_dump(mode="json", exclude_defaults=True) for identity, entry in sorted(self._tables[table].items())
        }

    def _keywords(self, table: str) -> KeywordTables:
        found = {}
        for identity, entry in sorted(self._tables[table].items()):
            names = entry.record.name.model_dump(exclude_none=True)
            words = {language: [*getattr(entry.record.keywords, language), names.get(language, "")] for language in ("en", "fr")}
            found[identity] = stem_keywords(words)
        return keyword_tables(table, found)

    def _ruleset(self, draft: RulesetDraft) -> dict[str, Any]:
        record = draft.record
        return {
            "name": record.ruleset,
            "version": record.version,
            "title": record.title and record.title.model_dump(),
            "description": record.description and record.description.model_dump(),
            "extends": list(draft.bases),
            "source": draft.document.source,
        }


def _field(record: FieldRecord, platforms: tuple[str, ...]) -> Field:
    return Field(
        name=record.field,
        type=record.type,
        label=record.label.model_dump(exclude_none=True),
        question=record.question.model_dump(exclude_none=True),
        allowed={value: text.model_dump(exclude_none=True) for value, text in record.allowed.items()},
        vocabulary=record.vocabulary or "",
        many=record.many,
        unit=record.unit,
        minimum=record.minimum,
        maximum=record.maximum,
        platforms=platforms,
    )


def _same_as(kpis: dict[str, _Entry]) -> dict[str, list[str]]:
    """The KPIs that say the same as another: declared by either of them, or the same computation in the same unit."""
    pairs = {(kpi, other) for kpi, entry in kpis.items() for other in entry.record.redundant_with}
    by_formula: dict[tuple[str, str], list[str]] = {}
    for kpi, entry in kpis.items():
        if entry.record.formula:
            with contextlib.suppress(FormulaError):
                expression = parse_formula(entry.record.formula.expression)
                if len(expression.variables) > 1:
                    by_formula.setdefault((expression.shape, entry.record.unit), []).append(kpi)
    pairs |= {(kpi, other) for group in by_formula.values() for kpi in group for other in group}
    pairs |= {(other, kpi) for kpi, other in pairs}
    return {kpi: others for kpi in kpis if (others := sorted(b for a, b in pairs if a == kpi != b))}


_NAMED_BY = {"objective.type": "objective_types", "platform.name": "platforms", "profile.platforms": "platforms"}


def _coverage(rules: Iterable[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """How many active rules recommend something for each objective type and each platform by its name."""
    counts: Counter[tuple[str, str]] = Counter()
    for rule in rules:
        if rule["recommend"] and rule["status"] == "active":
            tests = (atom for atom in atoms(from_json(rule["when"])) if isinstance(atom, OneOf) and atom.field in _NAMED_BY)
            counts.update({(_NAMED_BY[atom.field], str(value)) for atom in tests for value in atom.values})
    tables = sorted(set(_NAMED_BY.values()))
    return {table: {name: count for (of, name), count in sorted(counts.items()) if of == table} for table in tables}


def digest(data: dict[str, Any]) -> str:
    """The digest of everything in compiled data that can change a result: not where it is written."""
    content = {key: value for key, value in data.items() if key not in ("digest", "issues", "plugins", "places")}
    content["rules"] = [{key: value for key, value in rule.items() if key != "place"} for rule in data["rules"].values()]
    content["rulesets"] = [{key: value for key, value in ruleset.items() if key != "source"} for ruleset in data["rulesets"]]
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
