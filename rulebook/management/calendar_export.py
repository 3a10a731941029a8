"""Write the working-day calendar of the `cn` pack from the `chinesecalendar` package (a once-a-year job).

Run `python -m rulebook.management.calendar_export OUT.yaml` after the State Council notice for the next year has
reached the package; check the result against the notice before committing it.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from chinese_calendar import Holiday, constants

FIRST_YEAR = 2015
# Day of the yearly State Council notice (from memory, to be confirmed); a year is "not yet published" before it.
NOTICES = {
    2015: "2014-12-16", 2016: "2015-12-10", 2017: "2016-12-01", 2018: "2017-11-30", 2019: "2018-12-06",
    2020: "2019-11-21", 2021: "2020-11-25", 2022: "2021-10-25", 2023: "2022-12-08", 2024: "2023-10-25",
    2025: "2024-11-12", 2026: "2025-11-04",
}
HEADER = """\
# China's working days: public holidays and make-up workdays by year. A day is a working day when it is listed under
# `workdays`, or when it is Monday to Friday and not under `holidays`. Years that are missing are "not yet published".
# Notice days are from memory. Written by rulebook/management/calendar_export.py.
calendar: cn-working-days
title: {zh: 中国工作日, en: Working days of China}
zone: Asia/Shanghai
years:
"""


def _names() -> dict[str, str]:
    return {holiday.value: holiday.chinese for holiday in Holiday}


def _year_block(year: int) -> str:
    chinese = _names()
    lines = [f'  - year: {year}', f"    notice: {NOTICES[year]}", "    notice_verified: false", "    holidays:"]
    for day, name in sorted(_of_year(constants.holidays, year).items()):
        lines.append(f'      {day.isoformat()}: {{zh: {chinese[name]}, en: "{name}"}}')
    lines.append("    workdays:")
    lines += [f"      - {day.isoformat()}" for day in sorted(_of_year(constants.workdays, year))]
    return "\n".join(lines)


def _of_year(days: dict[date, str], year: int) -> dict[date, str]:
    return {day: name for day, name in days.items() if day.year == year}


def calendar_yaml() -> str:
    """Return the calendar file as text, all years from 2015 to the last one the package knows."""
    last = max(constants.holidays).year
    blocks = [_year_block(year) for year in range(FIRST_YEAR, last + 1)]
    return HEADER + "\n".join(blocks) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(calendar_yaml(), encoding="utf-8")
