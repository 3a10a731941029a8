"""The date by which a case is to be reviewed, read from a term of the pack, with its reasons."""

from datetime import date
from typing import Any

from cases.choices import REVIEW_TERM, REVIEW_TERM_URGENT, CaseOrigin
from common import clock
from rulebook.selectors import deadline_rule, working_calendar
from rulebook.timeline import Event, read_clock, term_text


def review_clock(origin: str, opened_on: date) -> dict[str, Any]:
    """Return the columns `due_on` and `due_why` of a case opened on a legal day; empty when the pack has no term.

    The term in force on that day decides and is kept with the case: a later version moves nothing.
    """
    key = REVIEW_TERM_URGENT if origin == CaseOrigin.AREA_D else REVIEW_TERM
    term = deadline_rule(key, opened_on)
    if term is None:
        return {"due_on": None, "due_why": {}}
    reading = read_clock(
        term, [Event(term.start_event, opened_on)], working_calendar(term.calendar), now=clock.now(),
        known_at=clock.today(),
    )
    steps = [dict(term_text(term)), *(dict(step) for step in reading.why)]
    return {"due_on": reading.due_on, "due_why": {"term": term.as_dict(), "steps": steps}}
