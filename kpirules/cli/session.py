"""What commands share: a recommender from the settings, and reports of broken plugins."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpirules.documents import Document, read_bytes, read_file, read_text

if TYPE_CHECKING:
    from kpirules.knowledge.base import KnowledgeBase
    from kpirules.recommender import Recommender

from kpirules.cli.settings import Settings


def load_knowledge(settings: Settings, rulesets: Sequence[str]) -> KnowledgeBase:
    """The knowledge base of the installed plugins and the named rulesets; broken plugins are reported on standard error."""
    from kpirules.knowledge.base import KnowledgeBase

    knowledge = KnowledgeBase.load([*settings.rulesets, *rulesets])
    warn_of_broken_plugins(knowledge)
    return knowledge


def make_recommender(settings: Settings, rulesets: Sequence[str], engine: str | None) -> Recommender:
    """A recommender as the command line asks for it."""
    from kpirules.recommender import Recommender

    return Recommender(load_knowledge(settings, rulesets), engine=engine or settings.engine)


def warn_of_broken_plugins(knowledge: KnowledgeBase) -> None:
    """One line on standard error for each plugin that was left out."""
    for plugin in knowledge.plugins.plugins.values() if knowledge.plugins else ():
        if plugin.broken:
            origin = f" ({plugin.distribution} {plugin.version})" if plugin.distribution else ""
            click.echo(f"warning: the plugin '{plugin.name}'{origin} is left out: {plugin.cause.splitlines()[0]}", err=True)


def read_profile(path: str) -> Document:
    """A profile from a file, or from standard input for `-`."""
    if path == "-":
        return read_text(read_bytes(sys.stdin.buffer, "<stdin>"), "<stdin>")
    return read_file(Path(path))
