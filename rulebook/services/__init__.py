"""The only code of the rulebook that writes."""

from rulebook.services.calendars import calendar_year_publish
from rulebook.services.checking import pack_check
from rulebook.services.confirming import ConfirmationRef, source_confirm, source_countersign, source_unconfirm
from rulebook.services.loading import PackLoadResult, pack_load

__all__ = [
    "ConfirmationRef",
    "PackLoadResult",
    "calendar_year_publish",
    "pack_check",
    "pack_load",
    "source_confirm",
    "source_countersign",
    "source_unconfirm",
]
