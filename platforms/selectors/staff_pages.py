"""What the staff pages of an institution, a filing and a finding show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from analytics.contracts import template
from common.principal import Principal
from platforms.models import DepositoryAgreement, Filing, FilingReport, FilingRevision, Finding
from platforms.selectors.figures import ComparedIndicator, evidence_rows, recomputed_of, reconciliations_of
from platforms.selectors.filings import filings_visible_to
from platforms.selectors.findings import findings_visible_to

SHOWN = 25
EVIDENCE_FILES = 12


@dataclass(frozen=True)
class EvidenceTable:
    """The first rows of an evidence file."""

    columns: list[str]
    rows: list[list[Any]]


@dataclass(frozen=True)
class ShownFinding:
    """A finding with the rows that prove it (for the newest few)."""

    row: Finding
    evidence: EvidenceTable | None


@dataclass(frozen=True)
class PlatformFile:
    """The page of one institution."""

    filings: list[Filing]
    findings: list[ShownFinding]
    compared: list[ComparedIndicator]
    reconciliations: list[dict[str, Any]]
    agreements: list[DepositoryAgreement]


@dataclass(frozen=True)
class FilingFile:
    """The page of one filing."""

    title: str
    revisions: list[FilingRevision]
    findings: list[Finding]
    outcomes: list[dict[str, Any]]
    rejected: list[dict[str, Any]]
    file_errors: list[dict[str, Any]]


def _said(text: Any) -> Any:
    if not isinstance(text, dict):
        return text
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return text.get(language) or text.get("en", "")


def evidence_table(evidence_key: str) -> EvidenceTable | None:
    """The first 20 rows of an evidence file as a table; None when there is no file."""
    try:
        rows = evidence_rows(evidence_key)
    except FileNotFoundError:
        return None
    return EvidenceTable(list(rows[0]), [list(row.values()) for row in rows]) if rows else None


def platform_file(actor: Principal, platform_id: int) -> PlatformFile:
    """An institution's newest filings, the findings the reader may see, and comparisons of two sources."""
    findings = findings_visible_to(actor).filter(platform_id=platform_id).select_related("revision__filing")
    newest = list(findings.order_by("-id")[:SHOWN])
    return PlatformFile(
        filings=list(filings_visible_to(actor).filter(subject_id=platform_id).order_by("-period", "-id")[:SHOWN]),
        findings=[
            ShownFinding(row, evidence_table(row.evidence_key) if number < EVIDENCE_FILES else None)
            for number, row in enumerate(newest)
        ],
        compared=recomputed_of(platform_id),
        reconciliations=reconciliations_of(platform_id),
        agreements=list(DepositoryAgreement.objects.filter(platform_id=platform_id).select_related("bank")),
    )


def filing_file(actor: Principal, filing_id: int) -> FilingFile | None:
    """A filing's revisions, and what the check of the current one said; None when the reader may not see it."""
    filing = filings_visible_to(actor).filter(pk=filing_id).first()
    if filing is None:
        return None
    revisions = list(FilingRevision.objects.filter(filing=filing).order_by("-number"))
    report = FilingReport.objects.filter(revision=revisions[0]).first()
    entries = report or FilingReport()
    return FilingFile(
        title=str(_said(template(filing.template).title)),
        revisions=revisions,
        findings=list(findings_visible_to(actor).filter(revision=revisions[0]).order_by("id")[:SHOWN]),
        outcomes=[{**entry, "reason": _said(entry.get("reason"))} for entry in entries.outcomes],
        rejected=[_spoken(entry) for entry in entries.rejected[:SHOWN]],
        file_errors=[_spoken(entry) for entry in entries.file_errors],
    )


def _spoken(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "message": _said(entry.get("message")), "cure": _said(entry.get("cure"))}
