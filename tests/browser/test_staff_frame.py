"""The frame of every staff page: menu and filters by keyboard, landmarks, empty lists, the page that is not there."""

from typing import Any

import pytest

from tests.browser import scene
from tests.browser.driving import PHONE_WIDTH, accessible, enter, fits, window

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LISTS = ("cases/case", "platforms/finding", "riskmodels/warning", "regulators/consultation", "common/job")


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_the_menu_opens_and_closes_by_keyboard_on_a_phone(chromium: Any, live_server: Any) -> None:
    scene.at_work()
    who = scene.officer("NFRA", "officer", "supervisor")
    with window(chromium, "zh", PHONE_WIDTH) as page:
        enter(page.context, live_server.url, scene.session_of(who))
        page.goto(f"{live_server.url}/admin/platforms/finding/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#main-content"
        page.keyboard.press("Tab")
        assert (focused(page), page.is_visible("#nav-sidebar")) == ("lx-menu-open", False)
        page.keyboard.press("Enter")
        page.wait_for_selector("#nav-sidebar", state="visible")
        page.wait_for_function("document.activeElement.id === 'lx-menu-close'")
        assert page.get_attribute("#lx-menu-open", "aria-expanded") == "true"
        page.keyboard.press("Escape")
        page.wait_for_selector("#nav-sidebar", state="hidden")
        assert (focused(page), page.get_attribute("#lx-menu-open", "aria-expanded")) == ("lx-menu-open", "false")


def test_folded_groups_and_filters_open_by_keyboard(chromium: Any, live_server: Any) -> None:
    scene.at_work()
    who = scene.officer("NFRA", "officer", "supervisor")
    with window(chromium, "zh", 1366) as page:
        enter(page.context, live_server.url, scene.session_of(who))
        page.goto(f"{live_server.url}/admin/platforms/finding/")
        group = page.get_by_role("button", name="法规与规则")
        assert group.get_attribute("aria-expanded") == "false"
        group.focus()
        page.keyboard.press("Enter")
        assert group.get_attribute("aria-expanded") == "true"
        filters = page.get_by_role("button", name="筛选", exact=True)
        filters.focus()
        page.keyboard.press("Enter")
        page.wait_for_function("document.activeElement.closest('#changelist-filter') !== null")
        page.keyboard.press("Escape")
        assert filters.get_attribute("aria-expanded") == "false"


def test_every_frame_has_its_landmarks_and_icons_are_silent(chromium: Any, live_server: Any) -> None:
    made = scene.at_work()
    who = scene.officer("NFRA", "officer", "supervisor", "secretariat")
    with window(chromium, "zh", 1366) as page:
        enter(page.context, live_server.url, scene.session_of(who))
        for address in ("", *(f"{name}/" for name in LISTS), f"platforms/platform/{made.platform}/change/"):
            page.goto(f"{live_server.url}/admin/{address}")
            accessible(page, is_strict=True)
            assert page.locator(".material-symbols-outlined:not([aria-hidden]):visible").count() == 0, address
        page.goto(f"{live_server.url}/")
        accessible(page, is_strict=True)


def test_an_empty_list_says_what_would_stand_there(chromium: Any, live_server: Any) -> None:
    scene.at_work()
    who = scene.officer("NFRA", "officer", "supervisor")
    with window(chromium, "zh", 1366) as page:
        enter(page.context, live_server.url, scene.session_of(who))
        page.goto(f"{live_server.url}/admin/regulators/consultation/")
        said = page.inner_text("#changelist")
        assert "单位之间征求意见的事项列于此处" in said
        assert "创建" not in said
        page.goto(f"{live_server.url}/admin/cases/case/?q=nobody")
        said = page.inner_text("#changelist")
        assert "没有符合搜索和筛选条件的内容" in said
        assert page.get_by_role("link", name="清除筛选").count() == 1


def test_a_missing_staff_page_leads_back_to_the_desk(chromium: Any, live_server: Any) -> None:
    scene.at_work()
    who = scene.officer("NFRA", "officer")
    with window(chromium, "zh") as page:
        page.goto(f"{live_server.url}/nowhere/")
        assert page.get_by_role("link", name="返回工作台").count() == 0
        enter(page.context, live_server.url, scene.session_of(who))
        assert page.goto(f"{live_server.url}/nowhere/").status == 404
        accessible(page, is_strict=True)
        fits(page)
        page.get_by_role("link", name="返回工作台").click()
        assert page.url == f"{live_server.url}/admin/"


def test_pictures_and_tables_fit_a_phone_or_show_that_there_is_more(chromium: Any, live_server: Any) -> None:
    made = scene.at_work()
    who = scene.officer("NFRA", "officer", "supervisor")
    with window(chromium, "zh", PHONE_WIDTH) as page:
        enter(page.context, live_server.url, scene.session_of(who))
        page.goto(f"{live_server.url}/admin/")
        assert page.evaluate("(e => e.scrollWidth - e.clientWidth)(document.querySelector('.lx-map'))") == 0
        letter = page.locator(".lx-riskmap .lx-zone__letter", has_text="D").bounding_box()
        assert letter["x"] + letter["width"] <= PHONE_WIDTH
        page.goto(f"{live_server.url}/admin/regulators/mandate/coverage/")
        box = page.locator(".lx-scroll").first
        assert box.evaluate("e => getComputedStyle(e).backgroundImage.includes('radial-gradient')")
        head = page.locator(".lx-matrix tbody th").first
        before = head.bounding_box()["x"]
        box.evaluate("e => { e.scrollLeft = 300 }")
        assert abs(head.bounding_box()["x"] - before) < 5
        page.goto(f"{live_server.url}/platforms/{made.platform_public}/")
        fits(page)


def test_operation_speaks_chinese(chromium: Any, live_server: Any) -> None:
    scene.at_work()
    who = scene.officer("NFRA", "secretariat")
    with window(chromium, "zh", 1366) as page:
        enter(page.context, live_server.url, scene.session_of(who))
        for address in ("common/job", "common/outgoingmessage", "common/auditentry", "common/user"):
            page.goto(f"{live_server.url}/admin/{address}/")
            assert page.inner_text("h1").startswith("系统操作"), address
            assert "Created at" not in page.inner_text("#main"), address
        page.goto(f"{live_server.url}/admin/common/auditentry/")
        heads = [head.strip() for head in page.locator("#result_list thead th").all_inner_texts()]
        assert "动作" in heads
        assert set(page.locator("#result_list .field-action_text").all_inner_texts()) <= {"新增", "修改", "删除"}
