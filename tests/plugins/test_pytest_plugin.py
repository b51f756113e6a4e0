"""The pytest plugin: the cases beside rulesets are collected and reported like any test, without a traceback."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.conftest import text
from tests.plugins.test_third_party import Site

pytest_plugins = ["pytester"]

RULES = {
    "ruleset": "ours", "version": "1.0.0", "source": {"title": "t", "grade": "convention"},
    "rules": [{"id": "r", "when": {"company.stage": "growth"}, "recommend": [{"kpi": "sales", "weight": 0.9}], "because": text("b")}],
}  # fmt: skip
PROFILE = {"company": {"stage": "growth"}, "objectives": [{"type": "brand-awareness"}]}


def case(name: str, **expect: object) -> dict[str, object]:
    """A case of the profile above."""
    return {"name": name, "profile": PROFILE, "expect": expect}


def write(pytester: pytest.Pytester, rules: object, *cases: object) -> None:
    """A ruleset in a folder of its own, with its cases."""
    folder = pytester.mkdir("ours")
    (folder / "rules.yaml").write_text(yaml.safe_dump(rules))
    (folder / "cases.yaml").write_text(yaml.safe_dump({"cases": cases}, sort_keys=False))


def test_cases_are_tests(small: Site, pytester: pytest.Pytester) -> None:
    """Each case is a test of its name, run with the ruleset beside it; a failure says what was expected, and where."""
    write(pytester, RULES, case("good", top=["sales"], fired=["ours/r"]), case("bad", top=["cost"]), case("typo", top=["slaes"]))
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines([
        "*ours/cases.yaml:*", "*top: cost is not recommended, expected among the first 5; these are: sales, reach*",
        "*nothing is called 'slaes' [[]unknown-id[]]*", "*did you mean 'sales'?*",
    ])  # fmt: skip
    result.stdout.no_fnmatch_line("*casetest.py*")
    assert json.dumps(PROFILE) not in result.stdout.str()


def test_cases_can_be_selected(small: Site, pytester: pytest.Pytester) -> None:
    """`-k` and a path select cases, as for any test."""
    write(pytester, RULES, case("good", top=["sales"]), case("other", top=["sales"]))
    pytester.runpytest_inprocess("-p", "no:cacheprovider", "-k", "other", "ours/cases.yaml").assert_outcomes(passed=1, deselected=1)


def test_a_broken_profile_fails_its_case(small: Site, pytester: pytest.Pytester) -> None:
    """A case whose profile is wrong fails with the issue."""
    write(pytester, RULES, {**case("broken"), "profile": {"objectives": [{"type": "brand-awarness"}]}})
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*did you mean 'brand-awareness'?*"])


def test_a_broken_case_file_is_an_error_of_collection(small: Site, pytester: pytest.Pytester) -> None:
    """A case file that can't be read says file:line:column, without a traceback."""
    write(pytester, RULES, {**case("x"), "expct": {}})
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*cases.yaml:*: error: no key is called 'expct' here*", "*did you mean 'expect'?*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_broken_ruleset_fails_its_cases(small: Site, pytester: pytest.Pytester) -> None:
    """Where the ruleset itself is wrong, the cases beside it fail with its issues, without a traceback."""
    write(pytester, {**RULES, "rules": [{"id": "r", "exclude": ["slaes"], "because": text("b")}]}, case("any"))
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*rules.yaml:*: error: no KPI is called 'slaes'*"])
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")
