"""Comparing two sources: ledger with bank statement, reported figures with the loan book."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from common.db.acting import acting_as
from common.jobs import JobRun, job_enqueue
from common.principal import system_principal
from platforms.facts import METRICS_JOB, RECOMPUTE_JOB, RECONCILE_JOB
from platforms.models import (
    Filing,
    FilingRevision,
    MetricReading,
    Platform,
    RecomputedIndicator,
    ReconciliationRun,
)
from platforms.services.jailing import run_jailed
from platforms.services.late import late_checks, late_record
from platforms.services.storage import path_of, publish, scratch_for

# template filed -> (the other template, which side the filed one is, job)
_PAIRS = {
    "fund_ledger": ("depository_statement", "first", RECONCILE_JOB),
    "depository_statement": ("fund_ledger", "second", RECONCILE_JOB),
    "loan_book": ("monthly_indicators", "first", RECOMPUTE_JOB),
    "monthly_indicators": ("loan_book", "second", RECOMPUTE_JOB),
}

_FIGURES = ("value", "numerator", "denominator")


def comparisons_enqueue(filing: Filing, revision: FilingRevision) -> None:
    """Enqueue the comparison that an accepted revision makes possible, in the deciding transaction.

    The subject's row is locked first: of two filings decided at once, the later one sees the earlier.
    """
    if filing.template not in _PAIRS:
        return
    if filing.template == "loan_book":
        job_enqueue(kind=METRICS_JOB, key=str(revision.pk), args={"revision": revision.pk}, queue="filing")
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
    """Reconcile a ledger revision with a statement revision by bank reference, and run the rules that waited for both.

    The handler of `platforms.reconcile`, args {first: ledger revision, second: statement revision}.
    """
    ledger, statement = _pair(job)
    tables = {"ledger": [path_of(ledger.lake_key)], "statement": [path_of(statement.lake_key)]}
    with scratch_for("lines") as scratch:
        answer = run_jailed("reconcile", {"tables": tables, "out_parquet": str(scratch.parquet)})
        differing = answer["differences"] > 0
        evidence = publish(scratch.parquet, ledger.filing, ledger.number, part="reconciliation") if differing else None
    late = late_checks(ledger, statement)
    with job.finish({"references": answer["references"], "differences": answer["differences"]}):
        ReconciliationRun.objects.get_or_create(
            ledger_revision=ledger,
            statement_revision=statement,
            defaults={
                "platform_id": ledger.filing.subject_id,
                "period": ledger.filing.period,
                "counts": _counts(answer["summary"]),
                "amounts": answer["summary"],
                "is_matched": not answer["differences"],
                "evidence_key": evidence.key if evidence else "",
                "evidence_sha256": evidence.sha256 if evidence else "",
                "engine": answer["engine"],
            },
        )
        late_record(late)


def _counts(summary: list[dict[str, Any]]) -> dict[str, int]:
    """References by outcome, all currencies together."""
    counts: dict[str, int] = {}
    for row in summary:
        counts[row["outcome"]] = counts.get(row["outcome"], 0) + row["reference_count"]
    return counts


def recompute_process(job: JobRun) -> None:
    """Keep reported indicators beside those recomputed from the loans, and run the rules that waited for both.

    The handler of `platforms.recompute`, args {first: loan book revision, second: indicators revision}.
    """
    loan_book, indicators = _pair(job)
    tables = {"loan_book": [path_of(loan_book.lake_key)], "monthly_indicators": [path_of(indicators.lake_key)]}
    answer = run_jailed("recompute", {"tables": tables}, size=loan_book.content_bytes)
    rows = [_recomputed(loan_book, indicators, entry) for entry in answer["compared"]]
    late = late_checks(loan_book, indicators)
    with job.finish({"indicators": len(rows)}):
        RecomputedIndicator.objects.bulk_create(rows, ignore_conflicts=True)
        late_record(late)


def metrics_process(job: JobRun) -> None:
    """Keep every reading of every metric computed from an accepted loan book, whatever the platform disclosed.

    The handler of `platforms.metrics`, args {revision: loan book revision}.
    """
    with acting_as(system_principal(job.kind)):
        revision = FilingRevision.objects.select_related("filing").get(pk=job.args["revision"])
    tables = {"loan_book": [path_of(revision.lake_key)]}
    answer = run_jailed("recompute", {"tables": tables}, size=revision.content_bytes)
    rows = [_reading(revision, entry) for entry in answer["metrics"]]
    with job.finish({"readings": len(rows)}):
        MetricReading.objects.bulk_create(rows, ignore_conflicts=True)


def _reading(revision: FilingRevision, entry: dict[str, Any]) -> MetricReading:
    figures = {name: None if entry[name] is None else Decimal(entry[name]) for name in _FIGURES}
    return MetricReading(
        platform_id=revision.filing.subject_id,
        period=revision.filing.period,
        loan_book_revision=revision,
        definition=entry["definition"],
        version=entry["version"],
        currency=entry["currency"],
        part=entry["part"],
        **figures,
    )


def _recomputed(loan_book: FilingRevision, indicators: FilingRevision, entry: dict[str, Any]) -> RecomputedIndicator:
    return RecomputedIndicator(
        platform_id=loan_book.filing.subject_id,
        period=loan_book.filing.period,
        loan_book_revision=loan_book,
        indicators_revision=indicators,
        indicator=entry["indicator"],
        reported=_number(entry["reported"]),
        recomputed=_number(entry["recomputed"]),
        difference=_number(entry["difference"]),
    )


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.0001"))
