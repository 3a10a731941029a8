"""What the relay sends, how often, and when it calls a worker deaf."""

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError

from common import clock, jobs, outbox, relay
from common.models import Job, OutboxEvent

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
WAIT = relay.WATCHDOG + SECOND


@pytest.fixture
def sent() -> list[tuple[str, list[object], str]]:
    """What was handed to the broker."""
    return []


def _enqueue(count: int = 1, queue: str = "filing") -> list[int]:
    start = Job.objects.count()
    return [
        jobs.job_enqueue(kind="tests.relay", key=f"{queue}:{number}", args={}, queue=queue)
        for number in range(start, start + count)
    ]


def _send_into(sent: list) -> relay.Send:
    return lambda name, args, queue: sent.append((name, args, queue))


def _later(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "real_now", lambda: moment)


def test_a_due_job_is_sent_once_and_again_after_the_pause(sent: list, monkeypatch: pytest.MonkeyPatch) -> None:
    (pk,) = _enqueue()
    send, moment = _send_into(sent), clock.real_now()
    assert (relay.relay_jobs(send), relay.relay_jobs(send)) == (1, 0)
    _later(moment + outbox.REDRIVE + SECOND, monkeypatch)
    assert relay.relay_jobs(send) == 1
    assert sent == [("common.tasks.run_job", [pk], "filing")] * 2


def test_only_a_window_of_each_queue_is_with_the_broker(sent: list, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "WINDOW", 3)
    filing, score = _enqueue(5), _enqueue(2, "score")
    send = _send_into(sent)
    assert (relay.relay_jobs(send), relay.relay_jobs(send)) == (5, 0)
    assert sorted(args[0] for _name, args, _queue in sent) == sorted([*filing[:3], *score])
    Job.objects.filter(pk=filing[0]).update(state=Job.State.DONE)
    assert relay.relay_jobs(send) == 1
    assert sent[-1] == ("common.tasks.run_job", [filing[3]], "filing")


def test_sending_again_costs_the_same_however_long_the_backlog(sent: list, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "WINDOW", 4)
    _enqueue(40)
    send, moment = _send_into(sent), clock.real_now()
    for round_number in range(10):
        _later(moment + round_number * (outbox.REDRIVE + SECOND), monkeypatch)
        relay.relay_jobs(send)
    assert len(sent) == 10 * 4


def test_a_running_job_is_sent_again_only_when_its_lease_ran_out(sent: list, monkeypatch: pytest.MonkeyPatch) -> None:
    (pk,) = _enqueue()
    moment = clock.real_now()
    assert jobs.job_claim(pk) is not None
    assert relay.relay_jobs(_send_into(sent)) == 0
    _later(moment + jobs.LEASE + SECOND, monkeypatch)
    assert relay.relay_jobs(_send_into(sent)) == 1


def test_events_wait_behind_the_window(sent: list, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "EVENT_WINDOW", 2)
    outbox.subscriber("test.window", name="tests.window", queue="score")(lambda event: None)
    events = [outbox.event_emit("test.window", {"n": number}) for number in range(3)]
    send = _send_into(sent)
    assert (relay.relay_events(send), relay.relay_events(send)) == (2, 0)
    assert outbox.event_deliver(events[0], "tests.window")
    assert relay.relay_events(send) == 1
    assert sent == [
        ("common.tasks.deliver_events", [events[:2], "tests.window"], "score"),
        ("common.tasks.deliver_events", [events[2:], "tests.window"], "score"),
    ]


def test_a_failing_event_is_sent_again_with_growing_pauses(sent: list, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox.subscriber("test.broken", name="tests.broken")(lambda event: None)
    event = outbox.event_emit("test.broken", {})
    start = clock.real_now()
    _later(start, monkeypatch)
    pauses = []
    for _attempt in range(7):
        outbox.event_failed(event, "tests.broken: ValueError: no")
        pauses.append(OutboxEvent.objects.get(pk=event).relayed_at + outbox.REDRIVE - start)
    assert [pause.total_seconds() for pause in pauses] == [15, 30, 60, 120, 240, 300, 300]
    assert OutboxEvent.objects.get(pk=event).attempts == 7
    _later(start + 299 * SECOND, monkeypatch)
    assert relay.relay_events(_send_into(sent)) == 0
    _later(start + 301 * SECOND, monkeypatch)
    assert relay.relay_events(_send_into(sent)) == 1


def test_work_that_is_sent_again_and_never_taken_is_stuck(sent: list, monkeypatch: pytest.MonkeyPatch) -> None:
    _enqueue()
    moment = clock.real_now()
    for seconds in (0, 16, 21):
        _later(moment + seconds * SECOND, monkeypatch)
        relay.relay_jobs(_send_into(sent))
        assert relay.backlog_is_stuck() is (seconds == 21)
    assert relay.backlog_is_stuck(since=moment) is True
    assert relay.backlog_is_stuck(since=moment + 2 * SECOND) is False


def test_a_waiting_event_alone_is_stuck_until_one_is_taken() -> None:
    outbox.subscriber("test.deaf", name="tests.deaf")(lambda event: None)
    first, _second = outbox.event_emit("test.deaf", {}), outbox.event_emit("test.deaf", {})
    assert relay.backlog_is_stuck() is False
    OutboxEvent.objects.update(created_at=clock.real_now() - WAIT)
    assert relay.backlog_is_stuck() is True
    assert outbox.event_deliver(first, "tests.deaf")
    assert relay.backlog_is_stuck() is False


def test_an_event_whose_subscriber_fails_is_no_sign_of_a_deaf_worker() -> None:
    outbox.subscriber("test.fails_always", name="tests.fails_always")(lambda event: None)
    event = outbox.event_emit("test.fails_always", {})
    outbox.event_failed(event, "tests.fails_always: ValueError: no")
    assert relay.backlog_is_stuck(clock.real_now() + WAIT) is False


def test_a_long_job_that_renews_its_lease_is_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    busy, _waiting = _enqueue(2)
    moment = clock.real_now()
    run = jobs.job_claim(busy)
    assert run is not None
    _later(moment + 2 * WAIT, monkeypatch)
    assert relay.backlog_is_stuck() is True
    assert run.renew()
    assert relay.backlog_is_stuck() is False


def test_a_dead_run_whose_lease_nobody_takes_over_is_stuck() -> None:
    (pk,) = _enqueue()
    moment = clock.real_now()
    assert jobs.job_claim(pk) is not None
    assert relay.backlog_is_stuck(moment + jobs.LEASE) is False
    assert relay.backlog_is_stuck(moment + jobs.LEASE + WAIT) is True


def test_a_restart_is_asked_for_once_in_a_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANXI_RUN_DIR", str(tmp_path))
    assert relay._ask_for_restart() is True
    assert (tmp_path / "restart-worker").read_text() == "no progress\n"
    (tmp_path / "restart-worker").unlink()
    assert relay._ask_for_restart() is False
    assert not (tmp_path / "restart-worker").exists()


def test_a_lease_is_renewed_again_after_the_database_was_away(monkeypatch: pytest.MonkeyPatch) -> None:
    (pk,) = _enqueue()
    run = jobs.job_claim(pk)
    assert run is not None

    def away() -> bool:
        raise DatabaseError("the connection is closed")

    monkeypatch.setattr(jobs.connection, "close", lambda: None)
    assert jobs._renewed(run) is True
    monkeypatch.setattr(run, "renew", away)
    assert jobs._renewed(run) is True
    monkeypatch.setattr(run, "renew", lambda: False)
    assert jobs._renewed(run) is False


def test_the_relay_itself_asks_for_a_new_worker(
    sent: list, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANXI_RUN_DIR", str(tmp_path))
    monkeypatch.setattr(relay, "WATCHDOG", timedelta(milliseconds=200))
    request, deadline = tmp_path / "restart-worker", time.monotonic() + 20
    _enqueue()
    relay.relay_forever(_send_into(sent), pause=0.01, stop=lambda: request.exists() or time.monotonic() > deadline)
    assert request.read_text() == "no progress\n"
