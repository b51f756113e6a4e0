"""A platform: a channel on which a company acts."""

from __future__ import annotations

import datetime

from kpirules.language.fields import PlatformKind
from kpirules.record import Id, Record, Text, Words


class Metric(Record):
    """How a platform or its tool measures a KPI, by the vendor's own name.

    `metric` may be an expression over several names. `since`, `deprecated_on` and `replaced_by` follow the vendor's changes.
    """

    kpi: Id
    metric: str
    tool: Id | None = None
    """The data source (an id of `data_sources`) that has it."""
    since: datetime.date | None = None
    deprecated_on: datetime.date | None = None
    replaced_by: str | None = None
    note: Text | None = None
    """What exactly is counted, or from which threshold on the vendor shows it."""


class Platform(Record):
    """A channel with its kind, its facts and the KPIs that it can measure."""

    id: Id
    version: str = "1.0.0"
    name: Text
    kind: PlatformKind
    description: Text
    audience: Text
    """Who follows a company there, and in which state of mind."""
    content: Text
    """What kind of content fits it."""
    keywords: Words = Words()
    facts: tuple[str, ...] = ()
    """Keys of the fields of the scope `platform` that a profile may state about it."""
    metrics: tuple[Metric, ...] = ()


class PlatformFile(Record):
    """A document with one platform."""

    platform: Platform
