"""`kpirules test`: runs the cases beside rulesets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpirules.cli.settings import read_settings, rulesets_option

if TYPE_CHECKING:
    from kpirules.knowledge.base import KnowledgeBase


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@rulesets_option
@click.option("--verbose", "-v", is_flag=True, help="Name every case, and every rule that no case fires.")
@click.pass_context
def test(ctx: click.Context, paths: tuple[str, ...], rulesets: tuple[str, ...], verbose: bool) -> None:
    """Run the cases (cases.yaml) beside the rulesets at PATHs, or those of everything installed.

    A ruleset at a PATH is loaded first, so that a consultant's own needs no --rulesets.
    """
    from kpirules.casetest import case_files, check_references, read_cases, run_case
    from kpirules.cli import FINDINGS
    from kpirules.cli.session import warn_of_broken_plugins
    from kpirules.errors import InputError, Issue, Place
    from kpirules.knowledge.base import KnowledgeBase
    from kpirules.knowledge.own import own_rulesets
    from kpirules.knowledge.plugins import PluginManager
    from kpirules.recommender import Recommender

    settings = read_settings()
    manager = PluginManager.installed()
    named = [*settings.rulesets, *rulesets, *own_rulesets(paths, manager)]
    knowledge = KnowledgeBase.load(named, manager)
    warn_of_broken_plugins(knowledge)
    roots = [Path(path) for path in paths] or [Path(p.location) for p in manager.plugins.values() if Path(p.location).is_dir()]
    roots += [] if paths else [Path(path) for path in settings.rulesets]
    files = [file for root in roots for file in case_files(root)]
    if not files:
        message = "no cases.yaml there" if paths else "no cases installed"
        raise InputError([Issue("error", "unreadable", message, Place(", ".join(paths) or "kpirules"))])

    recommender = Recommender(knowledge)
    passed = failed = 0
    fired: set[str] = set()
    for file in dict.fromkeys(files):
        for located in read_cases(file):
            outcome = run_case(located, recommender)
            fired |= outcome.fired
            failures = [*map(str, check_references(located, knowledge)), *outcome.failures]
            passed, failed = passed + (not failures), failed + bool(failures)
            if failures or verbose:
                click.echo(f"{'FAILED' if failures else 'passed'}  {located.place}: {located.case.name}")
            for failure in failures:
                click.echo(f"        {failure}")
    tested = {rule.id.partition("/")[0] for rule in knowledge.rules} if not paths else _rulesets_at(roots, knowledge)
    silent = sorted(rule.id for rule in knowledge.rules if rule.id not in fired and rule.id.partition("/")[0] in tested)
    if silent:
        click.echo(f"{len(silent)} rules are fired by no case" + (":" if verbose else " (name them with --verbose)"))
        for rule in silent if verbose else ():
            click.echo(f"        {rule}")
    click.echo(f"{passed} passed, {failed} failed")
    if failed:
        ctx.exit(FINDINGS)


def _rulesets_at(roots: list[Path], knowledge: KnowledgeBase) -> set[str]:
    folders = [root.resolve() if root.is_dir() else root.resolve().parent for root in roots]
    rows = knowledge.data["rulesets"]
    return {row["name"] for row in rows if any(Path(row["source"]).resolve().is_relative_to(folder) for folder in folders)}
