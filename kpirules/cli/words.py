"""The words of the command line's own output, in English and French."""

from __future__ import annotations

_WORDS: dict[str, tuple[str, str]] = {
    "recommendation": ("KPIs for {name}", "KPI pour {name}"),
    "company": ("this company", "cette entreprise"),
    "objective": ("Objective: {statement}", "Objectif\u00a0: {statement}"),
    "inferred": ("type read from the statement, confidence {confidence}", "type déduit de l'énoncé, confiance {confidence}"),
    "ambiguous": ("it could also be {others}: state the type", "ce pourrait aussi être {others}\u00a0: précisez le type"),
    "thin": (
        "few rules speak of this type of objective yet: take this set as a beginning",
        "peu de règles parlent encore de ce type d'objectif\u00a0: prenez cet ensemble comme un début",
    ),
    "untyped": (
        "no objective type was recognised: state one (kpirules objectives list)",
        "aucun type d'objectif reconnu\u00a0: précisez-en un (kpirules objectives list)",
    ),
    "rank": ("#", "nº"),
    "kpi": ("KPI", "KPI"),
    "id": ("id", "identifiant"),
    "name": ("name", "nom"),
    "score": ("score", "score"),
    "where": ("read it in", "où le lire"),
    "why": ("why", "pourquoi"),
    "kpos": ("objectives", "objectifs"),
    "headline": ("★ headline set: the few to put on the dashboard", "★ l'essentiel\u00a0: les quelques KPI du tableau de bord"),
    "overall": ("All objectives together", "Tous les objectifs ensemble"),
    "excluded": ("Not to follow, or with care", "À ne pas suivre, ou avec prudence"),
    "exclude": ("do not follow", "ne pas suivre"),
    "discourage": ("with care", "avec prudence"),
    "advice": ("Advice", "Conseils"),
    "gaps": ("Questions whose answer would sharpen this", "Questions dont la réponse affinerait ce résultat"),
    "unlocks": ("(rules that could then speak: {count})", "(règles qui pourraient alors s'exprimer\u00a0: {count})"),
    "nothing": (
        "No rule speaks for a KPI here. Answer the questions below, or add rules.",
        "Aucune règle ne recommande de KPI ici. Répondez aux questions ci-dessous ou ajoutez des règles.",
    ),
    "footer": ("as of {as_of} · engine {engine} · knowledge {digest}", "au {as_of} · moteur {engine} · connaissances {digest}"),
    "verdict.headline": ("recommended, in the headline set", "recommandé, dans l'essentiel"),
    "verdict.recommended": ("recommended", "recommandé"),
    "verdict.excluded": ("excluded", "exclu"),
    "verdict.not-recommended": ("not recommended", "non recommandé"),
    "at": ("rank {rank}, score {score}", "rang {rank}, score {score}"),
    "for": ("for", "pour"),
    "against": ("against", "contre"),
    "rule": ("rule", "règle"),
    "weight": ("weight", "poids"),
    "share": ("share", "part"),
    "facts": ("facts read: {facts}", "faits lus\u00a0: {facts}"),
    "adapted": ("adapted by {rulesets}", "adaptée par {rulesets}"),
    "written": ("written in", "écrite dans"),
    "nearest": ("Rules that would recommend it", "Règles qui le recommanderaient"),
    "required": ("needs {field} {required}, found {found}", "il faudrait {field} {required}, trouvé\u00a0: {found}"),
    "unknown": ("unknown", "inconnu"),
    "change": ("The smallest change that brings it in (then {rule} speaks)", "Le plus petit changement qui le ferait entrer (par {rule})"),
    "no-change": ("No small change of the profile brings it in.", "Aucun petit changement du profil ne le fait entrer."),
    "set": ("set {path} to {value}", "mettre {path} à {value}"),
    "add": ("add to {path}: {value}", "ajouter à {path}\u00a0: {value}"),
    "remove": ("remove {path}", "retirer {path}"),
    "inputs": ("'{kpi}' is computed from", "'{kpi}' se calcule à partir de"),
    "observed": ("'{kpi}' is observed, not computed: {method}", "'{kpi}' s'observe et ne se calcule pas\u00a0: {method}"),
    "base": ("the same, in the base period", "le même, sur la période de référence"),
    "component": ("component", "composante"),
    "value": ("value", "valeur"),
    "scaled": ("0 to 1", "de 0 à 1"),
    "points": ("points", "points"),
    "heavier": ("if its weight +10%", "si poids +10\u00a0%"),
    "lighter": ("if its weight -10%", "si poids -10\u00a0%"),
    "missing": ("without a value, its weight carried by the others: {names}", "sans valeur, poids reporté sur les autres\u00a0: {names}"),
    "unit.currency": ("(currency)", "(monnaie)"),
    "unit.seconds": ("seconds", "secondes"),
    "unit.minutes": ("minutes", "minutes"),
    "unit.hours": ("hours", "heures"),
    "unit.days": ("days", "jours"),
    "unit.weeks": ("weeks", "semaines"),
    "unit.months": ("months", "mois"),
    "unit.points": ("points", "points"),
    "unit.score": ("(score)", "(score)"),
    "unit.rank": ("(rank)", "(rang)"),
    "unit.kilograms": ("kg", "kg"),
    "unit.square-metres": ("m²", "m²"),
    "source": ("source: {source}", "source\u00a0: {source}"),
}


def word(key: str, language: str, **values: object) -> str:
    """A phrase in a language, with its blanks filled."""
    return _WORDS[key][language == "fr"].format(**values)


def number(value: float, language: str, digits: int = 2) -> str:
    """A decimal number as the language writes it."""
    text = f"{value:.{digits}f}"
    return text.replace(".", ",") if language == "fr" else text


def percent(value: float, language: str, digits: int = 0) -> str:
    """A share of one as a percentage."""
    return number(value * 100, language, digits) + ("\u00a0%" if language == "fr" else "%")
