"""Durable jobs: a row with lease, attempts, progress and result. Celery may lose, repeat or delay; the row decides."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.logs import get_logger
from common.models import Job
from common.principal import system_principal

log = get_logger(__name__)
LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 8
MAX_CLAIMS = 25  # a job that takes its worker down every time must end too
_handlers: dict[str, Callable[["JobRun"], None]] = {}


class LeaseLost(RuntimeError):  # noqa: N818 - reads as what happened
    """Another run has taken this job over; nothing of the present run may be kept."""


@dataclass(frozen=True)
class JobStatus:
    """A job as shown to people and over the API."""

    id: int
    state: str
    step: str
    done: int
    total: int | None
    error: str
    result: dict[str, Any] | None


class JobRun:
    """One attempt at one job, fenced by its lease."""

    def __init__(self, job: Job, owner: uuid.UUID) -> None:
        """Keep the row's number and our lease's name."""
        self.id = job.pk
        self.kind = job.kind
        self.key = job.key
        self.args: dict[str, Any] = job.args
        self.attempt = job.attempt
        self.owner = owner

    def mine(self) -> Any:
        """The row, as long as our lease holds."""
        return Job.objects.filter(pk=self.id, lease_owner=self.owner, state=Job.State.RUNNING)

    def progress(self, step: str, *, done: int = 0, total: int | None = None) -> None:
        """Show where the work is and renew the lease. Raises LeaseLost when another run took over."""
        moment = clock.real_now()
        changed = self.mine().update(
            step=step, done=done, total=total, progressed_at=moment, lease_until=moment + LEASE
        )
        if not changed:
            raise LeaseLost(f"{self.kind} {self.key}")

    def renew(self) -> bool:
        """Extend the lease without claiming progress."""
        return bool(self.mine().update(lease_until=clock.real_now() + LEASE))

    @contextmanager
    def finish(self, result: dict[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """The final transaction: everything written inside is kept only together with the job's end.

        Yields a dict that becomes the job's result. Raises LeaseLost, and keeps nothing, when the lease is gone.
        """
        outcome = dict(result or {})
        with acting_as(system_principal(f"job:{self.kind}")):
            if not self.mine().select_for_update().exists():
                raise LeaseLost(f"{self.kind} {self.key}")
            yield outcome
            moment = clock.real_now()
            self.mine().update(
                state=Job.State.DONE, result=outcome, step="done", finished_at=moment, progressed_at=moment,
                lease_until=None, error="",
            )


def job_handler(kind: str) -> Callable[[Callable[[JobRun], None]], Callable[[JobRun], None]]:
    """Register the function that does jobs of `kind`. It must end inside `run.finish(...)`."""

    def register(handle: Callable[[JobRun], None]) -> Callable[[JobRun], None]:
        _handlers[kind] = handle
        return handle

    return register


def job_enqueue(*, kind: str, key: str, args: dict[str, Any], queue: str, total: int | None = None) -> int:
    """Put work into the caller's transaction; the same (kind, key) twice is the same job. Returns its number."""
    if not connection.in_atomic_block:
        raise RuntimeError(f"Job {kind} {key} was enqueued outside a transaction.")
    job, _created = Job.objects.get_or_create(
        kind=kind, key=key, defaults={"args": args, "queue": queue, "total": total}
    )
    return job.pk


def job_of(kind: str, key: str) -> JobStatus | None:
    """The state of a job, or None."""
    job = Job.objects.filter(kind=kind, key=key).first()
    if job is None:
        return None
    return JobStatus(job.pk, job.state, job.step, job.done, job.total, job.error, job.result)


def job_claim(job_id: int) -> JobRun | None:
    """Take the lease of a job that is queued, or running with an expired lease."""
    moment = clock.real_now()
    owner = uuid.uuid4()
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=moment)
    claimed = Job.objects.filter(free, pk=job_id).update(
        state=Job.State.RUNNING, attempt=F("attempt") + 1, lease_owner=owner, lease_until=moment + LEASE,
        started_at=moment, progressed_at=moment,
    )
    if not claimed:
        return None
    job = Job.objects.get(pk=job_id)
    if job.attempt > MAX_CLAIMS:
        _end_poisoned(job)
        return None
    return JobRun(job, owner)


def _end_poisoned(job: Job) -> None:
    """Fail a job whose workers died under it again and again; an operator may put it back."""
    log.error("job.poisoned", kind=job.kind, key=job.key, attempt=job.attempt)
    Job.objects.filter(pk=job.pk, lease_owner=job.lease_owner).update(
        state=Job.State.FAILED, finished_at=clock.real_now(), lease_until=None,
        error=f"{job.attempt - 1} runs ended without a word: the worker died or was killed each time",
    )


def _renewed(run: JobRun) -> bool:
    """Renew a lease; a database that is away for a moment is asked again at the next beat."""
    try:
        return run.renew()
    except DatabaseError as error:
        log.warning("job.renewal_failed", kind=run.kind, key=run.key, error=str(error))
        connection.close()
        return True


@contextmanager
def _heartbeat(run: JobRun) -> Iterator[None]:
    """Renew the lease from a second thread while a long step blocks the first."""
    stop = threading.Event()

    def beat() -> None:
        try:
            while not stop.wait(LEASE.total_seconds() / 3):
                if not _renewed(run):
                    return
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"lease-{run.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()


def job_run(job_id: int) -> bool:
    """Do one job if nobody else does it. True when this call finished it."""
    run = job_claim(job_id)
    if run is None:
        return False
    try:
        with _heartbeat(run):
            _handlers[run.kind](run)
    except LeaseLost:
        log.warning("job.lease_lost", kind=run.kind, key=run.key, attempt=run.attempt)
        return False
    except Exception as error:
        _give_back(run, error)
        return False
    if run.mine().exists():
        _give_back(run, RuntimeError("the handler returned without finishing the job"))
        return False
    return True


def _give_back(run: JobRun, error: Exception) -> None:
    """Queue the job again with a growing pause, or end it as failed after MAX_ATTEMPTS or a refusal."""
    is_final = run.attempt >= MAX_ATTEMPTS or isinstance(error, Refusal)
    log.error("job.failed", kind=run.kind, key=run.key, attempt=run.attempt, final=is_final, exc_info=error)
    moment = clock.real_now()
    run.mine().update(
        state=Job.State.FAILED if is_final else Job.State.QUEUED,
        error=f"{type(error).__name__}: {error}"[:2000],
        lease_until=None,
        dispatched_at=None,
        not_before=moment + timedelta(seconds=min(300, 2**run.attempt)),
        finished_at=moment if is_final else None,
    )


def jobs_drain(limit: int = 1000) -> int:
    """Run every queued job in this process (tests, small tools). Returns the jobs finished."""
    done = 0
    for pk in Job.objects.filter(state=Job.State.QUEUED).order_by("id").values_list("pk", flat=True)[:limit]:
        done += job_run(pk)
    return done


@transaction.atomic
def job_redrive(job_id: int) -> bool:
    """Queue a failed job again (an operator's act)."""
    return bool(
        Job.objects.filter(pk=job_id, state=Job.State.FAILED).update(
            state=Job.State.QUEUED, attempt=0, not_before=clock.real_now(), dispatched_at=None, finished_at=None
        )
    )
