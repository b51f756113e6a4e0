"""Streams, files and signals: whatever is at the other end, the command line ends with a message and a code, never a traceback."""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
from pathlib import Path

import pytest

from kpirules.cli import ERROR, FINDINGS, INTERRUPTED, OK
from tests.cli.conftest import Call
from tests.plugins.test_third_party import Site

PROFILE = "objectives: [{type: brand-awareness}]\ncompany: {name: Café Été}\n"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="bash and its devices")


@pytest.fixture(autouse=True)
def profile(folder: Path) -> None:
    """A profile in the working folder."""
    (folder / "p.yaml").write_text(PROFILE, encoding="utf-8")


def test_standard_input(shell: Call) -> None:
    """`-` reads a profile from a pipe or a file; what is wrong in it is told of `<stdin>`."""
    direct = shell("$K recommend p.yaml --format json").out
    assert shell("cat p.yaml | $K recommend - --format json").out == direct
    assert shell("$K recommend - --format json < p.yaml").out == direct
    assert "reach" in shell("$K explain - reach < p.yaml").out
    assert shell("$K check - < p.yaml").out == "0 errors, 0 warnings\n"
    wrong = shell("echo 'objectives: [{type: brand-awarness}]' | $K recommend -")
    assert wrong.code == ERROR
    assert "<stdin>:1:15: error: 'brand-awarness' is no value" in wrong.err


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("$K recommend - < /dev/null", ERROR, "<stdin>:1:1: error: the document is empty [empty]"),
        ("$K recommend - <&-", ERROR, "<stdin>:1:1: error: the document is empty [empty]"),
        ("head -c 100 /dev/zero | $K recommend -", ERROR, "a binary file, not a text"),
        ("printf 'company: {name: \"\\xff\"}' | $K recommend -", ERROR, "<stdin>:1:18: error: not UTF-8 text"),
        ("$K recommend p.yaml >&-", OK, ""),
        ("$K recommend p.yaml 2>&-", OK, ""),
        ("$K recommend p.yaml > /dev/full", ERROR, "error: output: No space left on device"),
        ("$K recommend p.yaml --format json > /dev/full", ERROR, "error: output: No space left on device"),
        ("$K kpis list > /dev/full", ERROR, "error: output: No space left on device"),
        ("$K check p.yaml > /dev/full", ERROR, "error: output: No space left on device"),
        ("$K recommend p.yaml -o /dev/full", ERROR, "/dev/full: error: can't write it: No space left on device"),
        ("$K recommend $'\\xff.yaml'", ERROR, "\\udcff.yaml: error: can't read it: No such file"),
        ("$K recommend .", ERROR, ".: error: can't read it: Is a directory"),
        ("$K recommend $(printf 'a%.0s' {1..300})", ERROR, "can't read it: File name too long"),
        ("$K recommend p.yaml -r $(printf 'a%.0s' {1..300})", ERROR, "aaa"),
        ("$K test $(printf 'a%.0s' {1..300})", ERROR, "aaa"),
        ("$K new profile $(printf 'a%.0s' {1..300})", ERROR, "aaa"),
        ("$K new profile p.yaml/deeper/c.yaml", ERROR, "can't write it: Not a directory"),
        ("ln -s loop loop; $K recommend loop", ERROR, "can't read it: Too many levels of symbolic links"),
        ("ln -s loop loop; $K recommend p.yaml -r loop", ERROR, "no such file or folder"),
    ],
)
def test_odd_ends(shell: Call, line: str, code: int, message: str) -> None:
    """Closed and full streams, devices, names that no file can have: one line, the right code."""
    printed = shell(line)
    assert (printed.code, message in printed.err) == (code, True), printed.err
    assert len(printed.err.splitlines()) <= 2


def test_names_that_are_no_text_are_shown(shell: Call) -> None:
    """A file name that is no UTF-8 can stand in a finding, on standard output too, as text and as JSON."""
    line = "$K check $'\\xff.yaml'"
    assert shell(line).code == shell(line + " --format json").code == FINDINGS
    assert "\\udcff.yaml" in shell(line).out
    assert json.loads(shell(line + " --format json").out)[0]["place"]["source"] == "\udcff.yaml"


@pytest.mark.parametrize(
    "command", ["--help", "kpis list", "recommend p.yaml", "recommend p.yaml --format json", "explain p.yaml reach", "schema profile"]
)
def test_a_reader_that_has_seen_enough(shell: Call, command: str) -> None:
    """`| head -n 1` and a reader that reads nothing at all end every command quietly, with code 0."""
    for reader in ("head -n 1", "true"):
        printed = shell(f"$K {command} | {reader}; exit ${{PIPESTATUS[0]}}")
        assert (printed.code, printed.err) == (OK, "")


def test_an_interrupt_anywhere(small: Site, call: Call) -> None:
    """Ctrl-C in the middle of a command, here one of a plugin, is one word and code 130."""
    small.add("slow-one", {
        "__init__.py": "from kpirules import hookimpl\n@hookimpl\ndef commands(): return {'slow': 'slow_one.slow:slow'}",
        "slow.py": "import click, signal\n@click.command()\ndef slow(): signal.raise_signal(signal.SIGINT)",
    })  # fmt: skip
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    printed = call("slow")
    assert (printed.code, printed.out, printed.err.strip()) == (INTERRUPTED, "", "Interrupted.")


def test_output_replaces_a_file_whole(call: Call, folder: Path) -> None:
    """An existing file is replaced; it has the rights of any new file, and no temporary one stays."""
    Path("out.md").write_text("old\n" * 1000)
    for format_ in ("table", "markdown", "csv", "json"):
        assert call("recommend", "p.yaml", "--format", format_, "-o", "out.md").out == ""
        assert Path("out.md").read_text(encoding="utf-8") == call("recommend", "p.yaml", "--format", format_).out
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(Path("out.md").stat().st_mode) == 0o666 & ~mask
    assert {file.name for file in folder.iterdir()} == {"p.yaml", "out.md", "site"}


def test_output_that_fails_leaves_the_old_file(call: Call, folder: Path) -> None:
    """Nothing is written before the result is there."""
    Path("out.json").write_text("old")
    Path("wrong.yaml").write_text("objectives: []")
    assert call("recommend", "wrong.yaml", "-o", "out.json").code == ERROR
    assert Path("out.json").read_text() == "old"


def test_output_follows_links_and_keeps_devices(call: Call, folder: Path) -> None:
    """A link goes on leading where it led, and a device is written to, not replaced."""
    Path("real.json").write_text("old")
    Path("link.json").symlink_to("real.json")
    Path("null").symlink_to(os.devnull)
    for target in ("link.json", "null"):
        assert call("recommend", "p.yaml", "--format", "json", "-o", target).code == OK
        assert Path(target).is_symlink()
    assert json.loads(Path("real.json").read_text(encoding="utf-8"))["overall"]
    assert stat.S_ISCHR(Path("null").stat().st_mode)


def test_output_to_a_dash_is_standard_output(call: Call) -> None:
    """`-o -` prints, and makes no file of that name."""
    assert call("recommend", "p.yaml", "--format", "json", "-o", "-").out == call("recommend", "p.yaml", "--format", "json").out
    assert not Path("-").exists()


def test_a_home_that_can_not_be_written(shell: Call) -> None:
    """Without a cache folder that can be made, everything works, in silence."""
    printed = shell("unset KPIRULES_CACHE; HOME=/dev/null XDG_CACHE_HOME=/dev/null/cache $K recommend p.yaml --format json")
    assert (printed.code, printed.err) == (OK, "")
    assert json.loads(printed.out)["overall"][0]["kpi"] == "reach"
    assert shell("KPIRULES_CACHE= $K recommend p.yaml --format json").out == printed.out
