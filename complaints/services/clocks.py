"""Clocks of a complaint: started at the legal event, explained, met or escalated; never moved by an edit."""

from collections.abc import Iterable
from typing import Any

from common import clock
from common.logs import get_logger
from complaints.choices import ClockKey
from complaints.models import Complaint, ComplaintClock
from rulebook.clocks import UNIT_TEXT, deadline
from rulebook.selectors import deadline_rule, instrument_titles, working_calendar

log = get_logger(__name__)
RULES = {ClockKey.HANDLING.value: "complaint.handling", ClockKey.FIRST_ANSWER.value: "complaint.answer"}


def _reference(rule: Any) -> dict[str, Any]:
    return {
        "key": rule.key,
        "title": dict(rule.title),
        "amount": rule.amount,
        "unit": rule.unit,
        "basis": rule.basis.as_dict(),
        "instrument_title": dict(instrument_titles([rule.basis.instrument]).get(rule.basis.instrument, {})),
    }


def _opening_step(rule: Any) -> dict[str, str]:
    """The first line of the explanation: which rule, how long, and whether it is law or a convention of this desk."""
    unit = UNIT_TEXT[rule.unit]
    is_law = rule.basis.verified
    zh = f"适用：{rule.title['zh']}，{rule.amount}{unit['zh']}。"
    en = f"Term: {rule.title['en']}, {rule.amount} {unit['en']}."
    if not is_law:
        zh += "这是本工作台的约定，不是法律规定的期限。"
        en += " This is a convention of this desk, not a term set by law."
    return {"zh": zh, "en": en}


def clocks_start(complaint: Complaint) -> list[ComplaintClock]:
    """Start the clocks that begin with the receipt of a complaint, assigned or not, in the caller's transaction.

    The authority has to handle it and tell the consumer (7 working days, Consumer Rights Protection Law, art. 46);
    the platform has to answer (15 days; law for banking and insurance lines since 2020-03-01, before that and for
    other lines a convention that says so). The rule in force on the legal day of receipt decides and is kept with
    the clock: a later version changes nothing here. A line that is not known yet has the first clock only.
    """
    on = complaint.filed_at.astimezone(clock.LEGAL_ZONE).date()
    started = []
    for key, rule_key in RULES.items():
        if key == ClockKey.FIRST_ANSWER and not complaint.business_line:
            continue
        rule = deadline_rule(rule_key, on, complaint.business_line or None)
        if rule is not None:
            started.append(_start(complaint, key, rule))
    if not started:
        log.error("complaints.no_clock", complaint_id=complaint.pk, on=on.isoformat())
    return started


def _start(complaint: Complaint, key: str, rule: Any) -> ComplaintClock:
    found = deadline(
        start=complaint.filed_at,
        amount=rule.amount,
        unit=rule.unit,
        calendar=working_calendar(rule.calendar),
        known_at=clock.today(),
    )
    return ComplaintClock.objects.create(
        complaint=complaint,
        key=key,
        rule_id=next(iter(rule.basis.facts), rule.key) if rule.basis.verified else rule.key,
        rule={**_reference(rule), "calendar_version": found.calendar_version},
        started_at=complaint.filed_at,
        due_on=found.due_on,
        is_provisional=found.provisional,
        steps=[_opening_step(rule), *found.steps],
    )


def clocks_meet(complaint: Complaint, keys: Iterable[str] = tuple(RULES)) -> int:
    """Mark running clocks as met now; a clock that was met keeps its time. In the caller's transaction."""
    return complaint.clocks.filter(key__in=list(keys), met_at__isnull=True).update(met_at=clock.now())


def running_due(complaint: Complaint, key: str = ClockKey.FIRST_ANSWER) -> str:
    """The date of a running clock as text, or a dash."""
    due_on = complaint.clocks.filter(key=key, met_at__isnull=True).values_list("due_on", flat=True).first()
    return due_on.isoformat() if due_on else "–"
