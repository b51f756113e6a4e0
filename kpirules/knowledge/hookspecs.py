"""The hooks of kpirules: all that a plugin can do. Implement them with `kpirules.hookimpl`, in a module named by an entry
point of the group `kpirules`.

A plugin that only brings YAML needs none of them but `folders` (one line), and each folder below it is a plugin of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pluggy

hookspec = pluggy.HookspecMarker("kpirules")
hookimpl = pluggy.HookimplMarker("kpirules")


@hookspec
def folders() -> Iterable[Path]:  # type: ignore[empty-body]
    """Called once, right after the plugin is imported. Returns folders; each folder directly below one of them becomes a
    plugin of its own, with the YAML files that it holds as its knowledge. A folder that is a Python package is imported
    too, so that it may implement hooks."""


@hookspec
def knowledge() -> Iterable[Path | Mapping[str, object]]:  # type: ignore[empty-body]
    """Called once for each knowledge base, before it is compiled. Returns YAML files, folders of them, or documents as
    plain data: each holds one of `kpis`, `fields`, `topics`, `sectors`, `data_sources`, `platform`, `objective_type` or
    `ruleset`. The same call must always return the same: results are cached by content."""


@hookspec
def engines() -> Mapping[str, str]:  # type: ignore[empty-body]
    """Called when an engine is chosen by name. Returns engine names with the place of their class, `package.module:Class`,
    which is imported only when the engine is used; see `kpirules.engine.base.Engine` for what it must do."""


@hookspec
def commands() -> Mapping[str, str]:  # type: ignore[empty-body]
    """Called when the command line starts. Returns command names with the place of their click command,
    `package.module:attribute`; it is imported only for `--help` and when the command is run."""
