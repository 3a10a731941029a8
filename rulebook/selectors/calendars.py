"""Working-day calendars as they are published today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from django.db.models import Count, Max, Q

from rulebook import packs
from rulebook.calendars import Calendar, CalendarYear, version_of
from rulebook.home import home
from rulebook.models import WorkingYear

PACK = home().pack
CALENDAR = home().calendar
_NOT_REPLACED = Q(replaced_at__isnull=True)


def working_calendar(key: str = CALENDAR, pack: str = PACK, known_at: datetime | None = None) -> Calendar:
    """Return a working-day calendar with every year published so far, also those staff entered.

    With a moment, the years as the system knew them then. Before the pack is loaded the pack's own file is used.
    Raises `FileNotFoundError` for an unknown key.
    """
    rows = WorkingYear.objects.filter(pack=pack, calendar=key)
    if known_at is not None:
        return _of_rows(pack, key, rows.filter(_NOT_REPLACED | Q(replaced_at__gt=known_at), created_at__lte=known_at))
    state = rows.filter(_NOT_REPLACED).aggregate(newest=Max("id"), years=Count("id"))
    is_loaded = bool(state["years"]) or rows.exists()
    return _calendar(pack, key, *state.values()) if is_loaded else packs.shipped_calendar(pack, key)


@lru_cache(maxsize=32)
def _calendar(pack: str, key: str, newest: int | None, years: int) -> Calendar:
    """The years as rows. A correction makes a newer row and a dropped year makes them fewer, hence the two numbers."""
    return _of_rows(pack, key, WorkingYear.objects.filter(_NOT_REPLACED, pack=pack, calendar=key))


def _of_rows(pack: str, key: str, rows: Iterable[WorkingYear]) -> Calendar:
    shipped = packs.shipped_calendar(pack, key)
    years = {row.year: _year(row) for row in rows}
    return Calendar(key, shipped.title, shipped.zone, years, version_of(years.values()))


def _year(row: WorkingYear) -> CalendarYear:
    holidays = {date.fromisoformat(day): name for day, name in row.holidays.items()}
    return CalendarYear(
        row.year, row.notice, row.notice_verified, holidays, frozenset(map(date.fromisoformat, row.workdays))
    )
