"""Officers: password and second factor, the desk, a case, a platform."""

from typing import Any

import pytest

from tests.browser import scene
from tests.browser.driving import accessible, enter, fits, totp, window

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_log_in_with_a_second_factor_and_find_an_empty_desk(chromium: Any, live_server: Any) -> None:
    with scene.as_system():
        scene.complaints.ground()
    name = scene.with_second_factor("PBOC")
    with window(chromium, "zh") as page:
        page.goto(f"{live_server.url}/admin/")
        assert page.inner_text("h1") == "监管人员登录"
        accessible(page)
        page.fill("#id_login", name)
        page.fill("#id_password", "wrong")
        page.press("#id_password", "Enter")
        assert "用户名或密码不正确" in page.inner_text(".lx-errors")
        page.fill("#id_password", scene.PASSWORD)
        page.press("#id_password", "Enter")
        assert page.inner_text("h1") == "第二因素验证"
        accessible(page)
        fits(page)
        page.fill("#id_code", "000000" if totp(scene.SECRET) != "000000" else "000001")
        page.press("#id_code", "Enter")
        assert page.get_attribute(".lx-errors a", "href") == "#id_code"
        page.fill("#id_code", totp(scene.SECRET))
        page.press("#id_code", "Enter")
        page.wait_for_url("**/admin/")
        desk = page.inner_text(".lx-desk")
        for words in ("您暂无承办案件", "暂无到期事项", "暂无有效预警"):
            assert words in desk, words


def test_the_desk_its_button_a_case_and_a_platform(chromium: Any, live_server: Any) -> None:
    made = scene.at_work()
    who = scene.officer("NFRA", "officer", "supervisor")
    with window(chromium, "zh") as page:
        enter(page.context, live_server.url, scene.session_of(who))
        page.goto(f"{live_server.url}/admin/")
        desk_is_complete(page)
        accessible(page)
        page.locator("#lx-waiting + * form button, section:has(#lx-waiting) form button").first.click()
        page.wait_for_url("**/admin/")
        assert scene.case_officer(made.case) == scene.officer_id(who)
        page.goto(f"{live_server.url}/admin/cases/case/{made.case}/change/")
        assert scene.PLATFORM in page.inner_text(".lx-casefile__name")
        accessible(page)
        fits(page)
        page.goto(f"{live_server.url}/admin/platforms/platform/{made.platform}/change/")
        assert scene.PLATFORM in page.inner_text("#main")
        accessible(page)
        fits(page)
        page.goto(f"{live_server.url}/admin/")
        fits(page)
        language_changes(page)


def desk_is_complete(page: Any) -> None:
    """Queue, deadlines, the map with a name for those who cannot see it, warnings."""
    for label in ("我的案件", "待领取", "期限", "风险图", "最新预警"):
        assert page.get_by_role("heading", name=label, exact=True).count() == 1, label
    picture = page.locator(".lx-map svg[role=img]")
    assert picture.count() == 1
    assert picture.evaluate("e => (e.getAttribute('aria-label') || e.querySelector('title').textContent).length") > 5
    assert scene.PLATFORM in page.inner_text("section:has(#lx-deadlines)")
    assert scene.PLATFORM in page.inner_text("section:has(#lx-warnings)")
    page.locator("section:has(#lx-map) summary").click()
    assert page.locator("section:has(#lx-map) table tr").count() >= 4


def language_changes(page: Any) -> None:
    """The switch of the theme turns the desk to English and keeps the page."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.locator("nav + button[aria-expanded]").focus()
    page.keyboard.press("Enter")
    page.locator("form:has(input[name=language][value=en]) button").click()
    page.wait_for_selector("text=My queue")
