"""Complaints through the API: the public files and follows, the platform lists and answers."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from common import clock
from common.models import OutgoingMessage
from complaints import services
from complaints.models import Complaint, PersonalRead, Reply
from tests.factories import complaints as make
from tests.factories import platforms

PUBLIC = "/api/v1/public/complaints"


@pytest.fixture
def api(db: None, acting_system: None) -> Iterator[Client]:
    """Anyone, on 2017-07-10."""
    with clock.frozen("2017-07-10T09:00+08:00"):
        make.ground()
        yield Client()


def file(api: Client, key: str = "", **values: Any) -> Any:
    """POST a good complaint unless said otherwise."""
    good = {
        "narrative": make.NARRATIVE,
        "platform_text": "某某示例贷",
        "business_line": "p2p_lending",
        "amount": "100.50",
    }
    headers = {"Idempotency-Key": key} if key else {}
    return api.post(PUBLIC, {**good, **values}, content_type="application/json", headers=headers)


def test_anyone_files_and_follows(api: Client) -> None:
    answer = file(api)
    assert answer.status_code == 201, answer.content
    document = answer.json()
    assert (document["state"], document["answer_due_on"]) == ("routed", "2017-07-25")
    assert document["authority"] == {"zh": "银监会", "en": "CBRC"}
    found = api.get(f"{PUBLIC}/{document['receipt']}").json()
    assert (found["state"], found["next_step"], found["next_date"]) == ("routed", "authority_reviews", "2017-07-19")
    assert [item["verb"] for item in found["history"]] == ["file", "route"]
    assert found["clocks"][1]["why"][-1] == {"zh": "第15日为2017-07-25。", "en": "15 calendar days end on 2017-07-25."}


def test_the_same_key_and_body_is_one_complaint_and_a_guessed_key_opens_nothing(api: Client) -> None:
    first, again = file(api, key="k1"), file(api, key="k1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["receipt"] == again.json()["receipt"]
    other = file(api, key="k1", narrative="另一个人的另一件事，金额不同。")
    assert other.json()["receipt"] != first.json()["receipt"]
    assert Complaint.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"narrative": "短"}, "narrative"),
        ({"amount": 100}, "amount"),
        ({"amount": "1e5"}, "amount"),
        ({"platform": "00000000-0000-0000-0000-000000000000"}, "platform"),
        ({"platform_text": ""}, "platform_text"),
        ({"business_line": "lottery"}, "business_line"),
        ({"surprise": "x"}, "surprise"),
        ({"happened_on": "2017-07-11"}, "happened_on"),
    ],
)
def test_bad_input_names_the_field_and_stores_nothing(api: Client, values: dict[str, Any], field: str) -> None:
    answer = file(api, **values)
    assert answer.status_code == 422, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert (Complaint.objects.count(), OutgoingMessage.objects.count()) == (0, 0)


def test_unknown_receipts_all_answer_the_same_and_are_counted(api: Client) -> None:
    answers = [api.get(f"{PUBLIC}/AAAA-BBBB-CCCC-DDDD-EEE{letter}") for letter in "ABCDEFGHJKMNPQRSTVWX"]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.json()["code"] for answer in answers}) == 1
    last = api.get(f"{PUBLIC}/AAAA-BBBB-CCCC-DDDD-EEEY")
    assert (last.status_code, last["Retry-After"]) == (429, "600")


def test_the_platform_lists_and_answers_with_its_key(api: Client) -> None:
    filer = platforms.filer()
    found = make.forwarded(filer.of.platform_id, contact_channel="email", contact_address="test@example.invalid")
    listed = filer.get("/complaints").json()["results"]
    assert [(item["state"], item["narrative"]) for item in listed] == [("with_platform", make.NARRATIVE)]
    assert "example.invalid" not in str(listed)
    assert PersonalRead.objects.get().reader == filer.principal.label
    answer = filer.post(f"/complaints/{listed[0]['id']}/answers", {"body": make.ANSWER, "outcome": "upheld"})
    assert answer.status_code == 201, answer.content
    assert make.row_of(found).state == "answered"
    again = filer.post(f"/complaints/{listed[0]['id']}/answers", {"body": make.ANSWER, "outcome": "upheld"})
    assert (again.status_code, again.json()["code"]) == (409, "complaint.wrong_state")
    assert Reply.objects.count() == 1


def test_a_foreign_complaint_and_one_not_sent_yet_are_404(api: Client) -> None:
    mine, other = platforms.filer(), platforms.filer()
    found = make.forwarded(mine.of.platform_id)
    waiting = make.filed(platform_id=other.of.platform_id)
    for complaint in (found, waiting):
        answer = other.post(f"/complaints/{complaint.public_id}/answers", {"body": make.ANSWER, "outcome": "upheld"})
        assert answer.status_code == 404
    assert other.get("/complaints").json()["results"] == []
    assert Reply.objects.count() == 0


def test_the_platform_side_needs_a_signature(api: Client) -> None:
    found = make.forwarded()
    assert api.get("/api/v1/complaints").status_code in {401, 403}
    sent = {"body": make.ANSWER, "outcome": "upheld"}
    answer = api.post(f"/api/v1/complaints/{found.public_id}/answers", sent, content_type="application/json")
    assert answer.status_code in {401, 403}
    assert make.row_of(found).state == "with_platform"


def test_the_list_costs_a_bounded_number_of_queries(api: Client, django_assert_max_num_queries: Any) -> None:
    filer = platforms.filer()
    for _ in range(5):
        make.forwarded(filer.of.platform_id)
    with django_assert_max_num_queries(25):  # five of them open five data keys
        assert len(filer.get("/complaints").json()["results"]) == 5


def test_escalation_shows_in_the_answer_of_the_status(api: Client) -> None:
    receipt = file(api).json()["receipt"]
    with clock.frozen("2017-07-27T09:00+08:00"):
        services.complaints_escalate_overdue(actor=make.SYSTEM)
        found = api.get(f"{PUBLIC}/{receipt}").json()
    assert (found["state"], found["next_step"], found["next_date"]) == ("escalated", "authority_acts", "2017-08-26")
