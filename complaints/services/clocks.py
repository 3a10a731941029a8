"""Clocks of a complaint: read from its event log, explained, met or escalated; never moved by an edit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from common import clock
from common.logs import get_logger
from common.transitions import TransitionRecord, transitions_of
from complaints.choices import ClockKey
from complaints.facts import events_of
from complaints.models import Complaint, ComplaintClock
from rulebook.entries import DeadlineEntry
from rulebook.selectors import deadline_rule, instrument_titles, working_calendar
from rulebook.timeline import Event, Reading, read_clock, term_text

log = get_logger(__name__)
RULES = {
    ClockKey.HANDLING.value: "complaint.handling",
    ClockKey.FIRST_ANSWER.value: "complaint.answer",
    ClockKey.DECISION.value: "complaint.decision",
}
AT_RECEIPT = (ClockKey.HANDLING.value, ClockKey.FIRST_ANSWER.value)


@dataclass(frozen=True)
class Read:
    """A stored clock beside what its events say now."""

    row: ComplaintClock
    term: DeadlineEntry
    reading: Reading


def _reference(term: DeadlineEntry) -> dict[str, Any]:
    """What the clock keeps of the rule it started under: a later version of the rule changes nothing here."""
    titles = instrument_titles([term.basis.instrument]).get(term.basis.instrument, {})
    return {**term.as_dict(), "instrument_title": dict(titles)}


def _term(complaint: Complaint, key: str, at: datetime) -> DeadlineEntry | None:
    on = at.astimezone(clock.LEGAL_ZONE).date()
    if key == ClockKey.FIRST_ANSWER and not complaint.business_line:
        return None
    return deadline_rule(RULES[key], on, complaint.business_line or None)


def clocks_start(complaint: Complaint) -> list[ComplaintClock]:
    """Start the clocks that begin with the receipt of a complaint, assigned or not, in the caller's transaction.

    The authority has to handle it and tell the consumer (7 working days, Consumer Rights Protection Law, art. 46);
    the platform has to answer (15 days; law for banking and insurance lines since 2020-03-01, before that and for
    other lines a convention that says so). The rule in force on the legal day of receipt decides and is kept with
    the clock: a later version changes nothing here. A line that is not known yet has the first clock only.
    """
    events = events_of(complaint.filed_at, ())
    started = [row for key in AT_RECEIPT if (row := _start(complaint, key, events, complaint.filed_at)) is not None]
    if not started:
        log.error("complaints.no_clock", complaint_id=complaint.pk)
    return started


def _start(complaint: Complaint, key: str, events: Sequence[Event], at: datetime) -> ComplaintClock | None:
    term = _term(complaint, key, at)
    if term is None:
        return None
    reading = _read(key, term, events)
    if reading.deadline is None or reading.started_at is None:
        return None
    return ComplaintClock.objects.create(
        complaint=complaint,
        key=key,
        rule_id=next(iter(term.basis.facts), term.key) if term.basis.verified else term.key,
        rule=_reference(term),
        started_at=reading.started_at,
        **_values(term, reading),
    )


def _read(key: str, term: DeadlineEntry, events: Sequence[Event]) -> Reading:
    """Read one clock; an extension counts for the clock it names."""
    own = [event for event in events if event.data.get("clock", key) == key]
    last = max((event.at for event in own if isinstance(event.at, datetime)), default=clock.now())
    now = max(clock.now(), last)  # business time can be pinned to an earlier day than the history
    return read_clock(term, own, working_calendar(term.calendar), now=now, known_at=clock.today())


def _values(term: DeadlineEntry, reading: Reading) -> dict[str, Any]:
    return {
        "due_on": reading.due_on,
        "is_provisional": reading.is_provisional,
        "is_paused": reading.state == "paused",
        "met_at": reading.met_at,
        "calendar_version": reading.calendar_version,
        "steps": [dict(term_text(term)), *(dict(step) for step in reading.why)],
    }


def clocks_read(
    complaint: Complaint, *, under_present_rules: bool = False, amounts: Mapping[str, int] | None = None
) -> list[Read]:
    """Read every clock of a complaint from its history, as of now; writes nothing.

    Under the rule version each clock started with or, when asked, under the one the rulebook holds today for the
    day the clock started; `amounts` puts another number of units into terms by their key.
    """
    events = events_of(complaint.filed_at, transitions_of("complaint", complaint.pk))
    found = []
    for row in complaint.clocks.order_by("id"):
        term = DeadlineEntry.from_dict(row.rule)
        if under_present_rules:
            term = _term(complaint, row.key, row.started_at) or term
        if amounts and term.key in amounts:
            term = replace(term, amount=amounts[term.key])
        found.append(Read(row, term, _read(row.key, term, events)))
    return found


def clocks_refresh(complaint: Complaint) -> list[ComplaintClock]:
    """Bring the clocks of a complaint up to what its history says, after a step, in the caller's transaction.

    Starts the clock of the authority's decision when its event has come. Refreshing twice changes nothing.
    """
    for found in clocks_read(complaint):
        clock_write(found.row, _values(found.term, found.reading))
    history = transitions_of("complaint", complaint.pk)
    _start_decision(complaint, history)
    return list(complaint.clocks.order_by("id"))


def clock_write(row: ComplaintClock, values: Mapping[str, Any]) -> bool:
    """Write what differs; returns whether anything did. A moment once met is kept."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
    return bool(changed)


def clock_correct(found: Read, *, causes: Sequence[str]) -> None:
    """Write a recomputed clock, together with the term it was read under and a line of what moved and why."""
    row = found.row
    moved = {
        "at": clock.now().isoformat(), "from": row.due_on.isoformat(), "causes": list(causes),
        "to": found.reading.due_on.isoformat() if found.reading.due_on else "",
    }
    values = {**_values(found.term, found.reading), "rule": _reference(found.term), "changes": [*row.changes, moved]}
    clock_write(row, values)


def _start_decision(complaint: Complaint, history: Sequence[TransitionRecord]) -> None:
    key = ClockKey.DECISION.value
    events = events_of(complaint.filed_at, history)
    begun = next((event for event in events if event.kind == "complaint.with_authority"), None)
    if begun is not None and not complaint.clocks.filter(key=key).exists() and isinstance(begun.at, datetime):
        _start(complaint, key, events, begun.at)


def running_due(complaint: Complaint, key: str = ClockKey.FIRST_ANSWER) -> str:
    """The date of a running clock as text, or a dash."""
    due_on = complaint.clocks.filter(key=key, met_at__isnull=True).values_list("due_on", flat=True).first()
    return due_on.isoformat() if due_on else "–"
