"""The pytest plugin: `pytest rulesets/` collects every `cases.yaml` and runs each case as a test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from kpirules.casetest import LocatedCase


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Called by pytest for every file: takes the case files."""
    if file_path.name == "cases.yaml":
        collector: pytest.Collector = CasesFile.from_parent(parent, path=file_path)
        return collector
    return None


class CasesFile(pytest.File):
    """A case file."""

    def collect(self) -> Iterator[pytest.Item]:
        """Its cases, as tests."""
        from kpirules.casetest import read_cases
        from kpirules.errors import InputError

        try:
            cases = read_cases(self.path)
        except InputError as error:
            raise self.CollectError(str(error)) from None
        for located in cases:
            yield CaseItem.from_parent(self, name=located.case.name, located=located)


class CaseItem(pytest.Item):
    """One case."""

    def __init__(self, *, located: LocatedCase, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.located = located

    def runtest(self) -> None:
        """Run it against everything installed and the rulesets beside it."""
        from kpirules.casetest import check_references, run_case

        recommender = _recommender_for(self.config, self.path)
        outcome = run_case(self.located, recommender)
        failures = [*map(str, check_references(self.located, recommender.knowledge)), *outcome.failures]
        if failures:
            raise CaseFailedError("\n".join(failures))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What failed, without a traceback: nothing in it would help."""
        from kpirules.errors import InputError

        if isinstance(excinfo.value, (CaseFailedError, InputError)):
            return f"{self.located.place}\n{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case is written."""
        line = self.located.document.locate(("cases", self.located.position)).line or 1
        return self.path, line - 1, self.name


class CaseFailedError(AssertionError):
    """A case whose expectations did not hold."""


_KEY = pytest.StashKey[dict[tuple[str, ...], Any]]()


def _recommender_for(config: pytest.Config, file: Path) -> Any:
    from kpirules.knowledge.base import KnowledgeBase
    from kpirules.knowledge.own import own_rulesets
    from kpirules.knowledge.plugins import PluginManager
    from kpirules.recommender import Recommender

    recommenders = config.stash.setdefault(_KEY, {})
    manager = PluginManager.installed()
    rulesets = tuple(own_rulesets([str(file)], manager))
    if rulesets not in recommenders:
        recommenders[rulesets] = Recommender(KnowledgeBase.load(rulesets, manager))
    return recommenders[rulesets]
