"""The public pages, as a browser without scripts uses them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from common import clock
from common.models import OutgoingMessage
from complaints.models import Attachment, Complaint, ComplaintDraft, LookupWindow, Reply
from complaints.services.attachments import MAX_BYTES
from tests.factories import complaints as make
from tests.factories import platforms

NEW, STATUS, DRAFT = "/complaints/new/", "/complaints/status/", "/complaints/draft/"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)> 2017年6月起无法提现"


@pytest.fixture
def page(db: None, acting_system: None) -> Iterator[Client]:
    """A visitor on 2017-07-10 who reads English."""
    with clock.frozen("2017-07-10T09:00+08:00"):
        make.ground()
        client = Client(enforce_csrf_checks=True)
        client.cookies["django_language"] = "en"
        client.get(NEW)
        yield client


def send(page: Client, path: str = NEW, **values: Any) -> Any:
    """POST with the CSRF token of the page; a good form unless said otherwise."""
    good = {
        "platform": "unlisted", "platform_text": "某某示例贷", "business_line": "p2p_lending", "region": "110000",
        "category": "payment_delayed", "narrative": make.NARRATIVE, "happened_on": "2017-06-30", "amount": "100,000.50",
        "contact_channel": "", "contact_address": "", "name": "", "form_token": "t" * 22, "action": "send",
    }  # fmt: skip
    given = good if path == NEW else {}
    token = page.cookies["csrftoken"].value
    return page.post(path, {**given, **values, "csrfmiddlewaretoken": token})


def text_of(answer: Any) -> str:
    """The page without tags, one space between words."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def receipt_in(answer: Any) -> str:
    """The receipt number a page shows."""
    shown = re.search(r'lx-receipt__number">(.*?)</p>', answer.content.decode(), re.DOTALL)
    assert shown, answer.content.decode()[:2000]
    return re.sub(r"<[^>]+>|\s", "", shown.group(1))


def test_a_complaint_from_form_to_status(page: Client) -> None:
    answer = send(page)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    receipt = receipt_in(answer)
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}", receipt)
    row = Complaint.objects.get()
    assert (row.state, str(row.amount), str(row.happened_on), row.language) == (
        "routed",
        "100000.50",
        "2017-06-30",
        "en",
    )
    found = send(page, STATUS, code=receipt.lower())
    words = text_of(found)
    assert "With the authority in charge" in words
    assert "By 2017-07-19" in words
    assert "7 working days end on 2017-07-19." in words
    assert "15 calendar days end on 2017-07-25." in words


def test_the_same_form_sent_twice_is_one_complaint(page: Client) -> None:
    first, second = send(page), send(page)
    assert receipt_in(first) == receipt_in(second)
    assert Complaint.objects.count() == 1
    assert "This form had reached us already" in text_of(second)


def test_errors_are_named_twice_and_nothing_is_stored(page: Client) -> None:
    answer = send(page, narrative="", platform="", category="", amount="1e5", happened_on="2017-13-01")
    assert answer.status_code == 422
    body = answer.content.decode()
    for target, message in (
        ("id_platform_0", "Choose the platform"),
        ("id_category_0", "Choose what it is about."),
        ("id_narrative", "Say what happened."),
        ("id_happened_on", "Write the date like 2017-06-30."),
        ("id_amount", "Write the amount in digits, for example 12000.50."),
    ):
        assert f'<a href="#{target}">{message}' in body
        assert f'id="{target}"' in body
    assert "<title>Error: " in body
    assert (Complaint.objects.count(), OutgoingMessage.objects.count()) == (0, 0)


def test_what_a_visitor_types_is_text_and_never_markup(page: Client) -> None:
    redisplayed = send(page, narrative=EVIL, category="", platform_text=EVIL)
    receipt = receipt_in(send(page, narrative=EVIL, platform_text=EVIL))
    shown = send(page, STATUS, code=receipt)
    for answer in (redisplayed, shown):
        assert b"<script" not in answer.content
        assert b"<img" not in answer.content
    assert "&lt;script&gt;alert(1)" in redisplayed.content.decode()


def test_no_page_carries_a_script_or_an_inline_style(page: Client) -> None:
    paths = ["/", "/complaints/", NEW, STATUS, DRAFT, "/complaints/lost/", "/nowhere/"]
    for answer in [*(page.get(path) for path in paths), send(page)]:
        body = answer.content.decode()
        assert "<script" not in body
        assert "style=" not in body
        assert "<style" not in body
        assert "onclick" not in body


def test_search_keeps_what_was_typed_and_offers_the_register(page: Client) -> None:
    one = platforms.registered(name="海淀示例贷")
    platforms.registered(name="浦东示例贷")
    platforms.registration(name="海淀未确认贷")
    answer = send(page, action="find", platform_query="海淀", platform="", narrative="写了一半")
    body = answer.content.decode()
    assert f'value="{one.public_id}"' in body
    assert "浦东示例贷" not in body
    assert "海淀未确认贷" not in body
    assert "写了一半" in body
    assert "Please correct the following" not in body
    chosen = send(page, platform=str(one.public_id), platform_query="")
    assert receipt_in(chosen)
    assert Complaint.objects.get().platform_id == one.platform_id


def test_a_search_that_finds_nothing_says_what_to_do(page: Client) -> None:
    assert "No registered platform has this name" in text_of(
        send(page, action="find", platform_query="zzz", platform="")
    )


def test_a_platform_that_is_not_in_the_register_cannot_be_smuggled_in(page: Client) -> None:
    for value in ("00000000-0000-0000-0000-000000000000", "1", "x' OR 1=1"):
        assert send(page, platform=value).status_code == 422
    assert Complaint.objects.count() == 0


def test_a_draft_is_saved_unfinished_and_continued_elsewhere(page: Client) -> None:
    saved = send(page, action="draft", narrative="写到一半", platform="", category="")
    code = receipt_in(saved)
    assert (Complaint.objects.count(), ComplaintDraft.objects.count()) == (0, 1)
    other = Client(enforce_csrf_checks=True)
    other.get(DRAFT)
    resumed = send(other, DRAFT, code=code.lower())
    assert "写到一半" in resumed.content.decode()
    assert f'name="draft_code" value="{code.lower()}"' in resumed.content.decode()
    assert receipt_in(send(other, draft_code=code, form_token="d" * 22))
    assert ComplaintDraft.objects.count() == 0
    assert send(other, DRAFT, code=code).status_code == 404


def without_token(answer: Any) -> str:
    """The page without what changes on every request."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())


def test_every_receipt_that_opens_nothing_gets_the_same_answer(page: Client) -> None:
    send(page)
    pages = set()
    for typed in ("AAAA-BBBB-CCCC-DDDD-EEEE", "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ", "1234-1234-1234-1234-1234"):
        answer = send(page, STATUS, code=typed)
        assert answer.status_code == 404
        pages.add(without_token(answer).replace(typed, "TYPED"))
    assert len(pages) == 1


def test_one_address_may_not_try_receipts_for_ever(page: Client) -> None:
    receipt = receipt_in(send(page))
    answers = [send(page, STATUS, code="AAAA-BBBB-CCCC-DDDD-EEEE").status_code for _ in range(21)]
    assert answers == [404] * 20 + [429]
    blocked = send(page, STATUS, code=receipt)
    assert (blocked.status_code, blocked["Retry-After"]) == (429, "600")
    assert "127.0.0.1" not in str(list(LookupWindow.objects.values()))


def test_files_are_checked_by_content(page: Client) -> None:
    good = SimpleUploadedFile("证据.png", make.picture(), content_type="text/html")
    assert receipt_in(send(page, attachment=good))
    assert Attachment.objects.get().media_type == "image/png"
    for number, data in enumerate((b"<html>", b"<svg onload=alert(1)>", b"")):
        bad = SimpleUploadedFile("photo.jpg", data, content_type="image/jpeg")
        answer = send(page, attachment=bad, form_token=str(number) * 22)
        assert answer.status_code == 422
        assert 'href="#id_attachment"' in answer.content.decode()
    assert (Complaint.objects.count(), Attachment.objects.count()) == (1, 1)


def test_a_file_that_is_too_large_is_dropped_and_the_entries_stay(page: Client) -> None:
    big = SimpleUploadedFile("big.pdf", b"%PDF-" + b"x" * MAX_BYTES, content_type="application/pdf")
    answer = send(page, attachment=big)
    assert answer.status_code == 422
    assert "The file is larger than 5 MB." in text_of(answer)
    assert make.NARRATIVE in answer.content.decode()
    assert Complaint.objects.count() == 0


def test_a_body_beyond_all_measure_is_not_read(page: Client) -> None:
    answer = page.generic("POST", NEW, b"x", content_type="multipart/form-data; boundary=b", CONTENT_LENGTH=str(10**9))
    assert answer.status_code == 413


def test_a_form_from_elsewhere_is_refused(page: Client) -> None:
    assert Client(enforce_csrf_checks=True).post(NEW, {"action": "send"}).status_code == 403
    assert Complaint.objects.count() == 0


def test_withdrawing_needs_the_receipt_and_a_tick(page: Client) -> None:
    receipt = receipt_in(send(page))
    assert send(page, "/complaints/withdraw/", receipt=receipt).status_code == 302
    assert send(page, "/complaints/withdraw/", receipt="AAAA-BBBB-CCCC-DDDD-EEEE", sure="1").status_code == 302
    assert Complaint.objects.get().state == "routed"
    assert send(page, "/complaints/withdraw/", receipt=receipt, sure="1").status_code == 200
    assert Complaint.objects.get().state == "withdrawn"


def test_both_languages_by_a_form_without_script(page: Client) -> None:
    page.cookies.pop("django_language")
    assert '<html lang="zh-hans">' in page.get("/").content.decode()
    token = page.cookies["csrftoken"].value
    switched = page.post("/language/", {"language": "en", "next": NEW, "csrfmiddlewaretoken": token})
    assert (switched.status_code, switched["Location"]) == (302, NEW)
    assert "Make a complaint" in page.get(NEW).content.decode()
    assert page.get("/language/").status_code == 405


def test_the_demonstration_says_so(page: Client, settings: Any) -> None:
    assert b"lx-demo" not in page.get("/complaints/").content
    settings.CLOCK_PINNABLE = True
    assert "this site believes today is <strong>2017-07-10</strong>" in page.get("/complaints/").content.decode()


def test_the_holder_adds_information_on_the_status_page(page: Client) -> None:
    answer = send(page)
    receipt, row = receipt_in(answer), Complaint.objects.get()
    assert f"{row.number} to quote in letters and calls; it opens nothing by itself" in text_of(answer)
    assert str(row.public_id) not in text_of(answer).split("Signed receipt", maxsplit=1)[0]
    shown = send(page, STATUS, code=receipt)
    assert "Add information" in text_of(shown)
    assert row.number in text_of(shown)
    short = send(page, "/complaints/supplement/", receipt=receipt, supplement="短", kind="addition")
    assert (short.status_code, Reply.objects.count()) == (422, 0)
    assert ">短</textarea>" in short.content.decode()
    added = send(page, "/complaints/supplement/", receipt=receipt, supplement="平台又发来短信。", kind="addition")
    assert added.status_code == 200
    assert "Information added by the complainant" in text_of(added)
    assert "You added information." in text_of(added)
    for _ in range(4):
        added = send(page, "/complaints/supplement/", receipt=receipt, supplement="再次补充说明。", kind="addition")
    assert "Add information" not in text_of(added)
    over = send(page, "/complaints/supplement/", receipt=receipt, supplement="第六次补充。", kind="addition")
    assert (over.status_code, Reply.objects.count()) == (422, 5)
    nobody = send(page, "/complaints/supplement/", receipt="x", supplement="补充说明。", kind="addition")
    assert nobody.status_code == 302
