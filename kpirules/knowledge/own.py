"""Which paths hold rulesets of the user's own, and not knowledge that an installed plugin brings already."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kpirules.knowledge.load import knowledge_files
from kpirules.knowledge.plugins import PluginManager


def own_rulesets(paths: Iterable[str], manager: PluginManager) -> list[str]:
    """The knowledge files at these paths (or beside a `cases.yaml` that is named) that no plugin has loaded.

    A file of the same content counts as loaded: it is the source of a distribution that is installed too.
    """
    installed = [file for _, parts in manager.knowledge() for part in parts if isinstance(part, Path) for file in knowledge_files(part)]
    places = {file.resolve() for file in installed}
    contents = {(file.name, file.read_bytes()) for file in installed}
    found = []
    for path in map(Path, paths):
        root = path.parent if path.stem == "cases" else path
        files = list(knowledge_files(root))
        found += [str(file) for file in files if file.resolve() not in places and (file.name, _content(file)) not in contents]
    return list(dict.fromkeys(found))


def _content(file: Path) -> bytes:
    """The bytes of a file, none when it can't be read: whoever loads it says so."""
    try:
        return file.read_bytes()
    except OSError:
        return b""
