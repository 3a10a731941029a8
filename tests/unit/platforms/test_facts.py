"""Pure facts: periods, verdicts, key names, safe cells."""

import base64
import hashlib
from datetime import date

import pytest

from platforms.facts import csv_safe, key_id_of, period_of, process_key, verdict_of


@pytest.mark.parametrize(
    ("code", "kind", "first", "last"),
    [
        ("2017-06", "month", date(2017, 6, 1), date(2017, 6, 30)),
        ("2016-02", "month", date(2016, 2, 1), date(2016, 2, 29)),
        ("2017Q1", "quarter", date(2017, 1, 1), date(2017, 3, 31)),
        ("2017Q4", "quarter", date(2017, 10, 1), date(2017, 12, 31)),
        ("2017-06-30", "day", date(2017, 6, 30), date(2017, 6, 30)),
    ],
)
def test_periods(code: str, kind: str, first: date, last: date) -> None:
    period = period_of(code)
    assert (period.kind, period.first, period.last) == (kind, first, last)


@pytest.mark.parametrize("code", ["", "2017", "2017-13", "2017-6", "2017Q5", "2017-02-30", "２０１７-06", "2017-06\n"])
def test_no_periods(code: str) -> None:
    with pytest.raises(ValueError, match=r"no period|out of range|Invalid"):
        period_of(code)


@pytest.mark.parametrize(
    ("severities", "accepted", "rejected", "errors", "state"),
    [
        ([], 1, 0, 0, "accepted"),
        ([], 1, 1, 0, "accepted_with_findings"),
        (["minor"], 1, 0, 0, "accepted_with_findings"),
        (["major", "blocking"], 5, 0, 0, "returned"),
        ([], 0, 3, 0, "returned"),
        ([], 1, 0, 1, "returned"),
    ],
)
def test_verdicts(severities: list[str], accepted: int, rejected: int, errors: int, state: str) -> None:
    verdict = verdict_of(severities, rows_accepted=accepted, rows_rejected=rejected, file_errors=errors)
    assert verdict.state == state
    assert verdict.blocking + verdict.major + verdict.minor == len(severities)


def test_key_id_is_the_start_of_the_thumbprint() -> None:
    raw = bytes(range(32))
    thumbprint = base64.urlsafe_b64encode(hashlib.sha256(raw).digest()).decode()
    assert key_id_of(raw) == thumbprint[:32]


def test_process_key_names_filing_and_revision() -> None:
    assert process_key(12, 3) == "filing:12:r3"


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-cmd|x", "@SUM(A1)", "\t=1", "\r=1"])
def test_formulas_are_quoted(text: str) -> None:
    assert csv_safe(text) == "'" + text


@pytest.mark.parametrize("value", ["plain", "-12.50", "+3", "12%", "", 7, None])
def test_plain_cells_stay(value: object) -> None:
    assert csv_safe(value) == value
