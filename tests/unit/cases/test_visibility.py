"""Two walls: the selector, and PostgreSQL's row-level security when the selector is not asked."""

import pytest
from django.db import DatabaseError, transaction

from cases import services
from cases.models import Case, CaseLink, CaseNote
from cases.selectors import case_totals, cases_visible_to
from common.db.acting import acting_as
from common.errors import Refusal
from common.principal import Principal, public_principal
from regulators.selectors import authority_by_code
from tests.factories.cases import SYSTEM, case
from tests.factories.regulators import officer


@pytest.fixture
def row(platform: int) -> Case:
    """A case led by the CBRC, shared with the Beijing office, with a link and a note."""
    opened = case(platform, links=[("filing", "1")])
    services.case_note_add(actor=SYSTEM, case_id=opened.pk, text="x")
    return opened


def seen(principal: Principal) -> tuple[int, int, int, int]:
    """What the tables show to a principal, without and with the selector."""
    with acting_as(principal):
        return (
            Case.objects.count(),
            CaseLink.objects.count(),
            CaseNote.objects.count(),
            cases_visible_to(principal).count(),
        )


@pytest.mark.parametrize(("body", "count"), [("CBRC", 1), ("LFO-110000", 1), ("PBOC", 0), ("MPS", 0)])
def test_the_lead_and_whom_it_is_shared_with_see_a_case_and_nobody_else(row: Case, body: str, count: int) -> None:
    assert seen(officer(body)) == (count, count, count, count)


def test_sharing_opens_the_case_to_one_more_body(row: Case) -> None:
    police = officer("MPS")
    ref = authority_by_code("MPS")
    assert ref is not None
    services.case_share(actor=SYSTEM, case_id=row.pk, authority_id=ref.id, reason="案情")
    assert seen(police) == (1, 1, 1, 1)


def test_platforms_and_the_public_see_no_case(row: Case) -> None:
    assert seen(public_principal()) == (0, 0, 0, 0)
    assert seen(Principal(kind="platform", label="p", platform_id=row.platform_id)) == (0, 0, 0, 0)


def test_the_count_for_reports_follows_the_reader(row: Case) -> None:
    with acting_as(officer("PBOC")):
        assert case_totals()["cases"] == 0
    assert case_totals() == {
        "cases": 1,
        "by_state": {"open": 1},
        "by_origin": {"finding": 1},
        "area_d": 0,
        "undecided": 0,
    }


def test_an_unseen_case_cannot_be_moved_noted_or_shared(row: Case) -> None:
    stranger = officer("PBOC", "officer", "supervisor")
    with acting_as(stranger):
        for verb in (
            lambda: services.case_assign(actor=stranger, case_id=row.pk),
            lambda: services.case_move(actor=stranger, case_id=row.pk, verb="review"),
            lambda: services.case_note_add(actor=stranger, case_id=row.pk, text="x"),
            lambda: services.case_share(actor=stranger, case_id=row.pk, authority_id=1, reason="x"),
        ):
            with pytest.raises(Refusal) as refused:
                verb()
            assert refused.value.status == 404
    assert (Case.objects.get().state, CaseNote.objects.count()) == ("open", 1)


def test_the_database_itself_keeps_an_assisting_body_from_changing_a_case(row: Case) -> None:
    with acting_as(officer("LFO-110000")), pytest.raises(DatabaseError), transaction.atomic():
        Case.objects.filter(pk=row.pk).update(state="closed")
    assert Case.objects.get().state == "open"


def test_an_assisting_body_writes_a_note_through_both_walls(row: Case) -> None:
    helper = officer("LFO-110000")
    with acting_as(helper):
        services.case_note_add(actor=helper, case_id=row.pk, text="已核实")
    assert CaseNote.objects.count() == 2
