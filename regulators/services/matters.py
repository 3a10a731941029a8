"""Open matters between authorities that wait on an agenda: they are never lost with the item that carries them.

An item may carry hand-overs and questions that came before the joint meeting. It is settled with them, carried over
with them, or withdrawn once they are answered otherwise. What carries a matter is the link of the matter to the item;
all of it is looked up as the system, because a secretariat sees only matters that were shown to it.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.principal import system_principal
from regulators.charter import next_quarter, quarter_of
from regulators.choices import (
    OPEN_CONSULTATION,
    OPEN_HAND_OVER,
    AgendaState,
    HandOverState,
    ItemOutcome,
    MeetingState,
)
from regulators.models import AgendaItem, Consultation, HandOver, JointMeeting

Matter = HandOver | Consultation
ACTOR = system_principal("regulators")
ALIVE = (AgendaState.DRAFT, AgendaState.ACCEPTED)
KINDS = ("handover:", "consultation:")


def open_matters(item_id: int) -> list[Matter]:
    """Unanswered hand-overs and questions that this item carries, hand-overs first."""
    with acting_as(ACTOR):
        offers = HandOver.objects.filter(agenda_item_id=item_id, state__in=OPEN_HAND_OVER).order_by("pk")
        asked = Consultation.objects.filter(agenda_item_id=item_id, state__in=OPEN_CONSULTATION).order_by("pk")
        return [*offers, *asked]


def refuse_to_lose_matter(item: AgendaItem) -> None:
    """Refuse a step that would leave a matter without a place."""
    if open_matters(item.pk):
        raise Refusal(
            "agenda.matter_open",
            _("This item carries a matter between authorities that nobody has answered."),
            field="item",
            cure=_("Resolve it in the sitting, carry it over, or let the authorities answer it."),
        )


def matters_move(item_id: int, to_item_id: int, *, only_subject: str = "") -> int:
    """Let the open matters of an item wait at another one; only the one that a subject names, when given."""
    moved = 0
    with acting_as(ACTOR):
        for row in open_matters(item_id):
            if not only_subject or only_subject == subject_of(row):
                type(row).objects.filter(pk=row.pk).update(agenda_item_id=to_item_id)
                moved += 1
    return moved


def subject_of(row: Matter) -> str:
    """The subject of the agenda item that a matter comes with."""
    return f"{'handover' if isinstance(row, HandOver) else 'consultation'}:{row.public_id}"


def is_live(item: AgendaItem) -> bool:
    """Whether a matter can wait here: on the agenda, not settled, in a meeting that is not closed."""
    return item.state in ALIVE and not item.outcome and item.meeting.state != MeetingState.CLOSED


def waits_until(item: AgendaItem) -> date:
    """The last day on which a matter waits at an item: the end of the quarter, a quarter later once the meeting sat."""
    quarter = item.meeting.quarter
    return quarter_end(next_quarter(quarter) if item.meeting.state == MeetingState.HELD else quarter)


def quarter_end(quarter: str) -> date:
    """The last day of a quarter written 2017Q3."""
    after = next_quarter(quarter)
    return date(int(after[:4]), int(after[5]) * 3 - 2, 1) - timedelta(days=1)


def place_lock(row: Matter) -> None:
    """Lock meeting and item of a matter before its own row, in the order in which the meeting's verbs lock them."""
    if row.agenda_item_id is None:
        return
    with acting_as(ACTOR):
        meeting_id = AgendaItem.objects.values_list("meeting_id", flat=True).get(pk=row.agenda_item_id)
        JointMeeting.objects.select_for_update().get(pk=meeting_id)
        AgendaItem.objects.select_for_update(of=("self",)).get(pk=row.agenda_item_id)


def matter_answered(row: Matter, note: Mapping[str, str]) -> None:
    """Write what became of a matter to its item, and withdraw the item when it has nothing else to decide.

    On an agenda that was announced the item stays to be read, with this outcome; before it leaves the agenda. An item
    of another kind that took the matter in lives on.
    """
    if row.agenda_item_id is None:
        return
    with acting_as(ACTOR):
        item = AgendaItem.objects.select_related("meeting").select_for_update(of=("self",)).get(pk=row.agenda_item_id)
        item.note_zh, item.note_en = _added(item.note_zh, note["zh"]), _added(item.note_en, note["en"])
        is_alone = not open_matters(item.pk) and not AgendaItem.objects.filter(merged_into=item).exists()
        if is_live(item) and item.subject.startswith(KINDS) and is_alone:
            item.outcome = ItemOutcome.WITHDRAWN
            if item.state == AgendaState.DRAFT or item.meeting.state == MeetingState.PREPARING:
                item.state = AgendaState.WITHDRAWN
        item.save(update_fields=["note_zh", "note_en", "outcome", "state"])


def _added(text: str, line: str) -> str:
    return f"{text}\n{line}".strip()


_WORDS = {
    "accept": ("{to}已于{day}接收，自当日起由其负责。", "{to} accepted on {day} and is in charge from that day."),
    "refuse": (
        "{to}于{day}拒绝，仍由{sender}负责。理由：{said}",
        "{to} refused on {day}; {sender} stays in charge. Reason: {said}",
    ),
    "withdraw": ("{sender}于{day}撤回。{said}", "{sender} withdrew on {day}. {said}"),
    "answer": ("{to}于{day}答复，仍由{sender}负责。", "{to} answered on {day}; {sender} stays in charge."),
    "settle_moved": ("自{day}起由{to}负责。{said}", "{to} is in charge from {day}. {said}"),
    "settle_stays": ("自{day}起仍由{sender}负责。{said}", "{sender} stays in charge from {day}. {said}"),
    "settle": ("会议于{day}代为答复，仍由{sender}负责。", "The meeting answered on {day}; {sender} stays in charge."),
}  # fmt: skip


def answer_words(row: Matter, verb: str, said: str) -> dict[str, str]:
    """What became of a matter, in both languages, with who is in charge from which day."""
    sender, to = row.from_authority, row.to_authority
    zh, en = _WORDS[verb]
    day = clock.today()
    return {
        "zh": zh.format(sender=sender.short_zh or sender.name_zh, to=to.short_zh or to.name_zh, day=day, said=said),
        "en": en.format(
            sender=sender.short_en or sender.name_en, to=to.short_en or to.name_en, day=day, said=said
        ).strip(),
    }


def misplaced() -> list[Matter]:
    """Matters before the meeting whose item is not alive, or whose meeting let its time pass."""
    today = clock.today()
    with acting_as(ACTOR):
        rows: list[Matter] = []
        for model in (HandOver, Consultation):
            found = model.objects.filter(state=HandOverState.BEFORE_MEETING).select_related("agenda_item__meeting")
            rows += [row for row in found.order_by("pk") if is_misplaced(row, today)]
        return rows


def is_misplaced(row: Matter, today: date) -> bool:
    """Whether a matter before the meeting has no place that is alive and has a day ahead."""
    if row.state != HandOverState.BEFORE_MEETING:
        return False
    item = row.agenda_item
    return item is None or not is_live(item) or waits_until(item) < today


def quarter_today() -> str:
    """The quarter that today lies in."""
    return quarter_of(clock.today())
