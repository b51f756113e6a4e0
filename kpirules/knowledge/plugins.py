"""Finds, loads and isolates plugins.

Built-in and foreign plugins come through the same entry points. They are loaded one by one; a broken one is kept as a
report (distribution, version, cause) and the rest goes on.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, distributions
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pluggy

from kpirules.errors import Issue
from kpirules.knowledge import hookspecs
from kpirules.knowledge.hookspecs import hookimpl

GROUP = "kpirules"


class Plugin(NamedTuple):
    """One plugin: a name, where it comes from, and what is wrong with it, if anything."""

    name: str
    distribution: str
    version: str
    location: str
    cause: str = ""
    """Why it is broken; empty when it works."""
    issues: tuple[Issue, ...] = ()
    """What is wrong in its files, each with its place."""

    @property
    def broken(self) -> bool:
        """Whether it was left out."""
        return bool(self.cause)


@dataclass(slots=True, eq=False)  # pluggy compares every plugin with every other
class _FolderPlugin:
    """A folder of YAML as a pluggy plugin."""

    folder: Path

    @hookimpl
    def knowledge(self) -> list[Path]:
        return [self.folder]

    def __dir__(self) -> list[str]:
        """Where pluggy looks for hooks: asked of a hundred folders at each start, it need not see what every object has."""
        return ["knowledge"]


@dataclass(slots=True)
class PluginManager:
    """The plugins of one process, by name, in the order in which they were found (built-in ones first)."""

    plugins: dict[str, Plugin] = field(default_factory=dict)
    _manager: pluggy.PluginManager = field(default_factory=lambda: _new_manager())

    @classmethod
    def installed(cls) -> PluginManager:
        """All plugins of the installed distributions."""
        manager = cls()
        for distribution, version, point in _entry_points():
            manager._load_entry_point(point, distribution, version)
        return manager

    def break_plugin(self, name: str, cause: str, issues: Iterable[Issue] = ()) -> None:
        """Take a plugin out and keep why."""
        self.plugins[name] = self.plugins[name]._replace(cause=cause, issues=tuple(issues))
        for registered in (name, _code_name(name)):
            if self._manager.has_plugin(registered):
                self._manager.unregister(name=registered)

    def knowledge(self) -> Iterator[tuple[Plugin, list[Path | Mapping[str, object]]]]:
        """What each plugin knows: files, folders and documents. A plugin whose hook fails is taken out."""
        sources: dict[str, list[Path | Mapping[str, object]]] = {}
        for name, call in self._implementations("knowledge"):
            try:
                sources.setdefault(name, []).extend(_listed(call()))
            except Exception as error:  # a plugin may fail in any way
                sources.pop(name, None)
                self.break_plugin(name, f"its hook 'knowledge' failed: {_cause(error)}")
        for name, plugin in list(self.plugins.items()):
            if name in sources and not plugin.broken:
                yield plugin, sources[name]

    def named(self, hook: str) -> dict[str, str]:
        """The union of a hook that maps names to import places (`engines`, `commands`). The first to take a name keeps it."""
        found: dict[str, str] = {}
        for name, call in self._implementations(hook):
            try:
                for key, place in dict(call()).items():
                    if not isinstance(key, str) or not isinstance(place, str):
                        raise TypeError(f"a name and a place are texts, found {key!r}: {place!r}")
                    if key in found and found[key] != place:
                        raise ValueError(f"the name '{key}' is already taken by {found[key]}")
                    found[key] = place
            except Exception as error:  # a plugin may fail in any way
                self.break_plugin(name, f"its hook '{hook}' failed: {_cause(error)}")
        return found

    def _implementations(self, hook: str) -> list[tuple[str, Callable[[], Any]]]:
        order = {name: position for position, name in enumerate(self.plugins)}
        rows = [
            (name, implementation.function)
            for implementation in getattr(self._manager.hook, hook).get_hookimpls()
            if (name := implementation.plugin_name.removesuffix(_CODE)) in order
        ]
        return sorted(rows, key=lambda row: order[row[0]])

    def _load_entry_point(self, point: EntryPoint, distribution: str, version: str) -> None:
        name = point.name
        if name in self.plugins:
            name = f"{distribution}:{point.name}"
        self.plugins[name] = Plugin(name, distribution, version, point.value)
        try:
            module = point.load()
        except (Exception, SystemExit) as error:  # whatever an import may raise
            self.break_plugin(name, f"can't be imported: {_cause(error)}")
            return
        if self._register(name, name, module):
            self._load_folders(name, module)

    def _register(self, owner: str, name: str, plugin: object) -> bool:
        try:
            self._manager.register(plugin, name=name)
            self._manager.check_pending()
        except pluggy.PluginValidationError as error:
            self.break_plugin(owner, f"a hook that does not exist, or with wrong arguments: {_cause(error)}")
            return False
        except ValueError:  # pluggy takes one thing under one name only
            self.break_plugin(owner, "it is already registered: two entry points name one module")
            return False
        return True

    def _load_folders(self, name: str, module: object) -> None:
        implementation = getattr(module, "folders", None)
        if implementation is None:
            return
        try:
            roots = [Path(root) for root in _listed(implementation())]
            children = [child for root in roots for child in sorted(root.iterdir()) if _is_plugin_folder(child)]
        except Exception as error:  # a plugin may fail in any way
            self.break_plugin(name, f"its hook 'folders' failed: {_cause(error)}")
            return
        for child in children:
            self._load_folder(self.plugins[name], child, module)

    def _load_folder(self, family: Plugin, folder: Path, module: object) -> None:
        name = f"{family.name}/{folder.name}"
        if name in self.plugins:  # two roots of a family may have a folder of one name
            name = f"{family.name}/{folder.parent.name}/{folder.name}"
        self.plugins[name] = family._replace(name=name, location=str(folder))
        if not self._register(name, name, _FolderPlugin(folder)):
            return
        if (folder / "__init__.py").is_file() and isinstance(module, ModuleType):
            try:
                code = importlib.import_module(f"{module.__name__}.{folder.name}")
            except (Exception, SystemExit) as error:  # whatever an import may raise
                self.break_plugin(name, f"can't be imported: {_cause(error)}")
                return
            self._register(name, _code_name(name), code)


_CODE = " (code)"


def _code_name(name: str) -> str:
    return name + _CODE


def _new_manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    return manager


def _entry_points() -> list[tuple[str, str, EntryPoint]]:
    """Distribution, version and entry point of each plugin: our own first, then by distribution and name, so that a foreign
    plugin can never displace a built-in one."""
    found: dict[str, list[tuple[str, str, EntryPoint]]] = {}
    for distribution in distributions():
        try:
            points = [point for point in distribution.entry_points if point.group == GROUP]
        except Exception:  # entry points that can't be read, of whichever distribution, are nobody's plugin
            continue
        if points:
            metadata = distribution.metadata
            name, version = str(metadata["Name"]), str(metadata["Version"])
            found.setdefault(name, [(name, version, point) for point in points])  # the first on the path is the one in use
    rows = [row for rows in found.values() for row in rows]
    return sorted(rows, key=lambda row: (row[0] != "kpirules", row[0], row[2].name))


def _is_plugin_folder(folder: Path) -> bool:
    if folder.name.startswith(("_", ".")) or not folder.is_dir():
        return False
    with os.scandir(folder) as entries:
        return any(entry.name.endswith((".yaml", ".yml")) for entry in entries)


def _listed(result: Iterable[Any]) -> Iterable[Any]:
    """What a hook returned, unless it is one text: each of its letters would be taken for a path."""
    if isinstance(result, str):
        raise TypeError(f"a list was expected, found {result!r}")
    return result


def _cause(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
