"""Celery doors of the kernel: a number in, one call, nothing else."""

from celery import shared_task

from common import jobs, outbox


@shared_task(name="common.tasks.run_job", acks_late=True, ignore_result=True)
def run_job(job_id: int) -> None:
    """Do one durable job (a second delivery finds the lease taken and stops)."""
    jobs.job_run(job_id)


@shared_task(name="common.tasks.deliver_event", acks_late=True, ignore_result=True)
def deliver_event(event_id: int, subscriber: str) -> None:
    """Give one event to one subscriber."""
    try:
        outbox.event_deliver(event_id, subscriber)
    except Exception as error:
        outbox.event_failed(event_id, f"{subscriber}: {type(error).__name__}: {error}")
        raise
