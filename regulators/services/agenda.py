"""The agenda of a joint meeting: proposed, decided, ordered, merged, furnished with papers, carried over."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import NotYours, Refusal
from common.principal import Principal
from regulators.charter import next_quarter, quarter_of
from regulators.choices import AgendaKind, AgendaState, ItemOutcome, MeetingState, PaperKind
from regulators.models import ActionItem, AgendaItem, AgendaPaper, JointMeeting
from regulators.permissions import require
from regulators.services import matters
from regulators.services.agenda_about import AgendaAbout, same_matter_merge

_QUARTER = re.compile(r"\d{4}Q[1-4]")
ACTION = "action:"
OPEN_STATES = (MeetingState.PREPARING, MeetingState.CONVENED)


@dataclass(frozen=True, slots=True)
class Proposed:
    """An agenda item, whether this call created it, and the quarter whose agenda it is on."""

    item_id: int
    created: bool
    quarter: str = ""


def meeting_of(quarter: str) -> JointMeeting:
    """The meeting of a quarter, made when there is none, locked. Refuses anything that is no quarter."""
    if not _QUARTER.fullmatch(quarter):
        raise Refusal(
            "meeting.bad_quarter",
            _("A quarter is written as year, Q and number."),
            field="quarter",
            cure=_("For example 2017Q3."),
            status=422,
        )
    meeting, _created = JointMeeting.objects.get_or_create(quarter=quarter)
    return JointMeeting.objects.select_for_update().get(pk=meeting.pk)


def next_open_meeting(after: str) -> JointMeeting:
    """The next meeting after a quarter that still takes items, made when there is none, locked."""
    return open_meeting_from(next_quarter(after))


def open_meeting_from(quarter: str) -> JointMeeting:
    """The first meeting from a quarter on that still takes items, made when there is none, locked."""
    while JointMeeting.objects.filter(quarter=quarter).exclude(state=MeetingState.PREPARING).exists():
        quarter = next_quarter(quarter)
    return meeting_of(quarter)


@transaction.atomic
def agenda_item_propose(
    *,
    actor: Principal,
    meeting_quarter: str,
    subject: str,
    title: Mapping[str, str],
    kind: str,
    body: Mapping[str, str] | None = None,
    proposed_by_id: int | None = None,
    urgent_reason: str = "",
    or_next: bool = False,
    about: AgendaAbout | None = None,
) -> Proposed:
    """Put a matter on the draft agenda of a quarter; `title` and `body` carry zh and en.

    The same subject is proposed once per meeting; its text is refreshed while it is a draft. Once the notice was
    sent, only an urgent matter with a reason is taken; a meeting that was held takes none. With `or_next` a matter
    that comes too late goes to the next open meeting instead of being refused, so that nothing is lost.
    A draft about the same part of the supervision map as another one (`about`) is merged into it; both keep their
    proposer and papers, and the secretariat may split them. A subject that was settled there before the meeting was
    convened (withdrawn, carried over) comes back as a draft.
    Refuses an unknown kind and a title that lacks a language.
    """
    require(actor, "agenda.propose")
    _refuse_bad_item(kind, title)
    meeting = meeting_of(meeting_quarter)
    known = AgendaItem.objects.filter(meeting=meeting, subject=subject).first()
    is_gone = known is None or bool(known.outcome) or _is_lost_matter(known)
    if is_gone and not urgent_reason.strip() and or_next and meeting.state != MeetingState.PREPARING:
        meeting = next_open_meeting(meeting.quarter)
        known = AgendaItem.objects.filter(meeting=meeting, subject=subject).first()
    if known is None:
        refuse_if_frozen(meeting, urgent_reason)
    text = _texts(title, body)
    if known is None:
        proposer = proposed_by_id or (actor.authority_ids[0] if actor.authority_ids else None)
        known = AgendaItem.objects.create(
            meeting=meeting, subject=subject, kind=kind, proposed_by_id=proposer, position=_last(meeting) + 1,
            urgent_reason=urgent_reason.strip()[:300], about=about.as_dict() if about else {}, **text,
        )  # fmt: skip
        same_matter_merge(known)
        return Proposed(known.pk, created=True, quarter=meeting.quarter)
    if (known.outcome or _is_lost_matter(known)) and meeting.state == MeetingState.PREPARING:
        known = _alive(known)
    if known.state == AgendaState.DRAFT and meeting.state == MeetingState.PREPARING:
        AgendaItem.objects.filter(pk=known.pk).update(**text)
    return Proposed(known.pk, created=False, quarter=meeting.quarter)


def _is_lost_matter(item: AgendaItem) -> bool:
    """A matter between authorities that was once left out of this agenda comes back when it is brought again."""
    return item.state == AgendaState.DROPPED and item.subject.startswith(matters.KINDS)


def _refuse_bad_item(kind: str, title: Mapping[str, str]) -> None:
    if kind not in AgendaKind.values:
        raise Refusal(
            "agenda.unknown_kind",
            _("Unknown kind of agenda item."),
            field="kind",
            cure=_("Use one of: %(kinds)s.") % {"kinds": ", ".join(AgendaKind.values)},
            status=422,
        )
    if not title.get("zh", "").strip() or not title.get("en", "").strip():
        raise Refusal(
            "agenda.no_title", _("An item needs a title in both languages."), field="title",
            cure=_("Write it in Chinese and in English."), status=422,
        )  # fmt: skip


def _texts(title: Mapping[str, str], body: Mapping[str, str] | None) -> dict[str, str]:
    return {
        "title_zh": title["zh"][:300],
        "title_en": title["en"][:300],
        "body_zh": (body or {}).get("zh", ""),
        "body_en": (body or {}).get("en", ""),
    }


def _last(meeting: JointMeeting) -> int:
    found = AgendaItem.objects.filter(meeting=meeting).aggregate(last=Max("position"))["last"]
    return int(found or 0)


def refuse_if_frozen(meeting: JointMeeting, urgent_reason: str = "") -> None:
    """Refuse a change of the agenda: after the notice without urgency, after the meeting always."""
    if meeting.state in (MeetingState.HELD, MeetingState.CLOSED):
        raise Refusal(
            "meeting.already_held",
            _("This meeting has been held; its agenda is closed."),
            field="quarter",
            cure=_("Propose the matter for the next quarter."),
        )
    if meeting.state == MeetingState.CONVENED and not urgent_reason.strip():
        raise Refusal(
            "meeting.agenda_frozen",
            _("The notice was sent; agenda and papers no longer change."),
            field="urgent_reason",
            cure=_("Say why the matter is urgent, propose it for the next quarter, or postpone the meeting."),
        )


def item_locked(item_id: int) -> AgendaItem:
    """The item with its meeting, both locked; 404 when there is none."""
    found = AgendaItem.objects.filter(pk=item_id).values_list("meeting_id", flat=True).first()
    if found is None:
        raise NotYours("agenda item")
    JointMeeting.objects.select_for_update().get(pk=found)
    return AgendaItem.objects.select_related("meeting").select_for_update(of=("self",)).get(pk=item_id)


@transaction.atomic
def agenda_item_decide(*, actor: Principal, item_id: int, accept: bool) -> str:
    """The secretariat takes a draft onto the agenda or drops it; returns the new state.

    Refuses once the notice was sent (an urgent item may still be decided), and to drop the follow-up of an action
    that is not done, or an item that carries an unanswered matter between authorities: that is settled, carried over
    or withdrawn by an answer. Deciding the same way twice changes nothing.
    """
    require(actor, "agenda.decide")
    item = item_locked(item_id)
    refuse_if_frozen(item.meeting, item.urgent_reason)
    if item.outcome:
        raise Refusal(
            "agenda.settled", _("This item is settled."), field="item", cure=_("Its outcome stands on its page.")
        )
    if item.state == AgendaState.MERGED:
        raise Refusal(
            "agenda.merged", _("This item was merged into another one."), field="item",
            cure=_("Decide on the item it was merged into."),
        )  # fmt: skip
    if not accept:
        _refuse_to_lose_action(item)
        matters.refuse_to_lose_matter(item)
    item.state = AgendaState.ACCEPTED if accept else AgendaState.DROPPED
    item.save(update_fields=["state"])
    return item.state


def _refuse_to_lose_action(item: AgendaItem) -> None:
    if not item.subject.startswith(ACTION):
        return
    public_id = item.subject.removeprefix(ACTION)
    if ActionItem.objects.filter(public_id=public_id).exclude(state="done").exists():
        raise Refusal(
            "agenda.action_open", _("The action is not done; its follow-up stays on the agenda."), field="item",
            cure=_("Confirm the action first, or keep the item."),
        )  # fmt: skip


@transaction.atomic
def agenda_item_move(*, actor: Principal, item_id: int, up: bool) -> int:
    """Move an item one place up or down within its part. Returns its new position; at the end it stays.

    Refuses once the notice was sent.
    """
    require(actor, "agenda.decide")
    item = item_locked(item_id)
    refuse_if_frozen(item.meeting)
    shown = AgendaItem.objects.filter(meeting=item.meeting, state__in=(AgendaState.DRAFT, AgendaState.ACCEPTED))
    line = [row for row in shown.order_by("position", "pk") if row.part == item.part]
    place = next((index for index, row in enumerate(line) if row.pk == item.pk), None)
    other = None if place is None else place + (-1 if up else 1)
    if place is None or other is None or not 0 <= other < len(line):
        return item.position
    places = sorted((row.position, row.pk) for row in line)
    line[place], line[other] = line[other], line[place]
    free = _distinct([position for position, _pk in places])
    for position, row in zip(free, line, strict=True):
        AgendaItem.objects.filter(pk=row.pk).exclude(position=position).update(position=position)
    return free[other]


def _distinct(positions: list[int]) -> list[int]:
    """The positions in order, each at least one above the one before."""
    result: list[int] = []
    for position in positions:
        result.append(max(position, result[-1] + 1) if result else position)
    return result


@transaction.atomic
def paper_add(
    *, actor: Principal, item_id: int, kind: str, title: Mapping[str, str], body: Mapping[str, str] | None = None,
    ref: str = "",
) -> int:
    """Attach a text, a link or a reference to an item. The same reference twice is once. Returns the paper's id.

    Refuses unknown kinds, a link that is no https address, an empty text, and once the notice was sent (an urgent
    item still takes papers until the meeting is held).
    """
    require(actor, "paper.add")
    item = item_locked(item_id)
    refuse_if_frozen(item.meeting, item.urgent_reason)
    ref, texts = ref.strip(), _texts({"zh": title.get("zh", ""), "en": title.get("en", "")}, body)
    _refuse_bad_paper(kind, ref, texts)
    values = {**texts, "added_by": actor.label}
    if not ref:
        return AgendaPaper.objects.create(item=item, kind=kind, **values).pk
    return AgendaPaper.objects.get_or_create(item=item, kind=kind, ref=ref[:300], defaults=values)[0].pk


def _refuse_bad_paper(kind: str, ref: str, texts: Mapping[str, str]) -> None:
    problem = ""
    if kind not in PaperKind.values:
        problem = "kind"
    elif not texts["title_zh"].strip() or not texts["title_en"].strip():
        problem = "title"
    elif kind == PaperKind.LINK and not re.fullmatch(r"https://[^\s]+", ref):
        problem = "ref"
    elif kind == PaperKind.TEXT and not (texts["body_zh"].strip() and texts["body_en"].strip()):
        problem = "body"
    elif kind in (PaperKind.CASE, PaperKind.FINDING, PaperKind.EFFECT) and not ref:
        problem = "ref"
    if problem:
        raise Refusal(
            "paper.incomplete", _("This paper is not complete."), field=problem,
            cure=_("Give kind, a title in both languages, and a text in both, an https link or a reference."),
            status=422,
        )  # fmt: skip


@transaction.atomic
def agenda_item_carry_over(*, actor: Principal, item_id: int) -> int:
    """Take an item that was not settled to the next open meeting, with its papers. Returns the new item's id.

    Refuses an item that is settled already and a meeting that is closed. Twice is once.
    """
    require(actor, "meeting.run")
    item = item_locked(item_id)
    if item.outcome == ItemOutcome.CARRIED_OVER:
        return int(AgendaItem.objects.get(carried_from=item).pk)
    if item.outcome or item.meeting.state == MeetingState.CLOSED or item.state not in (
        AgendaState.DRAFT, AgendaState.ACCEPTED,
    ):  # fmt: skip
        raise Refusal(
            "agenda.settled", _("This item is settled; there is nothing to carry over."), field="item",
            cure=_("Carry over only what the meeting left open."),
        )  # fmt: skip
    return item_carry(item).pk


def item_carry(item: AgendaItem) -> AgendaItem:
    """The item on the next open agenda, with papers, what was merged into it and the matters it carries.

    Called with item and meeting locked. What waits there already takes the matters in.
    """
    after = next_quarter(item.meeting.quarter)
    meeting = open_meeting_from(max(after, quarter_of(clock.today())))
    copy = _alive(_carried(item, meeting))
    for part in AgendaItem.objects.filter(merged_into=item, state=AgendaState.MERGED).order_by("pk"):
        _carried(part, meeting, state=AgendaState.MERGED, merged_into=copy)
    matters.matters_move(item.pk, copy.pk)
    AgendaItem.objects.filter(pk=item.pk).update(outcome=ItemOutcome.CARRIED_OVER)
    return copy


def item_standing_for(item_id: int) -> int:
    """The item itself, or the one it was merged into."""
    item = AgendaItem.objects.get(pk=item_id)
    return item_standing_for(item.merged_into_id) if item.merged_into_id else item.pk


def _alive(copy: AgendaItem) -> AgendaItem:
    """The item that stands for it on that agenda; one that was dropped or withdrawn there is a draft again."""
    if copy.merged_into is not None:
        return _alive(copy.merged_into)
    if copy.state not in (AgendaState.DRAFT, AgendaState.ACCEPTED) or copy.outcome:
        copy.state, copy.outcome = AgendaState.DRAFT, ""
        copy.save(update_fields=["state", "outcome"])
    return copy


def _carried(item: AgendaItem, meeting: JointMeeting, **values: Any) -> AgendaItem:
    copy, created = AgendaItem.objects.get_or_create(
        meeting=meeting,
        subject=item.subject,
        defaults={
            **_texts({"zh": item.title_zh, "en": item.title_en}, {"zh": item.body_zh, "en": item.body_en}),
            "kind": item.kind, "proposed_by_id": item.proposed_by_id, "carried_from": item, "about": item.about,
            "note_zh": item.note_zh, "note_en": item.note_en, "position": _last(meeting) + 1, **values,
        },
    )  # fmt: skip
    if not created:
        AgendaItem.objects.filter(pk=copy.pk, carried_from__isnull=True).update(carried_from=item)
    for paper in AgendaPaper.objects.filter(item=item) if created else ():
        AgendaPaper.objects.create(
            item=copy, kind=paper.kind, title_zh=paper.title_zh, title_en=paper.title_en, body_zh=paper.body_zh,
            body_en=paper.body_en, ref=paper.ref, added_by=paper.added_by,
        )  # fmt: skip
    return copy
