"""Nothing is dropped between two desks: an unanswered matter moves on by itself, each step exactly once.

Steps that became due while nobody swept are taken one after the other, in their order; two sweeps at once take each
step once, because each works on the locked row.
"""

from datetime import date

from django.db import transaction
from django.db.models import Q

from common import clock
from common.db.acting import acting_as
from common.errors import NotYours
from common.outbox import event_emit
from common.principal import Principal
from common.transitions import transition_apply
from regulators import events
from regulators.choices import AgendaKind, ConsultationState, HandOverState
from regulators.models import Authority, Consultation, HandOver
from regulators.permissions import permits_party, require
from regulators.selectors.authorities import meeting_convenor, superior_of
from regulators.services.agenda import agenda_item_propose
from regulators.services.handovers import KIND, guards, parties
from regulators.services.sharing import object_share
from regulators.workflow import HANDOVER_WORKFLOW


def handovers_escalate_overdue(*, actor: Principal) -> int:
    """Take every step that is due by the clock; returns how many were taken. The system only.

    After the last day for an answer: a reminder; after the next term: the receiver's superior body, where there is
    one; after the last: an item on the agenda of the joint meeting.
    """
    require(actor, "handover.sweep")
    today, taken = clock.today(), 0
    with acting_as(Principal(kind="system", label=actor.label)) as system:
        due = (
            Q(state=HandOverState.OFFERED, due_on__lt=today)
            | Q(state=HandOverState.REMINDED, superior_on__lt=today)
            | Q(state=HandOverState.RAISED, meeting_on__lt=today)
        )
        for pk in list(HandOver.objects.filter(due).order_by("pk").values_list("pk", flat=True)):
            taken += _escalate(system, pk, today)
    return taken


@transaction.atomic
def _escalate(actor: Principal, pk: int, today: date) -> int:
    """Every step of one hand-over that is due."""
    handover = HandOver.objects.select_for_update(of=("self",)).get(pk=pk)
    taken = 0
    while verb := _due_step(handover, today):
        handover = _take(actor, handover, verb)
        taken += 1
    return taken


def _due_step(handover: HandOver, today: date) -> str:
    """The next step by the clock, empty when none is due. Without a superior body that step is left out."""
    if handover.state == HandOverState.OFFERED and handover.due_on < today:
        return "remind"
    has_superior = _superior(handover) is not None
    if handover.state == HandOverState.REMINDED and has_superior and handover.superior_on < today:
        return "raise"
    waiting = {HandOverState.RAISED} if has_superior else {HandOverState.RAISED, HandOverState.REMINDED}
    return "bring" if handover.state in waiting and handover.meeting_on < today else ""


def _superior(handover: HandOver) -> int | None:
    """The body above the receiver today."""
    return superior_of(handover.to_authority_id, clock.today())


def _take(actor: Principal, handover: HandOver, verb: str, note: str = "") -> HandOver:
    handover = transition_apply(
        actor=actor,
        workflow=HANDOVER_WORKFLOW,
        model=HandOver,
        pk=handover.pk,
        verb=verb,
        permits=permits_party,
        guards=guards(note),
        note=note,
        data=parties(handover),
        topic=events.HANDOVER_ESCALATED,
    )
    with acting_as(Principal(kind="system", label=actor.label)) as system:
        if verb == "raise":
            _raise(system, handover)
        if verb == "bring":
            _bring(system, handover)
    return handover


def _raise(actor: Principal, handover: HandOver) -> None:
    """The superior of the receiver sees the hand-over."""
    handover.superior_id = _superior(handover)
    handover.save(update_fields=["superior"])
    _show(actor, handover, handover.superior_id)


def _bring(actor: Principal, handover: HandOver) -> None:
    """The matter goes on the agenda of the next meeting that is still to come; its secretariat sees the hand-over."""
    convenor = meeting_convenor()
    _show(actor, handover, convenor.id if convenor else None)
    handover.agenda_item_id = _propose(actor, handover)
    handover.save(update_fields=["agenda_item"])


def _show(actor: Principal, handover: HandOver, authority_id: int | None) -> None:
    if authority_id is not None:
        object_share(
            actor=actor, object_kind=KIND, object_id=handover.pk, authority_id=authority_id, reason="escalated"
        )


def _propose(actor: Principal, handover: HandOver) -> int:
    names = {a.pk: a for a in Authority.objects.filter(pk__in=(handover.from_authority_id, handover.to_authority_id))}
    sender, receiver = names[handover.from_authority_id], names[handover.to_authority_id]
    title = {
        "zh": f"移交未定：{handover.title_zh}（{sender.name_zh} → {receiver.name_zh}）",
        "en": f"Hand-over undecided: {handover.title_en} ({sender.name_en} → {receiver.name_en})",
    }
    answer = {
        "zh": f"答复：{handover.answer}" if handover.answer else "接收单位未答复。",
        "en": f"Answer: {handover.answer}" if handover.answer else "The receiver has not answered.",
    }
    body = {
        "zh": f"移交理由：{handover.reason}\n{answer['zh']}\n移交日期{handover.sent_on}，答复期限{handover.due_on}。",
        "en": f"Reason: {handover.reason}\n{answer['en']}\n"
        f"Offered on {handover.sent_on}, answer due on {handover.due_on}.",
    }
    day = clock.today()
    proposed = agenda_item_propose(
        actor=actor,
        meeting_quarter=f"{day.year}Q{(day.month + 2) // 3}",
        subject=f"{KIND}:{handover.public_id}",
        title=title,
        kind=AgendaKind.CONSULTATION,
        body=body,
        proposed_by_id=handover.from_authority_id,
        or_next=True,
    )
    return proposed.item_id


@transaction.atomic
def handover_bring_to_meeting(*, actor: Principal, handover_id: int, reason: str) -> int:
    """The sender of a refused hand-over takes it to the joint meeting; returns the agenda item's id.

    Refuses everybody else, a hand-over that was not refused, and one whose matter was offered again meanwhile.
    """
    handover = HandOver.objects.select_for_update(of=("self",)).filter(pk=handover_id).first()
    if handover is None:
        raise NotYours(KIND)
    moved = _take(actor, handover, "bring", reason)
    return moved.agenda_item_id or 0


def consultations_remind_overdue(*, actor: Principal) -> int:
    """Announce each unanswered question once, after its last day. The system only; returns how many."""
    require(actor, "handover.sweep")
    today = clock.today()
    with acting_as(Principal(kind="system", label=actor.label)):
        late = Consultation.objects.select_for_update(of=("self",)).filter(
            state=ConsultationState.OPEN, due_on__lt=today, reminded_on__isnull=True
        )
        rows = list(late.order_by("pk"))
        for row in rows:
            row.reminded_on = today
            row.save(update_fields=["reminded_on"])
            event_emit(events.CONSULTATION_OVERDUE, {"id": row.pk, "subject": row.subject})
    return len(rows)
