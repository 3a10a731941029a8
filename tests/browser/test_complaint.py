"""A consumer complains without JavaScript: on a desk in Chinese, on a phone in English."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from common import clock
from complaints.models import Complaint
from tests.browser import scene
from tests.browser.driving import DESK_WIDTH, PHONE_WIDTH, accessible_copy, fits, window
from tests.factories import complaints as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = {
    "zh": {"form": "我要投诉", "receipt": "您的投诉已收到", "state": "主管单位处理中", "why": "为什么是这一天"},
    "en": {
        "form": "Make a complaint", "receipt": "Your complaint was received", "state": "With the authority in charge",
        "why": "Why this date",
    },
}  # fmt: skip


def test_find_save_resume_send_and_follow(chromium: Any, live_server: Any, tmp_path: Path) -> None:
    listed = scene.ground()
    proof = tmp_path / "proof.png"
    proof.write_bytes(make.picture())
    for language, width in (("zh", DESK_WIDTH), ("en", PHONE_WIDTH)):
        with window(chromium, language, width, java_script_enabled=False) as page:
            page.goto(f"{live_server.url}/complaints/new/")
            words = WORDS[language]
            assert page.inner_text("h1") == words["form"]
            errors_lead_to_their_fields(page)
            fill_and_resume(page, listed)
            number = send(page, proof, words)
            follow(page, live_server.url, number, words)
    with scene.as_system():
        rows = list(Complaint.objects.select_related("platform").order_by("pk"))
        assert [str(row.platform.public_id) for row in rows if row.platform] == [listed, listed]
        assert [row.attachments.count() for row in rows] == [1, 1]


def errors_lead_to_their_fields(page: Any) -> None:
    """An empty form is not sent; the summary links to every field that needs something."""
    page.locator("main button[value=send]:visible").click()
    links = page.locator(".lx-errors a").all()
    targets = [link.get_attribute("href") for link in links]
    assert {"#id_narrative"} <= set(targets)
    assert len(targets) >= 3
    for target in targets:
        assert page.locator(f"main input{target}, main textarea{target}, main select{target}").count() == 1, target
    links[targets.index("#id_narrative")].click()
    assert page.url.endswith("#id_narrative")
    assert page.title().startswith(("Error", "错误", "有误"))
    fits(page)
    accessible_copy(page)


def fill_and_resume(page: Any, listed: str) -> None:
    """Search the platform, write, save, come back with the code."""
    page.fill("#id_narrative", make.NARRATIVE)
    page.fill("#id_platform_query", "海淀")
    page.locator("button[value=find]").click()
    page.check(f"input[name=platform][value='{listed}']")
    page.locator("button[value=draft]").click()
    code = page.inner_text(".lx-receipt__number").strip()
    page.goto(page.url.split("/complaints/")[0] + "/complaints/draft/")
    page.fill("#id_code", code.lower())
    page.locator("main form button").click()
    assert page.input_value("#id_narrative") == make.NARRATIVE
    assert page.is_checked(f"input[name=platform][value='{listed}']")


def send(page: Any, proof: Path, words: dict[str, str]) -> str:
    """Send with a picture. The receipt is shown once and prints without navigation."""
    page.check("input[name=category][value=payment_delayed]")
    page.set_input_files("#id_attachment", str(proof))
    page.locator("main button[value=send]:visible").click()
    assert page.inner_text("h1") == words["receipt"]
    number = str(page.inner_text(".lx-receipt__number")).strip()
    accessible_copy(page)
    fits(page)
    page.emulate_media(media="print")
    assert not page.locator(".lx-nav").is_visible()
    assert not page.locator("main .lx-actions").first.is_visible()
    assert page.locator(".lx-receipt__number").is_visible()
    page.emulate_media(media="screen")
    return number


def follow(page: Any, base: str, number: str, words: dict[str, str]) -> None:
    """The status page says state, next step, date and why this date; the number itself is gone."""
    page.goto(f"{base}/complaints/status/")
    assert number not in page.content()
    page.fill("#id_code", number.lower())
    page.locator("main form button").click()
    assert page.inner_text(".lx-lead") == words["state"]
    due = (clock.today() + timedelta(days=15)).isoformat()
    assert page.locator(f"main time[datetime='{due}']").count() >= 1
    next_step = page.inner_text(".lx-banner")  # its date is the nearest clock: at the latest the first answer
    assert clock.today().isoformat() <= re.findall(r"\d{4}-\d\d-\d\d", next_step)[0] <= due
    page.locator("summary", has_text=words["why"]).first.click()
    assert page.locator(".lx-why li:visible").count() >= 3
    fits(page)
    accessible_copy(page)
