"""Two at once: one notice, one set of minutes, one publication, one agenda item."""

from collections.abc import Callable
from typing import Any

import pytest

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.models import OutgoingMessage
from common.transitions import transitions_of
from regulators import services
from regulators.models import AgendaItem, ExpertQuestion, JointMeeting, Minutes, Opinion
from tests.factories import meetings
from tests.factories.meetings import DAY, OPENED
from tests.factories.regulators import SYSTEM, as_principal, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def on(day: str, verb: Callable[[], Any]) -> Callable[[], Any]:
    """The verb on that day, in the thread's own context."""

    def run() -> Any:
        with clock.frozen(day):
            return verb()

    return run


def test_two_notices_at_once_are_one() -> None:
    with acting_as(SYSTEM), clock.frozen(OPENED):
        who = meetings.people()
        meetings.item()
        meeting = meetings.planned(who)
    convene = as_principal(
        who.secretariat, on(OPENED, lambda: services.meeting_convene(actor=who.secretariat, meeting_id=meeting))
    )
    results = at_once(convene, convene)
    assert sorted(r.code if isinstance(r, Refusal) else r for r in results if r != 9) == ["meeting.wrong_state"]
    with acting_as(SYSTEM):
        assert OutgoingMessage.objects.count() == 9
        assert [step.verb for step in transitions_of("meeting", meeting)] == ["convene"]


def test_the_last_two_opinions_at_once_are_both_kept_and_published_once() -> None:
    with acting_as(SYSTEM), clock.frozen(OPENED):
        meetings.people()
        experts = [meetings.expert("law")[1] for _ in range(2)]
        asked = meetings.question()
    at_once(*(
        as_principal(e, on(OPENED, lambda e=e: services.opinion_give(actor=e, question_id=asked, text=e.label)))
        for e in experts
    ))  # fmt: skip
    with acting_as(SYSTEM):
        assert (Opinion.objects.count(), ExpertQuestion.objects.get().state) == (2, "published")
        assert [step.verb for step in transitions_of("question", asked)] == ["publish"]


def test_two_members_approve_at_once() -> None:
    with acting_as(SYSTEM), clock.frozen(OPENED):
        who = meetings.people()
        number = meetings.item()
        meetings.convened(who)
    with acting_as(SYSTEM), clock.frozen(DAY):
        meeting = meetings.sitting(who)
        services.agenda_item_note(actor=who.secretariat, item_id=number)
        services.minutes_draft(actor=who.secretariat, meeting_id=meeting)
    results = at_once(*(
        as_principal(m, on(DAY, lambda m=m: services.minutes_approve(actor=m, meeting_id=meeting)))
        for m in (who.cbrc, who.csrc)
    ))  # fmt: skip
    assert sorted(results) == [1, 2]
    with acting_as(SYSTEM):
        assert Minutes.objects.get().state == "approved"


def test_an_item_carried_over_at_once_stands_once_on_the_next_agenda() -> None:
    with acting_as(SYSTEM), clock.frozen(OPENED):
        who = meetings.people()
        number = meetings.item()
        meetings.convened(who)
    with acting_as(SYSTEM), clock.frozen(DAY):
        meetings.sitting(who)
    carry = as_principal(
        who.secretariat, on(DAY, lambda: services.agenda_item_carry_over(actor=who.secretariat, item_id=number))
    )
    results = at_once(carry, carry)
    assert results[0] == results[1]
    with acting_as(SYSTEM):
        assert AgendaItem.objects.filter(meeting__quarter="2017Q4").count() == 1
        assert JointMeeting.objects.count() == 2
