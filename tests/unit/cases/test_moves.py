"""Steps: every edge of the table, every refusal with nothing changed, twice is once."""

import pytest

from cases import services
from cases.models import Case, CaseNote
from cases.workflow import CASE_WORKFLOW
from common.errors import Refusal
from common.principal import Principal
from common.transitions import transitions_of
from regulators import selectors as regulators
from regulators.models import ObjectAccess
from tests.factories.cases import case, in_review, opened
from tests.factories.regulators import officer


def state(case_id: int) -> str:
    return Case.objects.get(pk=case_id).state


def test_an_officer_takes_a_case_and_twice_is_once(platform: int) -> None:
    who, case_id = officer("CBRC"), opened(platform).case_id
    assert services.case_assign(actor=who, case_id=case_id) == who.officer_id
    services.case_assign(actor=who, case_id=case_id)
    row = Case.objects.get()
    assert (row.state, row.assignee_id) == ("assigned", who.officer_id)
    assert [step.verb for step in transitions_of("case", case_id)] == ["open", "assign"]


def test_a_colleague_may_be_given_the_case(platform: int) -> None:
    chief, colleague, case_id = officer("CBRC", "supervisor"), officer("CBRC"), opened(platform).case_id
    services.case_assign(actor=chief, case_id=case_id, officer_id=colleague.officer_id)
    assert Case.objects.get().assignee_id == colleague.officer_id


def test_a_taken_case_is_handed_over_by_a_supervisor_only(platform: int) -> None:
    first, second, chief = officer("CBRC"), officer("CBRC"), officer("CBRC", "supervisor")
    case_id = opened(platform).case_id
    services.case_assign(actor=first, case_id=case_id)
    with pytest.raises(Refusal) as refused:
        services.case_assign(actor=second, case_id=case_id)
    assert (refused.value.code, Case.objects.get().assignee_id) == ("case.taken", first.officer_id)
    services.case_assign(actor=chief, case_id=case_id, officer_id=second.officer_id)
    assert (state(case_id), Case.objects.get().assignee_id) == ("assigned", second.officer_id)


@pytest.mark.parametrize(("body", "roles"), [("LFO-110000", ["officer"]), ("CBRC", ["expert"])])
def test_others_may_not_take_it(platform: int, body: str, roles: list[str]) -> None:
    case_id = opened(platform).case_id
    with pytest.raises(Refusal) as refused:
        services.case_assign(actor=officer(body, *roles), case_id=case_id)
    assert refused.value.code == "case.not_permitted"
    assert (state(case_id), Case.objects.get().assignee_id) == ("open", None)


def test_an_officer_of_another_body_or_nobody_cannot_be_in_charge(platform: int) -> None:
    case_id = opened(platform).case_id
    chief, foreign = officer("CBRC", "supervisor"), officer("PBOC")
    with pytest.raises(Refusal) as refused:
        services.case_assign(actor=chief, case_id=case_id, officer_id=foreign.officer_id)
    assert refused.value.code == "case.foreign_officer"
    with pytest.raises(Refusal) as refused:
        services.case_assign(
            actor=Principal(kind="staff", label="user:0", authority_ids=chief.authority_ids), case_id=case_id
        )
    assert (refused.value.code, state(case_id)) == ("case.no_officer", "open")


def test_a_case_runs_through_its_whole_life(platform: int) -> None:
    who, chief = officer("CBRC"), officer("CBRC", "supervisor")
    case_id = in_review(platform, who)
    assert services.case_move(actor=who, case_id=case_id, verb="propose_measures", note="约谈") == ("measures_proposed")
    services.case_close(actor=who, case_id=case_id, note="整改完成")
    assert str(Case.objects.get().closed_on) == "2017-07-10"
    services.case_move(actor=chief, case_id=case_id, verb="reopen")
    row = Case.objects.get()
    assert (row.state, row.closed_on, row.assignee_id) == ("open", None, None)
    assert [step.verb for step in transitions_of("case", case_id)] == [
        "open", "assign", "review", "propose_measures", "close", "reopen",
    ]  # fmt: skip


@pytest.mark.parametrize("verb", ["review", "propose_measures", "reopen"])
def test_no_edge_no_step(platform: int, verb: str) -> None:
    case_id = opened(platform).case_id
    with pytest.raises(Refusal) as refused:
        services.case_move(actor=officer("CBRC", "supervisor"), case_id=case_id, verb=verb)
    assert (refused.value.code, state(case_id)) == ("case.wrong_state", "open")
    assert len(transitions_of("case", case_id)) == 1


@pytest.mark.parametrize("verb", ["assign", "close", "delete"])
def test_assigning_and_closing_are_no_plain_steps(platform: int, verb: str) -> None:
    case_id = opened(platform).case_id
    with pytest.raises(Refusal) as refused:
        services.case_move(actor=officer("CBRC"), case_id=case_id, verb=verb)
    assert (refused.value.code, state(case_id)) == ("case.unknown_step", "open")


def test_closing_needs_a_result_and_a_review(platform: int) -> None:
    who = officer("CBRC")
    case_id = opened(platform).case_id
    with pytest.raises(Refusal) as refused:
        services.case_close(actor=who, case_id=case_id, note=" ")
    assert refused.value.code == "case.no_result"
    with pytest.raises(Refusal) as refused:
        services.case_close(actor=who, case_id=case_id, note="x")
    assert (refused.value.code, state(case_id)) == ("case.wrong_state", "open")


def test_reopening_is_refused_to_officers_and_beside_another_running_case(platform: int) -> None:
    who, chief = officer("CBRC"), officer("CBRC", "supervisor")
    case_id = in_review(platform, who)
    services.case_close(actor=who, case_id=case_id, note="x")
    with pytest.raises(Refusal) as refused:
        services.case_move(actor=who, case_id=case_id, verb="reopen")
    assert refused.value.code == "case.not_permitted"
    opened(platform)
    with pytest.raises(Refusal) as refused:
        services.case_move(actor=chief, case_id=case_id, verb="reopen")
    assert (refused.value.code, state(case_id)) == ("case.another_is_running", "closed")


def test_notes_are_written_by_leading_and_assisting_officers(platform: int) -> None:
    case_id = opened(platform).case_id
    services.case_note_add(actor=officer("LFO-110000"), case_id=case_id, text=" 已电话核实 ")
    assert CaseNote.objects.get().text == "已电话核实"
    with pytest.raises(Refusal) as refused:
        services.case_note_add(actor=officer("CBRC"), case_id=case_id, text="  ")
    assert (refused.value.code, CaseNote.objects.count()) == ("case.empty_note", 1)


def test_only_the_lead_shares_a_case(platform: int) -> None:
    row = case(platform)
    police = regulators.authority_by_code("MPS")
    assert police is not None
    before = ObjectAccess.objects.count()
    with pytest.raises(Refusal) as refused:
        services.case_share(actor=officer("LFO-110000"), case_id=row.pk, authority_id=police.id, reason="案情")
    assert (refused.value.status, ObjectAccess.objects.count()) == (403, before)
    given = {"actor": officer("CBRC"), "case_id": row.pk, "authority_id": police.id, "reason": "案情"}
    assert services.case_share(**given) == services.case_share(**given)  # type: ignore[arg-type]
    assert ObjectAccess.objects.count() == before + 1


def test_the_table_is_closed_over_its_states() -> None:
    assert CASE_WORKFLOW.states() == {"open", "assigned", "under_review", "measures_proposed", "closed"}
    assert CASE_WORKFLOW.verbs_from("closed") == ("reopen",)
