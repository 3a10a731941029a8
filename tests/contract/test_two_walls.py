"""Each of the two walls alone: the database without the selectors, the selectors without the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib import admin
from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from cases import selectors as cases
from cases.models import Case, CaseLink, CaseNote
from common.db.acting import acting_as
from common.errors import NotYours
from common.principal import Principal
from complaints import selectors as complaints
from complaints import services as complaint_services
from complaints.models import Complaint, ComplaintClock, Reply
from platforms import selectors as platforms
from platforms.models import Finding
from tests.contract import scene
from tests.contract.knocking import cell, knock
from tests.contract.scene import Scene

NOUNS = {
    "case": (Case, cases.cases_visible_to, "admin/cases/case/<path:object_id>/change/"),
    "complaint": (Complaint, complaints.complaints_visible_to, "admin/complaints/complaint/<path:object_id>/change/"),
    "finding": (Finding, platforms.findings_visible_to, "admin/platforms/finding/<path:object_id>/change/"),
}


def outsiders(at_work: Scene) -> list[Principal]:
    """Everybody who has no right on what is in the scene."""
    foreign = at_work.filers["foreign"].principal
    return [at_work.staff["other"], at_work.staff["secretariat"], foreign, Principal("public", "public")]


@pytest.mark.parametrize("noun", NOUNS)
def test_the_database_alone_shows_nothing_to_outsiders(at_work: Scene, noun: str) -> None:
    model = NOUNS[noun][0]
    for who in outsiders(at_work):
        with acting_as(who):
            assert (who.label, model.objects.count()) == (who.label, 0)
    for name in ("lead", "assisting"):
        with acting_as(at_work.staff[name]):
            assert (name, model.objects.count()) == (name, 1)


@pytest.mark.parametrize("model", [CaseLink, CaseNote, ComplaintClock, Reply])
def test_the_database_alone_hides_the_children_too(at_work: Scene, model: Any) -> None:
    for who in outsiders(at_work):
        with acting_as(who):
            assert (who.label, model.objects.count()) == (who.label, 0)


@pytest.mark.parametrize("noun", NOUNS)
def test_the_database_alone_refuses_writes_of_outsiders(at_work: Scene, noun: str) -> None:
    model = NOUNS[noun][0]
    row = model.objects.get()
    for who in outsiders(at_work):
        with acting_as(who):
            assert model.objects.filter(pk=row.pk).update(state="closed") == 0
            with pytest.raises(DatabaseError), transaction.atomic():
                model.objects.create(**_copy(row))
    assert (model.objects.count(), model.objects.get().state) == (1, row.state)


@pytest.mark.parametrize("noun", NOUNS)
def test_the_database_alone_lets_an_assisting_authority_read_but_not_write(at_work: Scene, noun: str) -> None:
    model = NOUNS[noun][0]
    row = model.objects.get()
    with acting_as(at_work.staff["assisting"]), pytest.raises(DatabaseError), transaction.atomic():
        model.objects.filter(pk=row.pk).update(state="closed")
    assert model.objects.get().state == row.state


@pytest.mark.parametrize("noun", NOUNS)
def test_without_a_principal_the_database_answers_with_an_error(at_work: Scene, noun: str) -> None:
    with scene.untouched(), pytest.raises(DatabaseError), transaction.atomic():
        NOUNS[noun][0].objects.count()


@pytest.mark.parametrize("noun", NOUNS)
def test_the_selector_alone_shows_nothing_to_outsiders(at_work: Scene, noun: str) -> None:
    """The database is asked as the system, which sees all: what is missing, the selector held back."""
    model, selector, _page = NOUNS[noun]
    assert model.objects.count() == 1
    for who in outsiders(at_work):
        assert (who.label, selector(who).count()) == (who.label, 0)
    for name in ("lead", "assisting"):
        assert (name, selector(at_work.staff[name]).count()) == (name, 1)


@contextmanager
def as_system(_principal: Principal) -> Iterator[Principal]:
    """In place of `acting_as`: the database hears that the system acts, so row-level security holds nothing back."""
    with acting_as(scene.SYSTEM):
        yield scene.SYSTEM


@pytest.mark.parametrize("noun", NOUNS)
def test_a_page_holds_with_the_database_wall_down(at_work: Scene, noun: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.middleware.acting_as", as_system)
    page = NOUNS[noun][2]
    assert cell(knock(page, "GET", "lead", at_work)) == "200"
    assert cell(knock(page, "GET", "other", at_work)) in {"404", "gone"}
    shown = knock(page.removesuffix("<path:object_id>/change/"), "GET", "other", at_work).content.decode()
    assert "海淀示例贷" not in shown


@pytest.mark.parametrize("noun", NOUNS)
def test_a_page_holds_with_the_selector_broken(at_work: Scene, noun: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, _selector, page = NOUNS[noun]

    def everything(_principal: Principal) -> QuerySet[Any]:
        return model.objects.all()

    monkeypatch.setattr(type(admin.site._registry[model]), "visible", staticmethod(everything))
    assert cell(knock(page, "GET", "lead", at_work)) == "200"
    assert cell(knock(page, "GET", "other", at_work)) in {"404", "gone"}
    shown = knock(page.removesuffix("<path:object_id>/change/"), "GET", "other", at_work).content.decode()
    assert "海淀示例贷" not in shown


def test_the_text_of_a_complaint_stays_shut_with_the_database_wall_down(
    at_work: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("complaints.services.reading.acting_as", as_system)
    given = {"complaint_id": at_work.complaint_pk, "purpose": "test"}
    for who in outsiders(at_work):
        with pytest.raises(NotYours):
            complaint_services.narrative_open(actor=who, **given)
    lead = at_work.staff["lead"]
    assert complaint_services.narrative_open(actor=lead, **given).startswith("2017年6月")


FOREIGN = [
    "api/v1/filings/<uuid:public_id>",
    "api/v1/filings/<uuid:public_id>/receipt",
    "api/v1/filings/<uuid:public_id>/findings",
    "api/v1/filings/<uuid:public_id>/findings.csv",
    "api/v1/filings/<uuid:public_id>/rejected.csv",
]


@pytest.mark.parametrize("route", FOREIGN)
def test_foreign_filings_are_404_word_for_word_like_unknown_ones(at_work: Scene, route: str) -> None:
    for who in ("foreign", "bank"):
        foreign, unknown = (_without_id(knock(route, "GET", who, at_work, missing=gone)) for gone in (False, True))
        assert foreign == unknown
        assert (foreign["status"], foreign["code"], foreign["errors"]) == (404, "not_found", [])


@pytest.mark.parametrize("route", FOREIGN)
def test_a_foreign_filing_is_404_with_the_database_wall_down(
    at_work: Scene, route: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.api.views.acting_as", as_system)
    assert cell(knock(route, "GET", "platform", at_work)) == "200"
    assert cell(knock(route, "GET", "foreign", at_work)) == "404"


def test_a_foreign_complaint_and_receipt_open_nothing(at_work: Scene) -> None:
    answers = "api/v1/complaints/<uuid:public_id>/answers"
    foreign = _without_id(knock(answers, "POST", "foreign", at_work))
    assert foreign == _without_id(knock(answers, "POST", "foreign", at_work, missing=True))
    assert foreign["code"] == "not_found"
    status = "api/v1/public/complaints/<str:receipt>"
    assert knock(status, "GET", "anonymous", at_work).json()["id"] == at_work.complaint
    assert knock(status, "GET", "anonymous", at_work, missing=True).json()["code"] == "complaint.receipt_unknown"


def test_a_bank_sees_what_it_filed_and_not_what_the_platform_filed(at_work: Scene) -> None:
    listed = at_work.filers["platform"].get("/filings").json()["results"]
    assert len(listed) == 4
    assert at_work.filers["bank"].get("/filings").json()["results"] == []


def test_a_defect_shows_no_trace(at_work: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any, **_named: Any) -> None:
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr("platforms.api.views.register.selectors.public_register", broken)
    answer = knock("api/v1/platforms", "GET", "anonymous", at_work)
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (
        500, "application/problem+json", "server.defect",
    )  # fmt: skip
    text = answer.content.decode()
    assert [word for word in ("Traceback", "secret", ".py", "RuntimeError", "File ") if word in text] == []


def _copy(row: Any) -> dict[str, Any]:
    fields = [one for one in row._meta.concrete_fields if one.attname not in {"id", "public_id"}]
    return {one.attname: getattr(row, one.attname) for one in fields}


def _without_id(answer: Any) -> dict[str, Any]:
    return {key: value for key, value in answer.json().items() if key != "instance"}


@pytest.mark.parametrize("address", ["filings?period=%00", "platforms?q=%00", "rulebook/rules/%00", "filings?%00=1"])
def test_nul_in_an_address_is_refused_before_the_database_hears_of_it(at_work: Scene, address: str) -> None:
    for filer in (at_work.filers["platform"], at_work.filers["bank"]):
        answer = filer.get(f"/{address}")
        assert (answer.status_code, answer.json()["code"]) == (400, "request.bad_text")


@pytest.mark.parametrize("address", ["/platforms/?q=%00", "/rules/%00/", "/complaints/?a=%00", "/admin/%00"])
def test_nul_in_the_address_of_a_page_is_a_bad_request(db: None, address: str) -> None:
    assert scene.browser().get(address).status_code == 400
