"""kpirules: which KPIs should this company follow, in which order, for which objective, and why?"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from kpirules.computation import Computation, compute
    from kpirules.engine.base import Engine, Evaluation
    from kpirules.errors import EngineError, InputError, Issue, KpirulesError, NoObjectiveError
    from kpirules.explain import Explanation
    from kpirules.knowledge.base import KnowledgeBase
    from kpirules.knowledge.hookspecs import hookimpl
    from kpirules.kpi import Kpi
    from kpirules.objective import ObjectiveType
    from kpirules.platform import Platform
    from kpirules.profile import Profile
    from kpirules.recommendation import Recommendation
    from kpirules.recommender import Recommender
    from kpirules.ruleset import Ruleset

_PLACES = {
    "Computation": "computation",
    "Engine": "engine.base",
    "EngineError": "errors",
    "Evaluation": "engine.base",
    "Explanation": "explain",
    "InputError": "errors",
    "Issue": "errors",
    "KnowledgeBase": "knowledge.base",
    "Kpi": "kpi",
    "KpirulesError": "errors",
    "NoObjectiveError": "errors",
    "ObjectiveType": "objective",
    "Platform": "platform",
    "Profile": "profile",
    "Recommendation": "recommendation",
    "Recommender": "recommender",
    "Ruleset": "ruleset",
    "compute": "computation",
    "hookimpl": "knowledge.hookspecs",
}

__all__ = [
    "Computation",
    "Engine",
    "EngineError",
    "Evaluation",
    "Explanation",
    "InputError",
    "Issue",
    "KnowledgeBase",
    "Kpi",
    "KpirulesError",
    "NoObjectiveError",
    "ObjectiveType",
    "Platform",
    "Profile",
    "Recommendation",
    "Recommender",
    "Ruleset",
    "__version__",
    "compute",
    "hookimpl",
]


def __getattr__(name: str) -> Any:
    """Public names are imported when they are first used, so that the command line starts fast."""
    if name in _PLACES:
        return getattr(import_module(f"kpirules.{_PLACES[name]}"), name)
    raise AttributeError(f"module 'kpirules' has no attribute '{name}'")
