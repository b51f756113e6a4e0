"""Gathers the knowledge of plugins and of the user's own rulesets, and compiles it, or takes it compiled from the cache."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kpirules.documents.read import MAX_BYTES
from kpirules.errors import InputError, Issue, Place
from kpirules.knowledge import cache
from kpirules.knowledge.lazy import dump_data
from kpirules.knowledge.lazy import load_data as load_lines
from kpirules.knowledge.plugins import Plugin, PluginManager

if TYPE_CHECKING:
    from kpirules.documents import Document
    from kpirules.knowledge.build import Build

USER = ""
"""The owner of the files that a user names: what is wrong in them is an error, not a broken plugin."""

SUFFIXES = (".yaml", ".yml", ".json")

_HIDDEN = (".", "_")
"""How the names of files and folders begin that are not looked into."""


class _Source(NamedTuple):
    """The text of one knowledge document, with the plugin that brings it."""

    owner: str
    name: str
    text: bytes


def load_data(manager: PluginManager, rulesets: Sequence[Path] = ()) -> dict[str, Any]:
    """The compiled data of all plugins and the named ruleset files or folders.

    Broken plugins are left out and reported in `manager.plugins`. Raises `InputError` with all issues of the user's files.
    """
    sources = [*_plugin_sources(manager), *_user_sources(rulesets)]
    key = _fingerprint(manager, sources)
    body = cache.load(key)
    if body is None:
        body = dump_data({**_compile(manager, sources), "key": key})
        cache.store(key, body)
    data = load_lines(body)
    for row in data["plugins"]:
        if row["cause"] and not manager.plugins[row["name"]].broken:
            manager.break_plugin(row["name"], row["cause"], map(issue_from_json, row["issues"]))
    return data


def _plugin_sources(manager: PluginManager) -> Iterator[_Source]:
    for plugin, parts in list(manager.knowledge()):
        try:
            yield from [source for part in parts for source in _sources(plugin.name, part)]
        except Exception as error:  # a plugin may fail in any way
            manager.break_plugin(plugin.name, f"its knowledge can't be read: {error}")


def _sources(owner: str, part: Path | Mapping[str, object]) -> Iterator[_Source]:
    if isinstance(part, Mapping):
        yield _Source(owner, f"<{owner or 'data'}>", json.dumps(part, sort_keys=True).encode())
    else:
        if not os.path.exists(part):
            raise FileNotFoundError(f"there is no {part}")
        for file in knowledge_files(Path(part)):
            yield _Source(owner, str(file), _read(file))


def _read(file: Path) -> bytes:
    """The bytes of a file, at most one more than is allowed: enough to refuse it when it is parsed."""
    with open(file, "rb") as stream:  # hundreds of files at each start, and a Path opens slower
        return stream.read(min(os.fstat(stream.fileno()).st_size, MAX_BYTES) + 1)


def _user_sources(rulesets: Sequence[Path]) -> list[_Source]:
    found: dict[Path, _Source] = {}
    issues = []
    waiting: list[Path] = []
    for path in rulesets:
        files = list(knowledge_files(path))
        if not files:
            why = "no YAML file in this folder" if os.path.isdir(path) else "no such file or folder"
            issues.append(Issue("error", "unreadable", why, Place(str(path))))
        waiting += files
    while waiting:
        file = waiting.pop(0)
        if file.resolve() in found:
            continue
        try:
            source = found[file.resolve()] = _Source(USER, str(file), _read(file))
        except OSError as error:
            issues.append(Issue("error", "unreadable", f"can't read it: {error.strerror}", Place(str(file))))
        else:
            waiting += _extended_files(source)
    if issues:
        raise InputError(issues)
    return list(found.values())


def _extended_files(source: _Source) -> list[Path]:
    """The files that a ruleset extends by path, so that naming one file is enough. What is wrong in it is reported later."""
    if b"extends" not in source.text:
        return []
    from kpirules.knowledge.drafts import extended_file, is_path

    try:
        references = _document(source).root.data().get("extends", ())
    except (InputError, AttributeError):
        return []
    paths = [reference for reference in references if isinstance(reference, str) and is_path(reference)]
    return [file for reference in paths if (file := extended_file(Path(source.name), reference)) and os.path.isfile(file)]


def knowledge_files(path: Path) -> Iterator[Path]:
    """The knowledge files that a path means: itself, or all YAML and JSON files below it except cases, in stable order."""
    if os.path.isfile(path):
        yield path
    elif os.path.isdir(path):
        yield from map(Path, sorted(_files_below(str(path))))


def _files_below(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(_HIDDEN):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _files_below(entry.path)
            elif entry.name.endswith(SUFFIXES) and not entry.name.startswith("cases.") and entry.is_file():
                yield entry.path


def _fingerprint(manager: PluginManager, sources: Sequence[_Source]) -> str:
    from kpirules import __version__

    total = hashlib.sha256(__version__.encode())
    for file in sorted(Path(__file__).parents[1].glob("*/*.py")):  # what compiles is part of the result, in a checkout above all
        status = file.stat()
        total.update(f"{file}{status.st_size}{status.st_mtime_ns}".encode())
    for plugin in manager.plugins.values():
        total.update(repr((plugin.name, plugin.distribution, plugin.version, plugin.location, plugin.cause)).encode())
    for source in sources:
        total.update(repr((source.owner, source.name, len(source.text))).encode())
        total.update(source.text)
    return total.hexdigest()


def _compile(manager: PluginManager, sources: Sequence[_Source]) -> dict[str, Any]:
    from kpirules.knowledge.build import Build

    documents: list[tuple[str, Document]] = []
    owners: dict[str, str] = {}
    failures: dict[str, list[Issue]] = {}
    for source in sources:
        owners[source.name] = source.owner
        try:
            documents.append((source.owner, _document(source)))
        except InputError as error:
            failures.setdefault(source.owner, []).extend(error.issues)
    while True:
        build = Build([document for owner, document in documents if owner not in failures or owner == USER]).run()
        news = _errors_by_owner(build, owners)
        fresh = {owner: issues for owner, issues in news.items() if owner != USER}
        failures.update(fresh)
        if not fresh:
            break
    if USER in failures or USER in news:
        raise InputError([*failures.get(USER, ()), *(issue for issue in build.issues if owners[issue.place.source] == USER)])
    for owner, issues in failures.items():
        manager.break_plugin(owner, f"{len(issues)} errors in its files, the first: {issues[0]}", issues)
    build.data["issues"] = [issue_to_json(issue) for issue in build.issues]
    build.data["plugins"] = [_plugin_row(plugin) for plugin in manager.plugins.values()]
    return build.data


def _document(source: _Source) -> Document:
    import io

    from kpirules.documents import read_bytes, read_text

    return read_text(read_bytes(io.BytesIO(source.text), source.name), source.name)


def _errors_by_owner(build: Build, owners: Mapping[str, str]) -> dict[str, list[Issue]]:
    found: dict[str, list[Issue]] = {}
    for issue in build.issues:
        if issue.level == "error":
            found.setdefault(owners[issue.place.source], []).append(issue)
    return found


def _plugin_row(plugin: Plugin) -> dict[str, Any]:
    return {"name": plugin.name, "cause": plugin.cause, "issues": [issue_to_json(issue) for issue in plugin.issues]}


def issue_to_json(issue: Issue) -> dict[str, Any]:
    """An issue as JSON data."""
    return {**issue._asdict(), "place": issue.place._asdict()}


def issue_from_json(data: Mapping[str, Any]) -> Issue:
    """The inverse of `issue_to_json`."""
    return Issue(**{**data, "place": Place(**data["place"])})
