"""Defaults: `kpirules.toml` in the working folder, the environment, and what the command line says over both."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from kpirules.errors import InputError, Issue, Place, nearest, shown

FILE = "kpirules.toml"
FORMATS = ("table", "json", "markdown", "csv")

_KEYS: dict[str, type[Any]] = {"rulesets": list, "lang": str, "top": int, "engine": str, "format": str}

F = TypeVar("F", bound=Callable[..., Any])


class Settings(NamedTuple):
    """The defaults in force. `rulesets` are relative to the file that names them, hence to the working folder."""

    rulesets: tuple[str, ...] = ()
    lang: str | None = None
    top: int | None = None
    engine: str = "native"
    format: str | None = None


def read_settings(file: Path = Path(FILE)) -> Settings:
    """The settings of a `kpirules.toml`, all defaults when there is none. Raises `InputError` for what is wrong in it."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Issue("error", "unreadable", f"can't read it: {error}", Place(str(file)))]) from None
    import tomllib

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        place = Place(str(file), int(match[1]), int(match[2])) if match else Place(str(file))
        raise InputError([Issue("error", "syntax", f"not valid TOML: {error}", place)]) from None
    issues = list(_issues(data, text, str(file)))
    if issues:
        raise InputError(issues)
    return Settings(**{**data, "rulesets": tuple(data.get("rulesets", ()))})


def _issues(data: dict[str, Any], text: str, source: str) -> list[Issue]:
    issues = []
    for key, value in data.items():
        place = _place(key, text, source)
        if key not in _KEYS:
            issues.append(Issue("error", "unknown-key", f"no setting is called '{shown(key)[1:-1]}'", place, nearest(key, _KEYS)))
        elif not isinstance(value, _KEYS[key]) or isinstance(value, bool):
            issues.append(Issue("error", "wrong-type", f"'{key}' can't be {shown(value)}", place))
        elif key == "rulesets" and not all(isinstance(path, str) for path in value):
            issues.append(Issue("error", "wrong-type", "'rulesets' is a list of paths", place))
        elif key == "lang" and value not in ("en", "fr"):
            issues.append(Issue("error", "unknown-id", f"'lang' can't be {shown(value)}", place, "allowed: en, fr"))
        elif key == "format" and value not in FORMATS:
            issues.append(Issue("error", "unknown-id", f"'format' can't be {shown(value)}", place, nearest(value, FORMATS)))
        elif key == "top" and value < 1:
            issues.append(Issue("error", "out-of-range", f"'top' is at least 1, found {value}", place))
    return issues


def _place(key: str, text: str, source: str) -> Place:
    """Where a top-level key is written: the TOML reader of the standard library does not say."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*(\[+\s*)?\"?{re.escape(key)}\b", line):
            return Place(source, number, line.index(key) + 1)
    return Place(source)


def language_of_environment() -> str:
    """French when the environment speaks French, else English."""
    for variable in ("KPIRULES_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "fr" if value.lower().startswith("fr") else "en"
    return "en"


def chosen_language(lang: str | None, settings: Settings) -> Any:
    """The language of the output: option, then settings, then environment."""
    return lang or settings.lang or language_of_environment()


rulesets_option = click.option(
    "--rulesets", "-r", multiple=True, metavar="PATH", help="A ruleset file or a folder of them, added to what is installed. Repeatable."
)
lang_option = click.option("--lang", type=click.Choice(["en", "fr"]), help="Language of the output.")
as_of_option = click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The day to decide for (today by default).")
engine_option = click.option("--engine", metavar="NAME", help="The engine: native (default), reference, or one of a plugin.")
