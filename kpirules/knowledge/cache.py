"""Compiled knowledge on disk, by the digest of what it was compiled from. Data only, checked before use.

Anything wrong with the cache (missing, damaged, unwritable) means that the knowledge is compiled again, silently.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any, cast

KEPT = 8
"""Compiled knowledge bases that are kept; the oldest go first."""


def folder() -> Path | None:
    """The cache folder: `KPIRULES_CACHE` when set (empty: no cache), else the user's."""
    chosen = os.environ.get("KPIRULES_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen else None
    import platformdirs

    try:
        return platformdirs.user_cache_path("kpirules", appauthor=False)
    except (OSError, RuntimeError):
        return None


def load(key: str) -> dict[str, Any] | None:
    """The data kept under a key, or None."""
    place = folder()
    if place is None:
        return None
    try:
        checksum, _, body = (place / f"{key}.json").read_bytes().partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != checksum:
            return None
        return cast("dict[str, Any]", json.loads(body))
    except (OSError, ValueError):
        return None


def store(key: str, data: dict[str, Any]) -> None:
    """Keep data under a key, whole or not at all."""
    place = folder()
    if place is None:
        return
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    with contextlib.suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=place, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            os.replace(temporary, place / f"{key}.json")
        except OSError:
            os.unlink(temporary)
            raise
        for old in sorted(place.glob("*.json"), key=lambda file: file.stat().st_mtime)[:-KEPT]:
            old.unlink()
