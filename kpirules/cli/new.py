"""`kpirules new`: scaffolds that pass `check` and `test` as they are generated."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kpirules.cli.settings import chosen_language, lang_option, read_settings

if TYPE_CHECKING:
    from kpirules.knowledge.base import KnowledgeBase
    from kpirules.language.fields import Field

_ASKED = ("company.name", "company.sector", "company.business_model", "company.size", "company.stage")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@click.group()
def new() -> None:
    """Create a profile, a ruleset or a plugin."""


@new.command()
@click.argument("file", default="company.yaml", type=click.Path(path_type=Path))
@lang_option
def profile(file: Path, lang: str | None) -> None:
    """Create a profile in FILE. In a terminal it asks its questions; elsewhere it writes an example to fill in."""
    from kpirules.cli.session import load_knowledge
    from kpirules.scaffold import profile_text, write_files

    settings = read_settings()
    language = chosen_language(lang, settings)
    knowledge = load_knowledge(settings, ())
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    content = _ask_profile(knowledge, language) if interactive else _example_profile(knowledge, language)
    write_files({file: profile_text(content, str(file))})
    click.echo(f"{file}: kpirules recommend {file}")


@new.command()
@click.argument("name")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to put it (a folder of its name by default).")
def ruleset(name: str, folder: Path | None) -> None:
    """Create a ruleset called NAME, with a case beside it."""
    from kpirules.cli.session import load_knowledge
    from kpirules.scaffold import ruleset_files, write_files

    knowledge = load_knowledge(read_settings(), ())
    if not _NAME.fullmatch(name) or name in {row["name"] for row in knowledge.data["rulesets"]}:
        raise click.UsageError(f"a ruleset's name is lower case, digits and hyphens, and not taken: {name!r}")
    folder = folder or Path(name)
    write_files(ruleset_files(name, folder, knowledge.data))
    click.echo(f"{folder}: kpirules check {folder} && kpirules test {folder}")


@new.command()
@click.argument("name")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to put it (a folder of its name by default).")
def plugin(name: str, folder: Path | None) -> None:
    """Create a distribution called NAME (kpirules-something) that brings one platform."""
    from kpirules import __version__
    from kpirules.cli.session import load_knowledge
    from kpirules.scaffold import plugin_files, write_files

    knowledge = load_knowledge(read_settings(), ())
    platform = name.removeprefix("kpirules-")
    if not re.fullmatch(r"kpirules-[a-z][a-z0-9]*(?:-[a-z0-9]+)*", name) or platform in knowledge.data["platforms"]:
        raise click.UsageError(f"a plugin's name is kpirules- and a platform that does not exist yet, in lower case: {name!r}")
    folder = folder or Path(name)
    write_files(plugin_files(name, folder, knowledge.data, __version__))
    click.echo(f"{folder}: pip install -e {folder} && kpirules plugins && kpirules test {folder}")


def _example_profile(knowledge: KnowledgeBase, language: str) -> dict[str, Any]:
    statement = {"en": "Bring our community to life on social media", "fr": "Faire vivre notre communauté sur les réseaux sociaux"}
    kind = "social-media" if "social-media" in knowledge.data["objective_types"] else next(iter(knowledge.data["objective_types"]), None)
    objective = {**({"type": kind} if kind else {}), "statement": statement[language], "priority": 1}
    platforms = [name for name in ("instagram", "website") if name in knowledge.data["platforms"]]
    return {"company": {"name": "Example"}, "objectives": [objective], "platforms": platforms}


def _ask_profile(knowledge: KnowledgeBase, language: str) -> dict[str, Any]:
    """Ask for the facts that most rules read. An empty answer leaves a fact unknown."""
    company = {}
    for name in _ASKED:
        if name in knowledge.fields and (answer := _ask(knowledge, knowledge.fields[name], language)) is not None:
            company[knowledge.fields[name].key] = answer
    objectives: list[dict[str, Any]] = []
    while True:
        question = knowledge.fields["objective.statement"].question[language]
        statement = click.prompt(f"{len(objectives) + 1}. {question}", default="", show_default=False).strip()
        if not statement and objectives:
            break
        if statement:
            objectives.append({**_ask_type(knowledge, statement, language), "statement": statement, "priority": len(objectives) + 1})
    platforms = _ask_list(knowledge.fields["profile.platforms"], sorted(knowledge.data["platforms"]), language)
    sections: dict[str, Any] = {"company": company, "objectives": objectives, "platforms": platforms}
    return {key: value for key, value in sections.items() if value}


def _ask(knowledge: KnowledgeBase, item: Field, language: str) -> str | None:
    choices = sorted(knowledge.fields.allowed(item)) if item.type == "choice" else []
    question = item.question.get(language) or item.question["en"]
    if choices:
        labels = {value: text.get(language) or text.get("en", "") for value, text in item.allowed.items()}
        click.echo("   " + ", ".join(f"{choice} ({labels[choice]})" if choice in labels else choice for choice in choices))
    while True:
        answer: str = click.prompt(question, default="", show_default=False).strip()
        if not answer or not choices or answer in choices:
            return answer or None
        _echo_nearest(answer, choices)


def _ask_type(knowledge: KnowledgeBase, statement: str, language: str) -> dict[str, str]:
    from kpirules.knowledge.situation import infer_type

    guess = infer_type(knowledge.type_keywords.matches(statement))
    choices = sorted(knowledge.data["objective_types"])
    question = knowledge.fields["objective.type"].question[language]
    click.echo("   " + ", ".join(choices))
    while True:
        answer = click.prompt(f"   {question}", default=guess.type if guess else "", show_default=bool(guess)).strip()
        if not answer or answer in choices:
            return {"type": answer} if answer else {}
        _echo_nearest(answer, choices)


def _ask_list(item: Field, choices: list[str], language: str) -> list[str]:
    click.echo("   " + ", ".join(choices))
    while True:
        answer = click.prompt(item.question[language], default="", show_default=False)
        names = [name for name in re.split(r"[\s,;]+", answer) if name]
        wrong = [name for name in names if name not in choices]
        if not wrong:
            return list(dict.fromkeys(names))
        _echo_nearest(wrong[0], choices)


def _echo_nearest(answer: str, choices: list[str]) -> None:
    from kpirules.errors import nearest

    click.echo(f"   '{answer}' ? {nearest(answer, choices)}")
