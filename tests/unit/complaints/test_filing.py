"""Taking a complaint in."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from common.errors import Refusal
from common.models import OutboxEvent, OutgoingMessage, PersonKey, Transition
from common.signing import server_verify
from common.vault import vault_open
from complaints import services
from complaints.models import Attachment, Complaint, ComplaintClock
from regulators.models import OwnershipRule
from regulators.selectors import authority_by_code, objects_shared_with
from regulators.services import authorities_load, mandates_load
from tests.factories import complaints as make
from tests.factories import platforms
from tests.factories.regulators import small_pack
from tests.factories.versions import retired

pytestmark = pytest.mark.usefixtures("ground")


def counts() -> tuple[int, ...]:
    """Everything a filing could leave behind."""
    tables = (Complaint, ComplaintClock, Attachment, OutgoingMessage, OutboxEvent, Transition, PersonKey)
    return tuple(table.objects.count() for table in tables)  # type: ignore[attr-defined]


def test_a_complaint_is_routed_and_its_clocks_start_at_receipt() -> None:
    found = make.filed(amount=Decimal("100000.00"), happened_on=date(2017, 6, 30))
    row = make.row_of(found)
    assert (row.state, row.owner_authority.code) == ("routed", "CBRC")
    assert row.owner_why["en"].startswith("On 2017-07-10, CBRC leads")
    assert {clock.key: clock.due_on for clock in row.clocks.all()} == {
        "handling": date(2017, 7, 19),
        "first_answer": date(2017, 7, 25),
    }
    assert found.due_on == date(2017, 7, 25)


def test_every_clock_says_why_in_both_languages() -> None:
    row = make.row_of(make.filed())
    handling, answer = row.clocks.get(key="handling"), row.clocks.get(key="first_answer")
    assert handling.rule_id == "CPL-01"
    assert handling.steps[0]["en"] == "Term: Administrative department handles a consumer complaint, 7 working days."
    assert handling.steps[-1] == {"zh": "第7个工作日为2017-07-19。", "en": "7 working days end on 2017-07-19."}
    assert answer.rule_id == "complaint.answer"
    assert answer.steps[0]["zh"].endswith("这是本工作台的约定，不是法律规定的期限。")


def test_the_fifteen_days_are_law_for_insurance_since_march_2020() -> None:
    from common import clock

    with clock.frozen("2020-12-01T09:00+08:00"):
        row = make.row_of(make.filed(business_line="internet_insurance"))
    answer = row.clocks.get(key="first_answer")
    assert (answer.rule_id, answer.due_on) == ("CMP20-01", date(2020, 12, 16))
    assert "convention" not in answer.steps[0]["en"]


def test_the_assisting_authority_sees_it() -> None:
    found = make.filed()
    assisting = authority_by_code("LFO-110000")
    assert objects_shared_with([assisting.id], "complaint") == {found.id}


def test_without_a_known_line_the_convenor_keeps_it_and_the_authority_clock_runs() -> None:
    row = make.row_of(make.filed(business_line=""))
    assert (row.state, row.owner_authority.code) == ("routed", "PBOC")
    assert [clock.key for clock in row.clocks.all()] == ["handling"]


def test_a_line_without_a_single_lead_goes_to_the_convenor_with_the_reason() -> None:
    row = make.row_of(make.filed(business_line="fund_sales"))
    assert row.owner_authority.code == "PBOC"
    assert "nobody is confirmed as lead" in row.owner_why["en"]


def test_the_role_that_answers_comes_from_the_pack() -> None:
    funds = replace(small_pack().mandates[0], role="funds", authority="CIRC-TEST")
    bodies = (*small_pack().authorities, replace(small_pack().authorities[0], code="CIRC-TEST"))
    owned = tuple(replace(rule, role="funds") for rule in small_pack().ownership)
    pack = small_pack(authorities=bodies, mandates=(*small_pack().mandates, funds), ownership=owned)
    authorities_load(actor=make.SYSTEM, pack=pack)
    mandates_load(actor=make.SYSTEM, pack=pack)
    row = make.row_of(make.filed())
    assert row.owner_authority.code == "CIRC-TEST"
    assert "Client funds" in row.owner_why["en"]


def test_without_a_rule_for_complaints_the_convenor_keeps_it_and_says_why() -> None:
    retired(OwnershipRule.objects.filter(kind="complaint"))
    row = make.row_of(make.filed())
    assert (row.state, row.owner_authority.code) == ("routed", "PBOC")
    assert "does not say which role owns" in row.owner_why["en"]
    assert objects_shared_with([authority_by_code("LFO-110000").id], "complaint") == set()


def test_nothing_personal_lies_open() -> None:
    found = make.filed(contact_channel="email", contact_address="test@example.invalid", name="测试用户甲")
    row = make.row_of(found)
    stored = " ".join(str(value) for value in Complaint.objects.filter(pk=row.pk).values().get().values())
    for secret in ("提现", "example.invalid", "测试用户甲", "某某示例贷", found.receipt):
        assert secret not in stored
    assert vault_open(row.person, row.narrative_sealed) == make.NARRATIVE
    assert row.identity_tier == "real_name"


def test_the_receipt_is_signed_and_has_a_hundred_bits() -> None:
    found = make.filed()
    assert len(found.receipt.replace("-", "")) == 20
    assert server_verify(found.signed_receipt)
    assert not server_verify({**found.signed_receipt, "payload": {**found.signed_receipt["payload"], "complaint": "x"}})


def test_the_message_carries_neither_the_receipt_nor_a_word_of_the_complaint() -> None:
    found = make.filed(contact_channel="email", contact_address="test@example.invalid", language="en")
    message = OutgoingMessage.objects.get(subject_ref=f"complaint:{found.id}")
    assert message.title == "We have received your complaint"
    assert "CBRC" in message.body
    assert "2017-07-25" in message.body
    assert found.receipt not in message.body
    assert "提现" not in message.body


def test_nobody_is_written_to_who_gave_no_address() -> None:
    make.filed()
    assert OutgoingMessage.objects.count() == 0


def test_the_same_form_twice_is_one_complaint_with_one_receipt() -> None:
    first = make.filed(form_token="a" * 22)
    before = counts()
    second = make.filed(form_token="a" * 22)
    assert (second.id, second.receipt, second.was_filed_before) == (first.id, first.receipt, True)
    assert counts() == before
    assert make.filed(form_token="b" * 22).receipt != first.receipt


def test_a_registered_platform_decides_line_and_region_itself() -> None:
    platform = platforms.registered(business_lines=["payment"], region="310000")
    row = make.row_of(make.filed(platform_id=platform.platform_id, business_line="", region="000000"))
    assert (row.business_line, row.region, row.owner_authority.code) == ("payment", "310000", "PBOC")


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"narrative": "短"}, "complaint.narrative_length", "narrative"),
        ({"narrative": "长" * 10_001}, "complaint.narrative_length", "narrative"),
        ({"platform_text": " "}, "complaint.platform_missing", "platform"),
        ({"platform_id": 999_999_999}, "complaint.platform_unknown", "platform"),
        ({"happened_on": date(2017, 7, 11)}, "complaint.date_in_future", "happened_on"),
        ({"amount": Decimal(-1)}, "complaint.amount_negative", "amount"),
        ({"contact_channel": "email"}, "complaint.contact_missing", "contact_address"),
        ({"contact_channel": "pigeon", "contact_address": "x"}, "complaint.code_unknown", "contact_channel"),
        ({"business_line": "lottery"}, "complaint.code_unknown", "business_line"),
        ({"region": "11000"}, "complaint.region_unknown", "region"),
    ],
)
def test_a_refusal_names_the_field_and_leaves_nothing(values: dict[str, object], code: str, field: str) -> None:
    before = counts()
    with pytest.raises(Refusal) as refused:
        make.filed(**values)
    assert (refused.value.code, refused.value.field, refused.value.status) == (code, field, 422)
    assert str(refused.value.cure)
    assert counts() == before


def test_the_attachment_is_sealed_with_the_complaint() -> None:
    checked = services.attachment_check(name="截图.png", chunks=[make.picture()])
    found = make.filed(attachment=checked)
    kept = Attachment.objects.get(complaint_id=found.id)
    assert (kept.kind, kept.media_type) == ("image", "image/png")
    assert b"PNG" not in bytes(kept.content_sealed)
    opened = services.attachment_open(actor=make.officer_in_charge(found), attachment_id=kept.pk, purpose="核对")
    assert (opened.name, opened.content) == ("截图.png", checked.content)
