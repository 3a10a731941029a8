"""From the authority to the platform and back: each verb, each refusal."""

import pytest

from common import clock
from common.errors import NotYours, Refusal
from common.models import OutboxEvent, OutgoingMessage
from common.principal import Principal
from common.transitions import transitions_of
from complaints import selectors, services
from complaints.models import PersonalRead, Reply
from tests.factories import complaints as make
from tests.factories import platforms

pytestmark = pytest.mark.usefixtures("ground")
TOLD = {"contact_channel": "email", "contact_address": "test@example.invalid", "language": "en"}


def verbs(complaint_id: int) -> list[str]:
    """The verbs of the history, oldest first."""
    return [item.verb for item in transitions_of("complaint", complaint_id)]


def marks(complaint_id: int) -> tuple[object, ...]:
    """State, history and what was sent: a refusal changes none of it."""
    row = make.row_of(complaint_id)
    return (row.state, row.outcome, verbs(complaint_id), Reply.objects.count(), OutgoingMessage.objects.count())


def test_the_whole_way() -> None:
    found = make.filed(platform_id=platforms.registered().platform_id, **TOLD)
    officer = make.officer_in_charge(found)
    services.complaint_forward(actor=officer, complaint_id=found.id)
    platform = make.respondent(make.row_of(found).platform_id or 0)
    services.complaint_answer(actor=platform, complaint_id=found.id, body=make.ANSWER, outcome="upheld")
    services.complaint_close(actor=officer, complaint_id=found.id, outcome="upheld", reason=make.REASON)
    row = make.row_of(found)
    assert (row.state, row.outcome, row.closed_at) == ("closed", "upheld", clock.now())
    assert verbs(found.id) == ["file", "route", "forward", "answer", "close"]
    assert [message.title for message in OutgoingMessage.objects.order_by("id")] == [
        "We have received your complaint",
        "Your complaint was sent to the platform",
        "The platform has answered",
        "Your complaint has been decided",
    ]
    topics = list(
        OutboxEvent.objects.filter(topic__startswith="complaint.").order_by("id").values_list("topic", flat=True)
    )
    assert topics == ["complaint.filed", "complaint.forwarded", "complaint.answered", "complaint.closed"]
    assert not row.clocks.filter(met_at__isnull=True).exists()


def test_forwarding_meets_the_authority_clock_and_moves_no_date() -> None:
    found = make.filed(platform_id=platforms.registered().platform_id)
    before = list(make.row_of(found).clocks.order_by("id").values_list("key", "due_on"))
    with clock.frozen("2017-07-14T09:00+08:00"):
        services.complaint_forward(actor=make.SYSTEM, complaint_id=found.id)
    row = make.row_of(found)
    assert list(row.clocks.order_by("id").values_list("key", "due_on")) == before
    assert [item.key for item in row.clocks.filter(met_at__isnull=False)] == ["handling"]


def test_a_complaint_about_an_unlisted_platform_cannot_be_forwarded() -> None:
    found = make.filed(**TOLD)
    before = marks(found.id)
    with pytest.raises(Refusal) as refused:
        services.complaint_forward(actor=make.officer_in_charge(found), complaint_id=found.id)
    assert refused.value.code == "complaint.platform_not_listed"
    assert marks(found.id) == before
    assert make.row_of(found).forwarded_at is None


@pytest.mark.parametrize("roles", [("expert",), ("auditor",), ("secretariat",)])
def test_other_roles_of_the_authority_do_not_forward(roles: tuple[str, ...]) -> None:
    found = make.filed(platform_id=platforms.registered().platform_id, **TOLD)
    before = marks(found.id)
    with pytest.raises(Refusal) as refused:
        services.complaint_forward(actor=make.officer_in_charge(found, *roles), complaint_id=found.id)
    assert refused.value.code == "complaint.not_permitted"
    assert marks(found.id) == before


def test_an_assisting_officer_reads_but_does_not_act() -> None:
    found = make.filed(platform_id=platforms.registered().platform_id)
    assisting = make.officer_of("LFO-110000")
    assert services.narrative_open(actor=assisting, complaint_id=found.id, purpose="协助核查") == make.NARRATIVE
    with pytest.raises(Refusal) as refused:
        services.complaint_forward(actor=assisting, complaint_id=found.id)
    assert refused.value.code == "complaint.not_permitted"


def test_an_officer_of_another_authority_finds_nothing() -> None:
    found = make.filed()
    stranger = make.officer_of("PBOC", "officer", "supervisor")
    before = marks(found.id)
    for attempt in (
        lambda: services.complaint_forward(actor=stranger, complaint_id=found.id),
        lambda: services.complaint_close(actor=stranger, complaint_id=found.id, outcome="upheld", reason=make.REASON),
        lambda: services.narrative_open(actor=stranger, complaint_id=found.id, purpose="看看"),
    ):
        with pytest.raises(NotYours):
            attempt()
    assert marks(found.id) == before
    assert PersonalRead.objects.count() == 0
    assert selectors.complaints_visible_to(stranger).count() == 0


def test_only_the_platform_complained_about_answers() -> None:
    found = make.forwarded(**TOLD)
    other = make.respondent(platforms.registered().platform_id)
    before = marks(found.id)
    with pytest.raises(NotYours):
        services.complaint_answer(actor=other, complaint_id=found.id, body=make.ANSWER, outcome="upheld")
    assert marks(found.id) == before


def test_a_platform_sees_a_complaint_only_once_it_was_sent() -> None:
    platform_id = platforms.registered().platform_id
    found = make.filed(platform_id=platform_id)
    platform = make.respondent(platform_id)
    assert selectors.complaints_visible_to(platform).count() == 0
    with pytest.raises(NotYours):
        services.narrative_open(actor=platform, complaint_id=found.id, purpose="answer")
    with pytest.raises(Refusal) as refused:
        services.complaint_answer(actor=platform, complaint_id=found.id, body=make.ANSWER, outcome="upheld")
    assert refused.value.code == "complaint.wrong_state"
    services.complaint_forward(actor=make.SYSTEM, complaint_id=found.id)
    assert [row.pk for row in selectors.complaints_visible_to(platform)] == [found.id]


@pytest.mark.parametrize(
    ("body", "outcome", "field"),
    [("短", "upheld", "body"), ("长" * 10_001, "upheld", "body"), (make.ANSWER, "won", "outcome")],
)
def test_an_answer_that_says_nothing_is_refused(body: str, outcome: str, field: str) -> None:
    found = make.forwarded(**TOLD)
    platform = make.respondent(make.row_of(found).platform_id or 0)
    before = marks(found.id)
    with pytest.raises(Refusal) as refused:
        services.complaint_answer(actor=platform, complaint_id=found.id, body=body, outcome=outcome)
    assert refused.value.field == field
    assert marks(found.id) == before


def test_nobody_closes_while_the_platform_has_its_time() -> None:
    found = make.forwarded(**TOLD)
    before = marks(found.id)
    with pytest.raises(Refusal) as refused:
        services.complaint_close(
            actor=make.officer_in_charge(found), complaint_id=found.id, outcome="rejected", reason=make.REASON
        )
    assert refused.value.code == "complaint.wrong_state"
    assert marks(found.id) == before


def test_an_insufficient_answer_goes_back_with_a_note() -> None:
    found = make.forwarded()
    platform = make.respondent(make.row_of(found).platform_id or 0)
    services.complaint_answer(actor=platform, complaint_id=found.id, body=make.ANSWER, outcome="rejected")
    officer = make.officer_in_charge(found)
    with pytest.raises(Refusal) as refused:
        services.complaint_return(actor=officer, complaint_id=found.id, note=" ")
    assert refused.value.code == "complaint.note_missing"
    services.complaint_return(actor=officer, complaint_id=found.id, note="未答复利息部分")
    assert make.row_of(found).state == "with_platform"
    assert transitions_of("complaint", found.id)[-1].note == "未答复利息部分"


def test_the_holder_withdraws_and_then_nothing_more_happens() -> None:
    found = make.filed()
    assert services.complaint_withdraw(actor=make.PUBLIC, receipt=found.receipt.lower()) is True
    row = make.row_of(found)
    assert (row.state, row.closed_at) == ("withdrawn", clock.now())
    assert services.complaint_withdraw(actor=make.PUBLIC, receipt="AAAA-BBBB-CCCC-DDDD-EEEE") is False
    with pytest.raises(Refusal) as refused:
        services.complaint_withdraw(actor=make.PUBLIC, receipt=found.receipt)
    assert refused.value.code == "complaint.wrong_state"


def test_every_reading_is_recorded_and_needs_a_reason() -> None:
    found = make.filed(**TOLD)
    officer = make.officer_in_charge(found)
    with pytest.raises(Refusal) as refused:
        services.narrative_open(actor=officer, complaint_id=found.id, purpose="  ")
    assert refused.value.code == "complaint.purpose_missing"
    assert PersonalRead.objects.count() == 0
    services.narrative_open(actor=officer, complaint_id=found.id, purpose="核实诉求")
    contact = services.contact_open(actor=officer, complaint_id=found.id, purpose="电话核实")
    assert contact == {"name": "", "address": "test@example.invalid", "platform": "某某示例贷"}
    assert list(PersonalRead.objects.order_by("id").values_list("what", "purpose", "reader")) == [
        ("narrative", "核实诉求", "user:7"),
        ("contact", "电话核实", "user:7"),
    ]


def test_a_platform_never_gets_the_contact() -> None:
    found = make.forwarded(**TOLD)
    with pytest.raises(NotYours):
        services.contact_open(
            actor=make.respondent(make.row_of(found).platform_id or 0), complaint_id=found.id, purpose="联系"
        )


def test_the_public_sees_no_list() -> None:
    make.filed()
    assert selectors.complaints_visible_to(Principal(kind="public", label="public")).count() == 0
