"""The documentation is run: files that it shows are written, commands are executed, their output is compared.

A fence says what it is:

- ```yaml file=my/rules.yaml   is written to that file;
- ```console                   holds `$ command` lines, each followed by what it prints; a line `...` stands for any lines,
                               `...` inside a line for any text;
- ```python                    is executed;
- anything else is only shown.

Each page is one story: its fences share one folder, which starts with a copy of the examples.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kpirules.cli import run

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(page for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")] if "reference" not in page.parts)

_FENCE = re.compile(r"^```(\w+)?(?: +file=(\S+))?[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block of a page, with the line of its first line."""

    language: str
    file: str
    text: str
    line: int


def fences(page: Path) -> Iterator[Fence]:
    """The fenced blocks of a page."""
    content = page.read_text(encoding="utf-8")
    for match in _FENCE.finditer(content):
        yield Fence(match[1] or "", match[2] or "", match[3], content.count("\n", 0, match.start()) + 2)


def commands(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block with what each is said to print."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def matches(expected: str, printed: str) -> bool:
    """Whether a printed text is what the page says, `...` standing for anything."""
    pattern = ""
    for line in expected.strip().splitlines():
        pattern += r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line.rstrip()).replace(re.escape("..."), ".*") + r"\n"
    return re.fullmatch(pattern, printed.strip() + "\n") is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page(page: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a page shows is what happens."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    for fence in fences(page):
        where = f"{page.name}:{fence.line}"
        if fence.file:
            target = folder / fence.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(fence.text, encoding="utf-8")
        elif fence.language == "console":
            for command, expected in commands(fence.text):
                name, *arguments = shlex.split(command)
                assert name == "kpirules", f"{where}: only kpirules is run in a console block, not {name}"
                run(arguments)
                printed = capsys.readouterr()
                text = "\n".join(line.rstrip() for line in (printed.out + printed.err).splitlines())
                assert matches(expected, text), f"{where}: $ {command}\n--- printed\n{text}\n--- expected\n{expected}"
        elif fence.language == "python":
            exec(compile(fence.text, where, "exec"), {"__name__": "__docs__"})


def test_links_lead_somewhere() -> None:
    """Relative links of all pages name files that exist."""
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_matches_is_strict() -> None:
    """A page can be wrong: other text does not match, and `...` matches only where it stands."""
    assert matches("a\n...\nd", "a\nb\nc\nd")
    assert matches("a ... c", "a b c")
    assert not matches("a\n...\nd", "a\nb\nc")
    assert not matches("a", "a\nb")
