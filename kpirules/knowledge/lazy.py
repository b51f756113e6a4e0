"""Records that are decoded when they are first asked for: a start reads the few that it shows, not the whole catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

TABLES = ("kpis", "platforms", "objective_types", "topics", "sectors", "data_sources", "rules", "keywords", "places")
"""The parts of the compiled knowledge that are long and seldom needed as a whole, and are therefore kept undecoded."""


class LazyRecords(Mapping[str, Any]):
    """Records by id. `lines` holds the JSON of each."""

    def __init__(self, lines: Mapping[str, bytes]) -> None:
        self._lines = lines
        self._decoded: dict[str, Any] = {}

    def __getitem__(self, identity: str) -> Any:
        if identity not in self._decoded:
            self._decoded[identity] = json.loads(self._lines[identity])
        return self._decoded[identity]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def __contains__(self, identity: object) -> bool:
        return identity in self._lines


def dump_data(data: Mapping[str, Any]) -> bytes:
    """Compiled knowledge as JSON Lines: what is always needed first, then one record a line."""
    ids = {table: list(data[table]) for table in TABLES}
    head = {key: value for key, value in data.items() if key not in TABLES}
    rows = [{"ids": ids, **head}, *(data[table][identity] for table in TABLES for identity in ids[table])]
    return b"\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() for row in rows)


def load_data(body: bytes) -> dict[str, Any]:
    """The inverse of `dump_data`, with lazy tables."""
    first, *lines = body.split(b"\n")
    head: dict[str, Any] = json.loads(first)
    start = 0
    for table, ids in head.pop("ids").items():
        head[table] = LazyRecords(dict(zip(ids, lines[start : start + len(ids)], strict=True)))
        start += len(ids)
    return head
