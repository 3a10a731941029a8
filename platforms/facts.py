"""Pure facts of filings: periods, verdicts, key identifiers. No queries, no Django."""

from __future__ import annotations

import base64
import calendar
import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"([0-9]{4})Q([1-4])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ED25519_KEY_BYTES = 32
PROCESS_JOB = "platforms.filing_process"
RECONCILE_JOB = "platforms.reconcile"
RECOMPUTE_JOB = "platforms.recompute"
METRICS_JOB = "platforms.metrics"


def process_key(filing_id: int, revision: int) -> str:
    """The unique key of the check of one revision."""
    return f"filing:{filing_id}:r{revision}"


@dataclass(frozen=True)
class Period:
    """A reporting period with its first and last day."""

    code: str
    kind: str
    first: date
    last: date


def period_of(code: str) -> Period:
    """Read a period: "2017-06" (month), "2017Q2" (quarter) or "2017-06-30" (day).

    Raises ValueError for anything else, also for days that no calendar has.
    """
    if match := _MONTH.fullmatch(code):
        year, month = int(match[1]), int(match[2])
        return Period(code, "month", date(year, month, 1), _month_end(year, month))
    if match := _QUARTER.fullmatch(code):
        year, last_month = int(match[1]), int(match[2]) * 3
        return Period(code, "quarter", date(year, last_month - 2, 1), _month_end(year, last_month))
    if _DAY.fullmatch(code):
        day = date.fromisoformat(code)
        return Period(code, "day", day, day)
    raise ValueError(f"{code!r} is no period")


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def key_id_of(public_key: bytes) -> str:
    """The name of a public key: the first 32 characters of its sha-256 in base64url (192 bits)."""
    return base64.urlsafe_b64encode(hashlib.sha256(public_key).digest()).decode()[:32]


@dataclass(frozen=True)
class Verdict:
    """What a check means for the filing."""

    state: str
    blocking: int
    major: int
    minor: int


def verdict_of(severities: Iterable[str], *, rows_accepted: int, rows_rejected: int, file_errors: int) -> Verdict:
    """Decide a filing from its check.

    Returned when the file could not be read, no row was accepted, or a blocking rule failed; accepted with
    findings when any rule failed or a row was rejected; otherwise accepted.
    """
    found = Counter(severities)
    if file_errors or not rows_accepted or found["blocking"]:
        state = "returned"
    elif found or rows_rejected:
        state = "accepted_with_findings"
    else:
        state = "accepted"
    return Verdict(state, found["blocking"], found["major"], found["minor"])


_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?%?")


def csv_safe(value: object) -> object:
    """A cell that a spreadsheet will not run as a formula: text that starts like one gets a leading quote."""
    if isinstance(value, str) and value.startswith(_FORMULA_START) and not _NUMBER.fullmatch(value):
        return "'" + value
    return value
