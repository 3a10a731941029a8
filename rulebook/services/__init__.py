"""The only code of the rulebook that writes."""

from rulebook.services.calendars import calendar_year_publish
from rulebook.services.checking import pack_check
from rulebook.services.confirming import ConfirmationRef, source_confirm, source_countersign, source_unconfirm
from rulebook.services.drafting import (
    DraftReport,
    ExampleOutcome,
    draft_examples,
    draft_report,
    text_diff,
)
from rulebook.services.editing import (
    DraftRef,
    draft_create,
    draft_rebase,
    draft_save,
    draft_step,
    withdrawal_create,
)
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
    "DraftRef",
    "DraftReport",
    "ExampleOutcome",
    "PackLoadResult",
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
    "pack_load",
    "rehearsal_provider_set",
    "rule_rehearse",
    "source_confirm",
    "source_countersign",
    "source_unconfirm",
    "text_diff",
    "withdrawal_create",
]
