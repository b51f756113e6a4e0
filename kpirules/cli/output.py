"""Where results go: standard output, or a file that appears whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click

from kpirules.errors import OutputError


def write(text: str, output: str | None) -> None:
    """Write a text to a file, or to standard output when none is named. Raises `OutputError` when the file can't be written."""
    if output is None or output == "-":
        click.echo(text, nl=not text.endswith("\n"))
        return
    target = Path(os.path.realpath(output))  # a link goes on leading where it leads
    try:
        if target.exists() and not target.is_file():  # a device, a pipe: there is nothing to replace
            target.write_text(text, encoding="utf-8", newline="")
            return
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                stream.write(text if text.endswith("\n") else text + "\n")
            os.chmod(temporary, 0o666 & ~_umask())
            os.replace(temporary, target)
        except OSError:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise OutputError(f"{output}: error: can't write it: {error.strerror} [unwritable]") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
