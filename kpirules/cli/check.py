"""`kpirules check`: everything that is wrong in rulesets, profiles, cases and plugins, all at once."""

from __future__ import annotations

import datetime
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpirules.cli.settings import Settings, read_settings, rulesets_option

if TYPE_CHECKING:
    from kpirules.documents import Document
    from kpirules.errors import Issue
    from kpirules.knowledge.base import KnowledgeBase


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@rulesets_option
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to show the issues.")
@click.option("--strict", is_flag=True, help="Let warnings count as findings too.")
@click.pass_context
def check(ctx: click.Context, paths: tuple[str, ...], rulesets: tuple[str, ...], format_: str, strict: bool) -> None:
    """Check the rulesets, profiles and cases at PATHs, or everything installed.

    Every issue is shown as file:line:column with its code. Exit code 1 when there are errors.
    """
    from kpirules.cli import FINDINGS
    from kpirules.knowledge.load import issue_to_json

    issues = sorted(dict.fromkeys(_issues(paths, rulesets, read_settings())), key=_order)
    if format_ == "json":
        click.echo(json.dumps([issue_to_json(issue) for issue in issues], ensure_ascii=False, indent=2))
    else:
        for issue in issues:
            click.echo(str(issue))
        count = Counter(issue.level for issue in issues)
        click.echo(f"{_counted(count['error'], 'error')}, {_counted(count['warning'], 'warning')}")
    if any(issue.level == "error" or strict for issue in issues):
        ctx.exit(FINDINGS)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _order(issue: Issue) -> tuple[str, int, int, str]:
    return issue.place.source, issue.place.line or 0, issue.place.column or 0, issue.code


def _issues(paths: tuple[str, ...], rulesets: tuple[str, ...], settings: Settings) -> Iterator[Issue]:
    from kpirules.cli.session import warn_of_broken_plugins
    from kpirules.errors import InputError
    from kpirules.knowledge.base import KnowledgeBase
    from kpirules.knowledge.own import own_rulesets
    from kpirules.knowledge.plugins import PluginManager
    from kpirules.knowledge.review import review

    manager = PluginManager.installed()
    documents, issues = _read(paths)
    yield from issues
    kinds = {source: _kind(document) for source, document in documents.items()}
    if kinds.get("-"):
        yield documents.pop("-").error("unreadable", "only a profile can come from standard input", "name the file").issues[0]
    own = own_rulesets([source for source in documents if kinds[source] not in (None, "cases")], manager)
    whole = True
    try:
        knowledge = KnowledgeBase.load([*settings.rulesets, *rulesets, *own], manager)
    except InputError as error:
        yield from error.issues
        knowledge, whole = KnowledgeBase.load([], manager), False
    if paths:
        warn_of_broken_plugins(knowledge)
    named = {Path(source).resolve() for source in documents}
    for issue in (*_plugin_issues(knowledge), *knowledge.issues, *review(knowledge, datetime.date.today())):
        if not paths or Path(issue.place.source).resolve() in named:
            yield issue
    for source, document in documents.items():
        yield from _document_issues(document, kinds[source], knowledge, whole)


def _plugin_issues(knowledge: KnowledgeBase) -> Iterator[Issue]:
    from kpirules.errors import Issue, Place

    for plugin in knowledge.plugins.plugins.values() if knowledge.plugins else ():
        yield from plugin.issues
        if plugin.broken and not plugin.issues:
            yield Issue("error", "broken-plugin", f"the plugin '{plugin.name}' is left out: {plugin.cause}", Place(plugin.location))


def _read(paths: Iterable[str]) -> tuple[dict[str, Document], list[Issue]]:
    """The documents at the paths; a file that can't be read is an issue, not the end."""
    from kpirules.cli.session import read_profile
    from kpirules.documents import read_file
    from kpirules.errors import InputError, Issue, Place

    documents: dict[str, Document] = {}
    issues: list[Issue] = []
    for path in paths:
        files = [path] if path == "-" or not os.path.isdir(path) else [str(f) for f in _all_files(Path(path))]
        if not files:
            issues.append(Issue("error", "unreadable", "no YAML file in this folder", Place(path)))
        for file in files:
            try:
                documents[file] = read_profile(file) if file == "-" else read_file(Path(file))
            except InputError as error:
                issues += error.issues
    return documents, issues


def _all_files(folder: Path) -> list[Path]:
    from kpirules.casetest import case_files
    from kpirules.knowledge.load import knowledge_files

    return sorted({*knowledge_files(folder), *case_files(folder)})


def _kind(document: Document) -> str | None:
    """The kind of a document, None for a profile. One that has no section of a profile is knowledge, whatever it lacks."""
    from kpirules.knowledge.records import kind_of_document
    from kpirules.knowledge.situation import SECTIONS

    keys = [key for key, _ in document.root.items()]
    return kind_of_document(document) or ("unknown" if keys and not set(keys) & set(SECTIONS) else None)


def _document_issues(document: Document, kind: str | None, knowledge: KnowledgeBase, whole: bool) -> Iterator[Issue]:
    """What is wrong in a profile or a case file; knowledge documents have been compiled already."""
    from kpirules.casetest import check_references, read_cases
    from kpirules.errors import InputError
    from kpirules.knowledge.situation import read_situation

    try:
        if kind == "cases":
            for located in read_cases(Path(document.source)):
                yield from check_references(located, knowledge, whole=whole)
        elif kind is None:
            read_situation(document, knowledge, datetime.date.today())
    except InputError as error:
        yield from error.issues
