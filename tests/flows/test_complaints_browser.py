"""The form in a real browser without JavaScript, on a desk and on a phone, in both languages."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from common import clock
from common.db.acting import acting_as
from complaints.models import Complaint
from tests.factories import complaints as make
from tests.factories import platforms

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed: the browser journey cannot run"),
]
WORDS = {
    "zh-CN": ("我要投诉", "您的投诉已收到", "主管单位处理中", "为什么是这一天"),
    "en-US": ("Make a complaint", "Your complaint was received", "With the authority in charge", "Why this date"),
}


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Chromium, driven from the test; Django must not mistake the driver's loop for an async view."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


def fits(page: Any) -> bool:
    """The page is not wider than its window: nobody scrolls sideways on a phone."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_complain_save_continue_send_and_follow(browser: Any, live_server: Any, tmp_path: Path) -> None:
    with acting_as(make.SYSTEM):
        make.ground()
        listed = str(platforms.registered(name="海淀示例贷").public_id)
    (tmp_path / "proof.png").write_bytes(make.picture())
    journeys = [("zh-CN", 360), ("en-US", 1280)]
    for language, width in journeys:
        context = browser.new_context(
            locale=language, java_script_enabled=False, viewport={"width": width, "height": 800}
        )
        journey(context.new_page(), str(live_server.url), listed, tmp_path / "proof.png", WORDS[language])
        context.close()
    with acting_as(make.SYSTEM):
        rows = list(Complaint.objects.all())
        assert len(rows) == len(journeys)
        assert {str(row.platform.public_id) for row in rows if row.platform} == {listed}
        assert [row.attachments.count() for row in rows] == [1, 1]
        days = [row.filed_at.astimezone(clock.LEGAL_ZONE).date() + timedelta(days=15) for row in rows]
        assert [row.clocks.get(key="first_answer").due_on for row in rows] == days


def journey(page: Any, base: str, listed: str, proof: Path, words: tuple[str, str, str, str]) -> None:
    """Search, save a draft, continue it, send, follow."""
    heading, received, state, why = words
    page.goto(f"{base}/complaints/new/")
    assert page.inner_text("h1") == heading
    assert fits(page)

    page.fill("#id_narrative", make.NARRATIVE)
    page.fill("#id_platform_query", "海淀")
    page.press("#id_platform_query", "Enter")  # Enter searches; it never sends the complaint by accident
    assert page.locator(".lx-errors").count() == 0
    page.check(f"input[name=platform][value='{listed}']")
    page.locator("button[value=draft]").click()
    page.locator("main form button").click()
    assert page.input_value("#id_narrative") == make.NARRATIVE
    assert page.is_checked(f"input[name=platform][value='{listed}']")

    page.check("input[name=category][value=payment_delayed]")
    page.set_input_files("#id_attachment", str(proof))
    page.locator("main button[value=send]:visible").last.click()
    assert page.inner_text("h1") == received
    assert fits(page)
    receipt = page.inner_text(".lx-receipt__number").strip()

    page.goto(f"{base}/complaints/status/")
    page.fill("#id_code", receipt.lower())
    page.locator("main form button").click()
    assert page.inner_text(".lx-lead") == state
    page.locator("summary", has_text=why).first.click()
    assert page.locator(".lx-why li:visible").count() >= 3
    assert fits(page)
