"""Public pages on a phone and for a screen reader; the API page speaks Chinese."""

import re
from typing import Any

import pytest
from django.test import Client

from rulebook.services import pack_load
from tests.browser import scene
from tests.browser.driving import accessible, fits, window
from tests.factories.rulebook import cn_pack

RULE = "P2P16-17"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_public_pages_fit_a_phone_and_are_accessible(chromium: Any, live_server: Any) -> None:
    listed = scene.ground()
    with scene.as_system():
        pack_load(actor=scene.SYSTEM, pack=cn_pack())
    pages = (
        "/", "/complaints/", "/platforms/", f"/platforms/{listed}/", "/rules/", f"/rules/{RULE}/", "/api/docs/",
        "/filing/", "/filing/templates/loan_book/", "/filing/calendar/?line=payment&since=2017-07-01",
    )  # fmt: skip
    for language in ("zh", "en"):
        with window(chromium, language) as page:
            for address in pages:
                answer = page.goto(f"{live_server.url}{address}")
                assert answer.status == 200, address
                assert page.locator("h1").count() == 1, address
                if language == "zh":
                    accessible(page, is_strict=True)
                fits(page)


@pytest.mark.django_db
def test_the_api_page_says_everything_in_chinese() -> None:
    text = Client(headers={"accept-language": "zh-hans"}).get("/api/docs/").content.decode()
    said = re.findall(r"</code><br>(.*?)</li>", text)
    assert len(said) >= 20
    assert [words for words in said if not re.search(r"[\u4e00-\u9fff]", words)] == []
    headings = re.findall(r'<h3 id="api-[^"]*">(.*?)</h3>', text)
    assert [words for words in headings if not re.search(r"[\u4e00-\u9fff]", words)] == []
