"""How filings and findings look in JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language

from analytics.metrics import MetricDefinition, part_title
from platforms.choices import FilingState
from platforms.models import Filing, FilingReport, FilingRevision, Finding
from platforms.selectors import ExpectedFiling, ShownMetric, ShownPart, check_progress
from platforms.services.results import FilingSnapshot, Submission

FINDING_HEADER = [
    "finding",
    "rule",
    "severity",
    "title",
    "subject",
    "count",
    "measured",
    "threshold",
    "row_numbers",
    "instrument",
    "article",
    "evidence_sha256",
    "unjudged_rows",
]
REJECTED_HEADER = ["row", "field", "code", "value", "message", "cure"]


def links(public_id: Any) -> dict[str, str]:
    """Addresses of a filing's parts."""
    parts = ("content", "submit", "findings", "findings-csv", "rejected-csv", "receipt")
    found = {part.replace("-", "_"): reverse(f"api-filings-{part}", args=[public_id]) for part in parts}
    return {"self": reverse("api-filings-detail", args=[public_id]), **found}


def opened(filing: FilingSnapshot) -> dict[str, Any]:
    """The answer to opening a filing."""
    return {
        "id": str(filing.public_id),
        "template": filing.template,
        "period": filing.period,
        "platform": str(filing.subject),
        "revision": filing.revision,
        "state": filing.state,
        "links": links(filing.public_id),
    }


def submitted(submission: Submission) -> dict[str, Any]:
    """The answer to a submission."""
    return {
        "state": submission.state,
        "revision": submission.revision,
        "receipt": submission.receipt,
        "progress": {"state": "queued", "step": "", "done": 0, "total": None},
    }


def filing_row(filing: Filing) -> dict[str, Any]:
    """A filing in a list."""
    return {
        "id": str(filing.public_id),
        "template": filing.template,
        "period": filing.period,
        "platform": str(filing.subject.public_id),
        "revision": filing.revision_number,
        "accepted_revision": filing.accepted_number,
        "state": filing.state,
        "links": {"self": reverse("api-filings-detail", args=[filing.public_id])},
    }


def filing_detail(revision: FilingRevision) -> dict[str, Any]:
    """A filing with what became of its current revision."""
    report = getattr(revision, "report", None)
    filing = revision.filing
    return {
        **filing_row(filing),
        "links": links(filing.public_id),
        "note": revision.note,
        "content": {
            "bytes": revision.content_bytes,
            "sha256": revision.content_sha256,
            "media_type": revision.media_type,
        },
        "submitted_at": revision.submitted_at,
        "checked_at": revision.checked_at,
        "receipt_number": revision.receipt_number,
        "rows": {"total": revision.rows_total, "accepted": revision.rows_accepted, "rejected": revision.rows_rejected},
        "findings": {
            "blocking": revision.blocking_count,
            "major": revision.major_count,
            "minor": revision.minor_count,
            "not_evaluable": revision.not_evaluable_count,
            "unjudged": len(unjudged(revision)),
        },
        "file_errors": [spoken(entry) for entry in report.file_errors] if report else [],
        "rejected": [spoken(entry) for entry in report.rejected[:20]] if report else [],
        "progress": _progress(revision),
    }


def _progress(revision: FilingRevision) -> dict[str, Any] | None:
    if revision.state not in {FilingState.SUBMITTED, FilingState.PROCESSING}:
        return None
    status = check_progress(revision)
    if status is None:
        return None
    return {"state": status.state, "step": status.step, "done": status.done, "total": status.total}


def spoken(entry: dict[str, Any]) -> dict[str, Any]:
    """An error of the reader in the language of the request."""
    return {key: said(value) if key in {"message", "cure", "reason"} else value for key, value in entry.items()}


def said(text: Any) -> Any:
    """The text in the language of the request; a plain text stays."""
    if not isinstance(text, dict):
        return text
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return text.get(language) or text.get("en", "")


def finding(row: Finding, unjudged_rows: int = 0) -> dict[str, Any]:
    """A finding in JSON; `unjudged_rows` of the filing the same rule could not judge."""
    return {
        "id": str(row.public_id),
        "rule": row.rule_id,
        "severity": row.severity,
        "title": {"zh": row.title_zh, "en": row.title_en},
        "subject": row.subject,
        "count": row.count,
        "measured": row.measured,
        "threshold": row.threshold,
        "row_numbers": row.row_numbers,
        "legal_basis": row.legal_basis,
        "evidence_sha256": row.evidence_sha256,
        "as_of": row.as_of,
        "known_at": row.known_at,
        "engine": row.engine,
        "state": row.state,
        "unjudged_rows": unjudged_rows,
    }


def finding_cells(row: Finding, unjudged_rows: int = 0) -> list[Any]:
    """A finding as a CSV line."""
    basis = row.legal_basis
    return [
        str(row.public_id),
        row.rule_id,
        row.severity,
        row.title,
        row.subject,
        row.count,
        row.measured,
        row.threshold,
        " ".join(str(number) for number in row.row_numbers),
        said(basis.get("instrument", "")),
        said(basis.get("article", "")),
        row.evidence_sha256,
        unjudged_rows,
    ]


def rejected_cells(revision: FilingRevision) -> Iterator[list[Any]]:
    """Rejected rows as CSV lines (the first 200, as the report keeps them)."""
    report: FilingReport | None = getattr(revision, "report", None)
    for entry in report.rejected if report else []:
        yield [
            entry.get("row"),
            entry.get("field"),
            entry.get("code"),
            entry.get("value"),
            said(entry.get("message")),
            said(entry.get("cure")),
        ]


def not_evaluable(revision: FilingRevision) -> list[dict[str, Any]]:
    """Rules that lacked what they need, with the reason."""
    report: FilingReport | None = getattr(revision, "report", None)
    outcomes = report.outcomes if report else []
    return [
        {"rule": entry["rule_id"], "reason": said(entry.get("reason"))}
        for entry in outcomes
        if entry["outcome"] == "not_evaluable"
    ]


def unjudged(revision: FilingRevision) -> list[dict[str, Any]]:
    """Rules that judged only some of the rows: how many they could not judge, and why."""
    report: FilingReport | None = getattr(revision, "report", None)
    found = {
        entry["rule_id"]: {
            "rule": entry["rule_id"], "outcome": entry["outcome"], "rows": entry["unjudged"],
            "reason": said(entry.get("reason")),
        }
        for entry in (report.outcomes if report else [])
        if entry.get("unjudged") and entry["outcome"] != "not_evaluable"
    }  # fmt: skip
    return list(found.values())


def unjudged_rows(revision: FilingRevision) -> dict[str, int]:
    """Rule id -> the number of rows it could not judge."""
    return {entry["rule"]: entry["rows"] for entry in unjudged(revision)}


def expected_filing(row: ExpectedFiling) -> dict[str, Any]:
    """One duty of the filing calendar."""
    return {
        "template": row.template, "title": dict(row.title), "period": row.period, "platform": str(row.subject),
        "due_on": row.due_on.isoformat(), "is_provisional": row.is_provisional, "state": row.state,
        "submitted_on": row.submitted_on.isoformat() if row.submitted_on else None,
        "filing": str(row.filing) if row.filing else None, "why": [dict(step) for step in row.why],
        "basis": list(row.basis),
    }


def metric(shown: ShownMetric) -> dict[str, Any]:
    """One metric in one currency: the disclosed figure and every reading, amounts as decimal strings."""
    return {
        "metric": shown.metric,
        "title": dict(shown.title),
        "currency": shown.currency,
        "disclosed": _decimal(shown.disclosed),
        "readings": [
            {**_definition(reading.definition), "parts": [_part(part) for part in reading.parts]}
            for reading in shown.readings
        ],
    }


def _definition(definition: MetricDefinition) -> dict[str, Any]:
    return {
        "definition": definition.code,
        "version": definition.version,
        "reading": dict(definition.reading),
        "formula": dict(definition.formula),
        "facts": list(definition.facts),
        "unit": definition.unit,
        "valid": {"from": definition.valid_from, "to": definition.valid_to},
        "is_plain_error": definition.is_plain_error,
    }


def _part(part: ShownPart) -> dict[str, Any]:
    return {
        "part": part.part,
        "title": dict(part_title(part.part)),
        "value": _decimal(part.value),
        "numerator": _decimal(part.numerator),
        "denominator": _decimal(part.denominator),
    }


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
