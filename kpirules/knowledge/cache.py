"""Compiled knowledge on disk, by the digest of what it was compiled from. Data only, checked before use.

Anything wrong with the cache (missing, damaged, unwritable) means that the knowledge is compiled again, silently.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

KEPT = 16
"""Files that are kept, two for each knowledge base; the oldest go first."""

SUFFIX = ".jsonl"


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


def load(key: str) -> bytes | None:
    """What is kept under a key, or None."""
    place = folder()
    if place is None:
        return None
    try:
        checksum, _, body = (place / f"{key}{SUFFIX}").read_bytes().partition(b"\n")
    except OSError:
        return None
    return body if hashlib.sha256(body).hexdigest().encode() == checksum else None


def store(key: str, body: bytes) -> None:
    """Keep bytes under a key, whole or not at all."""
    place = folder()
    if place is None:
        return
    with contextlib.suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=place, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            os.replace(temporary, place / f"{key}{SUFFIX}")
        except OSError:
            os.unlink(temporary)
            raise
        for old in sorted(place.glob(f"*{SUFFIX}"), key=lambda file: file.stat().st_mtime)[:-KEPT]:
            old.unlink()
