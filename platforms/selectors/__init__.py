"""Reads of this app. Everything that depends on the reader says by which rule."""

from platforms.selectors.calendar import ExpectedFiling, filing_calendar
from platforms.selectors.figures import (
    ComparedIndicator,
    evidence_rows,
    lake_rows,
    monthly_indicators_for,
    recomputed_of,
    reconciliations_of,
)
from platforms.selectors.filings import (
    FilingRef,
    check_progress,
    filing_totals,
    filings_latest,
    filings_visible_to,
    receipt_visible_to,
    revision_visible_to,
)
from platforms.selectors.findings import (
    FindingRef,
    finding_ref,
    findings_of,
    findings_of_filing,
    findings_of_revision,
    findings_visible_to,
)
from platforms.selectors.metrics import ShownMetric, ShownPart, metrics_visible_to
from platforms.selectors.register import (
    PlatformRef,
    SigningKey,
    depository_banks,
    platform_by_external_ref,
    platform_by_public_id,
    platform_ref,
    platform_refs,
    platforms_search,
    public_register,
    signing_key,
)
from platforms.selectors.staff_pages import EvidenceTable, evidence_table
from platforms.wording import figure_text

__all__ = [
    "ComparedIndicator",
    "EvidenceTable",
    "ExpectedFiling",
    "FilingRef",
    "FindingRef",
    "PlatformRef",
    "ShownMetric",
    "ShownPart",
    "SigningKey",
    "check_progress",
    "depository_banks",
    "evidence_rows",
    "evidence_table",
    "figure_text",
    "filing_calendar",
    "filing_totals",
    "filings_latest",
    "filings_visible_to",
    "finding_ref",
    "findings_of",
    "findings_of_filing",
    "findings_of_revision",
    "findings_visible_to",
    "lake_rows",
    "metrics_visible_to",
    "monthly_indicators_for",
    "platform_by_external_ref",
    "platform_by_public_id",
    "platform_ref",
    "platform_refs",
    "platforms_search",
    "public_register",
    "receipt_visible_to",
    "recomputed_of",
    "reconciliations_of",
    "revision_visible_to",
    "signing_key",
]
