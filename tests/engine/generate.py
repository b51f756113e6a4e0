"""Random knowledge bases and profiles: every construct of the language, hostile values included.

The vocabulary is that of `tests.conftest`; rules are drawn over it. An engine is held to the reference with these.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.conftest import text

KPIS = ("reach", "sales", "mood", "cost", "loyalty", "visits", "quality")
PLATFORMS = ("instagram", "linkedin", "website")
TYPES = ("brand-awareness", "online-sales")
NUMBERS = st.sampled_from([0, 1, -1, 2, 3, 10, 1e308, -1e308, 0.5, 2.5, 10**30, -0.0, 999_999_999])

FIELDS: dict[str, tuple[Any, ...]] = {
    "company.stage": ("launch", "growth", "mature"),
    "company.tags": ("a", "b", "c"),
    "company.employees": (0, 1, 2, 3, 10),
    "company.revenue": (0, 1, 2.5, 10, 1e308),
    "company.name": ("Été", "x y", "🥐"),
    "audience.analysed": (True, False),
    "objective.type": TYPES,
    "objective.horizon": ("short", "long"),
    "objective.topics": ("press", "video"),
    "objective.priority": (1, 2, 3),
    "platform.name": PLATFORMS,
    "platform.kind": ("owned-social", "owned-web"),
    "platform.followers": (0, 1, 100, 10**12),
    "platform.ads": (True, False),
    "profile.platforms": PLATFORMS,
    "profile.platform_kinds": ("owned-social", "owned-web"),
    "profile.objective_types": TYPES,
    "profile.data_sources": ("ga4", "crm"),
}
DERIVABLE = {
    "company.stage": ("launch", "growth", "mature"), "company.tags": ("a", "b", ["b", "c"]), "company.employees": (0, 1, 10),
    "audience.analysed": (True, False), "objective.horizon": ("short", "long"), "platform.ads": (True, False),
    "platform.followers": (1, 100),
}  # fmt: skip


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else repr(value)


@st.composite
def unary_tests(draw: st.DrawFn, field: str) -> Any:
    """A unary test that fits a field, as YAML would hold it."""
    values = FIELDS[field]
    kinds = ["value", "list", "known", "unknown", "anything", "not", "not-many"]
    if _number(values[0]):
        kinds += ["compare", "interval", "not-compare"]
    kind = draw(st.sampled_from(kinds))
    value, other = draw(st.sampled_from(values)), draw(st.sampled_from(values))
    sign = draw(st.sampled_from(["<", "<=", ">", ">="]))
    match kind:
        case "value":
            return _quoted(value) if isinstance(value, str) else value
        case "list":
            return [_quoted(value) if isinstance(value, str) else value, _quoted(other) if isinstance(other, str) else other]
        case "known" | "unknown":
            return kind
        case "anything":
            return "-"
        case "not":
            return f"not({_quoted(value)})"
        case "not-many":
            return f"not({_quoted(value)}, {_quoted(other)})"
        case "compare":
            return f"{sign} {value!r}"
        case "not-compare":
            return f"not({sign} {value!r})"
        case _:
            low, high = sorted((value, other))
            return f"[{low!r}..{high!r}]" if low == high else f"{draw(st.sampled_from('[('))}{low!r}..{high!r}{draw(st.sampled_from('])'))}"


def conditions(fields: tuple[str, ...], depth: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    """A `when` mapping over some fields, nested up to a depth."""

    @st.composite
    def condition(draw: st.DrawFn, depth: int) -> dict[str, Any]:
        names = draw(st.lists(st.sampled_from(fields), min_size=0 if depth < 2 else 1, max_size=2, unique=True))
        result = {name: draw(unary_tests(name)) for name in names}
        if depth and draw(st.booleans()):
            key = draw(st.sampled_from(["any", "all", "not"]))
            inner = condition(depth - 1)
            result[key] = draw(inner if key == "not" else st.lists(inner, min_size=1, max_size=3))
        return result

    return condition(depth)


WEIGHTS = st.sampled_from([0, 0.1, 0.25, 0.5, 0.6, 0.99, 1])
DATES = st.sampled_from([None, "2025-06-01", "2025-12-31", "2026-01-01", "2026-01-02", "2027-01-01"])


@st.composite
def rules(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """One rule. A rule that derives reads only fields that come before those that it derives, so that strata exist."""
    rule: dict[str, Any] = {"id": f"r{number}", "because": text("A reason.")}
    derived = draw(st.sampled_from([None, None, None, *DERIVABLE]))
    order = list(DERIVABLE)
    barred = set(order[order.index(derived) :]) if derived else set()
    rule["when"] = draw(conditions(tuple(name for name in FIELDS if name not in barred)))
    if derived:
        rule["derive"] = {derived: draw(st.sampled_from(DERIVABLE[derived]))}
    for action in ("recommend", "discourage"):
        kpis = draw(st.lists(st.sampled_from(KPIS), max_size=3 if action == "recommend" else 1, unique=True))
        rule[action] = [{"kpi": kpi, "weight": draw(WEIGHTS)} for kpi in kpis]
    rule["exclude"] = draw(st.sampled_from([[], [], [], ["cost"], ["mood"]]))
    if draw(st.booleans()) or not (rule["recommend"] or rule["discourage"] or rule["exclude"] or derived):
        rule["advise"] = text(f"Advice {number}.")
    rule["status"] = draw(st.sampled_from(["active", "active", "active", "active", "draft", "retired"]))
    first, last = draw(DATES), draw(DATES)
    if first and last and first > last:
        first, last = last, first
    return rule | ({"valid_from": first} if first else {}) | ({"valid_until": last} if last else {})


@st.composite
def rulesets(draw: st.DrawFn, most: int = 8) -> list[dict[str, Any]]:
    """A ruleset, and now and then a second one that extends it and overrides some of its rules."""
    drawn = [draw(rules(number)) for number in range(draw(st.integers(1, most)))]
    head = {"version": "1.0.0", "source": {"title": "t", "grade": "convention"}}
    documents: list[dict[str, Any]] = [{"ruleset": "test", **head, "rules": drawn}]
    if draw(st.booleans()):
        documents.append({"ruleset": "ours", **head, "extends": ["test"], "override": draw(_overrides(drawn))})
    return documents


@st.composite
def _overrides(draw: st.DrawFn, drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
    overrides = []
    for rule in draw(st.lists(st.sampled_from(drawn), max_size=2, unique_by=lambda rule: rule["id"])):
        override: dict[str, Any] = {"rule": f"test/{rule['id']}"}
        if rule["recommend"] and draw(st.booleans()):
            override["reweight"] = {rule["recommend"][0]["kpi"]: draw(WEIGHTS)}
        elif not rule.get("derive") and draw(st.booleans()):
            override["when"] = draw(conditions(tuple(FIELDS)))
        else:
            override["disable"] = True
        overrides.append(override)
    return overrides


def _facts(options: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=options)


COMPANY = _facts(
    {
        "stage": st.sampled_from(["launch", "growth", "mature"]),
        "tags": st.lists(st.sampled_from("abc"), max_size=3),
        "employees": st.sampled_from([0, 1, 2, 3, 10, 10**30]),
        "revenue": NUMBERS,
        "name": st.sampled_from(["Été", "x y", "🥐", "", "ete"]),
    }
)
OBJECTIVE = st.one_of(
    st.fixed_dictionaries({"type": st.sampled_from(TYPES)}, optional={
        "statement": st.sampled_from(["Press and video", "la presse", "🥐"]), "horizon": st.sampled_from(["short", "long"]),
        "priority": st.integers(1, 3),
    }),
    st.fixed_dictionaries({"statement": st.sampled_from(["Vendre en ligne", "be known in the press", "notoriete", "nothing known"])}),
)  # fmt: skip
PLATFORM = st.one_of(
    st.sampled_from(PLATFORMS),
    st.fixed_dictionaries({"name": st.sampled_from(["instagram", "linkedin"])}, optional={
        "followers": st.sampled_from([0, 1, 50, 100, 10**12, 10**30]), "ads": st.booleans(),
    }),
)  # fmt: skip
PROFILES = st.fixed_dictionaries(
    {"objectives": st.lists(OBJECTIVE, min_size=1, max_size=3)},
    optional={
        "company": COMPANY,
        "platforms": st.lists(PLATFORM, max_size=4),
        "audience": _facts({"analysed": st.booleans()}),
        "data_sources": st.lists(st.sampled_from(["ga4", "crm"]), max_size=2, unique=True),
    },
)
"""Profiles with unknown facts, empty lists, missing sections, and several platforms of one name."""
