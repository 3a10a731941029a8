"""The staff pages of meetings and experts: who gets in, and what a bad form does (nothing)."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from common import clock
from common.principal import Principal
from regulators import services
from regulators.models import AgendaItem, Attendance, Expert, ExpertQuestion, JointMeeting, Opinion
from tests.factories import meetings
from tests.factories.meetings import OPENED, People, expert, item, question
from tests.factories.regulators import officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(db: None) -> Iterator[People]:
    with clock.frozen(OPENED):
        yield meetings.people()


def client(of: Principal) -> Client:
    """A logged-in browser that speaks English, with a second factor."""
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(get_user_model().objects.get(pk=of.user_id), "django.contrib.auth.backends.ModelBackend")
    session = browser.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp"}]
    session.save()
    return browser


def press(of: Principal, meeting: int, verb: str, **form: object) -> str:
    """What the page says after a button."""
    answer = client(of).post(f"/admin/regulators/jointmeeting/{meeting}/do/", {"verb": verb, **form}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_bad_form_changes_nothing_and_says_why(who: People) -> None:
    foreign = item("case:9", accept=False, quarter="2017Q4")
    own = item("case:1", accept=False)
    meeting = services.meeting_open(actor=who.secretariat, quarter="2017Q3")
    assert "This is no date." in press(who.secretariat, meeting, "plan", planned_on="soon")
    assert "No such" in press(who.secretariat, meeting, "take", item=foreign)
    assert "No such" in press(who.secretariat, meeting, "take", item="9" * 30)
    for field in ("title_zh", "body_en"):
        given = {"title_zh": "甲", "title_en": "A", "kind": "gap", field: "a\x00b"}
        assert "cannot be stored" in press(who.cbrc, meeting, "propose", **given)
    assert "You may not do this." in press(who.cbrc, meeting, "take", item=own)
    press(who.secretariat, meeting, "no-such-verb", item=own)
    assert set(AgendaItem.objects.values_list("state", flat=True)) == {"draft"}
    assert (AgendaItem.objects.count(), JointMeeting.objects.get(pk=meeting).planned_on) == (2, None)


def test_attendance_is_saved_as_a_whole_or_not_at_all(who: People) -> None:
    item()
    meeting = meetings.convened(who)
    known = Attendance.objects.get(authority__code="PBOC").authority_id
    stranger = officer("LFO-110000").authority_ids[0]
    form = {f"body-{known}": "present", f"body-{stranger}": "present"}
    assert "was not asked" in press(who.secretariat, meeting, "attendance", **form)
    assert set(Attendance.objects.values_list("state", flat=True)) == {"expected"}
    press(who.secretariat, meeting, "attendance", **{f"body-{known}": "present"})
    assert Attendance.objects.get(authority_id=known).state == "present"


def test_a_member_proposes_the_same_matter_once(who: People) -> None:
    meeting = services.meeting_open(actor=who.secretariat, quarter="2017Q3")
    for words in ("存管 争议", "存管争议"):
        press(who.cbrc, meeting, "propose", title_zh=words, title_en="Dispute", kind="important_matter")
    assert list(AgendaItem.objects.values_list("title_zh", "proposed_by__code")) == [("存管争议", "CBRC")]


def test_the_pack_comes_as_a_file_for_members_only(who: People) -> None:
    meeting = meetings.planned(who)
    place = f"/admin/regulators/jointmeeting/{meeting}/pack/?language=zh&form=html"
    answer = client(who.csrc).get(place)
    assert answer["Content-Disposition"] == 'attachment; filename="joint-meeting-2017Q3-zh.html"'
    refused = client(officer("LFO-110000")).get(place, follow=True)
    assert "for the members of the joint meeting" in refused.content.decode()
    assert client(expert("law")[1]).get(place).status_code in {302, 403}


def test_an_expert_enters_nothing_but_the_own_questions(who: People) -> None:
    (_one, first), (_two, _second) = (expert("law") for _ in range(2))
    asked, other = question(), None
    for _ in range(2):
        other = expert("accounting")[1]
    foreign = question(fields=["accounting"])
    browser = client(first)
    open_lists = []
    for model in admin.site._registry:
        place = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        status = browser.get(place).status_code
        open_lists += [model.__name__] if status == 200 else []
        assert status in {200, 403}, place
    assert sorted(open_lists) == ["Expert", "ExpertQuestion"]
    assert apps.get_model("regulators", "Opinion") not in admin.site._registry
    desk = browser.get("/admin/")
    assert (desk.status_code, b"lx-riskmap" in desk.content, b"/admin/cases/" in desk.content) == (200, False, False)
    page = "/admin/regulators/expertquestion/{}/change/"
    assert browser.get(page.format(asked)).status_code == 200
    assert browser.get(page.format(foreign)).status_code == 404
    assert client(other).get(page.format(asked)).status_code == 404  # type: ignore[arg-type]
    answer = browser.post(f"/admin/regulators/expertquestion/{foreign}/do/", {"verb": "opinion", "text": "x"})
    assert (answer.status_code, Opinion.objects.count()) == (404, 0)


def test_the_secretariat_appoints_on_the_page_and_others_do_not(who: People) -> None:
    get_user_model().objects.create_user(username="测试专家丙", is_staff=True)
    form = {"username": "测试专家丙", "fields": ["law"], "affiliation": "测试大学"}
    for actor, expected in ((who.cbrc, 0), (who.secretariat, 1)):
        client(actor).post("/admin/regulators/expert/appoint/", form)
        assert Expert.objects.count() == expected
    client(who.secretariat).post("/admin/regulators/expert/appoint/", {**form, "username": "nobody"})
    assert Expert.objects.count() == 1


def test_only_the_secretariat_asks_on_the_page(who: People) -> None:
    expert("law"), expert("law")
    form = {
        "title_zh": "甲", "title_en": "A", "text_zh": "乙", "text_en": "B", "fields": ["law"], "due_on": "2017-07-15",
    }  # fmt: skip
    for actor, expected in ((who.cbrc, 0), (who.secretariat, 1)):
        client(actor).post("/admin/regulators/expertquestion/ask/", form)
        assert ExpertQuestion.objects.count() == expected
