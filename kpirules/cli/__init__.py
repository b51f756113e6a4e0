"""The command line: one command a file, thin over the Python API.

Exit codes: 0 all is well, 1 findings (`check`, `test`), 2 an error in what was asked or given.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import sys
from typing import Any

import click

from kpirules import __version__

OK, FINDINGS, ERROR, INTERRUPTED = 0, 1, 2, 130

_COMMANDS = {
    "recommend": "kpirules.cli.recommend:recommend",
    "explain": "kpirules.cli.explain:explain",
    "compute": "kpirules.cli.compute:compute",
    "check": "kpirules.cli.check:check",
    "test": "kpirules.cli.test:test",
    "kpis": "kpirules.cli.browse:kpis",
    "objectives": "kpirules.cli.browse:objectives",
    "platforms": "kpirules.cli.browse:platforms",
    "sectors": "kpirules.cli.browse:sectors",
    "plugins": "kpirules.cli.plugins:plugins",
    "schema": "kpirules.cli.schema:schema",
    "new": "kpirules.cli.new:new",
}

_WELCOME = """\
kpirules tells a company which KPIs to follow, for which objective, and why.

  kpirules new profile company.yaml    describe a company (it asks the questions)
  kpirules recommend company.yaml      its ranked KPIs, per objective
  kpirules explain company.yaml KPI    why this one, or why not
  kpirules kpis search satisfaction    look into the catalogue
  kpirules --help                      everything else
"""


class _Commands(click.Group):
    """Imports a command's module only when it is needed; plugins add commands of their own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*_COMMANDS, *sorted(set(self._foreign()) - set(_COMMANDS))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if place := _COMMANDS.get(cmd_name):
            return _load(place)
        if (place := self._foreign().get(cmd_name)) is not None:
            try:
                return _load(place)
            except (Exception, SystemExit) as error:  # a plugin may fail in any way
                return _broken(cmd_name, f"the plugin's command '{cmd_name}' can't be loaded: {type(error).__name__}: {error}")
        return None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from kpirules.errors import nearest

            hint = nearest(args[0], self.list_commands(ctx)) if args else ""
            raise click.UsageError(f"{error.message} {hint}".strip(), ctx) from None

    def _foreign(self) -> dict[str, str]:
        from kpirules.knowledge.plugins import PluginManager

        return PluginManager.installed().named("commands")


def _load(place: str) -> click.Command:
    module, _, attribute = place.partition(":")
    command = getattr(importlib.import_module(module), attribute)
    if not isinstance(command, click.Command):
        raise TypeError(f"{place} is no click command")
    return command


def _broken(name: str, message: str) -> click.Command:
    """Stands in for a command that can't be loaded: the help still lists the others, and running it says what is wrong."""

    def fail() -> None:
        raise click.ClickException(message)

    return click.Command(name, callback=fail, help=message, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})


@click.group(cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kpirules")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Which KPIs should this company follow, for which objective, and why?"""
    if ctx.invoked_subcommand is None:
        click.echo(_WELCOME, nl=False)


def main(arguments: list[str] | None = None) -> None:
    """The entry point: runs a command and turns every foreseen failure into a message and an exit code."""
    gc.disable()  # a short run makes no garbage worth looking for, and loading knowledge makes many objects
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run a command line and return its exit code."""
    from kpirules.errors import KpirulesError

    _open_streams()
    output = sys.stdout
    try:
        result: Any = cli.main(arguments, prog_name="kpirules", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else OK
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return ERROR
    except KpirulesError as error:
        click.echo(str(error), err=True)
        return ERROR
    except KeyboardInterrupt:
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except SystemExit:
        if sys.stdout is output:
            raise
        return OK  # click has wrapped an output that is read no more, and would have this called a failure
    except BrokenPipeError:  # whoever read the output has seen enough
        _close_output()
        return OK
    except OSError as error:  # a full disk, a name that no file can have
        if error.filename is None:
            _close_output()
        click.echo(f"error: {error.filename or 'output'}: {error.strerror}", err=True)
        return ERROR


def _close_output() -> None:
    """Lead what is still to be written nowhere: Python would complain once more when it flushes at exit."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _open_streams() -> None:
    """Standard streams that can be used. French needs more than the code page that an old terminal or a pipe may announce, a file
    name may hold what is no text at all, and a stream may have been closed by whoever started us."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115  # as long as the process runs
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
