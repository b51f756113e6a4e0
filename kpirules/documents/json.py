"""JSON with places. The standard library judges the syntax; a grammar then finds where each value stands."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from kpirules.documents.node import MAX_DEPTH, MAX_NODES, Node, is_text
from kpirules.errors import InputError, Issue, Place

if TYPE_CHECKING:
    from lark import Lark, Token, Tree


def parse_json(text: str, source: str) -> Node:
    """The root node of a JSON text. Raises `InputError` at the first thing that can't be read."""
    try:
        size = _size(json.loads(text, parse_constant=_no_constant, object_pairs_hook=tuple))
    except json.JSONDecodeError as error:
        place = Place(source, error.lineno, error.colno)
        raise InputError([Issue("error", "syntax", f"not valid JSON: {error.msg}", place)]) from None
    except RecursionError:
        raise InputError([Issue("error", "too-deep", f"nested deeper than {MAX_DEPTH} levels", Place(source))]) from None
    except ValueError as error:
        raise InputError([Issue("error", "not-finite", str(error).split(";")[0], Place(source))]) from None
    if size > MAX_NODES:  # before the grammar, which takes its time
        raise InputError([Issue("error", "too-large", f"more than {MAX_NODES:,} values", Place(source))])
    return _node(cast("Tree[Token] | Token", _grammar().parse(text)), source, 1)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number that a fact can have")


def _size(data: Any) -> int:
    """How many values there are, an object being a tuple of its entries."""
    size, waiting = 0, [data]
    while waiting:
        value = waiting.pop()
        size += 1
        if isinstance(value, tuple):
            waiting += [entry for _, entry in value]
        elif isinstance(value, list):
            waiting += value
    return size


@cache
def _grammar() -> Lark:
    from lark import Lark

    grammar = Path(__file__).with_name("json.lark").read_text(encoding="utf-8")
    return Lark(grammar, start="value", parser="lalr", propagate_positions=True, maybe_placeholders=False)


def _node(tree: Any, source: str, depth: int) -> Node:
    if not hasattr(tree, "data"):
        return _scalar(tree, source)
    node = Node(None, tree.meta.line, tree.meta.column)
    place = Place(source, node.line, node.column)
    if depth > MAX_DEPTH:
        raise InputError([Issue("error", "too-deep", f"nested deeper than {MAX_DEPTH} levels", place)])
    if tree.data == "array":
        node.content = [_node(child, source, depth + 1) for child in tree.children]
        node.size += sum(child.size for child in node.content)
    else:
        node.content = entries = {}
        for pair in tree.children:
            token, value = pair.children
            key = cast(str, _scalar(token, source).content)
            if key in entries:
                first = node.key_positions[key][0]
                place = Place(source, token.line, token.column)
                raise InputError([Issue("error", "duplicate-key", f"the key '{key}' is already there on line {first}", place)])
            node.key_positions[key] = (token.line, token.column)
            entries[key] = _node(value, source, depth + 1)
            node.size += entries[key].size
    return node


def _scalar(token: Any, source: str) -> Node:
    value = json.loads(token)
    if isinstance(value, str) and not is_text(value):
        place = Place(source, token.line, token.column)
        raise InputError([Issue("error", "encoding", "half of a surrogate pair is not a text", place)])
    if isinstance(value, float) and math.isinf(value):
        place = Place(source, token.line, token.column)
        raise InputError([Issue("error", "not-finite", f"{token[:40]} is too large for a number", place)])
    return Node(value, token.line, token.column, offset=1 if token.type == "STRING" else 0)
