"""What the tests of engines share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from kpirules import KnowledgeBase, Recommender
from tests.conftest import DAY

Ask = Callable[..., dict[str, Any]]


@pytest.fixture(params=["reference", "native"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """The recommendation for a profile by every engine in turn, on the day of the tests."""

    def recommendation(knowledge: KnowledgeBase, profile: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        return Recommender(knowledge, engine=request.param).recommend_data(profile, **{"as_of": DAY, **options})

    return recommendation
