"""Working-day calendars as they are published today."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.db.models import Max

from rulebook import packs
from rulebook.calendars import Calendar, CalendarYear, version_of
from rulebook.home import home
from rulebook.models import WorkingYear

PACK = home().pack
CALENDAR = home().calendar


def working_calendar(key: str = CALENDAR, pack: str = PACK) -> Calendar:
    """Return a working-day calendar with every year published so far, also those staff entered.

    Before the pack is loaded the pack's own file is used. Raises `FileNotFoundError` for an unknown key.
    """
    rows = WorkingYear.objects.filter(pack=pack, calendar=key, replaced_at__isnull=True)
    newest = rows.aggregate(newest=Max("id"))["newest"]
    return packs.shipped_calendar(pack, key) if newest is None else _calendar(pack, key, newest)


@lru_cache(maxsize=32)
def _calendar(pack: str, key: str, newest: int) -> Calendar:
    """The years as rows. `newest` is in the key because every publication and correction makes a newer row."""
    shipped = packs.shipped_calendar(pack, key)
    rows = WorkingYear.objects.filter(pack=pack, calendar=key, replaced_at__isnull=True)
    years = {row.year: _year(row) for row in rows}
    return Calendar(key, shipped.title, shipped.zone, years, version_of(years.values()))


def _year(row: WorkingYear) -> CalendarYear:
    holidays = {date.fromisoformat(day): name for day, name in row.holidays.items()}
    return CalendarYear(
        row.year, row.notice, row.notice_verified, holidays, frozenset(map(date.fromisoformat, row.workdays))
    )
