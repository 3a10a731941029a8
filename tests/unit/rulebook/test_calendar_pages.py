"""A year of working days as people read and enter it."""

from datetime import date

import pytest

from common.errors import Refusal
from rulebook.admin.calendars import days_of, workdays_of, year_picture
from tests.factories.rulebook import cn_pack

NEW_YEAR = {"zh": "元旦", "en": "New Year's Day"}


def test_free_days_are_typed_as_spans_with_two_names() -> None:
    found = days_of("2027-01-01..2027-01-03 元旦 | New Year's Day\n\n2027-05-01 劳动节 | Labour Day")
    assert found == {
        date(2027, 1, 1): NEW_YEAR, date(2027, 1, 2): NEW_YEAR, date(2027, 1, 3): NEW_YEAR,
        date(2027, 5, 1): {"zh": "劳动节", "en": "Labour Day"},
    }


@pytest.mark.parametrize(
    "line",
    [
        "2027-02-30 元旦 | x", "2027-01-03..2027-01-01 元旦 | x", "2027-01-01 元旦",
        "2027-01-01..2027-12-31 全年 | year", "x",
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_a_good_one(line: str) -> None:
    with pytest.raises(Refusal) as refused:
        days_of(f"2027-01-01 元旦 | New Year's Day\n{line}")
    assert "2" in str(refused.value.message)
    assert "2027-01-01..2027-01-03" in str(refused.value.cure)


def test_workdays_are_days() -> None:
    assert workdays_of("2027-01-30\n2027-02-06\n") == [date(2027, 1, 30), date(2027, 2, 6)]
    with pytest.raises(Refusal):
        workdays_of("30.01.2027")


def test_the_picture_has_every_day_once_and_marks_what_differs() -> None:
    year = cn_pack().calendars["cn-working-days"].years[2017]
    holidays = {day.isoformat(): dict(name) for day, name in year.holidays.items()}
    workdays = [day.isoformat() for day in year.workdays]
    cells = [cell for month in year_picture(2017, holidays, workdays) for week in month["weeks"] for cell in week]
    kinds = [cell.kind for cell in cells if cell.number]
    assert len(kinds) == 365
    assert (kinds.count("makeup"), kinds.count("holiday")) == (len(workdays), len(holidays))
