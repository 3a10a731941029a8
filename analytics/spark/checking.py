"""Compiled checks on Spark: the answers of `analytics.checks.run_checks`, in the same shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analytics.checks import Check, FiledTable, blank_result, filed_table, in_order, reason, why_not
from analytics.evidence import RowEvidence, sql_results
from analytics.sandbox import SqlRefused, capped, vet
from analytics.sandbox.sources import filed_tables
from analytics.spark.rows import batches, view
from analytics.spark.scan import spark_scan
from analytics.spark.session import session, why_absent

Results = list[dict[str, Any]]


def engine_version() -> str:
    """Name and version of the engine, kept with every finding."""
    import pyspark

    return f"spark {pyspark.__version__}"


def run_checks(
    *,
    tables: Mapping[str, Sequence[str]],
    subject_template: str,
    checks: Sequence[Check],
    evidence_dir: str | None,
) -> dict[str, Any]:
    """Results of every check in the order given, computed by Spark. RuntimeError when Spark is not here.

    Not in the jail: Spark is a service of its own. It gets no text but what the sandbox made.
    """
    absent = why_absent()
    if absent:
        raise RuntimeError(f"LIANXI_ENGINE is spark, but {absent}.")
    filed = {name: filed_table(paths) for name, paths in tables.items() if paths}
    refused = {check["rule_id"]: why_not(check, filed, subject_template) for check in checks}
    evidence = Path(evidence_dir) if evidence_dir else None
    spark = session()
    for name, table in filed.items():
        view(spark, name, table.paths)
    judged = [check for check in checks if refused[check["rule_id"]] is None]
    wanted = [check for check in judged if check["form"] == "row"]
    rows = _row_results(spark, subject_template, wanted, evidence)
    results = in_order(checks, refused, rows, lambda check: _sql_check(spark, check, filed, evidence))
    return {"results": results, "engine": engine_version()}


def _row_results(
    spark: Any, template: str, wanted: Sequence[Check], evidence: Path | None
) -> dict[str, dict[str, Any]]:
    """One scan for all; when it cannot run, each alone, so that only the one at fault is not evaluable."""
    if not wanted:
        return {}
    try:
        return _scan(spark, template, wanted, evidence)
    except _errors() as error:
        if len(wanted) == 1:
            return {wanted[0]["rule_id"]: _engine_refused(wanted[0], error)}
    alone: dict[str, dict[str, Any]] = {}
    for check in wanted:
        alone |= _row_results(spark, template, [check], evidence)
    return alone


def _scan(spark: Any, template: str, wanted: Sequence[Check], evidence: Path | None) -> dict[str, dict[str, Any]]:
    scan = spark_scan(template, wanted)
    collected = {check["rule_id"]: RowEvidence(check, evidence, scan) for check in wanted}
    for batch in batches(spark, scan.sql):
        for found in collected.values():
            found.take(batch)
    return {rule_id: {**blank_result(found.check), **found.finish()} for rule_id, found in collected.items()}


def _sql_check(spark: Any, check: Check, filed: Mapping[str, FiledTable], evidence: Path | None) -> Results:
    currency = check.get("currency")
    mixed = [name for name, table in filed.items() if currency and table.currencies - {currency}]
    for name in mixed:
        view(spark, name, filed[name].paths, currency)
    try:
        text = vet(check["sql"], filed_tables()).text("spark")
        found = sql_results(check, capped(batches(spark, text)), evidence)
    except SqlRefused as error:
        return [_engine_refused(check, error)]
    except _errors() as error:
        return [_engine_refused(check, error)]
    finally:
        for name in mixed:
            view(spark, name, filed[name].paths)
    return [{**blank_result(check), **entry} for entry in found] or [blank_result(check)]


def _errors() -> tuple[type[Exception], ...]:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return Py4JError, PySparkException


def _engine_refused(check: Check, error: Exception) -> dict[str, Any]:
    detail = (str(error).splitlines() or [""])[0][:300]
    return {**blank_result(check), "outcome": "not_evaluable", "reason": reason("engine_refused", detail=detail)}
