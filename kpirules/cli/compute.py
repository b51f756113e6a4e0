"""`kpirules compute`: the value of a KPI from its inputs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import click

from kpirules.cli.settings import chosen_language, lang_option, read_settings, rulesets_option

if TYPE_CHECKING:
    from kpirules.computation import Computation
    from kpirules.knowledge.base import KnowledgeBase


@click.command()
@click.argument("kpi")
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to show it.")
@lang_option
@rulesets_option
def compute(kpi: str, values: tuple[str, ...], format_: str, lang: str | None, rulesets: tuple[str, ...]) -> None:
    """Compute KPI from its inputs, e.g. conversion-rate converting_sessions=42 sessions=1400.

    A percentage may be given as 3% or 0.03. A composite takes the ids of its components as names, and shows what each brings
    and how the result moves with its weight. Without values, it lists the inputs.
    """
    from kpirules.cli.session import load_knowledge
    from kpirules.computation import compute as compute_kpi

    settings = read_settings()
    language = chosen_language(lang, settings)
    knowledge = load_knowledge(settings, rulesets)
    if not values:
        raise click.UsageError(_inputs(knowledge, kpi, language))
    found = compute_kpi(knowledge, kpi, _read(values))
    click.echo(found.model_dump_json(indent=2) if format_ == "json" else as_text(found, knowledge, language))


def _read(values: tuple[str, ...]) -> dict[str, float]:
    numbers: dict[str, float] = {}
    for text in values:
        name, equals, written = text.partition("=")
        if not name or not equals:
            raise click.UsageError(f"'{text}' is no NAME=VALUE")
        if name in numbers:
            raise click.UsageError(f"'{name}' is given twice")
        try:
            number = float(written.removesuffix("%"))
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise click.UsageError(f"'{written}' is no number for '{name}': write 1234.5 or 12%")
        numbers[name] = number / 100 if written.endswith("%") else number
    return numbers


def _inputs(knowledge: KnowledgeBase, kpi: str, language: str) -> str:
    """What there is to give."""
    from kpirules.cli.words import word
    from kpirules.evidence import translate

    record = knowledge.record("kpis", kpi, "KPI")
    if formula := record.get("formula"):
        names = {name: f"{translate(variable, language)} ({variable['unit']})" for name, variable in formula["variables"].items()}
    elif composite := record.get("composite"):
        names = {}
        for part in composite["components"]:
            other = knowledge.record("kpis", part["kpi"], "KPI")
            names[part["kpi"]] = f"{translate(other['name'], language)} ({other['unit']})"
            if part.get("relative"):
                names[f"{part['kpi']}.base"] = word("base", language)
    else:
        return word("observed", language, kpi=kpi, method=translate(record["method"], language))
    return word("inputs", language, kpi=kpi) + "".join(f"\n  {name}=...   {label}" for name, label in names.items())


def as_text(found: Computation, knowledge: KnowledgeBase, language: str) -> str:
    """A computed KPI for the terminal."""
    from kpirules.cli.tables import plain_table
    from kpirules.cli.words import number, word
    from kpirules.evidence import translate

    def name(kpi: str) -> str:
        return translate(knowledge.record("kpis", kpi, "KPI")["name"], language)

    def unit(kpi: str) -> str:
        return str(knowledge.record("kpis", kpi, "KPI")["unit"])

    colon = "\u00a0:" if language == "fr" else ":"
    lines = [f"{name(found.kpi)}{colon} {value_in_unit(found.result, found.unit, language)}"]
    if found.expression:
        lines.append(f"  = {found.expression}")
    if found.contributions:
        heads = [word(key, language) for key in ("component", "value", "scaled", "weight", "points", "heavier", "lighter")]
        rows = [
            (name(part.kpi), value_in_unit(part.value, unit(part.kpi), language), number(part.scaled, language),
             number(part.weight, language),
             *(number(points, language, 1) for points in (part.points, part.if_heavier, part.if_lighter)))
            for part in found.contributions
        ]  # fmt: skip
        lines += ["", plain_table(heads, rows).rstrip("\n")]
    if found.missing:
        lines.append(word("missing", language, names=", ".join(map(name, found.missing))))
    return "\n".join(lines)


def value_in_unit(value: float, unit: str, language: str) -> str:
    """A value as people write it: a fraction as a percentage, other units by their name."""
    from kpirules.cli.words import number, percent, word

    if unit == "percent":
        return percent(value, language, 2)
    digits = 0 if value == int(value) and abs(value) < 1e15 else 2 if abs(value) >= 1 else 4
    suffix = "" if unit in ("ratio", "count", "none") else f" {word(f'unit.{unit}', language)}"
    return number(value, language, digits) + suffix
