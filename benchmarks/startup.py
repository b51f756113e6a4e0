"""Start-up of the command line, as a ratio to `python -c "import click, pydantic"`, interleaved, after a first call.

python -m benchmarks.startup [rounds]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

BASE = [sys.executable, "-c", "import click, pydantic"]
SCRIPT = str(Path(sys.executable).with_name("kpirules"))
COMMANDS = {
    "kpirules --help": [SCRIPT, "--help"],
    "kpirules recommend": [SCRIPT, "recommend", "examples/bakery.yaml"],
}


def main(rounds: int) -> None:
    """Print the median times and ratios."""
    times: dict[str, list[float]] = {name: [] for name in ("import click, pydantic", *COMMANDS)}
    for turn in range(rounds + 1):
        for name, command in {"import click, pydantic": BASE, **COMMANDS}.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            if turn:
                times[name].append(time.perf_counter() - start)
    base = statistics.median(times["import click, pydantic"])
    for name, values in times.items():
        print(f"  {name:24s} {statistics.median(values) * 1e3:7.1f} ms   {statistics.median(values) / base:5.2f} x")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
