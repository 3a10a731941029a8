"""How often one address may ask: counted in a transaction of its own, so that a refused request counts too."""

from datetime import UTC, datetime, timedelta

from django.db.models import F

from common import clock
from common.db.acting import acting_as
from common.principal import system_principal
from common.vault import blind_index
from complaints.models import LookupWindow

WINDOW_SECONDS = 600
LIMITS = {"status": 20, "draft": 20, "file": 10}
KEEP = timedelta(days=1)
SWEPT_AT_ONCE = 20


def _window_start(moment: datetime) -> datetime:
    seconds = int(moment.timestamp())
    return datetime.fromtimestamp(seconds - seconds % WINDOW_SECONDS, tz=UTC)


def lookup_count(*, address: str, purpose: str) -> bool:
    """Count one request and say whether it is still allowed: 20 look-ups or 10 complaints in ten minutes.

    The address is stored as a keyed hash only. Call it before the work, outside the work's transaction.
    """
    start = _window_start(clock.real_now())
    with acting_as(system_principal("complaints.limits")):
        row, is_new = LookupWindow.objects.get_or_create(
            address_hash=blind_index("complaint.address", address), purpose=purpose, window_start=start
        )
        if is_new:
            _sweep_some()
        LookupWindow.objects.filter(pk=row.pk).update(count=F("count") + 1)
        row.refresh_from_db(fields=["count"])
    return row.count <= LIMITS[purpose]


def _sweep_some() -> None:
    """Delete a few windows older than a day: each new window pays for old ones, so the table stays small."""
    old = LookupWindow.objects.filter(window_start__lt=clock.real_now() - KEEP).order_by("window_start")
    LookupWindow.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:SWEPT_AT_ONCE])).delete()
