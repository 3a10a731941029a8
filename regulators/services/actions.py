"""Action items: who does what until when, reminded once, marked when overdue, followed up until confirmed done."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import NotYours, Refusal
from common.notices import notice_send
from common.outbox import event_emit
from common.principal import Principal
from common.transitions import transition_apply
from regulators.charter import charter_on
from regulators.choices import ActionState, AgendaKind, AgendaState, MeetingState
from regulators.facts import authority_on
from regulators.models import ActionItem, AgendaItem, Authority, JointMeeting, Resolution
from regulators.permissions import permits, require
from regulators.selectors.authorities import authority_facts
from regulators.services.agenda import ACTION, next_open_meeting
from regulators.workflow import ACTION_WORKFLOW

DEFAULT_REMINDER_DAYS = 7


@transaction.atomic
def action_add(
    *, actor: Principal, resolution_id: int, text: Mapping[str, str], owner_code: str, due_on: date
) -> int:
    """Give an authority something to do until a day. Returns the action's id.

    The same text and owner under one resolution is one action. Refuses without a resolution, a text in both
    languages, a body of the day, a coming day, or once the meeting is closed.
    """
    require(actor, "meeting.run")
    resolution = (
        Resolution.objects.select_related("item__meeting").select_for_update(of=("self",)).filter(pk=resolution_id)
    ).first()
    if resolution is None:
        raise NotYours("resolution")
    _refuse_unless_held(resolution)
    owner = _owner(owner_code)
    zh, en = text.get("zh", "").strip(), text.get("en", "").strip()
    if not zh or not en or due_on <= clock.today():
        raise Refusal(
            "action.incomplete", _("An action needs a text in both languages and a coming day."), field="text",
            cure=_("Write both texts and choose a later day."), status=422,
        )  # fmt: skip
    rows = ActionItem.objects.filter(resolution=resolution)
    known = rows.filter(text_zh=zh, owner=owner).first()
    if known:
        return known.pk
    number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    return ActionItem.objects.create(
        resolution=resolution, number=number, text_zh=zh, text_en=en, owner=owner, due_on=due_on
    ).pk


def _refuse_unless_held(resolution: Resolution) -> None:
    if resolution.item.meeting.state != MeetingState.HELD:
        raise Refusal(
            "action.meeting_not_open", _("Actions are agreed while the meeting sits."), field="resolution",
            cure=_("Propose the matter for the next meeting."),
        )  # fmt: skip


def _owner(code: str) -> Authority:
    """The body of the day: a code of the past gives its successor."""
    owner = Authority.objects.filter(code=authority_on(code, clock.today(), authority_facts())).first()
    if owner is None:
        raise Refusal(
            "authority.unknown", _("There is no such authority."), field="owner",
            cure=_("Choose one from the list of authorities."), status=422,
        )  # fmt: skip
    return owner


@transaction.atomic
def action_report(*, actor: Principal, action_id: int, report: str) -> str:
    """The owner reports the action as done. Refuses other authorities (403) and an empty report."""

    def has_text(_row: ActionItem) -> None:
        if not report.strip():
            raise Refusal(
                "action.no_report", _("Say what was done."), field="report", cure=_("Write one sentence."), status=422
            )

    action = transition_apply(
        actor=actor, workflow=ACTION_WORKFLOW, model=ActionItem, pk=action_id, verb="report",
        permits=_permits_owner, guards={"report_text": has_text}, note=report.strip(), topic="action.reported",
    )  # fmt: skip
    action.report = report.strip()
    action.save(update_fields=["report"])
    return str(action.state)


def _permits_owner(actor: Principal, permission: str, action: ActionItem) -> bool:
    """A body that took over from the owner may report, too: its principal carries the predecessor's id."""
    return permits(actor, permission, action)


@transaction.atomic
def action_confirm(*, actor: Principal, action_id: int) -> str:
    """The secretariat confirms a reported action; from now on it no longer comes back. Returns the state."""
    action = transition_apply(
        actor=actor, workflow=ACTION_WORKFLOW, model=ActionItem, pk=action_id, verb="confirm", permits=permits,
        topic="action.done",
    )  # fmt: skip
    action.done_on = clock.today()
    action.save(update_fields=["done_on"])
    return str(action.state)


@transaction.atomic
def action_return(*, actor: Principal, action_id: int, reason: str) -> str:
    """The secretariat does not accept the report and says why. Returns the state."""
    from regulators.services.meetings import refuse_without_reason

    action = transition_apply(
        actor=actor, workflow=ACTION_WORKFLOW, model=ActionItem, pk=action_id, verb="return", permits=permits,
        guards={"reason": partial(refuse_without_reason, reason=reason)}, note=reason.strip(),
    )  # fmt: skip
    return str(action.state)


def actions_put_on_agenda(meeting: JointMeeting | None) -> int:
    """Follow-ups of actions that no coming or sitting meeting has on its agenda. Returns how many were added.

    With a meeting they go onto its agenda, without one onto that of the next open meeting after their own.
    """
    running = (MeetingState.PREPARING, MeetingState.CONVENED, MeetingState.HELD)
    subjects = set(
        AgendaItem.objects.filter(meeting__state__in=running, subject__startswith=ACTION).values_list(
            "subject", flat=True
        )
    )
    added = 0
    rows = ActionItem.objects.exclude(state=ActionState.DONE).select_related("resolution__item__meeting", "owner")
    for action in rows.order_by("due_on", "pk"):
        own = action.resolution.item.meeting
        if f"{ACTION}{action.public_id}" in subjects or own.state != MeetingState.CLOSED:
            continue
        added += _follow_up(action, meeting or next_open_meeting(own.quarter))
    return added


def _follow_up(action: ActionItem, meeting: JointMeeting) -> bool:
    quarter = action.resolution.item.meeting.quarter
    _item, created = AgendaItem.objects.get_or_create(
        meeting=meeting,
        subject=f"{ACTION}{action.public_id}",
        defaults={
            "kind": AgendaKind.FOLLOW_UP, "state": AgendaState.ACCEPTED, "proposed_by_id": action.owner_id,
            "title_zh": f"跟进{quarter}会议事项：{action.text_zh}"[:300],
            "title_en": f"Follow-up from {quarter}: {action.text_en}"[:300],
            "body_zh": f"承办：{action.owner.short_zh or action.owner.code}；期限：{action.due_on}。",
            "body_en": f"Owner: {action.owner.short_en or action.owner.code}; due on {action.due_on}.",
            "carried_from": action.resolution.item, "position": 10_000 + action.pk,
        },
    )  # fmt: skip
    return created


@transaction.atomic
def actions_remind(*, actor: Principal) -> dict[str, int]:
    """Remind the owner once before the day, mark what is overdue once, and follow up what fell between meetings.

    Run by the clock; any number of runs, also at once, sends each message once.
    """
    require(actor, "action.confirm")
    today = clock.today()
    charter = charter_on(today)
    ahead = timedelta(days=charter.reminder_days if charter else DEFAULT_REMINDER_DAYS)
    rows = ActionItem.objects.select_for_update(skip_locked=True, of=("self",)).select_related("owner")
    soon = rows.filter(state=ActionState.OPEN, reminded_at__isnull=True, due_on__lte=today + ahead, due_on__gte=today)
    late = rows.exclude(state=ActionState.DONE).filter(overdue_at__isnull=True, due_on__lt=today)
    counts = {"reminded": 0, "overdue": 0}
    for action in soon:
        action.reminded_at = clock.now()
        action.save(update_fields=["reminded_at"])
        _tell(action, "提醒", "Reminder")
        counts["reminded"] += 1
    for action in late:
        action.overdue_at = clock.now()
        action.save(update_fields=["overdue_at"])
        _tell(action, "逾期", "Overdue")
        event_emit("action.overdue", {"action_id": action.pk, "authority_id": action.owner_id})
        counts["overdue"] += 1
    return {**counts, "followed_up": actions_put_on_agenda(None)}


def _tell(action: ActionItem, zh: str, en: str) -> None:
    notice_send(
        channel="internal",
        subject_ref=f"action:{action.public_id}",
        title=f"{zh}：联席会议事项 / {en}: action of the joint meeting",
        body=(
            f"{action.owner.name_zh}：{action.text_zh}（期限{action.due_on}）\n"
            f"{action.owner.name_en}: {action.text_en} (due on {action.due_on})"
        ),
        language="zh-hans",
    )
