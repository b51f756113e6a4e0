"""A small run of the fuzzer. The large one is run by hand: `python -m tests.fuzz 100000`."""

from __future__ import annotations

from collections import Counter

from tests.fuzz import KINDS, run_case


def test_nothing_but_input_errors_comes_out() -> None:
    """Broken documents, tests and formulas are read or refused with an error that says why, and nothing else happens."""
    outcomes = [run_case(number) for number in range(1500)]
    assert [outcome for outcome in outcomes if outcome.trace] == []
    counts = Counter((outcome.kind, outcome.result) for outcome in outcomes)
    assert set(counts) == {(kind, result) for kind in KINDS for result in ("read", "refused")}, "the cases are all of one sort"
