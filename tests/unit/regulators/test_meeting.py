"""A joint meeting from proposals to close: every step beside its refusals."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date

import pytest
from django.utils import translation

from common import clock
from common.errors import Refusal
from common.models import OutgoingMessage
from common.principal import Principal
from common.transitions import transitions_of
from regulators import services
from regulators.charter import charter_on, next_quarter, quarter_of
from regulators.models import AgendaItem, AgendaPaper, Attendance, JointMeeting, Resolution, Vote
from regulators.selectors.meeting_file import meeting_file
from regulators.services import AgendaAbout
from regulators.services.meetings import agenda_seal
from tests.factories import meetings
from tests.factories.meetings import DAY, OPENED, QUARTER, People, item, text
from tests.factories.regulators import SYSTEM, officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(db: None) -> Iterator[People]:
    """Three weeks before the meeting."""
    with clock.frozen(OPENED):
        yield meetings.people()


def refused(verb: object, **given: object) -> str:
    """The code of the refusal."""
    with pytest.raises(Refusal) as caught:
        verb(**given)  # type: ignore[operator]
    return caught.value.code


def state() -> str:
    return JointMeeting.objects.get(quarter=QUARTER).state


def test_the_charter_is_data_of_the_pack_and_says_what_is_convention() -> None:
    charter = charter_on(date(2017, 7, 20))
    assert charter is not None
    assert (charter.convenor, charter.members) == ("PBOC", ("CBRC", "CSRC", "CIRC", "SAFE"))
    assert (charter.invitees, charter.participants) == (("NDRC", "MOF"), ("MIIT", "CAC"))
    assert len(charter.conventions) == 5
    assert charter.complaint_topics == {"data": ("privacy",), "disclosure": ("misleading",)}
    assert charter_on(date(2013, 8, 14)) is None
    assert [next_quarter(q) for q in ("2017Q3", "2017Q4")] == ["2017Q4", "2018Q1"]
    assert quarter_of(date(2017, 9, 30)) == "2017Q3"


@pytest.mark.parametrize(("present", "convenor", "expected"), [(2, True, False), (3, True, True), (3, False, False)])
def test_a_quorum_is_more_than_half_with_the_convenor(present: int, convenor: bool, expected: bool) -> None:
    charter = charter_on(date(2017, 7, 20))
    assert charter is not None
    assert charter.has_quorum(present=present, voting=5, convenor_present=convenor) is expected
    assert charter.needed(5) == 3


@pytest.mark.parametrize(
    ("quarter", "today", "day", "voting"),
    [
        ("2017Q3", "2017-07-10", date(2017, 7, 20), ["PBOC", "CBRC", "CSRC", "CIRC", "SAFE"]),
        ("2018Q2", "2018-04-09", date(2018, 4, 20), ["PBOC", "CBIRC", "CSRC", "SAFE"]),
        ("2023Q3", "2023-07-10", date(2023, 7, 20), ["PBOC", "NFRA", "CSRC", "SAFE"]),
    ],
)
def test_members_are_the_bodies_of_the_day(quarter: str, today: str, day: date, voting: list[str]) -> None:
    with clock.frozen(today):
        services.authorities_load(actor=SYSTEM, pack=meetings.central_pack())
        meeting = services.meeting_open(actor=SYSTEM, quarter=quarter)
        asked = services.meeting_plan(actor=SYSTEM, meeting_id=meeting, planned_on=day)
        rows = Attendance.objects.filter(capacity__in=("convenor", "member")).order_by("pk")
        assert [row.authority.code for row in rows] == voting
        assert asked == len(voting) + 4


def test_the_day_lies_ahead_and_in_the_quarter(who: People) -> None:
    meeting = services.meeting_open(actor=who.secretariat, quarter=QUARTER)
    for day in (date(2017, 7, 9), date(2017, 10, 1)):
        assert refused(
            services.meeting_plan, actor=who.secretariat, meeting_id=meeting, planned_on=day
        ) == "meeting.bad_day"  # fmt: skip
    assert refused(
        services.meeting_plan, actor=who.cbrc, meeting_id=meeting, planned_on=date(2017, 7, 20)
    ) == "permission.denied"  # fmt: skip
    assert JointMeeting.objects.get().planned_on is None


def test_the_notice_reaches_every_body_and_seals_agenda_and_papers(who: People) -> None:
    number = item()
    services.paper_add(
        actor=who.cbrc, item_id=number, kind="text", title=text("Paper"), body=text("What is known")
    )
    meeting = meetings.planned(who)
    assert services.meeting_convene(actor=who.secretariat, meeting_id=meeting) == 9
    row = JointMeeting.objects.get()
    assert (row.state, row.papers_sha256, len(row.papers_sha256)) == ("convened", agenda_seal(row), 64)
    assert OutgoingMessage.objects.filter(subject_ref=f"meeting:{row.public_id}").count() == 9
    assert [(s.verb, s.target) for s in transitions_of("meeting", meeting)] == [("convene", "convened")]


def test_a_meeting_is_not_convened_before_its_agenda_is_settled(who: People) -> None:
    meeting = services.meeting_open(actor=who.secretariat, quarter=QUARTER)
    convene = services.meeting_convene
    assert refused(convene, actor=who.secretariat, meeting_id=meeting) == "meeting.short_notice"
    services.meeting_plan(actor=who.secretariat, meeting_id=meeting, planned_on=date(2017, 7, 14))
    item()
    assert refused(convene, actor=who.secretariat, meeting_id=meeting) == "meeting.short_notice"
    services.meeting_plan(actor=who.secretariat, meeting_id=meeting, planned_on=date(2017, 7, 20))
    draft = item("case:2", accept=False)
    assert refused(convene, actor=who.secretariat, meeting_id=meeting) == "meeting.agenda_open"
    services.agenda_item_decide(actor=who.secretariat, item_id=draft, accept=False)
    assert refused(convene, actor=who.cbrc, meeting_id=meeting) == "permission.denied"
    assert (state(), OutgoingMessage.objects.count()) == ("preparing", 0)
    assert convene(actor=who.secretariat, meeting_id=meeting) == 9
    assert refused(convene, actor=who.secretariat, meeting_id=meeting) == "meeting.wrong_state"
    assert OutgoingMessage.objects.count() == 9


def test_after_the_notice_only_an_urgent_matter_with_a_reason_is_taken(who: People) -> None:
    first = item()
    meeting = meetings.convened(who)
    seal = JointMeeting.objects.get().papers_sha256
    late = {"actor": who.cbrc, "meeting_quarter": QUARTER, "subject": "case:9", "title": text("Late"),
            "kind": "important_matter"}  # fmt: skip
    assert refused(services.agenda_item_propose, **late) == "meeting.agenda_frozen"
    assert refused(services.agenda_item_move, actor=who.secretariat, item_id=first, up=True) == "meeting.agenda_frozen"
    paper = {"actor": who.cbrc, "item_id": first, "kind": "text", "title": text("P"), "body": text("B")}
    assert refused(services.paper_add, **paper) == "meeting.agenda_frozen"
    assert (AgendaItem.objects.count(), AgendaPaper.objects.count()) == (1, 0)
    urgent = services.agenda_item_propose(**late, urgent_reason="A platform stopped paying")  # type: ignore[arg-type]
    services.agenda_item_decide(actor=who.secretariat, item_id=urgent.item_id, accept=True)
    assert AgendaItem.objects.get(pk=urgent.item_id).urgent_reason == "A platform stopped paying"
    assert agenda_seal(JointMeeting.objects.get(pk=meeting)) == seal


def test_what_comes_too_late_goes_to_the_next_open_meeting_when_asked(who: People) -> None:
    item()
    meetings.convened(who)
    given = {"actor": SYSTEM, "meeting_quarter": QUARTER, "title": text("Late"), "kind": "gap", "or_next": True}
    moved = services.agenda_item_propose(subject="gap:1", **given)  # type: ignore[arg-type]
    again = services.agenda_item_propose(subject="gap:1", **given)  # type: ignore[arg-type]
    known = services.agenda_item_propose(subject="case:1", **given)  # type: ignore[arg-type]
    assert (moved.created, moved.quarter) == (True, "2017Q4")
    assert (again.created, again.quarter, again.item_id) == (False, "2017Q4", moved.item_id)
    assert (known.created, known.quarter) == (False, QUARTER)


def test_postponing_needs_a_reason_and_opens_the_agenda_again(who: People) -> None:
    item()
    meeting = meetings.convened(who)
    assert refused(
        services.meeting_postpone, actor=who.secretariat, meeting_id=meeting, reason=" "
    ) == "reason.missing"  # fmt: skip
    assert state() == "convened"
    services.meeting_postpone(actor=who.secretariat, meeting_id=meeting, reason="The chair is ill")
    row = JointMeeting.objects.get()
    assert (row.state, row.papers_sha256, row.convened_at) == ("preparing", "", None)
    assert item("case:2") > 0


def test_items_are_ordered_within_their_part_by_steps(who: People) -> None:
    numbers = [item("case:1"), item("effect:1", kind="policy_effect"), item("case:2"), item("case:3")]

    def order() -> list[str]:
        rows = AgendaItem.objects.filter(kind="important_matter").order_by("position", "pk")
        return [row.subject for row in rows]

    services.agenda_item_move(actor=who.secretariat, item_id=numbers[3], up=True)
    assert order() == ["case:1", "case:3", "case:2"]
    services.agenda_item_move(actor=who.secretariat, item_id=numbers[0], up=True)
    assert order() == ["case:1", "case:3", "case:2"]
    services.agenda_item_move(actor=who.secretariat, item_id=numbers[0], up=False)
    assert order() == ["case:3", "case:1", "case:2"]
    assert refused(services.agenda_item_move, actor=who.cbrc, item_id=numbers[0], up=True) == "permission.denied"


def test_near_duplicates_are_merged_with_their_papers(who: People) -> None:
    first, second, other = item("case:1"), item("case:2"), item("case:3", quarter="2017Q4")
    services.paper_add(actor=who.cbrc, item_id=first, kind="case", title=text("C"), ref="c-1")
    services.paper_add(actor=who.cbrc, item_id=second, kind="case", title=text("C"), ref="c-1")
    services.paper_add(actor=who.cbrc, item_id=second, kind="link", title=text("L"), ref="https://example.test/a")
    for into in (second, other):
        assert refused(
            services.agenda_items_merge, actor=who.secretariat, item_id=second, into_id=into
        ) == "agenda.bad_merge"  # fmt: skip
    assert services.agenda_items_merge(actor=who.secretariat, item_id=second, into_id=first) == first
    merged, kept = AgendaItem.objects.get(pk=second), AgendaItem.objects.get(pk=first)
    assert (merged.state, merged.merged_into_id) == ("merged", first)
    with translation.override("en"):
        shown = next(one for one in meeting_file(who.secretariat, kept.meeting).items if one.row.pk == first)
    assert shown.body == "Matter case:2 (en)"
    assert [(p["row"].kind, p["row"].ref) for p in shown.papers] == [("case", "c-1"), ("link", "https://example.test/a")]
    assert shown.merged == ((second, "Matter case:2 (en)"),)
    assert refused(
        services.agenda_item_decide, actor=who.secretariat, item_id=second, accept=True
    ) == "agenda.merged"  # fmt: skip


def test_a_merge_is_undone_and_nothing_of_it_stays(who: People) -> None:
    first, second = item("case:1"), item("case:2")
    services.paper_add(actor=who.cbrc, item_id=second, kind="case", title=text("C"), ref="c-1")
    before = [(row.title_zh, row.body_zh, row.papers.count()) for row in AgendaItem.objects.order_by("pk")]
    services.agenda_items_merge(actor=who.secretariat, item_id=second, into_id=first)
    assert refused(services.agenda_item_split, actor=who.cbrc, item_id=second) == "permission.denied"
    assert refused(services.agenda_item_split, actor=who.secretariat, item_id=first) == "agenda.not_merged"
    assert AgendaItem.objects.get(pk=second).state == "merged"
    assert services.agenda_item_split(actor=who.secretariat, item_id=second) == "draft"
    row = AgendaItem.objects.get(pk=second)
    assert (row.state, row.merged_into_id) == ("draft", None)
    assert [(row.title_zh, row.body_zh, row.papers.count()) for row in AgendaItem.objects.order_by("pk")] == before
    assert refused(services.agenda_item_split, actor=who.secretariat, item_id=second) == "agenda.not_merged"


OVERLAP = AgendaAbout("overlap", ("p2p_lending", "payment"), ("content",), ("110000", "310000"))


@pytest.mark.parametrize(
    ("about", "state"),
    [
        (AgendaAbout("overlap", ("p2p_lending",), ("content",), ("110000",)), "merged"),
        (AgendaAbout("overlap", ("p2p_lending",), ("content",), ("110105",)), "merged"),
        (AgendaAbout("", ("p2p_lending",), ("content",)), "merged"),
        (AgendaAbout("gap", ("p2p_lending",), ("content",), ("110000",)), "draft"),
        (AgendaAbout("overlap", ("fund_sales",), ("content",), ("110000",)), "draft"),
        (AgendaAbout("overlap", ("p2p_lending",), ("crime",), ("110000",)), "draft"),
        (AgendaAbout("overlap", ("p2p_lending",), ("content",), ("440000",)), "draft"),
        (None, "draft"),
    ],
)
def test_proposals_about_one_part_of_the_map_are_one_matter(who: People, about: AgendaAbout, state: str) -> None:
    def propose(subject: str, what: AgendaAbout | None, by: People) -> int:
        return services.agenda_item_propose(
            actor=by, meeting_quarter=QUARTER, subject=subject, title=text(subject), kind="overlap", about=what
        ).item_id

    first, second = propose("overlap:a", OVERLAP, who.pboc), propose("question:b", about, who.cbrc)
    row = AgendaItem.objects.get(pk=second)
    assert (row.state, row.merged_into_id) == (state, first if state == "merged" else None)
    with translation.override("en"):
        shown = meeting_file(who.secretariat, row.meeting).items
    names = {"merged": ["PBOC · CBRC"], "draft": ["PBOC", "CBRC"]}[state]
    assert [one.proposer for one in shown] == names


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "film"}, "kind"), ({"title": {"zh": "只有中文"}}, "title"), ({"kind": "link"}, "ref"),
        ({"kind": "link", "ref": "http://example.test"}, "ref"), ({"kind": "case"}, "ref"),
        ({"body": {"zh": "只有中文"}}, "body"),
    ],
)  # fmt: skip
def test_an_incomplete_paper_is_refused(who: People, changes: dict[str, object], field: str) -> None:
    given = {"actor": who.cbrc, "item_id": item(), "kind": "text", "title": text("T"), "body": text("B"), **changes}
    with pytest.raises(Refusal) as caught:
        services.paper_add(**given)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.field, AgendaPaper.objects.count()) == ("paper.incomplete", field, 0)


def test_a_paper_with_the_same_reference_stands_once(who: People) -> None:
    number = item()
    papers = {services.paper_add(actor=who.cbrc, item_id=number, kind="case", title=text("C"), ref="c-1") for _ in "ab"}
    assert (len(papers), AgendaPaper.objects.count()) == (1, 1)


def test_without_a_quorum_the_meeting_does_not_sit(who: People) -> None:
    item()
    meeting = meetings.convened(who)
    hold = services.meeting_hold
    assert refused(hold, actor=who.secretariat, meeting_id=meeting) == "meeting.too_early"
    with clock.frozen(DAY):
        meetings.attend(who, meeting, "PBOC", "CBRC", "NDRC", "MOF", "MIIT")
        with translation.override("en"), pytest.raises(Refusal) as caught:
            hold(actor=who.secretariat, meeting_id=meeting)
        assert (caught.value.code, str(caught.value.message)) == (
            "meeting.no_quorum", "There is no quorum: 2 of 5 voting bodies are present.",
        )  # fmt: skip
        assert state() == "convened"
        meetings.attend(who, meeting, "CSRC")
        assert refused(hold, actor=who.cbrc, meeting_id=meeting) == "meeting.not_permitted"
        assert hold(actor=who.secretariat, meeting_id=meeting) == "held"
        gone = Attendance.objects.get(authority__code="CSRC").authority_id
        assert refused(
            services.attendance_record, actor=who.secretariat, meeting_id=meeting, authority_id=gone, is_present=False
        ) == "meeting.no_quorum"  # fmt: skip
        assert Attendance.objects.get(authority__code="CSRC").state == "present"


def test_a_body_that_was_not_asked_does_not_attend_until_it_is_invited(who: People) -> None:
    item()
    meeting = meetings.convened(who)
    lfo = officer("LFO-110000").authority_ids[0]
    given = {"actor": who.secretariat, "meeting_id": meeting, "authority_id": lfo, "is_present": True}
    assert refused(services.attendance_record, **given) == "attendance.not_asked"
    services.meeting_invite(actor=who.secretariat, meeting_id=meeting, authority_code="LFO-110000")
    services.meeting_invite(actor=who.secretariat, meeting_id=meeting, authority_code="LFO-110000")
    assert services.attendance_record(**given) == "present"
    assert Attendance.objects.get(authority_id=lfo).capacity == "participant"
    assert OutgoingMessage.objects.count() == 10
    assert refused(
        services.meeting_invite, actor=who.secretariat, meeting_id=meeting, authority_code="NFRA"
    ) == "authority.unknown"  # fmt: skip


@pytest.fixture
def sitting(who: People) -> Iterator[tuple[People, int, int]]:
    """Officers, the sitting meeting, its one item."""
    number = item()
    meetings.convened(who)
    with clock.frozen(DAY):
        yield who, meetings.sitting(who), number


def test_a_resolution_by_consent_and_one_without_an_item(sitting: tuple[People, int, int]) -> None:
    who, _meeting, number = sitting
    record = services.resolution_record
    assert refused(record, actor=who.secretariat, item_id=999_999, text=text("R")) == "resolution.no_item"
    dropped = AgendaItem.objects.create(
        meeting_id=_meeting, kind="gap", subject="x", title_zh="甲", title_en="A", state="dropped"
    )
    assert refused(record, actor=who.secretariat, item_id=dropped.pk, text=text("R")) == "resolution.no_item"
    assert refused(record, actor=who.secretariat, item_id=number, text={"zh": "甲", "en": ""}) == "resolution.no_text"
    assert refused(record, actor=who.cbrc, item_id=number, text=text("R")) == "permission.denied"
    assert Resolution.objects.count() == 0
    made = record(actor=who.secretariat, item_id=number, text=text("R"))
    assert record(actor=who.secretariat, item_id=number, text=text("R2")) == made
    assert (Resolution.objects.get().text_en, AgendaItem.objects.get(pk=number).outcome) == ("R2 (en)", "resolved")


def test_a_vote_counts_members_that_are_present(sitting: tuple[People, int, int]) -> None:
    who, _meeting, number = sitting
    vote, record = services.vote_record, services.resolution_record
    for code, expected in (("SAFE", "attendance.not_present"), ("NDRC", "attendance.not_present")):
        assert refused(
            vote, actor=who.secretariat, item_id=number, authority_code=code, choice="for"
        ) == expected  # fmt: skip
    meetings.attend(who, _meeting, "NDRC")
    assert refused(
        vote, actor=who.secretariat, item_id=number, authority_code="NDRC", choice="for"
    ) == "vote.not_entitled"  # fmt: skip
    assert Vote.objects.count() == 0
    vote(actor=who.secretariat, item_id=number, authority_code="PBOC", choice="for")
    vote(actor=who.secretariat, item_id=number, authority_code="CBRC", choice="against")
    assert refused(record, actor=who.secretariat, item_id=number, text=text("R")) == "resolution.no_consent"
    assert refused(
        record, actor=who.secretariat, item_id=number, text=text("R"), mode="vote"
    ) == "resolution.not_carried"  # fmt: skip
    vote(actor=who.secretariat, item_id=number, authority_code="CSRC", choice="against")
    vote(actor=who.secretariat, item_id=number, authority_code="CSRC", choice="for")
    record(actor=who.secretariat, item_id=number, text=text("R"), mode="vote")
    assert Resolution.objects.get().tally == {"for": 2, "against": 1, "abstain": 0, "present": 3}
    assert refused(
        vote, actor=who.secretariat, item_id=number, authority_code="CBRC", choice="for"
    ) == "vote.settled"  # fmt: skip


def test_notes_need_a_speaker_that_is_present(sitting: tuple[People, int, int]) -> None:
    who, _meeting, number = sitting
    add = services.discussion_note_add
    assert refused(
        add, actor=who.secretariat, item_id=number, text="x", speaker_code="SAFE"
    ) == "attendance.not_present"  # fmt: skip
    assert refused(add, actor=who.secretariat, item_id=number, text=" ") == "note.empty"
    assert add(actor=who.secretariat, item_id=number, text="x", speaker_code="CBRC") > 0


def test_nothing_is_recorded_before_the_meeting_sits(who: People) -> None:
    number = item()
    meetings.convened(who)
    for verb, more in (
        (services.resolution_record, {"text": text("R")}), (services.discussion_note_add, {"text": "x"}),
        (services.agenda_item_note, {}), (services.vote_record, {"authority_code": "PBOC", "choice": "for"}),
    ):  # fmt: skip
        assert refused(verb, actor=who.secretariat, item_id=number, **more) == "meeting.not_sitting"


def test_a_meeting_closes_only_when_every_item_has_an_outcome_and_the_minutes_are_out(
    sitting: tuple[People, int, int],
) -> None:
    who, meeting, number = sitting
    close = services.meeting_close
    assert refused(close, actor=who.secretariat, meeting_id=meeting) == "meeting.items_open"
    copy = services.agenda_item_carry_over(actor=who.secretariat, item_id=number)
    assert services.agenda_item_carry_over(actor=who.secretariat, item_id=number) == copy
    carried = AgendaItem.objects.get(pk=copy)
    assert (carried.meeting.quarter, carried.subject, carried.carried_from_id) == ("2017Q4", "case:1", number)
    assert refused(close, actor=who.secretariat, meeting_id=meeting) == "meeting.no_minutes"
    services.minutes_draft(actor=who.secretariat, meeting_id=meeting)
    services.minutes_approve(actor=who.cbrc, meeting_id=meeting)
    services.minutes_approve(actor=who.csrc, meeting_id=meeting)
    services.minutes_publish(actor=who.secretariat, meeting_id=meeting)
    assert refused(close, actor=who.cbrc, meeting_id=meeting) == "meeting.not_permitted"
    assert close(actor=who.secretariat, meeting_id=meeting) == 0
    row = JointMeeting.objects.get(pk=meeting)
    assert (row.state, row.closed_on) == ("closed", date(2017, 7, 20))
    for verb in (close, services.meeting_hold, services.meeting_convene):
        assert refused(verb, actor=who.secretariat, meeting_id=meeting) == "meeting.wrong_state"


def test_an_expert_or_a_platform_runs_nothing(who: People) -> None:
    meeting = meetings.planned(who)
    for stranger in (
        meetings.expert("law")[1], Principal(kind="platform", label="p", platform_id=1),
        Principal(kind="public", label="public"),
    ):  # fmt: skip
        assert refused(services.meeting_convene, actor=stranger, meeting_id=meeting) == "permission.denied"
        assert refused(services.meeting_open, actor=stranger, quarter="2017Q4") == "permission.denied"
    assert JointMeeting.objects.count() == 1


def test_the_meeting_page_asks_the_database_no_more_for_thirty_items(
    who: People, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    for number in range(30):
        item(f"case:{number}", kind="consultation" if number % 3 else "gap")
    meeting = JointMeeting.objects.get(pk=meetings.planned(who))
    with django_assert_max_num_queries(45):
        file = meeting_file(who.secretariat, meeting)
    assert (len(file.items), [len(part.items) for part in file.parts]) == (30, [10, 0, 20])


def test_items_that_look_alike_are_shown_as_pairs_but_two_cases_are_two_matters(who: People) -> None:
    for subject in ("case:1", "case:2", "handover:7", "consultation:7", "member:a"):
        item(subject)
    meeting = JointMeeting.objects.get(quarter=QUARTER)
    with translation.override("en"):
        pairs = [(one.row.subject, other.row.subject) for one, other in meeting_file(who.secretariat, meeting).near]
    assert pairs == [("handover:7", "consultation:7")]
    services.agenda_item_propose(
        actor=who.cbrc, meeting_quarter=QUARTER, subject="member:b", kind="gap",
        title={"zh": "Matter case:1（中）", "en": "Something else"},
    )  # fmt: skip
    near = meeting_file(who.secretariat, meeting).near
    assert ("case:1", "member:b") in [(one.row.subject, other.row.subject) for one, other in near]
