"""Beat's door: a name in, one durable job."""

from celery import shared_task

from config.periodic import fire as put_into_queue


@shared_task(name="config.tasks.fire", ignore_result=True)
def fire(name: str) -> None:
    """Enqueue the periodic work `name` for the present period."""
    put_into_queue(name)
