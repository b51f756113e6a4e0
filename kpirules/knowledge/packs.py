"""The ruleset packs that come with kpirules, through the same door as anybody's."""

from __future__ import annotations

from pathlib import Path

from kpirules.knowledge.hookspecs import hookimpl


@hookimpl
def folders() -> list[Path]:
    """Each pack is a plugin of its own, and so is each one in a folder of packs (`sectors`)."""
    root = packs_folder()
    return [root, root / "sectors"]


def packs_folder() -> Path:
    """Where the packs are: inside the installed package, or in the checkout beside it."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_rulesets"
    return installed if installed.is_dir() else package.parent / "rulesets"
