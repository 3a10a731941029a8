"""What a child can be asked to do. Arguments and answers are JSON."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from analytics import checks, reconcile
from analytics.contracts import template
from analytics.fused import fuse
from analytics.ingest import IngestRequest, ingest

Answer = dict[str, Any]


def task_ingest(args: Mapping[str, Any]) -> Answer:
    """Strict read of one upload, see `analytics.ingest.run.ingest`."""
    return ingest(
        IngestRequest(
            source=Path(args["source"]),
            media_type=args["media_type"],
            template=args["template"],
            period=args["period"],
            out_parquet=Path(args["out_parquet"]),
            out_rejected_csv=Path(args["out_rejected_csv"]),
        )
    )


def task_check(args: Mapping[str, Any], known: Mapping[str, checks.FiledTable] | None = None) -> Answer:
    """Compiled checks over filed tables, see `analytics.checks.run_checks`.

    What runs is vetted and built here, from the checks' own text, never taken from the caller: a caller can be wrong
    about what it has vetted. The fork server has done it before the fork for rules it has learnt.
    """
    Path(args["evidence_dir"]).mkdir(parents=True, exist_ok=True)
    return checks.run_checks(
        tables=args["tables"],
        subject_template=args["subject_template"],
        checks=args["checks"],
        evidence_dir=args["evidence_dir"],
        fused=fuse(args["subject_template"], args["checks"]),
        known=known,
    )


def task_ingest_and_check(args: Mapping[str, Any]) -> Answer:
    """Both in one child; the filing's own rows become the subject table. No checks when the file was refused."""
    report = task_ingest(args)
    if report["file_errors"] or not report["rows_accepted"]:
        return {**report, "results": [], "engine": None}
    tables = {**args.get("tables", {}), args["template"]: [args["out_parquet"]]}
    found = task_check({**args, "tables": tables, "subject_template": args["template"]}, _just_read(report, args))
    return {**report, **found}


def task_reconcile(args: Mapping[str, Any]) -> Answer:
    """Ledger against bank statement: summary by outcome; references that do not agree go to `out_parquet`."""
    return reconcile.reconcile(
        {"ledger": args["tables"]["ledger"], "statement": args["tables"]["statement"]}, Path(args["out_parquet"])
    )


def task_recompute(args: Mapping[str, Any]) -> Answer:
    """Disclosed indicators beside those recomputed from the loans of the same platform and period."""
    return reconcile.recompute(args["tables"])


def _just_read(report: Mapping[str, Any], args: Mapping[str, Any]) -> dict[str, checks.FiledTable]:
    """What the reader has learnt of the filing's own table."""
    contract = template(args["template"])
    key = contract.column(contract.key[0])
    unique = "" if key.nullable else key.name  # the reader refuses a file in which it comes twice
    columns = {*contract.column_names, "row_number"}
    filled = frozenset(columns - set(report["columns_all_null"]))
    currencies = frozenset(report["currencies"])
    table = checks.FiledTable([args["out_parquet"]], report["rows_accepted"], filled, currencies, unique)
    return {args["template"]: table}


TASKS: dict[str, Callable[[Mapping[str, Any]], Answer]] = {
    "ingest": task_ingest,
    "check": task_check,
    "ingest_and_check": task_ingest_and_check,
    "reconcile": task_reconcile,
    "recompute": task_recompute,
}
