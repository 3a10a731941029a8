"""Who is in charge of a business in a province, asked by a citizen; and the staff map that leads to its rows."""

import re

import pytest
from django.test import Client

from common import clock
from tests.factories.regulators import officer, small_map
from tests.unit.regulators.test_coordination_pages import enter

pytestmark = pytest.mark.django_db


def words(answer: object) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _day(db: None) -> object:
    with clock.frozen("2017-07-10"):
        small_map()
        yield


@pytest.mark.parametrize(
    ("language", "found"),
    [
        ("en", ("Complaints go to: CBRC", "In charge since 2015-07-14.", "Make a complaint", "Conduct of business")),
        ("zh-hans", ("投诉受理单位: 银监会", "自2015-07-14起主管。", "北京金融办")),
    ],
)
def test_a_citizen_learns_who_is_in_charge_since_when(client: Client, language: str, found: tuple[str, ...]) -> None:
    client.cookies["django_language"] = language
    text = words(client.get("/supervision/", {"line": "p2p_lending", "region": "110000"}))
    for part in found:
        assert part in text, part
    assert "(110000)" not in text
    assert "（110000）" not in text


def test_without_a_single_lead_the_page_says_so_and_what_happens(client: Client) -> None:
    client.cookies["django_language"] = "en"
    text = words(client.get("/supervision/", {"line": "fund_sales", "region": "310000"}))
    assert "No single authority is confirmed as lead" in text
    assert "Complain all the same" in text
    assert "Complaints go to" not in text


@pytest.mark.parametrize(
    "query",
    [{}, {"line": "p2p_lending"}, {"line": "magic", "region": "110000"}, {"line": "p2p_lending", "region": "9"}],
)
def test_an_incomplete_or_unknown_question_gives_the_form_and_the_map(client: Client, query: dict[str, str]) -> None:
    client.cookies["django_language"] = "en"
    answer = client.get("/supervision/", query)
    text = words(answer)
    assert answer.status_code == 200
    assert "Complaints go to" not in text
    assert "Who is in charge of my platform?" in text
    assert "several leads: the joint meeting decides" in text
    assert "/admin/" not in answer.content.decode()


def test_cells_of_the_staff_map_lead_to_their_mandates() -> None:
    client = enter(officer("CBRC"))
    page = client.get("/admin/regulators/mandate/coverage/").content.decode()
    address = "/admin/regulators/mandate/?business_line__exact=p2p_lending&role__exact=conduct"
    assert f'href="{address}"' in page.replace("&amp;", "&")
    rows = client.get(address).content.decode()
    assert "CBRC" in rows
    assert "PBOC · Lead" not in rows
