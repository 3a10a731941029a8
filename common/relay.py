"""The relay: sends the numbers of open events and jobs to Celery, again and again until they are closed.

It holds no state of its own; two relays share the rows through SKIP LOCKED. A watchdog measures progress: work waits
and nothing has moved for WATCHDOG seconds → it asks the supervisor for a new worker.
"""

import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from common import clock
from common.logs import get_logger
from common.models import Job, OutboxEvent
from common.outbox import subscriptions

log = get_logger(__name__)
BATCH = 200
REDRIVE = timedelta(seconds=15)
WATCHDOG = timedelta(seconds=20)
Send = Callable[[str, list[object], str], None]


@transaction.atomic
def relay_jobs(send: Send) -> int:
    """Dispatch queued jobs that are due and running jobs whose lease ran out."""
    moment = clock.real_now()
    stale = Q(dispatched_at__isnull=True) | Q(dispatched_at__lt=moment - REDRIVE)
    due = Q(state=Job.State.QUEUED, not_before__lte=moment) & stale
    expired = Q(state=Job.State.RUNNING, lease_until__lt=moment) & stale
    jobs = list(Job.objects.select_for_update(skip_locked=True).filter(due | expired).order_by("id")[:BATCH])
    for job in jobs:
        send("common.tasks.run_job", [job.pk], job.queue)
    Job.objects.filter(pk__in=[job.pk for job in jobs]).update(dispatched_at=moment)
    return len(jobs)


@transaction.atomic
def relay_events(send: Send) -> int:
    """Send every open event to the subscribers that have not taken it."""
    moment = clock.real_now()
    waiting = Q(relayed_at__isnull=True) | Q(relayed_at__lt=moment - REDRIVE)
    rows = list(
        OutboxEvent.objects.select_for_update(skip_locked=True)
        .filter(waiting, closed_at__isnull=True).order_by("id")[:BATCH]
    )
    for row in rows:
        queues = dict(subscriptions(row.topic))
        for name in row.pending:
            send("common.tasks.deliver_event", [row.pk, name], queues.get(name, "relay"))
    OutboxEvent.objects.filter(pk__in=[row.pk for row in rows]).update(relayed_at=moment)
    return len(rows)


def backlog_is_stuck(moment: datetime | None = None) -> bool:
    """True when dispatched work waits and neither a job nor an event has moved for WATCHDOG seconds."""
    moment = moment or clock.real_now()
    waiting = Job.objects.filter(state=Job.State.QUEUED, dispatched_at__lt=moment - WATCHDOG)
    if not waiting.exists():
        return False
    moved = Job.objects.aggregate(progress=Max("progressed_at"), finish=Max("finished_at"))
    latest = max((value for value in moved.values() if value), default=None)
    return latest is None or latest < moment - WATCHDOG


def _ask_for_restart() -> None:
    run_dir = Path(os.environ.get("LIANXI_RUN_DIR") or settings.RUN_DIR)
    run_dir.mkdir(parents=True, exist_ok=True)
    (run_dir / "restart-worker").write_text("no progress\n", encoding="utf-8")


def celery_send(name: str, args: list[object], queue: str) -> None:
    """Hand a task's name and numbers to the broker."""
    from celery import current_app

    current_app.send_task(name, args=args, queue=queue, ignore_result=True)


def relay_forever(send: Send = celery_send, *, pause: float = 0.2, stop: Callable[[], bool] = lambda: False) -> None:
    """Relay until `stop()`; an unreachable broker or database is logged and tried again."""
    last_watch = time.monotonic()
    while not stop():
        try:
            moved = relay_jobs(send) + relay_events(send)
            if time.monotonic() - last_watch > WATCHDOG.total_seconds() / 4:
                last_watch = time.monotonic()
                if backlog_is_stuck():
                    log.error("relay.no_progress")
                    _ask_for_restart()
        except Exception as error:
            log.exception("relay.failed", exc_info=error)
            moved = 0
            _reset_connection()
            time.sleep(1)
        if not moved:
            time.sleep(pause)


def _reset_connection() -> None:
    from django.db import connection

    connection.close()
