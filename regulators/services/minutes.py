"""The minutes: drafted from what was recorded, approved by two members, published to the members."""

import hashlib

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import NotYours, Refusal
from common.principal import Principal
from common.transitions import transition_apply, transition_record, transitions_of
from regulators.choices import AttendanceState, MeetingState, MinutesState
from regulators.models import Attendance, JointMeeting, Minutes, MinutesApproval
from regulators.permissions import permits, require
from regulators.selectors.minutes import minutes_text
from regulators.services.meetings import VOTING, charter_of, meeting_locked
from regulators.workflow import MINUTES_WORKFLOW


@transaction.atomic
def minutes_draft(*, actor: Principal, meeting_id: int) -> int:
    """Draft the minutes in both languages from attendance, notes, votes, resolutions and actions.

    Drafting again after a correction makes a new revision, and earlier approvals no longer count; without a
    correction nothing changes. Refuses before the meeting was held and after publication. Returns the revision.
    """
    require(actor, "minutes.draft")
    meeting = meeting_locked(meeting_id)
    if meeting.state != MeetingState.HELD:
        raise Refusal(
            "minutes.wrong_state", _("Minutes are drafted once the meeting was held and before it is closed."),
            field="state", cure=_("Hold the meeting first."),
        )  # fmt: skip
    zh, en = minutes_text(meeting, "zh"), minutes_text(meeting, "en")
    seal = _seal(zh, en)
    known = Minutes.objects.select_for_update().filter(meeting=meeting).first()
    if known is None:
        known = Minutes.objects.create(meeting=meeting, text_zh=zh, text_en=en, sha256=seal)
        _record(known, "draft", "", actor)
        return known.revision
    if known.state == MinutesState.PUBLISHED:
        raise Refusal(
            "minutes.published", _("The minutes are published; they no longer change."), field="state",
            cure=_("Propose a correction for the next meeting."),
        )  # fmt: skip
    if known.sha256 == seal:
        return known.revision
    if known.state == MinutesState.APPROVED:
        known = transition_apply(
            actor=actor, workflow=MINUTES_WORKFLOW, model=Minutes, pk=known.pk, verb="revise", permits=permits
        )
    known.text_zh, known.text_en, known.sha256, known.revision = zh, en, seal, known.revision + 1
    known.save(update_fields=["text_zh", "text_en", "sha256", "revision"])
    _record(known, "draft", MinutesState.DRAFT, actor)
    return known.revision


def _seal(zh: str, en: str) -> str:
    return hashlib.sha256(f"{zh}\x1f{en}".encode()).hexdigest()


def _record(minutes: Minutes, verb: str, source: str, actor: Principal) -> None:
    transition_record(
        workflow=MINUTES_WORKFLOW, pk=minutes.pk, verb=verb, source=source, target=MinutesState.DRAFT, actor=actor,
        data={"revision": minutes.revision, "sha256": minutes.sha256},
    )  # fmt: skip


@transaction.atomic
def minutes_approve(*, actor: Principal, meeting_id: int) -> int:
    """A member approves the present revision. The second one, of another body and another person, completes it.

    Refuses whoever drafted it, bodies that were not present with a vote, and a draft that no longer matches what
    was recorded. Twice is once. Returns how many approvals the revision has.
    """
    require(actor, "minutes.approve")
    meeting = meeting_locked(meeting_id)
    minutes = _minutes(meeting)
    authority_id, user_id = _approving_body(actor, meeting)
    if minutes.sha256 != _seal(minutes_text(meeting, "zh"), minutes_text(meeting, "en")):
        raise Refusal(
            "minutes.outdated", _("Something was recorded after this draft."), field="minutes",
            cure=_("The secretariat drafts the minutes again."),
        )  # fmt: skip
    if any(step.actor == actor.label for step in transitions_of("minutes", minutes.pk) if step.verb == "draft"):
        raise Refusal(
            "minutes.own_draft", _("Whoever drafted the minutes does not approve them."), field="minutes",
            cure=_("Ask two members."), status=403,
        )  # fmt: skip
    approvals = MinutesApproval.objects.filter(minutes=minutes, revision=minutes.revision)
    if minutes.state != MinutesState.DRAFT or approvals.filter(user_id=user_id).exists():
        return approvals.count()
    if approvals.filter(authority_id=authority_id).exists():
        raise Refusal(
            "minutes.same_body", _("Your authority has approved these minutes already."), field="minutes",
            cure=_("The second approval comes from another member."),
        )  # fmt: skip
    MinutesApproval.objects.create(
        minutes=minutes, revision=minutes.revision, sha256=minutes.sha256, authority_id=authority_id,
        user_id=user_id,
    )  # fmt: skip
    count = approvals.count()
    if count >= charter_of(meeting).minutes_approvals:
        transition_apply(
            actor=actor, workflow=MINUTES_WORKFLOW, model=Minutes, pk=minutes.pk, verb="approve", permits=permits,
            guards={"two_members": lambda _row: None}, data={"revision": minutes.revision},
        )  # fmt: skip
    return count


def _minutes(meeting: JointMeeting) -> Minutes:
    minutes = Minutes.objects.select_for_update().filter(meeting=meeting).first()
    if minutes is None:
        raise NotYours("minutes")
    return minutes


def _approving_body(actor: Principal, meeting: JointMeeting) -> tuple[int, int]:
    """The actor's body and the person; the body is one that was present with a vote; refuses (403) everybody else."""
    found = Attendance.objects.filter(
        meeting=meeting, authority_id__in=actor.authority_ids, capacity__in=VOTING, state=AttendanceState.PRESENT
    ).first()
    if found is None or actor.user_id is None:
        raise Refusal(
            "minutes.not_member", _("Only people of members that were present approve the minutes."),
            field="authority", cure=_("Ask two members that were present."), status=403,
        )  # fmt: skip
    return int(found.authority_id), actor.user_id


@transaction.atomic
def minutes_publish(*, actor: Principal, meeting_id: int) -> str:
    """Publish approved minutes to the members. Refuses unapproved ones and others than the secretariat."""
    require(actor, "minutes.draft")
    meeting = meeting_locked(meeting_id)
    minutes = _minutes(meeting)
    if minutes.sha256 != _seal(minutes_text(meeting, "zh"), minutes_text(meeting, "en")):
        raise Refusal(
            "minutes.outdated", _("Something was recorded after this draft."), field="minutes",
            cure=_("The secretariat drafts the minutes again."),
        )  # fmt: skip
    minutes = transition_apply(
        actor=actor, workflow=MINUTES_WORKFLOW, model=Minutes, pk=minutes.pk, verb="publish", permits=permits,
        topic="minutes.published",
    )  # fmt: skip
    minutes.published_on = clock.today()
    minutes.save(update_fields=["published_on"])
    return str(minutes.state)
