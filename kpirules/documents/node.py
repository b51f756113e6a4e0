"""The positioned tree that all readers make and all checks walk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kpirules.errors import InputError, Issue, Level, Place

Value = str | int | float | bool | None
Step = str | int

MAX_DEPTH = 64
"""Levels of nesting. No profile or ruleset needs a quarter of it; it bounds every recursive walk."""

MAX_NODES = 500_000
"""Values in one document once its aliases are expanded, so that an alias bomb is refused before it goes off."""

MAX_DIGITS = 4000
"""Digits of a whole number: Python refuses to read or write much longer ones."""


@dataclass(slots=True, eq=False)
class Node:
    """A value with its 1-based position. `content` is a dict of nodes, a list of nodes or a scalar."""

    content: dict[str, Node] | list[Node] | Value
    line: int | None = None
    column: int | None = None
    offset: int = 0
    """Columns between the node's start and the first character of its text: 1 for a quoted scalar."""
    key_positions: dict[str, tuple[int, int]] = field(default_factory=dict)
    size: int = 1
    """Values in this subtree, aliases expanded."""

    def data(self) -> Any:
        """The subtree as plain dicts, lists and scalars."""
        if isinstance(self.content, dict):
            return {key: node.data() for key, node in self.content.items()}
        if isinstance(self.content, list):
            return [node.data() for node in self.content]
        return self.content

    def items(self) -> Iterator[tuple[str, Node]]:
        """The entries of a mapping, nothing for any other node."""
        if isinstance(self.content, dict):
            yield from self.content.items()

    @property
    def kind(self) -> str:
        """What a message calls this value."""
        return kind_of(self.content)


def kind_of(value: object) -> str:
    """The name by which messages call the type of a value."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a number"
        case str():
            return "a text"
        case dict():
            return "a mapping"
        case _:
            return "a list"


def is_text(value: str) -> bool:
    """Whether a string can be written as UTF-8: Python and JSON allow lone surrogates, no output does."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


class Document(NamedTuple):
    """A parsed source: its name as messages show it, and its root node."""

    source: str
    root: Node

    def place(self, node: Node | None = None, *path: Step, key: str | None = None) -> Place:
        """The place of `node`, or of its entry `key` (the key itself, not its value)."""
        node = self.root if node is None else node
        line, column = node.line, node.column
        if key is not None and key in node.key_positions:
            line, column = node.key_positions[key]
        return Place(self.source, line, column, path_text(path))

    def locate(self, path: tuple[Step, ...]) -> Place:
        """The place of the value at `path`, or of the deepest part of it that exists; a missing entry gives its mapping."""
        node, line, column = self.root, self.root.line, self.root.column
        for step in path:
            if isinstance(node.content, dict) and isinstance(step, str) and step in node.content:
                line, column = node.key_positions.get(step, (node.line, node.column))
                node = node.content[step]
            elif isinstance(node.content, list) and isinstance(step, int) and step < len(node.content):
                node = node.content[step]
                line, column = node.line, node.column
            else:
                break
        return Place(self.source, line, column, path_text(path))

    def issue(self, code: str, message: str, place: Place, hint: str = "", level: Level = "error") -> Issue:
        """An issue of this document."""
        return Issue(level, code, message, place, hint)

    def error(self, code: str, message: str, hint: str = "") -> InputError:
        """An exception about the document as a whole."""
        return InputError([Issue("error", code, message, self.place(), hint)])


def path_text(path: tuple[Step, ...]) -> str:
    """A path as one writes it: `objectives[0].type`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
