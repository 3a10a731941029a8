"""What happens when a date passes: the complaint moves up and stays open.

The platform is late: the authority takes over. The authority is late: the joint meeting hears of it.
"""

from collections.abc import Sequence

from common import clock
from common.db.acting import acting_as
from common.logs import get_logger
from common.outbox import event_emit
from common.principal import Principal, system_principal
from complaints.choices import ClockKey, ComplaintState
from complaints.events import COMPLAINT_OVERDUE
from complaints.models import Complaint, ComplaintClock
from complaints.services.clocks import clocks_refresh
from complaints.services.notices import complainant_tell
from complaints.services.steps import step
from regulators.choices import AgendaKind
from regulators.selectors import authority_ref
from regulators.services import agenda_item_propose

log = get_logger(__name__)
BATCH = 500
ESCALATOR = system_principal("complaints.escalation")
OF_THE_AUTHORITY = frozenset({ClockKey.HANDLING.value, ClockKey.DECISION.value})


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
        late = _late(row) if row else []
        if row is None or not late:
            return False
        if row.state not in {ComplaintState.ESCALATED, ComplaintState.ANSWERED}:
            step(actor=ESCALATOR, pk=pk, verb="escalate", data={"clocks": [item.key for item in late]})
        _mark(row, late)
        clocks_refresh(row)
    return True


def _late(row: Complaint) -> list[ComplaintClock]:
    running = row.clocks.filter(met_at=None, escalated_at=None, is_paused=False, due_on__lt=clock.today())
    return list(running.order_by("due_on", "id"))


def _mark(row: Complaint, late: Sequence[ComplaintClock]) -> None:
    row.clocks.filter(pk__in=[item.pk for item in late]).update(escalated_at=clock.now())
    event_emit(COMPLAINT_OVERDUE, {"complaint_id": row.pk, "platform_id": row.platform_id, "clock": late[0].key})
    if any(item.key == ClockKey.FIRST_ANSWER for item in late) or late[0].key == ClockKey.HANDLING:
        complainant_tell(row, "overdue")
    if any(item.key in OF_THE_AUTHORITY for item in late):
        _tell_the_meeting(row)


def _tell_the_meeting(row: Complaint) -> None:
    """Put the authority's lateness on the agenda of this quarter: one item per authority, with the present count."""
    today = clock.today()
    quarter = f"{today.year}Q{(today.month + 2) // 3}"
    authority = authority_ref(row.owner_authority_id) if row.owner_authority_id else None
    code = authority.code if authority else "-"
    names = authority.name if authority else {"zh": "未定主管单位", "en": "no authority named"}
    count = _late_at(row.owner_authority_id)
    agenda_item_propose(
        actor=ESCALATOR,
        meeting_quarter=quarter,
        subject=f"complaints-late:{code}",
        kind=AgendaKind.IMPORTANT_MATTER,
        title={"zh": f"投诉逾期未处理：{names['zh']}", "en": f"Complaints past their date: {names['en']}"},
        body={
            "zh": f"截至{today}，{names['zh']}（{code}）有{count}件投诉超过自身期限仍未处理。投诉继续有效，未被关闭。",
            "en": f"On {today} {count} complaints with {names['en']} ({code}) had passed the authority's own date. "
            "They stay open.",
        },
        proposed_by_id=row.owner_authority_id,
        or_next=True,
    )


def _late_at(authority_id: int | None) -> int:
    late = ComplaintClock.objects.filter(
        key__in=OF_THE_AUTHORITY, met_at__isnull=True, escalated_at__isnull=False,
        complaint__owner_authority_id=authority_id, complaint__in=Complaint.objects.open(),
    )
    return late.values("complaint").distinct().count()
