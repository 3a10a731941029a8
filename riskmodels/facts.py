"""Small pure questions about snapshots."""

from __future__ import annotations

from datetime import date

RECENT_MONTHS = 2


def is_recent_period(period: str, today: date) -> bool:
    """Whether a month (YYYY-MM…) lies within the two months before today's, or in it."""
    if len(period) < 7 or not (period[:4].isdigit() and period[5:7].isdigit()):
        return False
    age = today.year * 12 + today.month - (int(period[:4]) * 12 + int(period[5:7]))
    return 0 <= age <= RECENT_MONTHS
