"""The broker may lose, repeat and reorder: PostgreSQL remembers what is to be done."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import pytest
from celery import Celery

from common.db.acting import acting_as
from common.models import Job, OutboxEvent
from common.outbox import REDRIVE
from tests.faults import books
from tests.faults.stack import Stack

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
FILINGS = 24
DISPATCH_SECONDS = 60.0
DRAIN_SECONDS = 90.0


def _sent_and_waiting() -> int:
    with acting_as(books.system()):
        return Job.objects.filter(state=Job.State.QUEUED, dispatched_at__isnull=False).count()


def _send_again(stack: Stack) -> int:
    """Every number once more, as a broker that delivers twice would; how many messages that were."""
    app = Celery("faults", broker=stack.environment()["LIANXI_BROKER_URL"], set_as_current=False)
    with acting_as(books.system()):
        jobs = list(Job.objects.values_list("pk", flat=True))
        events = list(OutboxEvent.objects.filter(topic="filing.checked").values_list("pk", flat=True))
    tasks: list[tuple[str, list[object], str]] = [("common.tasks.run_job", [pk], "filing") for pk in jobs]
    tasks += [("common.tasks.deliver_events", [events, name], "relay") for name in sorted(books.TAKERS)]
    for name, args, queue in tasks:
        app.send_task(name, args=args, queue=queue, ignore_result=True)
    app.close()
    return len(tasks)


def test_a_broker_that_forgets_everything_loses_no_filing(make_stack: Callable[..., Stack]) -> None:
    books.load_packs()
    sent = books.Books(platforms=4)
    stack = make_stack(worker=False)
    sent.submit(FILINGS)
    stack.until(lambda: _sent_and_waiting() == FILINGS, DISPATCH_SECONDS, "the relay does not send")
    assert stack.ask(b"LLEN filing") == b":%d\r\n" % FILINGS
    assert stack.ask(b"FLUSHALL").startswith(b"+OK")
    assert stack.ask(b"LLEN filing") == b":0\r\n"
    started = time.monotonic()
    stack.start_worker()
    stack.until(lambda: not books.open_work(), REDRIVE.total_seconds() + DRAIN_SECONDS, "work is left")
    print(f"\n{FILINGS} filings after FLUSHALL: all decided in {time.monotonic() - started:.0f} s")
    sent.check()


def test_two_relays_and_double_delivery_have_one_effect(make_stack: Callable[..., Stack]) -> None:
    books.load_packs()
    sent = books.Books(platforms=4)
    stack = make_stack(relays=2)
    sent.submit(FILINGS)
    assert _send_again(stack) == FILINGS + len(books.TAKERS)
    stack.until(lambda: not books.open_work(), DRAIN_SECONDS, "work is left")
    assert books.attempts() == Counter({1: FILINGS})
    sent.check()
    assert _send_again(stack) == FILINGS + len(books.TAKERS)
    stack.until(lambda: stack.queued() == 0, DRAIN_SECONDS, "the second delivery is not taken")
    assert books.attempts() == Counter({1: FILINGS})
    sent.check()


def test_a_worker_that_lives_and_is_deaf_is_replaced(make_stack: Callable[..., Stack]) -> None:
    """A stopped process (SIGSTOP) lives and takes nothing: only the watchdog of the relay can tell."""
    books.load_packs()
    sent = books.Books(platforms=2)
    stack = make_stack()
    first = stack.child("worker").process
    assert first is not None
    stack.freeze("worker")
    sent.submit(6)
    stack.until(lambda: stack.child("worker").process is not first, DRAIN_SECONDS, "nobody notices the deaf worker")
    assert stack.child("worker").history == []  # asked for, not died
    stack.until(lambda: not books.open_work(), DRAIN_SECONDS, "work is left")
    sent.check()
