"""`kpirules compute` as a user types it, over the installed catalogue."""

from __future__ import annotations

import json

import pytest

from kpirules.cli import run


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code and what was printed."""
    code = run(["compute", *arguments])
    return (code, *capsys.readouterr())


def test_a_rate(capsys: pytest.CaptureFixture[str]) -> None:
    """A percentage is written as one, in the way of each language."""
    assert outcome(capsys, "conversion-rate", "converting_sessions=42", "sessions=1400")[1].startswith("Conversion rate: 3.00%\n")
    assert outcome(capsys, "conversion-rate", "converting_sessions=42", "sessions=1400", "--lang", "fr")[1].startswith(
        "Taux de conversion\u00a0: 3,00\u00a0%"
    )


def test_a_composite(capsys: pytest.CaptureFixture[str]) -> None:
    """The parts, the missing one and the effect of each weight are shown; a percentage may be typed as one."""
    values = ("customer-satisfaction-score=86%", "net-promoter-score=34", "review-rating=4.4")
    code, out, _ = outcome(capsys, "customer-satisfaction-index", *values)
    assert code == 0
    assert out.startswith("Customer satisfaction index: 71.00")
    assert "86.00%" in out
    assert out.rstrip().endswith("Customer Effort Score")
    found = json.loads(outcome(capsys, "customer-satisfaction-index", *values, "--format", "json")[1])
    assert sum(part["points"] for part in found["contributions"]) == pytest.approx(found["result"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("conversion-rate",), "converting_sessions=..."),
        (("brand-notoriety-proxy",), "branded-search-volume.base=..."),
        (("conversion-rate", "sessions=12,5"), "write 1234.5 or 12%"),
        (("conversion-rate", "sessions=inf"), "no number"),
        (("conversion-rate", "sessions"), "no NAME=VALUE"),
        (("conversion-rate", "sessions=1", "sessions=2"), "given twice"),
        (("conversion-rate", "session=1"), "did you mean 'sessions'"),
        (("conversion-rat", "sessions=1"), "did you mean 'conversion-rate'"),
        (("customer-satisfaction-index", "review-rating=4"), "50% is needed"),
    ],
)
def test_mistakes(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str) -> None:
    """One message, exit code 2, nothing on standard output."""
    code, out, err = outcome(capsys, *arguments)
    assert (code, out) == (2, "")
    assert message in err
