"""The demo's experts: a printed login each, their own questions and nothing else, a panel to click through."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from common import clock
from common.db.acting import acting_as
from config.demo import meeting, people
from regulators import services
from regulators.models import ExpertQuestion, Officer
from regulators.selectors.experts import questions_visible_to
from tests.factories.cases import SYSTEM
from tests.factories.rulebook import cn_pack, terms_loaded

pytestmark = pytest.mark.django_db
OPENED_AT = datetime(2017, 7, 10, 9, 0, tzinfo=clock.LEGAL_ZONE)


@pytest.fixture
def played(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The staff of the demo and its meeting."""
    settings.CLOCK_PINNABLE = True
    monkeypatch.setenv("LIANXI_RUN_DIR", str(tmp_path))
    clock.pin(OPENED_AT)
    services.authorities_load(actor=SYSTEM, pack=cn_pack())
    services.mandates_load(actor=SYSTEM, pack=cn_pack())
    terms_loaded("case.review", "case.review.urgent")
    people.staff_create()
    meeting.play(clock.pin, quarter="2017Q3", opened_at=OPENED_AT)
    yield
    monkeypatch.setattr(clock, "_cache", {"read_at": -1.0, "offset": clock.timedelta(0)})


def browser(username: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    user = get_user_model().objects.get(username=username)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp"}]
    session.save()
    return client


def test_each_expert_has_a_login_and_no_office(played: None) -> None:
    logins = {login.username: login for login in people.logins()}
    for name, _fields, shown in people.EXPERTS:
        assert logins[name].roles == ("expert",)
        assert shown["zh"] in logins[name].who
        assert get_user_model().objects.get(username=name).check_password(logins[name].password)
        assert not Officer.objects.filter(user__username=name).exists()
    assert len(people.logins()) == len(people.STAFF) + len(people.EXPERTS)


def test_the_panel_is_clicked_through_to_publication(played: None) -> None:
    asked = ExpertQuestion.objects.get(state="asked")
    client = browser("expert.technology")
    page = f"/admin/regulators/expertquestion/{asked.pk}/change/"
    assert page in client.get("/admin/").content.decode()
    assert client.get("/admin/cases/case/").status_code == 403
    assert meeting.OPINIONS[0] not in client.get(page).content.decode()
    assert meeting.OPINIONS[0] not in browser("secretariat").get(page).content.decode()
    client.post(page.replace("change/", "do/"), {"verb": "opinion", "text": "建议由银监会牵头，过渡期一年。"})
    asked.refresh_from_db()
    assert asked.state == "published"
    for reader in ("secretariat", "expert.law", "expert.technology"):
        assert "过渡期一年" in browser(reader).get(page).content.decode()
    assert "Nothing" not in client.get("/admin/").content.decode().split('id="lx-work"')[1][:200]


def test_an_expert_sees_only_questions_put_to_the_own_panel(played: None) -> None:
    stranger = get_user_model().objects.create_user(username="expert.accounts", is_staff=True)
    with acting_as(SYSTEM):
        services.expert_appoint(actor=SYSTEM, user_id=stranger.pk, fields=["accounting"])
    own, other = people.principal("expert.law"), people.principal("expert.accounts")
    with acting_as(own):
        assert questions_visible_to(own).count() == 2
    with acting_as(other):
        assert questions_visible_to(other).count() == 0
    asked = ExpertQuestion.objects.get(state="asked")
    client = browser("expert.accounts")
    assert client.get(f"/admin/regulators/expertquestion/{asked.pk}/change/").status_code == 404
    client.post(f"/admin/regulators/expertquestion/{asked.pk}/do/", {"verb": "opinion", "text": "x"})
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_the_second_run_asks_nothing_again(played: None) -> None:
    before = ExpertQuestion.objects.count()
    people.staff_create()
    meeting.play(clock.pin, quarter="2017Q3", opened_at=OPENED_AT)
    assert ExpertQuestion.objects.count() == before == 2
