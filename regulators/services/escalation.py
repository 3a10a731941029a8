"""Nothing is dropped between two desks: an unanswered matter moves on by itself, each step exactly once.

Hand-overs and questions climb the same ladder. Steps that became due while nobody swept are taken one after the other,
in their order; two sweeps at once take each step once, because each works on the locked row. What came before the
joint meeting waits on an agenda; the sweep gives it a new place when that one is gone or its quarter is over.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from common import clock
from common.db.acting import acting_as
from common.errors import NotYours
from common.principal import Principal
from common.transitions import transition_apply
from common.workflow import Workflow
from regulators import events
from regulators.choices import AgendaKind, ConsultationState, HandOverState
from regulators.models import AgendaItem, Authority, Consultation, HandOver
from regulators.permissions import permits_party, require
from regulators.selectors.authorities import meeting_convenor, superior_of
from regulators.services import consultations, handovers, matters
from regulators.services.agenda import agenda_item_propose, item_carry, item_standing_for
from regulators.services.matters import Matter
from regulators.services.sharing import object_share
from regulators.workflow import CONSULTATION_WORKFLOW, HANDOVER_WORKFLOW


@dataclass(frozen=True)
class Ladder:
    """How one kind of matter climbs: its rows, its table of steps, what is announced, and what it is called."""

    kind: str
    model: Any
    first: str
    workflow: Workflow
    topics: Mapping[str, str]
    guards: Callable[[str], Mapping[str, Callable[[Any], None]]]
    parties: Callable[[Any], dict[str, Any]]
    title: Mapping[str, str]
    text: str


HAND_OVERS = Ladder(
    handovers.KIND, HandOver, HandOverState.OFFERED, HANDOVER_WORKFLOW,
    dict.fromkeys(("remind", "raise", "bring"), events.HANDOVER_ESCALATED), handovers.guards, handovers.parties,
    {"zh": "移交未定", "en": "Hand-over undecided"}, "reason",
)  # fmt: skip
QUESTIONS = Ladder(
    consultations.KIND, Consultation, ConsultationState.OPEN, CONSULTATION_WORKFLOW,
    {"remind": events.CONSULTATION_OVERDUE, **dict.fromkeys(("raise", "bring"), events.CONSULTATION_ESCALATED)},
    consultations.guards, consultations.parties, {"zh": "征求意见未复", "en": "Question unanswered"}, "question",
)  # fmt: skip


def handovers_escalate_overdue(*, actor: Principal) -> int:
    """Take every step that is due by the clock; returns how many were taken. The system only.

    After the last day for an answer: a reminder; after the next term: the receiver's superior body, where there is
    one; after the last: an item on the agenda of the joint meeting. There it waits until it is settled or answered:
    when its item is gone or the quarter passed without a sitting, it gets its place on the next open agenda.
    """
    return _sweep(actor, HAND_OVERS)


def consultations_escalate_overdue(*, actor: Principal) -> int:
    """The same ladder for questions that nobody answered; returns how many steps were taken. The system only."""
    return _sweep(actor, QUESTIONS)


def _sweep(actor: Principal, ladder: Ladder) -> int:
    require(actor, f"{ladder.kind}.sweep")
    today, taken = clock.today(), 0
    with acting_as(Principal(kind="system", label=actor.label)) as system:
        rows = ladder.model.objects.annotate(
            up=Coalesce(F("superior_on"), F("due_on")), before=Coalesce(F("meeting_on"), F("due_on"))
        )
        due = (
            Q(state=ladder.first, due_on__lt=today)
            | Q(state=HandOverState.REMINDED, up__lt=today)
            | Q(state=HandOverState.RAISED, before__lt=today)
        )
        for pk in list(rows.filter(due).order_by("pk").values_list("pk", flat=True)):
            taken += _escalate(system, ladder, pk, today)
        for row in matters.misplaced():
            if isinstance(row, ladder.model):
                taken += _place(system, ladder, row.pk)
    return taken


@transaction.atomic
def _escalate(actor: Principal, ladder: Ladder, pk: int, today: date) -> int:
    """Every step of one matter that is due."""
    row = ladder.model.objects.select_for_update(of=("self",)).get(pk=pk)
    taken = 0
    while verb := _due_step(ladder, row, today):
        row = _take(actor, ladder, row, verb)
        taken += 1
    return taken


def _due_step(ladder: Ladder, row: Matter, today: date) -> str:
    """The next step by the clock, empty when none is due. Without a superior body that step is left out."""
    if row.state == ladder.first and row.due_on < today:
        return "remind"
    has_superior = _superior(row) is not None
    if row.state == HandOverState.REMINDED and has_superior and (row.superior_on or row.due_on) < today:
        return "raise"
    waiting = {HandOverState.RAISED} if has_superior else {HandOverState.RAISED, HandOverState.REMINDED}
    return "bring" if row.state in waiting and (row.meeting_on or row.due_on) < today else ""


def _superior(row: Matter) -> int | None:
    """The body above the receiver today."""
    return superior_of(row.to_authority_id, clock.today())


def _take(actor: Principal, ladder: Ladder, row: Matter, verb: str, note: str = "") -> Any:
    moved = transition_apply(
        actor=actor,
        workflow=ladder.workflow,
        model=ladder.model,
        pk=row.pk,
        verb=verb,
        permits=permits_party,
        guards=ladder.guards(note),
        note=note,
        data=ladder.parties(row),
        topic=ladder.topics[verb],
    )
    with acting_as(Principal(kind="system", label=actor.label)) as system:
        {"remind": _remind, "raise": _raise, "bring": _bring}[verb](system, ladder, moved)
    return moved


def _remind(_actor: Principal, _ladder: Ladder, row: Matter) -> None:
    """A question keeps the day of its reminder."""
    if isinstance(row, Consultation):
        row.reminded_on = clock.today()
        row.save(update_fields=["reminded_on"])


def _raise(actor: Principal, ladder: Ladder, row: Matter) -> None:
    """The superior of the receiver sees the matter."""
    row.superior_id = _superior(row)
    row.save(update_fields=["superior"])
    _show(actor, ladder, row, row.superior_id)


def _bring(actor: Principal, ladder: Ladder, row: Matter) -> None:
    """The matter goes on the agenda of the next meeting that is still to come; its secretariat sees it."""
    convenor = meeting_convenor()
    _show(actor, ladder, row, convenor.id if convenor else None)
    row.agenda_item_id = _propose(actor, ladder, row)
    row.save(update_fields=["agenda_item"])


@transaction.atomic
def _place(actor: Principal, ladder: Ladder, pk: int) -> int:
    """Give a matter before the meeting a place that is alive and has a day ahead; 0 when another sweep did."""
    seen = ladder.model.objects.get(pk=pk)
    matters.place_lock(seen)
    row = ladder.model.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.agenda_item_id != seen.agenda_item_id or not matters.is_misplaced(row, clock.today()):
        return 0
    item = AgendaItem.objects.select_related("meeting").filter(pk=row.agenda_item_id).first()
    if item is not None and matters.is_live(item):
        item_carry(item)
    else:
        _bring(actor, ladder, row)
    return 1


def _show(actor: Principal, ladder: Ladder, row: Matter, authority_id: int | None) -> None:
    if authority_id is not None:
        object_share(
            actor=actor, object_kind=ladder.kind, object_id=row.pk, authority_id=authority_id, reason="escalated"
        )


def _propose(actor: Principal, ladder: Ladder, row: Matter) -> int:
    names = {a.pk: a for a in Authority.objects.filter(pk__in=(row.from_authority_id, row.to_authority_id))}
    sender, receiver = names[row.from_authority_id], names[row.to_authority_id]
    proposed = agenda_item_propose(
        actor=actor,
        meeting_quarter=matters.quarter_today(),
        subject=matters.subject_of(row),
        title={
            "zh": f"{ladder.title['zh']}：{row.title_zh}（{sender.name_zh} → {receiver.name_zh}）",
            "en": f"{ladder.title['en']}: {row.title_en} ({sender.name_en} → {receiver.name_en})",
        },
        kind=AgendaKind.CONSULTATION,
        body=_body(ladder, row),
        proposed_by_id=row.from_authority_id,
        or_next=True,
    )
    return item_standing_for(proposed.item_id)


def _body(ladder: Ladder, row: Matter) -> dict[str, str]:
    """What was asked for, what came back, and the days."""
    words = getattr(row, ladder.text)
    names = {"reason": ("移交理由", "Reason"), "question": ("问题", "Question")}[ladder.text]
    answer = {
        "zh": f"答复：{row.answer}" if row.answer else "接收单位未答复。",
        "en": f"Answer: {row.answer}" if row.answer else "The receiver has not answered.",
    }
    return {
        "zh": f"{names[0]}：{words}\n{answer['zh']}\n发出日期{row.sent_on}，答复期限{row.due_on}。",
        "en": f"{names[1]}: {words}\n{answer['en']}\nSent on {row.sent_on}, answer due on {row.due_on}.",
    }


@transaction.atomic
def handover_bring_to_meeting(*, actor: Principal, handover_id: int, reason: str) -> int:
    """The sender of a refused hand-over takes it to the joint meeting; returns the agenda item's id.

    Refuses everybody else, a hand-over that was not refused, and one whose matter was offered again meanwhile.
    """
    return _bring_by_sender(actor, HAND_OVERS, handover_id, reason)


@transaction.atomic
def consultation_bring_to_meeting(*, actor: Principal, consultation_id: int, reason: str) -> int:
    """The asking authority takes a refused question to the joint meeting; returns the agenda item's id.

    Refuses everybody else, a question that was not refused, and one about a matter that went to somebody else.
    """
    return _bring_by_sender(actor, QUESTIONS, consultation_id, reason)


def _bring_by_sender(actor: Principal, ladder: Ladder, pk: int, reason: str) -> int:
    row = ladder.model.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise NotYours(ladder.kind)
    return int(_take(actor, ladder, row, "bring", reason).agenda_item_id)
