"""Deadlines: counting, pauses, extensions, calendars; one test per defect C5-C8 that others had."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulebook.clocks import Extension, Pause, deadline
from tests.factories.rulebook import cn_pack

CALENDAR = cn_pack().calendars["cn-working-days"]
SHANGHAI = ZoneInfo("Asia/Shanghai")
REASON = {"zh": "等待补正", "en": "supplement awaited"}


def due(start, amount, unit, **more):
    return deadline(start=start, amount=amount, unit=unit, calendar=CALENDAR, **more)


def test_fifteen_calendar_days_start_the_day_after():
    found = due(date(2020, 12, 1), 15, "calendar_days")
    assert found.due_on == date(2020, 12, 16)
    assert found.due == datetime(2020, 12, 16, 15, 59, 59, tzinfo=UTC)  # the last second of the day in Shanghai
    assert not found.provisional
    assert not found.is_overdue(found.due)
    assert found.is_overdue(found.due + timedelta(seconds=1))


def test_seven_working_days_skip_weekend_and_holidays_and_count_make_up_days():
    """Before National Day 2017: Sat 30 September is worked, 1 to 8 October are free."""
    found = due(date(2017, 9, 28), 7, "working_days")
    assert found.due_on == date(2017, 10, 13)
    said = " ".join(step["en"] for step in found.steps)
    assert "Make-up workdays counted: 2017-09-30" in said
    assert "National Day" in said
    assert "7 working days end on 2017-10-13" in said


def test_every_step_is_said_in_both_languages():
    found = due(date(2017, 9, 28), 7, "working_days", pauses=[Pause(date(2017, 9, 29), date(2017, 10, 9), REASON)])
    assert found.steps
    assert all(step["zh"] and step["en"] for step in found.steps)
    assert any("中止" in step["zh"] for step in found.steps)


def test_an_evening_event_counts_by_the_legal_day():
    """16:30 UTC is already the next day in Shanghai."""
    assert due(datetime(2020, 12, 1, 16, 30, tzinfo=UTC), 1, "calendar_days").due_on == date(2020, 12, 3)
    assert due(datetime(2020, 12, 1, 15, 30, tzinfo=UTC), 1, "calendar_days").due_on == date(2020, 12, 2)


def test_months_end_on_the_last_day_of_a_short_month():
    assert due(date(2017, 8, 31), 6, "months").due_on == date(2018, 2, 28)
    assert due(date(2016, 8, 17), 12, "months").due_on == date(2017, 8, 17)


def test_hours_are_exact():
    start = datetime(2021, 7, 1, 9, 30, tzinfo=SHANGHAI)
    assert due(start, 24, "hours").due == start + timedelta(hours=24)


def test_hours_stand_still_while_paused():
    start = datetime(2021, 7, 1, 9, 30, tzinfo=SHANGHAI)
    pause = Pause(start + timedelta(hours=2), start + timedelta(hours=5), REASON)
    assert due(start, 24, "hours", pauses=[pause]).due == start + timedelta(hours=27)
    late = Pause(start + timedelta(hours=30), start + timedelta(hours=35), REASON)
    assert due(start, 24, "hours", pauses=[late]).due == start + timedelta(hours=24)


def test_the_last_day_rolls_to_a_working_day_when_the_rule_says_so():
    assert due(date(2017, 9, 16), 15, "calendar_days").due_on == date(2017, 10, 1)
    assert due(date(2017, 9, 16), 15, "calendar_days", roll_to_working_day=True).due_on == date(2017, 10, 9)


def test_two_extensions_follow_each_other_and_name_the_approver():
    """Banking complaints: 15, complex 30 in all, special 30 more."""
    more = [
        Extension(15, "calendar_days", {"zh": "情况复杂", "en": "complex"}, "测试负责人"),
        Extension(30, "calendar_days", {"zh": "特别复杂", "en": "specially complex"}),
    ]
    found = due(date(2020, 12, 1), 15, "calendar_days", extensions=more)
    assert found.due_on == date(2020, 12, 1) + timedelta(days=60)
    assert any("approved by 测试负责人" in step["en"] for step in found.steps)


def test_c5_days_come_from_events_and_not_from_a_counter():
    """A pause that lasts from the same day of one month to the next is not skipped."""
    pause = Pause(date(2017, 6, 10), date(2017, 7, 10), REASON)
    assert due(date(2017, 6, 5), 15, "calendar_days", pauses=[pause]).due_on == date(2017, 7, 20)


def test_c6_working_days_know_holidays_and_make_up_workdays():
    assert not CALENDAR.is_working_day(date(2017, 10, 2))
    assert CALENDAR.is_working_day(date(2017, 9, 30))
    assert CALENDAR.working_days_between(date(2017, 9, 29), date(2017, 10, 9)) == 2


def test_c7_a_pause_of_n_days_moves_the_end_by_n_days():
    plain = due(date(2020, 12, 1), 15, "calendar_days").due_on
    for days in (1, 4, 30):
        pause = Pause(date(2020, 12, 5), date(2020, 12, 5) + timedelta(days=days), REASON)
        moved = due(date(2020, 12, 1), 15, "calendar_days", pauses=[pause])
        assert moved.due_on == plain + timedelta(days=days)
        assert not moved.provisional


def test_c7_an_open_pause_is_never_overdue_and_says_so():
    pause = Pause(date(2020, 12, 5), None, REASON)
    found = due(date(2020, 12, 1), 15, "calendar_days", pauses=[pause], as_of=date(2020, 12, 20))
    assert found.due_on == date(2020, 12, 31)
    assert found.is_paused
    assert found.provisional
    assert not found.is_overdue(datetime(2021, 6, 1, tzinfo=UTC))
    assert "A pause is still open" in found.steps[-1]["en"]


def test_c8_a_year_without_notice_is_provisional():
    found = due(date(2026, 12, 30), 7, "working_days")
    assert found.due_on == date(2027, 1, 8)
    assert found.provisional
    assert "no published holidays yet" in found.steps[-1]["en"]


def test_c8_calendar_days_do_not_care_for_an_unpublished_year():
    assert not due(date(2026, 12, 30), 15, "calendar_days").provisional


def test_c8_the_answer_changes_when_the_notice_arrives():
    """Seen from 2017-07-10 the year 2018 is unknown; later 1 January is free."""
    before = due(date(2017, 12, 29), 1, "working_days", known_at=date(2017, 7, 10))
    after = due(date(2017, 12, 29), 1, "working_days", known_at=date(2017, 12, 1))
    assert (before.due_on, before.provisional) == (date(2018, 1, 1), True)
    assert (after.due_on, after.provisional) == (date(2018, 1, 2), False)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("unknown unit", {"start": date(2020, 1, 1), "amount": 1, "unit": "weeks"}),
        ("negative", {"start": date(2020, 1, 1), "amount": -1, "unit": "working_days"}),
        ("absurd", {"start": date(2020, 1, 1), "amount": 10**6, "unit": "calendar_days"}),
        ("hours without a time of day", {"start": date(2020, 1, 1), "amount": 1, "unit": "hours"}),
        ("naive", {"start": datetime(2020, 1, 1), "amount": 1, "unit": "hours"}),  # noqa: DTZ001
        (
            "pause backwards",
            {
                "start": date(2020, 1, 1), "amount": 1, "unit": "calendar_days",
                "pauses": [Pause(date(2020, 1, 3), date(2020, 1, 2), REASON)],
            },
        ),
    ],
)
def test_bad_input_is_refused(kind, arguments):
    with pytest.raises(ValueError, match=r"\w"):
        deadline(calendar=CALENDAR, **arguments)


DAYS = st.dates(date(2015, 6, 1), date(2025, 6, 1))


@settings(max_examples=60, deadline=None)
@given(start=DAYS, amount=st.integers(1, 60), first=st.integers(1, 40), length=st.integers(0, 60))
def test_a_pause_inside_the_term_moves_calendar_days_by_its_length(start, amount, first, length):
    plain = due(start, amount, "calendar_days").due_on
    begin = start + timedelta(days=first)
    moved = due(start, amount, "calendar_days", pauses=[Pause(begin, begin + timedelta(days=length), REASON)]).due_on
    assert moved == plain + timedelta(days=length if begin < plain else 0)


@settings(max_examples=60, deadline=None)
@given(start=DAYS, amount=st.integers(1, 60))
def test_more_units_never_end_earlier_and_working_days_end_on_one(start, amount):
    shorter, longer = due(start, amount, "working_days"), due(start, amount + 1, "working_days")
    assert shorter.due_on < longer.due_on
    assert CALENDAR.is_working_day(shorter.due_on)
    assert CALENDAR.working_days_between(start, shorter.due_on) == amount


@pytest.mark.parametrize("unit", ["calendar_days", "working_days", "months", "hours"])
def test_a_term_past_the_last_year_is_refused_in_words(unit: str):
    start = datetime(9999, 12, 31, 12, tzinfo=UTC) if unit == "hours" else date(9999, 12, 1)
    with pytest.raises(ValueError, match="after the year 9999"):
        due(start, 60, unit)
    assert due(date(9999, 11, 1), 1, "calendar_days").due_on == date(9999, 11, 2)


def test_no_term_moves_its_last_day_by_a_rule_from_memory():
    """The civil rule on holidays stands in no fact; a term that uses it would give days no seen text gives."""
    assert [term.key for term in cn_pack().deadlines if term.rolls] == []
    assert due(date(2017, 9, 24), 7, "calendar_days").due_on == date(2017, 10, 1)
    assert due(date(2017, 9, 24), 7, "calendar_days", roll_to_working_day=True).due_on == date(2017, 10, 9)
