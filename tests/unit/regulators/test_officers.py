"""Terms of office: from and to, no role twice on one day, and an office that gives rights only while it lasts."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.principal import Principal
from regulators import selectors, services
from regulators.models import Authority, Officer
from tests.factories.regulators import SYSTEM, as_principal, at_once, officer, small_map

TODAY = date(2017, 7, 10)


@pytest.fixture
def person(db: None) -> int:
    small_map()
    with clock.frozen(TODAY):
        yield get_user_model().objects.create_user(username="测试任职甲", is_staff=True).pk  # type: ignore[misc]


def appoint(user_id: int, body: str = "CBRC", *roles: str, **more: object) -> int:
    return services.officer_appoint(
        actor=SYSTEM, user_id=user_id, authority_code=body, roles=roles or ("officer",), **more
    )


def refused(code: str, verb, **arguments: object) -> None:  # type: ignore[no-untyped-def]
    before = list(Officer.objects.order_by("pk").values())
    with pytest.raises(Refusal) as found:
        verb(**arguments)
    assert found.value.code == code
    assert list(Officer.objects.order_by("pk").values()) == before


def serves(user_id: int, on: str) -> list[str]:
    """Codes of the bodies the person serves on a day."""
    with clock.frozen(on):
        who = selectors.principal_for_user(get_user_model().objects.get(pk=user_id))
    return [Authority.objects.get(pk=pk).code for pk in who.authority_ids]


@pytest.mark.parametrize(
    ("on", "bodies"),
    [("2017-08-31", []), ("2017-09-01", ["CBRC"]), ("2017-09-29", ["CBRC"]), ("2017-09-30", [])],
)
def test_an_office_gives_rights_from_its_first_day_to_before_its_end(person: int, on: str, bodies: list[str]) -> None:
    pk = appoint(person, term_from=date(2017, 9, 1), term_to=date(2017, 9, 30), appointment="任免〔2017〕1号")
    assert Officer.objects.get(pk=pk).appointment == "任免〔2017〕1号"
    assert serves(person, on) == bodies


@pytest.mark.parametrize(
    ("on", "bodies"), [("2018-04-07", ["CBRC"]), ("2018-04-08", ["CBIRC", "CBRC"]), ("2018-06-01", [])]
)
def test_what_a_body_inherits_reaches_its_people_only_within_their_term(
    person: int, on: str, bodies: list[str]
) -> None:
    appoint(person, term_to=date(2018, 6, 1))
    assert serves(person, on) == bodies


def test_the_end_of_a_term_takes_the_rights_and_keeps_the_record(person: int) -> None:
    pk = appoint(person)
    with clock.frozen("2017-08-01"):
        services.officer_end(actor=SYSTEM, officer_id=pk, reason="轮岗")
        refused("officer.already_ended", services.officer_end, actor=SYSTEM, officer_id=pk, reason="再次")
    row = Officer.objects.get()
    assert (row.term_from, row.term_to, row.end_reason) == (TODAY, date(2017, 8, 1), "轮岗")
    assert (serves(person, "2017-07-31"), serves(person, "2017-08-01")) == (["CBRC"], [])


def test_other_roles_end_the_running_term_and_begin_a_new_one(person: int) -> None:
    first = appoint(person)
    assert appoint(person) == first
    with clock.frozen("2017-08-01"):
        second = appoint(person, "CBRC", "supervisor", title="处长")
    rows = list(Officer.objects.order_by("pk").values_list("pk", "roles", "term_from", "term_to"))
    assert rows == [
        (first, ["officer"], TODAY, date(2017, 8, 1)),
        (second, ["supervisor"], date(2017, 8, 1), None),
    ]


@pytest.mark.parametrize(
    ("roles", "days", "code"),
    [
        (("officer",), {}, "officer.overlap"),
        (("officer", "supervisor"), {"term_from": date(2017, 12, 31)}, "officer.overlap"),
        (("officer",), {"term_from": date(2017, 1, 1), "term_to": date(2017, 7, 11)}, "officer.overlap"),
        (("officer",), {"term_from": date(2017, 1, 1), "term_to": date(2017, 7, 10)}, ""),
        (("officer",), {"term_from": date(2018, 1, 1)}, ""),
        (("secretariat",), {}, ""),
    ],
)
def test_nobody_holds_one_role_twice_on_one_day(
    person: int, roles: tuple[str, ...], days: dict[str, date], code: str
) -> None:
    appoint(person, term_from=TODAY, term_to=date(2018, 1, 1))
    if code:
        refused(
            code, services.officer_appoint, actor=SYSTEM, user_id=person, authority_code="PBOC", roles=roles, **days
        )
    else:
        assert appoint(person, "PBOC", *roles, **days) > 0
        assert Officer.objects.count() == 2


def test_what_an_appointment_refuses(person: int) -> None:
    plain = {"actor": SYSTEM, "user_id": person, "authority_code": "CBRC", "roles": ["officer"]}
    refused("officer.unknown_person", services.officer_appoint, **{**plain, "user_id": 0})
    refused("officer.days_reversed", services.officer_appoint, **{**plain, "term_to": TODAY})
    refused("authority.unknown", services.officer_appoint, **{**plain, "term_from": date(2018, 4, 8)})
    refused("authority.unknown", services.officer_appoint, **{**plain, "authority_code": "CBIRC"})
    refused("permission.denied", services.officer_appoint, **{**plain, "actor": officer("PBOC", "supervisor")})


def test_what_an_end_refuses(person: int) -> None:
    pk = appoint(person)
    plain = {"actor": SYSTEM, "officer_id": pk, "reason": "轮岗"}
    refused("officer.no_reason", services.officer_end, **{**plain, "reason": " "})
    refused("officer.days_reversed", services.officer_end, **plain)
    refused("not_found", services.officer_end, **{**plain, "officer_id": 0})
    refused("permission.denied", services.officer_end, **{**plain, "actor": Principal(kind="staff", label="user:1")})


@pytest.mark.django_db(transaction=True)
def test_one_role_at_two_bodies_at_once_is_given_once() -> None:
    with acting_as(SYSTEM):
        small_map()
        user = get_user_model().objects.create_user(username="测试任职乙").pk

    def at(body: str):  # type: ignore[no-untyped-def]
        return as_principal(SYSTEM, lambda: appoint(user, body))

    results = at_once(at("PBOC"), at("NFRA"), at("MPS"))
    assert sorted(getattr(result, "code", "appointed") for result in results) == [
        "appointed", "officer.overlap", "officer.overlap",
    ]  # fmt: skip
    with acting_as(SYSTEM):
        assert Officer.objects.count() == 1
