"""Findings: who may see which."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from common.principal import Principal
from platforms.choices import FindingState
from platforms.models import FilingRevision, Finding
from regulators.selectors import objects_shared_with


@dataclass(frozen=True)
class FindingRef:
    """A finding as other apps see it."""

    id: int
    public_id: uuid.UUID
    platform_id: int
    filing_id: int
    template: str
    period: str
    rule_id: str
    rule_version_id: int
    severity: str
    title: dict[str, str]
    subject: str
    count: int
    measured: str
    threshold: str
    row_numbers: tuple[int, ...]
    legal_basis: dict[str, Any]
    evidence_key: str
    evidence_sha256: str
    owner_authority_id: int | None
    state: str
    known_at: datetime


def findings_visible_to(actor: Principal) -> QuerySet[Finding]:
    """Which findings a principal may see; PostgreSQL enforces the same by row-level security.

    - the system: all; staff: those of an authority they serve, and those shared with it;
    - a platform or bank: those of its own filings; anyone else: none.
    """
    rows = Finding.objects.all()
    if actor.kind == "system":
        return rows
    if actor.kind == "staff":
        shared = objects_shared_with(actor.authority_ids, "finding")
        return rows.filter(Q(owner_authority_id__in=actor.authority_ids) | Q(pk__in=shared))
    if actor.kind != "platform" or actor.platform_id is None:
        return rows.none()
    return rows.filter(platform_id=actor.platform_id)


def findings_of_revision(actor: Principal, revision: FilingRevision) -> list[Finding]:
    """Findings of one revision that the principal may see, in the order they were written."""
    return list(findings_visible_to(actor).filter(revision=revision).order_by("id"))


def findings_of(platform_id: int, *, is_open: bool | None = None, period: str = "") -> list[FindingRef]:
    """Findings of an institution, newest first, as far as the reader may see; superseded revisions are left out."""
    filing = "revision__filing__"
    is_current = Q(revision__number=F(f"{filing}revision_number")) | Q(revision__number=F(f"{filing}accepted_number"))
    rows = Finding.objects.filter(is_current, platform_id=platform_id)
    if is_open is not None:
        rows = rows.filter(state=FindingState.OPEN) if is_open else rows.exclude(state=FindingState.OPEN)
    if period:
        rows = rows.filter(revision__filing__period=period)
    return [finding_ref(row) for row in rows.select_related("revision__filing").order_by("-id")]


def findings_of_filing(filing_id: int) -> list[FindingRef]:
    """Findings of the current revision of a filing, in the order they were written."""
    rows = Finding.objects.filter(revision__filing_id=filing_id).select_related("revision__filing").order_by("id")
    return [finding_ref(row) for row in rows if row.revision.number == row.revision.filing.revision_number]


def finding_ref(row: Finding) -> FindingRef:
    """A finding row as a value (its revision and filing must be selected)."""
    return FindingRef(
        id=row.pk,
        public_id=row.public_id,
        platform_id=row.platform_id,
        filing_id=row.revision.filing_id,
        template=row.revision.filing.template,
        period=row.revision.filing.period,
        rule_id=row.rule_id,
        rule_version_id=row.rule_version_id,
        severity=row.severity,
        title={"zh": row.title_zh, "en": row.title_en},
        subject=row.subject,
        count=row.count,
        measured=row.measured,
        threshold=row.threshold,
        row_numbers=tuple(row.row_numbers),
        legal_basis=row.legal_basis,
        evidence_key=row.evidence_key,
        evidence_sha256=row.evidence_sha256,
        owner_authority_id=row.owner_authority_id,
        state=row.state,
        known_at=row.known_at,
    )
