"""What the staff pages of an institution, a filing and a finding show."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from common.principal import Principal
from platforms.models import DepositoryAgreement, Filing, FilingReport, FilingRevision, Finding
from platforms.pictures import metric_svg
from platforms.selectors.figures import ComparedIndicator, evidence_rows, recomputed_of, reconciliations_of
from platforms.selectors.filings import filings_visible_to
from platforms.selectors.findings import findings_visible_to
from platforms.selectors.metrics import ShownMetric, metrics_of
from platforms.wording import cell_text, column_title, outcome_label, said, template_title
from rulebook.selectors import rule_titles

SHOWN = 25
EVIDENCE_FILES = 12


@dataclass(frozen=True)
class EvidenceColumn:
    """The title of a column, and whether it holds figures."""

    title: str
    is_figure: bool

    def __str__(self) -> str:
        return self.title


@dataclass(frozen=True)
class EvidenceTable:
    """The first rows of an evidence file; each cell is its text and whether it is a figure."""

    columns: list[EvidenceColumn]
    rows: list[list[tuple[str, bool]]]


@dataclass(frozen=True)
class ShownFinding:
    """A finding with the rows that prove it (for the newest few)."""

    row: Finding
    evidence: EvidenceTable | None


@dataclass(frozen=True)
class PicturedMetric:
    """All readings of one metric and their bars."""

    metric: ShownMetric
    picture: str


@dataclass(frozen=True)
class PlatformFile:
    """The page of one institution."""

    filings: list[Filing]
    findings: list[ShownFinding]
    compared: list[ComparedIndicator]
    metrics: list[PicturedMetric]
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
    return said(text) if isinstance(text, dict) else text


def evidence_of(finding: Finding, limit: int = 20) -> EvidenceTable | None:
    """The rows that prove one finding (its revision and filing must be selected)."""
    return evidence_table(finding.evidence_key, finding.revision.filing.template, limit, finding.subject)


def evidence_table(evidence_key: str, template: str = "", limit: int = 20, subject: str = "") -> EvidenceTable | None:
    """The first rows of an evidence file as a table in the reader's language; None when there is no file.

    Given a `subject`, only its own rows: findings of one rule share a file.
    """
    try:
        rows = evidence_rows(evidence_key, limit, subject)
    except FileNotFoundError:
        return None
    if not rows:
        return None
    columns = [EvidenceColumn(column_title(name, template), _is_figure(rows, name)) for name in rows[0]]
    return EvidenceTable(
        columns, [[(cell_text(row[name]), columns[n].is_figure) for n, name in enumerate(rows[0])] for row in rows]
    )


def _is_figure(rows: list[dict[str, Any]], name: str) -> bool:
    return any(isinstance(row[name], int | float | Decimal) for row in rows)


def platform_file(actor: Principal, platform_id: int) -> PlatformFile:
    """An institution's newest filings, the findings the reader may see, and comparisons of two sources."""
    findings = findings_visible_to(actor).filter(platform_id=platform_id).select_related("revision__filing")
    newest = list(findings.order_by("-id")[:SHOWN])
    return PlatformFile(
        filings=list(filings_visible_to(actor).filter(subject_id=platform_id).order_by("-period", "-id")[:SHOWN]),
        findings=[
            ShownFinding(row, evidence_of(row) if number < EVIDENCE_FILES else None)
            for number, row in enumerate(newest)
        ],
        compared=recomputed_of(platform_id),
        metrics=[
            PicturedMetric(shown, metric_svg(shown, element_id=f"metric-{number}"))
            for number, shown in enumerate(metrics_of(platform_id), start=1)
        ],
        reconciliations=[_reconciled(run) for run in reconciliations_of(platform_id)],
        agreements=list(DepositoryAgreement.objects.filter(platform_id=platform_id).select_related("bank")),
    )


def _reconciled(run: dict[str, Any]) -> dict[str, Any]:
    return {**run, "counts": {outcome_label(code): cell_text(count) for code, count in run["counts"].items()}}


def filing_file(actor: Principal, filing_id: int) -> FilingFile | None:
    """A filing's revisions, and what the check of the current one said; None when the reader may not see it."""
    filing = filings_visible_to(actor).filter(pk=filing_id).first()
    if filing is None:
        return None
    revisions = list(FilingRevision.objects.filter(filing=filing).order_by("-number"))
    report = FilingReport.objects.filter(revision=revisions[0]).first()
    entries = report or FilingReport()
    titles = rule_titles(entry["rule_version_id"] for entry in entries.outcomes if entry.get("rule_version_id"))
    return FilingFile(
        title=template_title(filing.template),
        revisions=revisions,
        findings=list(findings_visible_to(actor).filter(revision=revisions[0]).order_by("id")[:SHOWN]),
        outcomes=[
            {
                **entry, "outcome": outcome_label(entry["outcome"]), "reason": _said(entry.get("reason")),
                "code": entry["outcome"], "title": said(titles.get(entry.get("rule_version_id", 0), {})),
            }
            for entry in entries.outcomes
        ],
        rejected=[_spoken(entry, filing.template) for entry in entries.rejected[:SHOWN]],
        file_errors=[_spoken(entry, filing.template) for entry in entries.file_errors],
    )


def _spoken(entry: dict[str, Any], template: str) -> dict[str, Any]:
    field = column_title(entry.get("field") or "", template)
    return {**entry, "field": field, "message": _said(entry.get("message")), "cure": _said(entry.get("cure"))}
