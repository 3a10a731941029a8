"""A case goes from one authority to another; the tree of bodies and the map of who leads."""

from typing import Any

import pytest

from cases.models import Case
from common import clock
from regulators import services
from tests.browser import scene
from tests.browser.driving import accessible, enter, fits, window
from tests.factories.cases import opened
from tests.factories.coordination import body, coordination_map
from tests.factories.platforms import registered
from tests.factories.regulators import SYSTEM, officer
from tests.factories.rulebook import cn_pack

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = "2017-07-10"


def good(page: Any) -> None:
    """Accessible, and it fits a phone."""
    accessible(page)
    fits(page)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_case_is_handed_over_and_taken(chromium: Any, live_server: Any) -> None:
    with clock.frozen(DAY):
        with scene.as_system():
            coordination_map()
            case = opened(registered(name="海淀示例贷").platform_id).case_id
            sender, receiver = officer("CBRC"), officer("MIIT")
        with window(chromium, "zh") as page:
            enter(page.context, live_server.url, scene.session_of(sender))
            page.goto(f"{live_server.url}/admin/cases/case/{case}/change/")
            page.get_by_text("移交其他单位").click()
            page.select_option("#lx-ho-body", str(body_id("MIIT")))
            page.fill("#lx-ho-text", "网站发布涉及电信业务许可，请接办。")
            good(page)
            page.get_by_role("button", name="提出移交").click()
            page.wait_for_url("**/regulators/handover/*/change/")
            assert "等待答复" in page.inner_text(".lx-between__way")
            assert "银监会" in page.inner_text(".lx-between__who")
            good(page)
        with window(chromium, "zh") as page:
            enter(page.context, live_server.url, scene.session_of(receiver))
            page.goto(f"{live_server.url}/admin/")
            assert "海淀示例贷" in page.inner_text("section:has(#lx-work)")
            good(page)
            page.goto(f"{live_server.url}/admin/regulators/handover/")
            assert "海淀示例贷" in page.inner_text("section:has(#lx-in)")
            good(page)
            page.locator("section:has(#lx-in) a").first.click()
            page.get_by_role("button", name="拒收").click()
            assert "请写一两句话" in page.inner_text("#main")
            page.get_by_role("button", name="接收").click()
            assert "工信部" in page.inner_text(".lx-between__who")
    with scene.as_system():
        assert Case.objects.get(pk=case).owner_authority_id == body("MIIT")


def body_id(code: str) -> int:
    """The id of an authority."""
    with scene.as_system():
        return body(code)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_tree_and_the_map_of_a_day(chromium: Any, live_server: Any, language: str) -> None:
    with scene.as_system():
        services.authorities_load(actor=SYSTEM, pack=cn_pack())
        services.mandates_load(actor=SYSTEM, pack=cn_pack())
        who = officer("PBOC")
    with window(chromium, language) as page:
        page.goto(f"{live_server.url}/supervision/?on=2017-06-30")
        assert page.locator(".lx-cell--gap").count() == 7
        good(page)
        enter(page.context, live_server.url, scene.session_of(who))
        page.goto(f"{live_server.url}/admin/regulators/authority/tree/?on=2018-04-08&region=110000")
        assert "CBIRC" in page.inner_text(".lx-table")
        good(page)
        page.goto(f"{live_server.url}/admin/regulators/mandate/coverage/?on=2017-06-30")
        good(page)
