"""The normal form: a condition as clauses, one of which must hold whole.

Kleene's logic is a De Morgan lattice, so negations can be pushed to the tests and `all` distributed over `any` without
changing when a condition is true. A clause with a test and its negation, or with `known` and `unknown` of one field, can
never be true and is dropped; a clause that contains another one adds nothing and is dropped too.
"""

from __future__ import annotations

from dataclasses import dataclass

from kpirules.language.condition import All, AnyOf, Atom, Condition, Known, Not

MAX_CLAUSES = 256
"""Clauses of one rule. Above it the rule is refused: a derived fact says the same in less."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A test, or its negation. On an unknown fact neither is true, except for `Known`."""

    atom: Atom
    negated: bool = False


Clause = tuple[Literal, ...]


class TooManyClausesError(ValueError):
    """The normal form would have more than `MAX_CLAUSES` clauses."""


def normalise(condition: Condition) -> tuple[Clause, ...]:
    """The clauses of a condition: none when it can never be true, one empty clause when it always is.

    A field has one type: tests of one field for 1 and for True, which Python calls equal, would be taken for the same.
    """
    return tuple(tuple(sorted(clause, key=_order)) for clause in _clauses(condition, negated=False))


def _order(literal: Literal) -> tuple[str, str, bool]:
    return literal.atom.field, repr(literal.atom), literal.negated


def _clauses(condition: Condition, *, negated: bool) -> list[frozenset[Literal]]:
    match condition:
        case Not(child):
            return _clauses(child, negated=not negated)
        case All(children) if not negated:
            return _conjunction(children, negated)
        case AnyOf(children) if negated:
            return _conjunction(children, negated)
        case All(children) | AnyOf(children):
            return _absorb([clause for child in children for clause in _clauses(child, negated=negated)])
        case _:
            return [frozenset([Literal(condition, negated)])]


def _conjunction(children: tuple[Condition, ...], negated: bool) -> list[frozenset[Literal]]:
    result: list[frozenset[Literal]] = [frozenset()]
    for child in children:
        factors = _clauses(child, negated=negated)
        if len(result) * len(factors) > 4 * MAX_CLAUSES:
            raise TooManyClausesError
        result = _absorb([left | right for left in result for right in factors if not _contradict(left | right)])
    return result


def _contradict(clause: frozenset[Literal]) -> bool:
    """Whether a clause can never be true: a test beside its own negation, or any test of a field said to be unknown."""
    unknown = {literal.atom.field for literal in clause if literal.negated and isinstance(literal.atom, Known)}
    return any(
        Literal(literal.atom, not literal.negated) in clause
        or (literal.atom.field in unknown and literal != Literal(Known(literal.atom.field), True))
        for literal in clause
    )


def _absorb(clauses: list[frozenset[Literal]]) -> list[frozenset[Literal]]:
    kept: list[frozenset[Literal]] = []
    for clause in sorted(set(clauses), key=lambda c: (len(c), sorted(map(_order, c)))):
        if not any(other <= clause for other in kept):
            kept.append(clause)
    if len(kept) > MAX_CLAUSES:
        raise TooManyClausesError
    return kept
