"""Appointing people and ending their terms in the admin: both ways, for the secretariat, and what is refused."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from common import clock
from common.errors import Refusal
from common.principal import Principal
from regulators import services
from regulators.models import Authority, Officer
from tests.factories import meetings
from tests.factories.regulators import SYSTEM, officer, small_map
from tests.unit.regulators.test_coordination_pages import enter

pytestmark = pytest.mark.django_db
TODAY = date(2017, 7, 10)
NAME = "测试任职乙"


@pytest.fixture
def secretariat(db: None) -> Iterator[Principal]:
    """The day, the map, a login without office, and the secretariat."""
    with clock.frozen(TODAY):
        small_map()
        get_user_model().objects.create_user(username=NAME, is_staff=True)
        yield officer("PBOC", "secretariat")


def terms() -> list[tuple[str, list[str], date, date | None]]:
    rows = Officer.objects.filter(user__username=NAME).order_by("pk")
    return [(row.authority.code, row.roles, row.term_from, row.term_to) for row in rows]


def form(**changes: Any) -> dict[str, Any]:
    body = Authority.objects.get(code="CBRC").pk
    return {"username": NAME, "authority": body, "roles": ["officer"], "title": "处长", **changes}


def posted(who: Principal, address: str, values: dict[str, Any], language: str = "en") -> str:
    answer = enter(who, language).post(address, values, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def in_june() -> None:
    """The person became an officer of the CBRC in June."""
    user = get_user_model().objects.get(username=NAME)
    with clock.frozen("2017-06-01"):
        services.officer_appoint(actor=SYSTEM, user_id=user.pk, authority_code="CBRC", roles=["officer"])


APPOINT = "/admin/regulators/officer/appoint/"


def test_the_secretariat_appoints_with_days_and_a_document(secretariat: Principal) -> None:
    days = {"term_from": "2017-08-01", "term_to": "2018-08-01"}
    values = form(**days, appointment="任免〔2017〕9号", roles=["officer", "supervisor"])
    page = posted(secretariat, APPOINT, values)
    assert terms() == [("CBRC", ["officer", "supervisor"], date(2017, 8, 1), date(2018, 8, 1))]
    for words in ("任免〔2017〕9号", "Officer, Supervisor", "End the term", "No other term is on record."):
        assert words in page
    assert "任命人员" in enter(secretariat, "zh-hans").get("/admin/regulators/officer/").content.decode()


def test_other_roles_begin_a_new_term_and_the_page_shows_both(secretariat: Principal) -> None:
    in_june()
    page = posted(secretariat, APPOINT, form(roles=["supervisor"]))
    assert terms() == [
        ("CBRC", ["officer"], date(2017, 6, 1), TODAY), ("CBRC", ["supervisor"], TODAY, None),
    ]  # fmt: skip
    assert "Other terms of this person" in page
    assert "2017-06-01" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"username": "nobody"}, "There is no such user."),
        ({"authority": ""}, "There is no such authority"),
        ({"authority": "999999"}, "There is no such authority"),
        ({"roles": []}, "Unknown or missing role."),
        ({"roles": ["king"]}, "Unknown or missing role."),
        ({"term_from": "tomorrow"}, "This is no date."),
        ({"term_from": "2017-08-01", "term_to": "2017-08-01"}, "A term ends after it begins."),
    ],
)
def test_a_refused_appointment_says_why_and_leaves_nothing(
    secretariat: Principal, changes: dict[str, Any], words: str
) -> None:
    page = posted(secretariat, APPOINT, form(**changes))
    assert words in page
    assert terms() == []


def test_only_the_secretariat_appoints_and_nobody_themselves(secretariat: Principal) -> None:
    supervisor = officer("CBRC", "officer", "supervisor")
    assert "Appoint a person" not in enter(supervisor).get("/admin/regulators/officer/").content.decode()
    assert "You may not do this." in posted(supervisor, APPOINT, form())
    own = get_user_model().objects.get(pk=secretariat.user_id).username
    page = posted(secretariat, APPOINT, form(username=own, roles=["supervisor"]))
    assert "Nobody decides about their own term." in page
    assert terms() == []
    assert Officer.objects.filter(user_id=secretariat.user_id).count() == 1
    assert enter(secretariat).get(APPOINT).status_code == 405


def test_a_term_is_ended_with_a_reason_on_a_day(secretariat: Principal) -> None:
    in_june()
    pk = Officer.objects.get(user__username=NAME).pk
    address = f"/admin/regulators/officer/{pk}/end/"
    assert "Say why." in posted(secretariat, address, {"reason": " "})
    assert "This is no date." in posted(secretariat, address, {"reason": "轮岗", "on": "32"})
    assert "A term ends after it begins." in posted(secretariat, address, {"reason": "轮岗", "on": "2017-06-01"})
    assert "You may not do this." in posted(officer("CBRC", "supervisor"), address, {"reason": "轮岗"})
    assert terms()[0][3] is None
    page = posted(secretariat, address, {"reason": "轮岗", "on": "2017-08-01"})
    assert terms()[0][3] == date(2017, 8, 1)
    assert "轮岗" in page
    assert "This term has already ended." in posted(secretariat, address, {"reason": "再次", "on": "2017-09-01"})
    assert Officer.objects.get(pk=pk).end_reason == "轮岗"


def test_the_own_term_has_no_button_and_cannot_be_ended(secretariat: Principal) -> None:
    assert secretariat.officer_id is not None
    page = enter(secretariat).get(f"/admin/regulators/officer/{secretariat.officer_id}/change/").content.decode()
    assert "another person of the secretariat ends it" in page
    address = f"/admin/regulators/officer/{secretariat.officer_id}/end/"
    assert "Nobody decides about their own term." in posted(secretariat, address, {"reason": "离任"})
    assert Officer.objects.get(pk=secretariat.officer_id).term_to is None


def test_an_expert_of_the_group_holds_no_office(secretariat: Principal) -> None:
    _number, expert = meetings.expert(name="测试专家丁")
    assert expert.user_id is not None
    page = posted(secretariat, APPOINT, form(username="测试专家丁"))
    assert "whose members hold no office" in page
    with pytest.raises(Refusal) as refused:
        services.officer_appoint(actor=SYSTEM, user_id=expert.user_id, authority_code="CBRC", roles=["officer"])
    assert (refused.value.code, Officer.objects.filter(user_id=expert.user_id).count()) == ("officer.is_expert", 0)


def test_a_term_that_is_not_there_is_not_found(secretariat: Principal) -> None:
    client = enter(secretariat)
    assert client.get("/admin/regulators/officer/999999/change/").status_code == 404
    assert client.post("/admin/regulators/officer/999999/end/", {"reason": "x"}).status_code == 404
