"""`kpirules kpis`, `objectives`, `platforms`, `sectors`: list, search and show what the knowledge base holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from kpirules.cli.settings import chosen_language, lang_option, read_settings, rulesets_option


def _browser(name: str, table: str, noun: str, plural: str) -> click.Group:
    """The group of commands that browses one table of the knowledge base."""
    format_option = click.option(
        "--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to show it."
    )

    @click.group(name=name, help=f"List, search and show the {plural}.")
    def group() -> None:
        pass

    @group.command("list", help=f"List all {plural}.")
    @format_option
    @lang_option
    @rulesets_option
    def list_(format_: str, lang: str | None, rulesets: tuple[str, ...]) -> None:
        records, language = _records(table, lang, rulesets)
        _print_list(records, format_, language)

    @group.command(help=f"Search the {plural} by any word of their names, aliases and definitions; accents and case do not matter.")
    @click.argument("words", nargs=-1, required=True)
    @format_option
    @lang_option
    @rulesets_option
    def search(words: tuple[str, ...], format_: str, lang: str | None, rulesets: tuple[str, ...]) -> None:
        from kpirules.language.matching import rank_texts

        records, language = _records(table, lang, rulesets)
        found = rank_texts(" ".join(words), {identity: _texts(record) for identity, record in records.items()})
        if not found and format_ == "table":
            click.echo(f"nothing found; `kpirules {name} list` shows all {plural}", err=True)
        _print_list({identity: records[identity] for identity in found}, format_, language)

    @group.command(help=f"Show one {noun}, whole.")
    @click.argument("id")
    @format_option
    @lang_option
    @rulesets_option
    def show(id: str, format_: str, lang: str | None, rulesets: tuple[str, ...]) -> None:
        from kpirules.cli.session import load_knowledge

        settings = read_settings()
        knowledge = load_knowledge(settings, rulesets)
        record = dict(knowledge.record(table, id, noun))
        if table == "kpis":
            platforms = knowledge.data["platforms"]
            record["sources"] = [{"platform": name, **metric} for name in platforms for metric in knowledge.metrics(name).get(id, ())]
        if format_ == "json":
            click.echo(json.dumps(record, ensure_ascii=False, indent=2))
        else:
            click.echo(_as_text(record, chosen_language(lang, settings)))

    return group


kpis = _browser("kpis", "kpis", "KPI", "KPIs of the catalogue")
objectives = _browser("objectives", "objective_types", "objective type", "objective types")
platforms = _browser("platforms", "platforms", "platform", "platforms")
sectors = _browser("sectors", "sectors", "sector", "sectors")


def _records(table: str, lang: str | None, rulesets: tuple[str, ...]) -> tuple[Mapping[str, Mapping[str, Any]], str]:
    from kpirules.cli.session import load_knowledge

    settings = read_settings()
    return load_knowledge(settings, rulesets).data[table], chosen_language(lang, settings)


def _texts(record: Mapping[str, Any]) -> list[str]:
    """The texts of a record by which it is found, the most telling first."""
    words = [word for key in ("aliases", "keywords") for language in record.get(key, {}).values() for word in language]
    names, definition = record["name"].values(), record.get("definition") or record.get("description") or {}
    return [" ".join(filter(None, names)), " ; ".join(words), " ".join(filter(None, definition.values()))]


def _print_list(records: Mapping[str, Mapping[str, Any]], format_: str, language: str) -> None:
    from kpirules.cli.tables import plain_table
    from kpirules.cli.words import word
    from kpirules.evidence import translate

    if format_ == "json":
        rows = [{"id": identity, "name": translate(record["name"], language)} for identity, record in records.items()]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    elif records:
        table = [(identity, translate(record["name"], language)) for identity, record in records.items()]
        click.echo(plain_table((word("id", language), word("name", language)), table), nl=False)


def _as_text(record: Mapping[str, Any], language: str) -> str:
    lines = []
    for key, value in record.items():
        if value not in ("", [], {}, None):
            lines += _entry(key, value, language, 0)
    return "\n".join(lines)


def _entry(key: str, value: Any, language: str, indent: int) -> list[str]:
    from kpirules.evidence import translate

    pad = "  " * indent
    if isinstance(value, dict) and value.keys() <= {"en", "fr"}:
        text = value.get(language) or translate(value, language)
        value = ", ".join(text) if isinstance(text, list) else text
    if isinstance(value, dict):
        return [f"{pad}{key}:", *(line for name, item in value.items() for line in _entry(name, item, language, indent + 1))]
    if isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            return [f"{pad}{key}: {', '.join(value)}"]
        rows = [", ".join(f"{name} {_flat(part, language)}" for name, part in item.items()) for item in value]
        return [f"{pad}{key}:", *(f"{pad}  - {row}" for row in rows)]
    return [f"{pad}{key}: {value}"]


def _flat(value: Any, language: str) -> str:
    return str(value.get(language) or next(iter(value.values()), "")) if isinstance(value, dict) else str(value)
