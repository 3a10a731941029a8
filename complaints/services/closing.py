"""How a complaint ends: by the authority's decision or by the complainant's withdrawal, never by time."""

from django.utils.translation import gettext_lazy as _

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.outbox import event_emit
from common.principal import Principal, system_principal
from complaints.choices import Outcome, ReplyKind
from complaints.events import COMPLAINT_CLOSED
from complaints.models import Complaint
from complaints.services.answering import reply_check, reply_store
from complaints.services.clocks import clocks_refresh
from complaints.services.notices import complainant_tell
from complaints.services.receipts import complaint_with_receipt
from complaints.services.steps import step

AUTHORITY_OUTCOMES = (
    Outcome.UPHELD.value,
    Outcome.PARTLY.value,
    Outcome.REJECTED.value,
    Outcome.EXPLAINED.value,
    Outcome.NOT_IN_TIME.value,
)


def complaint_close(*, actor: Principal, complaint_id: int, outcome: str, reason: str) -> int:
    """The authority decides and tells the complainant why.

    Refuses without permission, without a reason of at least 10 characters, with an unknown outcome, while the
    platform has the complaint and its time is not over, and when it is closed already.
    """
    reply_check(reason, outcome, AUTHORITY_OUTCOMES)
    with acting_as(actor):
        row = step(actor=actor, pk=complaint_id, verb="close", data={"outcome": outcome})
        reply_store(row, actor, ReplyKind.AUTHORITY, outcome, reason)
        Complaint.objects.filter(pk=row.pk).update(closed_at=clock.now(), outcome=outcome)
        clocks_refresh(row)
        event_emit(COMPLAINT_CLOSED, {"complaint_id": row.pk, "platform_id": row.platform_id, "outcome": outcome})
        complainant_tell(row, "closed")
    return complaint_id


def complaint_return(*, actor: Principal, complaint_id: int, note: str) -> int:
    """Send an insufficient answer back to the platform. Refuses without a note, without permission, outside `answered`.

    The note is kept in the history and must not name people. No clock is reset.
    """
    if not note.strip():
        raise Refusal(
            "complaint.note_missing", _("Say what is missing."), field="note", cure=_("Write one sentence."), status=422
        )
    with acting_as(actor):
        return step(actor=actor, pk=complaint_id, verb="return", note=note.strip()[:500]).pk


def complaint_withdraw(*, actor: Principal, receipt: str) -> bool:
    """The holder of the receipt withdraws; the procedure ends on the day this arrives.

    Returns False for an unknown receipt and says nothing more. Refuses when the complaint has ended already.
    Source: Measures for consumer complaints in banking and insurance (2020), art. 15.
    """
    with acting_as(system_principal("complaints.holder")) as holder:
        row = complaint_with_receipt(receipt)
        if row is None:
            return False
        step(actor=holder, pk=row.pk, verb="withdraw")
        Complaint.objects.filter(pk=row.pk).update(closed_at=clock.now())
        clocks_refresh(row)
    return True
