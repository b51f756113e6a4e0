"""Writes the reference (docs/reference/<language>/) from the installed knowledge. A test compares it with what is committed.

python docs/generate.py
"""

from __future__ import annotations

import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from kpirules import KnowledgeBase
from kpirules.evidence import translate
from kpirules.language.condition import All, AnyOf, Between, Condition, Known, Not, OneOf, atoms
from kpirules.record import LANGUAGES

FOLDER = Path(__file__).parent
_PAGES = {"objective.type": "objectives", "platform.name": "platforms", "profile.platforms": "platforms", "company.sector": "sectors"}
_WORDS = {
    "or": "ou", "and": "et", "except": "sauf", "is known": "est connu", "is unknown": "est inconnu", "yes": "oui", "no": "non",
    "always": "toujours",
    "percent": "pourcentage", "ratio": "rapport", "count": "nombre", "currency": "monnaie", "seconds": "secondes", "minutes": "minutes",
    "hours": "heures", "days": "jours", "weeks": "semaines", "months": "mois", "points": "points", "score": "score", "rank": "rang",
    "kilograms": "kilogrammes", "square-metres": "mètres carrés", "none": "sans unité", "maximize": "à maximiser",
    "minimize": "à minimiser", "target": "à tenir", "observe": "à observer", "quantitative": "quantitatif", "qualitative": "qualitatif",
    "leading": "avancé", "lagging": "retardé", "strategic": "stratégique", "tactical": "tactique", "operational": "opérationnel",
    "daily": "chaque jour", "weekly": "chaque semaine", "monthly": "chaque mois", "quarterly": "chaque trimestre",
    "yearly": "chaque année", "per-campaign": "par campagne",
    "standard": "norme", "vendor": "éditeur", "research": "recherche", "practitioner": "praticiens", "convention": "convention",
    "advertising": "publicité", "awareness": "notoriété", "community": "communauté", "content": "contenus", "conversion": "conversion",
    "cost-efficiency": "coûts et rentabilité", "email": "e-mail", "engagement": "engagement", "event": "événements",
    "lead": "contacts commerciaux", "operations": "exploitation", "product-usage": "usage du produit", "reach": "audience",
    "reputation": "réputation", "retention": "fidélisation", "revenue": "revenus", "sales": "ventes", "satisfaction": "satisfaction",
    "search": "recherche en ligne", "sector": "métiers", "service": "service client", "traffic": "trafic",
    "owned-social": "réseau social", "paid-social": "publicité sociale", "paid-search": "publicité de recherche",
    "paid-display": "publicité display", "paid-any": "publicité", "owned-web": "site", "messaging": "messagerie",
    "commerce": "commerce", "partner": "partenaires", "offline": "hors ligne", "product": "produit",
}  # fmt: skip
"""The records' own words in French; in English they are what they say."""


class Reference:
    """What the templates show, in one language."""

    def __init__(self, knowledge: KnowledgeBase, language: str) -> None:
        self.knowledge, self.language, self.data = knowledge, language, knowledge.data
        self.colon = "\u00a0:" if language == "fr" else ":"
        self.rules = [self._rule(rule.id, rule.condition) for rule in knowledge.rules]
        self.sources: dict[str, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
        for platform in self.data["platforms"]:
            for kpi, metrics in knowledge.metrics(platform).items():
                self.sources[kpi] += [(platform, metric) for metric in metrics]

    def text(self, texts: Mapping[str, Any] | None) -> Any:
        """A text or word list in the language."""
        return translate(texts, self.language) if texts else ""

    def term(self, value: str) -> str:
        """A word of the records' own vocabulary."""
        return _WORDS[value] if self.language == "fr" else value.replace("-", " ")

    def name(self, table: str, identity: str) -> str:
        """The name of a record."""
        return str(self.text(self.data[table][identity]["name"]))

    def phrase(self, condition: Condition) -> str:
        """A condition as people read it."""
        match condition:
            case All(children):
                return "; ".join(self._grouped(child) for child in children) or self.term("always")
            case AnyOf(children):
                return f" {self.term('or')} ".join(self._grouped(child) for child in children)
            case Not(Known(field)):
                return f"{self._label(field)} {self.term('is unknown')}"
            case Not(child):
                return f"{self.term('except')} ({self.phrase(child)})"
            case Known(field):
                return f"{self._label(field)} {self.term('is known')}"
            case Between(field, low, high, low_open, high_open):
                bounds = [
                    "" if low is None else f"{'>' if low_open else '≥'} {low}",
                    "" if high is None else f"{'<' if high_open else '≤'} {high}",
                ]
                return f"{self._label(field)} " + f" {self.term('and')} ".join(filter(None, bounds))
            case OneOf(field, values):
                return f"{self._label(field)}{self.colon} " + f" {self.term('or')} ".join(self._value(field, value) for value in values)

    def _grouped(self, condition: Condition) -> str:
        compound = isinstance(condition, (All, AnyOf)) and len(condition.children) > 1
        return f"({self.phrase(condition)})" if compound else self.phrase(condition)

    def _label(self, field: str) -> str:
        return translate(self.knowledge.fields[field].label, self.language) or field

    def _value(self, field: str, value: object) -> str:
        spec = self.knowledge.fields[field]
        if isinstance(value, bool):
            return self.term("yes" if value else "no")
        if value in self.data.get(spec.vocabulary, ()):
            return self.name(spec.vocabulary, str(value))
        return translate(spec.allowed.get(str(value)), self.language) or str(value)

    def _rule(self, identity: str, condition: Condition) -> dict[str, Any]:
        row = self.data["rules"][identity]
        named = {
            (_PAGES[atom.field], str(value))
            for atom in atoms(condition)
            if isinstance(atom, OneOf) and atom.field in _PAGES
            for value in atom.values
        }
        return {**row, "id": identity, "ruleset": identity.partition("/")[0], "when": self.phrase(condition), "named": named}

    def rules_of(self, ruleset: str) -> list[dict[str, Any]]:
        """The rules of a ruleset."""
        return [rule for rule in self.rules if rule["ruleset"] == ruleset]

    def naming(self, page: str, identity: str, but: str) -> list[str]:
        """The rulesets other than its own that name an objective type, a platform or a sector."""
        return sorted({rule["ruleset"] for rule in self.rules if (page, identity) in rule["named"] and rule["ruleset"] != but})

    def families(self) -> dict[str, list[str]]:
        """KPI ids by family."""
        found: dict[str, list[str]] = defaultdict(list)
        for identity, record in sorted(self.data["kpis"].items()):
            found[record["family"]].append(identity)
        return dict(sorted(found.items()))

    def packs(self) -> list[dict[str, Any]]:
        """The rulesets that belong to no objective type and no platform."""
        return [
            row
            for row in self.data["rulesets"]
            if row["name"] not in self.data["objective_types"] and row["name"] not in self.data["platforms"]
        ]


def pages(knowledge: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """Every page of the reference: its path below docs/reference, and its text."""
    for language in LANGUAGES:
        reference = Reference(knowledge, language)
        templates = Environment(
            loader=FileSystemLoader(FOLDER / "templates"), trim_blocks=True, lstrip_blocks=True, autoescape=False
        )  # fmt: skip
        templates.globals.update(
            ref=reference, text=reference.text, term=reference.term, name=reference.name, fr=language == "fr", colon=reference.colon
        )
        templates.filters["term"] = reference.term
        data = knowledge.data
        yield f"{language}/README.md", templates.get_template("index.md.j2").render()
        for family, ids in reference.families().items():
            yield f"{language}/kpis/{family}.md", templates.get_template("kpis.md.j2").render(family=family, ids=ids)
        for page, table in (("objectives", "objective_types"), ("platforms", "platforms")):
            for identity in data[table]:
                record = data[table][identity]
                yield f"{language}/{page}/{identity}.md", templates.get_template(f"{page}.md.j2").render(id=identity, record=record)
        yield f"{language}/sectors.md", templates.get_template("sectors.md.j2").render()
        for pack in reference.packs():
            yield f"{language}/packs/{pack['name']}.md", templates.get_template("pack.md.j2").render(pack=pack)


def main() -> int:
    """Write the reference anew."""
    folder = FOLDER / "reference"
    shutil.rmtree(folder, ignore_errors=True)
    for path, content in pages(KnowledgeBase.load()):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
