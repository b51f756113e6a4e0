"""A recommendation as a table for the terminal, Markdown, CSV or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kpirules.cli.words import number, word
from kpirules.knowledge.review import FEW_RULES

CSV_COLUMNS = (
    "kpo", "type", "rank", "kpi", "name", "score", "headline", "platforms", "kind", "timing", "unit", "formula", "metrics",
    "measurability", "how", "rules",
)  # fmt: skip


def render(result: Mapping[str, Any], format_: str, *, to_terminal: bool) -> str:
    """The text of a recommendation (its plain data) in a format."""
    match format_:
        case "json":
            import json

            return json.dumps(result, ensure_ascii=False, indent=2)
        case "csv":
            return as_csv(result)
        case "markdown":
            return as_markdown(result)
        case _:
            from kpirules.cli.tables import as_table

            return as_table(result, to_terminal=to_terminal)


def as_csv(result: Mapping[str, Any]) -> str:
    """One row per objective and KPI."""
    import csv
    import io

    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for kpo in result["kpos"]:
        for row in kpo["kpis"]:
            metrics = "; ".join(f"{source['platform']}: {source['metric']}" for source in row["sources"])
            rules = "; ".join(evidence["rule"] for evidence in row["because"])
            writer.writerow(
                [kpo["id"], kpo["type"] or "", row["rank"], row["kpi"], row["name"], row["score"], str(row["headline"]).lower(),
                 "; ".join(row["platforms"]), row["kind"], row["timing"], row["unit"], row["formula"] or "", metrics,
                 row["measurability"], row["how"], rules]
            )  # fmt: skip
    return stream.getvalue()


def as_markdown(result: Mapping[str, Any]) -> str:
    """A report that can be sent to a client."""
    language = result["language"]
    lines = [f"# {title(result)}", ""]
    for kpo in result["kpos"]:
        lines += [f"## {_escape(kpo_title(kpo, language))}", ""]
        lines += [f"*{note}*\n" for note in kpo_notes(kpo, language)]
        head = [word(key, language) for key in ("rank", "kpi", "score", "where", "why")]
        rows = [
            [f"{row['rank']}{' ★' if row['headline'] else ''}", row["name"], number(row["score"], language), where(row), reason]
            for row, reason in reasons(kpo["kpis"])
        ]
        lines += [*(_table(head, rows) if rows else [word("nothing", language)]), ""]
        if kpo["excluded"]:
            lines += [f"### {word('excluded', language)}", ""]
            lines += [f"- **{_escape(names)}** — {_escape(reason)}" for names, reason in not_to_follow(kpo, language)]
            lines.append("")
    if len(result["kpos"]) > 1:
        head = [word(key, language) for key in ("rank", "kpi", "score", "kpos")]
        rows = [[str(row["rank"]), row["name"], number(row["score"], language), ", ".join(row["kpos"])] for row in result["overall"]]
        lines += [f"## {word('overall', language)}", "", *_table(head, rows), ""]
    if result["advice"]:
        lines += [f"## {word('advice', language)}", "", *(f"- {_escape(row['text'])}" for row in result["advice"]), ""]
    if result["gaps"]:
        questions = (f"- {_escape(row['question'])} (`{row['field']}`)" for row in result["gaps"])
        lines += [f"## {word('gaps', language)}", "", *questions, ""]
    lines += [word("headline", language), "", footer(result)]
    return "\n".join(lines) + "\n"


def _table(head: list[str], rows: Iterable[list[str]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return lines + ["| " + " | ".join(map(_escape, row)) + " |" for row in rows]


def _escape(text: str) -> str:
    return (
        " ".join(text.splitlines()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
    )


def title(result: Mapping[str, Any]) -> str:
    """The title of a recommendation."""
    return word("recommendation", result["language"], name=result["profile"] or word("company", result["language"]))


def kpo_title(kpo: Mapping[str, Any], language: str) -> str:
    """An objective as its statement, or its type's name."""
    statement = kpo["statement"] or kpo["type_name"] or kpo["id"]
    return word("objective", language, statement=statement)


def kpo_notes(kpo: Mapping[str, Any], language: str) -> list[str]:
    """What a reader should know of how an objective was understood."""
    if kpo["type"] is None:
        return [word("untyped", language)]
    notes = [
        f"{kpo['type_name']}"
        + (f" ({word('inferred', language, confidence=number(kpo['confidence'], language))})" if kpo["inferred"] else "")
    ]
    if kpo["coverage"] < FEW_RULES["objective_types"]:
        notes.append(word("thin", language))
    if kpo["alternatives"]:
        notes.append(word("ambiguous", language, others=", ".join(kpo["alternatives"])))
    return notes


def where(row: Mapping[str, Any]) -> str:
    """Where a KPI can be read, in one line."""
    metrics = [f"{source['platform']}: {source['metric']}" for source in row["sources"]]
    return ", ".join(dict.fromkeys(metrics[:2])) or str(row["how"])


def reasons(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Each row of a ranking with the strongest reason for it that no row above has given yet, else `idem`."""
    given: set[str] = set()
    for row in rows:
        arguments = [evidence["reason"] for evidence in row["because"] if evidence["effect"] == "recommend"]
        reason = next((argument for argument in arguments if argument not in given), "idem")
        given.add(reason)
        yield row, reason


def not_to_follow(kpo: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """The KPIs that rules argue against, those of one reason together: (names and what to do, why)."""
    groups: dict[tuple[str, str], list[str]] = {}
    for row in kpo["excluded"]:
        reason = next(evidence["reason"] for evidence in row["because"] if evidence["effect"] != "recommend")
        groups.setdefault((row["effect"], reason), []).append(row["name"])
    return [(f"{', '.join(names)} ({word(effect, language)})", reason) for (effect, reason), names in groups.items()]


def footer(result: Mapping[str, Any]) -> str:
    """What the result hangs on."""
    digest = result["knowledge"]["digest"][:19]
    return word("footer", result["language"], as_of=result["as_of"], engine=result["engine"], digest=digest)
