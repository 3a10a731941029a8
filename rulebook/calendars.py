"""Working days of a country as enumerated years, with a "not yet published" state. Pure.

China's holidays and make-up workdays are announced year by year, so no formula can hold them
(research: cases, C6 and C8). A missing year falls back on Monday to Friday and marks the answer provisional.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

SATURDAY = 5


@dataclass(frozen=True)
class CalendarYear:
    """One published year: named holidays, make-up workdays, and the day of the notice."""

    year: int
    notice: date | None
    notice_verified: bool
    holidays: Mapping[date, Mapping[str, str]]
    workdays: frozenset[date]


@dataclass(frozen=True)
class DayKind:
    """What a day is: working or not, sure or provisional, and the name of the holiday if it is one."""

    is_working: bool
    is_provisional: bool
    name: Mapping[str, str] | None
    is_make_up: bool = False


def version_of(years: Iterable[CalendarYear]) -> str:
    """Return the hash of what decides which days are worked; names and notices do not count."""
    parts = [
        (entry.year, sorted(map(str, entry.holidays)), sorted(map(str, entry.workdays)))
        for entry in sorted(years, key=lambda entry: entry.year)
    ]
    return sha256(json.dumps(parts).encode("utf-8")).hexdigest()


WEEKEND: Mapping[str, str] = {"zh": "周末", "en": "weekend"}


@dataclass(frozen=True)
class Calendar:
    """A working-day calendar; `version` is the hash of its source."""

    key: str
    title: Mapping[str, str]
    zone: str
    years: Mapping[int, CalendarYear]
    version: str

    def is_published(self, year: int, known_at: date | None = None) -> bool:
        """Return whether the year's notice was out, as known on a day (default: as this pack knows it)."""
        entry = self.years.get(year)
        return entry is not None and (known_at is None or entry.notice is None or entry.notice <= known_at)

    def kind(self, day: date, known_at: date | None = None) -> DayKind:
        """Return what a day is. An unpublished year gives Monday to Friday, marked provisional."""
        weekend = day.weekday() >= SATURDAY
        if not self.is_published(day.year, known_at):
            return DayKind(not weekend, is_provisional=True, name=WEEKEND if weekend else None)
        entry = self.years[day.year]
        if day in entry.workdays:
            return DayKind(True, is_provisional=False, name=None, is_make_up=weekend)
        if day in entry.holidays:
            return DayKind(False, is_provisional=False, name=entry.holidays[day])
        return DayKind(not weekend, is_provisional=False, name=WEEKEND if weekend else None)

    def is_working_day(self, day: date, known_at: date | None = None) -> bool:
        """Return whether a day is a working day; see `kind` for unpublished years."""
        return self.kind(day, known_at).is_working

    def working_days_between(self, start: date, end: date, known_at: date | None = None) -> int:
        """Return the working days after `start` up to and including `end` (0 when end is not after start)."""
        days = (start + timedelta(days=step) for step in range(1, (end - start).days + 1))
        return sum(1 for day in days if self.is_working_day(day, known_at))

    def exceptions(self, years: range) -> tuple[tuple[date, int], ...]:
        """Return the days of published years that differ from Monday to Friday: (day, +1 or -1), sorted."""
        found: list[tuple[date, int]] = []
        for year in years:
            if year in self.years:
                found += [(day, -1) for day in self.years[year].holidays if day.weekday() < SATURDAY]
                found += [(day, +1) for day in self.years[year].workdays if day.weekday() >= SATURDAY]
        return tuple(sorted(found))
