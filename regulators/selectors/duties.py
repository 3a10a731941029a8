"""What the joint meeting, its experts and its escalations wait for one person to do, each with its day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from common import clock
from common.principal import Principal
from common.transitions import transitions_of
from regulators.choices import (
    ActionState,
    AgendaState,
    AttendanceState,
    Capacity,
    HandOverState,
    MeetingState,
    MinutesState,
    QuestionState,
    SeatState,
)
from regulators.models import (
    ActionItem,
    Attendance,
    Consultation,
    ExpertQuestion,
    HandOver,
    JointMeeting,
    Minutes,
    PanelSeat,
)
from regulators.permissions import is_permitted


@dataclass(frozen=True, slots=True)
class Duty:
    """Something a person has to do. `kind` says what, `id` is the row whose page has the button.

    `detail` says more in both languages (the body that acts, how many); empty where the title says all.
    """

    kind: str
    id: int
    title: Mapping[str, str]
    due_on: date | None = None
    detail: Mapping[str, str] | None = None


def duties_of(principal: Principal) -> tuple[Duty, ...]:
    """What waits for this person by role and body, the soonest first, what has no day last.

    - officers and supervisors: open actions of their bodies, minutes to approve, papers of a convened meeting,
      hand-overs that escalated to their body;
    - the secretariat: reports to confirm, proposals to order, minutes to draft or publish, hand-overs to settle,
      questions whose day has passed;
    - experts: questions on whose panel they sit and have not answered.
    """
    if principal.kind != "staff":
        return ()
    sources = (_actions, _reports, _papers, _approvals, _secretariat_minutes, _proposals, _hand_overs, _questions)
    found = [duty for source in sources for duty in source(principal)]
    return tuple(sorted(found, key=lambda duty: (duty.due_on or date.max, duty.kind, duty.id)))


def _pair(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def _actions(principal: Principal) -> Iterator[Duty]:
    """What the reader's bodies were given to do by a meeting."""
    if not is_permitted(principal, "action.report"):
        return
    rows = ActionItem.objects.filter(state=ActionState.OPEN, owner_id__in=principal.authority_ids)
    for row in rows.order_by("due_on", "pk"):
        yield Duty("action_report", row.pk, _pair(row.text_zh, row.text_en), row.due_on)


def _reports(principal: Principal) -> Iterator[Duty]:
    """Actions that their owners call done."""
    if not is_permitted(principal, "action.confirm"):
        return
    for row in ActionItem.objects.filter(state=ActionState.REPORTED).select_related("owner").order_by("due_on", "pk"):
        owner = _pair(row.owner.short_zh or row.owner.name_zh, row.owner.short_en or row.owner.name_en)
        yield Duty("action_confirm", row.pk, _pair(row.text_zh, row.text_en), row.due_on, owner)


def _meeting_title(meeting: JointMeeting) -> dict[str, str]:
    return _pair(f"{meeting.quarter}联席会议", f"Joint meeting {meeting.quarter}")


def _papers(principal: Principal) -> Iterator[Duty]:
    """Convened meetings in which the reader's bodies sit: papers are frozen and wait to be read before the day."""
    if not is_permitted(principal, "minutes.approve"):
        return
    mine = Attendance.objects.filter(authority_id__in=principal.authority_ids).values("meeting")
    for row in JointMeeting.objects.filter(state=MeetingState.CONVENED, pk__in=mine).order_by("planned_on", "pk"):
        yield Duty("papers_read", row.pk, _meeting_title(row), row.planned_on)


def _approvals(principal: Principal) -> Iterator[Duty]:
    """Minutes that a present body with a vote has not approved; whoever drafted them does not approve them."""
    if not is_permitted(principal, "minutes.approve"):
        return
    mine = Attendance.objects.filter(
        authority_id__in=principal.authority_ids, state=AttendanceState.PRESENT,
        capacity__in=(Capacity.CONVENOR, Capacity.MEMBER),
    )  # fmt: skip
    rows = Minutes.objects.filter(state=MinutesState.DRAFT, meeting__in=mine.values("meeting"))
    for row in rows.select_related("meeting").order_by("pk"):
        approved = row.approvals.filter(revision=row.revision, authority_id__in=principal.authority_ids)
        drafted = any(s.verb == "draft" and s.actor == principal.label for s in transitions_of("minutes", row.pk))
        if not drafted and not approved.exists():
            yield Duty("minutes_approve", row.meeting_id, _meeting_title(row.meeting), row.meeting.held_on)


def _secretariat_minutes(principal: Principal) -> Iterator[Duty]:
    """Minutes to draft after the sitting, and to publish once two members have approved them."""
    if not is_permitted(principal, "minutes.draft"):
        return
    held = JointMeeting.objects.filter(state=MeetingState.HELD).select_related("minutes").order_by("pk")
    for row in held:
        minutes = getattr(row, "minutes", None)
        if minutes is None:
            yield Duty("minutes_draft", row.pk, _meeting_title(row), row.held_on)
        elif minutes.state == MinutesState.APPROVED:
            yield Duty("minutes_publish", row.pk, _meeting_title(row), row.held_on)


def _proposals(principal: Principal) -> Iterator[Duty]:
    """Meetings in preparation with proposals that are neither taken nor dropped."""
    if not is_permitted(principal, "agenda.decide"):
        return
    drafts = Count("agenda", filter=Q(agenda__state=AgendaState.DRAFT, agenda__outcome=""))
    for row in JointMeeting.objects.filter(state=MeetingState.PREPARING).annotate(n=drafts).order_by("quarter"):
        if row.n:
            count = _pair(f"{row.n}项提议", "1 proposal" if row.n == 1 else f"{row.n} proposals")
            yield Duty("proposals_order", row.pk, _meeting_title(row), row.planned_on, count)


def _hand_overs(principal: Principal) -> Iterator[Duty]:
    """Unanswered hand-overs and questions that came to the superior body, and hand-overs before the meeting."""
    rows: list[tuple[str, HandOver | Consultation]] = []
    if is_permitted(principal, "handover.answer"):
        mine = {"state": HandOverState.RAISED, "superior_id__in": principal.authority_ids}
        rows += [("handover_superior", row) for row in _between(HandOver).filter(**mine)]
        rows += [("consultation_superior", row) for row in _between(Consultation).filter(**mine)]
    if is_permitted(principal, "handover.settle"):
        waiting = _between(HandOver).filter(state=HandOverState.BEFORE_MEETING)
        rows += [("handover_settle", row) for row in waiting]
    for kind, row in rows:
        yield Duty(kind, row.pk, _pair(row.title_zh, row.title_en), row.meeting_on, _way(row))


def _between(model: Any) -> QuerySet[Any]:
    return model.objects.select_related("from_authority", "to_authority").order_by("meeting_on", "pk")


def _way(row: HandOver | Consultation) -> dict[str, str]:
    """From whom to whom."""
    sender, receiver = row.from_authority, row.to_authority
    return _pair(
        f"{sender.short_zh or sender.name_zh} → {receiver.short_zh or receiver.name_zh}",
        f"{sender.short_en or sender.name_en} → {receiver.short_en or receiver.name_en}",
    )


def _questions(principal: Principal) -> Iterator[Duty]:
    """An expert's questions without an opinion; for the secretariat those whose day passed without publication."""
    asked = ExpertQuestion.objects.filter(state=QuestionState.ASKED).order_by("due_at", "pk")
    if is_permitted(principal, "opinion.give"):
        seats = PanelSeat.objects.filter(actor=principal.label, state=SeatState.SEATED)
        for row in asked.filter(pk__in=seats.values("question"), due_at__gt=clock.now()):
            yield Duty("opinion_give", row.pk, _pair(row.title_zh, row.title_en), _day(row))
    if is_permitted(principal, "question.ask"):
        for row in asked.filter(due_at__lte=clock.now()):
            yield Duty("question_settle", row.pk, _pair(row.title_zh, row.title_en), _day(row))


def _day(question: ExpertQuestion) -> date:
    return question.due_at.astimezone(clock.LEGAL_ZONE).date()
