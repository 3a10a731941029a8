"""Staff pages of work between authorities, the tree of bodies, and the map of who leads."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from common import clock
from common.db.acting import acting_as
from common.principal import Principal
from regulators import selectors, services
from regulators.models import Consultation, HandOver
from regulators.selectors.overview import authority_tree, coverage_matrix
from tests.factories.cases import in_review
from tests.factories.coordination import body, coordination_map
from tests.factories.platforms import registered
from tests.factories.regulators import SYSTEM, officer
from tests.factories.rulebook import cn_pack

pytestmark = pytest.mark.django_db
DAY = date(2017, 7, 10)


def enter(who: Principal, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(get_user_model().objects.get(pk=who.user_id), "django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp"}]
    session.save()
    return client


@pytest.fixture
def case_id(db: None) -> int:
    with clock.frozen(DAY):
        coordination_map()
        yield in_review(registered(name="测试平台甲").platform_id, officer("CBRC"))  # type: ignore[misc]


def post(client: Client, address: str, **form: object) -> str:
    answer = client.post(address, form, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_case_is_offered_from_its_page_and_accepted_by_the_receiver(case_id: int) -> None:
    sender, receiver = enter(officer("CBRC")), enter(officer("MIIT"))
    page = sender.get(f"/admin/cases/case/{case_id}/change/").content.decode()
    assert "Hand over to another authority" in page
    assert f'<option value="{body("MIIT")}">' in page
    form = {"subject": f"case:{case_id}", "authority": body("MIIT"), "text": "电信"}
    page = post(sender, "/admin/regulators/handover/offer/", **form)
    assert "Waiting for an answer" in page
    assert "house convention" in page
    assert 'value="accept"' not in page
    assert "Answer a hand-over" in receiver.get("/admin/").content.decode()
    assert "Answer a hand-over" not in sender.get("/admin/").content.decode()
    waiting = receiver.get("/admin/regulators/handover/").content.decode()
    assert f"Case C-{case_id}: 测试平台甲" in waiting
    row = HandOver.objects.get()
    assert 'value="accept"' in receiver.get(f"/admin/regulators/handover/{row.pk}/change/").content.decode()
    page = post(receiver, f"/admin/regulators/handover/{row.pk}/do/", verb="refuse", text=" ")
    assert "Write one or two sentences." in page
    page = post(receiver, f"/admin/regulators/handover/{row.pk}/do/", verb="accept")
    assert HandOver.objects.get().state == "accepted"
    assert "Responsible now: <strong>MIIT</strong>" in page


def test_strangers_find_no_hand_over(case_id: int) -> None:
    sender, stranger = officer("CBRC"), enter(officer("CAC"))
    with acting_as(sender):
        pk = services.handover_offer(
            actor=sender, subject=f"case:{case_id}", to_authority_id=body("MIIT"), reason="电信业务"
        )
    assert stranger.get(f"/admin/regulators/handover/{pk}/change/").status_code in {302, 404}
    assert stranger.post(f"/admin/regulators/handover/{pk}/do/", {"verb": "accept"}).status_code == 404
    assert "电信业务" not in stranger.get("/admin/regulators/handover/").content.decode()
    assert HandOver.objects.get().state == "offered"


def test_an_opinion_is_asked_and_given_on_the_pages(case_id: int) -> None:
    sender, asked = enter(officer("CBRC")), enter(officer("CAC"), "zh-hans")
    post(
        sender, "/admin/regulators/consultation/ask/",
        subject=f"case:{case_id}", authority=body("CAC"), text="网站是否可访问？", papers="截图一\n截图二",
    )  # fmt: skip
    row = Consultation.objects.get()
    assert row.papers == ["截图一", "截图二"]
    assert "网站是否可访问" in asked.get(f"/admin/regulators/consultation/{row.pk}/change/").content.decode()
    post(asked, f"/admin/regulators/consultation/{row.pk}/do/", verb="answer", text="仍可访问")
    assert Consultation.objects.get().answer == "仍可访问"
    assert "仍可访问" in sender.get(f"/admin/regulators/consultation/{row.pk}/change/").content.decode()


def test_a_refused_offer_comes_back_to_the_case_with_the_reason(case_id: int) -> None:
    page = post(
        enter(officer("CBRC")), "/admin/regulators/handover/offer/", subject=f"case:{case_id}", authority="", text="x"
    )
    assert "There is no such authority." in page
    assert f"C-{case_id}" in page


# --- the tree and the map -------------------------------------------------------------------------------------------
@pytest.fixture
def cn_map(db: None) -> None:
    services.authorities_load(actor=SYSTEM, pack=cn_pack())
    services.mandates_load(actor=SYSTEM, pack=cn_pack())


@pytest.mark.parametrize(
    ("on", "there", "gone"),
    [
        (date(2018, 4, 7), ("CBRC", "CIRC", "SAIC"), ("CBIRC", "NFRA")),
        (date(2018, 4, 8), ("CBIRC", "SAIC"), ("CBRC", "CIRC", "NFRA")),
        (date(2023, 5, 18), ("NFRA", "SAMR"), ("CBIRC", "SAIC")),
    ],
)
def test_the_tree_shows_the_bodies_of_the_day(
    cn_map: None, on: date, there: tuple[str, ...], gone: tuple[str, ...]
) -> None:
    tops = {body.code: body for _kind, bodies in authority_tree(on).groups for body in bodies}
    assert set(there) <= set(tops)
    assert not set(gone) & set(tops)
    assert tops["PBOC"].parts == tops["MIIT"].parts == 31


def test_branches_hang_under_the_successor_until_they_change_their_own_name(cn_map: None) -> None:
    tree = authority_tree(date(2023, 6, 1), "110000")
    tops = {body.code: body for _kind, bodies in tree.groups for body in bodies}
    assert [branch.code for branch in tops["NFRA"].branches] == ["CBIRC-110000"]
    assert tops["LFO-110000"].kind == "local_office"
    assert not tops["NFRA"].branches[0].is_confirmed


def test_the_matrix_names_leads_gaps_and_contested_cells(cn_map: None) -> None:
    matrix = coverage_matrix(date(2017, 6, 30))
    cells = {(cell.role, cell.line): cell for _role, row in matrix.rows for cell in row}
    assert (cells["conduct", "p2p_lending"].state, cells["conduct", "p2p_lending"].leads) == ("decided", ("CBRC",))
    assert (cells["institution", "p2p_lending"].leads, cells["institution", "p2p_lending"].local_leads) == ((), 31)
    assert (cells["content", "p2p_lending"].state, cells["content", "p2p_lending"].claims) == ("contested", ("CAC",))
    assert {cells["crime", line].state for line in matrix.lines} == {"gap"}


@pytest.mark.parametrize(("language", "word"), [("en", "one lead"), ("zh-hans", "唯一牵头")])
def test_everybody_reads_the_map_of_a_day(cn_map: None, client: Client, language: str, word: str) -> None:
    answer = client.get("/supervision/?on=2017-06-30", headers={"accept-language": language})
    assert (answer.status_code, word in answer.content.decode()) == (200, True)
    staff = enter(officer("PBOC"), language)
    assert word in staff.get("/admin/regulators/mandate/coverage/?on=2017-06-30").content.decode()


def test_the_tree_page_marks_what_is_not_confirmed(cn_map: None) -> None:
    page = enter(officer("PBOC")).get("/admin/regulators/authority/tree/?on=2017-06-30&region=110000")
    text = page.content.decode()
    assert page.status_code == 200
    assert "lx-tree__box--open" in text
    assert "PBOC Beijing" in text
    assert selectors.authority_by_code("NFRA") is not None
    assert "National Financial Regulatory Administration" not in text
