"""From documents to records: which kind a document is, and every way in which it is not what it should be."""

from __future__ import annotations

import json
import types
import typing
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kpirules.documents import Document, Node
from kpirules.documents.node import Step, kind_of
from kpirules.errors import Issue, nearest, shown
from kpirules.kpi import KpiFile
from kpirules.objective import ObjectiveTypeFile
from kpirules.platform import PlatformFile
from kpirules.record import Record
from kpirules.ruleset import Ruleset
from kpirules.testcase import CaseFile
from kpirules.vocabulary import DataSourceFile, FieldFile, SectorFile, TopicFile

KINDS: dict[str, type[Record]] = {
    "kpis": KpiFile,
    "fields": FieldFile,
    "topics": TopicFile,
    "sectors": SectorFile,
    "data_sources": DataSourceFile,
    "platform": PlatformFile,
    "objective_type": ObjectiveTypeFile,
    "ruleset": Ruleset,
    "cases": CaseFile,
}
"""The kinds of knowledge documents, by the top-level key that tells them apart."""


def kind_of_document(document: Document) -> str | None:
    """The kind of a document, or None when it has none of the keys that tell: it may be a profile."""
    content = document.root.content
    if not isinstance(content, dict) or ("data_sources" in content and len(content) > 1):  # profiles have this key among others
        return None
    return next((kind for kind in KINDS if kind in content), None)


R = TypeVar("R", bound=Record)


def read_record(document: Document, model: type[R]) -> tuple[R | None, list[Issue]]:
    """The record that a document holds, or None, with everything that is wrong with it."""
    try:
        # Through JSON, where a date is a text and a tuple a list, so that strict types mean what a reader of YAML expects.
        record = model.model_validate_json(json.dumps(document.root.data()))
    except ValidationError as error:
        return None, [_issue(document, details, model) for details in error.errors(include_url=False)]
    return record, _missing_translations(document, document.root, ())


def _issue(document: Document, details: ErrorDetails, model: type[BaseModel]) -> Issue:
    path: tuple[Step, ...] = tuple(step for step in details["loc"] if step != "[key]")
    place = document.locate(path)
    found, name = details["input"], str(path[-1]) if path else "document"
    context = details.get("ctx", {})
    match details["type"]:
        case "extra_forbidden":
            return document.issue("unknown-key", f"no key is called '{name}' here", place, nearest(name, _keys_at(model, path[:-1])))
        case "missing":
            return document.issue("missing-key", f"the key '{name}' is missing", place)
        case "literal_error":
            allowed = [word.strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(", ")]
            return document.issue("unknown-id", f"{shown(found)} is no value of '{name}'", place, nearest(str(found), allowed))
        case "string_pattern_mismatch":
            return document.issue("wrong-type", f"'{name}' does not look like {context['pattern']}: {shown(found)}", place)
        case "greater_than_equal" | "less_than_equal":
            return document.issue("out-of-range", f"'{name}' is out of range: {shown(found)}; {details['msg'].lower()}", place)
        case "date_from_datetime_parsing" | "date_parsing" | "date_type" | "date_from_datetime_inexact":
            return document.issue("wrong-type", f"'{name}' is no date: {shown(found)}", place, "write it as 2026-12-31")
        case _:
            expected = details["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
            return document.issue("wrong-type", f"'{name}' should be {expected}, found {kind_of(found)}", place)


def _keys_at(model: type[BaseModel], path: tuple[Step, ...]) -> list[str]:
    """The keys that the model at a path allows."""
    current: type[BaseModel] | None = model
    for step in path:
        if current is None or not isinstance(step, str) or step not in current.model_fields:
            continue  # an index, or the key of a dict: the element's model is already found
        current = _model_in(current.model_fields[step].annotation)
    return list(current.model_fields) if current else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in typing.get_args(annotation) if (model := _model_in(part))), None)


def _missing_translations(document: Document, node: Node, path: tuple[Step, ...]) -> list[Issue]:
    issues = []
    content = node.content
    if isinstance(content, dict):
        present = [language for language in ("en", "fr") if language in content and isinstance(content[language].content, str)]
        if len(present) == 1:
            other = "French" if present == ["en"] else "English"
            place = document.place(node, *path)
            issues.append(document.issue("missing-translation", f"no {other} text beside this one", place, level="warning"))
        for key, child in content.items():
            issues += _missing_translations(document, child, (*path, key))
    elif isinstance(content, list):
        for index, child in enumerate(content):
            issues += _missing_translations(document, child, (*path, index))
    return issues
