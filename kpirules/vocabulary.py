"""Small vocabularies: sectors, data sources, topics, and the fields of profiles."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kpirules.record import Id, Record, Text, Words


class Term(Record):
    """An id with its names, and the words by which people mean it."""

    id: Id
    name: Text
    description: Text | None = None
    keywords: Words = Words()


class FieldRecord(Record):
    """A typed fact that profiles may state and rules may read."""

    field: Annotated[str, Field(pattern=r"^(company|audience|objective|platform)\.[a-z][a-z0-9_]*$")]
    type: Literal["text", "choice", "boolean", "integer", "number"]
    label: Text
    question: Text
    allowed: dict[Id, Text] = {}
    vocabulary: Literal["sectors", "data_sources", "platforms", "objective_types", "topics"] | None = None
    many: bool = False
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None


class SectorFile(Record):
    """A document of sectors."""

    sectors: tuple[Term, ...]


class DataSourceFile(Record):
    """A document of data sources: the tools that measure."""

    data_sources: tuple[Term, ...]


class TopicFile(Record):
    """A document of topics: what a KPO's statement may be about beyond its type."""

    topics: tuple[Term, ...]


class FieldFile(Record):
    """A document of profile fields."""

    fields: tuple[FieldRecord, ...]
