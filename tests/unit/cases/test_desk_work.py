"""What waits for a person, on the desk: from every app, as links, by day, and nobody else's."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.utils import translation

from cases.selectors import Work, desk_for, work_for
from cases.services import case_assign
from common import clock
from common.db.acting import acting_as
from common.principal import Principal
from complaints import services as complaints
from regulators import services as regulators
from regulators.selectors import principal_for_user
from rulebook import services as rulebook
from tests.factories import complaints as make
from tests.factories import meetings
from tests.factories.cases import in_review, opened
from tests.factories.coordination import body, coordination_map
from tests.factories.platforms import registered
from tests.factories.regulators import SYSTEM, officer
from tests.unit.cases.test_pages import enter, page
from tests.unit.rulebook.test_editing import TEXT


def seen(who: Principal, address: str = "/admin/", language: str = "en") -> str:
    """The panel of the desk."""
    text = page(enter(who, language), address)
    return text[text.index('id="lx-work"'):].split("</section>")[0]


def works(who: Principal) -> list[Work]:
    with acting_as(who), translation.override("en"):
        return list(work_for(who))


def signed(who: Principal, key: str) -> None:
    """The first of two signatures under a source."""
    with acting_as(who):
        rulebook.source_confirm(actor=who, kind="mandate", key=key, link="https://example.org/text")


def test_an_officer_without_cases_sees_matters_of_others_by_day(db: None) -> None:
    with clock.frozen("2017-07-10"):
        coordination_map()
        sender, receiver = officer("CBRC"), officer("MIIT")
        first = in_review(registered(name="测试平台甲").platform_id, sender)
        second = in_review(registered(name="测试平台乙").platform_id, sender)
        with acting_as(sender):
            hand_over = regulators.handover_offer(
                actor=sender, subject=f"case:{first}", to_authority_id=body("MIIT"), reason="电信业务"
            )
            asked = regulators.consultation_open(
                actor=sender, subject=f"case:{second}", to_authority_id=body("MIIT"), question="许可是否有效？"
            )
        found = works(receiver)
        assert {work.url for work in found} == {
            f"/admin/regulators/handover/{hand_over}/change/", f"/admin/regulators/consultation/{asked}/change/",
        }  # fmt: skip
        assert [work.due_on for work in found] == sorted(work.due_on for work in found if work.due_on)
        assert (works(sender), works(officer("CAC"))) == ([], [])
        panel = seen(receiver)
        for words in ("Answer a hand-over", "Give an opinion", "测试平台甲", "from CBRC", "in 7 days"):
            assert words in panel
        assert "Nothing waits for you" in seen(sender)
        assert "暂无待您办理的事项" in seen(sender, language="zh-hans")


def test_a_day_that_passed_is_marked(db: None) -> None:
    with clock.frozen("2017-07-10"):
        coordination_map()
        sender, receiver = officer("CBRC"), officer("MIIT")
        case_id = in_review(registered(name="测试平台甲").platform_id, sender)
        with acting_as(sender):
            regulators.handover_offer(
                actor=sender, subject=f"case:{case_id}", to_authority_id=body("MIIT"), reason="电信业务"
            )
    with clock.frozen("2017-07-18"):
        (work,) = works(receiver)
        assert work.days_left == -1
        assert '<b class="lx-act">overdue</b>' in seen(receiver)


def test_complaints_wait_for_the_body_that_has_the_next_step(db: None, acting_system: None) -> None:
    with clock.frozen("2017-07-10T09:00+08:00"):
        make.ground()
        platform = registered(name="测试平台甲").platform_id
        routed = make.filed(platform_id=platform)
        sent = make.forwarded(platform)
        owner = officer("CBRC")
        (work,) = works(owner)
        assert (work.kind, work.title, work.due_on) == (
            "Send a complaint to the platform", "测试平台甲", date(2017, 7, 19),
        )  # fmt: skip
        assert work.url == f"/admin/complaints/complaint/{routed.id}/change/"
        assert work.detail == make.row_of(routed).number
        assert (works(officer("PBOC")), works(officer("CBRC", "auditor"))) == ([], [])
        with acting_as(make.respondent(platform)):
            complaints.complaint_answer(
                actor=make.respondent(platform), complaint_id=sent.id, outcome="explained", body=make.ANSWER
            )
        assert "Decide a complaint" in [work.kind for work in works(owner)]


def test_a_rule_draft_waits_for_a_supervisor_who_did_not_write_it(today: None, acting_system: None) -> None:
    make.ground()
    author, reviewer = officer("CBRC", "supervisor"), officer("PBOC", "supervisor")
    with acting_as(author):
        draft = rulebook.draft_create(actor=author, text=TEXT)
        assert "Review a rule draft" not in seen(reviewer)
        rulebook.draft_step(actor=author, draft_id=draft.id, verb="submit", revision=draft.revision)
    panel = seen(reviewer)
    assert "Review a rule draft" in panel
    assert f"/admin/rulebook/ruledraft/{draft.id}/change/" in panel
    assert "No term above 36 months" in panel
    assert "Review a rule draft" not in seen(author)
    assert "Review a rule draft" not in seen(officer("PBOC"))


def test_a_source_waits_for_a_second_supervisor(today: None) -> None:
    first, second = officer("CBRC", "supervisor"), officer("PBOC", "supervisor")
    signed(first, "p2p_lending/conduct/000000")
    assert [work.kind for work in works(second)] == ["Countersign a source"]
    assert works(second)[0].url == "/admin/rulebook/sourceconfirmation/"
    assert (works(first), works(officer("PBOC"))) == ([], [])


def test_an_expert_sees_questions_and_nothing_else(today: None) -> None:
    _number, person = meetings.expert()
    meetings.expert()
    asked = meetings.question()
    text = page(enter(person), "/admin/")
    assert "You are an expert of the advisory group." in text
    assert f"/admin/regulators/expertquestion/{asked}/change/" in text
    for other in ("My queue", "Risk map", "Latest warnings", "Deadlines"):
        assert other not in text
    _number, idle = meetings.expert("risk")
    assert "No question waits for your opinion." in seen(idle)


def test_nothing_waits_for_the_system_or_the_public(today: None) -> None:
    assert (work_for(SYSTEM), work_for(Principal(kind="public", label="public"))) == ((), ())


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_more_than_ten_are_folded(today: None, language: str) -> None:
    who = officer("PBOC", "supervisor")
    author = officer("CBRC", "supervisor")
    for number in range(12):
        signed(author, f"p2p_lending/conduct/{number:06d}")
    panel = seen(who, language=language)
    assert panel.count("/admin/rulebook/sourceconfirmation/") == 12
    assert ("2 more" if language == "en" else "另有2项") in panel


def test_a_new_term_keeps_the_cases_and_an_ended_one_gives_them_back(platform: int) -> None:
    who, colleague = officer("CBRC"), officer("CBRC")
    case_id = opened(platform).case_id
    case_assign(actor=who, case_id=case_id)
    assert who.user_id is not None
    with clock.frozen("2017-07-11"):
        regulators.officer_appoint(
            actor=SYSTEM, user_id=who.user_id, authority_code="CBRC", roles=["officer", "supervisor"]
        )
        renewed = principal_for_user(get_user_model().objects.get(pk=who.user_id))
        assert renewed.officer_id != who.officer_id
        assert [row.id for row in desk_for(renewed).mine] == [case_id]
        assert desk_for(colleague).counts["waiting"] == 0
    with clock.frozen("2017-07-12"):
        regulators.officer_end(actor=SYSTEM, officer_id=renewed.officer_id or 0, reason="轮岗")
        assert [row.id for row in desk_for(colleague).waiting] == [case_id]
        assert desk_for(officer("LFO-110000")).counts["waiting"] == 0
        gone = principal_for_user(get_user_model().objects.get(pk=who.user_id))
        assert desk_for(gone).counts["mine"] == 0
