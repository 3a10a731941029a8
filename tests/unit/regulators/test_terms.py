"""Days between authorities are clocks of the rulebook: pauses, years not yet published, versions, counting again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.outbox import events_drain
from regulators import services
from regulators.models import Consultation, HandOver
from regulators.services import terms
from rulebook.entries import PauseRule
from rulebook.models import DeadlineRule
from rulebook.selectors import deadline_rule
from rulebook.services import calendar_year_publish
from rulebook.timeline import Event
from tests.factories import coordination
from tests.factories.regulators import SYSTEM, officer
from tests.factories.versions import retired, rewritten

pytestmark = pytest.mark.django_db
MONDAY = date(2017, 7, 10)
LATE = "2026-12-24T09:00+08:00"


@pytest.fixture
def ground(db: None) -> Iterator[None]:
    """The map with its terms; matter 1 belongs to the CBRC."""
    with clock.frozen(MONDAY):
        coordination.coordination_map()
        coordination.matters(m1="CBRC")
        yield


def offered() -> HandOver:
    sender = officer("MIIT") if clock.today() > MONDAY else officer("CBRC")
    with acting_as(sender):
        return HandOver.objects.get(
            pk=services.handover_offer(
                actor=sender, subject="matter:1", to_authority_id=coordination.body("CAC"), reason="信息内容"
            )
        )


def published(*days: int) -> None:
    """The working days of 2027 with these days of January free."""
    calendar_year_publish(
        actor=SYSTEM, calendar="cn-working-days", year=2027, notice=date(2026, 12, 26), workdays=[],
        holidays={date(2027, 1, day): {"zh": "元旦", "en": "New Year"} for day in days},
        source="https://example.invalid/notice",
    )  # fmt: skip


def days(row: HandOver) -> tuple[date, date, date]:
    row.refresh_from_db()
    return row.due_on, row.superior_on, row.meeting_on


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_pause_that_the_term_allows_moves_the_day_and_says_why(ground: None) -> None:
    entry = deadline_rule(terms.ANSWER, MONDAY)
    assert entry is not None
    pause = PauseRule("papers.asked", "papers.given", False, {"zh": "等待材料", "en": "waiting for papers"})
    asked = Event("papers.asked", moment("2017-07-11T09:00+08:00"))
    given = Event("papers.given", moment("2017-07-13T09:00+08:00"))
    with clock.frozen("2017-07-14"):
        assert terms.term_read(entry, MONDAY, (asked, given)).due_on == date(2017, 7, 17)
        paused = terms.term_read(replace(entry, pause_events=(pause,)), MONDAY, (asked, given))
        still = terms.term_read(replace(entry, pause_events=(pause,)), MONDAY, (asked,))
    assert paused.due_on > date(2017, 7, 17)
    assert any("waiting for papers" in step["en"] for step in paused.steps)
    assert still.is_provisional


def test_without_a_term_there_is_no_hand_over(ground: None) -> None:
    retired(DeadlineRule.objects.filter(key=terms.MEETING))
    with pytest.raises(Refusal) as refused:
        offered()
    assert (refused.value.code, HandOver.objects.count()) == ("coordination.no_term", 0)


def test_the_row_keeps_the_versions_it_was_counted_under(ground: None) -> None:
    row = offered()
    assert [entry["key"] for entry in row.why_due["terms"]] == [terms.ANSWER, terms.SUPERIOR, terms.MEETING]
    before = days(row)
    rewritten(DeadlineRule.objects.filter(key=terms.ANSWER), amount=20)
    assert services.coordination_terms_recompute(actor=SYSTEM) == ()
    assert days(row) == before


def test_a_published_year_makes_provisional_days_final_once(db: None) -> None:
    with clock.frozen(LATE):
        coordination.coordination_map()
        coordination.matters(m1="MIIT")
        row = offered()
        first = days(row)
        asker = officer("MIIT")
        with acting_as(asker):
            asked = services.consultation_open(
                actor=asker, subject="matter:1", to_authority_id=coordination.body("CAC"), question="是否违规？"
            )
        opinion = Consultation.objects.get(pk=asked)
        assert opinion.is_provisional
    with clock.frozen("2026-12-28T09:00+08:00"):
        published(1, 4, 5)
        rehearsed = services.coordination_terms_recompute(actor=SYSTEM, apply=False)
        assert {moved.kind for moved in rehearsed} == {"handover", "consultation"}
        assert days(row) == first
        moved = services.coordination_terms_recompute(actor=SYSTEM)
        assert [(m.kind, m.before[0]) for m in moved] == [("handover", first[0]), ("consultation", opinion.due_on)]
        assert days(row) == next(m.after for m in moved if m.kind == "handover")
        assert days(row)[1] > first[1]
        row.refresh_from_db()
        assert row.is_provisional is False
        assert "Counted again on 2026-12-28" in row.why_due["steps"][-1]["en"]
        assert services.coordination_terms_recompute(actor=SYSTEM) == ()
        opinion.refresh_from_db()
        assert opinion.is_provisional is False


def test_the_news_of_a_year_counts_again_by_itself(db: None) -> None:
    with clock.frozen(LATE):
        coordination.coordination_map()
        coordination.matters(m1="MIIT")
        row = offered()
        first = days(row)
    with clock.frozen("2026-12-28T09:00+08:00"):
        published(1, 4, 5)
        events_drain()
        assert days(row)[2] > first[2]


def test_a_row_without_versions_is_read_under_the_terms_of_its_first_day(ground: None) -> None:
    row = offered()
    HandOver.objects.filter(pk=row.pk).update(due_on=date(2017, 7, 12), why_due={"steps": []})
    (moved,) = services.coordination_terms_recompute(actor=SYSTEM)
    assert (moved.before[0], moved.after[0]) == (date(2017, 7, 12), date(2017, 7, 17))


def test_answered_matters_and_missing_terms_stay_as_they_are(ground: None) -> None:
    row, receiver = offered(), officer("CAC")
    with acting_as(receiver):
        services.handover_refuse(actor=receiver, handover_id=row.pk, reason="不属本单位")
    HandOver.objects.filter(pk=row.pk).update(due_on=date(2017, 7, 12))
    assert services.coordination_terms_recompute(actor=SYSTEM) == ()
    again = offered()
    HandOver.objects.filter(pk=again.pk).update(due_on=date(2017, 7, 12), why_due={})
    retired(DeadlineRule.objects.all())
    assert services.coordination_terms_recompute(actor=SYSTEM) == ()
    assert days(again)[0] == date(2017, 7, 12)


def test_staff_may_not_count_again(ground: None) -> None:
    row = offered()
    HandOver.objects.filter(pk=row.pk).update(due_on=date(2017, 7, 12))
    with pytest.raises(Refusal) as refused:
        services.coordination_terms_recompute(actor=officer("CBRC", "supervisor", "secretariat"))
    assert (refused.value.status, days(row)[0]) == (403, date(2017, 7, 12))
