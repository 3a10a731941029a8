"""Clocks of a complaint: questions stop them, supervisors extend them, notices correct them, nobody forgets them."""

from datetime import date

import pytest

from common import clock
from common.errors import Refusal
from common.models import OutgoingMessage
from common.principal import Principal, system_principal
from common.transitions import transitions_of
from complaints import services
from complaints.models import Complaint, ComplaintClock, Reply
from complaints.selectors import status_by_receipt
from complaints.services.clocks import clocks_read, clocks_refresh
from regulators.models import AgendaItem
from rulebook.models import DeadlineRule, WorkingYear
from rulebook.services import calendar_year_publish
from tests.factories import complaints as make
from tests.factories.versions import rewritten

pytestmark = pytest.mark.usefixtures("ground")
QUESTION = "请补充付款凭证的编号。"
TOLD = {"contact_channel": "email", "contact_address": "test@example.invalid", "language": "en"}


def answer_clock(found: object) -> ComplaintClock:
    return make.row_of(found).clocks.get(key="first_answer")  # type: ignore[arg-type]


def supervisor(found: services.FiledComplaint) -> Principal:
    return make.officer_in_charge(found, "supervisor")


def escalate(day: str) -> int:
    with clock.frozen(f"{day}T08:00+08:00"):
        return services.complaints_escalate_overdue(actor=make.SYSTEM)


def test_a_question_stops_the_clock_and_the_answer_moves_the_date() -> None:
    found = make.forwarded(**TOLD)
    with clock.frozen("2017-07-15T09:00+08:00"):
        services.supplement_request(actor=make.officer_in_charge(found), complaint_id=found.id, question=QUESTION)
    assert answer_clock(found).is_paused
    assert escalate("2017-09-30") == 0  # it stands still for months and is never overdue
    status = status_by_receipt(found.receipt)
    assert status is not None
    assert status.is_asked
    assert status.outlook.next_date is None
    with clock.frozen("2017-07-20T09:00+08:00"):
        assert services.supplement_give(receipt=found.receipt, text="凭证编号为测试0001。")
    row = answer_clock(found)
    assert (row.is_paused, row.is_provisional, row.due_on) == (False, False, date(2017, 7, 30))
    assert any("等待投诉人补正" in step["zh"] for step in row.steps)
    assert [item.kind for item in Reply.objects.order_by("id")] == ["question", "supplement"]
    assert OutgoingMessage.objects.filter(title="The authority has a question").count() == 1


def test_the_answer_to_a_question_is_sealed() -> None:
    found = make.forwarded()
    services.supplement_request(actor=make.officer_in_charge(found), complaint_id=found.id, question=QUESTION)
    services.supplement_give(receipt=found.receipt, text="凭证编号为测试0001。")
    assert all("测试0001".encode() not in bytes(item.body_sealed) for item in Reply.objects.all())


@pytest.mark.parametrize("question", ["短", "x" * 10_001])
def test_a_question_of_the_wrong_length_is_refused(question: str) -> None:
    found = make.forwarded()
    with pytest.raises(Refusal) as refused:
        services.supplement_request(actor=make.officer_in_charge(found), complaint_id=found.id, question=question)
    assert (refused.value.code, Reply.objects.count()) == ("complaint.supplement_length", 0)


def test_nobody_is_asked_twice_at_a_time_and_nobody_answers_what_was_not_asked() -> None:
    found = make.forwarded()
    with pytest.raises(Refusal) as refused:
        services.supplement_give(receipt=found.receipt, text="凭证编号为测试0001。")
    assert refused.value.code == "complaint.nothing_asked"
    officer = make.officer_in_charge(found)
    services.supplement_request(actor=officer, complaint_id=found.id, question=QUESTION)
    with pytest.raises(Refusal) as refused:
        services.supplement_request(actor=officer, complaint_id=found.id, question=QUESTION)
    assert (refused.value.code, Reply.objects.count()) == ("complaint.already_asked", 1)


def test_only_the_authority_in_charge_asks_and_a_wrong_receipt_says_nothing() -> None:
    found = make.forwarded()
    with pytest.raises(Refusal):
        services.supplement_request(
            actor=make.respondent(make.row_of(found).platform_id or 0), complaint_id=found.id, question=QUESTION
        )
    assert not services.supplement_give(receipt="AAAA-BBBB-CCCC-DDDD-EEEE", text="凭证编号为测试0001。")
    assert not answer_clock(found).is_paused


def test_a_supervisor_grants_what_the_rule_allows_and_the_complainant_is_told() -> None:
    found = make.forwarded(**TOLD)
    due = services.clock_extend(actor=supervisor(found), complaint_id=found.id, reason="涉及多家机构，需要核对流水。")
    row = answer_clock(found)
    assert (due, row.due_on) == ("2017-08-09", date(2017, 8, 9))
    assert any("approved by user:7" in step["en"] for step in row.steps)
    assert OutgoingMessage.objects.filter(title="Your complaint needs more time").count() == 1


def test_a_second_extension_the_rule_does_not_have_changes_nothing() -> None:
    found = make.forwarded()
    services.clock_extend(actor=supervisor(found), complaint_id=found.id, reason="情况复杂。")
    steps = len(transitions_of("complaint", found.id))
    with pytest.raises(Refusal) as refused:
        services.clock_extend(actor=supervisor(found), complaint_id=found.id, reason="情况仍然复杂。")
    assert refused.value.code == "complaint.no_extension"
    assert "no further one is allowed" in str(refused.value.cure) or "不允许再次延期" in str(refused.value.cure)
    assert (answer_clock(found).due_on, len(transitions_of("complaint", found.id))) == (date(2017, 8, 9), steps)


def test_an_officer_alone_cannot_extend_and_a_reason_is_needed() -> None:
    found = make.forwarded()
    with pytest.raises(Refusal) as refused:
        services.clock_extend(actor=make.officer_in_charge(found), complaint_id=found.id, reason="情况复杂。")
    assert refused.value.code == "complaint.not_permitted"
    with pytest.raises(Refusal) as refused:
        services.clock_extend(actor=supervisor(found), complaint_id=found.id, reason="  ")
    assert refused.value.code == "complaint.reason_missing"
    assert answer_clock(found).due_on == date(2017, 7, 25)


def test_a_clock_that_ran_out_is_not_extended_afterwards() -> None:
    found = make.forwarded()
    with clock.frozen("2017-07-26T09:00+08:00"), pytest.raises(Refusal):
        services.clock_extend(actor=supervisor(found), complaint_id=found.id, reason="情况复杂。")
    assert answer_clock(found).due_on == date(2017, 7, 25)


def test_after_the_platform_the_authority_has_its_own_clock_and_then_the_meeting_hears_of_it() -> None:
    """Platform, regulator, joint meeting: each rung once, the complaint stays open through all of them."""
    found = make.forwarded()
    assert escalate("2017-07-26") == 1
    decision = make.row_of(found).clocks.get(key="decision")
    assert decision.due_on == date(2017, 8, 25)
    assert escalate("2017-08-25") == 0
    assert AgendaItem.objects.count() == 0
    assert escalate("2017-08-26") == 1
    item = AgendaItem.objects.get()
    assert (item.subject, item.meeting.quarter) == ("complaints-late:CBRC", "2017Q3")
    assert "1 complaints" in item.body_en
    assert escalate("2017-08-27") == 0
    assert AgendaItem.objects.count() == 1
    row = make.row_of(found)
    assert (row.state, row.closed_at) == ("escalated", None)


def test_an_authority_that_lets_an_answer_lie_is_told_of_to_the_meeting() -> None:
    found = make.forwarded()
    platform = make.respondent(make.row_of(found).platform_id or 0)
    services.complaint_answer(actor=platform, complaint_id=found.id, body=make.ANSWER, outcome="upheld")
    assert escalate("2017-08-10") == 1
    assert (make.row_of(found).state, AgendaItem.objects.count()) == ("answered", 1)


def test_two_late_complaints_of_one_authority_are_one_matter() -> None:
    for number in range(2):
        make.filed(narrative=f"测试投诉第{number}件，到期后无法提现。")
    assert escalate("2017-07-21") == 2
    assert "2 complaints" in AgendaItem.objects.get().body_en


def test_recomputing_everything_finds_nothing_to_move() -> None:
    found = [make.forwarded(), make.filed(business_line="")]
    services.supplement_request(actor=make.officer_in_charge(found[0]), complaint_id=found[0].id, question=QUESTION)
    services.supplement_give(receipt=found[0].receipt, text="凭证编号为测试0001。")
    report = services.clocks_recompute(actor=make.SYSTEM)
    assert (report.clocks, report.moved) == (3, ())


def test_a_dropped_refresh_is_found_and_mended() -> None:
    """Whatever job runs or refreshes were lost, the history says the date."""
    found = make.forwarded()
    before = answer_clock(found)
    ComplaintClock.objects.filter(pk=before.pk).update(due_on=date(2017, 7, 1))
    rehearsed = services.clocks_recompute(actor=make.SYSTEM, apply=False)
    assert [(item.before, item.after, item.causes) for item in rehearsed.moved] == [
        (date(2017, 7, 1), date(2017, 7, 25), ("events",))
    ]
    assert answer_clock(found).due_on == date(2017, 7, 1)  # a rehearsal writes nothing
    services.clocks_recompute(actor=make.SYSTEM)
    assert answer_clock(found).due_on == date(2017, 7, 25)
    assert answer_clock(found).changes[0]["causes"] == ["events"]
    assert services.clocks_recompute(actor=make.SYSTEM).moved == ()


def test_a_published_year_makes_a_provisional_date_final() -> None:
    with clock.frozen("2026-12-28T09:00+08:00"):
        found = make.filed(**TOLD)
        provisional = make.row_of(found).clocks.get(key="handling")
        assert (provisional.is_provisional, provisional.due_on) == (True, date(2027, 1, 6))
        calendar_year_publish(
            actor=system_principal("test"), calendar="cn-working-days", year=2027, notice=date(2026, 11, 3),
            holidays={date(2027, 1, day): {"zh": "元旦", "en": "New Year"} for day in (1, 4)}, workdays=[], source="https://example.invalid/notice",
        )
        report = services.clocks_recompute(actor=make.SYSTEM)
        final = make.row_of(found).clocks.get(key="handling")
    assert (final.is_provisional, final.due_on) == (False, date(2027, 1, 8))
    assert report.by_cause["calendar"] >= 1
    assert OutgoingMessage.objects.filter(title="A date in your complaint has changed").count() == 1


def test_a_new_version_of_a_rule_moves_older_clocks_only_when_asked_and_then_with_a_report() -> None:
    found = make.forwarded()
    rewritten(DeadlineRule.objects.filter(key="complaint.answer"), amount=20)
    assert services.clocks_recompute(actor=make.SYSTEM).moved == ()
    rehearsed = services.clocks_recompute(actor=make.SYSTEM, apply=False, under_present_rules=True)
    assert [(item.key, item.after, item.causes) for item in rehearsed.moved] == [
        ("first_answer", date(2017, 7, 30), ("term",))
    ]
    assert answer_clock(found).due_on == date(2017, 7, 25)
    services.clocks_recompute(actor=make.SYSTEM, under_present_rules=True)
    assert answer_clock(found).due_on == date(2017, 7, 30)


def test_refreshing_twice_changes_nothing() -> None:
    found = make.forwarded()
    first = [vars(item) for item in clocks_refresh(make.row_of(found))]
    again = [vars(item) for item in clocks_refresh(make.row_of(found))]
    assert [{**item, "_state": 0} for item in first] == [{**item, "_state": 0} for item in again]
    assert all(item.reading.due_on == item.row.due_on for item in clocks_read(make.row_of(found)))


def test_staff_cannot_recompute_and_nothing_moves() -> None:
    found = make.forwarded()
    Complaint.objects.filter(pk=found.id).update(region="120000")
    with pytest.raises(Refusal) as refused:
        services.clocks_recompute(actor=supervisor(found))
    assert refused.value.code == "complaint.recompute_forbidden"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"calendar": "mars"}, "calendar.calendar"),
        ({"year": 1900}, "calendar.year"),
        ({"holidays": {date(2028, 1, 1): {"zh": "元旦", "en": "New Year"}}}, "calendar.holidays"),
        ({"holidays": {}}, "calendar.holidays"),
        ({"workdays": [date(2027, 1, 1)]}, "calendar.workdays"),
        ({"source": "ftp://example.invalid"}, "calendar.source"),
    ],
)
def test_a_bad_year_is_refused_and_nothing_is_written(values: dict[str, object], code: str) -> None:
    before = WorkingYear.objects.count()
    given = {
        "calendar": "cn-working-days", "year": 2027, "notice": date(2026, 11, 3), "workdays": [],
        "holidays": {date(2027, 1, 1): {"zh": "元旦", "en": "New Year"}}, "source": "https://example.invalid/n",
    }
    with pytest.raises(Refusal) as refused:
        calendar_year_publish(actor=system_principal("test"), **{**given, **values})  # type: ignore[arg-type]
    assert (refused.value.code, WorkingYear.objects.count()) == (code, before)


def test_the_same_year_twice_is_one_row_and_a_correction_keeps_the_old_one() -> None:
    given = {
        "actor": system_principal("test"), "calendar": "cn-working-days", "year": 2027, "notice": date(2026, 11, 3),
        "workdays": [], "source": "https://example.invalid/n",
    }
    new_year = {date(2027, 1, 1): {"zh": "元旦", "en": "New Year"}}
    first = calendar_year_publish(holidays=new_year, **given)  # type: ignore[arg-type]
    assert calendar_year_publish(holidays=new_year, **given) == first  # type: ignore[arg-type]
    longer = {**new_year, date(2027, 1, 4): {"zh": "元旦", "en": "New Year"}}
    second = calendar_year_publish(holidays=longer, **given)  # type: ignore[arg-type]
    rows = WorkingYear.objects.filter(year=2027).order_by("id")
    assert [(row.pk, row.replaced_at is None) for row in rows] == [(first, False), (second, True)]


def test_officers_may_not_enter_a_year() -> None:
    with pytest.raises(Refusal) as refused:
        calendar_year_publish(
            actor=make.officer_of("CBRC"), calendar="cn-working-days", year=2027, notice=date(2026, 11, 3),
            holidays={}, workdays=[], source="https://example.invalid/n",
        )
    assert refused.value.code == "calendar.forbidden"
