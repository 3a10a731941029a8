"""The officer's side: list, page, reading with a reason, forwarding, deciding."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from common import clock
from common.db.acting import acting_as
from complaints import services
from complaints.models import Attachment, Complaint, PersonalRead
from regulators.services import handover_accept, handover_offer, officer_appoint
from tests.factories import complaints as make
from tests.factories import platforms
from tests.factories.coordination import KEYS
from tests.factories.rulebook import terms_loaded


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
    assert make.row_of(found).number in mine.content.decode()
    assert "2017-07-19" in mine.content.decode()
    other = desk("PBOC").get("/admin/complaints/complaint/")
    assert make.row_of(found).number not in other.content.decode()


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
    decision = {"outcome": "upheld", "reason": make.REASON}
    early = client.post(page_of(found, "decide/"), {**decision, "step": "close"})
    assert early.status_code == 200
    assert make.row_of(found).state == "with_platform"
    platform = make.respondent(make.row_of(found).platform_id or 0)
    services.complaint_answer(actor=platform, complaint_id=found.id, body=make.ANSWER, outcome="upheld")
    look = client.post(page_of(found, "decide/"), {**decision, "step": "look"})
    assert "The complainant will read" in look.content.decode()
    assert make.row_of(found).state == "answered"
    assert client.post(page_of(found, "decide/"), {**decision, "step": "close"}).status_code == 302
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


BUTTONS = [("open-text/", "text/"), ("forward/", "send/"), ("decide-now/", "decide/"), ("ask-now/", "ask/")]


@pytest.mark.parametrize(("button", "page"), BUTTONS)
def test_each_button_leads_to_its_page(ground: None, button: str, page: str) -> None:
    found = make.filed(platform_id=platforms.registered().platform_id)
    client = desk()
    answer = client.get(page_of(found, button))
    assert (answer.status_code, answer.headers["Location"]) == (302, page_of(found, page))
    assert client.get(page_of(found, page)).status_code == 200


def words_of(body: str) -> str:
    """The page's own part without tags."""
    main = body[body.index('id="main"'):]
    return re.sub(r"<(script|style|template|option)\b.*?</\1>|<[^>]+>", " ", main, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", ("Beijing", "Simplified Chinese", "100,000.00 CNY", "system: intake of complaints", "Name and address",
                "(CBRC, Officer)", "What happened")),
        ("zh-hans", ("北京市", "简体中文", "系统：投诉受理", "姓名与联系方式", "（银监会，监管人员）", "事情经过")),
    ],
)  # fmt: skip
def test_the_page_speaks_in_words_and_not_in_codes(ground: None, language: str, wanted: tuple[str, ...]) -> None:
    found = make.filed(amount=Decimal("100000.00"), name="测试用户甲")
    client = desk()
    client.cookies["django_language"] = language
    client.post(page_of(found, "text/"), {"purpose": "核实"})
    body = words_of(client.get(page_of(found)).content.decode())
    for word in wanted:
        assert word in body, word
    for code in (" 110000 ", "zh-hans", "user:", "system:c", "narrative"):
        assert code not in body, code


def test_a_reply_is_shown_with_its_kind_and_outcome_in_words(ground: None) -> None:
    platform = platforms.registered()
    found = make.forwarded(platform.platform_id)
    respondent = make.respondent(platform.platform_id)
    services.complaint_answer(actor=respondent, complaint_id=found.id, body=make.ANSWER, outcome="partly")
    client = desk()
    body = words_of(client.post(page_of(found, "text/"), {"purpose": "核实"}).content.decode())
    assert "Answer of the platform · Granted in part" in " ".join(body.split())
    history = words_of(client.get(page_of(found)).content.decode())
    assert make.row_of(found).platform.name in history
    assert "platform:0" not in history.replace("Answer of the platform:", "")


def test_a_hand_over_in_the_history_is_a_link_for_its_parties(ground: None) -> None:
    found = make.filed()
    terms_loaded(*KEYS)
    row, receiver = make.row_of(found), make.officer_of("PBOC")
    sender = make.officer_in_charge(found)
    with acting_as(sender):
        pk = handover_offer(
            actor=sender, subject=f"complaint:{row.pk}", to_authority_id=receiver.authority_ids[0], reason="支付业务"
        )
    with acting_as(receiver):
        handover_accept(actor=receiver, handover_id=pk)
    body = desk("PBOC").get(page_of(found)).content.decode()
    assert f'href="/admin/regulators/handover/{pk}/change/"' in body
    assert f"Complaint {row.number}" in body
    assert "handover:" not in words_of(body)
    assert "Handed over by CBRC to PBOC on 2017-07-10." in words_of(body)
    helper = desk("LFO-110000").get(page_of(found)).content.decode()
    assert "Handed over to another authority" in words_of(helper)
    assert f"/admin/regulators/handover/{pk}/" not in helper


def test_who_opened_text_is_listed_in_words(ground: None) -> None:
    found = make.filed()
    client = desk("CBRC", "officer", "supervisor")
    client.post(page_of(found, "text/"), {"purpose": "核实"})
    body = words_of(client.get("/admin/complaints/personalread/").content.decode())
    assert "(CBRC, Officer, Supervisor)" in body
    assert "Name and address" in body
    assert make.row_of(found).number in body
    assert "user:" not in body
    assert desk().get("/admin/complaints/personalread/").status_code == 403


def buttons_of(client: Client, found: Any) -> set[str]:
    """Which of the page's buttons are offered."""
    body = client.get(page_of(found)).content.decode()
    ends = ("open-text", "forward", "ask-now", "extend-now", "decide-now")
    return {end for end in ends if f"/{found.id}/{end}" in body}


def test_only_steps_that_state_and_role_allow_have_a_button(ground: None) -> None:
    platform = platforms.registered()
    found = make.filed(platform_id=platform.platform_id)
    officer, supervisor = desk(), desk("CBRC", "supervisor")
    assert buttons_of(officer, found) == {"open-text", "forward", "ask-now", "decide-now"}
    assert buttons_of(supervisor, found) == {"open-text", "forward", "ask-now", "extend-now", "decide-now"}
    assert buttons_of(desk("LFO-110000"), found) == set()
    services.complaint_forward(actor=make.SYSTEM, complaint_id=found.id)
    assert buttons_of(officer, found) == {"open-text", "ask-now"}
    answer = officer.get(page_of(found, "decide-now/"))
    assert (answer.status_code, make.row_of(found).state) == (403, "with_platform")
    assert "forward" not in buttons_of(officer, make.filed())  # the platform is not in the register


def test_a_question_that_is_open_is_not_asked_again_by_button(ground: None) -> None:
    found = make.filed()
    client = desk()
    assert "ask-now" in buttons_of(client, found)
    client.post(page_of(found, "ask/"), {"text": "请补充付款凭证的编号。"})
    assert "ask-now" not in buttons_of(client, found)
    head = words_of(client.get(page_of(found)).content.decode())
    assert "The complainant answers a question; the clocks stand still." in head


def test_the_page_begins_with_state_next_step_and_day(ground: None) -> None:
    found = make.filed(platform_id=platforms.registered().platform_id)
    body = " ".join(words_of(desk().get(page_of(found)).content.decode()).split())
    row = make.row_of(found)
    assert row.number in body[:900]
    assert "Next step: The authority sends it to the platform, or decides. 2017-07-19" in body
    assert "The authority acts and tells the complainant: 2017-07-19" in body
    assert "tells you" not in body
    assert "Article 46" in body or "Art. 46" in body
    assert "CPL-01" not in body
    with clock.frozen("2017-07-20T09:00+08:00"):
        assert "overdue" in words_of(desk("CBRC", "supervisor").get(page_of(found)).content.decode())


@pytest.mark.parametrize("step", ["look", "close"])
def test_what_was_typed_stays_after_a_refusal(ground: None, step: str) -> None:
    found = make.filed()
    client = desk()
    page = client.post(page_of(found, "decide/"), {"outcome": "partly", "reason": "太短", "step": "close"})
    body = page.content.decode()
    assert ">太短</textarea>" in body
    assert 'id="outcome-partly" required checked' in body
    empty = client.post(page_of(found, "decide/"), {"outcome": "king", "reason": make.REASON, "step": step})
    assert "The complainant will read" not in empty.content.decode()
    asked = client.post(page_of(found, "ask/"), {"text": "短"})
    assert asked.status_code == 200
    assert ">短</textarea>" in asked.content.decode()
    assert make.row_of(found).state == "routed"


def test_the_pages_of_steps_show_the_complaint(ground: None) -> None:
    platform = platforms.registered()
    found = make.forwarded(platform.platform_id, amount=Decimal("5000.00"))
    respondent = make.respondent(platform.platform_id)
    services.complaint_answer(actor=respondent, complaint_id=found.id, body=make.ANSWER, outcome="partly")
    client = desk("CBRC", "officer", "supervisor")
    for page in ("decide/", "ask/", "extend/", "send/", "text/"):
        body = " ".join(words_of(client.get(page_of(found, page)).content.decode()).split())
        for words in (make.row_of(found).number, "5000.00 CNY", "2017-07-10 · Granted in part", "Next step:"):
            assert words in body, (page, words)
        assert make.ANSWER not in body
    assert PersonalRead.objects.count() == 0


def test_a_short_number_finds_its_complaint(ground: None) -> None:
    found, other = make.filed(), make.filed(form_token="1" * 22)
    client = desk()
    number = make.row_of(found).number
    body = client.get("/admin/complaints/complaint/", {"q": number.lower().replace("t-", "T-")}).content.decode()
    assert number in body
    assert make.row_of(other).number not in body
    for nothing in ("T-zzzzzzzz", "T-00000000", "x"):
        assert number not in client.get("/admin/complaints/complaint/", {"q": nothing}).content.decode()
    stranger = desk("PBOC").get("/admin/complaints/complaint/", {"q": number}).content.decode()
    assert f'change/">{number}' not in stranger
