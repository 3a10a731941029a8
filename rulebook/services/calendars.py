"""Published calendar years: loaded with the pack, entered by staff when a notice comes before the next release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.outbox import event_emit
from common.principal import Principal
from common.versions import Counts
from rulebook.calendars import Calendar, CalendarYear
from rulebook.choices import Origin
from rulebook.events import CALENDAR_PUBLISHED
from rulebook.models import WorkingYear
from rulebook.permissions import require_calendar_publisher
from rulebook.selectors.calendars import PACK

EARLIEST_YEAR, LATEST_YEAR = 2000, 2100
MOST_FREE_DAYS = 80


def calendar_years_load(pack: str, calendars: Mapping[str, Calendar], moment: datetime) -> Counts:
    """Write the years of a pack that are new or differ from the pack's own rows, and replace years it dropped.

    In the caller's transaction. A year that staff entered stays: the notice they read decides until a person
    replaces it.
    """
    rows = WorkingYear.objects.filter(pack=pack, replaced_at__isnull=True)
    stored = {(row.calendar, row.year): row for row in rows}
    given = [(key, year) for key, calendar in calendars.items() for year in calendar.years.values()]
    found = sum(
        (_load_year(pack, key, year, stored.pop((key, year.year), None), moment) for key, year in given), Counts()
    )
    dropped = [row for row in stored.values() if row.origin == Origin.PACK]
    for row in dropped:
        _replace(row, moment)
    return found + Counts(retired=len(dropped))


def _load_year(pack: str, key: str, year: CalendarYear, known: WorkingYear | None, moment: datetime) -> Counts:
    values = year_values(year)
    if known is not None and known.origin == Origin.STAFF:
        return Counts(kept=1)
    if known is not None and all(getattr(known, name) == value for name, value in values.items()):
        return Counts(unchanged=1)
    _replace(known, moment)
    WorkingYear.objects.create(
        pack=pack, calendar=key, year=year.year, origin=Origin.PACK, created_at=moment, **values
    )
    return Counts(created=1) if known is None else Counts(changed=1)


def year_values(year: CalendarYear) -> dict[str, Any]:
    """Return the columns of a calendar year."""
    return {
        "notice": year.notice,
        "notice_verified": year.notice_verified,
        "holidays": {day.isoformat(): dict(name) for day, name in sorted(year.holidays.items())},
        "workdays": [day.isoformat() for day in sorted(year.workdays)],
    }


def _replace(known: WorkingYear | None, moment: datetime) -> None:
    if known is not None:
        known.replaced_at = moment
        known.save(update_fields=["replaced_at"])


def calendar_year_publish(
    *,
    actor: Principal,
    calendar: str,
    year: int,
    notice: date,
    holidays: Mapping[date, Mapping[str, str]],
    workdays: Sequence[date],
    source: str,
    pack: str = PACK,
) -> int:
    """Enter a year of working days from its official notice, or correct one; returns the row's id.

    Provisional dates that cross this year are recomputed afterwards, with a list of what moved. Entering the same
    year with the same days again changes nothing. Refuses without permission, an unknown calendar, days outside the
    year, a day that is both free and worked, no free day at all, and a source that is no https address.
    """
    require_calendar_publisher(actor)
    entry = CalendarYear(year, notice, True, dict(holidays), frozenset(workdays))
    _refuse_bad_year(pack, calendar, entry, source)
    with acting_as(actor):
        rows = WorkingYear.objects.select_for_update().filter(pack=pack, calendar=calendar, year=year)
        known = rows.filter(replaced_at__isnull=True).first()
        values = year_values(entry)
        if known is not None and all(getattr(known, name) == value for name, value in values.items()):
            return known.pk
        moment = clock.now()
        _replace(known, moment)
        row = WorkingYear.objects.create(
            pack=pack, calendar=calendar, year=year, origin=Origin.STAFF, published_by=actor.label, source=source,
            created_at=moment, **values,
        )
        event_emit(CALENDAR_PUBLISHED, {"calendar": calendar, "year": year})
    return row.pk


def _refuse_bad_year(pack: str, calendar: str, entry: CalendarYear, source: str) -> None:
    known = sorted(set(WorkingYear.objects.filter(pack=pack).values_list("calendar", flat=True)))
    if calendar not in known:
        raise _refusal("calendar", _("There is no such calendar."), ", ".join(known))
    if not EARLIEST_YEAR <= entry.year <= LATEST_YEAR:
        raise _refusal("year", _("This year cannot be entered."), _("Write four digits, e.g. 2027."))
    outside = [day for day in (*entry.holidays, *entry.workdays) if day.year != entry.year]
    if outside:
        raise _refusal("holidays", _("%s does not lie in the year.") % outside[0], _("Correct the day."))
    both = set(entry.holidays) & entry.workdays
    if both:
        raise _refusal("workdays", _("%s is named as free and as worked.") % min(both), _("Keep it in one list."))
    if not 0 < len(entry.holidays) <= MOST_FREE_DAYS:
        raise _refusal("holidays", _("A year has between 1 and 80 free days."), _("Copy them from the notice."))
    if urlsplit(source).scheme != "https" or not urlsplit(source).netloc:
        raise _refusal("source", _("The notice needs an address."), _("Give the https address of the notice."))


def _refusal(field: str, message: Any, cure: Any) -> Refusal:
    return Refusal(f"calendar.{field}", message, field=field, cure=cure, status=422)
