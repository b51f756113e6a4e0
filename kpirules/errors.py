"""What can go wrong, as data.

The exception tree:

    KpirulesError                anything this package raises on purpose
    ├── InputError               what somebody wrote is wrong; carries the issues, each with its place
    │   └── NoObjectiveError     a profile without a KPO: the message explains what a KPO is
    ├── EngineError              an engine is unknown, broken or can't represent the knowledge
    └── OutputError              a result could not be written

A problem is an `Issue` first and an exception second: loaders collect issues and go on, so that one run shows all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

Level = Literal["error", "warning"]


class Place(NamedTuple):
    """Where something is written: a file (or another source), a 1-based line and column where known, a path inside it."""

    source: str
    line: int | None = None
    column: int | None = None
    path: str = ""

    def __str__(self) -> str:
        if self.line is None:
            return f"{self.source}: {self.path}" if self.path else self.source
        return f"{self.source}:{self.line}:{self.column}"


class Issue(NamedTuple):
    """One finding: how bad (`level`), which kind (`code`, stable), what (`message`), where (`place`), and what to do (`hint`)."""

    level: Level
    code: str
    message: str
    place: Place
    hint: str = ""

    def __str__(self) -> str:
        hint = f"\n    {self.hint}" if self.hint else ""
        return f"{self.place}: {self.level}: {self.message} [{self.code}]{hint}"


class KpirulesError(Exception):
    """The root of every exception that this package raises on purpose."""


class InputError(KpirulesError):
    """What somebody wrote is wrong. `issues` holds at least one issue of level `error`."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues: tuple[Issue, ...] = tuple(issues)
        super().__init__("\n".join(str(issue) for issue in self.issues))


class NoObjectiveError(InputError):
    """The profile states no objective, and there is no KPI without a KPO."""


class EngineError(KpirulesError):
    """An engine is unknown, broken, or can't represent the knowledge that it was given."""


class OutputError(KpirulesError):
    """A result could not be written where it was asked for."""


def nearest(found: str, allowed: Iterable[str]) -> str:
    """A hint that names the allowed value closest to `found`, or all of them when they are few, or nothing."""
    import difflib

    names: Sequence[str] = sorted(set(allowed))
    close = difflib.get_close_matches(found[:200].casefold(), names, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    if 0 < len(names) <= 12:
        return "allowed: " + ", ".join(names)
    return ""


def shown(value: object, limit: int = 60) -> str:
    """A value as a message shows it: short, on one line, with its type where that is what went wrong."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
