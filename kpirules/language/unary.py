"""Unary tests: from `"< 10_000"`, `not("mature")`, `[10..20)` or a plain YAML value to a typed condition on one field."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kpirules.documents.node import MAX_DIGITS
from kpirules.errors import shown
from kpirules.language.condition import All, AnyOf, Between, Condition, Known, Not, OneOf, Scalar
from kpirules.language.fields import Field, FieldRegistry

if TYPE_CHECKING:
    from lark import Lark

MAX_TEXT = 20_000
"""Characters of one unary test."""

EXAMPLES = 'write for example  < 10   [10..20)   "a","b"   not("a")   known   unknown'


class UnaryTestError(ValueError):
    """A unary test can't be read or does not fit its field. `column` is the 0-based offset in its text."""

    def __init__(self, code: str, message: str, hint: str = "", column: int = 0) -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.column = code, message, hint, column


@dataclass(frozen=True, slots=True)
class _Test:
    """One parsed alternative, before the field's type is known."""

    kind: Literal["equal", "interval", "known", "unknown"]
    low: Scalar | None = None
    high: Scalar | None = None
    low_open: bool = False
    high_open: bool = False
    column: int = 0


@dataclass(frozen=True, slots=True)
class _Tests:
    alternatives: tuple[_Test, ...]
    """None of them means: anything."""
    negated: bool = False


def read_test(value: object, field: Field, registry: FieldRegistry) -> Condition:
    """The condition that a unary test states about a field.

    `value` is a text in the unary test language, a YAML scalar, or a list of those (alternatives). Raises `UnaryTestError`.
    """
    if isinstance(value, list):
        if not value:
            raise UnaryTestError("empty-test", "an empty list can never match", EXAMPLES)
        return any_of([read_test(item, field, registry) for item in value], field)
    if isinstance(value, str):
        return _typed(parse(value), field, registry)
    if value is None:
        raise UnaryTestError("empty-test", f"nothing to compare {field.name} with", "for a missing fact write unknown")
    if isinstance(value, (bool, int, float)):
        return _typed(_Tests((_Test("equal", value),)), field, registry)
    raise UnaryTestError("wrong-type", f"a test of {field.name} is a value or a list of values, found a mapping", EXAMPLES)


def _typed(tests: _Tests, field: Field, registry: FieldRegistry) -> Condition:
    if not tests.alternatives:
        return All()
    result = any_of([_condition(test, field, registry) for test in tests.alternatives], field)
    return Not(result) if tests.negated else result


def any_of(conditions: list[Condition], field: Field) -> Condition:
    """One of these conditions, the values that they name put together in one test."""
    values = sorted((value for condition in conditions if isinstance(condition, OneOf) for value in condition.values), key=repr)
    others = [condition for condition in conditions if not isinstance(condition, OneOf)]
    merged: list[Condition] = [*([OneOf(field.name, tuple(dict.fromkeys(values)))] if values else []), *others]
    return merged[0] if len(merged) == 1 else AnyOf(tuple(merged))


def _condition(test: _Test, field: Field, registry: FieldRegistry) -> Condition:
    match test.kind:
        case "known":
            return Known(field.name)
        case "unknown":
            return Not(Known(field.name))
        case "equal":
            problem = registry.problem(field, test.low)
            if problem:
                raise UnaryTestError(*problem, column=test.column)
            return OneOf(field.name, (test.low,))  # type: ignore[arg-type]  # `problem` has refused None
        case "interval":
            return _between(test, field)


def _between(test: _Test, field: Field) -> Between:
    if field.type not in ("integer", "number"):
        raise UnaryTestError(
            "wrong-type", f"{field.name} is {field.describe_type()}: it has no order to compare by", "list the values instead", test.column
        )
    low, high = test.low, test.high
    if any(isinstance(bound, (bool, str)) for bound in (low, high)):
        raise UnaryTestError("wrong-type", f"{field.name} is compared with numbers only", EXAMPLES, test.column)
    assert not isinstance(low, str)
    assert not isinstance(high, str)
    if low is not None and high is not None and (low > high or (low == high and (test.low_open or test.high_open))):
        raise UnaryTestError("empty-test", "this interval holds no number", "write the lower bound first", test.column)
    return Between(field.name, low, high, test.low_open, test.high_open)


@lru_cache(maxsize=4096)
def parse(text: str) -> _Tests:
    """Parse a unary test. Raises `UnaryTestError` with the column of the first character that does not fit."""
    from lark.exceptions import UnexpectedInput

    if len(text) > MAX_TEXT:
        raise UnaryTestError("syntax", f"a test of {len(text):,} characters is too long", EXAMPLES)
    try:
        return _build(_grammar().parse(text))
    except UnexpectedInput as error:
        raise UnaryTestError("syntax", f"can't read the test {shown(text)}", _hint(text), _position(error, text)) from None


def _hint(text: str) -> str:
    if re.search(r"[0-9]\s[0-9]", text):
        return "write ten thousand as 10_000 or 10000"
    if " " in text.strip():
        return f"a text with spaces or signs goes in quotes of its own: '\"{shown(text, 30)[1:-1]}\"'"
    return EXAMPLES


def _position(error: Any, text: str) -> int:
    """Where a text stops being a test: at its end when something is missing there."""
    token = getattr(error, "token", None)
    return len(text) if token is not None and token.type == "$END" else int(error.pos_in_stream or 0)


@cache
def _grammar() -> Lark:
    from lark import Lark

    grammar = Path(__file__).with_name("unary.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def _build(tree: Any) -> _Tests:
    match tree.data:
        case "anything":
            return _Tests(())
        case "negation":
            return _Tests(_alternatives(tree.children[0]), negated=True)
        case _:
            return _Tests(_alternatives(tree.children[0]))


def _alternatives(tree: Any) -> tuple[_Test, ...]:
    return tuple(_test(child) for child in tree.children)


def _test(tree: Any) -> _Test:
    column = tree.meta.start_pos if not tree.meta.empty else 0
    match tree.data:
        case "equal":
            return _Test("equal", _literal(tree.children[0]), column=column)
        case "comparison":
            sign, value = str(tree.children[0]), _literal(tree.children[1])
            if sign == "=":
                return _Test("equal", value, column=column)
            is_open = len(sign) == 1
            if sign[0] == "<":
                return _Test("interval", None, value, False, is_open, column)
            return _Test("interval", value, None, is_open, False, column)
        case "interval":
            opening, low, high, closing = tree.children
            return _Test("interval", _literal(low), _literal(high), str(opening) != "[", str(closing) != "]", column)
        case "known":
            return _Test("known", column=column)
        case _:
            return _Test("unknown", column=column)


def _literal(tree: Any) -> Scalar:
    match tree.data:
        case "number":
            return _number(tree.children[0])
        case "quoted":
            return str(tree.children[0])[1:-1].replace('\\"', '"').replace("\\\\", "\\")
        case "yes":
            return True
        case "no":
            return False
        case _:
            return str(tree.children[0])


def _number(token: Any) -> int | float:
    text = str(token).replace("_", "")
    if not any(sign in text for sign in ".eE"):
        if len(text) > MAX_DIGITS:
            raise UnaryTestError("not-finite", f"a number of {len(text)} digits is too long", column=token.start_pos)
        return int(text)
    number = float(text)
    if math.isinf(number):
        raise UnaryTestError("not-finite", f"{shown(text)[1:-1]} is too large for a number", column=token.start_pos)
    return number
