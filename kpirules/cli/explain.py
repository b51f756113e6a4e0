"""`kpirules explain`: why a KPI is recommended, or why not, and what would change it."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from kpirules.cli.settings import as_of_option, chosen_language, engine_option, lang_option, read_settings, rulesets_option

if TYPE_CHECKING:
    from kpirules.explain import Argument, Explanation, KpoExplanation


@click.command()
@click.argument("profile")
@click.argument("kpi")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to show it.")
@lang_option
@as_of_option
@engine_option
@rulesets_option
def explain(
    profile: str,
    kpi: str,
    format_: str,
    lang: str | None,
    as_of: datetime.datetime | None,
    engine: str | None,
    rulesets: tuple[str, ...],
) -> None:
    """Explain why KPI is recommended or not for the company of PROFILE, and what would change that."""
    from kpirules.cli import output
    from kpirules.cli.session import make_recommender, read_profile

    settings = read_settings()
    language = chosen_language(lang, settings)
    document = read_profile(profile)
    found = make_recommender(settings, rulesets, engine).explain(document, kpi, language=language, as_of=as_of.date() if as_of else None)
    output.write(found.model_dump_json(indent=2) if format_ == "json" else as_text(found, language), None)


def as_text(explanation: Explanation, language: str) -> str:
    """An explanation for the terminal."""
    from rich.text import Text

    from kpirules.cli.tables import make_console
    from kpirules.cli.words import word

    stream = io.StringIO()
    console = make_console(stream, to_terminal=True)
    console.print(Text(f"{explanation.name} ({explanation.kpi})", style="bold"))
    console.print(Text(explanation.definition))
    for kpo in explanation.kpos:
        console.print()
        console.print(Text(_verdict(kpo, language), style="bold cyan"))
        for argument in kpo.arguments:
            for line in _argument(argument, language):
                console.print(Text(line))
        if kpo.nearest:
            console.print(Text(f"  {word('nearest', language)}", style="italic"))
        for silent in kpo.nearest:
            console.print(Text(f"  ? {silent.rule}  {word('weight', language)} {silent.weight}  {silent.place}"))
            for failed in silent.failed:
                found = word("unknown", language) if failed.found is None else _value(failed.found)
                console.print(Text(f"      {word('required', language, field=failed.field, required=failed.required, found=found)}"))
    if not any(kpo.rank for kpo in explanation.kpos):
        console.print()
        for line in _change(explanation, language):
            console.print(Text(line))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def _verdict(kpo: KpoExplanation, language: str) -> str:
    from kpirules.cli.words import number, word

    place = f" — {word('at', language, rank=kpo.rank, score=number(kpo.score, language))}" if kpo.rank else ""
    kind = f" ({kpo.type})" if kpo.type else ""
    colon = "\u00a0:" if language == "fr" else ":"
    return f"{kpo.id}{kind}{colon} {word(f'verdict.{kpo.verdict}', language)}{place}"


def _argument(argument: Argument, language: str) -> Iterator[str]:
    from kpirules.cli.words import percent, word

    sign, side = ("+", "for") if argument.effect == "recommend" else ("-", "against")
    share = f"{word('share', language)} {percent(argument.share, language)}"
    yield f"  {sign} {word(side, language)}  {argument.rule}  {word('weight', language)} {argument.weight}, {share}"
    yield f"      {argument.reason}"
    if argument.matched:
        unknown = word("unknown", language)
        facts = ", ".join(f"{field} = {unknown if value is None else _value(value)}" for field, value in argument.matched.items())
        yield f"      {word('facts', language, facts=facts)}"
    yield f"      {word('written', language)} {argument.place}"
    if argument.adapted_by:
        yield f"      {word('adapted', language, rulesets=', '.join(argument.adapted_by))}"
    if argument.source:
        yield f"      {word('source', language, source=argument.source)}"


def _change(explanation: Explanation, language: str) -> Iterator[str]:
    from kpirules.cli.words import word

    if explanation.change is None:
        yield word("no-change", language)
        return
    yield word("change", language, rule=explanation.change.rule)
    for edit in explanation.change.edits:
        yield "  - " + word(edit.action, language, path=edit.path, value=_value(edit.value))


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
