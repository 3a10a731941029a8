"""A whole joint meeting in the browser: proposals, order, experts, notice, quorum, votes, minutes, follow-up."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from common import clock
from common.db.acting import acting_as
from common.principal import Principal
from regulators import services
from regulators.models import ActionItem, AgendaItem, ExpertQuestion, JointMeeting, Minutes
from tests.browser import scene
from tests.browser.driving import accessible, enter, fits, window
from tests.factories import meetings
from tests.factories.meetings import DAY, OPENED, QUARTER, People

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Pin = Callable[[str], None]


@pytest.fixture
def pin(settings: Any) -> Iterator[Pin]:
    """Moves business time for the server's threads, too."""
    settings.CLOCK_PINNABLE = True

    def move(day: str) -> None:
        with scene.as_system():
            clock.pin(datetime.fromisoformat(f"{day}T09:00:00+08:00"))

    move(OPENED)
    yield move
    clock._cache["read_at"] = -1.0


def press(page: Any, verb: str, within: str = "body") -> None:
    """The first button of this verb that can be pressed."""
    button = page.locator(f"{within} button[name=verb][value={verb}]:not([disabled])").first
    hidden = button.locator("xpath=ancestor::details[not(@open)]")
    if hidden.count():
        hidden.first.locator("summary").first.click()
    with page.expect_navigation():
        button.click()


def fill(page: Any, verb: str, within: str = "body", **values: str) -> None:
    """Fields of the form that has this button, in a box that is opened for it."""
    form = page.locator(f"{within} form:has(button[value={verb}])").first
    hidden = form.locator("xpath=ancestor::details[not(@open)]")
    if hidden.count():
        hidden.first.locator("summary").first.click()
    for name, value in values.items():
        field = form.locator(f"[name={name}]").first
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def seen(page: Any, name: str) -> None:
    """Accessible, and usable on a phone; kept as pictures when a folder is asked for."""
    accessible(page)
    folder = os.environ.get("LIANXI_PICTURES", "")
    for width in (1280, 375):
        fits(page, width)
        if folder:
            page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def row(model: Any, **which: Any) -> Any:
    """One committed row."""
    with scene.as_system():
        return model.objects.get(**which)


def visitor(page: Any, server: Any, who: Principal) -> None:
    enter(page.context, server.url, scene.session_of(who))


def ground() -> tuple[People, list[Principal]]:
    """Members, the secretariat and two experts of law."""
    with scene.as_system():
        who = meetings.people()
        return who, [meetings.expert("law", name=name)[1] for name in ("测试专家甲", "测试专家乙")]


def test_a_whole_meeting_from_proposals_to_follow_up(chromium: Any, live_server: Any, pin: Pin) -> None:
    who, experts = ground()
    with window(chromium, "zh") as page:
        visitor(page, live_server, who.secretariat)
        page.goto(f"{live_server.url}/admin/regulators/expert/")
        page.locator("details:has(#lx-eu) summary").click()
        seen(page, "experts-zh")
        page.goto(f"{live_server.url}/admin/regulators/jointmeeting/")
        seen(page, "meetings-zh")
        with page.expect_navigation():
            page.get_by_role("button", name="开设本季度会议").click()
        address = page.url
        meeting = row(JointMeeting, quarter=QUARTER).pk
        assert "本部分暂无议题" in page.inner_text(".lx-meeting")
        seen(page, "meeting-empty-zh")
        propose(page)
        order_by_keyboard(page)
        question = ask(page, live_server)
        answer(chromium, live_server, experts, question)
        page.goto(address)
        convene(page, meeting)
        pin(DAY)
        sit(page, address)
        minutes(page, chromium, live_server, who, address)
        press(page, "close")
        assert row(JointMeeting, quarter=QUARTER).state == "closed"
    follow_up(chromium, live_server, who)


def propose(page: Any) -> None:
    """Two members' proposals that look alike, one of another kind; merged, taken."""
    for title, english, kind in (
        ("晨江网贷存管争议", "Depository dispute at Chenjiang", "important_matter"),
        ("晨江网贷存管争议处置", "Depository dispute at Chenjiang, handling", "important_matter"),
        ("跨省平台由谁牵头", "Who leads for platforms in several provinces", "overlap"),
        ("通报投诉情况", "Report on complaints", "consultation"),
    ):
        fill(page, "propose", title_zh=title, title_en=english, kind=kind, body_zh="情况说明", body_en="What is known")
        press(page, "propose")
    assert "以下议题相近" in page.inner_text(".lx-meeting")
    press(page, "merge")
    for _ in range(3):
        press(page, "take")
    with scene.as_system():
        assert sorted(AgendaItem.objects.values_list("state", flat=True)) == ["accepted"] * 3 + ["merged"]
    fill(page, "paper", kind="link", title_zh="材料一", title_en="Paper one", ref="https://example.test/paper")
    press(page, "paper")
    seen(page, "meeting-agenda-zh")


def order_by_keyboard(page: Any) -> None:
    """The second item of the first part goes up by Tab and Enter."""
    titles = page.locator("#part-important h3").all_inner_texts()
    page.locator("#part-important button[value=up]:not([disabled])").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert [t.split(". ")[1] for t in page.locator("#part-important h3").all_inner_texts()] == [
        t.split(". ")[1] for t in reversed(titles)
    ]


def ask(page: Any, server: Any) -> int:
    """The secretariat asks the experts of law about the first item."""
    page.locator("#part-important a[href*=expertquestion]").first.click()
    assert "所属议题" in page.inner_text("body")
    for name, value in {
        "title_zh": "由谁牵头", "title_en": "Who leads", "text_zh": "依据何种规定？", "text_en": "By which rule?",
        "due_on": "2017-07-15",
    }.items():  # fmt: skip
        page.fill(f"form [name={name}]", value)
    page.check("input[name=fields][value=law]")
    seen(page, "question-ask-zh")
    with page.expect_navigation():
        page.locator("form:has([name=due_on]) button[type=submit]").click()
    assert "已封存" in page.inner_text("#main, body")
    return int(row(ExpertQuestion).pk)


def answer(chromium: Any, server: Any, experts: list[Principal], question: int) -> None:
    """Each expert sees the own question only, and no opinion of the other before both are in."""
    place = f"{server.url}/admin/regulators/expertquestion/{question}/change/"
    with window(chromium, "zh") as page:
        visitor(page, server, experts[0])
        page.goto(place)
        fill(page, "opinion", text="登记地的牵头单位负责。")
        press(page, "opinion")
        assert "登记地的牵头单位负责。" in page.inner_text("#lx-opinions + .lx-quote, .lx-quote")
        seen(page, "opinion-own-zh")
        for closed in ("cases/case", "platforms/platform", "regulators/jointmeeting", "riskmodels/score"):
            assert page.request.get(f"{server.url}/admin/{closed}/").status == 403
    with window(chromium, "en") as page:
        visitor(page, server, experts[1])
        page.goto(place)
        assert "登记地" not in page.content()
        fill(page, "opinion", text="The lead at the registered place.")
        press(page, "opinion")
        assert page.locator(".lx-quote").count() == 2
        seen(page, "opinions-published-en")


def convene(page: Any, meeting: int) -> None:
    """Too short a notice is refused with its cure; then the notice freezes the papers."""
    fill(page, "plan", planned_on="2017-07-12")
    press(page, "plan")
    press(page, "convene")
    assert "通知须在会议前若干天发出" in page.inner_text("body")
    fill(page, "plan", planned_on=DAY)
    press(page, "plan")
    press(page, "convene")
    assert row(JointMeeting, pk=meeting).state == "convened"
    assert page.locator("button[value=up]").count() == 0


def sit(page: Any, address: str) -> None:
    """No quorum, then a quorum; note, votes, resolution that departs from the experts, action; the rest is settled."""
    page.goto(address)
    press(page, "hold")
    assert "未达法定人数" in page.inner_text("body")
    for code in ("人民银行", "银监会", "证监会"):
        page.locator(f"select[aria-label='{code}']").select_option("present")
    press(page, "attendance")
    press(page, "hold")
    seen(page, "meeting-sitting-zh")
    first = "#part-important article:nth-of-type(1)"
    fill(page, "note", first, speaker="CBRC", text="先核对流水。")
    press(page, "note", first)
    fill(page, "vote", first, **{"vote-PBOC": "for", "vote-CBRC": "for", "vote-CSRC": "abstain"})
    press(page, "vote", first)
    fill(page, "resolve", first, text_zh="由银监会牵头。", text_en="The CBRC leads.", mode="vote")
    press(page, "resolve", first)
    assert "决议须写明是否采纳" in page.inner_text("body")
    words = {"text_zh": "由银监会牵头。", "text_en": "The CBRC leads.", "mode": "vote"}
    fill(page, "resolve", first, **words, follows_panel="partly", panel_reason="登记地不止一处")
    press(page, "resolve", first)
    fill(page, "act", first, text_zh="两周内报告", text_en="Report in two weeks", owner="CBRC", due_on="2017-08-10")
    press(page, "act", first)
    press(page, "close")
    assert "项议题没有结论" in page.inner_text("body")
    press(page, "noted", "#part-important")
    press(page, "carry", "#part-exchange")
    seen(page, "meeting-resolved-zh")


def minutes(page: Any, chromium: Any, server: Any, who: People, address: str) -> None:
    """Drafted by the secretariat, approved by two members, published."""
    press(page, "minutes")
    for member in (who.cbrc, who.csrc):
        with window(chromium, "en") as other:
            visitor(other, server, member)
            other.goto(address)
            assert "Follows the experts in part" in other.inner_text("#minutes")
            press(other, "approve")
    page.goto(address)
    press(page, "publish")
    assert row(Minutes).state == "published"


def follow_up(chromium: Any, server: Any, who: People) -> None:
    """The next meeting has the action and the item carried over; the owner reports, the secretariat confirms."""
    action = row(ActionItem)
    with window(chromium, "en") as page:
        visitor(page, server, who.cbrc)
        page.goto(f"{server.url}/admin/regulators/actionitem/{action.pk}/change/")
        fill(page, "report", report="Done, see file 7")
        press(page, "report")
        assert row(ActionItem).state == "reported"
    with window(chromium, "en") as page:
        visitor(page, server, who.secretariat)
        following = row(JointMeeting, quarter="2017Q4").pk
        page.goto(f"{server.url}/admin/regulators/jointmeeting/{following}/change/")
        agenda = page.inner_text(".lx-meeting")
        assert "Follow-up from 2017Q3: Report in two weeks" in agenda
        assert "Report on complaints" in agenda
        press(page, "drop", "article:has-text('Follow-up')")
        assert "its follow-up stays on the agenda" in page.inner_text("body")
        seen(page, "meeting-next-en")
        page.goto(f"{server.url}/admin/regulators/actionitem/{action.pk}/change/")
        press(page, "confirm")
        assert row(ActionItem).state == "done"
        seen(page, "action-done-en")


def test_the_pack_is_one_document_that_needs_nothing_else(chromium: Any, live_server: Any, pin: Pin) -> None:
    who, _experts = ground()
    with scene.as_system():
        meetings.item()
        meeting = meetings.convened(who)
    for language, words in (("zh", "监管空白与重叠"), ("en", "Gaps and overlaps of supervision")):
        with acting_as(who.secretariat):
            made = services.meeting_pack_export(actor=who.secretariat, meeting_id=meeting, language=language)
        with window(chromium, language) as page:
            page.goto(f"{live_server.url}/complaints/status/")
            page.set_content(made.body.decode())
            assert words in page.inner_text("body")
            assert page.locator("link, script, img, iframe").count() == 0
            seen(page, f"pack-{language}")
