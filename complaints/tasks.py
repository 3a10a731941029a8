"""Beat's doors: nothing in, one service call."""

from celery import shared_task

from common.principal import system_principal
from complaints import services


@shared_task(name="complaints.tasks.escalate_overdue", ignore_result=True)
def escalate_overdue() -> int:
    """Escalate what is overdue."""
    return services.complaints_escalate_overdue(actor=system_principal("complaints.beat"))


@shared_task(name="complaints.tasks.expire_drafts", ignore_result=True)
def expire_drafts() -> int:
    """Destroy drafts whose time is over."""
    return services.drafts_expire(actor=system_principal("complaints.beat"))
