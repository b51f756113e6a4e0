"""The cache of compiled knowledge: it changes nothing but the time, and nothing about it can go wrong."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from kpirules import KnowledgeBase, Recommender
from kpirules.knowledge import cache
from kpirules.knowledge.plugins import PluginManager
from tests.conftest import DAY
from tests.knowledge.test_rulesets import BASE, PROFILE, write


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("KPIRULES_CACHE", str(folder))
    return folder


def result(folder: Path) -> dict[str, Any]:
    """A recommendation from the knowledge in a folder."""
    return Recommender(KnowledgeBase.load([folder], PluginManager())).recommend_data(PROFILE, as_of=DAY)


def test_a_second_load_is_equal(tmp_path: Path, place: Path) -> None:
    """What comes from the cache is what was compiled, matchers included."""
    rules = write(tmp_path / "rules", {"base.yaml": BASE})
    first = result(rules)
    files = sorted(place.iterdir())
    assert len(files) == 2
    before = [file.stat().st_mtime_ns for file in files]
    assert result(rules) == first
    assert [file.stat().st_mtime_ns for file in files] == before


@pytest.mark.parametrize(
    "damage",
    [lambda body: b"", lambda body: body[: len(body) // 2], lambda body: body.replace(b"0.5", b"0.9"), lambda body: b"\x00" * 100, lambda body: b"{}"],
    ids=["empty", "truncated", "altered", "binary", "other"],
)  # fmt: skip
def test_a_damaged_cache_is_rebuilt_silently(tmp_path: Path, place: Path, damage: Any, capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever happened to the files, the result is right and nobody hears of it."""
    rules = write(tmp_path / "rules", {"base.yaml": BASE})
    first = result(rules)
    for file in place.iterdir():
        file.write_bytes(damage(file.read_bytes()))
    assert result(rules) == first
    assert capfd.readouterr() == ("", "")


def test_a_changed_file_is_never_stale(tmp_path: Path, place: Path) -> None:
    """The key is the content: an edit that keeps size and time is seen."""
    rules = write(tmp_path / "rules", {"base.yaml": BASE})
    first = result(rules)
    file = rules / "base.yaml"
    status = file.stat()
    file.write_text(file.read_text().replace("weight: 0.5", "weight: 0.6"))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert result(rules)["overall"][0]["score"] == 0.6
    assert first["overall"][0]["score"] == 0.5


def test_no_cache_and_no_writable_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a cache, or where it can't be written, everything works."""
    rules = write(tmp_path / "rules", {"base.yaml": BASE})
    monkeypatch.setenv("KPIRULES_CACHE", "")
    first = result(rules)
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("KPIRULES_CACHE", str(tmp_path / "file" / "cache"))
    assert result(rules) == first


def test_old_entries_go(place: Path) -> None:
    """The folder does not grow for ever."""
    for number in range(cache.KEPT + 5):
        cache.store(f"key-{number}", b"x")
        os.utime(place / f"key-{number}{cache.SUFFIX}", (number, number))
    assert len(list(place.iterdir())) == cache.KEPT
    assert cache.load(f"key-{cache.KEPT + 4}") == b"x"
    assert cache.load("key-0") is None


def test_the_default_place_is_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless told otherwise, the cache is where the system keeps caches."""
    monkeypatch.delenv("KPIRULES_CACHE")
    folder = cache.folder()
    assert folder is not None
    assert folder.name == "kpirules" or folder.parent.name == "kpirules"
