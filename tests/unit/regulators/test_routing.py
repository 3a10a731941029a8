"""Where conflicts go and who owns what: pack rows, by day, explained in both languages."""

from datetime import date

import pytest

from common import clock
from common.errors import Refusal
from regulators import selectors, services
from regulators.models import AgendaItem
from regulators.selectors.routing import Conflict, common_superior, route_of
from tests.factories.coordination import body
from tests.factories.regulators import SYSTEM, officer
from tests.factories.rulebook import cn_pack

pytestmark = pytest.mark.django_db
DAY, BEFORE = date(2021, 5, 1), date(2021, 4, 30)
TITLE = {"zh": "测试平台甲", "en": "Test platform A"}


@pytest.fixture(autouse=True)
def cn_map(db: None) -> None:
    services.authorities_load(actor=SYSTEM, pack=cn_pack())
    services.mandates_load(actor=SYSTEM, pack=cn_pack())


def test_an_institution_goes_to_the_lead_at_its_registered_place() -> None:
    found = route_of(Conflict("entity", "p2p_lending", region="440305"), DAY)
    assert (found.destination, found.authority.code if found.authority else "") == ("registered_place", "LFO-440000")
    assert found.verified is True
    assert "处置非法集资" in found.why["zh"]
    assert "440305" in found.why["zh"]
    assert found.why["en"].startswith("The place of registration is ")
    assert found.basis["en"].endswith("Art. 20")


def test_before_the_regulation_the_same_order_is_a_house_convention() -> None:
    old, new = (route_of(Conflict("entity", "p2p_lending", region="310000"), day) for day in (BEFORE, DAY))
    assert (old.authority, old.verified, new.verified) == (new.authority, False, True)
    assert "约定" in old.why["zh"]
    assert "convention" in old.why["en"]


def test_a_person_goes_to_the_lead_at_the_domicile() -> None:
    found = route_of(Conflict("person", "fund_sales", region="330000"), DAY)
    assert (found.destination, found.authority.code if found.authority else "") == ("domicile", "CSRC")


@pytest.mark.parametrize(
    ("codes", "superior"),
    [
        (("PBOC-110000", "PBOC-310000"), "PBOC"),
        (("NFRA-110000", "NFRA"), "NFRA"),
        (("CBIRC-110000", "CBIRC-310000"), "NFRA"),
        (("MIIT-110000", "MIIT-110000"), "MIIT-110000"),
        (("PBOC-110000", "CSRC-110000"), None),
        (("LFO-110000", "NFRA-110000"), None),
        ((), None),
    ],
)
def test_the_common_superior_is_the_lowest_body_above_all(codes: tuple[str, ...], superior: str | None) -> None:
    found = common_superior([body(code) for code in codes], date(2024, 1, 1))
    assert (found.code if found else None) == superior


def test_a_superior_that_was_succeeded_is_its_successor() -> None:
    both = [body("CBRC-110000"), body("CBRC-310000")]
    found = [common_superior(both, day) for day in (date(2018, 4, 7), date(2018, 4, 8), date(2023, 5, 18))]
    assert [ref.code if ref else "" for ref in found] == ["CBRC", "CBIRC", "NFRA"]


def test_a_dispute_within_one_line_of_command_goes_to_the_superior() -> None:
    found = route_of(Conflict("dispute", "payment", claimants=(body("PBOC-110000"), body("PBOC"))), DAY)
    assert (found.destination, found.authority.code if found.authority else "") == ("common_superior", "PBOC")


@pytest.mark.parametrize(
    ("conflict", "reason"),
    [
        (("dispute", ("CBIRC", "PBOC")), "the bodies in dispute have no common superior"),
        (("dispute", ("PBOC-110000", "PBOC-310000")), "the matter reaches across provinces"),
        (("cross_region", ("LFO-110000", "LFO-310000")), "the matter reaches across provinces"),
    ],
)
def test_what_no_single_body_can_settle_goes_to_the_joint_meeting(
    conflict: tuple[str, tuple[str, ...]], reason: str
) -> None:
    kind, codes = conflict
    found = route_of(Conflict(kind, "p2p_lending", claimants=tuple(body(code) for code in codes)), DAY)
    assert (found.is_for_meeting, found.authority) == (True, None)
    assert reason in found.why["en"]


def test_an_institution_without_a_place_or_a_lead_goes_to_the_joint_meeting() -> None:
    assert route_of(Conflict("entity", "p2p_lending"), DAY).is_for_meeting
    gap = route_of(Conflict("entity", "p2p_lending", region="110000"), date(2015, 7, 13))
    assert (gap.is_for_meeting, gap.why["en"]) == (
        True, "On 2015-07-13 the joint meeting decides: no route applies.",
    )  # fmt: skip


def test_what_the_meeting_decides_stands_once_on_its_agenda() -> None:
    disputed = Conflict(
        "dispute", "p2p_lending", claimants=(body("CBIRC"), body("PBOC")), subject="case:7", title=TITLE
    )
    with clock.frozen(DAY):
        who = officer("PBOC")
        first, second = (services.route_conflict(actor=who, conflict=disputed) for _ in range(2))
    item = AgendaItem.objects.get()
    assert first.agenda_item_id == second.agenda_item_id == item.pk
    assert (item.subject, item.title_en, item.proposed_by_id) == (
        "conflict:case:7", "Conflict of supervision: Test platform A", body("PBOC"),
    )  # fmt: skip
    assert item.body_zh == first.routing.why["zh"]


def test_what_a_body_settles_needs_no_agenda() -> None:
    with clock.frozen(DAY):
        routed = services.route_conflict(
            actor=officer("PBOC"), conflict=Conflict("entity", "p2p_lending", region="110000")
        )
    assert (routed.agenda_item_id, AgendaItem.objects.count()) == (None, 0)


@pytest.mark.parametrize(
    ("conflict", "code"),
    [(Conflict("war", "p2p_lending"), "conflict.unknown_kind"), (Conflict("entity", "payment"), "conflict.no_subject")],
)
def test_what_cannot_be_routed(conflict: Conflict, code: str) -> None:
    with clock.frozen(DAY), pytest.raises(Refusal) as refused:
        services.route_conflict(actor=SYSTEM, conflict=conflict)
    assert (refused.value.code, AgendaItem.objects.count()) == (code, 0)


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        ("registration", "institution"), ("filing", "institution"), ("finding", "institution"),
        ("case", "conduct"), ("complaint", "conduct"), ("warning", "conduct"),
        ("custody_difference", "funds"), ("referral", "crime"), ("content_notice", "content"), ("nothing", None),
    ],
)  # fmt: skip
def test_each_kind_of_object_has_one_owner_role(kind: str, role: str | None) -> None:
    assert selectors.owner_role(kind, date(2017, 7, 10)) == role
    assert selectors.owner_role(kind, date(2015, 7, 13)) is None


def test_the_ownership_rule_says_that_it_is_a_convention() -> None:
    found = selectors.ownership("finding", date(2017, 7, 10))
    assert found is not None
    assert (found.verified, found.why["en"][:12]) == (False, "Registration")
