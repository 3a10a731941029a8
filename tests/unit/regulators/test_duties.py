"""What the joint meeting, its experts and its escalations wait for one person to do."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from common import clock
from common.db.acting import acting_as
from common.principal import Principal
from regulators import selectors, services
from regulators.models import HandOver, JointMeeting
from tests.factories import coordination, meetings
from tests.factories.meetings import DAY, OPENED, People, expert, question, text
from tests.factories.regulators import SYSTEM, officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(db: None) -> Iterator[tuple[People, int, int]]:
    """Officers, a sitting meeting, its item."""
    with clock.frozen(OPENED):
        who = meetings.people()
        number = meetings.item()
        meetings.convened(who)
    with clock.frozen(DAY):
        yield who, meetings.sitting(who), number


def kinds(who: Principal) -> list[str]:
    with acting_as(who):
        return [duty.kind for duty in selectors.duties_of(who)]


def acted(who: People, number: int, *, due_on: date) -> int:
    """A resolution with an action of the CBRC."""
    resolution = services.resolution_record(actor=who.secretariat, item_id=number, text=text("Check it"))
    return services.action_add(
        actor=who.secretariat, resolution_id=resolution, text=text("Report"), owner_code="CBRC", due_on=due_on
    )


def test_an_action_waits_for_its_owner_then_for_the_secretariat(at: tuple[People, int, int]) -> None:
    who, _meeting, number = at
    action = acted(who, number, due_on=date(2017, 8, 10))
    (duty,) = selectors.duties_of(who.cbrc)
    assert (duty.kind, duty.id, duty.due_on, duty.title["zh"]) == (
        "action_report", action, date(2017, 8, 10), "Report（中）",
    )  # fmt: skip
    assert (kinds(who.csrc), kinds(who.secretariat)) == ([], ["minutes_draft"])
    services.action_report(actor=who.cbrc, action_id=action, report="已核查")
    assert (kinds(who.cbrc), kinds(who.secretariat)) == ([], ["minutes_draft", "action_confirm"])
    services.action_return(actor=who.secretariat, action_id=action, reason="缺附件")
    assert kinds(who.cbrc) == ["action_report"]
    services.action_report(actor=who.cbrc, action_id=action, report="已补齐")
    services.action_confirm(actor=who.secretariat, action_id=action)
    assert (kinds(who.cbrc), kinds(who.secretariat)) == ([], ["minutes_draft"])


def test_an_action_does_not_wait_for_people_who_may_not_report(at: tuple[People, int, int]) -> None:
    who, _meeting, number = at
    acted(who, number, due_on=date(2017, 8, 10))
    assert (kinds(officer("CBRC", "auditor")), kinds(officer("LFO-110000"))) == ([], [])
    assert (selectors.duties_of(SYSTEM), selectors.duties_of(Principal(kind="public", label="public"))) == ((), ())


def test_minutes_wait_for_present_members_that_have_not_approved(at: tuple[People, int, int]) -> None:
    who, meeting, number = at
    services.agenda_item_note(actor=who.secretariat, item_id=number)
    services.minutes_draft(actor=who.secretariat, meeting_id=meeting)
    assert [kinds(p) for p in (who.cbrc, who.csrc, who.pboc, officer("SAFE"))] == [
        ["minutes_approve"], ["minutes_approve"], ["minutes_approve"], [],
    ]  # fmt: skip
    services.minutes_approve(actor=who.cbrc, meeting_id=meeting)
    assert (kinds(who.cbrc), kinds(officer("CBRC")), kinds(who.csrc)) == ([], [], ["minutes_approve"])
    services.minutes_approve(actor=who.csrc, meeting_id=meeting)
    assert (kinds(who.pboc), kinds(who.secretariat)) == ([], ["minutes_publish"])
    services.minutes_publish(actor=who.secretariat, meeting_id=meeting)
    assert kinds(who.secretariat) == []


def test_whoever_drafted_the_minutes_does_not_wait_to_approve_them(at: tuple[People, int, int]) -> None:
    _who, meeting, _number = at
    both = officer("PBOC", "secretariat", "officer")
    services.minutes_draft(actor=both, meeting_id=meeting)
    assert "minutes_approve" not in kinds(both)
    assert kinds(officer("PBOC")) == ["minutes_approve"]


def test_proposals_wait_for_the_secretariat_and_papers_for_the_members(db: None) -> None:
    with clock.frozen(OPENED):
        who = meetings.people()
        number = meetings.item(accept=False)
        meetings.planned(who)
        (duty,) = selectors.duties_of(who.secretariat)
        assert (duty.kind, duty.due_on, duty.detail) == (
            "proposals_order", date(2017, 7, 20), {"zh": "1项提议", "en": "1 proposal"},
        )  # fmt: skip
        assert kinds(who.cbrc) == []
        services.agenda_item_decide(actor=who.secretariat, item_id=number, accept=True)
        assert kinds(who.secretariat) == []
        services.meeting_convene(actor=who.secretariat, meeting_id=JointMeeting.objects.get().pk)
        (duty,) = selectors.duties_of(who.cbrc)
        assert (duty.kind, duty.title["en"], duty.due_on) == (
            "papers_read", "Joint meeting 2017Q3", date(2017, 7, 20),
        )  # fmt: skip
        assert kinds(officer("LFO-110000")) == []


def test_a_question_waits_for_each_expert_of_its_panel_alone(db: None) -> None:
    with clock.frozen(OPENED):
        who = meetings.people()
        (_a, first), (_b, second), (_c, other) = expert(), expert(), expert("risk")
        asked = question()
        assert [kinds(person) for person in (first, second, other)] == [["opinion_give"], ["opinion_give"], []]
        assert kinds(who.secretariat) == []
        with acting_as(first):
            services.opinion_give(actor=first, question_id=asked, text="意见")
        assert (kinds(first), kinds(second)) == ([], ["opinion_give"])
    with clock.frozen(date.fromisoformat(OPENED) + timedelta(days=8)):
        assert (kinds(second), kinds(who.secretariat)) == ([], ["question_settle"])


def test_an_escalated_hand_over_waits_for_the_superior_and_then_for_the_secretariat(db: None) -> None:
    with clock.frozen("2017-07-10"):
        coordination.coordination_map()
        coordination.matters(m1="MIIT")
        sender, boss, secretariat = officer("MIIT"), officer("CBRC"), officer("PBOC", "secretariat")
        with acting_as(sender):
            pk = services.handover_offer(
                actor=sender, subject="matter:1", to_authority_id=coordination.body("CBRC-110000"), reason="属地"
            )
        assert kinds(boss) == []
    row = HandOver.objects.get(pk=pk)
    with clock.frozen(row.superior_on + timedelta(days=1)):
        services.handovers_escalate_overdue(actor=SYSTEM)
        with acting_as(boss):
            (duty,) = selectors.duties_of(boss)
        assert (duty.kind, duty.id, duty.due_on) == ("handover_superior", pk, row.meeting_on)
        assert kinds(secretariat) == []
    with clock.frozen(row.meeting_on + timedelta(days=1)):
        services.handovers_escalate_overdue(actor=SYSTEM)
        assert (kinds(boss), kinds(officer("CAC"))) == ([], [])
        assert "handover_settle" in kinds(secretariat)
