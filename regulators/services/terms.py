"""Days of the work between authorities: clocks of the pack read from event logs, with the reasons in both languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import Refusal
from rulebook.entries import DeadlineEntry
from rulebook.selectors import deadline_rule, working_calendar
from rulebook.timeline import Event, Reading, read_clock, term_text

ANSWER, SUPERIOR, MEETING = "handover.answer", "handover.superior", "handover.meeting"
OPINION = "consultation.answer"


@dataclass(frozen=True, slots=True)
class Term:
    """The last day of a step, whether it may still move, how it was counted, and under which version of the term."""

    due_on: date
    is_provisional: bool
    steps: tuple[dict[str, str], ...]
    is_convention: bool
    entry: DeadlineEntry
    calendar_version: str


def term_from(key: str, start: date, events: Sequence[Event] = ()) -> Term:
    """The term of the pack in force on the first day. Refuses when the pack has none: no clock, no hand-over."""
    entry = deadline_rule(key, start)
    if entry is None:
        raise Refusal(
            "coordination.no_term",
            _("The rulebook has no term “%(key)s” on this day.") % {"key": key},
            cure=_("Load the rule pack, or add the term to it."),
        )
    return term_read(entry, start, events)


def term_read(entry: DeadlineEntry, start: date, events: Sequence[Event] = ()) -> Term:
    """Read one term that began on a legal day, in the past or to come, from what has happened since.

    Pauses and extensions that the term allows count when their events are in the log; years whose calendar is not
    published today make the day provisional.
    """
    reading = _reading(entry, (Event(entry.start_event, start), *events), start)
    if reading.due_on is None:  # the log begins with the start event
        raise ValueError(f"The term {entry.key} has not begun.")
    return Term(
        reading.due_on, reading.is_provisional, (dict(term_text(entry)), *(dict(step) for step in reading.why)),
        entry.basis.text_status == "convention", entry, reading.calendar_version,
    )  # fmt: skip


def _reading(entry: DeadlineEntry, events: Sequence[Event], start: date) -> Reading:
    begun = datetime.combine(start, time.max, tzinfo=clock.LEGAL_ZONE)  # a step of the chain may lie ahead
    return read_clock(
        entry, events, working_calendar(entry.calendar), now=max(clock.now(), begun), known_at=clock.today()
    )


def terms_as_json(*terms: Term) -> dict[str, Any]:
    """What is kept with the row: the reasons step by step, whether the days are a house convention, and the versions
    of terms and calendar under which they were counted."""
    steps = [dict(step) for term in terms for step in term.steps]
    return {
        "steps": steps, "is_convention": all(term.is_convention for term in terms),
        "terms": [term.entry.as_dict() for term in terms], "calendars": [term.calendar_version for term in terms],
    }  # fmt: skip


def terms_kept(why_due: dict[str, Any], keys: Sequence[str], on: date) -> list[DeadlineEntry] | None:
    """The versions of the terms a row was counted under; for rows that kept none, those in force on their first day.

    None when the rulebook has no such term any more: then nothing can be read again.
    """
    if why_due.get("terms"):
        return [DeadlineEntry.from_dict(entry) for entry in why_due["terms"]]
    found = [deadline_rule(key, on) for key in keys]
    return [entry for entry in found if entry is not None] if all(found) else None
