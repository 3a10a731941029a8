"""Reconciliation of ledger and statement, and recomputation of disclosed indicators, as jailed steps of a filing."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics import engine
from analytics.digest import file_sha256
from analytics.metrics import metric_readings

AGREED = ("matched", "matched_batch")
LISTED = 50
Tables = Mapping[str, Sequence[str]]


def reconcile(tables: Tables, out_parquet: Path) -> dict[str, Any]:
    """Summary by currency and outcome, the first 50 differences, and all of them in `out_parquet` with its sha256."""
    summary = engine.query_file("reconciliation/ledger_vs_statement", tables=tables)
    with engine.query_session("reconciliation/by_reference", tables=tables) as connection:
        rows = connection.sql(engine.sql_text("reconciliation/by_reference")).to_arrow_reader(65_536)
        listed, count = _keep_differences(rows, out_parquet)
    outcomes = engine.sql_notes("reconciliation/by_reference")["outcomes"]
    return {
        "summary": [{**_texts(row), "title": outcomes[row["outcome"]]} for row in summary],
        "references": sum(row["reference_count"] for row in summary),
        "agreed": sum(row["reference_count"] for row in summary if row["outcome"] in AGREED),
        "differences": count,
        "listed": listed,
        "parquet_sha256": file_sha256(out_parquet) if count else None,
        "engine": engine.engine_version(),
    }


def _keep_differences(rows: Any, path: Path) -> tuple[list[dict[str, Any]], int]:
    agreed, writer, count = pa.array(AGREED), None, 0
    listed: list[dict[str, Any]] = []
    for batch in rows:
        differing = batch.filter(pc.invert(pc.is_in(batch.column("outcome"), value_set=agreed)))
        if not len(differing):
            continue
        writer = writer or pq.ParquetWriter(str(path), differing.schema, compression="zstd", store_schema=False)
        writer.write_batch(differing)
        count += len(differing)
        listed.extend(_texts(row) for row in differing.slice(0, LISTED - len(listed)).to_pylist())
    if writer is not None:
        writer.close()
    return listed, count


def recompute(tables: Tables) -> dict[str, Any]:
    """Stock totals and metric readings of the loan book; with the month's indicators, reported beside recomputed."""
    book = {"loan_book": tables["loan_book"]}
    totals = engine.query_file("indicators/loan_book_totals", tables=book)
    issued = engine.query_file("indicators/issued_in_month", tables=book)
    compared = []
    if tables.get("monthly_indicators"):
        compared = engine.query_file("indicators/reported_vs_recomputed", tables=tables)
    return {
        "totals": [_texts(row) for row in totals],
        "issued": [_texts(row) for row in issued],
        "compared": [_texts(row) for row in compared],
        "metrics": metric_readings(book),
        "engine": engine.engine_version(),
    }


def _texts(row: Mapping[str, Any]) -> dict[str, Any]:
    """JSON values of a row: amounts and days as text, whole numbers and names as they are."""
    kept = (int, str, type(None))
    return {name: value if isinstance(value, kept) else _text(value) for name, value in row.items()}


def _text(value: Any) -> str:
    return f"{value:.6f}" if isinstance(value, float) else str(value)
