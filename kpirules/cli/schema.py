"""`kpirules schema`: JSON Schemas, for completion and checks in an editor."""

from __future__ import annotations

import json

import click

from kpirules.cli.settings import chosen_language, lang_option, read_settings, rulesets_option


@click.command()
@click.argument("kind", type=click.Choice(["profile", "ruleset"]))
@lang_option
@rulesets_option
@click.option("--output", "-o", metavar="FILE", help="Write to a file, which appears whole or not at all.")
def schema(kind: str, lang: str | None, rulesets: tuple[str, ...], output: str | None) -> None:
    """Print the JSON Schema of profiles or rulesets, made from everything that is loaded.

    In an editor with the YAML language server, put this line at the top of a profile:

    # yaml-language-server: $schema=profile.schema.json
    """
    from kpirules.cli.output import write
    from kpirules.cli.session import load_knowledge
    from kpirules.schema import profile_schema, ruleset_schema

    settings = read_settings()
    make = {"profile": profile_schema, "ruleset": ruleset_schema}[kind]
    result = make(load_knowledge(settings, rulesets), chosen_language(lang, settings))
    write(json.dumps(result, ensure_ascii=False, indent=2), output)
