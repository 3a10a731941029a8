"""Hand-overs: who may, who answers, and that nothing is dropped between two desks."""

from datetime import date, timedelta

import pytest

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.models import OutboxEvent
from common.principal import Principal
from common.transitions import transitions_of
from regulators import selectors, services
from regulators.models import AgendaItem, HandOver, ObjectAccess
from tests.factories.coordination import KEYS, Matters, body, coordination_map, matters
from tests.factories.regulators import SYSTEM, officer, small_map
from tests.factories.rulebook import terms_loaded

pytestmark = pytest.mark.django_db
MONDAY = date(2017, 7, 10)
DUE, SUPERIOR, MEETING = date(2017, 7, 17), date(2017, 7, 20), date(2017, 7, 27)


@pytest.fixture
def owned() -> Matters:
    coordination_map()
    with clock.frozen(MONDAY):
        yield matters(m1="CBRC", m2="CSRC")  # type: ignore[misc]


def offer(who: Principal, to: str, reason: str = "网站内容归信息主管部门", subject: str = "matter:1") -> int:
    with acting_as(who):
        return services.handover_offer(actor=who, subject=subject, to_authority_id=body(to), reason=reason)


def refused(code: str, verb, **arguments) -> None:  # type: ignore[no-untyped-def]
    """The verb refuses with this code and nothing has changed."""
    before = list(HandOver.objects.order_by("pk").values())
    with pytest.raises(Refusal) as found:
        verb(**arguments)
    assert found.value.code == code
    assert list(HandOver.objects.order_by("pk").values()) == before


def test_an_offer_counts_its_days_by_the_pack_and_says_so(owned: Matters) -> None:
    row = HandOver.objects.get(pk=offer(officer("CBRC"), "MIIT"))
    assert (row.due_on, row.superior_on, row.meeting_on) == (DUE, SUPERIOR, MEETING)
    assert row.why_due["is_convention"] is True
    assert "Answer to a hand-over (convention)" in row.why_due["steps"][0]["en"]
    assert (row.title_zh, row.subject, row.state) == ("事项1", "matter:1", "offered")
    assert owned.shown[1] == {body("MIIT"): f"handover:{row.public_id}"}
    assert [step.verb for step in transitions_of("handover", row.pk)] == ["offer"]


def test_until_acceptance_the_sender_is_responsible_and_then_the_receiver(owned: Matters) -> None:
    pk = offer(officer("CBRC"), "MIIT")
    assert selectors.responsible_for("matter:1") == body("CBRC") == owned.owners[1]
    receiver = officer("MIIT")
    with acting_as(receiver):
        services.handover_accept(actor=receiver, handover_id=pk, note="同意接收")
    assert selectors.responsible_for("matter:1") == body("MIIT") == owned.owners[1]
    assert owned.taken == [(1, body("MIIT"))]
    row = HandOver.objects.get(pk=pk)
    assert (row.state, row.answer, row.answered_on, row.answered_by) == (
        "accepted", "同意接收", MONDAY, receiver.label,
    )  # fmt: skip
    event = OutboxEvent.objects.get(topic="handover.accepted")
    assert event.payload == {
        "id": pk, "verb": "accept", "from": "offered", "to": "accepted", "subject": "matter:1",
        "from_authority_id": body("CBRC"), "to_authority_id": body("MIIT"),
    }  # fmt: skip


def test_a_refused_matter_stays_with_the_sender_and_may_go_to_the_meeting(owned: Matters) -> None:
    sender, receiver = officer("CBRC"), officer("CAC")
    pk = offer(sender, "CAC")
    with acting_as(receiver):
        services.handover_refuse(actor=receiver, handover_id=pk, reason="不属于内容管理")
    assert (selectors.responsible_for("matter:1"), owned.shown[1]) == (body("CBRC"), {})
    with acting_as(sender):
        item = services.handover_bring_to_meeting(actor=sender, handover_id=pk, reason="双方意见不一致")
    row = AgendaItem.objects.get(pk=item)
    assert (row.meeting.quarter, row.proposed_by_id) == ("2017Q3", body("CBRC"))
    assert row.title_en == "Hand-over undecided: Matter 1 (CBRC → CAC)"
    assert "不属于内容管理" in row.body_zh
    assert HandOver.objects.get().state == "before_meeting"


@pytest.mark.parametrize(
    ("moves", "owner", "state"), [(True, "CAC", "settled_moved"), (False, "CBRC", "settled_stays")]
)
def test_the_secretariat_records_how_the_meeting_settled_it(
    owned: Matters, moves: bool, owner: str, state: str
) -> None:
    sender, receiver, secretary = officer("CBRC"), officer("CAC"), officer("PBOC", "secretariat")
    pk = offer(sender, "CAC")
    with acting_as(receiver):
        services.handover_refuse(actor=receiver, handover_id=pk, reason="不属于")
    with acting_as(sender):
        services.handover_bring_to_meeting(actor=sender, handover_id=pk, reason="不一致")
    with acting_as(secretary):
        assert [row.pk for row in selectors.handovers_visible_to(secretary)] == [pk]
        services.handover_settle(actor=secretary, handover_id=pk, moves=moves, reason="会议决定")
    assert (HandOver.objects.get().state, owned.owners[1]) == (state, body(owner))
    assert selectors.responsible_for("matter:1") == body(owner)


def test_a_withdrawn_offer_can_be_made_to_somebody_else(owned: Matters) -> None:
    sender = officer("CBRC")
    pk = offer(sender, "CAC")
    with acting_as(sender):
        services.handover_withdraw(actor=sender, handover_id=pk, reason="改送工信部")
    assert owned.shown[1] == {}
    again = offer(sender, "MIIT")
    assert [(r.pk, r.state) for r in HandOver.objects.order_by("pk")] == [(pk, "withdrawn"), (again, "offered")]


# --- refusals -------------------------------------------------------------------------------------------------------
def test_who_may_not_offer_and_what_cannot_be_offered(owned: Matters) -> None:
    sender, stranger, auditor = officer("CBRC"), officer("CSRC"), officer("CBRC", "auditor")

    def try_offer(who: Principal, code: str, **changes: object) -> None:
        values = {"actor": who, "subject": "matter:1", "to_authority_id": body("MIIT"), "reason": "x", **changes}
        with acting_as(who):
            refused(code, services.handover_offer, **values)

    try_offer(auditor, "permission.denied")
    try_offer(stranger, "not_found")
    try_offer(sender, "not_found", subject="matter:9")
    try_offer(sender, "not_found", subject="nothing:1")
    try_offer(sender, "not_found", subject="matter:１")
    try_offer(sender, "coordination.no_reason", reason="  ")
    try_offer(sender, "authority.unknown", to_authority_id=body("NFRA"))
    try_offer(sender, "authority.unknown", to_authority_id=0)
    try_offer(sender, "handover.same_body", to_authority_id=body("CBRC"))
    owned.show(1, stranger.authority_ids[0], "assists")
    try_offer(stranger, "subject.not_yours")
    offer(sender, "MIIT")
    try_offer(sender, "handover.already_open", to_authority_id=body("CAC"))


def test_without_a_term_in_the_rulebook_nothing_is_handed_over() -> None:
    small_map()
    matters(m1="CBRC")
    with clock.frozen(MONDAY):
        sender = officer("CBRC")
        with acting_as(sender):
            refused(
                "coordination.no_term", services.handover_offer,
                actor=sender, subject="matter:1", to_authority_id=body("MPS"), reason="x",
            )  # fmt: skip
        terms_loaded(*KEYS)
        assert offer(sender, "MPS") > 0


def test_only_the_receiver_answers_and_only_once(owned: Matters) -> None:
    sender, receiver, stranger = officer("CBRC"), officer("MIIT"), officer("CAC")
    pk = offer(sender, "MIIT")
    with acting_as(sender):
        refused("handover.not_permitted", services.handover_accept, actor=sender, handover_id=pk)
    with acting_as(stranger):
        refused("not_found", services.handover_accept, actor=stranger, handover_id=pk)
        refused("not_found", services.handover_withdraw, actor=stranger, handover_id=pk, reason="x")
    with acting_as(receiver):
        refused("coordination.no_reason", services.handover_refuse, actor=receiver, handover_id=pk, reason=" ")
        refused("handover.not_permitted", services.handover_withdraw, actor=receiver, handover_id=pk, reason="x")
        services.handover_accept(actor=receiver, handover_id=pk)
        refused("handover.wrong_state", services.handover_accept, actor=receiver, handover_id=pk)
        refused("handover.wrong_state", services.handover_refuse, actor=receiver, handover_id=pk, reason="x")
    with acting_as(sender):
        refused("handover.wrong_state", services.handover_withdraw, actor=sender, handover_id=pk, reason="x")
    assert owned.taken == [(1, body("MIIT"))]


def test_a_matter_that_went_elsewhere_meanwhile_is_not_taken_from_its_new_owner(owned: Matters) -> None:
    receiver = officer("MIIT")
    pk = offer(officer("CBRC"), "MIIT")
    owned.owners[1] = body("CSRC")
    with acting_as(receiver), pytest.raises(Refusal) as found:
        services.handover_accept(actor=receiver, handover_id=pk)
    assert found.value.code == "handover.stale"
    assert (HandOver.objects.get(pk=pk).state, owned.owners[1]) == ("offered", body("CSRC"))


def test_a_refused_matter_that_was_given_away_since_is_no_longer_the_senders_to_bring(owned: Matters) -> None:
    sender, first, second = officer("CBRC"), officer("CAC"), officer("MIIT")
    pk = offer(sender, "CAC")
    with acting_as(first):
        services.handover_refuse(actor=first, handover_id=pk, reason="不属于")
    other = offer(sender, "MIIT")
    with acting_as(sender):
        refused("handover.already_open", services.handover_bring_to_meeting, actor=sender, handover_id=pk, reason="x")
    with acting_as(second):
        services.handover_accept(actor=second, handover_id=other)
    with acting_as(sender):
        refused("handover.stale", services.handover_bring_to_meeting, actor=sender, handover_id=pk, reason="x")


# --- who sees it ----------------------------------------------------------------------------------------------------
def test_only_the_two_parties_see_a_hand_over_and_an_escalated_one_the_bodies_above(owned: Matters) -> None:
    sender, receiver = officer("CSRC"), officer("CBRC-110000")
    superior, secretary, banker = officer("CBRC"), officer("PBOC", "secretariat"), officer("PBOC")

    def sees(who: Principal) -> bool:
        with acting_as(who):
            return selectors.handovers_visible_to(who).exists()

    def database_shows(who: Principal) -> bool:
        with acting_as(who):
            return HandOver.objects.exists()

    offer(sender, "CBRC-110000", subject="matter:2")
    everybody = (sender, receiver, superior, secretary, banker)
    assert [sees(who) for who in everybody] == [True, True, False, False, False]
    assert [database_shows(who) for who in everybody] == [True, True, False, False, False]
    sweep_on(SUPERIOR + timedelta(days=1))
    assert [sees(who) for who in everybody] == [True, True, True, False, False]
    sweep_on(MEETING + timedelta(days=1))
    assert [sees(who) for who in everybody] == [True, True, True, True, False]
    assert database_shows(officer("MPS")) is False


def test_a_successor_finds_the_matters_of_its_predecessor(owned: Matters) -> None:
    pk = offer(officer("CSRC"), "CBRC", subject="matter:2")
    with clock.frozen("2018-04-09"):
        heir = officer("CBIRC")
        with acting_as(heir):
            assert [matter.id for matter in selectors.matters_waiting_for(heir)] == [pk]
            services.handover_accept(actor=heir, handover_id=pk)
    assert owned.owners[2] == body("CBIRC")


# --- escalation -----------------------------------------------------------------------------------------------------
def sweep_on(day: date) -> int:
    with clock.frozen(day):
        return services.handovers_escalate_overdue(actor=SYSTEM)


def steps_of(pk: int) -> list[str]:
    return [step.verb for step in transitions_of("handover", pk)]


def test_each_step_is_taken_once_on_its_day(owned: Matters) -> None:
    pk = offer(officer("CSRC"), "CBRC-110000", subject="matter:2")
    day = timedelta(days=1)
    assert [sweep_on(when) for when in (DUE, DUE + day, DUE + day)] == [0, 1, 0]
    assert HandOver.objects.get().state == "reminded"
    assert [sweep_on(when) for when in (SUPERIOR, SUPERIOR + day, SUPERIOR + day)] == [0, 1, 0]
    row = HandOver.objects.get()
    assert (row.state, row.superior_id, row.responsible_id) == ("raised", body("CBRC"), body("CSRC"))
    assert [sweep_on(when) for when in (MEETING, MEETING + day, MEETING + day, date(2017, 9, 30))] == [0, 1, 0, 0]
    assert steps_of(pk) == ["offer", "remind", "raise", "bring"]
    assert AgendaItem.objects.get().subject == f"handover:{row.public_id}"


def test_a_sweep_that_was_off_for_weeks_catches_up_in_order(owned: Matters) -> None:
    pk = offer(officer("CSRC"), "CBRC-110000", subject="matter:2")
    assert sweep_on(date(2017, 9, 1)) == 3
    assert steps_of(pk) == ["offer", "remind", "raise", "bring"]
    assert (sweep_on(date(2017, 9, 2)), AgendaItem.objects.count()) == (0, 1)


def test_without_a_superior_body_the_meeting_follows_the_reminder(owned: Matters) -> None:
    pk = offer(officer("CBRC"), "MIIT")
    assert sweep_on(SUPERIOR + timedelta(days=1)) == 1
    assert sweep_on(MEETING + timedelta(days=1)) == 1
    assert steps_of(pk) == ["offer", "remind", "bring"]


def test_an_answer_after_a_reminder_still_counts_and_ends_the_escalation(owned: Matters) -> None:
    receiver = officer("MIIT")
    pk = offer(officer("CBRC"), "MIIT")
    sweep_on(DUE + timedelta(days=1))
    with clock.frozen(DUE + timedelta(days=2)), acting_as(receiver):
        services.handover_accept(actor=receiver, handover_id=pk)
    assert (sweep_on(date(2017, 12, 1)), steps_of(pk)) == (0, ["offer", "remind", "accept"])


def test_the_sweep_belongs_to_the_clock_alone(owned: Matters) -> None:
    who = officer("PBOC", "secretariat")
    offer(officer("CBRC"), "MIIT")
    with clock.frozen("2017-09-01"), acting_as(who):
        refused("permission.denied", services.handovers_escalate_overdue, actor=who)


def test_a_receiver_sees_what_waits_for_it_and_a_sender_what_it_waits_for(owned: Matters) -> None:
    sender, receiver = officer("CBRC"), officer("MIIT")
    pk = offer(sender, "MIIT", reason="电信业务许可")
    with clock.frozen(DUE + timedelta(days=1)):
        with acting_as(receiver):
            (matter,) = selectors.matters_waiting_for(receiver)
            assert selectors.matters_sent_by(receiver) == ()
        with acting_as(sender):
            assert [found.id for found in selectors.matters_sent_by(sender)] == [pk]
    assert (matter.kind, matter.id, matter.text, matter.is_overdue) == ("handover", pk, "电信业务许可", True)
    assert matter.other["zh"] == "银监会"
    assert ObjectAccess.objects.count() == 0
