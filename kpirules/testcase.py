"""Cases: the tests of a ruleset, as YAML beside it."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from pydantic import Field

from kpirules.record import Id, Record


class Expectation(Record):
    """What must be true of the result."""

    top: tuple[Id, ...] = ()
    """KPIs among the first `within` of the overall ranking."""
    within: Annotated[int, Field(ge=1)] = 5
    recommended: tuple[Id, ...] = ()
    """KPIs somewhere in the overall ranking."""
    not_recommended: tuple[Id, ...] = ()
    """KPIs that are absent from the ranking, or discouraged or excluded for some KPO."""
    fired: tuple[str, ...] = ()
    """Rules, `ruleset/rule`, that fire."""
    not_fired: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    """Rules whose advice is given."""
    types: tuple[Id, ...] = ()
    """The objective types, stated or inferred, in order."""


class Case(Record):
    """A profile and what is expected of its recommendation."""

    name: str
    profile: dict[str, Any]
    as_of: datetime.date | None = None
    expect: Expectation


class CaseFile(Record):
    """A document of cases."""

    cases: tuple[Case, ...]
