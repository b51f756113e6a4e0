"""Whether a company can measure a KPI now, with what, or what it must set up first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from kpirules.evidence import translate

Status = Literal["measured", "available", "records", "set-up", "study"]
"""`measured`: a data source of the profile has it. `available`: a platform of the profile has it, once its tool is opened or connected.
`records`: computed from the company's own figures. `set-up`: tracking or a routine must be put in place. `study`: only a survey or a
study can tell."""

SURVEY = "survey-tool"
"""The data source with which a study can be made at once."""

_BY_EFFORT: Mapping[str, Status] = {"low": "records", "medium": "set-up", "high": "study"}

_TEXTS: Mapping[str, tuple[str, str]] = {
    "measured": ("measured in {tool}", "mesuré dans {tool}"),
    "available": ("to be read in {tool}", "à lire dans {tool}"),
    "records": ("from your own records: {inputs}", "à partir de vos propres données\u00a0: {inputs}"),
    "set-up": ("to set up first: record {inputs}", "à mettre en place d'abord\u00a0: relever {inputs}"),
    "study": ("needs a survey or a study first", "demande d'abord une enquête ou une étude"),
    "survey": ("to be asked with your survey tool", "à demander avec votre outil d'enquête"),
    "observed": ("to be collected: {method}", "à recueillir\u00a0: {method}"),
}


def measurability(
    kpi: Mapping[str, Any], sources: Sequence[Mapping[str, Any]], have: Collection[str], tools: Mapping[str, Any], language: str
) -> tuple[Status, str]:
    """How a KPI can be measured, and that in a phrase.

    `sources` are the metrics in force on the profile's platforms, `have` the ids of the data sources that the profile states,
    `tools` the records of all data sources.
    """
    connected = next((source for source in sources if source["tool"] in have), None)
    if source := connected or next(iter(sources), None):
        name = translate(tools[source["tool"]]["name"], language) if source["tool"] else source["platform"]
        status: Status = "measured" if connected else "available"
        return status, _phrase(status, language, tool=name)
    status = _BY_EFFORT[kpi["effort"]]
    if status == "study" and SURVEY in have:
        return "set-up", _phrase("survey", language)
    if status != "study" and "method" in kpi:
        return status, _phrase("observed", language, method=translate(kpi["method"], language))
    return status, _phrase(status, language, inputs=_inputs(kpi, language))


def _inputs(kpi: Mapping[str, Any], language: str) -> str:
    """What there is to count."""
    variables = kpi.get("formula", {}).get("variables", {})
    return ", ".join(translate(variable, language) or name for name, variable in variables.items()) or translate(kpi["name"], language)


def _phrase(key: str, language: str, **values: str) -> str:
    return _TEXTS[key][language == "fr"].format(**values)
