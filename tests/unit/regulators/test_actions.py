"""Actions of a meeting: reminded once, marked once, followed up at every meeting until confirmed."""

from collections.abc import Iterator
from datetime import date

import pytest

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.models import OutboxEvent, OutgoingMessage
from regulators import services
from regulators.models import ActionItem, AgendaItem, JointMeeting
from tests.factories import meetings
from tests.factories.meetings import DAY, OPENED, People, text
from tests.factories.regulators import SYSTEM, as_principal, at_once, officer

pytestmark = pytest.mark.django_db
DUE = date(2017, 8, 31)


@pytest.fixture
def who(db: None) -> Iterator[People]:
    with clock.frozen(OPENED):
        yield meetings.people()


def refused(verb: object, **given: object) -> str:
    with pytest.raises(Refusal) as caught:
        verb(**given)  # type: ignore[operator]
    return caught.value.code


def resolved(who: People) -> int:
    """A sitting meeting with one resolution; the clock stands on its day."""
    number = meetings.item()
    meetings.convened(who)
    with clock.frozen(DAY):
        meetings.sitting(who)
        return services.resolution_record(actor=who.secretariat, item_id=number, text=text("R"))


def agreed(who: People, **changes: object) -> int:
    resolution = resolved(who)
    with clock.frozen(DAY):
        given = {"resolution_id": resolution, "text": text("Do it"), "owner_code": "CBRC", "due_on": DUE, **changes}
        return services.action_add(actor=who.secretariat, **given)  # type: ignore[arg-type]


def close(who: People, quarter: str = "2017Q3") -> int:
    meeting = JointMeeting.objects.get(quarter=quarter).pk
    services.minutes_draft(actor=who.secretariat, meeting_id=meeting)
    services.minutes_approve(actor=who.cbrc, meeting_id=meeting)
    services.minutes_approve(actor=who.csrc, meeting_id=meeting)
    services.minutes_publish(actor=who.secretariat, meeting_id=meeting)
    return services.meeting_close(actor=who.secretariat, meeting_id=meeting)


def test_an_action_has_owner_and_day_and_stands_once(who: People) -> None:
    resolution = resolved(who)
    given = {"resolution_id": resolution, "text": text("Do it"), "owner_code": "CBRC", "due_on": DUE}
    with clock.frozen(DAY):
        add = services.action_add
        assert refused(add, actor=who.cbrc, **given) == "permission.denied"
        assert refused(add, actor=who.secretariat, **{**given, "resolution_id": 0}) == "not_found"
        assert refused(add, actor=who.secretariat, **{**given, "owner_code": "X"}) == "authority.unknown"
        for bad in ({"text": {"zh": "甲"}}, {"due_on": date(2017, 7, 20)}):
            assert refused(add, actor=who.secretariat, **{**given, **bad}) == "action.incomplete"
        assert ActionItem.objects.count() == 0
        made = {add(actor=who.secretariat, **given) for _ in "ab"}  # type: ignore[arg-type]
        other = add(actor=who.secretariat, **{**given, "text": text("More")})  # type: ignore[arg-type]
    assert len(made) == 1
    assert list(ActionItem.objects.order_by("pk").values_list("number", flat=True)) == [1, 2]
    assert other not in made


def test_the_reminder_goes_out_exactly_once_and_the_overdue_mark_too(who: People) -> None:
    action = agreed(who)
    about = f"action:{ActionItem.objects.get(pk=action).public_id}"
    expected = {
        "2017-08-23": (0, 0), "2017-08-24": (1, 0), "2017-08-25": (1, 0), "2017-08-31": (1, 0), "2017-09-01": (1, 1),
        "2017-09-02": (1, 1),
    }  # fmt: skip
    for day, (reminded, overdue) in expected.items():
        with clock.frozen(day):
            services.actions_remind(actor=SYSTEM)
            services.actions_remind(actor=SYSTEM)
        titles = list(OutgoingMessage.objects.filter(subject_ref=about).values_list("title", flat=True))
        assert sum("Reminder" in t for t in titles) == reminded, day
        assert sum("Overdue" in t for t in titles) == overdue, day
    assert OutboxEvent.objects.filter(topic="action.overdue").count() == 1
    assert refused(services.actions_remind, actor=who.cbrc) == "permission.denied"


def test_only_the_owner_reports_and_only_the_secretariat_confirms(who: People) -> None:
    action = agreed(who)
    report, confirm = services.action_report, services.action_confirm
    assert refused(report, actor=who.csrc, action_id=action, report="Done") == "action.not_permitted"
    assert refused(report, actor=who.cbrc, action_id=action, report=" ") == "action.no_report"
    assert refused(confirm, actor=who.secretariat, action_id=action) == "action.wrong_state"
    assert report(actor=who.cbrc, action_id=action, report="Half of it") == "reported"
    assert refused(confirm, actor=who.cbrc, action_id=action) == "action.not_permitted"
    assert refused(services.action_return, actor=who.secretariat, action_id=action, reason="") == "reason.missing"
    assert services.action_return(actor=who.secretariat, action_id=action, reason="Half is not all") == "open"
    report(actor=who.cbrc, action_id=action, report="All of it")
    assert confirm(actor=who.secretariat, action_id=action) == "done"
    row = ActionItem.objects.get()
    assert (row.report, str(row.done_on), row.is_overdue) == ("All of it", OPENED, False)


def test_a_successor_reports_what_its_predecessor_owed(who: People) -> None:
    action = agreed(who)
    with clock.frozen("2018-04-09"):
        heir = officer("CBIRC")
        assert services.action_report(actor=heir, action_id=action, report="Done by the successor") == "reported"


def test_an_open_action_is_on_the_agenda_of_every_following_meeting(who: People) -> None:
    action = agreed(who)
    with clock.frozen(DAY):
        assert close(who) == 1
    subject = f"action:{ActionItem.objects.get(pk=action).public_id}"
    item = AgendaItem.objects.get(subject=subject)
    assert (item.meeting.quarter, item.state, item.kind) == ("2017Q4", "accepted", "follow_up")
    assert refused(
        services.agenda_item_decide, actor=who.secretariat, item_id=item.pk, accept=False
    ) == "agenda.action_open"  # fmt: skip
    with clock.frozen("2017-10-09"):
        meeting = services.meeting_open(actor=who.secretariat, quarter="2017Q4")
        services.meeting_plan(actor=who.secretariat, meeting_id=meeting, planned_on=date(2017, 10, 16))
        services.meeting_convene(actor=who.secretariat, meeting_id=meeting)
    with clock.frozen("2017-10-16"):
        meetings.attend(who, meeting, "PBOC", "CBRC", "CSRC")
        services.meeting_hold(actor=who.secretariat, meeting_id=meeting)
        services.agenda_item_note(actor=who.secretariat, item_id=item.pk)
        assert close(who, "2017Q4") == 1
        services.actions_remind(actor=SYSTEM)
    found = list(AgendaItem.objects.filter(subject=subject).order_by("pk").values_list("meeting__quarter", flat=True))
    assert found == ["2017Q4", "2018Q1"]
    services.action_report(actor=who.cbrc, action_id=action, report="Done")
    services.action_confirm(actor=who.secretariat, action_id=action)
    last = AgendaItem.objects.get(subject=subject, meeting__quarter="2018Q1")
    assert services.agenda_item_decide(actor=who.secretariat, item_id=last.pk, accept=False) == "dropped"


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_remind_once() -> None:
    with acting_as(SYSTEM), clock.frozen(OPENED):
        who = meetings.people()
        action = agreed(who)

    def remind() -> int:
        with clock.frozen("2017-08-25"):
            return services.actions_remind(actor=SYSTEM)["reminded"]

    results = at_once(*(as_principal(SYSTEM, remind) for _ in range(3)))
    assert sorted(results) == [0, 0, 1]
    with acting_as(SYSTEM):
        about = f"action:{ActionItem.objects.get(pk=action).public_id}"
        assert OutgoingMessage.objects.filter(subject_ref=about).count() == 1
