"""Compares a built wheel with the repository: every tracked file of the packages is in it, and nothing else.

python tests/wheel.py dist/kpirules-*.whl
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path


def expected_files() -> set[str]:
    """What the tracked files become in a wheel: plugins at the top, packs inside the package."""
    tracked = subprocess.run(["git", "ls-files", "kpirules", "plugins", "rulesets"], capture_output=True, text=True, check=True).stdout
    places = {"plugins/": "", "rulesets/": "kpirules/_rulesets/"}
    found = set()
    for file in tracked.splitlines():
        prefix = next((prefix for prefix in places if file.startswith(prefix)), None)
        found.add(places[prefix] + file.removeprefix(prefix) if prefix else file)
    return found


def main(wheel: Path) -> int:
    """Compare, name every difference, and return 1 when there is one."""
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    expected = expected_files()
    for name in sorted(expected - names):
        print(f"missing in the wheel: {name}")
    for name in sorted(names - expected):
        print(f"not in git: {name}")
    print(f"{len(names)} files, {len(expected ^ names)} differences")
    return 1 if expected ^ names else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
