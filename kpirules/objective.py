"""An objective type: the class of a KPO."""

from __future__ import annotations

from kpirules.record import Id, Record, Text, Words


class ObjectiveType(Record):
    """A class of goals that management sets, recognised in a statement by its keywords."""

    id: Id
    version: str = "1.0.0"
    name: Text
    description: Text
    """What management means by it."""
    statement: Text
    """A typical way to state such a KPO."""
    keywords: Words = Words()
    qualitative: bool = False
    """Whether its headline set should hold a qualitative KPI."""


class ObjectiveTypeFile(Record):
    """A document with one objective type."""

    objective_type: ObjectiveType
