"""A case changes hands between authorities, in one transaction with the answer."""

import pytest

from cases import services as cases
from cases.models import Case
from cases.selectors import cases_visible_to
from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.transitions import transitions_of
from regulators import services
from regulators.models import HandOver, ObjectAccess
from tests.factories.cases import in_review, opened
from tests.factories.coordination import body, coordination_map
from tests.factories.regulators import officer

DAY = "2017-07-10"


def offered(case_id: int, who, to: str = "MIIT") -> int:  # type: ignore[no-untyped-def]
    with clock.frozen(DAY), acting_as(who):
        return services.handover_offer(
            actor=who, subject=f"case:{case_id}", to_authority_id=body(to), reason="涉及电信业务许可"
        )


def test_an_accepted_case_belongs_to_the_receiver_and_the_sender_keeps_seeing_it(platform: int) -> None:
    coordination_map()
    sender, receiver = officer("CBRC"), officer("MIIT")
    case_id = in_review(platform, sender)
    with acting_as(receiver):
        assert not cases_visible_to(receiver).exists()
    pk = offered(case_id, sender)
    with acting_as(receiver):
        assert [case.pk for case in cases_visible_to(receiver)] == [case_id]
        with clock.frozen(DAY):
            services.handover_accept(actor=receiver, handover_id=pk)
        case = Case.objects.get()
        assert (case.owner_authority_id, case.assignee_id, case.state) == (body("MIIT"), None, "open")
        assert case.why["en"].startswith("Handed over by CBRC to MIIT on 2017-07-10. ")
        assert cases.case_assign(actor=receiver, case_id=case_id) == receiver.officer_id
    with acting_as(sender):
        assert [case.pk for case in cases_visible_to(sender)] == [case_id]
        with pytest.raises(Refusal) as refused:
            cases.case_move(actor=sender, case_id=case_id, verb="review")
    assert refused.value.code == "case.not_permitted"
    assert [step.verb for step in transitions_of("case", case_id)][-2:] == ["hand_over", "assign"]
    assert HandOver.objects.get().title_zh.startswith(f"案件 C-{case_id}：")


def test_a_refused_case_is_out_of_sight_again_and_stays_where_it_was(platform: int) -> None:
    coordination_map()
    sender, receiver = officer("CBRC"), officer("MIIT")
    case_id = in_review(platform, sender)
    before = Case.objects.values().get()
    pk = offered(case_id, sender)
    with clock.frozen(DAY), acting_as(receiver):
        services.handover_refuse(actor=receiver, handover_id=pk, reason="不属于电信业务")
        assert not cases_visible_to(receiver).exists()
    assert Case.objects.values().get() == before
    assert not ObjectAccess.objects.filter(authority_id=body("MIIT")).exists()


def test_an_assisting_body_keeps_its_sight_after_refusing(platform: int) -> None:
    coordination_map()
    sender, helper = officer("CBRC"), officer("LFO-110000")
    case_id = opened(platform).case_id
    pk = offered(case_id, sender, "LFO-110000")
    with clock.frozen(DAY), acting_as(helper):
        services.handover_refuse(actor=helper, handover_id=pk, reason="无权处置")
        assert [case.pk for case in cases_visible_to(helper)] == [case_id]


def test_a_closed_case_and_a_case_of_others_are_not_handed_over(platform: int) -> None:
    coordination_map()
    sender, helper, stranger = officer("CBRC"), officer("LFO-110000"), officer("CAC")
    case_id = in_review(platform, sender)
    for who, code in ((helper, "subject.not_yours"), (stranger, "not_found")):
        with pytest.raises(Refusal) as refused:
            offered(case_id, who)
        assert (refused.value.code, HandOver.objects.count()) == (code, 0)
    with acting_as(sender):
        cases.case_close(actor=sender, case_id=case_id, note="已整改")
    with pytest.raises(Refusal) as refused:
        offered(case_id, sender)
    assert (refused.value.code, HandOver.objects.count()) == ("subject.not_yours", 0)


def test_a_case_closed_meanwhile_is_not_taken(platform: int) -> None:
    coordination_map()
    sender, receiver = officer("CBRC"), officer("MIIT")
    case_id = in_review(platform, sender)
    pk = offered(case_id, sender)
    with acting_as(sender):
        cases.case_close(actor=sender, case_id=case_id, note="已整改")
    with clock.frozen(DAY), acting_as(receiver), pytest.raises(Refusal) as refused:
        services.handover_accept(actor=receiver, handover_id=pk)
    assert (refused.value.code, HandOver.objects.get().state) == ("handover.stale", "offered")
