"""Business time and real time.

Services take business time from here; tests freeze it, the demo pins it to the quarter it shows (a row that every
process of the demo reads). Signatures, tokens, leases and the audit trail use real time and cannot be moved.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

LEGAL_ZONE = ZoneInfo(settings.TIME_ZONE)  # that of the home pack
_frozen: ContextVar[datetime | None] = ContextVar("lianxi_frozen_clock", default=None)
_cache: dict[str, float | timedelta] = {"read_at": -1.0, "offset": timedelta(0)}
CACHE_SECONDS = 1.0


def real_now() -> datetime:
    """The machine's time, UTC."""
    return timezone.now()


def now() -> datetime:
    """Business time, UTC: real time unless frozen by a test or shifted by the demo."""
    frozen = _frozen.get()
    return frozen if frozen is not None else real_now() + _offset()


def today(zone: ZoneInfo = LEGAL_ZONE) -> date:
    """The legal day at business time."""
    return now().astimezone(zone).date()


def _offset() -> timedelta:
    if not getattr(settings, "CLOCK_PINNABLE", False):
        return timedelta(0)
    moment = time.monotonic()
    if moment - float(_cache["read_at"]) > CACHE_SECONDS:  # type: ignore[arg-type]
        from common.models import BusinessClock

        _cache["offset"] = BusinessClock.current_offset()
        _cache["read_at"] = moment
    return _cache["offset"]  # type: ignore[return-value]


def is_shifted() -> bool:
    """True when business time differs from real time (the demo says so on every page)."""
    return _frozen.get() is not None or bool(_offset())


def pin(moment: datetime) -> None:
    """Make business time start at `moment` for every process (demo and tests only)."""
    if not getattr(settings, "CLOCK_PINNABLE", False):
        raise RuntimeError("The business clock can only be moved in the demo or in tests.")
    from common.models import BusinessClock

    BusinessClock.store(moment - real_now())
    _cache["read_at"] = -1.0


@contextmanager
def frozen(moment: datetime | date | str) -> Iterator[datetime]:
    """Freeze business time in this context, e.g. `with clock.frozen("2017-07-10T09:00+08:00")`."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, 9, tzinfo=LEGAL_ZONE)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=LEGAL_ZONE)
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield moment
    finally:
        _frozen.reset(token)
