"""The desk and the case file through the admin's door, in both languages."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from cases.models import Case, CaseNote
from cases.selectors import desk_for
from common import clock
from common.ids import uuid7
from common.principal import Principal
from complaints.models import Complaint
from regulators.selectors import authority_by_code
from tests.factories.cases import case, opened
from tests.factories.platforms import registered
from tests.factories.regulators import officer


def enter(who: Principal, language: str = "en") -> Client:
    """A browser in which this officer is logged in with a second factor."""
    client = Client(headers={"accept-language": language})
    client.force_login(get_user_model().objects.get(pk=who.user_id), "django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp"}]
    session.save()
    return client


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content[:400]
    return answer.content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Desk |", "My queue", "Waiting for an officer", "Assign to me", "Deadlines", "No warning stands.",
                "No platform has been scored yet.", "2017-08-09", "in 30 days")),
        ("zh-hans", ("工作台 |", "我的案件", "待领取", "由我承办", "期限", "暂无有效预警", "2017-08-09",
                     "还有30天", "银监会")),
    ],
)  # fmt: skip
def test_the_desk_shows_queue_deadlines_map_and_warnings(platform: int, language: str, words: tuple[str, ...]) -> None:
    opened(platform)
    text = page(enter(officer("CBRC"), language), "/admin/")
    for word in (*words, "测试平台甲"):
        assert word in text


def test_an_empty_desk_says_what_to_do(today: None) -> None:
    text = page(enter(officer("CBRC")), "/admin/")
    for word in ("No case is assigned to you", "Every case of your authority has an officer", "Nothing is due."):
        assert word in text


def test_the_desk_of_an_assisting_body_offers_no_button(platform: int) -> None:
    opened(platform)
    helper = officer("LFO-110000")
    text = page(enter(helper), "/admin/")
    assert "测试平台甲" in text
    assert "Assign to me" not in text
    desk = desk_for(helper)
    assert (desk.counts["running"], desk.counts["waiting"], desk.counts["mine"]) == (1, 0, 0)


def test_the_button_on_the_desk_assigns_and_returns_to_the_desk(platform: int) -> None:
    case_id = opened(platform).case_id
    who = officer("CBRC")
    answer = enter(who).post(f"/admin/cases/case/{case_id}/assign/", {"from": "desk"})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert Case.objects.get().assignee_id == who.officer_id
    assert [row.id for row in desk_for(who).mine] == [case_id]


def test_a_foreign_case_is_not_found_and_nothing_changes(platform: int) -> None:
    case_id = opened(platform).case_id
    client = enter(officer("PBOC"))
    assert client.get(f"/admin/cases/case/{case_id}/change/").status_code == 404
    client.post(f"/admin/cases/case/{case_id}/assign/")
    client.post(f"/admin/cases/case/{case_id}/note/", {"text": "x"})
    assert (Case.objects.get().state, CaseNote.objects.count()) == ("open", 0)


def test_the_buttons_need_a_post_with_token(platform: int) -> None:
    case_id = opened(platform).case_id
    client = enter(officer("CBRC"))
    assert client.get(f"/admin/cases/case/{case_id}/assign/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post(f"/admin/cases/case/{case_id}/assign/").status_code == 403
    assert Case.objects.get().state == "open"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Why this lead", "leads in Beijing for", "Reported against recomputed", "Evidence", "History",
                "1 blocking and 0 major findings")),
        ("zh-hans", ("牵头理由", "北京市的", "报告值与复算值对照", "证据", "办理经过", "阻断问题1项")),
    ],
)  # fmt: skip
def test_the_case_file_explains_itself(platform: int, language: str, words: tuple[str, ...]) -> None:
    row = case(platform)
    text = page(enter(officer("CBRC"), language), f"/admin/cases/case/{row.pk}/change/")
    for word in (*words, "测试平台甲", str(row)):
        assert word in text


def test_steps_and_notes_go_through_the_services(platform: int) -> None:
    case_id = opened(platform).case_id
    client = enter(officer("CBRC"))
    for verb in ("assign", "review"):
        client.post(f"/admin/cases/case/{case_id}/step/", {"verb": verb})
    client.post(f"/admin/cases/case/{case_id}/note/", {"text": "已约谈"})
    client.post(f"/admin/cases/case/{case_id}/step/", {"verb": "close", "note": ""})
    assert Case.objects.get().state == "under_review"
    client.post(f"/admin/cases/case/{case_id}/step/", {"verb": "close", "note": "整改完成"})
    assert (Case.objects.get().state, CaseNote.objects.get().text) == ("closed", "已约谈")
    text = page(client, f"/admin/cases/case/{case_id}/change/")
    assert "整改完成" in text


def test_the_list_shows_what_is_visible_in_a_fixed_number_of_queries(
    platform: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        opened(registered().platform_id)
    client = enter(officer("CBRC"))
    page(client, "/admin/cases/case/")
    with django_assert_max_num_queries(32):
        assert "测试平台" in page(client, "/admin/cases/case/")
    assert "测试平台" not in page(enter(officer("PBOC")), "/admin/cases/case/")


@pytest.mark.parametrize(
    "address",
    [
        "regulators/authority", "regulators/mandate", "regulators/officer", "regulators/objectaccess",
        "regulators/region", "regulators/openquestion", "regulators/jointmeeting", "regulators/agendaitem",
        "regulators/resolution", "selfdiscipline/association", "selfdiscipline/membership",
        "selfdiscipline/indicatorseries", "selfdiscipline/indicatorvalue",
    ],
)  # fmt: skip
def test_every_list_of_the_map_opens(today: None, address: str) -> None:
    page(enter(officer("PBOC", "secretariat")), f"/admin/{address}/")


def test_an_authority_page_shows_successors_and_mandates(today: None) -> None:
    from regulators.models import Authority

    pk = Authority.objects.get(code="CBRC").pk
    text = page(enter(officer("PBOC", "secretariat")), f"/admin/regulators/authority/{pk}/change/")
    assert "2018-04-08" in text or "April 8, 2018" in text


def test_an_overdue_case_is_marked(platform: int) -> None:
    opened(platform)
    who = officer("CBRC")
    with clock.frozen(date(2017, 9, 1)):
        desk = desk_for(who)
        assert desk.counts["overdue"] == 1
        assert desk.deadlines[0].days_left == -23
        assert "overdue" in page(enter(who), "/admin/")


def test_the_case_file_leads_to_the_firm_and_to_complaints_about_it(platform: int) -> None:
    case_id = opened(platform).case_id
    who = officer("CBRC")
    text = page(enter(who), f"/admin/cases/case/{case_id}/change/")
    assert f'href="/admin/platforms/platform/{platform}/change/"' in text
    assert "No complaint about this firm is visible to you." in text
    made = [Complaint.objects.get(pk=complaint(platform, number)) for number in range(6)]
    text = page(enter(who), f"/admin/cases/case/{case_id}/change/")
    assert all(f"/admin/complaints/complaint/{row.pk}/change/" in text for row in made[1:])
    assert "All 6 complaints" in text
    helper = page(enter(officer("LFO-110000"), "zh-hans"), f"/admin/cases/case/{case_id}/change/")
    assert "您可见范围内没有关于该机构的投诉" in helper


def complaint(platform: int, number: int) -> int:
    """A complaint about the platform that belongs to the CBRC and is shared with nobody."""
    row = Complaint.objects.create(
        platform_id=platform, person=uuid7(), narrative_sealed=b"x", source="web", filed_at=clock.now(),
        state="routed", owner_authority_id=authority_by_code("CBRC").id, receipt_hash=str(number),
    )  # fmt: skip
    return row.pk
