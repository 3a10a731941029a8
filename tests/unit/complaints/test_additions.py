"""Information that a complainant adds unasked: kept sealed, counted, capped, and without effect on any date."""

from typing import Any

import pytest

from common.errors import Refusal
from common.transitions import transitions_of
from complaints import selectors, services
from complaints.models import Reply
from complaints.services.steps import MOST_ADDITIONS
from tests.factories import complaints as make

pytestmark = pytest.mark.usefixtures("ground")
WORDS = "平台今天又发来短信，承诺下周兑付。"


def refused(code: str, receipt: str, text: str = WORDS) -> None:
    before = Reply.objects.count()
    with pytest.raises(Refusal) as caught:
        services.information_add(receipt=receipt, text=text)
    assert (caught.value.code, Reply.objects.count()) == (code, before)


def dates(found: Any) -> list[Any]:
    return list(make.row_of(found).clocks.order_by("pk").values_list("key", "due_on", "is_paused", "met_at"))


def test_what_is_added_is_sealed_shown_to_the_holder_and_moves_no_date() -> None:
    found = make.filed()
    before, state = dates(found), make.row_of(found).state
    assert services.information_add(receipt=found.receipt, text=WORDS) is True
    assert (dates(found), make.row_of(found).state) == (before, state)
    assert WORDS.encode() not in bytes(Reply.objects.get().body_sealed)
    status = selectors.status_by_receipt(found.receipt)
    assert status is not None
    assert [(reply.kind, reply.body) for reply in status.replies] == [("addition", WORDS)]
    assert transitions_of("complaint", found.id)[-1].verb == "add"
    assert status.is_asked is False


def test_an_addition_answers_no_question() -> None:
    found = make.filed()
    services.supplement_request(
        actor=make.officer_in_charge(found), complaint_id=found.id, question="请补充付款凭证的编号。"
    )
    services.information_add(receipt=found.receipt, text=WORDS)
    status = selectors.status_by_receipt(found.receipt)
    assert status is not None
    assert status.is_asked is True
    services.supplement_give(receipt=found.receipt, text="凭证编号为测试0001。")
    status = selectors.status_by_receipt(found.receipt)
    assert status is not None
    assert status.is_asked is False


def test_five_times_and_no_more() -> None:
    found = make.filed()
    for number in range(MOST_ADDITIONS):
        services.information_add(receipt=found.receipt, text=f"第{number}次补充材料")
    refused("complaint.too_many_additions", found.receipt)


def test_unknown_receipts_short_texts_and_ended_complaints_leave_nothing() -> None:
    found = make.filed()
    assert services.information_add(receipt="AAAA-AAAA-AAAA-AAAA-AAAA", text=WORDS) is False
    refused("complaint.supplement_length", found.receipt, "短")
    refused("complaint.supplement_length", found.receipt, "长" * 10_001)
    services.complaint_close(
        actor=make.officer_in_charge(found), complaint_id=found.id, outcome="rejected", reason=make.REASON
    )
    refused("complaint.wrong_state", found.receipt)
