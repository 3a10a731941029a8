"""Filings: who may see which, and which revisions are in force."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum

from analytics.lake import Lake
from common.errors import NotYours
from common.jobs import JobStatus, job_of
from common.principal import Principal
from platforms.facts import PROCESS_JOB, process_key
from platforms.models import Filing, FilingReport, FilingRevision, Finding


@dataclass(frozen=True)
class FilingRef:
    """The accepted revision of a filing with its lake file."""

    filing_id: int
    public_id: uuid.UUID
    platform_id: int
    template: str
    period: str
    revision: int
    path: str
    sha256: str
    rows: int
    submitted_at: datetime


def filings_visible_to(actor: Principal) -> QuerySet[Filing]:
    """Which filings a principal may see.

    - the system and staff: all (findings have their own wall);
    - a platform or bank: those it filed itself;
    - anyone else: none.
    """
    if actor.kind in {"system", "staff"}:
        return Filing.objects.all()
    if actor.kind == "platform":
        return Filing.objects.filed_by(actor.platform_id)
    return Filing.objects.none()


def revision_visible_to(actor: Principal, filing_public_id: uuid.UUID) -> FilingRevision:
    """The current revision of a filing the principal may see, with filing and subject; else NotYours (404)."""
    filing = filings_visible_to(actor).select_related("subject").filter(public_id=filing_public_id).first()
    if filing is None:
        raise NotYours("filing")
    revision = FilingRevision.objects.select_related("report").get(filing=filing, number=filing.revision_number)
    revision.filing = filing
    return revision


def receipt_visible_to(actor: Principal, filing_public_id: uuid.UUID) -> dict[str, Any]:
    """The newest signed receipt of a filing the principal may see; NotYours when nothing was submitted yet."""
    filing = filings_visible_to(actor).filter(public_id=filing_public_id)
    report = FilingReport.objects.filter(revision__filing__in=filing).order_by("-revision__number").first()
    if report is None:
        raise NotYours("receipt")
    return dict(report.receipt)


def check_progress(revision: FilingRevision) -> JobStatus | None:
    """How far the check of a revision is."""
    return job_of(PROCESS_JOB, process_key(revision.filing_id, revision.number))


def filings_latest(template: str, period: str = "", platform_ids: Iterable[int] | None = None) -> list[FilingRef]:
    """Accepted revisions of a template, of one period or of all, ordered by subject and period."""
    rows = FilingRevision.objects.in_force().filter(filing__template=template)
    if period:
        rows = rows.filter(filing__period=period)
    if platform_ids is not None:
        rows = rows.filter(filing__subject_id__in=list(platform_ids))
    rows = rows.select_related("filing").order_by("filing__subject_id", "filing__period")
    return [_filing_ref(row) for row in rows]


def _filing_ref(row: FilingRevision) -> FilingRef:
    return FilingRef(
        filing_id=row.filing_id,
        public_id=row.filing.public_id,
        platform_id=row.filing.subject_id,
        template=row.filing.template,
        period=row.filing.period,
        revision=row.number,
        path=str(Lake.from_env().path(row.lake_key)),
        sha256=row.lake_sha256,
        rows=row.rows_accepted,
        submitted_at=row.submitted_at or row.created_at,
    )


def filing_totals() -> dict[str, Any]:
    """Counts for reports: filings by template and state, rows, findings by severity, rules not evaluable."""
    filings = Counter(Filing.objects.values_list("template", "state"))
    sums = FilingRevision.objects.filter(checked_at__isnull=False).aggregate(
        rows_accepted=Sum("rows_accepted", default=0),
        rows_rejected=Sum("rows_rejected", default=0),
        not_evaluable=Sum("not_evaluable_count", default=0),
    )
    severities = Counter(Finding.objects.values_list("severity", flat=True))
    return {
        "filings": {f"{template}:{state}": count for (template, state), count in sorted(filings.items())},
        **sums,
        "findings": dict(severities),
    }
