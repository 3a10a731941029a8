"""Celery doors of the kernel: a number in, one call, nothing else."""

from celery import shared_task
from django.db import close_old_connections

from common import jobs, outbox


@shared_task(name="common.tasks.run_job", acks_late=True, ignore_result=True)
def run_job(job_id: int) -> None:
    """Do one durable job (a second delivery finds the lease taken and stops)."""
    close_old_connections()
    jobs.job_run(job_id)


@shared_task(name="common.tasks.deliver_events", acks_late=True, ignore_result=True)
def deliver_events(event_ids: list[int], subscriber: str) -> None:
    """Give events to one subscriber, each in a transaction of its own; one that fails stays open."""
    close_old_connections()
    for event_id in event_ids:
        outbox.event_try(event_id, subscriber)
