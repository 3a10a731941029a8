"""What reaches the joint meeting: grave cases, holes of the map, open questions; once each."""

from types import SimpleNamespace

import pytest

from cases import services
from cases.models import Case
from cases.services import agenda
from common.errors import Refusal
from regulators import selectors as regulators
from regulators.models import AgendaItem, Mandate
from tests.factories.cases import SYSTEM, case, opened
from tests.factories.platforms import registered
from tests.factories.regulators import officer
from tests.factories.versions import rewritten


def subjects(kind: str) -> list[str]:
    return list(AgendaItem.objects.filter(kind=kind).order_by("pk").values_list("subject", flat=True))


def propose() -> services.AgendaProposal:
    return services.agenda_propose_from_cases(actor=SYSTEM, quarter="2017Q3")


def touch(monkeypatch: pytest.MonkeyPatch, roles_by_platform: dict[int, tuple[str, ...]]) -> None:
    """Give platforms one major finding for each role; the rule of a finding says its role."""
    rewritten(Mandate.objects.filter(role="crime"), verified=True)
    roles = sorted({role for roles in roles_by_platform.values() for role in roles})
    monkeypatch.setattr(
        agenda.platforms,
        "findings_of",
        lambda pk: [
            SimpleNamespace(severity="major", rule_version_id=roles.index(role))
            for role in roles_by_platform.get(pk, ())
        ],
    )
    monkeypatch.setattr(
        agenda.rulebook, "rule_by_version", lambda pk: SimpleNamespace(rule=SimpleNamespace(role=roles[pk]))
    )


def test_cases_in_area_d_and_across_bodies_are_proposed_the_gravest_first(
    platform: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = case(platform)
    many = case(registered().platform_id)
    grave = case(registered().platform_id, origin="area_d", area="D", reasons=[])
    nobody = case(registered(business_lines=["fund_sales"]).platform_id, reasons=[])
    touch(monkeypatch, {many.platform_id: ("conduct", "crime"), small.platform_id: ("conduct",)})
    propose()
    assert subjects("important_matter") == [f"case:{row.public_id}" for row in (grave, nobody, many)]
    item = AgendaItem.objects.get(subject=f"case:{many.public_id}")
    assert "The findings fall to: CBRC, MPS." in item.body_en
    assert "所涉问题分属：银监会、公安部。" in item.body_zh
    assert f"case:{small.public_id}" not in subjects("important_matter")


def test_twice_proposes_nothing_new(platform: int) -> None:
    opened(platform, area="D")
    first = propose()
    again = propose()
    assert (first.existing, again.proposed, again.existing) == (0, 0, first.proposed)
    assert AgendaItem.objects.count() == first.proposed


def test_the_item_names_platform_lead_reasons_and_why(platform: int) -> None:
    opened(platform, area="D")
    propose()
    item = AgendaItem.objects.get(kind="important_matter")
    assert (item.title_en, item.title_zh) == ("Case: 测试平台甲 (lead: CBRC)", "案件：测试平台甲（牵头：银监会）")
    assert "1 blocking" in item.body_en
    assert "阻断问题1项" in item.body_zh
    assert "leads in" in item.body_en
    assert item.proposed_by is not None
    assert item.proposed_by.code == "CBRC"


def test_closed_cases_are_not_proposed(platform: int) -> None:
    opened(platform, area="D")
    Case.objects.update(state="closed")
    propose()
    assert subjects("important_matter") == []


def test_gaps_and_open_questions_of_the_map_are_proposed_once_per_role(platform: int) -> None:
    propose()
    assert subjects("undecided") == ["question:micro-loan"]
    gaps = subjects("gap")
    assert "gap:crime:MPS" in gaps
    assert "gap:conduct:none" in gaps
    assert len(gaps) == len(set(gaps)) == 7
    crime = AgendaItem.objects.get(subject="gap:crime:MPS")
    assert "Source to be confirmed: MPS" in crime.body_en
    assert "P2P lending" in crime.body_en


def test_the_rest_is_reported_in_one_item(platform: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agenda, "MAX_CASES", 1)
    opened(platform, area="D")
    opened(registered(name="测试平台乙").platform_id, area="D")
    done = propose()
    assert (done.summed_up, len(subjects("important_matter")), subjects("consultation")) == (1, 1, ["cases:rest"])
    assert AgendaItem.objects.get(subject="cases:rest").body_en == "测试平台乙"


def test_only_secretariat_and_system_propose(platform: int) -> None:
    opened(platform, area="D")
    with pytest.raises(Refusal) as refused:
        services.agenda_propose_from_cases(actor=officer("CBRC"), quarter="2017Q3")
    assert (refused.value.status, AgendaItem.objects.count()) == (403, 0)
    done = services.agenda_propose_from_cases(actor=officer("PBOC", "secretariat"), quarter="2017Q3")
    assert done.proposed == len(regulators.agenda_of("2017Q3")) > 1
