"""The quarterly joint meeting: planned, convened, held, closed."""

import hashlib
import json
from datetime import date, timedelta
from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import NotYours, Refusal
from common.notices import notice_send
from common.principal import Principal
from common.transitions import transition_apply
from regulators.charter import Charter, charter_on, quarter_of
from regulators.choices import AgendaState, AttendanceState, Capacity, ItemOutcome, MeetingState
from regulators.facts import authority_on, is_in_force
from regulators.models import AgendaItem, Attendance, Authority, JointMeeting, Minutes
from regulators.permissions import is_permitted, permits, require
from regulators.selectors.authorities import authority_facts
from regulators.services import matters
from regulators.services.actions import actions_put_on_agenda
from regulators.services.agenda import item_carry, meeting_of
from regulators.workflow import MEETING_WORKFLOW

VOTING = (Capacity.CONVENOR, Capacity.MEMBER)


@transaction.atomic
def meeting_open(*, actor: Principal, quarter: str) -> int:
    """Open the meeting of a quarter, written 2017Q3; opening it again returns the same one.

    Open actions of earlier meetings come onto its agenda by themselves.
    Source: the mechanism meets every quarter (paper 000, section 3.4).
    """
    require(actor, "meeting.open")
    meeting = meeting_of(quarter)
    if meeting.state == MeetingState.PREPARING:
        actions_put_on_agenda(meeting)
    return meeting.pk


def meeting_locked(meeting_id: int) -> JointMeeting:
    """The meeting, locked; 404 when there is none."""
    meeting = JointMeeting.objects.select_for_update().filter(pk=meeting_id).first()
    if meeting is None:
        raise NotYours("meeting")
    return meeting


def charter_of(meeting: JointMeeting) -> Charter:
    """The rules for the meeting's day. Refuses when the pack knows none."""
    charter = charter_on(meeting.planned_on or clock.today())
    if charter is None:
        raise Refusal(
            "meeting.no_charter", _("No rules of a joint meeting are known for this day."), field="planned_on",
            cure=_("Choose another day, or complete the pack's meeting.yaml."), status=422,
        )  # fmt: skip
    return charter


@transaction.atomic
def meeting_plan(*, actor: Principal, meeting_id: int, planned_on: date) -> int:
    """Set the day while the meeting is in preparation and list the bodies of that day. Returns how many they are.

    Refuses a day outside the quarter, a past day, and a meeting whose notice was sent.
    """
    require(actor, "meeting.run")
    meeting = meeting_locked(meeting_id)
    _refuse_unless(meeting, MeetingState.PREPARING)
    if quarter_of(planned_on) != meeting.quarter or planned_on < clock.today():
        raise Refusal(
            "meeting.bad_day", _("This day is past or outside the quarter."), field="planned_on",
            cure=_("Choose a coming day of %(quarter)s.") % {"quarter": meeting.quarter}, status=422,
        )  # fmt: skip
    meeting.planned_on = planned_on
    meeting.save(update_fields=["planned_on"])
    return _list_bodies(meeting)


def _refuse_unless(meeting: JointMeeting, *states: str) -> None:
    if meeting.state not in states:
        raise Refusal(
            "meeting.wrong_state",
            _("This is not possible while the meeting is “%(state)s”.") % {"state": meeting.get_state_display()},
            field="state",
            cure=_("Look at the meeting's page: it offers what is possible now."),
        )


def _list_bodies(meeting: JointMeeting) -> int:
    """Convenor, members, invitees and participants as they exist on the day; bodies asked by hand stay."""
    charter, facts, day = charter_of(meeting), authority_facts(), meeting.planned_on or clock.today()
    named = (
        (Capacity.CONVENOR, (charter.convenor,)), (Capacity.MEMBER, charter.members),
        (Capacity.INVITEE, charter.invitees), (Capacity.PARTICIPANT, charter.participants),
    )  # fmt: skip
    wanted: dict[str, str] = {}
    for capacity, codes in named:
        for code in codes:
            wanted.setdefault(authority_on(code, day, facts), str(capacity))
    ids = dict(Authority.objects.filter(code__in=wanted).values_list("code", "pk"))
    by_charter = Attendance.objects.filter(meeting=meeting, capacity__in=(*VOTING, Capacity.INVITEE))
    by_charter.exclude(authority_id__in=ids.values()).delete()
    for code, given in wanted.items():
        if code in ids:
            Attendance.objects.get_or_create(
                meeting=meeting, authority_id=ids[code], defaults={"capacity": given}
            )
    return Attendance.objects.filter(meeting=meeting).count()


@transaction.atomic
def meeting_invite(*, actor: Principal, meeting_id: int, authority_code: str) -> int:
    """Ask one more body, such as a local finance office, to take part (no vote). Twice is once.

    Refuses unknown bodies, bodies that do not exist on the day, and meetings that were held.
    """
    require(actor, "meeting.run")
    meeting = meeting_locked(meeting_id)
    _refuse_unless(meeting, MeetingState.PREPARING, MeetingState.CONVENED)
    body = Authority.objects.filter(code=authority_code).first()
    if body is None or not is_in_force(body.valid_from, body.valid_to, meeting.planned_on or clock.today()):
        raise Refusal(
            "authority.unknown", _("There is no such authority."), field="authority",
            cure=_("Choose one from the list of authorities."), status=422,
        )  # fmt: skip
    row, created = Attendance.objects.get_or_create(
        meeting=meeting, authority=body, defaults={"capacity": Capacity.PARTICIPANT}
    )
    if created and meeting.state == MeetingState.CONVENED:
        _send_notice(meeting, row)
    return row.pk


def _has_day(meeting: JointMeeting) -> None:
    charter = charter_of(meeting)
    if meeting.planned_on is None or meeting.planned_on - clock.today() < timedelta(days=charter.notice_days):
        raise Refusal(
            "meeting.short_notice", _("The notice must go out some days before the meeting."), field="planned_on",
            cure=_("Plan a day at least %(days)s days from now.") % {"days": charter.notice_days}, status=422,
        )  # fmt: skip


def _agenda_settled(meeting: JointMeeting) -> None:
    rows = AgendaItem.objects.filter(meeting=meeting)
    drafts = rows.filter(state=AgendaState.DRAFT, outcome="")
    if drafts.exists() or not rows.filter(state=AgendaState.ACCEPTED).exists():
        raise Refusal(
            "meeting.agenda_open", _("The agenda is empty or some proposals are not decided."), field="agenda",
            cure=_("Take, drop or merge every proposal first."),
        )  # fmt: skip


@transaction.atomic
def meeting_convene(*, actor: Principal, meeting_id: int) -> int:
    """Send the notice and freeze agenda and papers under a seal. Returns how many bodies were told.

    Refuses without a day, at too short notice, with undecided proposals or an empty agenda.
    """
    meeting = meeting_locked(meeting_id)
    if meeting.state == MeetingState.PREPARING:
        require(actor, "meeting.run")
        _list_bodies(meeting)
        actions_put_on_agenda(meeting)
    guards = {"has_day": _has_day, "agenda_settled": _agenda_settled}
    meeting = transition_apply(
        actor=actor, workflow=MEETING_WORKFLOW, model=JointMeeting, pk=meeting_id, verb="convene", permits=permits,
        guards=guards, topic="meeting.convened",
    )  # fmt: skip
    meeting.convened_at, meeting.papers_sha256 = clock.now(), agenda_seal(meeting)
    meeting.save(update_fields=["convened_at", "papers_sha256"])
    told = list(Attendance.objects.filter(meeting=meeting).select_related("authority"))
    for row in told:
        _send_notice(meeting, row)
    return len(told)


def agenda_seal(meeting: JointMeeting) -> str:
    """SHA-256 over the agenda as the notice gave it (no urgent items), in its order, with all papers."""
    lines = [
        [
            item.subject, item.kind, item.title_zh, item.title_en, item.body_zh, item.body_en,
            [[p.kind, p.title_zh, p.title_en, p.body_zh, p.body_en, p.ref] for p in item.papers.all()],
        ]
        for item in _sealed(meeting)
    ]  # fmt: skip
    text = json.dumps([meeting.quarter, str(meeting.planned_on), lines], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _sealed(meeting: JointMeeting) -> list[AgendaItem]:
    """The items the notice gives, each followed by what was merged into it."""
    rows = AgendaItem.objects.filter(meeting=meeting, urgent_reason="").prefetch_related("papers")
    found: list[AgendaItem] = []
    for item in rows.filter(state=AgendaState.ACCEPTED).order_by("position", "pk"):
        found += [item, *rows.filter(state=AgendaState.MERGED, merged_into=item).order_by("position", "pk")]
    return found


def _send_notice(meeting: JointMeeting, row: Attendance) -> None:
    count = AgendaItem.objects.filter(meeting=meeting, state=AgendaState.ACCEPTED).count()
    notice_send(
        channel="internal",
        subject_ref=f"meeting:{meeting.public_id}",
        title=f"联席会议{meeting.quarter}通知 / Notice of the joint meeting {meeting.quarter}",
        body=(
            f"{row.authority.name_zh}：会议定于{meeting.planned_on}召开，议题{count}项。议程与材料封存号：{meeting.papers_sha256}。\n"
            f"{row.authority.name_en}: the meeting is on {meeting.planned_on}, {count} items. "
            f"Seal of agenda and papers: {meeting.papers_sha256}."
        ),
        language="zh-hans",
    )


@transaction.atomic
def meeting_postpone(*, actor: Principal, meeting_id: int, reason: str) -> str:
    """Take a convened meeting back into preparation, with a reason that everyone reads. Returns the state."""
    meeting = transition_apply(
        actor=actor, workflow=MEETING_WORKFLOW, model=JointMeeting, pk=meeting_id, verb="postpone", permits=permits,
        guards={"reason": partial(refuse_without_reason, reason=reason)}, note=reason, topic="meeting.postponed",
    )  # fmt: skip
    meeting.convened_at, meeting.papers_sha256 = None, ""
    meeting.save(update_fields=["convened_at", "papers_sha256"])
    AgendaItem.objects.filter(meeting=meeting, outcome=ItemOutcome.WITHDRAWN).update(state=AgendaState.WITHDRAWN)
    return str(meeting.state)


def refuse_without_reason(_row: object, *, reason: str) -> None:
    """Refuse an empty reason."""
    if not reason.strip():
        raise Refusal(
            "reason.missing", _("Say why."), field="reason", cure=_("Write one sentence."), status=422
        )


@transaction.atomic
def attendance_record(
    *, actor: Principal, meeting_id: int, authority_id: int, is_present: bool, persons: int = 1
) -> str:
    """Record who came. Refuses bodies that were not asked, and meetings not convened or already closed."""
    require(actor, "meeting.run")
    meeting = meeting_locked(meeting_id)
    _refuse_unless(meeting, MeetingState.CONVENED, MeetingState.HELD)
    row = Attendance.objects.filter(meeting=meeting, authority_id=authority_id).first()
    if row is None:
        raise Refusal(
            "attendance.not_asked", _("This body was not asked to the meeting."), field="authority",
            cure=_("Invite it first."), status=422,
        )  # fmt: skip
    row.state = AttendanceState.PRESENT if is_present else AttendanceState.ABSENT
    row.persons = max(1, persons) if is_present else 0
    if meeting.state == MeetingState.HELD and not is_present:
        _refuse_to_break_quorum(meeting, row)
    row.save(update_fields=["state", "persons"])
    return row.state


def _refuse_to_break_quorum(meeting: JointMeeting, row: Attendance) -> None:
    present = Attendance.objects.filter(meeting=meeting, state=AttendanceState.PRESENT).exclude(pk=row.pk)
    _check_quorum(meeting, list(present))


def _quorum(meeting: JointMeeting) -> None:
    rows = Attendance.objects.filter(meeting=meeting, state=AttendanceState.PRESENT)
    _check_quorum(meeting, list(rows))


def _check_quorum(meeting: JointMeeting, present: list[Attendance]) -> None:
    charter = charter_of(meeting)
    voting = Attendance.objects.filter(meeting=meeting, capacity__in=VOTING).count()
    counted = [row for row in present if row.capacity in VOTING]
    has_convenor = any(row.capacity == Capacity.CONVENOR for row in counted)
    if not charter.has_quorum(present=len(counted), voting=voting, convenor_present=has_convenor):
        raise Refusal(
            "meeting.no_quorum",
            _("There is no quorum: %(present)s of %(voting)s voting bodies are present.")
            % {"present": len(counted), "voting": voting},
            field="attendance",
            cure=_("At least %(needed)s voting bodies with the convenor must be present; otherwise postpone.")
            % {"needed": charter.needed(voting)},
        )


def _day_reached(meeting: JointMeeting) -> None:
    if meeting.planned_on is None or clock.today() < meeting.planned_on:
        raise Refusal(
            "meeting.too_early", _("The day of the meeting has not come."), field="planned_on",
            cure=_("Hold it on %(day)s or later, or postpone it.") % {"day": meeting.planned_on},
        )  # fmt: skip
    _agenda_settled(meeting)


@transaction.atomic
def meeting_hold(*, actor: Principal, meeting_id: int) -> str:
    """The meeting sits: from now on notes, votes and resolutions are recorded. Returns the state.

    Refuses before the day, without a quorum, and while an urgent proposal is not decided.
    """
    meeting = transition_apply(
        actor=actor, workflow=MEETING_WORKFLOW, model=JointMeeting, pk=meeting_id, verb="hold", permits=permits,
        guards={"day_reached": _day_reached, "quorum": _quorum}, topic="meeting.held",
    )  # fmt: skip
    meeting.held_on = clock.today()
    meeting.save(update_fields=["held_on"])
    return str(meeting.state)


def _carry_open_matters(meeting: JointMeeting) -> None:
    if meeting.state != MeetingState.HELD:
        return
    left = AgendaItem.objects.filter(meeting=meeting, state__in=matters.ALIVE, outcome="").order_by("position", "pk")
    for item in left.select_related("meeting"):
        if matters.open_matters(item.pk):
            item_carry(item)


def _items_settled(meeting: JointMeeting) -> None:
    alive = AgendaItem.objects.filter(meeting=meeting, state__in=(AgendaState.DRAFT, AgendaState.ACCEPTED))
    left = alive.filter(outcome="")
    if left.exists():
        raise Refusal(
            "meeting.items_open",
            _("%(count)s items have no outcome.") % {"count": left.count()},
            field="agenda",
            cure=_("Record a resolution, take note of the item, or carry it over to the next meeting."),
        )


def _minutes_published(meeting: JointMeeting) -> None:
    if not Minutes.objects.filter(meeting=meeting, state="published").exists():
        raise Refusal(
            "meeting.no_minutes", _("The minutes are not published."), field="minutes",
            cure=_("Draft them, let two members approve them, publish them."),
        )  # fmt: skip


@transaction.atomic
def meeting_close(*, actor: Principal, meeting_id: int) -> int:
    """Close the meeting; every action that is not done comes onto the next open agenda. Returns how many did.

    An item without an outcome that carries an unanswered matter between authorities goes there, too.
    Refuses other items without an outcome and unpublished minutes.
    """
    if is_permitted(actor, "meeting.run"):
        _carry_open_matters(meeting_locked(meeting_id))
    guards = {"items_settled": _items_settled, "minutes_published": _minutes_published}
    meeting = transition_apply(
        actor=actor, workflow=MEETING_WORKFLOW, model=JointMeeting, pk=meeting_id, verb="close", permits=permits,
        guards=guards, topic="meeting.closed",
    )  # fmt: skip
    meeting.closed_on = clock.today()
    meeting.save(update_fields=["closed_on"])
    return actions_put_on_agenda(None)
