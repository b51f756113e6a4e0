"""The platforms that kpirules knows, one folder each."""

from pathlib import Path

from kpirules import hookimpl


@hookimpl
def folders() -> list[Path]:
    """Every folder beside this file is a plugin of its own."""
    return [Path(__file__).parent]
