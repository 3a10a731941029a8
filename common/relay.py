"""The relay: sends the numbers of open events and jobs to Celery, again and again until they are closed.

It holds no state of its own; two relays share the rows through SKIP LOCKED. A watchdog measures progress: work waits
and nothing has moved for WATCHDOG seconds (a worker can live and be deaf) → it asks the supervisor for a new worker.
"""

import os
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from common import clock
from common.jobs import LEASE
from common.logs import get_logger
from common.models import InboxKey, Job, OutboxEvent
from common.outbox import REDRIVE, subscriptions

log = get_logger(__name__)
WINDOW = 60
EVENT_WINDOW = 400
EVENTS_PER_MESSAGE = 50
WATCHDOG = timedelta(seconds=20)
RESTART_PAUSE = timedelta(seconds=60)
BEAT_SLACK = timedelta(seconds=5)
Send = Callable[[str, list[object], str], None]


@transaction.atomic
def relay_jobs(send: Send) -> int:
    """Dispatch queued jobs that are due and running jobs whose lease ran out.

    At most WINDOW jobs of a queue are with the broker at a time: what waits behind them is sent once its turn comes,
    so that sending again every REDRIVE costs the same however long the backlog is.
    """
    moment = clock.real_now()
    stale = Q(dispatched_at__isnull=True) | Q(dispatched_at__lt=moment - REDRIVE)
    waiting = Q(state=Job.State.QUEUED, not_before__lte=moment) | Q(state=Job.State.RUNNING, lease_until__lt=moment)
    due = Job.objects.filter(waiting)
    sent = 0
    for queue in due.filter(stale).values_list("queue", flat=True).distinct():
        room = WINDOW - due.filter(queue=queue, dispatched_at__gte=moment - REDRIVE).count()
        free = due.select_for_update(skip_locked=True).filter(stale, queue=queue).order_by("id")
        jobs = list(free[: max(0, room)])
        for job in jobs:
            send("common.tasks.run_job", [job.pk], job.queue)
        Job.objects.filter(pk__in=[job.pk for job in jobs]).update(dispatched_at=moment)
        sent += len(jobs)
    return sent


@transaction.atomic
def relay_events(send: Send) -> int:
    """Send open events to the subscribers that have not taken them, many to a message.

    At most EVENT_WINDOW events are with the broker at a time.
    """
    moment = clock.real_now()
    waiting = Q(relayed_at__isnull=True) | Q(relayed_at__lt=moment - REDRIVE)
    is_open = OutboxEvent.objects.filter(closed_at__isnull=True)
    room = EVENT_WINDOW - is_open.filter(relayed_at__range=(moment - REDRIVE, moment)).count()
    free = is_open.select_for_update(skip_locked=True).filter(waiting).order_by("id")
    rows = list(free[: max(0, room)])
    for (name, queue), numbers in _by_subscriber(rows).items():
        for start in range(0, len(numbers), EVENTS_PER_MESSAGE):
            send("common.tasks.deliver_events", [numbers[start : start + EVENTS_PER_MESSAGE], name], queue)
    OutboxEvent.objects.filter(pk__in=[row.pk for row in rows]).update(relayed_at=moment)
    return len(rows)


def _by_subscriber(rows: list[OutboxEvent]) -> dict[tuple[str, str], list[int]]:
    wanted: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        queues = dict(subscriptions(row.topic))
        for name in row.pending:
            wanted[name, queues.get(name, "relay")].append(row.pk)
    return wanted


def backlog_is_stuck(moment: datetime | None = None, *, since: datetime | None = None) -> bool:
    """True when work has been due for WATCHDOG seconds and nobody has taken, renewed or finished any meanwhile.

    `since` is when the caller began to watch: nothing is called stuck before WATCHDOG seconds of watching. A job whose
    lease is being renewed is at work, however long it takes; an event whose subscriber fails is no sign of a worker
    that has stopped.
    """
    moment = moment or clock.real_now()
    limit = moment - WATCHDOG
    if since is not None and since > limit:
        return False
    late = Q(state=Job.State.QUEUED, not_before__lt=limit) | Q(state=Job.State.RUNNING, lease_until__lt=limit)
    events = OutboxEvent.objects.filter(closed_at__isnull=True, created_at__lt=limit, last_error="")
    if not Job.objects.filter(late).exists() and not events.exists():
        return False
    return not _has_moved(moment, limit)


def _has_moved(moment: datetime, limit: datetime) -> bool:
    beat = moment + LEASE - LEASE / 3 - BEAT_SLACK
    at_work = Q(state=Job.State.RUNNING, lease_until__gte=beat)
    tried = Q(state__in=[Job.State.QUEUED, Job.State.RUNNING], progressed_at__gte=limit)
    if Job.objects.filter(at_work | tried).exists() or Job.objects.filter(finished_at__gte=limit).exists():
        return True
    taken = InboxKey.objects.order_by("-pk").values_list("taken_at", flat=True).first()
    return taken is not None and taken >= limit


def _ask_for_restart(reason: str = "no progress") -> bool:
    """Leave the supervisor a request; at most one in RESTART_PAUSE from all relays, so that a worker can get up."""
    run_dir = Path(os.environ.get("LIANXI_RUN_DIR") or settings.RUN_DIR)
    run_dir.mkdir(parents=True, exist_ok=True)
    note = run_dir / "asked-for-worker"
    if note.exists() and time.time() - note.stat().st_mtime < RESTART_PAUSE.total_seconds():
        return False
    note.write_text(f"{reason}\n", encoding="utf-8")
    (run_dir / "restart-worker").write_text(f"{reason}\n", encoding="utf-8")
    return True


def celery_send(name: str, args: list[object], queue: str) -> None:
    """Hand a task's name and numbers to the broker."""
    from celery import current_app

    current_app.send_task(name, args=args, queue=queue, ignore_result=True)


def relay_forever(send: Send = celery_send, *, pause: float = 0.2, stop: Callable[[], bool] = lambda: False) -> None:
    """Relay until `stop()`; an unreachable broker or database is logged and tried again."""
    began, last_watch = clock.real_now(), time.monotonic()
    while not stop():
        try:
            moved = relay_jobs(send) + relay_events(send)
            if time.monotonic() - last_watch > WATCHDOG.total_seconds() / 4:
                last_watch = time.monotonic()
                if backlog_is_stuck(since=began) and _ask_for_restart():
                    log.error("relay.no_progress")
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
