"""`kpirules plugins`: what is loaded, from where, and what is broken."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to show it.")
def plugins(format_: str) -> None:
    """List the plugins: what is loaded, from which distribution, and what is broken and why."""
    from kpirules.cli.tables import plain_table
    from kpirules.knowledge.base import KnowledgeBase
    from kpirules.knowledge.load import issue_to_json

    manager = KnowledgeBase.load().plugins
    assert manager is not None
    for hook in ("engines", "commands"):
        manager.named(hook)  # a plugin whose hook fails is broken too
    found = manager.plugins.values()
    if format_ == "json":
        rows = [
            {"name": p.name, "distribution": p.distribution, "version": p.version, "location": p.location, "broken": p.broken,
             "cause": p.cause, "issues": [issue_to_json(issue) for issue in p.issues]}
            for p in found
        ]  # fmt: skip
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = [(p.name, f"{p.distribution} {p.version}".strip(), "BROKEN" if p.broken else "ok", p.location) for p in found]
    click.echo(plain_table(("plugin", "from", "state", "location"), table), nl=False)
    for plugin in found:
        if plugin.broken:
            click.echo(f"\n{plugin.name} ({plugin.distribution} {plugin.version}) is left out: {plugin.cause}")
            for issue in plugin.issues[:5]:
                click.echo(f"  {issue}")
            if len(plugin.issues) > 5:
                click.echo(f"  ... {len(plugin.issues) - 5} more: kpirules check")
