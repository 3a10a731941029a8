"""Matters that came before the joint meeting: never dropped with their item, settled by the resolution about it."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.http import QueryDict

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.models import OutboxEvent
from common.principal import Principal
from common.transitions import transitions_of
from regulators import selectors, services
from regulators.admin.verbs import MEETING_VERBS
from regulators.models import AgendaItem, Consultation, HandOver, JointMeeting, Minutes
from tests.factories.coordination import Matters, body, coordination_map, matters
from tests.factories.meetings import attend, text
from tests.factories.regulators import SYSTEM, officer

pytestmark = pytest.mark.django_db
MONDAY, LATER, DAY = "2017-07-10", "2017-08-14", "2017-09-04"


@pytest.fixture
def owned() -> Iterator[Matters]:
    coordination_map()
    with clock.frozen(MONDAY):
        yield matters(m1="CBRC", m2="CSRC")


class Ground:
    """A hand-over CBRC → MIIT or a question CBRC → CAC that nobody answered, before the meeting of 2017Q3."""

    def __init__(self) -> None:
        self.sender, self.secretary = officer("CBRC"), officer("PBOC", "secretariat")
        self.miit, self.cac = officer("MIIT"), officer("CAC")

    def offered(self, subject: str = "matter:1", sender: Principal | None = None) -> HandOver:
        who = sender or self.sender
        with acting_as(who):
            pk = services.handover_offer(actor=who, subject=subject, to_authority_id=body("MIIT"), reason="归口")
        with clock.frozen(LATER):
            services.handovers_escalate_overdue(actor=SYSTEM)
        return HandOver.objects.get(pk=pk)

    def asked(self) -> Consultation:
        with acting_as(self.sender):
            pk = services.consultation_open(
                actor=self.sender, subject="matter:1", to_authority_id=body("CAC"), question="仍可访问吗？"
            )
        with clock.frozen(LATER):
            services.consultations_escalate_overdue(actor=SYSTEM)
        return Consultation.objects.get(pk=pk)

    def sitting(self) -> JointMeeting:
        meeting = JointMeeting.objects.get(quarter="2017Q3")
        with clock.frozen(LATER):
            for item in AgendaItem.objects.filter(meeting=meeting, state="draft"):
                services.agenda_item_decide(actor=self.secretary, item_id=item.pk, accept=True)
            services.meeting_plan(
                actor=self.secretary, meeting_id=meeting.pk, planned_on=date.fromisoformat(DAY)
            )
            services.meeting_convene(actor=self.secretary, meeting_id=meeting.pk)
        with clock.frozen(DAY):
            attend(self, meeting.pk, "PBOC", "CBRC", "CSRC", "CIRC")  # type: ignore[arg-type]
            services.meeting_hold(actor=self.secretary, meeting_id=meeting.pk)
        return meeting

    @property
    def secretariat(self) -> Principal:
        return self.secretary


@pytest.fixture
def ground(owned: Matters) -> Ground:
    return Ground()


def refused(code: str, verb: Callable[..., object], **arguments: object) -> None:
    """The verb refuses with this code, names a cure, and no item or matter has changed."""

    def everything() -> list[object]:
        return [list(model.objects.order_by("pk").values()) for model in (AgendaItem, HandOver, Consultation)]

    before = everything()
    with pytest.raises(Refusal) as found:
        verb(**arguments)
    assert (found.value.code, bool(found.value.cure)) == (code, True)
    assert everything() == before


# --- (1) an item with an open matter cannot be dropped ---
@pytest.mark.parametrize("kind", ["offered", "asked"])
def test_nobody_drops_or_notes_an_item_that_carries_an_open_matter(ground: Ground, kind: str) -> None:
    row = getattr(ground, kind)()
    assert (row.state, row.agenda_item.meeting.quarter) == ("before_meeting", "2017Q3")
    for who in (ground.secretary, SYSTEM):
        refused(
            "agenda.matter_open", services.agenda_item_decide, actor=who, item_id=row.agenda_item_id, accept=False
        )
    ground.sitting()
    refused("agenda.matter_open", services.agenda_item_note, actor=ground.secretary, item_id=row.agenda_item_id)


def test_an_item_that_took_the_matter_in_cannot_be_dropped_either_and_splitting_gives_it_back(ground: Ground) -> None:
    row = ground.offered()
    other = services.agenda_item_propose(
        actor=SYSTEM, meeting_quarter="2017Q3", subject="case:1", title=text("C"), kind="important_matter"
    ).item_id
    services.agenda_items_merge(actor=ground.secretary, item_id=row.agenda_item_id, into_id=other)
    assert HandOver.objects.get().agenda_item_id == other
    refused("agenda.matter_open", services.agenda_item_decide, actor=ground.secretary, item_id=other, accept=False)
    services.agenda_item_split(actor=ground.secretary, item_id=row.agenda_item_id)
    assert HandOver.objects.get().agenda_item_id == row.agenda_item_id
    assert services.agenda_item_decide(actor=ground.secretary, item_id=other, accept=False) == "dropped"


# --- (2) an answer after escalation withdraws the item ---
def test_accepting_after_escalation_withdraws_the_draft_with_a_note(ground: Ground, owned: Matters) -> None:
    row = ground.offered()
    with clock.frozen(LATER), acting_as(ground.miit):
        services.handover_accept(actor=ground.miit, handover_id=row.pk)
    item = AgendaItem.objects.get(pk=row.agenda_item_id)
    assert (item.state, item.outcome) == ("withdrawn", "withdrawn")
    assert item.note_en == "MIIT accepted on 2017-08-14 and is in charge from that day."
    assert item.note_zh == "工信部已于2017-08-14接收，自当日起由其负责。"
    assert owned.owners[1] == body("MIIT")
    with clock.frozen(LATER):
        refused("agenda.settled", services.agenda_item_decide, actor=SYSTEM, item_id=item.pk, accept=True)


def test_accepting_after_the_notice_keeps_the_sealed_item_with_its_outcome(ground: Ground) -> None:
    row = ground.offered()
    meeting = ground.sitting()
    with clock.frozen(DAY), acting_as(ground.miit):
        services.handover_accept(actor=ground.miit, handover_id=row.pk)
    item = AgendaItem.objects.get(pk=row.agenda_item_id)
    assert (item.state, item.outcome, item.meeting_id) == ("accepted", "withdrawn", meeting.pk)
    with clock.frozen(DAY):
        refused(
            "resolution.settled", services.resolution_record, actor=ground.secretary, item_id=item.pk,
            text={"zh": "议定", "en": "Resolved"},
        )  # fmt: skip


def test_a_refusal_before_the_meeting_withdraws_and_bringing_it_again_revives(ground: Ground) -> None:
    row = ground.offered()
    with clock.frozen(LATER):
        with acting_as(ground.miit):
            services.handover_refuse(actor=ground.miit, handover_id=row.pk, reason="非电信业务")
        item = AgendaItem.objects.get()
        assert (item.state, "非电信业务" in item.note_zh) == ("withdrawn", True)
        with acting_as(ground.sender):
            again = services.handover_bring_to_meeting(actor=ground.sender, handover_id=row.pk, reason="不一致")
    item.refresh_from_db()
    assert (again, item.state, item.outcome) == (item.pk, "draft", "")


# --- (3) a resolution settles it in the same transaction ---
@pytest.mark.parametrize(
    ("moves", "state", "owner"), [(True, "settled_moved", "MIIT"), (False, "settled_stays", "CBRC")]
)
def test_a_resolution_settles_the_hand_over_it_is_about(
    ground: Ground, owned: Matters, moves: bool, state: str, owner: str
) -> None:
    row = ground.offered()
    ground.sitting()
    words = {"zh": "由工信部处理", "en": "MIIT handles it"}
    record = {"actor": ground.secretary, "item_id": row.agenda_item_id, "text": words}
    with clock.frozen(DAY):
        refused("resolution.matter_unsaid", services.resolution_record, **record)
        refused("resolution.matter_unsaid", services.resolution_record, **record, moves={row.pk: moves, 0: True})
        services.resolution_record(**record, moves={row.pk: moves})  # type: ignore[arg-type]
        services.resolution_record(**record)  # type: ignore[arg-type]
        refused("resolution.matter_unsaid", services.resolution_record, **record, moves={row.pk: not moves})
    row.refresh_from_db()
    item = AgendaItem.objects.get(pk=row.agenda_item_id)
    assert (row.state, row.answered_on, owned.owners[1]) == (state, date(2017, 9, 4), body(owner))
    assert "MIIT handles it" in row.answer
    assert item.outcome == "resolved"
    assert item.note_en.startswith(
        {True: "MIIT is in charge from 2017-09-04.", False: "CBRC stays in charge from 2017-09-04."}[moves]
    )
    assert selectors.responsible_for("matter:1") == body(owner)
    assert OutboxEvent.objects.filter(topic="handover.settled").count() == 1


def test_a_resolution_that_cannot_move_the_matter_is_not_recorded(ground: Ground, owned: Matters) -> None:
    row = ground.offered()
    ground.sitting()
    owned.owners[1] = body("CSRC")
    with clock.frozen(DAY):
        refused(
            "handover.stale", services.resolution_record, actor=ground.secretary, item_id=row.agenda_item_id,
            text={"zh": "移交", "en": "Moves"}, moves={row.pk: True},
        )  # fmt: skip
    assert not hasattr(AgendaItem.objects.get(pk=row.agenda_item_id), "resolution")


def test_a_resolution_answers_the_question_it_is_about(ground: Ground) -> None:
    row = ground.asked()
    ground.sitting()
    with clock.frozen(DAY):
        services.resolution_record(
            actor=ground.secretary, item_id=row.agenda_item_id, text={"zh": "网站已停", "en": "The site is closed"}
        )
    row.refresh_from_db()
    assert (row.state, "The site is closed" in row.answer) == ("settled", True)
    assert [step.verb for step in transitions_of("consultation", row.pk)] == ["ask", "remind", "bring", "settle"]


def test_closing_without_a_resolution_carries_the_matter_to_the_next_quarter(ground: Ground) -> None:
    row = ground.offered()
    meeting = ground.sitting()
    with clock.frozen(DAY):
        services.minutes_draft(actor=ground.secretary, meeting_id=meeting.pk)
        Minutes.objects.update(state="published")
        services.meeting_close(actor=ground.secretary, meeting_id=meeting.pk)
    old, row = AgendaItem.objects.get(pk=row.agenda_item_id), HandOver.objects.get()
    new = AgendaItem.objects.get(pk=row.agenda_item_id)
    assert (old.outcome, row.state) == ("carried_over", "before_meeting")
    assert (new.meeting.quarter, new.state, new.outcome, new.carried_from_id) == ("2017Q4", "draft", "", old.pk)


# --- (4) questions climb as hand-overs do ---
def test_a_question_is_refused_with_a_reason_and_may_go_to_the_meeting(ground: Ground, owned: Matters) -> None:
    with acting_as(ground.sender):
        pk = services.consultation_open(
            actor=ground.sender, subject="matter:1", to_authority_id=body("CAC"), question="？"
        )
    with acting_as(ground.cac):
        refused("coordination.no_reason", services.consultation_refuse, actor=ground.cac, consultation_id=pk, reason="")
        services.consultation_refuse(actor=ground.cac, consultation_id=pk, reason="不掌握情况")
    assert (Consultation.objects.get().state, owned.shown[1], owned.owners[1]) == ("refused", {}, body("CBRC"))
    with acting_as(ground.cac):
        refused(
            "consultation.not_permitted", services.consultation_bring_to_meeting,
            actor=ground.cac, consultation_id=pk, reason="x",
        )  # fmt: skip
    with acting_as(ground.sender):
        item = services.consultation_bring_to_meeting(actor=ground.sender, consultation_id=pk, reason="仍需意见")
    row = AgendaItem.objects.get(pk=item)
    assert (row.title_en, "不掌握情况" in row.body_zh) == ("Question unanswered: Matter 1 (CBRC → CAC)", True)


def test_an_unanswered_question_climbs_step_by_step(ground: Ground) -> None:
    who = officer("CSRC")
    with acting_as(who):
        pk = services.consultation_open(
            actor=who, subject="matter:2", to_authority_id=body("CBRC-110000"), question="？"
        )
    row = Consultation.objects.get(pk=pk)
    assert (row.due_on, row.superior_on, row.meeting_on) == (date(2017, 7, 24), date(2017, 7, 27), date(2017, 8, 3))

    def sweep(day: str) -> tuple[int, str]:
        with clock.frozen(day):
            taken = services.consultations_escalate_overdue(actor=SYSTEM)
        return taken, Consultation.objects.get(pk=pk).state

    assert [sweep(day) for day in ("2017-07-24", "2017-07-25", "2017-07-28", "2017-08-04", "2017-08-05")] == [
        (0, "open"), (1, "reminded"), (1, "raised"), (1, "before_meeting"), (0, "before_meeting"),
    ]  # fmt: skip
    superior = officer("CBRC")
    for reader, sees in ((superior, True), (ground.secretary, True), (officer("PBOC"), False)):
        with acting_as(reader):
            assert selectors.consultations_visible_to(reader).filter(pk=pk).exists() is sees
    with clock.frozen(LATER), acting_as(superior):
        refused("permission.denied", services.consultations_escalate_overdue, actor=superior)


# --- sweeps after 3, 100 and 1000 days ---
@pytest.mark.parametrize("days", [3, 100, 1000])
def test_after_any_time_a_sweep_finds_every_open_matter_a_live_place(ground: Ground, days: int) -> None:
    offer, asked = ground.offered("matter:2", officer("CSRC")), ground.asked()
    day = date.fromordinal(date.fromisoformat(LATER).toordinal() + days)
    with clock.frozen(day):
        services.handovers_escalate_overdue(actor=SYSTEM)
        services.consultations_escalate_overdue(actor=SYSTEM)
        assert services.handovers_escalate_overdue(actor=SYSTEM) == 0
    quarters = {3: "2017Q3", 100: "2017Q4", 1000: "2020Q2"}
    for row in (HandOver.objects.get(pk=offer.pk), Consultation.objects.get(pk=asked.pk)):
        item = AgendaItem.objects.get(pk=row.agenda_item_id)
        assert (row.state, item.meeting.quarter, item.state, item.outcome) == (
            "before_meeting", quarters[days], "draft", "",
        )  # fmt: skip


def test_a_matter_whose_item_was_dropped_before_this_rule_is_found_again(ground: Ground) -> None:
    row = ground.offered()
    AgendaItem.objects.update(state="dropped")
    with clock.frozen(LATER):
        assert services.handovers_escalate_overdue(actor=SYSTEM) == 1
        assert services.handovers_escalate_overdue(actor=SYSTEM) == 0
    item = AgendaItem.objects.get(pk=HandOver.objects.get(pk=row.pk).agenda_item_id)
    assert (item.state, item.outcome) == ("draft", "")


# --- the buttons ---
def test_the_form_of_a_resolution_carries_who_is_in_charge_and_a_merge_is_split(ground: Ground) -> None:
    row = ground.offered()
    other = services.agenda_item_propose(
        actor=SYSTEM, meeting_quarter="2017Q3", subject="case:1", title=text("C"), kind="important_matter"
    ).item_id
    meeting = JointMeeting.objects.get(quarter="2017Q3").pk
    services.agenda_items_merge(actor=ground.secretary, item_id=other, into_id=row.agenda_item_id)
    MEETING_VERBS["split"](ground.secretary, meeting, QueryDict(f"item={other}"))
    assert AgendaItem.objects.get(pk=other).state == "draft"
    ground.sitting()
    form = f"item={row.agenda_item_id}&text_zh=议定&text_en=Resolved&mode=consent"
    with clock.frozen(DAY):
        for bad in ("", f"&moves-{row.pk}=perhaps", "&moves-x=yes"):
            with pytest.raises(Refusal) as found:
                MEETING_VERBS["resolve"](ground.secretary, meeting, QueryDict(form + bad))
            assert found.value.code == "resolution.matter_unsaid"
        MEETING_VERBS["resolve"](ground.secretary, meeting, QueryDict(f"{form}&moves-{row.pk}=no"))
    assert HandOver.objects.get(pk=row.pk).state == "settled_stays"
