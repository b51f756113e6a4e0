"""The house: a small public surface, imports that wait until they are needed, rooms of a readable size."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import kpirules
from kpirules.knowledge import hookspecs

PACKAGE = Path(kpirules.__file__).parent
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "bakery.yaml"


def modules_after(code: str) -> set[str]:
    """The modules that a piece of Python has imported in a fresh interpreter."""
    program = f"import sys\n{code}\nprint('MODULES', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("MODULES")[2].split())


def test_the_public_surface_is_small_and_sorted() -> None:
    """At most twenty names, each of which can be imported and says what it is."""
    assert kpirules.__all__ == sorted(kpirules.__all__)
    assert len(kpirules.__all__) <= 20
    assert set(kpirules.__all__) == {*kpirules._PLACES, "__version__"}
    for name in kpirules.__all__:
        assert getattr(kpirules, name).__doc__ or name == "__version__"
    with pytest.raises(AttributeError, match="nonsense"):
        _ = kpirules.nonsense


def test_help_imports_nothing_heavy() -> None:
    """Neither pydantic nor lark, yaml, rich or the stemmers are needed to show the help."""
    loaded = modules_after("from kpirules.cli import run; run(['--help'])")
    assert not loaded & {"pydantic", "lark", "yaml", "rich", "snowballstemmer", "kpirules.knowledge.base"}


def test_a_warm_recommendation_imports_no_model(tmp_path: Path) -> None:
    """Once the knowledge is compiled, neither pydantic nor lark is needed to recommend."""
    code = f"from kpirules.cli import run; assert run(['recommend', {str(EXAMPLE)!r}]) == 0"
    modules_after(code)
    assert not modules_after(code) & {"pydantic", "lark", "kpirules.knowledge.build"}


def test_every_hook_is_described() -> None:
    """Each hook says when it is called and what it returns; there are between three and nine."""
    hooks = [value for value in vars(hookspecs).values() if hasattr(value, "kpirules_spec")]
    assert 3 <= len(hooks) <= 9
    page = (Path(__file__).resolve().parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")
    for hook in hooks:
        assert "Called" in hook.__doc__
        assert "Returns" in hook.__doc__
        assert f"`{hook.__name__}()`" in page


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_rooms_are_readable(file: Path) -> None:
    """No module is longer than 400 lines, and each says in its first line what it is for."""
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    assert not text or text.startswith('"""')
