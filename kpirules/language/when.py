"""Reads the `when` of a rule: a mapping of fields to unary tests, nested with `any`, `all` and `not`."""

from __future__ import annotations

from kpirules.documents import Document, Node
from kpirules.documents.node import Step
from kpirules.errors import Issue, Place
from kpirules.language.condition import All, AnyOf, Condition, Not
from kpirules.language.fields import Field, FieldRegistry, UnknownFieldError
from kpirules.language.unary import UnaryTestError, any_of, read_test

Path = tuple[Step, ...]


class WhenReader:
    """Turns `when` nodes of one document into conditions, collecting what is wrong with them in `issues`."""

    def __init__(self, document: Document, registry: FieldRegistry) -> None:
        self._document = document
        self._registry = registry
        self.issues: list[Issue] = []

    def read(self, node: Node, path: Path) -> Condition:
        """The condition of a mapping: all its entries hold. A part that can't be read counts as true and leaves an issue."""
        if not isinstance(node.content, dict):
            self._error("wrong-type", f"a condition is a mapping of fields to tests, found {node.kind}", self._document.place(node, *path))
            return All()
        parts = tuple(self._entry(node, key, value, (*path, key)) for key, value in node.items())
        return parts[0] if len(parts) == 1 else All(parts)

    def _entry(self, parent: Node, key: str, node: Node, path: Path) -> Condition:
        match key:
            case "not":
                return Not(self.read(node, path))
            case "any":
                return AnyOf(self._branches(node, path))
            case "all":
                return All(self._branches(node, path))
            case _:
                return self._test(parent, key, node, path)

    def _branches(self, node: Node, path: Path) -> tuple[Condition, ...]:
        if not isinstance(node.content, list) or not node.content:
            hint = "for example  any: [{company.size: solo}, {company.employees: '< 3'}]"
            message = f"'{path[-1]}' takes a list of conditions, found {node.kind if node.content else 'none'}"
            self._error("wrong-type", message, self._document.place(node, *path), hint)
            return (All(),)
        return tuple(self.read(child, (*path, index)) for index, child in enumerate(node.content))

    def _test(self, parent: Node, key: str, node: Node, path: Path) -> Condition:
        try:
            field = self._registry[key]
        except UnknownFieldError as error:
            place = self._document.place(parent, *path, key=key)
            self._error("unknown-field", f"no field is called '{key}'", place, error.hint or "kpirules schema ruleset lists the fields")
            return All()
        return self._value(node, field, path)

    def _value(self, node: Node, field: Field, path: Path) -> Condition:
        if isinstance(node.content, list) and node.content:
            return any_of([self._value(child, field, (*path, index)) for index, child in enumerate(node.content)], field)
        try:
            return read_test(node.data(), field, self._registry)
        except UnaryTestError as error:
            place = self._document.place(node, *path)
            if place.column is not None and isinstance(node.content, str):
                place = Place(place.source, place.line, place.column + node.offset + error.column, place.path)
            self._error(error.code, error.message, place, error.hint)
            return All()

    def _error(self, code: str, message: str, place: Place, hint: str = "") -> None:
        self.issues.append(Issue("error", code, message, place, hint))
