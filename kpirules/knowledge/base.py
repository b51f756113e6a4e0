"""The knowledge base: everything loaded, checked and compiled, with one content digest."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from kpirules.errors import InputError, Issue, Place, nearest, shown
from kpirules.knowledge import cache
from kpirules.language.condition import Condition, from_json
from kpirules.language.fields import FieldRegistry, field_from_json
from kpirules.language.matching import KeywordIndex
from kpirules.language.normal import Clause, normalise

if TYPE_CHECKING:
    from kpirules.knowledge.plugins import PluginManager
    from kpirules.kpi import Kpi
    from kpirules.objective import ObjectiveType
    from kpirules.platform import Platform


@dataclass(slots=True)
class CompiledRule:
    """A rule in force, ready for the engines. KPIs are positions in the catalogue; weights are 0 to 1.

    `stratum` orders derivations, `fields` are those that the condition reads. Texts and conditions are decoded when asked for.
    """

    index: int
    id: str
    status: str
    valid_from: str | None
    valid_until: str | None
    stratum: int
    fields: Sequence[str]
    recommend: Sequence[tuple[int, float]]
    discourage: Sequence[tuple[int, float]]
    exclude: Sequence[int]
    derive: Mapping[str, Any]
    advises: bool
    data: Mapping[str, Any]
    """The compiled form (see `knowledge.drafts.rules_to_json`)."""

    @property
    def condition(self) -> Condition:
        """The typed condition tree."""
        return from_json(self.data["when"])

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The normal form of the condition."""
        return normalise(self.condition)

    @property
    def place(self) -> Place:
        """Where the rule is written."""
        return Place(*self.data["place"])

    def reads(self, scope: str) -> bool:
        """Whether the condition reads a field of a scope."""
        return any(name.startswith(f"{scope}.") for name in self.fields)

    def in_force(self, as_of: datetime.date) -> bool:
        """Whether the rule is active and valid on a day; both dates are inclusive."""
        return _in_force((self.status, self.valid_from, self.valid_until), as_of.isoformat())


def _in_force(life: Sequence[str | None], day: str) -> bool:
    status, valid_from, valid_until = life
    return status == "active" and not (valid_from and day < valid_from) and not (valid_until and day > valid_until)


class Rules(Sequence[CompiledRule]):
    """The rules of a knowledge base, in the order of their ids. Each is made when it is first asked for: most never fire."""

    def __init__(self, data: Mapping[str, Any], make: Callable[[int, str], CompiledRule]) -> None:
        self._ids, self._lives, self._make = tuple(data["rules"]), data["lives"], make
        self._made: dict[int, CompiledRule] = {}

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, index: int) -> CompiledRule: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[CompiledRule]: ...
    def __getitem__(self, index: int | slice) -> CompiledRule | Sequence[CompiledRule]:
        positions = range(len(self._ids))[index]
        if isinstance(positions, range):
            return [self[position] for position in positions]
        if positions not in self._made:
            self._made[positions] = self._make(positions, self._ids[positions])
        return self._made[positions]

    def in_force(self, as_of: datetime.date) -> set[int]:
        """The positions of the rules in force on a day."""
        day, lives = as_of.isoformat(), self._lives
        return {index for index, identity in enumerate(self._ids) if identity not in lives or _in_force(lives[identity], day)}


class KnowledgeBase:
    """Catalogue, platforms, objective types and rules, immutable once made.

    Make one with `KnowledgeBase.load` (plugins and rulesets of the user) or `KnowledgeBase.from_documents`.
    """

    def __init__(self, data: Mapping[str, Any], plugins: PluginManager | None = None) -> None:
        self.data = data
        self.digest: str = data["digest"]
        self.plugins = plugins
        self.kpi_ids: tuple[str, ...] = tuple(data["kpis"])
        self.kpi_index: dict[str, int] = {kpi: position for position, kpi in enumerate(self.kpi_ids)}
        self._metrics: dict[str, dict[str, list[Mapping[str, Any]]]] = {}

    @classmethod
    def load(cls, rulesets: Sequence[str | Path] = (), plugins: PluginManager | None = None) -> KnowledgeBase:
        """All installed plugins and the named ruleset files or folders. Raises `InputError` for what is wrong in the latter."""
        from kpirules.knowledge.load import load_data
        from kpirules.knowledge.plugins import PluginManager

        manager = PluginManager.installed() if plugins is None else plugins
        return cls(load_data(manager, [Path(path) for path in rulesets]), manager)

    @classmethod
    def from_documents(cls, documents: Sequence[Mapping[str, object]]) -> KnowledgeBase:
        """A knowledge base of these documents alone, as plain data. Raises `InputError` with everything wrong in them."""
        from kpirules.documents import read_data
        from kpirules.knowledge.build import Build
        from kpirules.knowledge.load import issue_to_json

        build = Build([read_data(document, f"<document {number}>") for number, document in enumerate(documents, 1)]).run()
        errors = [issue for issue in build.issues if issue.level == "error"]
        if errors:
            raise InputError(errors)
        return cls({**build.data, "plugins": [], "issues": [issue_to_json(issue) for issue in build.issues]})

    @cached_property
    def issues(self) -> tuple[Issue, ...]:
        """The warnings of the compilation."""
        from kpirules.knowledge.load import issue_from_json

        return tuple(issue_from_json(row) for row in self.data["issues"])

    @cached_property
    def fields(self) -> FieldRegistry:
        """The registry of typed fields."""
        tables = {name: self.data[name] for name in ("platforms", "objective_types", "topics", "sectors", "data_sources")}
        return FieldRegistry(map(field_from_json, self.data["fields"]), tables)

    @cached_property
    def rules(self) -> Rules:
        """All rules, in the order of their ids; whether one is in force hangs on the date."""
        return Rules(self.data, self._rule)

    def _rule(self, index: int, identity: str) -> CompiledRule:
        row, position = self.data["rules"][identity], self.kpi_index
        recommend, discourage = ([(position[kpi], weight) for kpi, weight in row[key]] for key in ("recommend", "discourage"))
        return CompiledRule(
            index, identity, row["status"], row["valid_from"], row["valid_until"], row["stratum"], row["fields"], recommend, discourage,
            [position[kpi] for kpi in row["exclude"]], row["derive"], row["advise"] is not None, row,
        )  # fmt: skip

    def artefact(self, name: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """What an engine has prepared for this knowledge, as JSON data, kept on disk beside the knowledge itself.

        `name` holds the version of its form. `make` is called when there is none, or no cache.
        """
        key = self.data.get("key")
        if key is None:
            return make()
        body = cache.load(f"{key}-{name}")
        if body is None:
            body = json.dumps(make(), separators=(",", ":")).encode()
            cache.store(f"{key}-{name}", body)
        prepared: dict[str, Any] = json.loads(body)
        return prepared

    def metrics(self, platform: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The vendor metrics of a platform by the KPI that they measure."""
        if platform not in self._metrics:
            found = self._metrics[platform] = {}
            for metric in self.record("platforms", platform, "platform").get("metrics", ()):
                found.setdefault(metric["kpi"], []).append(metric)
        return self._metrics[platform]

    @cached_property
    def type_keywords(self) -> KeywordIndex:
        """The keywords of the objective types."""
        return KeywordIndex(self.data["keywords"], "objective_types")

    @cached_property
    def topic_keywords(self) -> KeywordIndex:
        """The keywords of the topics."""
        return KeywordIndex(self.data["keywords"], "topics")

    def kpi(self, identity: str) -> Kpi:
        """The record of a KPI. Raises `InputError` for an unknown id."""
        from kpirules.kpi import Kpi

        return Kpi.model_validate_json(self._json("kpis", identity, "KPI"))

    def platform(self, identity: str) -> Platform:
        """The record of a platform. Raises `InputError` for an unknown id."""
        from kpirules.platform import Platform

        return Platform.model_validate_json(self._json("platforms", identity, "platform"))

    def objective_type(self, identity: str) -> ObjectiveType:
        """The record of an objective type. Raises `InputError` for an unknown id."""
        from kpirules.objective import ObjectiveType

        return ObjectiveType.model_validate_json(self._json("objective_types", identity, "objective type"))

    def record(self, table: str, identity: str, noun: str) -> Mapping[str, Any]:
        """A record as plain data. Raises `InputError` for an unknown id, with the nearest one."""
        try:
            record: Mapping[str, Any] = self.data[table][identity]
        except KeyError:
            message = f"no {noun} is called '{shown(identity)[1:-1]}'"
            raise InputError([Issue("error", "unknown-id", message, Place(f"<{noun}>"), nearest(identity, self.data[table]))]) from None
        return record

    def _json(self, table: str, identity: str, noun: str) -> str:
        return json.dumps(self.record(table, identity, noun))
