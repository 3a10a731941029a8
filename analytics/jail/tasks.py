"""What a child can be asked to do. Arguments and answers are JSON."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from analytics import checks
from analytics.fused import FusedScan
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


def task_check(args: Mapping[str, Any]) -> Answer:
    """Compiled checks over filed tables, see `analytics.checks.run_checks`."""
    fused = args.get("fused")
    Path(args["evidence_dir"]).mkdir(parents=True, exist_ok=True)
    return checks.run_checks(
        tables=args["tables"],
        subject_template=args["subject_template"],
        checks=args["checks"],
        evidence_dir=args["evidence_dir"],
        fused=FusedScan.from_json(fused) if fused else None,
    )


def task_ingest_and_check(args: Mapping[str, Any]) -> Answer:
    """Both in one child; the filing's own rows become the subject table. No checks when the file was refused."""
    report = task_ingest(args)
    if report["file_errors"] or not report["rows_accepted"]:
        return {**report, "results": [], "engine": None}
    tables = {**args.get("tables", {}), args["template"]: [args["out_parquet"]]}
    found = task_check({**args, "tables": tables, "subject_template": args["template"]})
    return {**report, **found}


TASKS: dict[str, Callable[[Mapping[str, Any]], Answer]] = {
    "ingest": task_ingest,
    "check": task_check,
    "ingest_and_check": task_ingest_and_check,
}
