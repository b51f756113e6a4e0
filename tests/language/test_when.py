"""The `when` of a rule: what it means, and where exactly it is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from kpirules.documents import read_data, read_text
from kpirules.language.condition import All, AnyOf, Between, Condition, Known, Not, OneOf
from kpirules.language.fields import Field, FieldRegistry
from kpirules.language.when import WhenReader

REGISTRY = FieldRegistry(
    [
        Field("company.stage", "choice", {"en": "stage"}, allowed={"launch": {}, "growth": {}, "mature": {}}),
        Field("company.employees", "integer", {"en": "employees"}),
        Field("company.name", "text", {"en": "name"}),
    ]
)
LAUNCH = OneOf("company.stage", ("launch",))
SMALL = Between("company.employees", high=10, high_open=True)


def read(when: Any) -> Condition:
    """The condition of a right `when`."""
    reader = WhenReader(document := read_data(when, "<when>"), REGISTRY)
    condition = reader.read(document.root, ())
    assert reader.issues == []
    return condition


@pytest.mark.parametrize(
    ("when", "condition"),
    [
        ({}, All()),
        ({"company.stage": "launch"}, LAUNCH),
        ({"company.stage": "launch", "company.employees": "< 10"}, All((LAUNCH, SMALL))),
        ({"any": [{"company.stage": "launch"}, {"company.employees": "< 10"}]}, AnyOf((LAUNCH, SMALL))),
        ({"all": [{"company.stage": "launch"}, {"company.employees": "< 10"}]}, All((LAUNCH, SMALL))),
        ({"not": {"company.stage": "launch", "company.employees": "< 10"}}, Not(All((LAUNCH, SMALL)))),
        ({"any": [{"not": {"company.stage": "launch"}}, {}], "company.employees": "< 10"}, All((AnyOf((Not(LAUNCH), All())), SMALL))),
        ({"company.stage": ["launch", "growth"]}, OneOf("company.stage", ("growth", "launch"))),
        ({"company.stage": ["launch", "unknown"]}, AnyOf((LAUNCH, Not(Known("company.stage"))))),
        ({"company.employees": [3, "< 10"]}, AnyOf((OneOf("company.employees", (3,)), SMALL))),
        ({"company.employees": "-"}, All()),
    ],
)  # fmt: skip
def test_a_when_is_a_row_of_tests(when: Any, condition: Condition) -> None:
    """All entries of a mapping hold, some of `any`, all of `all`, none of `not`, and a list of values is one of them."""
    assert read(when) == condition


@pytest.mark.parametrize(
    ("text", "code", "place", "hint"),
    [
        ("company.stage: lunch", "unknown-id", "f.yaml:1:16", "did you mean 'launch'?"),
        ("company.stage: 'lunch'", "unknown-id", "f.yaml:1:17", "did you mean 'launch'?"),
        ('company.stage: "launch, grwth"', "unknown-id", "f.yaml:1:25", "did you mean 'growth'?"),
        ("company.stage: 'launch, \"grwth\"'", "unknown-id", "f.yaml:1:25", "did you mean 'growth'?"),
        ("company.stage: not(grwth)", "unknown-id", "f.yaml:1:20", "did you mean 'growth'?"),
        ("company.stage:\n  - launch\n  - grwth", "unknown-id", "f.yaml:3:5", "did you mean 'growth'?"),
        ("company.stage: [launch, 'grwth']", "unknown-id", "f.yaml:1:26", "did you mean 'growth'?"),
        ("company.employees: '< 10 000'", "syntax", "f.yaml:1:26", "write ten thousand as 10_000 or 10000"),
        ("company.employees: '[1..2'", "syntax", "f.yaml:1:26", "write for example"),
        ("company.employees: \"3, > 'x'\"", "syntax", "f.yaml:1:26", "a text with spaces or signs"),
        ("company.employees: many", "wrong-type", "f.yaml:1:20", "write the number without quotes"),
        ("company.employees: 1.5", "wrong-type", "f.yaml:1:20", ""),
        ("company.employees: '[9..1]'", "empty-test", "f.yaml:1:21", "write the lower bound first"),
        ("company.employees: '< 5, ]1..1['", "empty-test", "f.yaml:1:26", "write the lower bound first"),
        ("company.employees:", "empty-test", "f.yaml:1:19", "for a missing fact write unknown"),
        ("company.employees: []", "empty-test", "f.yaml:1:20", "write for example"),
        ("company.employees: {a: 1}", "wrong-type", "f.yaml:1:20", "write for example"),
        ("company.name: été du café", "syntax", "f.yaml:1:19", "a text with spaces or signs goes in quotes of its own"),
        ("company.staeg: launch", "unknown-field", "f.yaml:1:1", "did you mean 'company.stage'?"),
        ("any:\n  - company.staeg: launch", "unknown-field", "f.yaml:2:5", "did you mean 'company.stage'?"),
        ("zzz: launch", "unknown-field", "f.yaml:1:1", "allowed: company.employees, company.name, company.stage"),
        ("any: {company.stage: launch}", "wrong-type", "f.yaml:1:6", "for example  any: [{"),
        ("all: []", "wrong-type", "f.yaml:1:6", "for example  any: [{"),
        ("any:", "wrong-type", "f.yaml:1:5", "for example  any: [{"),
        ("any: [launch]", "wrong-type", "f.yaml:1:7", ""),
        ("not: launch", "wrong-type", "f.yaml:1:6", ""),
        ("not: [{company.stage: launch}]", "wrong-type", "f.yaml:1:6", ""),
        ("- company.stage: launch", "wrong-type", "f.yaml:1:1", ""),
    ],
)  # fmt: skip
def test_a_mistake_has_its_place(text: str, code: str, place: str, hint: str) -> None:
    """The issue points at the character that does not fit, inside quotes too, and names what would be right."""
    reader = WhenReader(document := read_text(text, "f.yaml"), REGISTRY)
    reader.read(document.root, ())
    (issue,) = reader.issues
    assert (issue.code, str(issue.place)) == (code, place)
    assert issue.hint.startswith(hint)
    assert bool(issue.hint) == bool(hint)


def test_all_mistakes_are_found() -> None:
    """One mistake does not hide the next, and each says on which path it is."""
    text = '{"any": [{"company.stage": ["lunch", "grwth"]}, {"not": {"company.name": 3}}], "x.y": 1}'
    reader = WhenReader(document := read_text(text, "f.json"), REGISTRY)
    reader.read(document.root, ("rules", 2, "when"))
    assert [(issue.code, issue.place.path, issue.place.column) for issue in reader.issues] == [
        ("unknown-id", "rules[2].when.any[0].company.stage[0]", 30),
        ("unknown-id", "rules[2].when.any[0].company.stage[1]", 39),
        ("wrong-type", "rules[2].when.any[1].not.company.name", 74),
        ("unknown-field", "rules[2].when.x.y", 80),
    ]


def test_plain_data_has_paths_only() -> None:
    """A `when` that Python made has no columns, so an issue keeps to its path."""
    reader = WhenReader(document := read_data({"company.stage": "a, lunch"}, "<data>"), REGISTRY)
    reader.read(document.root, ("when",))
    assert [str(issue.place) for issue in reader.issues] == ["<data>: when.company.stage"]
