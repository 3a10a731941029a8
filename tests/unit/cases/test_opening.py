"""Opening: one running case per platform, the lead of the day, assisting bodies share it."""

from datetime import date

import pytest

from cases import services
from cases.models import Case, CaseLink
from common import clock
from common.errors import Refusal
from common.principal import Principal
from common.transitions import transitions_of
from regulators import selectors as regulators
from tests.factories.cases import case, findings_reason, opened
from tests.factories.platforms import registered
from tests.factories.regulators import officer


def code_of(authority_id: int | None) -> str:
    ref = regulators.authority_ref(authority_id or 0)
    return ref.code if ref else ""


def test_a_case_opens_with_lead_reason_target_day_and_history(platform: int) -> None:
    row = case(platform, links=[("filing", "7"), ("filing", "7")])
    assert (row.state, row.origin, row.competence, code_of(row.owner_authority_id)) == (
        "open", "finding", "decided", "CBRC",
    )  # fmt: skip
    assert (row.opened_on, row.due_on, row.decided_as_of) == (
        date(2017, 7, 10), date(2017, 8, 9), date(2017, 7, 10),
    )  # fmt: skip
    assert "CBRC" in row.why["en"]
    assert "银监会" in row.why["zh"]
    assert [(step.source, step.verb, step.target) for step in transitions_of("case", row.pk)] == [("", "open", "open")]
    assert list(CaseLink.objects.values_list("kind", "ref")) == [("filing", "7")]


def test_the_assisting_body_shares_the_case(platform: int) -> None:
    row = case(platform)
    assert [ref.code for ref in regulators.sharing_of("case", row.pk)] == ["LFO-110000"]


@pytest.mark.parametrize(
    ("day", "lead"),
    [("2018-04-07", "CBRC"), ("2018-04-08", "CBIRC"), ("2023-05-17", "CBIRC"), ("2023-05-18", "NFRA")],
)
def test_the_lead_is_the_body_of_the_day_of_the_act(platform: int, day: str, lead: str) -> None:
    with clock.frozen(day):
        assert code_of(case(platform).owner_authority_id) == lead


def test_a_second_event_adds_to_the_running_case(platform: int) -> None:
    first = opened(platform)
    again = opened(platform, reasons=[findings_reason("fund_ledger", blocking=0, major=2)])
    same = opened(platform, reasons=[findings_reason(blocking=3)])
    assert (first.created, again.created, same.created) == (True, False, False)
    row = Case.objects.get()
    assert [(entry["template"], entry["blocking"], entry["major"]) for entry in row.summary] == [
        ("loan_book", 3, 0),
        ("fund_ledger", 0, 2),
    ]
    assert len(transitions_of("case", row.pk)) == 1


def test_area_d_shortens_the_target_day_once(platform: int) -> None:
    opened(platform)
    with clock.frozen("2017-07-12"):
        opened(platform, origin="area_d", reasons=[], area="D")
    row = Case.objects.get()
    assert (row.area, row.due_on) == ("D", date(2017, 7, 22))
    with clock.frozen("2017-07-15"):
        opened(platform, origin="area_d", reasons=[], area="D")
    assert Case.objects.get().due_on == date(2017, 7, 22)


def test_after_closing_a_new_case_opens(platform: int) -> None:
    first = opened(platform)
    Case.objects.filter(pk=first.case_id).update(state="closed")
    second = opened(platform)
    assert (second.created, second.case_id != first.case_id, Case.objects.count()) == (True, True, 2)


def test_without_a_lead_the_convenor_keeps_the_case_and_says_so(today: None) -> None:
    row = case(registered(business_lines=["fund_sales"]).platform_id)
    assert (row.competence, code_of(row.owner_authority_id)) == ("gap", "PBOC")
    assert "Until the joint meeting decides" in row.why["en"]
    assert "暂管" in row.why["zh"]


def test_an_officer_of_another_body_opens_a_case_and_may_follow_it(platform: int) -> None:
    reporter = officer("MPS")
    done = opened(platform, actor=reporter, origin="manual", reasons=[services.Reason("manual", "manual")])
    assert done.created is True
    assert code_of(Case.objects.get().owner_authority_id) == "CBRC"
    assert [ref.code for ref in regulators.sharing_of("case", done.case_id)] == ["LFO-110000", "MPS"]
    assert transitions_of("case", done.case_id)[0].actor == reporter.label


@pytest.mark.parametrize(
    "actor",
    [
        Principal(kind="public", label="public"),
        Principal(kind="platform", label="platform:1", platform_id=1),
        Principal(kind="staff", label="user:1", roles=frozenset({"expert"})),
    ],
)
def test_nobody_else_opens_cases(platform: int, actor: Principal) -> None:
    with pytest.raises(Refusal) as refused:
        opened(platform, actor=actor)
    assert (refused.value.status, Case.objects.count()) == (403, 0)


def test_an_unknown_platform_is_refused(today: None) -> None:
    with pytest.raises(Refusal) as refused:
        opened(987654)
    assert (refused.value.status, Case.objects.count()) == (404, 0)


def test_the_database_refuses_a_second_running_case(platform: int) -> None:
    from django.db import IntegrityError, transaction

    row = case(platform)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(platform_id=platform, origin="manual", owner_authority_id=row.owner_authority_id)
    assert Case.objects.count() == 1
