"""Minutes: drafted from what was recorded, approved by two members, published."""

from collections.abc import Iterator

import pytest

from common import clock
from common.errors import Refusal
from regulators import services
from regulators.models import Minutes, MinutesApproval
from tests.factories import meetings
from tests.factories.meetings import DAY, OPENED, People, text
from tests.factories.regulators import officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(db: None) -> Iterator[tuple[People, int, int]]:
    """Officers, a sitting meeting, its item."""
    with clock.frozen(OPENED):
        who = meetings.people()
        number = meetings.item()
        meetings.item("case:2")
        meetings.convened(who)
    with clock.frozen(DAY):
        yield who, meetings.sitting(who), number


def refused(verb: object, **given: object) -> str:
    with pytest.raises(Refusal) as caught:
        verb(**given)  # type: ignore[operator]
    return caught.value.code


def test_the_draft_says_everything_that_was_recorded_in_both_languages(at: tuple[People, int, int]) -> None:
    who, meeting, number = at
    services.discussion_note_add(actor=who.secretariat, item_id=number, text="先查流水", speaker_code="CBRC")
    services.vote_record(actor=who.secretariat, item_id=number, authority_code="PBOC", choice="for")
    resolution = services.resolution_record(actor=who.secretariat, item_id=number, text=text("Check it"))
    services.action_add(
        actor=who.secretariat, resolution_id=resolution, text=text("Report"), owner_code="CBRC",
        due_on=clock.today().replace(month=8),
    )  # fmt: skip
    assert services.minutes_draft(actor=who.secretariat, meeting_id=meeting) == 1
    minutes = Minutes.objects.get()
    assert minutes.text_en.splitlines() == [
        "Minutes of the joint meeting 2017Q3", "Held on 2017-07-20.", "Present: PBOC, CBRC, CSRC.",
        "Absent: CIRC, SAFE, NDRC, MOF, MIIT, CAC.", "", "Important matters", "1. Matter case:1 (en)",
        "CBRC: 先查流水", "By consent.",
        "Resolved: Check it (en)", "Action 1: Report (en) (owner: CBRC; due on 2017-08-20)",
        "2. Matter case:2 (en)", "Not settled.", "", "Effect of existing policy", "No item in this part.", "",
        "Consultation and exchange", "No item in this part.",
    ]  # fmt: skip
    assert "决议：Check it（中）" in minutes.text_zh
    assert "到会：人民银行、银监会、证监会。" in minutes.text_zh
    assert "重要事项" in minutes.text_zh


def test_two_persons_of_two_members_approve_and_the_drafter_does_not(at: tuple[People, int, int]) -> None:
    who, meeting, _number = at
    approve = services.minutes_approve
    both = officer("PBOC", "secretariat", "officer")
    assert refused(approve, actor=who.cbrc, meeting_id=meeting) == "not_found"
    services.minutes_draft(actor=both, meeting_id=meeting)
    assert refused(approve, actor=both, meeting_id=meeting) == "minutes.own_draft"
    for stranger in (officer("SAFE"), officer("NDRC"), officer("LFO-110000")):
        assert refused(approve, actor=stranger, meeting_id=meeting) == "minutes.not_member"
    assert refused(approve, actor=who.secretariat, meeting_id=meeting) == "permission.denied"
    assert (approve(actor=who.cbrc, meeting_id=meeting), approve(actor=who.cbrc, meeting_id=meeting)) == (1, 1)
    assert refused(approve, actor=officer("CBRC"), meeting_id=meeting) == "minutes.same_body"
    assert refused(services.minutes_publish, actor=both, meeting_id=meeting) == "minutes.wrong_state"
    assert (MinutesApproval.objects.count(), Minutes.objects.get().state) == (1, "draft")
    assert approve(actor=who.csrc, meeting_id=meeting) == 2
    assert refused(services.minutes_publish, actor=who.cbrc, meeting_id=meeting) == "permission.denied"
    assert services.minutes_publish(actor=both, meeting_id=meeting) == "published"
    assert refused(services.minutes_draft, actor=both, meeting_id=meeting) == "minutes.published"


def test_a_correction_makes_a_new_revision_and_earlier_approvals_do_not_count(at: tuple[People, int, int]) -> None:
    who, meeting, number = at
    draft = services.minutes_draft
    assert [draft(actor=who.secretariat, meeting_id=meeting) for _ in "ab"] == [1, 1]
    services.minutes_approve(actor=who.cbrc, meeting_id=meeting)
    services.discussion_note_add(actor=who.secretariat, item_id=number, text="补充")
    assert refused(services.minutes_approve, actor=who.csrc, meeting_id=meeting) == "minutes.outdated"
    assert draft(actor=who.secretariat, meeting_id=meeting) == 2
    assert services.minutes_approve(actor=who.csrc, meeting_id=meeting) == 1
    services.minutes_approve(actor=who.cbrc, meeting_id=meeting)
    services.agenda_item_note(actor=who.secretariat, item_id=number)
    assert refused(services.minutes_publish, actor=who.secretariat, meeting_id=meeting) == "minutes.outdated"
    assert draft(actor=who.secretariat, meeting_id=meeting) == 3
    assert (Minutes.objects.get().state, MinutesApproval.objects.filter(revision=3).count()) == ("draft", 0)


def test_minutes_are_drafted_between_sitting_and_closing_by_the_secretariat(at: tuple[People, int, int]) -> None:
    who, meeting, _number = at
    assert refused(services.minutes_draft, actor=who.cbrc, meeting_id=meeting) == "permission.denied"
    other = services.meeting_open(actor=who.secretariat, quarter="2017Q4")
    assert refused(services.minutes_draft, actor=who.secretariat, meeting_id=other) == "minutes.wrong_state"
    assert Minutes.objects.count() == 0
