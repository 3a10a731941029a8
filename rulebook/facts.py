"""Deadline rules: was a duty done in time? Pure; the answer has the shape of every other rule outcome."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from rulebook.calendars import Calendar
from rulebook.clocks import Unit, deadline
from rulebook.entries import DeadlineEntry, Rule


def deadline_result(
    rule: Rule, term: DeadlineEntry, calendar: Calendar, *, started: date, done: date | None, today: date
) -> dict[str, Any]:
    """Return passed, failed or (while the term runs) not_evaluable, with the reason in both languages.

    `measured` is the day it was done, or today when it was not; `threshold` the day it was due.
    """
    due = deadline(start=started, amount=term.amount, unit=cast("Unit", term.unit), calendar=calendar)
    result: dict[str, Any] = {
        "rule_id": rule.id, "version_sha256": rule.sha256, "outcome": "passed", "subject": None, "count": 0,
        "measured": None, "threshold": due.due_on.isoformat(), "row_numbers": [], "evidence_path": None,
        "evidence_sha256": None, "reason": None, "steps": [dict(step) for step in due.steps],
    }
    last = done or today
    if last > due.due_on:
        return {**result, "outcome": "failed", "count": 1, "measured": last.isoformat()}
    if done is None:
        reason = {"zh": f"期限未到（{due.due_on}）。", "en": f"The term still runs, until {due.due_on}."}
        return {**result, "outcome": "not_evaluable", "reason": reason}
    return result
