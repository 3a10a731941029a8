"""Clocks read from event logs: pauses, extensions, several clocks, balances, corrections."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulebook.calendars import Calendar
from rulebook.entries import Basis, DeadlineEntry, ExtensionEntry, PauseRule
from rulebook.timeline import EXTENDED, Event, balance_left, difference, read_clock, read_clocks
from tests.factories.rulebook import cn_pack

CALENDAR = cn_pack().calendars["cn-working-days"]
SHANGHAI = ZoneInfo("Asia/Shanghai")
TEXT = {"zh": "测试", "en": "test"}
BASIS = Basis("CONV", None, (), False, False, "convention", None)
SUPPLEMENT = PauseRule("asked", "given", False, {"zh": "等待补正", "en": "supplement awaited"})
COMPLEX = ExtensionEntry(15, "calendar_days", {"zh": "情况复杂", "en": "complex"}, TEXT, True)
SPECIAL = ExtensionEntry(30, "calendar_days", {"zh": "特别复杂", "en": "specially complex"}, TEXT, True)
FIFTEEN = DeadlineEntry(
    "complaint.answer", TEXT, (), date(2015, 1, 1), None, "received", 15, "calendar_days", "cn-working-days",
    (SUPPLEMENT,), (COMPLEX, SPECIAL), BASIS, ("answered",),
)
SEVEN = replace(FIFTEEN, key="complaint.handling", amount=7, unit="working_days", extensions=(), met_by=("passed_on",))
RECEIVED = Event("received", date(2020, 12, 1))
APPROVED = {"approver": "supervisor:1", "notified_at": "2020-12-10"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def read(*events: Event, term: DeadlineEntry = FIFTEEN, now: str = "2020-12-10T12:00", **more):
    return read_clock(term, events, CALENDAR, now=at(now), **more)


def test_a_clock_waits_until_its_start_event_has_happened() -> None:
    found = read(Event("looked_at", date(2020, 12, 1)))
    assert (found.state, found.due_on, found.why) == ("waiting", None, ())
    assert read(Event("received", date(2020, 12, 11))).state == "waiting"  # tomorrow's event is not known today


def test_running_overdue_met_and_met_late() -> None:
    assert read(RECEIVED).state == "running"
    assert read(RECEIVED, now="2020-12-16T23:59").state == "running"
    assert read(RECEIVED, now="2020-12-17T00:00").state == "overdue"
    assert read(RECEIVED, Event("answered", date(2020, 12, 16)), now="2021-03-01T00:00").state == "met"
    assert read(RECEIVED, Event("answered", date(2020, 12, 17)), now="2021-03-01T00:00").state == "met_late"
    assert read(RECEIVED, Event("answered", at("2020-12-17T00:01")), now="2021-03-01T00:00").state == "met_late"


def test_the_order_in_which_events_are_told_does_not_matter() -> None:
    events = [
        RECEIVED, Event("asked", date(2020, 12, 5)), Event("given", date(2020, 12, 9)),
        Event(EXTENDED, date(2020, 12, 12), APPROVED), Event("answered", date(2020, 12, 30)),
    ]
    expected = read(*events, now="2021-02-01T00:00")
    for seed in range(20):
        shuffled = random.Random(seed).sample(events, len(events))
        assert read(*shuffled, now="2021-02-01T00:00") == expected


def test_a_supplement_moves_the_end_by_the_days_it_took() -> None:
    found = read(RECEIVED, Event("asked", date(2020, 12, 5)), Event("given", date(2020, 12, 9)))
    assert (found.due_on, found.state, found.is_provisional) == (date(2020, 12, 20), "running", False)


def test_while_the_supplement_is_awaited_the_clock_stands_and_is_never_overdue() -> None:
    found = read(RECEIVED, Event("asked", date(2020, 12, 5)), now="2021-06-01T12:00")
    assert (found.state, found.is_provisional) == ("paused", True)
    assert found.due_on == date(2020, 12, 16) + (date(2021, 6, 1) - date(2020, 12, 5))


def test_a_second_question_while_one_is_open_is_no_second_pause() -> None:
    once = read(RECEIVED, Event("asked", date(2020, 12, 5)), Event("given", date(2020, 12, 9)))
    twice = read(
        RECEIVED, Event("asked", date(2020, 12, 5)), Event("asked", date(2020, 12, 7)),
        Event("given", date(2020, 12, 9)),
    )
    assert once.due_on == twice.due_on


def test_overlapping_reasons_stop_a_day_once() -> None:
    both = replace(FIFTEEN, pause_events=(SUPPLEMENT, PauseRule("expert", "report", False, TEXT)))
    found = read(
        RECEIVED, Event("asked", date(2020, 12, 3)), Event("expert", date(2020, 12, 5)),
        Event("given", date(2020, 12, 7)), Event("report", date(2020, 12, 9)), term=both,
    )
    assert found.due_on == date(2020, 12, 22)  # 3 to 9 December: six days, not four and four


def test_where_the_rule_says_so_the_term_begins_anew_with_the_supplement() -> None:
    anew = replace(FIFTEEN, pause_events=(replace(SUPPLEMENT, restarts=True),))
    found = read(RECEIVED, Event("asked", date(2020, 12, 5)), Event("given", date(2020, 12, 9)), term=anew)
    assert found.due_on == date(2020, 12, 24)
    assert found.started_at == date(2020, 12, 1)  # the legal start stays on record
    assert read(RECEIVED, Event("asked", date(2020, 12, 5)), term=anew).state == "paused"


def test_two_extensions_each_with_approver_and_notice() -> None:
    first = Event(EXTENDED, date(2020, 12, 10), APPROVED)
    second = Event(EXTENDED, date(2020, 12, 28), APPROVED)
    assert read(RECEIVED, first).due_on == date(2020, 12, 31)
    found = read(RECEIVED, first, second, now="2021-01-05T00:00")
    assert (found.due_on, found.extensions, found.refused) == (date(2021, 1, 30), 2, ())
    assert any("approved by supervisor:1" in step["en"] for step in found.why)


@pytest.mark.parametrize(
    ("data", "day", "said"),
    [
        ({"notified_at": "2020-12-10"}, date(2020, 12, 10), "nobody approved it"),
        ({"approver": "supervisor:1"}, date(2020, 12, 10), "the person concerned was not told"),
        (APPROVED, date(2020, 12, 18), "the term had ended on 2020-12-16"),
    ],
)
def test_an_extension_that_breaks_the_rule_has_no_effect_and_says_so(data, day, said) -> None:
    found = read(RECEIVED, Event(EXTENDED, day, data), now="2020-12-20T00:00")
    assert (found.due_on, found.extensions) == (date(2020, 12, 16), 0)
    assert said in found.why[-1]["en"]
    assert "不计" in found.why[-1]["zh"]


def test_more_extensions_than_the_rule_has_are_not_counted() -> None:
    events = [Event(EXTENDED, date(2020, 12, 2 + n), APPROVED) for n in range(3)]
    found = read(RECEIVED, *events)
    assert (found.extensions, found.due_on) == (2, date(2021, 1, 30))
    assert "no further one is allowed" in found.refused[0]["en"]


def test_several_clocks_of_one_subject_read_the_same_log() -> None:
    events = [RECEIVED, Event("passed_on", date(2020, 12, 4))]
    found = read_clocks([FIFTEEN, SEVEN], events, {"cn-working-days": CALENDAR}, now=at("2020-12-10T12:00"))
    assert {key: (item.state, item.due_on) for key, item in found.items()} == {
        "complaint.answer": ("running", date(2020, 12, 16)),
        "complaint.handling": ("met", date(2020, 12, 10)),
    }


def test_a_review_inherits_what_the_first_clock_left() -> None:
    """Part-way complaints get the balance of the remaining time."""
    first = read(RECEIVED)
    left = balance_left(first, FIFTEEN, CALENDAR, at("2020-12-10T12:00"))
    assert (left.amount, left.unit) == (6, "calendar_days")
    review = replace(FIFTEEN, key="complaint.review", start_event="review", amount=30, extensions=())
    found = read(Event("review", date(2020, 12, 10)), term=review, inherited=left)
    assert found.due_on == first.due_on
    assert "6 calendar days left" in found.why[0]["en"]


def test_a_balance_is_never_negative_and_needs_a_clock_that_began() -> None:
    late = read(RECEIVED, now="2021-06-01T00:00")
    assert balance_left(late, FIFTEEN, CALENDAR, at("2021-06-01T00:00")).amount == 0
    with pytest.raises(ValueError, match="has not begun"):
        balance_left(read(), FIFTEEN, CALENDAR, at("2020-12-10T12:00"))


def test_a_balance_counts_in_the_unit_of_its_clock() -> None:
    handling = read(RECEIVED, term=SEVEN)
    assert balance_left(handling, SEVEN, CALENDAR, at("2020-12-04T12:00")).amount == 4
    hours = replace(SEVEN, amount=24, unit="hours")
    begun = Event("received", at("2020-12-01T09:00"))
    running = read(begun, term=hours, now="2020-12-01T12:30")
    assert balance_left(running, hours, CALENDAR, at("2020-12-01T12:30")).amount == 20
    months = replace(SEVEN, amount=1, unit="months")
    assert balance_left(read(RECEIVED, term=months), months, CALENDAR, at("2020-12-30T00:00")).unit == "calendar_days"


def without(year: int) -> Calendar:
    return replace(CALENDAR, years={key: value for key, value in CALENDAR.years.items() if key != year}, version="old")


def test_a_correction_names_its_cause() -> None:
    start = Event("received", date(2017, 12, 27))
    before = read_clock(SEVEN, [start], without(2018), now=at("2017-12-28T00:00"))
    after = read(start, term=SEVEN, now="2017-12-28T00:00")
    assert (before.due_on, before.is_provisional) == (date(2018, 1, 5), True)
    assert (after.due_on, after.is_provisional) == (date(2018, 1, 8), False)
    stored = {"due_on": before.due_on, "provisional": True, "calendar_version": "old"}
    moved = difference(after, term_version=SEVEN.version, **stored)
    assert moved is not None
    assert (moved.before, moved.after, moved.causes) == (date(2018, 1, 5), date(2018, 1, 8), ("calendar",))
    longer = replace(SEVEN, amount=8)
    both = difference(read(start, term=longer, now="2017-12-28T00:00"), term_version=SEVEN.version, **stored)
    assert both is not None
    assert both.causes == ("term", "calendar")


def test_nothing_moved_is_no_difference_even_under_another_version() -> None:
    found = read(RECEIVED)
    same = {"due_on": found.due_on, "provisional": False}
    assert difference(found, term_version="x", calendar_version="y", **same) is None
    late = difference(
        found, due_on=date(2020, 12, 15), provisional=False, term_version=FIFTEEN.version,
        calendar_version=CALENDAR.version,
    )
    assert late is not None
    assert late.causes == ("events",)


def test_a_title_makes_no_new_version_and_a_day_does() -> None:
    assert replace(FIFTEEN, title={"zh": "别的", "en": "other"}).version == FIFTEEN.version
    assert replace(FIFTEEN, amount=16).version != FIFTEEN.version
    assert replace(FIFTEEN, pause_events=()).version != FIFTEEN.version


def test_a_term_survives_the_way_through_json() -> None:
    for term in (FIFTEEN, SEVEN, *cn_pack().deadlines):
        assert DeadlineEntry.from_dict(term.as_dict()) == term


def test_naive_moments_are_refused() -> None:
    with pytest.raises(ValueError, match="Naive"):
        read_clock(FIFTEEN, [RECEIVED], CALENDAR, now=datetime(2020, 12, 10))  # noqa: DTZ001
    with pytest.raises(ValueError, match="Naive"):
        read(Event("received", datetime(2020, 12, 1)))  # noqa: DTZ001


# --- the clock defects of public systems, one test each (research: cases, section 1.1) -------------------------------


def test_c2_a_breach_never_closes_the_clock() -> None:
    for days in (1, 30, 400, 4000):
        found = read_clock(FIFTEEN, [RECEIVED], CALENDAR, now=at("2020-12-17T00:00") + timedelta(days=days))
        assert (found.state, found.met_at, found.due_on) == ("overdue", None, date(2020, 12, 16))


def test_c3_a_day_without_the_job_loses_nothing() -> None:
    """Overdue is asked of the moment, never of "today equals"."""
    moments = [at("2020-12-01T00:00") + timedelta(hours=h) for h in range(0, 24 * 40, 7)]
    states = [read_clock(FIFTEEN, [RECEIVED], CALENDAR, now=moment).state for moment in moments]
    assert states == sorted(states, key=["running", "overdue"].index)


def test_c4_fifty_edits_move_nothing() -> None:
    edits = [Event("edited", date(2020, 12, 1) + timedelta(days=n % 9)) for n in range(50)]
    assert read(RECEIVED, *edits) == read(RECEIVED)
    again = [Event("received", date(2020, 12, 2) + timedelta(days=n)) for n in range(5)]
    assert read(RECEIVED, *again).due_on == read(RECEIVED).due_on  # the first receipt starts it, a second copy does not


def test_c5_elapsed_time_is_read_and_not_counted_up() -> None:
    """Whatever runs were dropped, the same log gives the same answer at the same moment."""
    log = [RECEIVED, Event("asked", date(2020, 12, 10)), Event("given", date(2021, 1, 10))]
    final = read(*log, now="2021-01-15T00:00")
    for dropped in range(10):
        for step in range(dropped):
            read(*log, now=f"2020-12-{11 + step}T00:00")
        assert read(*log, now="2021-01-15T00:00") == final
    assert final.due_on == date(2021, 1, 16)  # a pause from the 10th to the 10th is thirty-one days, not none


def test_c6_holidays_and_make_up_days_count_and_an_older_clock_keeps_its_rule() -> None:
    october = read(Event("received", date(2017, 9, 28)), term=SEVEN, now="2017-10-01T00:00")
    assert october.due_on == date(2017, 10, 13)
    shorter = replace(SEVEN, amount=5)
    assert read(Event("received", date(2017, 9, 28)), term=shorter, now="2017-10-01T00:00").due_on < october.due_on
    kept = DeadlineEntry.from_dict(SEVEN.as_dict())  # the clock keeps the term it started under, whatever comes later
    assert read(Event("received", date(2017, 9, 28)), term=kept, now="2017-10-01T00:00") == october


@pytest.mark.parametrize(("unit", "amount"), [("calendar_days", 15), ("working_days", 7), ("hours", 24), ("months", 1)])
def test_c7_a_suspension_moves_the_end_in_every_unit(unit: str, amount: int) -> None:
    term = replace(FIFTEEN, unit=unit, amount=amount, extensions=())
    start = Event("received", at("2020-12-01T09:00"))
    plain = read(start, term=term, now="2020-12-01T20:00")
    paused = [Event("asked", at("2020-12-01T18:00")), Event("given", at("2020-12-04T18:00"))]
    moved = read(start, *paused, term=term, now="2020-12-20T20:00")
    assert plain.deadline is not None
    assert moved.deadline is not None
    expected = {"hours": timedelta(days=3), "calendar_days": timedelta(days=3), "months": timedelta(days=3)}
    gap = moved.deadline.due - plain.deadline.due
    assert gap == expected.get(unit, timedelta(days=5))  # 2, 3, 4 December stand still; the weekend comes between


def test_c8_an_unpublished_year_is_provisional_until_its_notice() -> None:
    start = Event("received", date(2017, 12, 27))
    early = read(start, term=SEVEN, now="2017-12-28T00:00", known_at=date(2017, 11, 1))
    later = read(start, term=SEVEN, now="2017-12-28T00:00", known_at=date(2017, 12, 1))
    assert (early.is_provisional, later.is_provisional) == (True, False)
    assert "no published holidays yet" in " ".join(step["en"] for step in early.why)


DAYS = st.dates(date(2016, 1, 5), date(2025, 6, 1))


@settings(max_examples=80, deadline=None)
@given(start=DAYS, first=st.integers(1, 14), length=st.integers(1, 60))
def test_a_pause_inside_the_term_moves_calendar_days_exactly(start: date, first: int, length: int) -> None:
    begin, end = start + timedelta(days=first), start + timedelta(days=first + length)
    now = datetime.combine(end, datetime.min.time(), UTC) + timedelta(days=1)
    plain = read_clock(FIFTEEN, [Event("received", start)], CALENDAR, now=now)
    log = [Event("received", start), Event("asked", begin), Event("given", end)]
    moved = read_clock(FIFTEEN, log, CALENDAR, now=now)
    assert plain.due_on is not None
    assert moved.due_on == plain.due_on + timedelta(days=length)


@settings(max_examples=80, deadline=None)
@given(
    start=DAYS,
    pauses=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 20)), max_size=4),
    extensions=st.lists(st.integers(1, 60), max_size=3),
)
def test_recomputing_from_the_log_finds_no_difference(start, pauses, extensions) -> None:
    log = [Event("received", start)]
    log += [Event("asked", start + timedelta(days=first)) for first, _ in pauses]
    log += [Event("given", start + timedelta(days=first + length)) for first, length in pauses]
    log += [Event(EXTENDED, start + timedelta(days=day), APPROVED) for day in extensions]
    now = datetime.combine(start, datetime.min.time(), UTC) + timedelta(days=200)
    found = read_clock(FIFTEEN, log, CALENDAR, now=now)
    again = read_clock(FIFTEEN, list(reversed(log)), CALENDAR, now=now)
    assert difference(
        again, due_on=found.due_on, provisional=found.is_provisional, term_version=found.term_version,
        calendar_version=found.calendar_version,
    ) is None
    assert found.due_on is not None
    assert found.due_on >= start + timedelta(days=15)
