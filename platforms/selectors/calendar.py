"""The filing calendar: what a filer owes, until when and why, and what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from analytics.contracts import Template, templates
from common import clock
from common.errors import Refusal
from platforms.choices import PlatformKind
from platforms.facts import Period, period_of
from platforms.models import DepositoryAgreement, Filing, Platform
from rulebook.entries import DeadlineEntry
from rulebook.selectors import basis_lines, deadline_rule, working_calendar
from rulebook.timeline import Event, Reading, read_clock

LONGEST_CALENDAR = 400  # days in one answer
SUBMITTED = "filing.submitted"


@dataclass(frozen=True)
class ExpectedFiling:
    """One duty to file. `state`: running, overdue, met or met_late; `why` are the steps of the count."""

    template: str
    title: Mapping[str, str]
    period: str
    subject: uuid.UUID
    due_on: date
    is_provisional: bool
    state: str
    submitted_on: date | None
    filing: uuid.UUID | None
    why: tuple[Mapping[str, str], ...]
    basis: tuple[str, ...]


def filing_calendar(platform_id: int, since: date, until: date) -> list[ExpectedFiling]:
    """What a filer owes for the periods that end between two days, soonest first.

    A platform owes what the terms `filing.<template>` of its line ask since its registration; a bank the statements
    of the platforms whose client money it keeps. The first submission that was not given up decides whether it was
    in time. Refuses days in the wrong order and more than 400 days.
    """
    if not 0 <= (until - since).days <= LONGEST_CALENDAR:
        raise Refusal(
            "calendar.bad_span", _("The days are not in order, or more than 400 days apart."), field="until",
            cure=_("Ask for a shorter time, e.g. one quarter."), status=422,
        )
    filer = Platform.objects.get(pk=platform_id)
    subjects = list(_subjects(filer, since, until))
    known = _submissions(filer, since, until)
    found = [
        item
        for subject, first, last in subjects
        for contract in _contracts(filer)
        for period in whole_periods(contract, max(since, first), min(until, last))
        if (item := _expected(contract, subject, period, known)) is not None
    ]
    return sorted(found, key=lambda item: (item.due_on, item.template, item.period, str(item.subject)))


def _contracts(filer: Platform) -> list[Template]:
    kind = "bank" if filer.kind == PlatformKind.BANK else "platform"
    return [contract for contract in templates() if contract.filer == kind]


def _subjects(filer: Platform, since: date, until: date) -> Iterator[tuple[Platform, date, date]]:
    """Whom the filer files about, from which day and until which."""
    if filer.kind != PlatformKind.BANK:
        yield filer, filer.registered_on or since, until
        return
    rows = DepositoryAgreement.objects.filter(bank=filer).in_force_within(since, until)
    for agreement in rows.select_related("platform"):
        yield agreement.platform, agreement.in_force_from, agreement.in_force_to or until


def whole_periods(contract: Template, first: date, last: date) -> Iterator[Period]:
    """Whole periods of a template that end between two days."""
    codes = {_code(contract.period_kind, first + timedelta(days=step)) for step in range((last - first).days + 1)}
    for code in sorted(codes):
        period = period_of(code)
        if first <= period.last <= last:
            yield period


def _code(kind: str, day: date) -> str:
    return {
        "month": f"{day:%Y-%m}", "quarter": f"{day.year}Q{(day.month + 2) // 3}", "day": day.isoformat()
    }[kind]


def _submissions(filer: Platform, since: date, until: date) -> dict[tuple[int, str, str], tuple[uuid.UUID, Any]]:
    rows: Iterable[Filing] = Filing.objects.filter(
        platform=filer, period_end__gte=since, period_end__lte=until
    ).prefetch_related("revisions")
    return {(row.subject_id, row.template, row.period): (row.public_id, _first_submission(row)) for row in rows}


def _first_submission(row: Filing) -> Any:
    moments = [item.submitted_at for item in row.revisions.all() if item.submitted_at and item.state != "withdrawn"]
    return min(moments, default=None)


def _expected(
    contract: Template, subject: Platform, period: Period, known: Mapping[tuple[int, str, str], tuple[uuid.UUID, Any]]
) -> ExpectedFiling | None:
    term = deadline_rule(f"filing.{contract.name}", period.last, subject.business_line)
    if term is None:
        return None
    filing, submitted = known.get((subject.pk, contract.name, period.code), (None, None))
    reading = _reading(term, period, submitted)
    if reading.due_on is None:
        return None
    return ExpectedFiling(
        template=contract.name, title=contract.title, period=period.code, subject=subject.public_id,
        due_on=reading.due_on, is_provisional=reading.is_provisional, state=reading.state,
        submitted_on=submitted.astimezone(clock.LEGAL_ZONE).date() if submitted else None, filing=filing,
        why=reading.why, basis=basis_lines(term.basis.as_dict()),
    )


def _reading(term: DeadlineEntry, period: Period, submitted: Any) -> Reading:
    events = [Event(term.start_event, period.last), *([Event(SUBMITTED, submitted)] if submitted else [])]
    return read_clock(
        term, events, working_calendar(term.calendar), now=max(clock.now(), submitted or clock.now()),
        known_at=clock.today(),
    )
