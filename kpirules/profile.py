"""The profile as a typed object. Which facts exist is the field registry's matter; see `kpirules schema profile`."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

FactData = str | bool | int | float | tuple[str | bool | int | float, ...]


class Objective(BaseModel):
    """A KPO as management states it: a type, a statement, or both. Further facts are those of the registry."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, FactData]

    id: str | None = None
    type: str | None = None
    statement: str | None = None
    priority: int | None = None


class PlatformUse(BaseModel):
    """A platform on which the company acts, with what it says of it."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, FactData]

    name: str


class Profile(BaseModel):
    """What a company says of itself. A missing fact is unknown, never zero and never false; a missing section likewise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    company: dict[str, FactData] | None = None
    objectives: tuple[Objective, ...]
    platforms: tuple[PlatformUse | str, ...] | None = None
    audience: dict[str, FactData] | None = None
    data_sources: tuple[str, ...] | None = None
