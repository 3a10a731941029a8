"""Receipts, what their holder sees, and the database's own wall."""

import pytest
from django.db import ProgrammingError, connection
from django.db.utils import InternalError

from common.db.acting import acting_as
from common.principal import Principal, public_principal
from complaints import selectors, services
from complaints.models import Complaint, ComplaintClock, PersonalRead, Reply
from complaints.services.receipts import receipt_from_token
from tests.factories import complaints as make

pytestmark = pytest.mark.usefixtures("ground")


def test_the_holder_sees_state_history_and_the_next_date() -> None:
    found = make.forwarded()
    status = selectors.status_by_receipt(found.receipt)
    assert status is not None
    assert (status.state, status.outlook.next_step) == ("with_platform", "platform_answers")
    assert str(status.outlook.next_date) == "2017-07-25"
    assert [item.verb for item in status.history] == ["file", "route", "forward"]
    assert [step.status for step in status.outlook.progress] == ["done", "done", "now", "later", "later"]


def test_the_holder_reads_answer_and_decision() -> None:
    found = make.forwarded()
    platform = make.respondent(make.row_of(found).platform_id or 0)
    services.complaint_answer(actor=platform, complaint_id=found.id, body=make.ANSWER, outcome="partly")
    status = selectors.status_by_receipt(found.receipt)
    assert status is not None
    assert [(reply.kind, reply.outcome, reply.body) for reply in status.replies] == [
        ("platform", "partly", make.ANSWER)
    ]


@pytest.mark.parametrize(
    "typed", ["", "x", "AAAA-BBBB-CCCC-DDDD-EEEE", "' OR 1=1 --", "0" * 5000, "回执", "\x00", "AAAA-BBBB-CCCC-DDDD"]
)
def test_what_is_no_receipt_opens_nothing(typed: str) -> None:
    make.filed()
    assert selectors.status_by_receipt(typed) is None


def test_one_wrong_character_opens_nothing_and_look_alikes_are_forgiven() -> None:
    found = make.filed(form_token="a" * 22)
    last = "A" if found.receipt[-1] != "A" else "B"
    assert selectors.status_by_receipt(found.receipt[:-1] + last) is None
    typed = found.receipt.replace("0", "o").replace("1", "l").replace("-", " ")
    assert selectors.status_by_receipt(typed) is not None


def test_imported_history_has_no_receipt_that_an_empty_one_could_open() -> None:
    services.complaints_import_history(actor=make.SYSTEM, rows=[make.history_row()])
    assert selectors.status_by_receipt("") is None


def test_receipts_are_different_and_use_the_whole_alphabet() -> None:
    made = {receipt_from_token(f"token-{number:022d}") for number in range(500)}
    assert len(made) == 500
    assert len(set("".join(made)) - {"-"}) == 32


def test_the_same_work_for_a_right_and_a_wrong_receipt(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    make.filed()
    with django_assert_max_num_queries(6):
        selectors.status_by_receipt("AAAA-BBBB-CCCC-DDDD-EEEE")


def test_the_database_hides_complaints_and_everything_that_hangs_on_them() -> None:
    found = make.forwarded()
    platform_id = make.row_of(found).platform_id
    services.narrative_open(actor=make.SYSTEM, complaint_id=found.id, purpose="test")
    stranger = make.officer_of("PBOC")
    other = Principal(kind="platform", label="p", platform_id=(platform_id or 0) + 1000)
    for who in (stranger, other, public_principal()):
        with acting_as(who):
            counts = [table.objects.count() for table in (Complaint, ComplaintClock, PersonalRead, Reply)]  # type: ignore[attr-defined]
            changed = Complaint.objects.filter(pk=found.id).update(state="closed")
        assert (counts, changed) == ([0, 0, 0, 0], 0)
    for who in (make.officer_in_charge(found), make.officer_of("LFO-110000"), make.respondent(platform_id or 0)):
        with acting_as(who):
            assert (Complaint.objects.count(), ComplaintClock.objects.count(), PersonalRead.objects.count()) == (
                1,
                2,
                1,
            )


def test_an_officer_cannot_move_a_complaint_to_another_authority_in_the_database() -> None:
    found = make.filed()
    away = make.officer_of("PBOC").authority_ids[0]
    with pytest.raises((ProgrammingError, InternalError)), acting_as(make.officer_in_charge(found)):
        Complaint.objects.filter(pk=found.id).update(owner_authority_id=away)


def test_replies_and_readings_are_never_changed() -> None:
    found = make.forwarded()
    services.narrative_open(actor=make.SYSTEM, complaint_id=found.id, purpose="test")
    with pytest.raises((ProgrammingError, InternalError)), acting_as(make.SYSTEM):
        PersonalRead.objects.update(reader="nobody")
    with pytest.raises((ProgrammingError, InternalError)), acting_as(make.SYSTEM):
        PersonalRead.objects.all().delete()


def test_the_trail_holds_ciphertext_only() -> None:
    make.filed(name="测试用户甲")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(body::text, ' ') FROM common_auditentry WHERE table_name LIKE 'complaints_%%'"
        )
        trail = cursor.fetchone()[0]
    assert "narrative_sealed" in trail
    assert "测试用户甲" not in trail
    assert "提现" not in trail


def test_counts_for_others() -> None:
    from datetime import UTC, datetime

    found = make.forwarded()
    services.complaints_import_history(
        actor=make.SYSTEM, rows=[make.history_row(platform_id=make.row_of(found).platform_id)]
    )
    since, until = datetime(2017, 7, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    assert selectors.complaint_counts(since, until) == {make.row_of(found).platform_id: 1}
    assert selectors.complaint_totals() == {
        "state": {"with_platform": 1, "closed": 1},
        "source": {"web": 1, "import": 1},
    }
    assert [(item.clock, str(item.due_on)) for item in selectors.open_clocks(make.SYSTEM)] == [
        ("first_answer", "2017-07-25")
    ]
