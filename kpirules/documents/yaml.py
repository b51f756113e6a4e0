"""YAML 1.2 scalars and structure on PyYAML's event stream.

Events, and not PyYAML's own loader, because they carry the place of every value, keep `NO` (Norway) a text, never build
objects from tags, and let depth, aliases and duplicate keys be refused while they are read.
"""

from __future__ import annotations

import math
import re
from typing import Any

import yaml

from kpirules.documents.node import MAX_DEPTH, MAX_NODES, Node, Value, is_text
from kpirules.errors import InputError, Issue, Place

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INTEGER = re.compile(r"[-+]?[0-9]+(?:_[0-9]+)*")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:_[0-9]+)*(?:\.[0-9_]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_SPECIAL_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS: dict[str, Value] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


def parse_yaml(text: str, source: str) -> Node:
    """The root node of one YAML document of printable characters. Raises `InputError` at the first thing that can't be read."""
    loader = _LOADER(text)
    try:
        return _Builder(loader, source).document()
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark
        place = Place(source, mark.line + 1, mark.column + 1) if mark else Place(source)
        raise InputError([Issue("error", "syntax", f"not valid YAML: {error.problem or error.context}", place)]) from None
    finally:
        loader.dispose()


class _Builder:
    def __init__(self, loader: Any, source: str) -> None:
        self._loader = loader
        self._source = source
        self._anchors: dict[str, Node | None] = {}

    def document(self) -> Node:
        self._next()  # stream start
        if self._loader.check_event(yaml.StreamEndEvent):
            raise InputError([Issue("error", "empty", "the document is empty", Place(self._source, 1, 1))])
        self._next()  # document start
        root = self._node(self._next(), 1)
        self._next()  # document end
        extra = self._next()
        if not isinstance(extra, yaml.StreamEndEvent):
            raise self._error("syntax", "a second YAML document starts here; one file holds one document", extra)
        if root.content is None:
            raise InputError([Issue("error", "empty", "the document is empty", Place(self._source, 1, 1))])
        return root

    def _next(self) -> Any:
        return self._loader.get_event()

    def _error(self, code: str, message: str, event: Any) -> InputError:
        mark = event.start_mark
        return InputError([Issue("error", code, message, Place(self._source, mark.line + 1, mark.column + 1))])

    def _node(self, event: Any, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self._error("too-deep", f"nested deeper than {MAX_DEPTH} levels", event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if event.tag is not None and not (isinstance(event, yaml.ScalarEvent) and event.tag == "!"):
            raise self._error("syntax", f"tags such as {event.tag} are not allowed", event)
        if event.anchor:
            self._anchors[event.anchor] = None  # known, but not whole yet: an alias to it from inside is a cycle
        node = self._content(event, depth)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, event: Any) -> Node:
        target = self._anchors.get(event.anchor)
        if target is None:
            known = event.anchor in self._anchors
            why = "stands inside the value that it names" if known else "has no anchor before it"
            raise self._error("syntax", f"the alias *{event.anchor} {why}", event)
        return target

    def _content(self, event: Any, depth: int) -> Node:
        node = Node(None, event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.ScalarEvent):
            node.content = self._scalar(event)
            node.offset = 1 if event.style in ("'", '"') else 0
        elif isinstance(event, yaml.SequenceStartEvent):
            node.content = children = []
            while not isinstance(item := self._next(), yaml.SequenceEndEvent):
                children.append(self._grow(node, self._node(item, depth + 1), item))
        else:
            self._mapping(node, depth)
        return node

    def _mapping(self, node: Node, depth: int) -> None:
        node.content = entries = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._error("syntax", "a key must be a plain text", event)
            key = self._text(event)
            mark: Any = event.start_mark
            if key in entries:
                first = node.key_positions[key][0]
                raise self._error("duplicate-key", f"the key '{key}' is already there on line {first}", event)
            node.key_positions[key] = (mark.line + 1, mark.column + 1)
            value = self._next()
            entries[key] = self._grow(node, self._node(value, depth + 1), value)

    def _grow(self, parent: Node, child: Node, event: Any) -> Node:
        parent.size += child.size
        if parent.size > MAX_NODES:
            raise self._error("too-large", f"more than {MAX_NODES:,} values once its aliases are expanded", event)
        return child

    def _text(self, event: Any) -> str:
        text: str = event.value
        if not is_text(text):  # an escape that only PyYAML's Python parser lets pass
            raise self._error("encoding", "half of a surrogate pair is not a text", event)
        return text

    def _scalar(self, event: Any) -> Value:
        text = self._text(event)
        if event.style or event.tag == "!":
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _SPECIAL_NUMBER.fullmatch(text):
            raise self._error("not-finite", f"{text} is not a number that a fact can have", event)
        try:
            if _INTEGER.fullmatch(text):
                return int(text.replace("_", ""))
            if _NUMBER.fullmatch(text):
                number = float(text.replace("_", ""))
                if math.isinf(number):
                    raise self._error("not-finite", f"{text[:40]} is too large for a number", event)
                return number
        except ValueError:
            raise self._error("not-finite", f"a number of {len(text)} digits is too long", event) from None
        return text
