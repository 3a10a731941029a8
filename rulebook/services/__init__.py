"""The only code of the rulebook that writes."""

from rulebook.services.calendars import calendar_year_publish
from rulebook.services.checking import PackReview, pack_check, pack_review
from rulebook.services.confirming import ConfirmationRef, source_confirm, source_countersign, source_unconfirm
from rulebook.services.drafting import (
    DraftReport,
    ExampleOutcome,
    draft_examples,
    draft_report,
)
from rulebook.services.editing import (
    DraftRef,
    draft_create,
    draft_rebase,
    draft_save,
    draft_step,
    past_day,
    withdrawal_create,
)
from rulebook.services.exporting import PackExport, pack_export
from rulebook.services.loading import PackLoadResult, pack_load, pack_lock
from rulebook.services.rehearsal import (
    ChangedChecks,
    Progress,
    Rehearsal,
    RehearsalReport,
    RehearsalRow,
    RehearsalSkip,
    RehearsedFinding,
    rehearsal_provider_set,
    rule_rehearse,
)
from rulebook.services.trying import rehearsal_start, rehearsal_stop

__all__ = [
    "ChangedChecks",
    "ConfirmationRef",
    "DraftRef",
    "DraftReport",
    "ExampleOutcome",
    "PackExport",
    "PackLoadResult",
    "PackReview",
    "Progress",
    "Rehearsal",
    "RehearsalReport",
    "RehearsalRow",
    "RehearsalSkip",
    "RehearsedFinding",
    "calendar_year_publish",
    "draft_create",
    "draft_examples",
    "draft_rebase",
    "draft_report",
    "draft_save",
    "draft_step",
    "pack_check",
    "pack_export",
    "pack_load",
    "pack_lock",
    "pack_review",
    "past_day",
    "rehearsal_provider_set",
    "rehearsal_start",
    "rehearsal_stop",
    "rule_rehearse",
    "source_confirm",
    "source_countersign",
    "source_unconfirm",
    "withdrawal_create",
]
