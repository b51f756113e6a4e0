"""`kpirules recommend`: the ranked KPIs of a company, per objective."""

from __future__ import annotations

import datetime

import click

from kpirules.cli.settings import FORMATS, as_of_option, chosen_language, engine_option, lang_option, read_settings, rulesets_option


@click.command()
@click.argument("profile")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="How to show it (table by default).")
@lang_option
@click.option(
    "--top",
    type=click.IntRange(1),
    metavar="N",
    help="KPIs listed per objective and overall (10 in a table, else all); the headline set is always whole.",
)
@as_of_option
@engine_option
@rulesets_option
@click.option("--output", "-o", metavar="FILE", help="Write to a file, which appears whole or not at all.")
def recommend(
    profile: str,
    format_: str | None,
    lang: str | None,
    top: int | None,
    as_of: datetime.datetime | None,
    engine: str | None,
    rulesets: tuple[str, ...],
    output: str | None,
) -> None:
    """Recommend KPIs for the company of PROFILE, a YAML or JSON file (- for standard input)."""
    from kpirules.cli import output as outputs
    from kpirules.cli import render
    from kpirules.cli.session import make_recommender, read_profile

    settings = read_settings()
    format_ = format_ or settings.format or "table"
    top = top or settings.top or (10 if format_ in ("table", "markdown") else None)
    document = read_profile(profile)
    result = make_recommender(settings, rulesets, engine).recommend_data(
        document, top=top, language=chosen_language(lang, settings), as_of=as_of.date() if as_of else None
    )
    outputs.write(render.render(result, format_, to_terminal=output is None), output)
