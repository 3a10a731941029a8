"""The rule editor: an error is named by line, examples run, a second person approves, the public page shows it."""

from datetime import date
from typing import Any

import pytest
from django.db import close_old_connections

from common.db.acting import acting_as
from common.jobs import job_run
from common.models import Job
from rulebook.facts import REHEARSAL_JOB
from rulebook.models import RuleDraft
from rulebook.selectors import rules_in_force
from rulebook.services import pack_load
from tests.browser import scene
from tests.browser.driving import accessible, enter, fits, window
from tests.factories.rulebook import cn_pack
from tests.unit.rulebook.test_editing import TEXT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WRONG = TEXT.replace("term_months <= 36", "term_month <= 36")


@pytest.fixture
def law(transactional_db: None) -> None:
    """Authorities, and the pack."""
    scene.ground()
    with scene.as_system():
        pack_load(actor=scene.SYSTEM, pack=cn_pack())


def put_text(page: Any, text: str) -> None:
    page.locator("#lx-text").fill(text)


def test_a_rule_from_draft_to_public_page(law: None, chromium: Any, live_server: Any) -> None:
    author, supervisor = scene.officer("PBOC", "officer"), scene.officer("NFRA", "supervisor")
    with window(chromium, "zh") as page:
        enter(page.context, live_server.url, scene.session_of(author))
        draft = writes(page, live_server.url)
        finds_the_error(page)
        runs_the_examples(page)
        tries_and_compares(page)
        page.get_by_role("button", name="保存", exact=True).click()
        page.wait_for_selector("text=草稿已保存")
        put_text(page, f"{TEXT}# typed, not saved\n")
        page.get_by_role("button", name="提交第二人审批").click()
        page.wait_for_selector("text=您参与了此草稿的撰写，须由他人批准。")
        accessible(page)
        fits(page)
    with window(chromium, "en") as page:
        enter(page.context, live_server.url, scene.session_of(supervisor))
        approves(page, f"{live_server.url}/admin/rulebook/ruledraft/{draft}/change/")
    shows_in_public(chromium, live_server.url)
    with acting_as(scene.SYSTEM):
        assert "TEST-77" in {ref.rule_id for ref in rules_in_force(date(2017, 6, 30)) if ref.enabled}


def writes(page: Any, base: str) -> int:
    """From the list to an editor with a text of one's own."""
    page.goto(f"{base}/admin/rulebook/ruledraft/")
    page.get_by_role("link", name="起草规则").first.click()
    assert page.inner_text("h1.lx-desk__title") == "起草规则"
    accessible(page)
    fits(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="改用空白文本").click()
    page.wait_for_selector("#lx-text")
    return int(page.url.rstrip("/").split("/")[-2])


def finds_the_error(page: Any) -> None:
    """The check runs while the author types; line and cure stand beside the text."""
    put_text(page, WRONG)
    page.wait_for_selector(".lx-code__lines .is-wrong")
    assert page.inner_text(".lx-code__lines .is-wrong") == "11"
    problem = page.inner_text(".lx-problems li")
    assert "第11行" in problem
    assert "term_month" in problem
    page.locator(".lx-problems a").first.click()
    selected = page.evaluate("() => { const t = document.getElementById('lx-text');"
                             " return t.value.slice(t.selectionStart, t.selectionEnd); }")  # fmt: skip
    assert selected == "check: term_month <= 36"
    accessible(page)
    put_text(page, TEXT)
    page.wait_for_selector("text=文本格式正确，可以运行。")
    assert page.locator(".lx-code__lines .is-wrong").count() == 0


def runs_the_examples(page: Any) -> None:
    page.get_by_role("button", name="运行示例").click()
    page.wait_for_selector(".lx-outcomes li")
    assert page.inner_text("#lx-looked h3:has-text('示例')").split()[-3:] == ["2", "/", "2"]


def tries_and_compares(page: Any) -> None:
    """The trial runs beside the page (there is no filing here), and everything of a new rule is new."""
    page.fill("#lx-on", "2017-06-30")
    page.get_by_role("button", name="在真实报送上试算").click()
    page.wait_for_selector("#lx-trial progress")
    with acting_as(scene.SYSTEM):
        work = Job.objects.get(kind=REHEARSAL_JOB).pk
    job_run(work)
    page.wait_for_selector("#lx-trial >> text=0份报送，共0行，适用2017-06-30的法律")
    assert page.locator("#lx-trial progress").count() == 0
    page.get_by_role("button", name="对比", exact=True).click()
    page.wait_for_selector(".lx-diff .is-new")
    assert page.locator(".lx-diff .is-gone").count() == 0


def approves(page: Any, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("text=Waits for a second person")
    assert page.get_attribute("#lx-text", "readonly") is not None
    assert page.input_value("#lx-text").endswith("# typed, not saved\n")
    assert page.locator(".lx-diff .is-new").count() > 0
    page.wait_for_selector("#lx-looked h3:has-text('2 / 2')")
    accessible(page)
    fits(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Approve and put in force").click()
    page.wait_for_selector("text=Tick that you have read")
    page.check("#lx-read")
    page.get_by_role("button", name="Approve and put in force").click()
    page.wait_for_selector("text=It counts from 2017-01-01, which is past.")
    page.check("#lx-read")
    page.check("#lx-past")
    page.fill("#lx-note", "a rule of that time")
    page.get_by_role("button", name="Approve and put in force").click()
    page.wait_for_selector("text=In force since 2017-01-01")


def shows_in_public(browser: Any, base: str) -> None:
    for language, title in (("zh", "期限不得超过三十六个月"), ("en", "No term above 36 months")):
        with window(browser, language, java_script_enabled=language == "zh") as page:
            assert page.goto(f"{base}/rules/TEST-77/?on=2017-06-30").status == 200
            assert page.inner_text("h1") == title
            fits(page)
            if language == "zh":
                accessible(page)


def test_two_editors_see_both_texts(law: None, chromium: Any, live_server: Any) -> None:
    from rulebook.services import draft_create, draft_save

    author, other = scene.officer("PBOC", "officer"), scene.officer("NFRA", "officer")
    with acting_as(scene.SYSTEM):
        draft = draft_create(actor=author, text=TEXT)
    with window(chromium, "zh") as page:
        enter(page.context, live_server.url, scene.session_of(author))
        page.goto(f"{live_server.url}/admin/rulebook/ruledraft/{draft.id}/change/")
        with acting_as(scene.SYSTEM):
            draft_save(actor=other, draft_id=draft.id, text=TEXT + "# theirs\n", revision=1)
        put_text(page, TEXT + "# mine\n")
        page.get_by_role("button", name="保存", exact=True).click()
        page.wait_for_selector("text=他人同时保存的内容")
        assert "# theirs" in page.inner_text("#lx-theirs + pre")
        assert "# mine" in page.input_value("#lx-text")
    close_old_connections()
    with acting_as(scene.SYSTEM):
        assert RuleDraft.objects.get(pk=draft.id).text.endswith("# theirs\n")


def test_sources_and_coverage_are_accessible_and_fit(law: None, chromium: Any, live_server: Any) -> None:
    who = scene.officer("PBOC", "supervisor")
    for language in ("zh", "en"):
        with window(chromium, language) as page:
            enter(page.context, live_server.url, scene.session_of(who))
            for address in (
                "sourceconfirmation/", "clause/coverage/?on=2017-06-30&line=p2p_lending&subject=conduct", "clause/",
                "ruleversion/?on=2017-06-30", "parametervalue/", "deadlinerule/", "instrument/",
            ):  # fmt: skip
                assert page.goto(f"{live_server.url}/admin/rulebook/{address}").status == 200, address
                if language == "zh":
                    accessible(page)
                fits(page)
                page.set_viewport_size({"width": 1280, "height": 900})


def test_instruments_in_public(law: None, chromium: Any, live_server: Any) -> None:
    for language in ("zh", "en"):
        with window(chromium, language) as page:
            for address in ("/rules/instruments/", "/rules/instruments/P2P16/", "/rules/?q=P2P16", "/rules/?q=zzz"):
                assert page.goto(f"{live_server.url}{address}").status == 200, address
                if language == "zh":
                    accessible(page)
                fits(page)
