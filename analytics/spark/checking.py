"""Compiled checks on Spark: the answers of `analytics.checks.run_checks`, in the same shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analytics.checks import Check, FiledTable, blank_result, filed_table, in_order, why_not
from analytics.evidence import RowEvidence, sql_results
from analytics.sandbox import SqlRefused, capped, vet
from analytics.sandbox.sources import filed_tables
from analytics.spark.rows import batches, view
from analytics.spark.scan import spark_scan
from analytics.spark.session import session, why_absent
from analytics.unjudged import Unjudged, reason, unjudged_rows, with_unjudged
from analytics.unknown import Unknown, unknown_of

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
    unknowns = {check["rule_id"]: _unknown(check, subject_template) for check in checks}
    refused = {
        check["rule_id"]: why_not(check, filed, subject_template, unknowns[check["rule_id"]].optional)
        for check in checks
    }
    evidence = Path(evidence_dir) if evidence_dir else None
    spark = session()
    for name, table in filed.items():
        view(spark, name, table.paths)
    judged = [check for check in checks if refused[check["rule_id"]] is None]
    wanted = [check for check in judged if check["form"] == "row"]
    rows = _row_results(spark, subject_template, wanted, evidence)
    results = in_order(checks, refused, rows, lambda check: _sql_check(spark, check, filed, evidence))
    asked = [unknowns[check["rule_id"]] for check in judged]
    missed = _unjudged(spark, subject_template, asked, filed) if judged else {}
    told = [with_unjudged(result, missed.get(result["rule_id"])) for result in results]
    return {"results": told, "engine": engine_version()}


def _unknown(check: Check, subject: str) -> Unknown:
    """A query that may not run is refused when it runs, with its reason."""
    try:
        return unknown_of(check, subject, "spark")
    except SqlRefused:
        return Unknown(check["rule_id"])


def _unjudged(
    spark: Any, subject: str, asked: Sequence[Unknown], filed: Mapping[str, FiledTable]
) -> dict[str, Unjudged]:
    from pyspark.sql import functions as f

    def ask(texts: Sequence[str]) -> Sequence[Any]:
        values: Sequence[Any] = spark.table(subject).agg(*map(f.expr, texts)).first()
        return values

    table = filed[subject]
    return unjudged_rows(asked, table.paths, table.rows, ask, _errors())


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
