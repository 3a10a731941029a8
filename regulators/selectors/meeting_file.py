"""Everything about one meeting, in the language that is active: for the secretariat's page and for the pack."""

import difflib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import translation

from common import clock
from common.principal import Principal
from common.transitions import TransitionRecord, transitions_of
from regulators.charter import Charter, charter_on
from regulators.choices import (
    OPEN_CONSULTATION,
    OPEN_HAND_OVER,
    ActionState,
    AgendaState,
    AttendanceState,
    Capacity,
    MeetingPart,
    MeetingState,
)
from regulators.facts import RegionTree
from regulators.facts.agenda import is_one_matter
from regulators.models import (
    ActionItem,
    AgendaItem,
    AgendaPaper,
    Attendance,
    Authority,
    ExpertQuestion,
    JointMeeting,
    Minutes,
)
from regulators.permissions import is_permitted
from regulators.selectors.authorities import region_tree
from regulators.selectors.experts import OpinionText, is_member, opinions_of, questions_visible_to
from regulators.selectors.handovers import consultations_visible_to, handovers_visible_to
from regulators.workflow import MEETING_WORKFLOW

VOTING = (Capacity.CONVENOR, Capacity.MEMBER)
ALIVE = (AgendaState.DRAFT, AgendaState.ACCEPTED)
NEAR = 0.8


def here(zh: str, en: str) -> str:
    """The text in the active language; where it is empty the other one."""
    is_chinese = (translation.get_language() or "").startswith("zh")
    return (zh or en) if is_chinese else (en or zh)


def body_name(authority: Authority | None) -> str:
    """The short name of a body in the active language."""
    return here(authority.short_zh, authority.short_en) or authority.code if authority else ""


@dataclass(frozen=True, slots=True)
class ActionLine:
    """One action with its owner."""

    id: int
    number: int
    quarter: str
    text: str
    owner: str
    owner_id: int
    due_on: date
    state: str
    state_text: str
    report: str
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question to the experts on an item, with its opinions as far as the reader may see them."""

    id: int
    title: str
    text: str
    state: str
    state_text: str
    given: int
    seats: int
    opinions: tuple[OpinionText, ...]


@dataclass(frozen=True, slots=True)
class MatterLine:
    """A matter between authorities that waits at an item for the resolution. `kind` is handover or consultation."""

    kind: str
    id: int
    title: str
    sender: str
    receiver: str


@dataclass(frozen=True, slots=True)
class ItemFile:
    """One agenda item with papers, notes, votes, resolution and actions.

    Texts, papers and proposers of items merged into it stand with its own; `merged` names those items.
    """

    row: AgendaItem
    number: int
    title: str
    body: str
    proposer: str
    is_first: bool
    is_last: bool
    papers: tuple[Any, ...]
    notes: tuple[tuple[str, str], ...]
    ballot: tuple[tuple[str, str, str], ...]
    tally: dict[str, int]
    resolution: Any
    resolution_text: str
    note: str
    merged: tuple[tuple[int, str], ...]
    matters: tuple[MatterLine, ...]
    actions: tuple[ActionLine, ...]
    questions: tuple[QuestionLine, ...]


@dataclass(frozen=True, slots=True)
class PartFile:
    """One of the three standing parts."""

    key: str
    label: str
    items: tuple[ItemFile, ...]


@dataclass(frozen=True, slots=True)
class BodyLine:
    """A body that was asked to the meeting."""

    authority_id: int
    code: str
    name: str
    capacity: str
    capacity_text: str
    state: str
    state_text: str
    persons: int
    has_vote: bool


@dataclass(frozen=True, slots=True)
class MeetingFile:
    """The whole meeting."""

    meeting: JointMeeting
    charter: Charter | None
    charter_name: str
    conventions: tuple[str, ...]
    parts: tuple[PartFile, ...]
    bodies: tuple[BodyLine, ...]
    present: int
    voting: int
    needed: int
    has_quorum: bool
    left_out: tuple[ItemFile, ...]
    near: tuple[tuple[ItemFile, ItemFile], ...]
    minutes: Minutes | None
    minutes_text: str
    approvals: tuple[str, ...]
    actions_before: tuple[ActionLine, ...]
    history: tuple[TransitionRecord, ...]
    verbs: tuple[str, ...]
    may_run: bool
    may_propose: bool
    may_approve: bool
    is_member: bool

    @property
    def items(self) -> tuple[ItemFile, ...]:
        """All items that are alive, in the order of the agenda."""
        return tuple(item for part in self.parts for item in part.items)


def meeting_file(principal: Principal, meeting: JointMeeting) -> MeetingFile:
    """The file of a meeting in the active language, as far as the principal may see it."""
    charter = charter_on(meeting.planned_on or clock.today())
    rows = list(
        AgendaItem.objects.filter(meeting=meeting)
        .select_related("proposed_by", "resolution", "merged_into")
        .prefetch_related("papers", "notes__speaker", "votes__authority", "resolution__actions__owner")
        .order_by("position", "pk")
    )
    bodies = _bodies(meeting)
    asked = _asked(principal, meeting)
    beside = Beside(_merged(rows), _matters(principal, meeting), asked)
    parts = _parts([row for row in rows if row.state in ALIVE], bodies, beside)
    present = [body for body in bodies if body.has_vote and body.state == AttendanceState.PRESENT]
    voting = sum(body.has_vote for body in bodies)
    minutes = Minutes.objects.filter(meeting=meeting).first()
    member = is_member(principal) or principal.kind == "system"
    items = [item for part in parts for item in part.items]
    return MeetingFile(
        meeting=meeting,
        charter=charter,
        charter_name=here(charter.name["zh"], charter.name["en"]) if charter else "",
        conventions=tuple(here(note["zh"], note["en"]) for note in charter.conventions) if charter else (),
        parts=parts,
        bodies=bodies,
        present=len(present),
        voting=voting,
        needed=charter.needed(voting) if charter else 0,
        has_quorum=_quorum(charter, present, voting),
        left_out=tuple(_item(row, 0, (0, 0), (), Beside()) for row in rows if row.state not in ALIVE),
        near=_near(items),
        minutes=minutes,
        minutes_text=_minutes_text(minutes, member),
        approvals=_approvals(minutes),
        actions_before=actions_before(meeting),
        history=tuple(transitions_of("meeting", meeting.pk)),
        verbs=MEETING_WORKFLOW.verbs_from(meeting.state) if is_permitted(principal, "meeting.run") else (),
        may_run=is_permitted(principal, "meeting.run") and meeting.state != MeetingState.CLOSED,
        may_propose=is_permitted(principal, "agenda.propose"),
        may_approve=is_permitted(principal, "minutes.approve"),
        is_member=member,
    )


def _quorum(charter: Charter | None, present: list[BodyLine], voting: int) -> bool:
    has_convenor = any(body.capacity == Capacity.CONVENOR for body in present)
    return charter is not None and charter.has_quorum(
        present=len(present), voting=voting, convenor_present=has_convenor
    )


def _minutes_text(minutes: Minutes | None, member: bool) -> str:
    """Minutes are for members: as a draft to be approved, as a record once published."""
    return here(minutes.text_zh, minutes.text_en) if minutes and member else ""


def _approvals(minutes: Minutes | None) -> tuple[str, ...]:
    if minutes is None:
        return ()
    rows = minutes.approvals.filter(revision=minutes.revision).select_related("authority").order_by("pk")
    return tuple(body_name(row.authority) for row in rows)


@dataclass(frozen=True, slots=True)
class Beside:
    """What belongs to items beyond their own rows, by the item's id."""

    merged: Mapping[int, tuple[AgendaItem, ...]] = field(default_factory=dict)
    matters: Mapping[int, tuple[MatterLine, ...]] = field(default_factory=dict)
    asked: Mapping[int, tuple[QuestionLine, ...]] = field(default_factory=dict)


def _merged(rows: list[AgendaItem]) -> dict[int, tuple[AgendaItem, ...]]:
    found: dict[int, tuple[AgendaItem, ...]] = {}
    for row in rows:
        if row.state == AgendaState.MERGED and row.merged_into_id:
            found[row.merged_into_id] = (*found.get(row.merged_into_id, ()), row)
    return found


def _matters(principal: Principal, meeting: JointMeeting) -> dict[int, tuple[MatterLine, ...]]:
    """Unanswered hand-overs and questions by the item that carries them, as far as the reader may see them."""
    offers = handovers_visible_to(principal).filter(agenda_item__meeting=meeting, state__in=OPEN_HAND_OVER)
    asked = consultations_visible_to(principal).filter(agenda_item__meeting=meeting, state__in=OPEN_CONSULTATION)
    found: dict[int, tuple[MatterLine, ...]] = {}
    for kind, rows in (("handover", offers), ("consultation", asked)):
        for row in rows.order_by("pk"):
            sender, receiver = body_name(row.from_authority), body_name(row.to_authority)
            line = MatterLine(kind, row.pk, here(row.title_zh, row.title_en), sender, receiver)
            item = row.agenda_item_id or 0
            found[item] = (*found.get(item, ()), line)
    return found


def _parts(rows: list[AgendaItem], bodies: tuple[BodyLine, ...], beside: Beside) -> tuple[PartFile, ...]:
    parts, number = [], 0
    for part in MeetingPart:
        own = [row for row in rows if row.part == part]
        items = []
        for index, row in enumerate(own):
            number += 1
            items.append(_item(row, number, (index, len(own)), bodies, beside))
        parts.append(PartFile(part.value, str(part.label), tuple(items)))
    return tuple(parts)


def _item(
    row: AgendaItem, number: int, place: tuple[int, int], bodies: tuple[BodyLine, ...], beside: Beside
) -> ItemFile:
    merged = beside.merged.get(row.pk, ())
    resolution = getattr(row, "resolution", None)
    actions = resolution.actions.all() if resolution else ()
    return ItemFile(
        row=row,
        number=number,
        title=here(row.title_zh, row.title_en),
        body=_with_merged(row, merged),
        proposer=" · ".join(dict.fromkeys(name for one in (row, *merged) if (name := body_name(one.proposed_by)))),
        is_first=place[0] == 0,
        is_last=place[0] == place[1] - 1,
        papers=tuple(
            {"row": paper, "title": here(paper.title_zh, paper.title_en), "body": here(paper.body_zh, paper.body_en)}
            for paper in _papers((row, *merged))
        ),
        notes=tuple((body_name(note.speaker), note.text) for note in row.notes.all()),
        ballot=_ballot(row, bodies),
        tally=dict(Counter(vote.choice for vote in row.votes.all())),
        resolution=resolution,
        resolution_text=here(resolution.text_zh, resolution.text_en) if resolution else "",
        note=here(row.note_zh, row.note_en),
        merged=tuple((one.pk, here(one.title_zh, one.title_en)) for one in merged),
        matters=beside.matters.get(row.pk, ()),
        actions=tuple(_action(action, row.meeting.quarter) for action in actions),
        questions=beside.asked.get(row.pk, ()),
    )


def _with_merged(row: AgendaItem, merged: tuple[AgendaItem, ...]) -> str:
    """The item's text, then title and text of each item that was merged into it."""
    texts = [here(row.body_zh, row.body_en)]
    for one in merged:
        texts += [here(one.title_zh, one.title_en), here(one.body_zh, one.body_en)]
    return "\n".join(text.strip() for text in texts if text.strip())


def _papers(rows: tuple[AgendaItem, ...]) -> list[AgendaPaper]:
    """All papers in order, the same reference once."""
    found: dict[tuple[str, str], AgendaPaper] = {}
    for paper in (paper for row in rows for paper in row.papers.all()):
        found.setdefault((paper.kind, paper.ref) if paper.ref else ("", str(paper.pk)), paper)
    return list(found.values())


def _ballot(row: AgendaItem, bodies: tuple[BodyLine, ...]) -> tuple[tuple[str, str, str], ...]:
    """Code, name and present vote of every voting body that is present."""
    votes = {vote.authority_id: vote.choice for vote in row.votes.all()}
    here_now = [body for body in bodies if body.has_vote and body.state == AttendanceState.PRESENT]
    return tuple((body.code, body.name, votes.get(body.authority_id, "")) for body in here_now)


def _asked(principal: Principal, meeting: JointMeeting) -> dict[int, tuple[QuestionLine, ...]]:
    """The questions on the items of a meeting, by item."""
    rows = questions_visible_to(principal).filter(item__meeting=meeting).exclude(state="withdrawn").order_by("pk")
    found: dict[int, tuple[QuestionLine, ...]] = {}
    for row in rows.prefetch_related("seats"):
        found[row.item_id or 0] = (*found.get(row.item_id or 0, ()), question_line(principal, row))
    return found


def question_line(principal: Principal, row: ExpertQuestion) -> QuestionLine:
    """A question with counts of seats and, once published, its opinions."""
    states = [seat.state for seat in row.seats.all()]
    return QuestionLine(
        id=row.pk,
        title=here(row.title_zh, row.title_en),
        text=here(row.text_zh, row.text_en),
        state=row.state,
        state_text=str(row.get_state_display()),
        given=states.count("answered"),
        seats=len([state for state in states if state != "recused"]),
        opinions=tuple(opinion for opinion in opinions_of(principal, row.pk) if opinion.is_last),
    )


def _bodies(meeting: JointMeeting) -> tuple[BodyLine, ...]:
    rows = Attendance.objects.filter(meeting=meeting).select_related("authority").order_by("pk")
    return tuple(
        BodyLine(
            r.authority_id, r.authority.code, body_name(r.authority), r.capacity, str(r.get_capacity_display()),
            r.state, str(r.get_state_display()), r.persons, r.capacity in VOTING,
        )
        for r in rows
    )  # fmt: skip


def _action(row: ActionItem, quarter: str) -> ActionLine:
    return ActionLine(
        row.pk, row.number, quarter, here(row.text_zh, row.text_en), body_name(row.owner), row.owner_id, row.due_on,
        row.state, str(row.get_state_display()), row.report, row.is_overdue,
    )  # fmt: skip


def actions_before(meeting: JointMeeting) -> tuple[ActionLine, ...]:
    """Actions of earlier meetings that are not done, and those done since the last meeting."""
    rows = ActionItem.objects.filter(resolution__item__meeting__quarter__lt=meeting.quarter)
    rows = rows.select_related("owner", "resolution__item__meeting").order_by("due_on", "pk")
    last = JointMeeting.objects.filter(quarter__lt=meeting.quarter, state="closed").order_by("-quarter").first()
    since = last.closed_on if last else None
    return tuple(
        _action(row, row.resolution.item.meeting.quarter)
        for row in rows
        if row.state != ActionState.DONE or (since and row.done_on and row.done_on >= since)
    )


def _near(items: list[ItemFile]) -> tuple[tuple[ItemFile, ItemFile], ...]:
    """Pairs that look like one matter: one part of the map, one object, or titles that differ little. At most ten."""
    tree = region_tree() if any(item.row.about for item in items) else RegionTree()
    pairs = [
        (one, other)
        for index, one in enumerate(items)
        for other in items[index + 1 :]
        if one.row.kind != "follow_up" and other.row.kind != "follow_up"
        and (is_one_matter(one.row.about, other.row.about, tree) or _is_near(one.row, other.row))
    ]
    return tuple(pairs[:10])


def _is_near(one: AgendaItem, other: AgendaItem) -> bool:
    """One object under two subjects, or titles that differ little where a member wrote at least one of them.

    Two objects of one kind that apps proposed (two cases, two rules) are two matters, however alike their titles are.
    """
    (kind, _, tail), (other_kind, _, other_tail) = one.subject.partition(":"), other.subject.partition(":")
    if tail and tail == other_tail:
        return True
    if "member" not in (kind, other_kind):
        return False
    return _is_alike(one.title_zh, other.title_zh) or _is_alike(one.title_en, other.title_en)


def _is_alike(one: str, other: str) -> bool:
    match = difflib.SequenceMatcher(None, one.casefold(), other.casefold())
    return match.real_quick_ratio() >= NEAR and match.quick_ratio() >= NEAR and match.ratio() >= NEAR
