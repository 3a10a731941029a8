"""From cases and the supervision map to the quarter's agenda, decided by the secretariat."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from cases import services as case_services
from common import clock
from regulators import selectors as regulators
from regulators import services
from regulators.models import AgendaItem
from rulebook import packs
from tests.factories.cases import SYSTEM, opened
from tests.factories.platforms import registered
from tests.factories.regulators import officer

pytestmark = pytest.mark.django_db


def test_the_quarter_s_agenda_comes_from_cases_overlaps_and_open_questions() -> None:
    pack = packs.read_pack("cn")
    with clock.frozen("2017-07-10"):
        services.authorities_load(actor=SYSTEM, pack=pack)
        services.mandates_load(actor=SYSTEM, pack=pack)
        opened(registered(name="测试平台甲").platform_id, origin="area_d", area="D", reasons=[])
        secretariat = officer("PBOC", "secretariat")
        services.meeting_open(actor=secretariat, quarter="2017Q3")
        done = case_services.agenda_propose_from_cases(actor=secretariat, quarter="2017Q3")
        again = case_services.agenda_propose_from_cases(actor=secretariat, quarter="2017Q3")
    lines = regulators.agenda_of("2017Q3")
    assert (done.proposed, again.proposed, again.existing) == (5, 0, 5)
    assert [line.kind for line in lines] == ["important_matter", "gap", "overlap", "undecided", "undecided"]
    assert lines[0].title == {"zh": "案件：测试平台甲（牵头：银监会）", "en": "Case: 测试平台甲 (lead: CBRC)"}
    assert [line.subject for line in lines[1:]] == [
        "gap:crime:MPS", "overlap:content:MIIT+CAC", "question:online-micro-loan", "question:p2p-content-overlap",
    ]  # fmt: skip
    assert [line.state for line in lines] == ["draft", "draft", "draft", "draft", "merged"]
    overlap, question = lines[2], AgendaItem.objects.get(subject="question:p2p-content-overlap")
    assert (question.merged_into_id, overlap.subject) == (overlap.id, "overlap:content:MIIT+CAC")


def test_the_secretariat_decides_drafts_in_the_admin_and_officers_cannot() -> None:
    with clock.frozen("2017-07-10"):
        services.authorities_load(actor=SYSTEM)
        item = services.agenda_item_propose(
            actor=SYSTEM, meeting_quarter="2017Q3", subject="case:1", title={"zh": "甲", "en": "A"},
            kind="important_matter",
        ).item_id  # fmt: skip
        for who, expected in ((officer("CBRC"), "draft"), (officer("PBOC", "secretariat"), "accepted")):
            client = Client(headers={"accept-language": "en"})
            user = get_user_model().objects.get(pk=who.user_id)
            client.force_login(user, "django.contrib.auth.backends.ModelBackend")
            session = client.session
            session["account_authentication_methods"] = [{"method": "mfa", "type": "totp"}]
            session.save()
            client.post("/admin/regulators/agendaitem/", {"action": "take", "_selected_action": [item]})
            assert AgendaItem.objects.get().state == expected
