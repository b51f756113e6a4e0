"""The catalogue: KPI records, one file a family; topics; the vocabulary and the fields of profiles."""

from pathlib import Path

from kpirules import hookimpl


@hookimpl
def knowledge() -> list[Path]:
    """All files of this folder."""
    return [Path(__file__).parent]
