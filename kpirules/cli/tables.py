"""Tables for the terminal."""

from __future__ import annotations

import io
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kpirules.cli import render
from kpirules.cli.words import number, word

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

GAP = 3
"""Columns between two columns of a table."""

WIDTH_ELSEWHERE = 120
"""Columns where there is no terminal to ask."""


def make_console(stream: io.StringIO, *, to_terminal: bool) -> Console:
    """A console that writes to a text, in colour when that text goes to a terminal."""
    from rich.console import Console

    terminal = to_terminal and sys.stdout.isatty()
    width = min(shutil.get_terminal_size().columns, 160) if terminal else WIDTH_ELSEWHERE
    return Console(file=stream, width=width, force_terminal=terminal, highlight=False, markup=False, emoji=False)


def make_table(*columns: tuple[str, dict[str, Any]]) -> Table:
    """A plain table: rule under the head, no box around it."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for name, options in columns:
        table.add_column(name, **options)
    return table


def plain_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows as a table, for lists."""
    stream = io.StringIO()
    console = make_console(stream, to_terminal=True)
    table = make_table(*((name, {"overflow": "fold"}) for name in head))
    for row in rows:
        table.add_row(*row)
    console.print(table)
    return _without_trailing_blanks(stream.getvalue())


def as_table(result: Mapping[str, Any], *, to_terminal: bool) -> str:
    """A recommendation for the terminal."""
    from rich.text import Text

    stream = io.StringIO()
    console = make_console(stream, to_terminal=to_terminal)
    language = result["language"]
    console.print(Text(render.title(result), style="bold"))
    for kpo in result["kpos"]:
        _print_kpo(console, kpo, language)
    if len(result["kpos"]) > 1 and result["overall"]:
        table = make_table(
            (word("rank", language), {"justify": "right"}), (word("kpi", language), {}),
            (word("score", language), {"justify": "right"}), (word("kpos", language), {}),
        )  # fmt: skip
        for row in result["overall"]:
            table.add_row(str(row["rank"]), row["name"], number(row["score"], language), ", ".join(row["kpos"]))
        _heading(console, word("overall", language))
        console.print(table)
    _print_list(console, word("advice", language), [row["text"] for row in result["advice"]])
    questions = [f"{row['question']}  {row['field']} {word('unlocks', language, count=row['unlocks'])}" for row in result["gaps"][:5]]
    _print_list(console, word("gaps", language), questions)
    console.print()
    console.print(Text(word("headline", language)))
    console.print(Text(render.footer(result), style="dim"))
    return _without_trailing_blanks(stream.getvalue())


def _print_kpo(console: Console, kpo: Mapping[str, Any], language: str) -> None:
    from rich.text import Text

    _heading(console, render.kpo_title(kpo, language))
    for note in render.kpo_notes(kpo, language):
        console.print(Text(note, style="italic"))
    if not kpo["kpis"]:
        console.print(Text(word("nothing", language)))
    else:
        # Widths are given, so that rich need not measure every cell: the reason gets what the others leave.
        wide, place = _width([row["name"] for row in kpo["kpis"]], 30), _width(map(render.where, kpo["kpis"]), 26)
        reason = max(console.width - 4 - wide - 5 - place - 4 * GAP, 20)
        table = make_table(
            ("", {"justify": "right", "width": 4}), (word("kpi", language), {"width": wide}),
            (word("score", language), {"justify": "right", "width": 5}),
            (word("where", language), {"width": place, "overflow": "fold"}), (word("why", language), {"width": reason}),
        )  # fmt: skip
        for row, argument in render.reasons(kpo["kpis"]):
            mark = "★" if row["headline"] else " "
            style = "bold" if row["headline"] else ""
            name = Text(row["name"], style=style)
            table.add_row(f"{mark} {row['rank']}", name, number(row["score"], language), Text(render.where(row)), Text(argument))
        console.print(table)
    rows = [f"{names} — {reason}" for names, reason in render.not_to_follow(kpo, language)]
    _print_list(console, word("excluded", language), rows)


def _width(texts: Iterable[str], most: int) -> int:
    """The width of a column: that of its longest text, within limits."""
    return min(max([12, *map(len, texts)]), most)


def _heading(console: Console, text: str) -> None:
    from rich.text import Text

    console.print()
    console.print(Text(text, style="bold cyan"))


def _print_list(console: Console, heading: str, rows: Sequence[str]) -> None:
    """A bulleted list. Plain text is wrapped by the standard library, which is much faster than a table of one column."""
    if rows:
        _heading(console, heading)
        for row in rows:
            console.file.write(
                textwrap.fill(row, console.width, initial_indent="  - ", subsequent_indent="    ", break_on_hyphens=False) + "\n"
            )


def _without_trailing_blanks(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
