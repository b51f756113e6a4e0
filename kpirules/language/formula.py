"""KPI formulas: parsed by a grammar, evaluated on numbers, never as Python code."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpirules.errors import KpirulesError, nearest, shown

if TYPE_CHECKING:
    from lark import Lark

MAX_TEXT = 400
"""Characters of one expression."""

_FUNCTIONS: dict[str, tuple[Callable[..., float], int, int]] = {
    "min": (min, 2, 20), "max": (max, 2, 20), "abs": (abs, 1, 1),
    "sqrt": (math.sqrt, 1, 1), "exp": (math.exp, 1, 1), "ln": (math.log, 1, 1),
}  # fmt: skip


class FormulaError(KpirulesError):
    """A formula can't be read, misses a variable or has no value for these inputs."""


class FormulaExpression:
    """A parsed formula. `variables` are the names that it reads, in order of appearance."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tree = _parse(text)
        self.variables: tuple[str, ...] = tuple(dict.fromkeys(_names(self._tree)))

    @property
    def shape(self) -> str:
        """A canonical form: formulas of one shape compute the same from the same inputs."""
        return _shape(self._tree)

    def evaluate(self, values: Mapping[str, float]) -> float:
        """The value for these inputs. Raises `FormulaError` for a missing variable, a division by zero or an overflow."""
        for name in self.variables:
            if name not in values:
                raise FormulaError(f"'{name}' has no value; {nearest(name, values) or 'give it one'}")
        try:
            result = _evaluate(self._tree, values)
        except ZeroDivisionError:
            raise FormulaError("a division by zero: this period has no value") from None
        except (ValueError, OverflowError, TypeError):
            raise FormulaError("these inputs are outside what the formula can compute") from None
        if isinstance(result, complex) or not math.isfinite(result):
            raise FormulaError("these inputs are outside what the formula can compute")
        return float(result)


@lru_cache(maxsize=2048)
def parse_formula(text: str) -> FormulaExpression:
    """Parse an expression. Raises `FormulaError` when it can't be read."""
    return FormulaExpression(text)


@cache
def _grammar() -> Lark:
    from lark import Lark

    return Lark(Path(__file__).with_name("formula.lark").read_text(encoding="utf-8"), parser="lalr", maybe_placeholders=False)


def _parse(text: str) -> Any:
    from lark.exceptions import UnexpectedInput

    if len(text) > MAX_TEXT:
        raise FormulaError(f"a formula of {len(text):,} characters is too long")
    try:
        tree = _grammar().parse(text)
    except UnexpectedInput as error:
        raise FormulaError(f"can't read the formula {shown(text)} at column {max(getattr(error, 'column', 1), 1)}") from None
    for call in tree.find_data("call"):
        name, *arguments = call.children
        _, least, most = _FUNCTIONS[str(name)]
        if not least <= len(arguments) <= most:
            takes = "one value" if most == 1 else f"{least} to {most} values"
            raise FormulaError(f"{name}() takes {takes}, found {len(arguments)}")
    return tree


def _names(tree: Any) -> list[str]:
    if tree.data == "variable":
        return [str(tree.children[0])]
    return [name for child in tree.children if hasattr(child, "data") for name in _names(child)]


def _shape(tree: Any) -> str:
    if tree.data in ("variable", "number"):
        return str(tree.children[0])
    parts = [_shape(child) if hasattr(child, "data") else str(child) for child in tree.children]
    if tree.data in ("add", "multiply"):
        parts.sort()
    return f"{tree.data}({','.join(parts)})"


def _evaluate(tree: Any, values: Mapping[str, float]) -> float:
    match tree.data:
        case "number":
            return float(tree.children[0])
        case "variable":
            return float(values[str(tree.children[0])])
        case "call":
            name, *arguments = tree.children
            function, _, _ = _FUNCTIONS[str(name)]
            return function(*(_evaluate(argument, values) for argument in arguments))
    operands = [_evaluate(child, values) for child in tree.children]
    match tree.data:
        case "negative":
            return -operands[0]
        case "add":
            return operands[0] + operands[1]
        case "subtract":
            return operands[0] - operands[1]
        case "multiply":
            return operands[0] * operands[1]
        case "divide":
            return operands[0] / operands[1]
        case _:
            return float(operands[0] ** operands[1])
