"""Which paths hold rulesets of the user's own, and not knowledge that an installed plugin brings already."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kpirules.knowledge.load import knowledge_files
from kpirules.knowledge.plugins import PluginManager


def own_rulesets(paths: Iterable[str], manager: PluginManager) -> list[str]:
    """The knowledge files at these paths (or beside a `cases.yaml` that is named) that no plugin has loaded."""
    loaded = {
        file.resolve() for _, parts in manager.knowledge() for part in parts if isinstance(part, Path) for file in knowledge_files(part)
    }
    found = []
    for path in map(Path, paths):
        root = path.parent if path.stem == "cases" else path
        found += [str(file) for file in knowledge_files(root) if file.resolve() not in loaded]
    return list(dict.fromkeys(found))
