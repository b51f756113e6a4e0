"""A command line over the vocabulary of the tests, so that each run takes a moment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kpirules.cli import run
from tests.plugins.conftest import small
from tests.plugins.test_third_party import Site, site

__all__ = ["site", "small"]


class Printed:
    """What a run printed, and its exit code. No run shows a traceback."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err
        assert "Traceback" not in out + err
        assert "Exception ignored" not in err


Call = Callable[..., Printed]


@pytest.fixture
def call(small: Site, folder: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs a command line in an empty folder, in this process."""

    def run_here(*arguments: str) -> Printed:
        code = run(list(arguments))
        return Printed(code, *capsys.readouterr())

    return run_here


@pytest.fixture
def shell(small: Site, folder: Path) -> Call:
    """Runs a line of shell in an empty folder, in which `$K` is the command line."""
    environment = {**os.environ, "PYTHONPATH": str(small.folder), "K": f"{sys.executable} -m kpirules"}

    def run_there(line: str, **options: Any) -> Printed:
        done = subprocess.run(["bash", "-c", line], env=environment, capture_output=True, **options)
        return Printed(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run_there
