"""Random knowledge bases and profiles: every construct of the language, hostile values included.

Rules are drawn over `WORLD`, the vocabulary of `tests.conftest` with what it lacks: list facts of every scope, KPIs that
say the same or keep each other honest, a platform that has every fact. Engines are held to the reference with these.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from functools import cache
from itertools import combinations, product
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from kpirules import InputError, KnowledgeBase
from tests.conftest import VOCABULARY, make_kpi, make_platform, text

WORLD: list[dict[str, Any]] = [
    *VOCABULARY,
    {"fields": [
        {"field": "company.years", "type": "integer", "many": True, "label": text("years"), "question": text("Which years?")},
        {"field": "objective.themes", "type": "choice", "many": True, "allowed": {"price": text("price"), "care": text("care")},
         "label": text("themes"), "question": text("Which themes?")},
        {"field": "platform.formats", "type": "choice", "many": True, "allowed": {"reel": text("reel"), "post": text("post")},
         "label": text("formats"), "question": text("Which formats?")},
        {"field": "platform.rate", "type": "number", "label": text("rate"), "question": text("Which rate?")},
    ]},
    {"kpis": [
        make_kpi("fame", redundant_with=["reach"]),
        make_kpi("churn", timing="lagging", balanced_by=["mood"]),
        make_kpi("orders", timing="lagging", redundant_with=["sales"]),
        make_kpi("trust", kind="qualitative", balanced_by=["cost", "reach"]),
        make_kpi("voice", redundant_with=["fame", "visits"]),
    ]},
    make_platform("tiktok", facts=["followers", "ads", "formats", "rate"]),
]  # fmt: skip

KPIS = ("reach", "sales", "mood", "cost", "loyalty", "visits", "quality", "fame", "churn", "orders", "trust", "voice")
TYPES = ("brand-awareness", "online-sales")
PLATFORMS = ("instagram", "linkedin", "website", "tiktok")
KINDS = ("owned-social", "owned-web", "paid-social")
BIG = 10**30
FLAGS = (True, False)
INTEGERS = (0, 1, 2, 10, BIG)
NUMBERS = (0, 1, 0.5, -0.0, 1e308, -1e308, BIG)

VALUES: dict[str, tuple[Any, ...]] = {
    "company.stage": ("launch", "growth", "mature"),
    "company.tags": ("a", "b", "c"),
    "company.employees": INTEGERS,
    "company.revenue": NUMBERS,
    "company.years": INTEGERS,
    "company.name": ("Été", "x y", "🥐", 'a "b"', ""),
    "audience.analysed": FLAGS,
    "objective.type": TYPES,
    "objective.horizon": ("short", "long"),
    "objective.themes": ("price", "care"),
    "objective.topics": ("press", "video"),
    "objective.priority": (1, 2, 3),
    "platform.name": PLATFORMS,
    "platform.kind": KINDS,
    "platform.followers": INTEGERS,
    "platform.ads": FLAGS,
    "platform.formats": ("reel", "post"),
    "platform.rate": NUMBERS,
    "profile.platforms": PLATFORMS,
    "profile.platform_kinds": KINDS,
    "profile.objective_types": TYPES,
    "profile.data_sources": ("ga4", "crm"),
}
"""Every field, with values that a rule may name and a profile may state."""

DERIVABLE: dict[str, tuple[Any, ...]] = {
    "company.stage": ("launch", "growth"), "platform.ads": FLAGS, "objective.horizon": ("short", "long"),
    "company.tags": ("a", ["b", "c"]), "company.employees": (1, 10), "platform.formats": ("reel", ["post"], []),
    "audience.analysed": FLAGS, "objective.themes": (["price", "care"], "care"), "company.years": (1, [2, BIG]),
    "platform.rate": (0.5, 1e308), "objective.priority": (1, 2),
}  # fmt: skip
"""Fields that rules derive, in the order in which they may hang on each other: a rule that derives one reads none after it."""


def quoted(value: Any) -> str:
    """A value as a unary test in text form names it."""
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return str(value).lower() if isinstance(value, bool) else repr(value)


def unary_tests(field: str) -> list[Any]:
    """The unary tests of a field, in every form of the language, the simplest first."""
    values = VALUES[field]
    pairs = list(combinations(values, 2))
    found: list[Any] = [*(quoted(value) if isinstance(value, str) else value for value in values), "known", "unknown", "-"]
    found += [f"not({quoted(value)})" for value in values]
    found += [[quoted(one) if isinstance(one, str) else one, quoted(other)] for one, other in pairs]
    found += [f"not({quoted(one)}, {quoted(other)})" for one, other in pairs[:3]]
    found += [f"{quoted(values[0])}, unknown", f"not({quoted(values[0])}, unknown)", "not(known)", "not(unknown)"]
    if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
        found += [f"{sign} {value!r}" for sign, value in product(("<", "<=", ">", ">=", "="), values)]
        found += [f"not({sign} {value!r})" for sign, value in product(("<", ">="), values)]
        for low, high in map(sorted, pairs):
            if low < high:
                found += [f"{first}{low!r}..{high!r}{last}" for first, last in product("[(", "])")]
                found += [f"not([{low!r}..{high!r}))", f"< {low!r}, > {high!r}"]
    return found


LITERALS = {field: st.tuples(st.just(field), st.sampled_from(unary_tests(field))) for field in VALUES}


def conditions(fields: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """A `when` mapping over some fields: a few tests, with `any`, `all` and `not` nested in it."""
    if not fields:
        return st.just({})
    literals = st.sampled_from(fields).flatmap(LITERALS.__getitem__)
    leaf: st.SearchStrategy[dict[str, Any]] = st.lists(literals, max_size=2).map(dict)
    inner = leaf
    for _ in range(2):
        groups = st.tuples(st.sampled_from(["any", "all"]), st.lists(inner, min_size=1, max_size=2))
        nested = st.one_of(groups, st.tuples(st.just("not"), inner))
        inner = st.one_of(leaf, leaf, st.builds(lambda flat, entry: {**flat, entry[0]: entry[1]}, leaf, nested))
    return inner


FOCI = (tuple(VALUES), *(tuple(random.Random(seed).sample(list(VALUES), 5)) for seed in range(16)))
"""Groups of fields. The rules of one knowledge base read and derive those of one group, so that they have to do with each other."""


def before(focus: tuple[str, ...], derived: Iterable[str]) -> tuple[str, ...]:
    """The fields of a group that a rule may read which derives these: those that are never derived, or come before them."""
    order = list(DERIVABLE)
    first = min(map(order.index, derived), default=len(order))
    return tuple(field for field in focus if field not in order[first:])


CONDITIONS = cache(conditions)

WEIGHTS = st.sampled_from([0.5, 0.25, 0.6, 0.1, 0.99, 1, 0])
WEIGHTED = st.lists(st.tuples(st.sampled_from(KPIS), WEIGHTS), max_size=4).map(
    lambda pairs: [{"kpi": kpi, "weight": weight} for kpi, weight in dict(pairs).items()]
)
AGAINST: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({}),
    st.just({}),
    st.builds(lambda kpi, weight: {"discourage": [{"kpi": kpi, "weight": weight}]}, st.sampled_from(KPIS), WEIGHTS),
    st.builds(lambda kpi: {"exclude": [kpi]}, st.sampled_from(KPIS)),
)
DERIVED = {focus: st.sampled_from([{}, *({field: value} for field in focus for value in DERIVABLE.get(field, ()))]) for focus in FOCI}
LIVES: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        *[{}] * 16, {"status": "draft"}, {"status": "retired"}, {"valid_from": "2026-01-01"}, {"valid_from": "2026-01-02"},
        {"valid_until": "2025-12-31"}, {"valid_until": "2026-01-01"}, {"valid_from": "2025-12-31", "valid_until": "2026-01-01"},
    ]
)  # fmt: skip
"""Status and dates around the day for which tests decide."""


@st.composite
def rules(draw: st.DrawFn, focus: tuple[str, ...]) -> dict[str, Any]:
    """One rule without its id. One that derives reads only fields before those that it derives, so that strata exist."""
    derive: dict[str, Any] = {**draw(DERIVED[focus]), **draw(DERIVED[focus])} if draw(st.booleans()) else {}
    when = draw(CONDITIONS(before(focus, derive)))
    rule = {"when": when, "derive": derive, "recommend": draw(WEIGHTED), **draw(AGAINST), **draw(LIVES)}
    if not (derive or rule["recommend"]):
        rule["advise"] = text("Know your audience.", "Connaître son public.")
    return {**rule, "because": text("A reason.", "Une raison.")}


@st.composite
def rulesets(draw: st.DrawFn, least: int = 1, most: int = 8) -> list[dict[str, Any]]:
    """A ruleset, and now and then a second one that extends it and overrides some of its rules."""
    focus = draw(st.sampled_from(FOCI))
    drawn = [{"id": f"r{number}", **rule} for number, rule in enumerate(draw(st.lists(rules(focus), min_size=least, max_size=most)))]
    head = {"version": "1.0.0", "source": {"title": "t", "grade": "convention"}}
    documents: list[dict[str, Any]] = [{"ruleset": "test", **head, "rules": drawn}]
    if draw(st.integers(0, 3)) == 3:
        overridden = draw(st.lists(st.sampled_from(drawn), max_size=2, unique_by=lambda rule: str(rule["id"])))
        documents.append(
            {"ruleset": "ours", **head, "extends": ["test"], "override": [draw(overrides(rule, focus)) for rule in overridden]}
        )
    return documents


@st.composite
def overrides(draw: st.DrawFn, rule: dict[str, Any], focus: tuple[str, ...]) -> dict[str, Any]:
    """A change to a rule: its end, a new condition, or another weight."""
    change: dict[str, Any] = {"rule": f"test/{rule['id']}"}
    match draw(st.sampled_from(["disable", "when", "reweight"])):
        case "reweight" if rule["recommend"]:
            return {**change, "reweight": {rule["recommend"][0]["kpi"]: draw(WEIGHTS)}}
        case "when":
            return {**change, "when": draw(CONDITIONS(before(focus, rule["derive"])))}
        case _:
            return {**change, "disable": True}


def knowledge_of(documents: list[dict[str, Any]]) -> KnowledgeBase:
    """The knowledge base of these rulesets. Those with a condition of more clauses than is allowed are passed over."""
    try:
        return KnowledgeBase.from_documents([*WORLD, *documents])
    except InputError as error:
        assume(any(issue.code != "too-large" for issue in error.issues))
        raise


def stated(*fields: str, size: int = 200, **more: tuple[Any, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Facts of some fields as a profile states them, by key, a quarter of them left out. List facts have two elements, one or none.

    They are drawn from a fixed number of combinations, the smallest first: that is fast and shrinks well.
    """
    options = {field.partition(".")[2]: VALUES[field] for field in fields}
    for key in MANY & options.keys():
        options[key] = ([], *([value] for value in options[key]), *map(list, combinations(options[key], 2)))
    chance = random.Random(size)
    rows = [
        {**{key: chance.choice(values) for key, values in more.items()},
         **{key: chance.choice(values) for key, values in options.items() if chance.random() < 0.75}}
        for _ in range(size)
    ]  # fmt: skip
    return st.sampled_from(sorted(rows, key=len))


MANY = {"tags", "years", "themes", "formats"}
STATEMENTS = (
    "Vendre en ligne", "be known in the press", "NOTORIÉTÉ !", "Faire connaitre nos vidéos", "sales, sales", "nothing known", "🥐", "ventes\u00a0: +10 %",
)  # fmt: skip
OBJECTIVE = st.one_of(
    stated("objective.horizon", "objective.priority", "objective.themes", type=TYPES),
    stated("objective.horizon", "objective.priority", type=TYPES, statement=STATEMENTS),
    stated("objective.horizon", statement=STATEMENTS),
    st.sampled_from(STATEMENTS),
)
PLATFORM = st.one_of(
    st.sampled_from(PLATFORMS),
    stated("platform.followers", "platform.ads", name=("instagram", "linkedin")),
    stated("platform.followers", "platform.ads", "platform.formats", "platform.rate", name=("tiktok",)),
)
PROFILES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"objectives": st.lists(OBJECTIVE, min_size=1, max_size=3)},
    optional={
        "company": stated(*(field for field in VALUES if field.startswith("company.")), size=500),
        "platforms": st.lists(PLATFORM, max_size=4),
        "audience": stated("audience.analysed", size=10),
        "data_sources": st.sampled_from([[], ["ga4"], ["crm"], ["crm", "ga4"]]),
    },
)
"""Profiles with unknown facts, empty lists, missing sections, several objectives, and several platforms of one name."""
