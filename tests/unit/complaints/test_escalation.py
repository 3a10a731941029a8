"""A date that passes moves the complaint up. It closes nothing, it happens once, and no edit moves it."""

from datetime import date

import pytest

from common import clock
from common.errors import Refusal
from common.models import OutboxEvent, OutgoingMessage
from common.transitions import transitions_of
from complaints import services
from complaints.models import Complaint
from complaints.services.steps import step
from tests.factories import complaints as make

pytestmark = pytest.mark.usefixtures("ground")
TOLD = {"contact_channel": "email", "contact_address": "test@example.invalid", "language": "en"}


def escalate(day: str) -> int:
    """Run the job on a day."""
    with clock.frozen(f"{day}T08:00+08:00"):
        return services.complaints_escalate_overdue(actor=make.SYSTEM)


def test_nothing_escalates_on_the_day_it_is_due() -> None:
    found = make.forwarded()
    assert escalate("2017-07-25") == 0
    assert make.row_of(found).state == "with_platform"


def test_the_day_after_it_escalates_and_stays_open() -> None:
    found = make.forwarded(**TOLD)
    assert escalate("2017-07-26") == 1
    row = make.row_of(found)
    assert (row.state, row.closed_at, row.outcome) == ("escalated", None, "")
    assert OutgoingMessage.objects.filter(title="The date for an answer has passed").count() == 1
    assert OutboxEvent.objects.filter(topic="complaint.overdue").get().payload == {
        "complaint_id": found.id,
        "platform_id": row.platform_id,
        "clock": "first_answer",
    }


def test_twice_is_once() -> None:
    found = make.forwarded(**TOLD)
    escalate("2017-07-26")
    before = (len(transitions_of("complaint", found.id)), OutgoingMessage.objects.count(), OutboxEvent.objects.count())
    assert escalate("2017-07-26") == 0
    assert escalate("2017-08-25") == 0  # the authority has thirty days from the escalation
    assert before == (
        len(transitions_of("complaint", found.id)),
        OutgoingMessage.objects.count(),
        OutboxEvent.objects.count(),
    )


def test_a_scheduler_that_slept_loses_nothing() -> None:
    found = make.forwarded()
    assert escalate("2017-09-01") == 1
    assert make.row_of(found).state == "escalated"


def test_an_unrouted_or_unread_complaint_escalates_too() -> None:
    found = make.filed()
    assert escalate("2017-07-20") == 1
    assert make.row_of(found).state == "escalated"
    assert [c.key for c in make.row_of(found).clocks.filter(escalated_at__isnull=False)] == ["handling"]


def test_a_second_clock_escalates_on_its_own_date() -> None:
    found = make.filed(platform_id=make.platforms.registered().platform_id)
    escalate("2017-07-20")
    services.complaint_forward(actor=make.officer_in_charge(found), complaint_id=found.id)
    assert make.row_of(found).state == "with_platform"
    assert escalate("2017-07-26") == 1
    assert make.row_of(found).state == "escalated"


def test_a_late_answer_is_taken_and_the_escalation_stays_on_record() -> None:
    found = make.forwarded()
    escalate("2017-07-26")
    platform = make.respondent(make.row_of(found).platform_id or 0)
    services.complaint_answer(actor=platform, complaint_id=found.id, body=make.ANSWER, outcome="upheld")
    row = make.row_of(found)
    answer = row.clocks.get(key="first_answer")
    assert row.state == "answered"
    assert answer.escalated_at is not None
    assert answer.met_at is not None


def test_an_answered_complaint_does_not_escalate() -> None:
    found = make.forwarded()
    platform = make.respondent(make.row_of(found).platform_id or 0)
    services.complaint_answer(actor=platform, complaint_id=found.id, body=make.ANSWER, outcome="upheld")
    assert escalate("2017-08-09") == 0
    assert make.row_of(found).state == "answered"


def test_editing_the_row_fifty_times_moves_no_date() -> None:
    found = make.forwarded()
    for number in range(50):
        Complaint.objects.filter(pk=found.id).update(category=("fees", "other")[number % 2])
    assert make.row_of(found).clocks.get(key="first_answer").due_on == date(2017, 7, 25)


def test_an_officer_cannot_escalate_and_nobody_can_before_the_date() -> None:
    found = make.forwarded()
    with pytest.raises(Refusal) as refused:
        step(actor=make.officer_in_charge(found), pk=found.id, verb="escalate")
    assert refused.value.code == "complaint.not_permitted"
    with pytest.raises(Refusal) as refused:
        step(actor=make.SYSTEM, pk=found.id, verb="escalate")
    assert refused.value.code == "complaint.not_overdue"


def test_a_count_that_crosses_into_an_unpublished_year_is_provisional() -> None:
    with clock.frozen("2017-12-22T09:00+08:00"):
        published = make.row_of(make.filed()).clocks.get(key="handling")
    assert (published.is_provisional, published.due_on) == (False, date(2018, 1, 3))
    with clock.frozen("2017-11-27T09:00+08:00"):
        known = make.row_of(make.filed()).clocks.get(key="handling")
    assert known.is_provisional is False
    with clock.frozen("2026-12-28T09:00+08:00"):
        ahead = make.row_of(make.filed()).clocks.get(key="handling")
    assert ahead.is_provisional is True
    assert ahead.steps[-1]["en"].startswith("A year in this count has no published holidays yet")
