"""What happens when a date passes: the complaint moves up and stays open."""

from common import clock
from common.db.acting import acting_as
from common.logs import get_logger
from common.principal import Principal, system_principal
from complaints.choices import ComplaintState
from complaints.events import COMPLAINT_OVERDUE
from complaints.models import Complaint
from complaints.services.notices import complainant_tell
from complaints.services.steps import step

log = get_logger(__name__)
BATCH = 500
ESCALATOR = system_principal("complaints.escalation")


def complaints_escalate_overdue(*, actor: Principal) -> int:
    """Escalate every open complaint with a clock that ran out before today; returns how many.

    Due and not yet done is the test, never "due today": a day without this run loses nothing, a second run does
    nothing, two runs at once share the work. Each complaint is its own transaction. Nothing is closed.
    """
    today = clock.today()
    with acting_as(ESCALATOR):
        due = list(Complaint.objects.overdue(today).order_by("pk").values_list("pk", flat=True)[:BATCH])
    done = sum(_escalate(pk) for pk in due)
    if due:
        log.info("complaints.escalated", found=len(due), done=done)
    return done


def _escalate(pk: int) -> bool:
    """One complaint, unless another run has it in hand or has done it."""
    with acting_as(ESCALATOR):
        row = Complaint.objects.open().select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
        late = list(row.clocks.filter(met_at=None, escalated_at=None, due_on__lt=clock.today())) if row else []
        if row is None or not late:
            return False
        if row.state not in {ComplaintState.ESCALATED, ComplaintState.ANSWERED}:
            step(actor=ESCALATOR, pk=pk, verb="escalate", data={"clocks": [item.key for item in late]})
        _mark(row, [item.pk for item in late], late[0].key)
    return True


def _mark(row: Complaint, clock_ids: list[int], key: str) -> None:
    from common.outbox import event_emit

    row.clocks.filter(pk__in=clock_ids).update(escalated_at=clock.now())
    event_emit(COMPLAINT_OVERDUE, {"complaint_id": row.pk, "platform_id": row.platform_id, "clock": key})
    complainant_tell(row, "overdue")
