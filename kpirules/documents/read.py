"""From a file, standard input, a text or plain Python data to a `Document`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from kpirules.documents.node import MAX_DEPTH, MAX_DIGITS, MAX_NODES, Document, Node, Step, Value, is_text, path_text
from kpirules.errors import InputError, Issue, Place

MAX_BYTES = 8_000_000
"""Bytes of one file. The largest ruleset we know of has a tenth of it."""

_TOO_LONG = 10**MAX_DIGITS


def read_file(path: Path, name: str | None = None) -> Document:
    """The document in a file. Raises `InputError` when it is missing, unreadable, too large, empty or malformed."""
    source = name or str(path)
    try:
        with path.open("rb") as stream:
            return read_text(read_bytes(stream, source), source)
    except OSError as error:
        raise InputError([Issue("error", "unreadable", f"can't read it: {error.strerror}", Place(source))]) from None


def read_bytes(stream: BinaryIO, source: str) -> str:
    """The text of a binary stream, UTF-8 with or without a byte order mark."""
    raw = stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise InputError([Issue("error", "too-large", f"larger than {MAX_BYTES // 1_000_000} MB", Place(source))])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        raise InputError([Issue("error", "encoding", "not UTF-8 text", Place(source, line, column))]) from None
    if "\0" in text:
        raise InputError([Issue("error", "encoding", "a binary file, not a text", Place(source))])
    return text


def read_text(text: str, source: str) -> Document:
    """The document in a text: JSON when the source says so or the text is JSON, else YAML (of which JSON is a kind)."""
    if not text.strip():
        raise InputError([Issue("error", "empty", "the document is empty", Place(source, 1, 1))])
    from yaml.reader import Reader

    if found := Reader.NON_PRINTABLE.search(text):  # control characters and halves of surrogate pairs
        place = Place(source, text.count("\n", 0, found.start()) + 1, found.start() - text.rfind("\n", 0, found.start()))
        raise InputError([Issue("error", "encoding", f"the character U+{ord(found[0]):04X} can't stand in a text", place)])
    from kpirules.documents.yaml import parse_yaml

    if source.endswith(".json"):
        from kpirules.documents.json import parse_json

        return Document(source, parse_json(text, source))
    if text.lstrip()[0] in "{[":
        from kpirules.documents.json import parse_json

        try:
            return Document(source, parse_json(text, source))
        except InputError as error:
            if error.issues[0].code != "syntax":
                raise
    return Document(source, parse_yaml(text, source))


def read_data(data: object, source: str) -> Document:
    """Plain Python data as a document, with paths in place of lines."""
    return Document(source, _node(data, source, (), 1))


def _node(value: Any, source: str, path: tuple[Step, ...], depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise InputError([Issue("error", "too-deep", f"nested deeper than {MAX_DEPTH} levels", Place(source))])
    if isinstance(value, Mapping):
        keyed = [(str(_scalar(str(key), source, path)), item) for key, item in value.items()]
        entries = {key: _node(item, source, (*path, key), depth + 1) for key, item in keyed}
        node = Node(entries, size=1 + sum(item.size for item in entries.values()))
    elif isinstance(value, (list, tuple)):
        items = [_node(item, source, (*path, index), depth + 1) for index, item in enumerate(value)]
        node = Node(items, size=1 + sum(item.size for item in items))
    else:
        node = Node(_scalar(value, source, path))
    if node.size > MAX_NODES:
        raise InputError([Issue("error", "too-large", f"more than {MAX_NODES:,} values", Place(source))])
    return node


def _scalar(value: object, source: str, path: tuple[Step, ...]) -> Value:
    code, problem = "not-finite", ""
    match value:
        case None | bool():
            pass
        case int():
            problem = f"a number of more than {MAX_DIGITS} digits is too long" if abs(value) >= _TOO_LONG else ""
        case float():
            problem = "" if math.isfinite(value) else f"{value} is not a number that a fact can have"
        case _:
            value = str(value)
            code, problem = "encoding", "" if is_text(value) else "half of a surrogate pair is not a text"
    if problem:
        raise InputError([Issue("error", code, problem, Place(source, path=path_text(path)))])
    return value
