"""Removing files that no row names: what is left of runs and uploads that died."""

from __future__ import annotations

from analytics.lake import ORPHAN_AGE_SECONDS, Lake
from common.principal import Principal
from platforms.models import FilingReport, FilingRevision, Finding, ReconciliationRun
from platforms.services.unit import unit_of_work


def lake_sweep(*, actor: Principal, older_than_seconds: float = ORPHAN_AGE_SECONDS) -> list[str]:
    """Remove files of lake and staging older than a day that no row names; returns their keys.

    The age protects uploads and runs that are on their way. Running twice, or beside filings, harms nothing.
    """
    with unit_of_work(actor):
        known = _known_keys()
    return Lake.from_env().sweep(known, older_than_seconds=older_than_seconds)


def _known_keys() -> set[str]:
    known: set[str] = set()
    for rows, field in (
        (FilingRevision.objects, "staged_key"),
        (FilingRevision.objects, "lake_key"),
        (FilingReport.objects, "rejected_key"),
        (Finding.objects, "evidence_key"),
        (ReconciliationRun.objects, "evidence_key"),
    ):
        known.update(rows.exclude(**{field: ""}).values_list(field, flat=True))
    return known
