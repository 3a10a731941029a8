"""Judgements without a query: was a duty done in time, and what exactly has a person seen who confirms a source?

Pure. The answer of a deadline rule has the shape of every other rule outcome.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from rulebook.calendars import Calendar
from rulebook.clocks import LAST_MOMENT, Deadline
from rulebook.entries import DeadlineEntry, Rule
from rulebook.timeline import MET_LATE, OVERDUE, Event, read_clock

REHEARSAL_JOB = "rulebook.draft_rehearse"


def rehearsal_key(rehearsal_id: int) -> str:
    """The job of a draft's trial: one for each time somebody asks."""
    return f"draft-rehearsal:{rehearsal_id}"


def deadline_result(
    rule: Rule, term: DeadlineEntry, calendar: Calendar, *, started: date, done: date | None, today: date
) -> dict[str, Any]:
    """Return passed, failed or (while the term runs) not_evaluable, with the reason in both languages.

    `measured` is the day it was done, or today when it was not; `threshold` the day it was due.
    """
    ended = term.met_by[0] if term.met_by else "done"
    events = [Event(term.start_event, started), *([Event(ended, done)] if done else [])]
    now = datetime.combine(max(today, done or today), LAST_MOMENT, ZoneInfo(calendar.zone))
    reading = read_clock(replace(term, met_by=term.met_by or (ended,)), events, calendar, now=now)
    due = cast("Deadline", reading.deadline)
    result: dict[str, Any] = {
        "rule_id": rule.id, "version_sha256": rule.sha256, "outcome": "passed", "subject": None, "count": 0,
        "measured": None, "threshold": due.due_on.isoformat(), "row_numbers": [], "evidence_path": None,
        "evidence_sha256": None, "reason": None, "steps": [dict(step) for step in due.steps],
    }
    if reading.state in {OVERDUE, MET_LATE}:
        return {**result, "outcome": "failed", "count": 1, "measured": (done or today).isoformat()}
    if done is None:
        reason = {"zh": f"期限未到（{due.due_on}）。", "en": f"The term still runs, until {due.due_on}."}
        return {**result, "outcome": "not_evaluable", "reason": reason}
    return result


def print_of(*parts: Any) -> str:
    """Return the fingerprint of what a person has to see to confirm a source: law and content, never our wording."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode("utf-8")).hexdigest()


def rule_print(rule: Rule) -> str:
    """The fingerprint of a rule: basis, dates, lines, what it checks. Titles, explanation and examples are ours."""
    return print_of(
        rule.basis.instrument, rule.basis.article, list(rule.basis.facts), rule.valid_from, rule.valid_to,
        sorted(rule.applies_to), rule.check, rule.sql, rule.deadline, dict(rule.question or {}), dict(rule.parameters),
        rule.severity, rule.transition_until,
    )


def parameter_source_key(row: Any) -> str:
    """The key under which the source of one dated value is confirmed."""
    return f"{row.key}@{row.valid_from}"


def parameter_print(row: Any) -> str:
    """The fingerprint of one dated value."""
    basis = row.basis
    return print_of(basis.get("instrument"), basis.get("article"), row.value, row.unit, row.valid_from, row.valid_to)


def deadline_source_key(row: Any) -> str:
    """The key under which the source of one term is confirmed."""
    return f"{row.key}@{row.valid_from}@{row.scope}"


def deadline_print(row: Any) -> str:
    """The fingerprint of one term."""
    basis = row.basis
    return print_of(
        basis.get("instrument"), basis.get("article"), row.scope, row.start_event, row.amount, row.unit, row.calendar,
        row.valid_from, row.valid_to,
    )


def clause_print(row: Any) -> str:
    """The fingerprint of one clause."""
    return print_of(row.instrument, row.article, row.text_zh, row.kind, row.valid_from, row.valid_to)
