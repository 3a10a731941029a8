"""Two at once: committed, in two connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.models import OutboxEvent
from complaints import services
from complaints.models import Complaint, Reply
from tests.factories import complaints as make
from tests.factories import platforms

pytestmark = pytest.mark.django_db(transaction=True)


def both(act: Callable[[], Any]) -> list[Any]:
    """Run `act` in two threads that start together; a Refusal is a result."""
    barrier = Barrier(2)

    def run() -> Any:
        try:
            barrier.wait(10)
            with clock.frozen("2017-07-26T09:00+08:00"):
                return act()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return [future.result(30) for future in [pool.submit(run), pool.submit(run)]]


def prepared() -> Any:
    """A complaint that is overdue at the platform."""
    with clock.frozen("2017-07-10T09:00+08:00"), acting_as(make.SYSTEM):
        make.ground()
        return make.forwarded(platforms.registered().platform_id)


def test_two_at_once_is_once_for_form_answer_and_escalation() -> None:
    found = prepared()
    filed = both(lambda: make.filed(form_token="z" * 22))
    assert {item.receipt for item in filed} == {filed[0].receipt}
    assert sorted(item.was_filed_before for item in filed) == [False, True]

    done = both(lambda: services.complaints_escalate_overdue(actor=make.SYSTEM))
    assert sum(done) == 1
    with acting_as(make.SYSTEM):
        assert Complaint.objects.count() == 2
        assert make.row_of(found).state == "escalated"
        assert OutboxEvent.objects.filter(topic="complaint.overdue").count() == 1
        platform = make.respondent(make.row_of(found).platform_id or 0)

    answers = both(
        lambda: services.complaint_answer(actor=platform, complaint_id=found.id, body=make.ANSWER, outcome="upheld")
    )
    assert sorted(item == "complaint.wrong_state" for item in answers) == [False, True]
    with acting_as(make.SYSTEM):
        assert Reply.objects.count() == 1
        assert make.row_of(found).state == "answered"
