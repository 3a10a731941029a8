"""The officer's side: list, page, reading with a reason, forwarding, deciding."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from common import clock
from complaints import services
from complaints.models import Attachment, Complaint, PersonalRead
from regulators.services import officer_appoint
from tests.factories import complaints as make
from tests.factories import platforms


@pytest.fixture
def ground(db: None, acting_system: None) -> Iterator[None]:
    """2017-07-10 with map and terms."""
    with clock.frozen("2017-07-10T09:00+08:00"):
        make.ground()
        yield


def desk(authority: str = "CBRC", *roles: str) -> Client:
    """A logged-in officer with a second factor, reading English."""
    user = get_user_model().objects.create_user(username=f"officer-{authority}-{'-'.join(roles)}", is_staff=True)
    officer_appoint(actor=make.SYSTEM, user_id=user.pk, authority_code=authority, roles=roles or ("officer",))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp"}]
    session.save()
    client.cookies["django_language"] = "en"
    return client


def page_of(found: Any, tail: str = "change/") -> str:
    """An admin address of one complaint."""
    return f"/admin/complaints/complaint/{found.id}/{tail}"


def test_the_list_shows_own_complaints_and_not_those_of_others(ground: None) -> None:
    found = make.filed()
    mine = desk().get("/admin/complaints/complaint/")
    assert mine.status_code == 200
    assert found.public_id[-8:] in mine.content.decode()
    assert "2017-07-19" in mine.content.decode()
    other = desk("PBOC").get("/admin/complaints/complaint/")
    assert found.public_id[-8:] not in other.content.decode()


def test_the_page_shows_clocks_history_and_why_but_not_the_text(ground: None) -> None:
    found = make.filed(name="测试用户甲")
    body = desk().get(page_of(found)).content.decode()
    assert "7 working days end on 2017-07-19." in body
    assert "On 2017-07-10, CBRC" in body
    assert "Authority found" in body
    assert "Nobody yet." in body
    assert "提现" not in body
    assert "测试用户甲" not in body


def test_another_authority_gets_nothing(ground: None) -> None:
    found = make.filed()
    stranger = desk("PBOC")
    assert stranger.get(page_of(found)).status_code in {302, 404}
    assert stranger.get(page_of(found, "text/")).status_code == 404
    assert stranger.post(page_of(found, "text/"), {"purpose": "x"}).status_code == 404
    assert stranger.post(page_of(found, "decide/"), {"outcome": "upheld", "reason": make.REASON}).status_code == 404
    assert (PersonalRead.objects.count(), make.row_of(found).state) == (0, "routed")


def test_reading_needs_a_reason_and_leaves_a_row(ground: None) -> None:
    found = make.filed(narrative="<script>alert(1)</script> 无法提现已经十天", name="测试用户甲")
    client = desk()
    asked = client.get(page_of(found, "text/"))
    assert "无法提现" not in asked.content.decode()
    refused = client.post(page_of(found, "text/"), {"purpose": " "})
    assert "无法提现" not in refused.content.decode()
    assert PersonalRead.objects.count() == 0
    shown = client.post(page_of(found, "text/"), {"purpose": "核实诉求"})
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 无法提现" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert list(PersonalRead.objects.order_by("id").values_list("what", flat=True)) == ["narrative", "contact"]
    assert "核实诉求" in client.get(page_of(found)).content.decode()


def test_forward_and_decide_by_button(ground: None) -> None:
    found = make.filed(platform_id=platforms.registered().platform_id)
    client = desk()
    assert client.get(page_of(found, "forward/"))["Location"] == page_of(found, "send/")
    assert client.get(page_of(found, "send/")).status_code == 200
    assert make.row_of(found).state == "routed"
    assert client.post(page_of(found, "send/")).status_code == 302
    assert make.row_of(found).state == "with_platform"
    early = client.post(page_of(found, "decide/"), {"outcome": "upheld", "reason": make.REASON})
    assert early.status_code == 200
    assert make.row_of(found).state == "with_platform"
    platform = make.respondent(make.row_of(found).platform_id or 0)
    services.complaint_answer(actor=platform, complaint_id=found.id, body=make.ANSWER, outcome="upheld")
    assert client.post(page_of(found, "decide/"), {"outcome": "upheld", "reason": make.REASON}).status_code == 302
    assert make.row_of(found).state == "closed"


def test_an_attachment_is_only_downloaded(ground: None) -> None:
    checked = services.attachment_check(name="a.html", chunks=[b"%PDF-1.4 <script>alert(1)</script>"])
    make.filed(attachment=checked)
    path = f"/admin/complaints/complaint/file/{Attachment.objects.get().pk}/"
    answer = desk().get(path)
    assert answer.content == checked.content
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert desk("PBOC").get(path).status_code == 404
    assert PersonalRead.objects.filter(what="attachment").count() == 1


def test_a_page_of_the_list_costs_a_bounded_number_of_queries(ground: None, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        make.filed(form_token=f"{number:022d}")
    client = desk()
    client.get("/admin/complaints/complaint/")
    with django_assert_max_num_queries(40):
        client.get("/admin/complaints/complaint/")
    assert Complaint.objects.count() == 30


BUTTONS = [("open-text/", "text/"), ("forward/", "send/"), ("decide-now/", "decide/")]


@pytest.mark.parametrize(("button", "page"), BUTTONS)
def test_each_button_leads_to_its_page(ground: None, button: str, page: str) -> None:
    found = make.filed()
    client = desk()
    answer = client.get(page_of(found, button))
    assert (answer.status_code, answer.headers["Location"]) == (302, page_of(found, page))
    assert client.get(page_of(found, page)).status_code == 200
