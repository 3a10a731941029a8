"""Comparing two sources: ledger with bank statement, reported figures with the loan book."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from common.db.acting import acting_as
from common.jobs import JobRun, job_enqueue
from common.principal import system_principal
from platforms.facts import RECOMPUTE_JOB, RECONCILE_JOB
from platforms.models import Filing, FilingRevision, Platform, RecomputedIndicator, ReconciliationRun
from platforms.services.jailing import run_jailed
from platforms.services.storage import path_of, publish, scratch_for

# template filed -> (the other template, which side the filed one is, job)
_PAIRS = {
    "fund_ledger": ("depository_statement", "first", RECONCILE_JOB),
    "depository_statement": ("fund_ledger", "second", RECONCILE_JOB),
    "loan_book": ("monthly_indicators", "first", RECOMPUTE_JOB),
    "monthly_indicators": ("loan_book", "second", RECOMPUTE_JOB),
}


def comparisons_enqueue(filing: Filing, revision: FilingRevision) -> None:
    """Enqueue the comparison that an accepted revision makes possible, in the deciding transaction.

    The subject's row is locked first: of two filings decided at once, the later one sees the earlier.
    """
    if filing.template not in _PAIRS:
        return
    other, side, kind = _PAIRS[filing.template]
    Platform.objects.select_for_update(no_key=True).filter(pk=filing.subject_id).values_list("pk").first()
    partners = FilingRevision.objects.in_force().filter(
        filing__subject_id=filing.subject_id, filing__period=filing.period, filing__template=other
    )
    for partner in partners.values_list("pk", flat=True):
        first, second = (revision.pk, partner) if side == "first" else (partner, revision.pk)
        job_enqueue(kind=kind, key=f"{first}:{second}", args={"first": first, "second": second}, queue="filing")


def _pair(job: JobRun) -> tuple[FilingRevision, FilingRevision]:
    with acting_as(system_principal(job.kind)):
        rows = FilingRevision.objects.select_related("filing__subject").in_bulk([job.args["first"], job.args["second"]])
    return rows[job.args["first"]], rows[job.args["second"]]


def reconcile_process(job: JobRun) -> None:
    """Reconcile a ledger revision with a statement revision, line by line on the bank reference.

    The handler of `platforms.reconcile`, args {first: ledger revision, second: statement revision}.
    """
    ledger, statement = _pair(job)
    with scratch_for("lines") as scratch:
        args = {
            "ledger": [path_of(ledger.lake_key)],
            "statement": [path_of(statement.lake_key)],
            "out_parquet": str(scratch.parquet),
        }
        answer = run_jailed("reconcile", args)
        has_lines = scratch.parquet.exists()
        evidence = publish(scratch.parquet, ledger.filing, ledger.number, part="reconciliation") if has_lines else None
    with job.finish({"counts": answer["counts"]}):
        ReconciliationRun.objects.get_or_create(
            ledger_revision=ledger,
            statement_revision=statement,
            defaults={
                "platform_id": ledger.filing.subject_id,
                "period": ledger.filing.period,
                "counts": answer["counts"],
                "amounts": answer.get("amounts", {}),
                "is_matched": not any(count for kind, count in answer["counts"].items() if kind != "matched"),
                "evidence_key": evidence.key if evidence else "",
                "evidence_sha256": evidence.sha256 if evidence else "",
                "engine": answer.get("engine") or "",
            },
        )


def recompute_process(job: JobRun) -> None:
    """Compute disclosed indicators from the loan book and keep them beside the reported ones.

    The handler of `platforms.recompute`, args {first: loan book revision, second: indicators revision}.
    """
    loan_book, indicators = _pair(job)
    args = {
        "loan_book": [path_of(loan_book.lake_key)],
        "monthly_indicators": [path_of(indicators.lake_key)],
        "period": loan_book.filing.period,
    }
    answer = run_jailed("recompute", args)
    rows = [_recomputed(loan_book, indicators, entry) for entry in answer["indicators"]]
    with job.finish({"indicators": len(rows)}):
        RecomputedIndicator.objects.bulk_create(rows, ignore_conflicts=True)


def _recomputed(loan_book: FilingRevision, indicators: FilingRevision, entry: dict[str, Any]) -> RecomputedIndicator:
    return RecomputedIndicator(
        platform_id=loan_book.filing.subject_id,
        period=loan_book.filing.period,
        loan_book_revision=loan_book,
        indicators_revision=indicators,
        indicator=entry["indicator"],
        reported=_number(entry.get("reported")),
        recomputed=_number(entry.get("recomputed")),
        difference=_number(entry.get("difference")),
    )


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.0001"))
