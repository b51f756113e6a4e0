"""From a profile to a recommendation: the one path that the Python API, the command line and a server share."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from kpirules.documents import Document, read_data, read_file
from kpirules.engine.base import Evaluation, make_engine
from kpirules.engine.native import NativeEngine
from kpirules.errors import InputError, Issue, Place, shown
from kpirules.evidence import EvidenceFinder, plain, translate
from kpirules.gaps import find_gaps
from kpirules.headline import Catalogue, headline
from kpirules.knowledge.base import KnowledgeBase
from kpirules.knowledge.situation import Situation, read_situation
from kpirules.measurability import measurability
from kpirules.ranking import belief, priority_weight, rank_overall

if TYPE_CHECKING:
    from kpirules.explain import Explanation
    from kpirules.profile import Profile
    from kpirules.recommendation import Recommendation

Language = Literal["en", "fr"]


class Recommender:
    """Recommends KPIs. Made once, it may be asked from any number of threads.

    `rulesets` are files or folders of rulesets to add to what the installed plugins bring; or give a whole `knowledge`
    base. `engine` names the engine (`native` by default). Raises `InputError` for rulesets that are wrong and
    `EngineError` for an engine that can't be had.
    """

    def __init__(self, knowledge: KnowledgeBase | None = None, *, rulesets: Sequence[str | Path] = (), engine: str = "native") -> None:
        self.knowledge = KnowledgeBase.load(rulesets) if knowledge is None else knowledge
        self.engine = engine
        self._engine = make_engine(engine, self.knowledge)

    @cached_property
    def native(self) -> NativeEngine:
        """The native engine, which also knows what nearly fired, whichever engine evaluates."""
        return self._engine if isinstance(self._engine, NativeEngine) else NativeEngine(self.knowledge)

    def recommend(
        self,
        profile: Profile | Mapping[str, Any] | Document | str | Path,
        *,
        top: int | None = None,
        language: Language = "en",
        as_of: datetime.date | None = None,
    ) -> Recommendation:
        """The recommendation for a profile: an object, plain data, a document, or the path of a YAML or JSON file.

        `top` limits the KPIs listed per KPO and overall, `as_of` is the day for which it is made (today by default).
        Raises `InputError` with every issue of the profile.
        """
        from kpirules.recommendation import Recommendation

        return Recommendation.model_validate(self.recommend_data(profile, top=top, language=language, as_of=as_of))

    def recommend_data(
        self,
        profile: Profile | Mapping[str, Any] | Document | str | Path,
        *,
        top: int | None = None,
        language: Language = "en",
        as_of: datetime.date | None = None,
    ) -> dict[str, Any]:
        """The same recommendation as plain JSON data, without the cost of the typed objects."""
        if language not in get_args(Language) or (top is not None and top < 1):
            message = f"the language is en or fr and top is at least 1, found {shown(language)} and {top}"
            raise InputError([Issue("error", "out-of-range", message, Place("<options>"))])
        situation = self.situation(profile, as_of)
        return _Result(self, situation, self._engine.evaluate(situation), language, top).data()

    def explain(
        self,
        profile: Profile | Mapping[str, Any] | Document | str | Path,
        kpi: str,
        *,
        language: Language = "en",
        as_of: datetime.date | None = None,
    ) -> Explanation:
        """Why a KPI is recommended or not for each KPO of a profile, and what would bring it in.

        Raises `InputError` for an unknown KPI or a wrong profile.
        """
        from kpirules.explain import explain

        return explain(self, self.situation(profile, as_of), kpi, language)

    def situation(self, profile: Profile | Mapping[str, Any] | Document | str | Path, as_of: datetime.date | None = None) -> Situation:
        """The checked facts of a profile, as engines read them."""
        day = as_of.date() if isinstance(as_of, datetime.datetime) else as_of or datetime.date.today()
        return read_situation(_document(profile), self.knowledge, day)

    def evaluate(self, situation: Situation) -> Evaluation:
        """What the rules say about a situation, before it is made readable."""
        return self._engine.evaluate(situation)

    def overall(self, evaluation: Evaluation) -> list[tuple[int, int, list[int]]]:
        """The ranking over all KPOs: (KPI position, strength in nats, positions of the KPOs that recommend it), best first."""
        weights = [priority_weight(priority) for priority in evaluation.priorities]
        return rank_overall([(tallies.strengths(), weight) for tallies, weight in zip(evaluation.tallies, weights, strict=True)])


def _document(profile: Profile | Mapping[str, Any] | Document | str | Path) -> Document:
    if isinstance(profile, Document):
        return profile
    if isinstance(profile, (str, Path)):
        return read_file(Path(profile))
    if isinstance(profile, Mapping):
        return read_data(profile, "<profile>")
    if hasattr(profile, "model_dump"):
        return read_data(profile.model_dump(exclude_none=True), "<profile>")
    message = f"a profile is a mapping, a Profile or the path of a file, found {type(profile).__name__}"
    raise InputError([Issue("error", "wrong-type", message, Place("<profile>"))])


class _Result:
    """Makes one evaluation readable. Evidence is built for the rows that are shown."""

    def __init__(self, recommender: Recommender, situation: Situation, evaluation: Evaluation, language: Language, top: int | None) -> None:
        self._recommender, self._knowledge = recommender, recommender.knowledge
        self._situation, self._evaluation = situation, evaluation
        self._language, self._top = language, top
        self._evidence = EvidenceFinder(self._knowledge, evaluation, language)

    def data(self) -> dict[str, Any]:
        situation, knowledge = self._situation, self._knowledge
        return {
            "profile": situation.profile.get("company", {}).get("name"),
            "as_of": situation.as_of.isoformat(),
            "engine": self._recommender.engine,
            "language": self._language,
            "knowledge": {
                "digest": knowledge.digest,
                "rulesets": [{"name": row["name"], "version": row["version"]} for row in knowledge.data["rulesets"]],
            },
            "kpos": [self._kpo(position) for position in range(len(situation.objectives))],
            "overall": self._overall(),
            "advice": self._advice(),
            "gaps": find_gaps(situation, self._evaluation, knowledge, self._recommender.native, self._language),
            "derived": [
                {"field": d.field, "value": plain(d.value), "about": self._about(d.field, d.entity), "rule": knowledge.rules[d.rule].id}
                for d in self._evaluation.derivations
            ],
            "conflicts": [
                {"field": c.field, "values": [plain(value) for value in c.values], "about": self._about(c.field, c.entity)}
                for c in self._evaluation.conflicts
            ],
        }

    def _kpo(self, position: int) -> dict[str, Any]:
        facts, stated = self._evaluation.objectives[position], self._situation.profile["objectives"][position]
        kind = facts.get("objective.type")
        record = self._knowledge.data["objective_types"].get(kind, {})
        guess = self._situation.inferred[position]
        return {
            "id": stated["id"],
            "type": kind,
            "type_name": translate(record.get("name"), self._language) or None,
            "coverage": self._knowledge.data["coverage"]["objective_types"].get(kind, 0),
            "inferred": guess is not None,
            "confidence": guess.confidence if guess else None,
            "alternatives": list(guess.alternatives) if guess else [],
            "statement": stated.get("statement"),
            "priority": facts.get("objective.priority"),
            "topics": plain(facts.get("objective.topics", ())),
            "kpis": self._ranking(position, record.get("qualitative", False)),
            "excluded": self._not_to_follow(position),
        }

    def _ranking(self, position: int, qualitative: bool) -> list[dict[str, Any]]:
        ids = self._knowledge.kpi_ids
        catalogue = Catalogue(self._knowledge.data["kpis"], self._knowledge.data["same_as"])
        ranked = self._evaluation.tallies[position].rank()
        chosen = set(headline([ids[kpi] for kpi, _ in ranked], catalogue, qualitative=qualitative))
        return [
            self._row(position, number, kpi, strength, ids[kpi] in chosen)
            for number, (kpi, strength) in enumerate(ranked, 1)
            if self._top is None or number <= self._top or ids[kpi] in chosen
        ]

    def _row(self, position: int, number: int, kpi: int, strength: int, chosen: bool) -> dict[str, Any]:
        identity = self._knowledge.kpi_ids[kpi]
        record = self._knowledge.data["kpis"][identity]
        sources = self._sources(identity)
        have = self._situation.profile.get("data_sources", ())
        status, how = measurability(record, sources, have, self._knowledge.data["data_sources"], self._language)
        return {
            "rank": number,
            "kpi": identity,
            "name": translate(record["name"], self._language),
            "score": round(belief(strength), 4),
            "headline": chosen,
            "platforms": self._evidence.platforms(position, kpi),
            "kind": record["kind"],
            "timing": record["timing"],
            "direction": record["direction"],
            "unit": record["unit"],
            "formula": record.get("formula", {}).get("expression"),
            "sources": sources,
            "measurability": status,
            "how": how,
            "because": self._evidence.of(position, kpi),
        }

    def _sources(self, kpi: str) -> list[dict[str, Any]]:
        names = dict.fromkeys(str(facts["platform.name"]) for facts in self._evaluation.platforms)
        day = self._situation.as_of.isoformat()
        return [
            {"platform": name, "metric": metric["metric"], "tool": metric.get("tool")}
            for name in names
            for metric in self._knowledge.metrics(name).get(kpi, ())
            if metric.get("since", "") <= day and not metric.get("deprecated_on", "9999") <= day
        ]

    def _not_to_follow(self, position: int) -> list[dict[str, Any]]:
        tallies = self._evaluation.tallies[position]
        strengths = tallies.strengths()
        rows = []
        for kpi in self._evidence.argued_against(position):
            identity = self._knowledge.kpi_ids[kpi]
            rows.append(
                {
                    "kpi": identity,
                    "name": translate(self._knowledge.data["kpis"][identity]["name"], self._language),
                    "effect": "exclude" if kpi in tallies.excluded else "discourage",
                    "score": round(belief(strengths.get(kpi, 0)), 4),
                    "because": self._evidence.of(position, kpi),
                }
            )
        return rows

    def _overall(self) -> list[dict[str, Any]]:
        objectives = self._situation.profile["objectives"]
        rows = self._recommender.overall(self._evaluation)
        return [
            {
                "rank": number,
                "kpi": self._knowledge.kpi_ids[kpi],
                "name": translate(self._knowledge.data["kpis"][self._knowledge.kpi_ids[kpi]]["name"], self._language),
                "score": round(belief(strength), 4),
                "kpos": [objectives[position]["id"] for position in positions],
            }
            for number, (kpi, strength, positions) in enumerate(rows[: self._top], 1)
        ]

    def _advice(self) -> list[dict[str, Any]]:
        rows: dict[int, dict[str, Any]] = {}
        for position, stated in enumerate(self._situation.profile["objectives"]):
            for firing in self._evaluation.firings(position):
                rule = self._knowledge.rules[firing.rule]
                if not rule.advises:
                    continue
                row = rows.setdefault(
                    rule.index, {"rule": rule.id, "text": translate(rule.data["advise"], self._language), "kpos": [], "platforms": []}
                )
                if rule.reads("objective"):
                    row["kpos"].append(stated["id"])
                names = (str(self._evaluation.platforms[platform]["platform.name"]) for platform in firing.platforms)
                row["platforms"] = list(dict.fromkeys([*row["platforms"], *names]))
        return [rows[index] for index in sorted(rows)]

    def _about(self, field: str, entity: int | None) -> str | None:
        if entity is None:
            return None
        if field.startswith("objective."):
            return str(self._situation.profile["objectives"][entity]["id"])
        return str(self._evaluation.platforms[entity]["platform.name"])
