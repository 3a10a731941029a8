"""What institutions of a business line have to file and until when, from the rulebook alone: no one's own data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from analytics.contracts import Template, templates
from common import clock
from platforms.facts import Period
from platforms.selectors.calendar import whole_periods
from rulebook.entries import DeadlineEntry
from rulebook.selectors import basis_lines, deadline_rule, working_calendar
from rulebook.timeline import Event, read_clock

LONGEST_SPAN = 200  # days of one calendar page
LONGEST_TERM = 130  # a duty of an earlier period may still fall due on the first day


@dataclass(frozen=True)
class Duty:
    """One filing that falls due. `filer` is platform or bank; `why` are the steps of the count, in both languages."""

    template: str
    title: Mapping[str, str]
    filer: str
    period: str
    due_on: date
    is_provisional: bool
    why: tuple[Mapping[str, str], ...]
    basis: tuple[str, ...]


def duties_due(business_line: str, since: date, until: date) -> list[Duty]:
    """Filings of a business line that fall due between two days, soonest first; at most 200 days are read."""
    last = min(until, since + timedelta(days=LONGEST_SPAN))
    found = (
        duty
        for contract in templates()
        for period in whole_periods(contract, since - timedelta(days=LONGEST_TERM), last)
        if (duty := duty_of(contract, period, business_line)) is not None
    )
    due = (duty for duty in found if since <= duty.due_on <= last)
    return sorted(due, key=lambda item: (item.due_on, item.template, item.period))


def duty_terms(template: str, business_lines: list[str], on: date) -> dict[str, DeadlineEntry]:
    """The term in which a template is due on a day, by business line; lines that owe it nothing are left out."""
    terms = {line: deadline_rule(f"filing.{template}", on, line) for line in business_lines}
    return {line: term for line, term in terms.items() if term is not None}


def duty_of(contract: Template, period: Period, business_line: str) -> Duty | None:
    """The duty to file a template about one period; None when the line owes none."""
    term = deadline_rule(f"filing.{contract.name}", period.last, business_line)
    if term is None:
        return None
    ended = datetime.combine(period.last, time.max, clock.LEGAL_ZONE)  # a period to come is read as if it had ended
    reading = read_clock(
        term, [Event(term.start_event, period.last)], working_calendar(term.calendar), now=max(clock.now(), ended),
        known_at=clock.today(),
    )
    if reading.due_on is None:
        return None
    return Duty(
        template=contract.name, title=contract.title, filer=contract.filer, period=period.code, due_on=reading.due_on,
        is_provisional=reading.is_provisional, why=reading.why, basis=basis_lines(term.basis.as_dict()),
    )
