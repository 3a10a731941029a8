"""Moments in a query: a day is meant until its end, in the legal zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_LENGTH = len("2017-06-30")


def moment_of(text: str, zone: str) -> datetime:
    """Return the moment that a text names, in UTC; a day is its last microsecond, no offset means the zone.

    Raises `ValueError` for anything else, also for a day outside the calendar.
    """
    text = text.replace(" ", "+")  # an offset whose plus sign was not escaped
    try:
        if len(text) == DAY_LENGTH:
            last = date.fromisoformat(text) + timedelta(days=1)
            return datetime.combine(last, time(0), ZoneInfo(zone)).astimezone(UTC) - timedelta(microseconds=1)
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error
