"""What all authored records share: frozen, strict, no unknown keys, texts in two languages."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80, description="lower case, digits and hyphens")]


class Record(BaseModel):
    """The base of every record that people write in YAML."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Text(Record):
    """A text in English and French. One may be missing; `check` then warns and the other one is shown."""

    en: Annotated[str, Field(min_length=1)] | None = None
    fr: Annotated[str, Field(min_length=1)] | None = None

    def get(self, language: Language) -> str:
        """The text in a language, else in the other one."""
        first, second = (self.fr, self.en) if language == "fr" else (self.en, self.fr)
        return first or second or ""


class Words(Record):
    """Words or phrases per language: aliases, keywords."""

    en: tuple[str, ...] = ()
    fr: tuple[str, ...] = ()


class Reference(Record):
    """A public source."""

    title: str
    url: str | None = None
