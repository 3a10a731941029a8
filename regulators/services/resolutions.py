"""What happens to an item while the meeting sits: notes, votes, a resolution, or taking note."""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Refusal
from common.principal import Principal
from regulators.choices import (
    AgendaState,
    AttendanceState,
    FollowsPanel,
    ItemOutcome,
    MeetingState,
    QuestionState,
    ResolutionMode,
    VoteChoice,
)
from regulators.models import (
    ActionItem,
    AgendaItem,
    Attendance,
    DiscussionNote,
    ExpertQuestion,
    HandOver,
    Resolution,
    Vote,
)
from regulators.permissions import require
from regulators.services import matters
from regulators.services.agenda import item_locked
from regulators.services.consultations import consultation_settle
from regulators.services.handovers import handover_settle
from regulators.services.meetings import VOTING, charter_of


def _sitting(actor: Principal, item_id: int) -> AgendaItem:
    """The item of a sitting meeting, locked. Refuses items that are not on the agenda, and other states."""
    require(actor, "meeting.run")
    item = AgendaItem.objects.filter(pk=item_id).first()
    if item is None or item.state != AgendaState.ACCEPTED:
        raise Refusal(
            "resolution.no_item", _("There is no such item on the agenda."), field="item",
            cure=_("Only items on the agenda are discussed, voted on and resolved."), status=422,
        )  # fmt: skip
    item = item_locked(item_id)
    if item.meeting.state != MeetingState.HELD:
        raise Refusal(
            "meeting.not_sitting", _("The meeting does not sit."), field="state",
            cure=_("Record attendance and hold the meeting first; a closed meeting is not reopened."),
        )  # fmt: skip
    return item


@transaction.atomic
def discussion_note_add(*, actor: Principal, item_id: int, text: str, speaker_code: str = "") -> int:
    """Record what was said, by whom. Notes are never edited. Refuses an empty text and absent speakers."""
    item = _sitting(actor, item_id)
    if not text.strip():
        raise Refusal("note.empty", _("The note is empty."), field="text", cure=_("Write one sentence."), status=422)
    speaker = _present(item, speaker_code).authority_id if speaker_code else None
    return DiscussionNote.objects.create(
        item=item, speaker_id=speaker, text=text.strip(), author=actor.label
    ).pk


def _present(item: AgendaItem, code: str) -> Attendance:
    row = Attendance.objects.filter(
        meeting=item.meeting, authority__code=code, state=AttendanceState.PRESENT
    ).first()
    if row is None:
        raise Refusal(
            "attendance.not_present", _("This body is not present."), field="authority",
            cure=_("Correct the attendance first."), status=422,
        )  # fmt: skip
    return row


@transaction.atomic
def vote_record(*, actor: Principal, item_id: int, authority_code: str, choice: str) -> str:
    """Record one voting body's vote; a later word replaces an earlier one until the resolution stands.

    Refuses bodies without a vote (422), absent bodies, unknown choices, and items that are resolved.
    """
    item = _sitting(actor, item_id)
    row = _present(item, authority_code)
    if row.capacity not in VOTING or choice not in VoteChoice.values:
        raise Refusal(
            "vote.not_entitled", _("Only the convenor and members vote: for, against or abstaining."), field="choice",
            cure=_("Record the view of other bodies as a note."), status=422,
        )  # fmt: skip
    if item.outcome:
        raise Refusal(
            "vote.settled", _("This item is settled."), field="item", cure=_("Votes are cast before the resolution.")
        )
    Vote.objects.update_or_create(item=item, authority_id=row.authority_id, defaults={"choice": choice})
    return choice


@transaction.atomic
def resolution_record(
    *,
    actor: Principal,
    item_id: int,
    text: Mapping[str, str],
    mode: str = ResolutionMode.CONSENT,
    follows_panel: str = "",
    panel_reason: str = "",
    moves: Mapping[int, bool] | None = None,
) -> int:
    """Record what the meeting resolved on an item, by consent or by vote, and whether it follows the experts.

    Recording it again corrects it until the minutes are approved. Refuses an item that is not on the agenda, a
    missing language, a vote that did not carry, consent against a recorded “against”, opinions that are still
    sealed, and silence about the experts.

    In the same transaction it settles the matters between authorities that the item carries: `moves` says for each
    unanswered hand-over (by id) whether the receiver takes over from today or the sender stays in charge; the
    resolution is the answer to each question. Refuses silence about a hand-over, and another word about a settled
    one. Returns the resolution's id.
    """
    item = _sitting(actor, item_id)
    zh, en = text.get("zh", "").strip(), text.get("en", "").strip()
    if not zh or not en or mode not in ResolutionMode.values:
        raise Refusal(
            "resolution.no_text", _("A resolution needs its text in both languages."), field="text",
            cure=_("Write it in Chinese and in English."), status=422,
        )  # fmt: skip
    _refuse_other_outcome(item)
    tally = _tally(item, mode)
    _refuse_silence_on_panel(item, follows_panel, panel_reason)
    carried = matters.open_matters(item.pk)
    _refuse_unsaid(carried, moves or {})
    resolution, _created = Resolution.objects.update_or_create(
        item=item,
        defaults={
            "text_zh": zh, "text_en": en, "mode": mode, "tally": tally, "follows_panel": follows_panel,
            "panel_reason": panel_reason.strip(),
        },
    )  # fmt: skip
    AgendaItem.objects.filter(pk=item.pk).update(outcome=ItemOutcome.RESOLVED)
    for row in carried:
        _settle(actor, row, moves or {}, f"{item.meeting.quarter}联席会议决议 / resolution: {zh} / {en}")
    return resolution.pk


def _refuse_unsaid(carried: Sequence[matters.Matter], moves: Mapping[int, bool]) -> None:
    if {row.pk for row in carried if isinstance(row, HandOver)} != set(moves):
        raise Refusal(
            "resolution.matter_unsaid",
            _("A resolution on a hand-over says who is in charge from now on, once."),
            field="moves",
            cure=_("Choose for each open hand-over of the item whether the matter moves or stays; carry over what is "
                   "not settled today."),
            status=422,
        )  # fmt: skip


def _settle(actor: Principal, row: matters.Matter, moves: Mapping[int, bool], words: str) -> None:
    if isinstance(row, HandOver):
        handover_settle(actor=actor, handover_id=row.pk, moves=moves[row.pk], reason=words)
    else:
        consultation_settle(actor=actor, consultation_id=row.pk, answer=words)


def _refuse_other_outcome(item: AgendaItem) -> None:
    minutes = getattr(item.meeting, "minutes", None)
    if item.outcome not in ("", ItemOutcome.RESOLVED) or (minutes and minutes.state != "draft"):
        raise Refusal(
            "resolution.settled", _("This item is settled otherwise, or the minutes are approved."), field="item",
            cure=_("Propose the matter for the next meeting."),
        )  # fmt: skip


def _tally(item: AgendaItem, mode: str) -> dict[str, int]:
    votes = list(Vote.objects.filter(item=item).values_list("choice", flat=True))
    tally = {str(choice): Counter(votes)[choice] for choice in VoteChoice.values}
    if mode == ResolutionMode.CONSENT:
        if tally["against"]:
            raise Refusal(
                "resolution.no_consent", _("A body voted against; this is no consent."), field="mode",
                cure=_("Record the resolution by vote."),
            )  # fmt: skip
        return tally
    present = Attendance.objects.filter(
        meeting=item.meeting, state=AttendanceState.PRESENT, capacity__in=VOTING
    ).count()
    if not charter_of(item.meeting).is_carried(in_favour=tally["for"], present=present):
        raise Refusal(
            "resolution.not_carried",
            _("The vote does not carry: %(for)s in favour of %(present)s present.")
            % {"for": tally["for"], "present": present},
            field="mode",
            cure=_("Record more votes, or carry the item over."),
        )
    return {**tally, "present": present}


def _refuse_silence_on_panel(item: AgendaItem, follows: str, reason: str) -> None:
    states = set(ExpertQuestion.objects.filter(item=item).values_list("state", flat=True))
    if QuestionState.ASKED in states:
        raise Refusal(
            "resolution.panel_waiting", _("The experts' opinions on this item are still sealed."), field="item",
            cure=_("Wait for their publication, or withdraw the question with a reason."),
        )  # fmt: skip
    asked = QuestionState.PUBLISHED in states
    is_said = follows in (FollowsPanel.YES, FollowsPanel.PARTLY, FollowsPanel.NO)
    if asked != is_said or (follows in (FollowsPanel.PARTLY, FollowsPanel.NO) and not reason.strip()):
        raise Refusal(
            "resolution.panel_unsaid",
            _("A resolution on a question to the experts says whether it follows them, and if not, why."),
            field="follows_panel",
            cure=_("Choose yes, in part or no, and give the reason; without a question leave it empty."),
            status=422,
        )


@transaction.atomic
def agenda_item_note(*, actor: Principal, item_id: int) -> str:
    """The meeting takes note of an item without a resolution.

    Refuses an item settled otherwise, and one that carries an unanswered matter between authorities.
    """
    item = _sitting(actor, item_id)
    matters.refuse_to_lose_matter(item)
    if item.outcome not in ("", ItemOutcome.NOTED):
        raise Refusal(
            "agenda.settled", _("This item is settled."), field="item", cure=_("Its outcome stands on its page.")
        )
    AgendaItem.objects.filter(pk=item.pk).update(outcome=ItemOutcome.NOTED)
    return str(ItemOutcome.NOTED)


def actions_of(resolution: Resolution) -> list[ActionItem]:
    """The actions of a resolution in their order."""
    return list(ActionItem.objects.filter(resolution=resolution).select_related("owner").order_by("number"))
