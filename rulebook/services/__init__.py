"""The only code of the rulebook that writes."""

from rulebook.services.calendars import calendar_year_publish
from rulebook.services.checking import pack_check
from rulebook.services.confirming import ConfirmationRef, source_confirm, source_countersign, source_unconfirm
from rulebook.services.loading import PackLoadResult, pack_load
from rulebook.services.rehearsal import (
    ChangedChecks,
    Rehearsal,
    RehearsalReport,
    RehearsalRow,
    RehearsalSkip,
    RehearsedFinding,
    rehearsal_provider_set,
    rule_rehearse,
)

__all__ = [
    "ChangedChecks",
    "ConfirmationRef",
    "PackLoadResult",
    "Rehearsal",
    "RehearsalReport",
    "RehearsalRow",
    "RehearsalSkip",
    "RehearsedFinding",
    "calendar_year_publish",
    "pack_check",
    "pack_load",
    "rehearsal_provider_set",
    "rule_rehearse",
    "source_confirm",
    "source_countersign",
    "source_unconfirm",
]
