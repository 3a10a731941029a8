"""Passing a complaint to the platform it is about."""

from common import clock
from common.db.acting import acting_as
from common.outbox import event_emit
from common.principal import Principal
from complaints.events import COMPLAINT_FORWARDED
from complaints.models import Complaint
from complaints.services.clocks import clocks_refresh, running_due
from complaints.services.notices import complainant_tell
from complaints.services.steps import step


def complaint_forward(*, actor: Principal, complaint_id: int) -> int:
    """Send the complaint to its platform, which sees it in the API from now on; the complainant is told.

    Refuses without permission, outside `routed` and `escalated`, and when the platform is not in the register.
    The authority's own clock is met; the platform's clock started at receipt and goes on: forwarding moves no date.
    """
    with acting_as(actor):
        row = step(actor=actor, pk=complaint_id, verb="forward")
        Complaint.objects.filter(pk=row.pk).update(forwarded_at=clock.now())
        clocks_refresh(row)
        event_emit(COMPLAINT_FORWARDED, {"complaint_id": row.pk, "platform_id": row.platform_id})
        complainant_tell(row, "forwarded", date=running_due(row))
    return complaint_id
