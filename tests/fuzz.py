"""Throws broken documents, tests and formulas at everything that reads what people write.

    python -m tests.fuzz 100000              a hundred thousand cases, on two processes
    python -m tests.fuzz 1 --first 4711      one case again

A case is made from its number alone. It passes when the text is read or is refused with one of the errors that say what
is wrong with it; any other exception is a finding.
"""

from __future__ import annotations

import argparse
import json
import random
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from kpirules import InputError, KnowledgeBase
from kpirules.documents import Document, read_data, read_text
from kpirules.errors import Issue
from kpirules.knowledge.build import Build
from kpirules.knowledge.situation import read_situation
from kpirules.language.formula import FormulaError, parse_formula
from kpirules.language.unary import UnaryTestError, parse, read_test
from tests.conftest import DAY, VOCABULARY, make_kpi, make_objective_type, make_platform, text

ROOT = Path(__file__).parents[1]
MAX_SEED = 16_000
"""Characters of a document that cases are made from: more only takes longer."""

PROFILE: dict[str, Any] = {
    "company": {"name": "Été", "stage": "growth", "tags": ["a", "b"], "employees": 6, "revenue": 1.5e3},
    "objectives": [{"id": "one", "type": "online-sales", "priority": 1}, {"statement": "Se faire connaître par la vidéo"}, "sell online"],
    "platforms": ["website", {"name": "instagram", "followers": 2300, "ads": False}],
    "audience": {"analysed": True},
    "data_sources": ["ga4"],
}
RULESET: dict[str, Any] = {
    "ruleset": "fuzzed", "version": "1.0.0", "extends": ["base"], "source": {"title": "t", "grade": "convention"},
    "override": [{"rule": "first", "reweight": {"reach": 0.5}, "when": {"company.stage": "mature"}}],
    "rules": [
        {"id": "one", "when": {"objective.type": "online-sales", "any": [{"company.employees": "< 10_000"}, {"platform.ads": True}],
                               "not": {"company.tags": ["a", "b"]}},
         "recommend": [{"kpi": "sales", "weight": 0.7}], "discourage": [{"kpi": "reach", "weight": 1}], "because": text("b")},
        {"id": "two", "when": {"company.employees": "[10..20)", "company.stage": 'not("mature")'}, "derive": {"company.tags": ["c"]},
         "exclude": ["cost"], "because": text("b"), "valid_from": "2026-01-01", "status": "draft"},
        {"id": "three", "when": {"company.revenue": "unknown", "all": [{"company.name": "-"}]}, "advise": text("a")},
    ],
}  # fmt: skip
BASE: dict[str, Any] = {
    "ruleset": "base", "version": "0.1.0", "rules": [{"id": "first", "recommend": [{"kpi": "reach", "weight": 0.2}], "because": text("b")}],
}  # fmt: skip
TESTS = (
    '"x"', "10", "true", "< 10_000", ">= 1.5e3", "[10..20)", "]1..2[", '"launch","growth"', 'not("mature")', "not(< 5, > 9)", "-", "known",
    "unknown", "launch, b2b", r'"a \"b\" \\"', "= 3", "2026-01-01", "-0",
)  # fmt: skip
FORMULAS = ("clicks / impressions", "(a - b) / a ** 2", "min(a, 3) * sqrt(b)", "-ln(exp(a)) + 1e3", "max(a, b, 0.5)", "abs(-a)")
OTHERS: tuple[dict[str, Any], ...] = (
    {"kpis": [make_kpi("profit", formula={
        "expression": "a / b", "variables": {"a": {"unit": "count", "en": "a"}, "b": {"unit": "count"}}, "example": {"a": 1, "b": 4, "result": 0.25},
    }, method=None, balanced_by=["reach"])]},
    {"fields": [{"field": "company.more", "type": "number", "minimum": 0, "maximum": 1e3, "label": text("l"), "question": text("q")}]},
    make_platform("tiktok", facts=["followers"], metrics=[{"kpi": "reach", "metric": "Views", "since": "2026-01-01"}]),
    make_objective_type("loyalty", keywords={"en": ["keep clients"], "fr": ["garder"]}),
    {"topics": [{"id": "events", "name": text("events"), "keywords": {"en": ["fair"], "fr": ["salon"]}}]},
    {"cases": [{"name": "n", "profile": PROFILE, "expect": {}}]},
)  # fmt: skip
NASTY = (
    "\t", "\n", "  ", ":", ": ", "- ", "? ", "&a ", "*a", "<<: *a", "!!python/object:os.system ", "!x ", "|\n", ">-\n", "%YAML 9.9\n", "---\n",
    "...\n", "#", "[", "]", "{", "}", "(", ")", ",", "'", '"', "\\", '"\\0"', "\\ud800", '"\\x07"', "\0", "\x07", "\ufeff", "\u2028", "\ud800",
    "\U0001f950", "é", "e\u0301", "ß", "İ", "٣", "_", "..", "<", ">=", "=", "not(", "not", "known", "unknown", "any", "all", "null", "~",
    "true", "NO", ".nan", "-.inf", "1e999", "-1e-999", "9" * 400, "9" * 5000, "1_0", "0x10", "-", "+", "*", "**", "/", "9**9**9", "1/0",
    "__import__('os')", "../", "/", "\\\\", "C:", "%s", "{0}", "$(id)", "a" * 3000, "[" * 90, "{a: " * 90, "- " * 90, "(" * 300, "-" * 390,
    "objectives", "rules", "when", "company.employees", "extends: [./x.yaml]", "ruleset: x\n", "platform:\n", "kpis:\n", "fields:\n",
)  # fmt: skip
"""Pieces that readers stumble over."""

ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1, 0.5, 1e308, -0.0, 10**400, "", " ", "-", "x", "\u0000", "known", "company.stage", "reach", "a/b", "./a.yaml",
    "\u0000/x", "é" * 300, [], {}, [[]], [None], {"": None}, {"kpi": "reach", "weight": 2}, {"en": "x"}, ["a", "a"], [1, "a"], {"any": []},
    {"not": {"any": [{}]}}, "2026-13-01", 20260101, 1e20, "1" * 5000,
)  # fmt: skip
"""Values that stand where nobody expects them."""


class Outcome(NamedTuple):
    """What became of one case: its kind, `read`, `refused` or `FOUND`, and the traceback of a finding."""

    number: int
    kind: str
    result: str
    trace: str = ""
    seconds: float = 0.0


@cache
def knowledge() -> KnowledgeBase:
    """The vocabulary that profiles are read against."""
    return KnowledgeBase.from_documents(VOCABULARY)


@cache
def vocabulary() -> tuple[Document, ...]:
    """The documents that a fuzzed one is compiled with."""
    return tuple(read_data(document, f"<vocabulary {number}>") for number, document in enumerate((*VOCABULARY, BASE)))


@cache
def seeds() -> tuple[str, ...]:
    """The texts that cases are made from: small ones that are right, and files of the project."""
    own = (PROFILE, RULESET, *OTHERS, *VOCABULARY)
    files = [path for folder in ("examples", "plugins", "rulesets") for path in sorted((ROOT / folder).rglob("*.yaml"))]
    texts = [yaml.safe_dump(document, allow_unicode=True, sort_keys=False) for document in own]
    texts += [json.dumps(document, indent=indent) for document in own for indent in (None, 2)]
    return (*texts, *(path.read_text(encoding="utf-8")[:MAX_SEED] for path in files))


def mutate(source: str, others: Iterable[str], rng: random.Random) -> str:
    """A text with some of its characters, pieces or lines changed."""
    pool = tuple(others)
    for _ in range(rng.choice((1, 1, 1, 1, 2, 4, 16))):
        start = rng.randrange(len(source) + 1)
        end = min(len(source), start + rng.choice((0, 1, 1, 4, 40, 400)))
        match rng.randrange(8):
            case 0:
                source = source[:start] + source[end:]
            case 1 | 2 | 3:
                source = source[:start] + rng.choice(NASTY) + source[end:]
            case 4:
                source = source[:start] + source[start:end] * rng.choice((2, 3, 30)) + source[end:]
            case 5:
                lines = source.splitlines(keepends=True)
                rng.shuffle(lines)
                source = "".join(lines) if rng.random() < 0.2 else source[:start]
            case 6:
                other = rng.choice(pool)
                cut = rng.randrange(len(other) + 1)
                source = source[:start] + other[cut : cut + 400] + source[end:]
            case _:
                source = source[:start] + chr(rng.choice((rng.randrange(128), rng.randrange(0x3000)))) + source[end:]
    return source


def nodes(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of nested data: its container, and its key or index there."""
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        yield data, key
        yield from nodes(value)


def distort(document: Any, rng: random.Random) -> Any:
    """A document in which some values are others, gone, or under a strange key."""
    data = deepcopy(document)
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        places = list(nodes(data))
        if not places:
            break
        container, key = rng.choice(places)
        match rng.randrange(6):
            case 0 if isinstance(container, dict):
                container[rng.choice(NASTY)[:100]] = container.pop(key)
            case 1:
                del container[key]
            case 2:
                other, where = rng.choice(places)
                container[key] = deepcopy(other[where]) if not isinstance(other, list) or where < len(other) else None
            case _:
                container[key] = deepcopy(rng.choice(ODD))
    return data


def random_text(rng: random.Random) -> str:
    """Pieces in any order."""
    return "".join(rng.choice((*NASTY, *TESTS, "a", "b: ", "1", " ")) for _ in range(rng.randrange(1, 30)))


def broken(documents: tuple[dict[str, Any], ...], rng: random.Random) -> Document:
    """One of these documents, or any file of the project, broken as a text or as data. Raises what reading it raises."""
    source = rng.choice(("fuzz.yaml", "fuzz.json", "<stdin>"))
    document = rng.choice(documents)
    match rng.randrange(10):
        case 0 | 1 | 2:
            return read_data(distort(document, rng), "<fuzz>")
        case 3 | 4:
            return read_text(json.dumps(distort(document, rng), ensure_ascii=rng.random() < 0.5), source)
        case 5 | 6:
            return read_text(mutate(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), seeds(), rng), "fuzz.yaml")
        case 7 | 8:
            return read_text(mutate(rng.choice(seeds()), seeds(), rng), source)
        case _:
            return read_text(random_text(rng), source)


def fuzz_profile(rng: random.Random) -> None:
    """A profile, read to its facts."""
    situation = read_situation(broken((PROFILE,), rng), knowledge(), DAY)
    json.dumps(situation.profile, allow_nan=False).encode()


def fuzz_knowledge(rng: random.Random) -> None:
    """A ruleset or another knowledge document, compiled."""
    build = Build([*vocabulary(), broken((RULESET, RULESET, RULESET, *OTHERS), rng)]).run()
    if errors := [issue for issue in build.issues if issue.level == "error"]:
        raise InputError(errors)
    json.dumps(build.data, allow_nan=False).encode()


def fuzz_unary(rng: random.Random) -> None:
    """A unary test, parsed and then held against a field."""
    written = random_text(rng) if rng.random() < 0.2 else mutate(rng.choice(TESTS), TESTS, rng)
    parse(written)
    fields = knowledge().fields
    read_test(written, rng.choice(list(fields)), fields)


def fuzz_formula(rng: random.Random) -> None:
    """A formula, parsed and then computed."""
    expression = parse_formula(random_text(rng) if rng.random() < 0.2 else mutate(rng.choice(FORMULAS), FORMULAS, rng))
    values = {name: rng.choice((0, 1, -1, 2.5, 1e308, 10**400, float("nan"), True)) for name in expression.variables[1:]}
    expression.evaluate({**dict.fromkeys(expression.variables, rng.uniform(-9, 9)), **values})


KINDS: dict[str, tuple[Callable[[random.Random], None], tuple[type[Exception], ...]]] = {
    "profile": (fuzz_profile, (InputError,)),
    "knowledge": (fuzz_knowledge, (InputError,)),
    "unary": (fuzz_unary, (UnaryTestError,)),
    "formula": (fuzz_formula, (FormulaError,)),
}
"""What is fuzzed, and the errors that may come out."""


def check_issues(issues: Iterable[Issue]) -> None:
    """Every issue can be printed, and says what and where."""
    for issue in issues:
        str(issue).encode()
        assert issue.message, "an issue without a message"
        assert issue.place.source, "an issue without a place"
        assert issue.place.line is None or issue.place.line >= 1, "a line before the first"


def run_case(number: int) -> Outcome:
    """Make the case of a number, and see what becomes of it."""
    rng = random.Random(number)
    kind = rng.choice(("profile", "profile", "knowledge", "knowledge", "unary", "formula"))
    fuzz, allowed = KINDS[kind]
    begin = time.perf_counter()
    result, trace = "read", ""
    try:
        try:
            fuzz(rng)
        except allowed as error:
            result = "refused"
            check_issues(getattr(error, "issues", ()))
            str(error).encode()
    except Exception:
        result, trace = "FOUND", traceback.format_exc()
    return Outcome(number, kind, result, trace, time.perf_counter() - begin)


def main() -> int:
    """Run cases on two processes and print what became of them; 1 when something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=10_000, help="how many cases")
    parser.add_argument("--first", type=int, default=0, help="the number of the first case")
    options = parser.parse_args()
    counts: Counter[tuple[str, str]] = Counter()
    found: dict[str, Outcome] = {}
    slowest = Outcome(0, "", "")
    with get_context("spawn").Pool(2) as pool:
        for outcome in pool.imap_unordered(run_case, range(options.first, options.first + options.count), chunksize=100):
            counts[outcome.kind, outcome.result] += 1
            slowest = max(slowest, outcome, key=lambda one: one.seconds)
            if outcome.trace:
                found.setdefault("\n".join(outcome.trace.splitlines()[-3:]), outcome)
    for outcome in found.values():
        print(f"case {outcome.number}, {outcome.kind}:\n{outcome.trace}")
    for (kind, result), count in sorted(counts.items()):
        print(f"{kind:<10}{result:<8}{count:>9,}")
    print(f"the slowest case, {slowest.number} ({slowest.kind}), took {slowest.seconds:.2f} s")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
