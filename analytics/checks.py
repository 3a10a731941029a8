"""Runs compiled rule checks on filings.

All row checks of a template are one scan: a row that fails anything comes back once with a bit per check. SQL checks
run one by one, on the rows of suspect groups where that is enough; every row they return is a failure. A check whose
table, columns or currency are not there is "not_evaluable", never "passed" (decision "findings" of the design). The
same holds for rows: a result says how many rows it could not judge, and why (see `analytics.unjudged`).
"""

import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics import engine
from analytics.contracts import FILED
from analytics.evidence import RowEvidence, sql_results
from analytics.fused import FusedScan, fuse, unknowns_of
from analytics.sandbox import SqlRefused, capped, runnable
from analytics.suspects import Known, suspects_narrow, suspects_prepare
from analytics.unjudged import Unjudged, columns_absent, reason, unjudged_rows, with_unjudged
from analytics.unknown import Unknown

Check = Mapping[str, Any]
STREAMED_FROM_ROWS = 20_000


@dataclass(slots=True)
class FiledTable:
    """What is known of one table before any rule runs: filled columns and currencies.

    `unique`: a column of which the reader has proved that no value comes twice.
    """

    paths: Sequence[str]
    rows: int
    filled: frozenset[str]
    currencies: frozenset[str]
    unique: str = ""


def filed_table(paths: Sequence[str]) -> FiledTable:
    """Reads footers: what the reader has noted there, else statistics, and the currency column if these leave it."""
    rows, filled, currencies = 0, set(), set()
    for path in paths:
        found = pq.ParquetFile(str(path))
        rows += found.metadata.num_rows
        told = (found.metadata.metadata or {}).get(FILED.encode())
        if told:
            known = json.loads(told)
            filled.update(known["filled"])
            currencies.update(known["currencies"])
            continue
        filled |= _filled_columns(found)
        if "currency" in found.schema_arrow.names:
            currencies |= _currencies(found)
    return FiledTable(paths, rows, frozenset(filled), frozenset(currencies))


def _currencies(found: Any) -> set[str]:
    """Currencies of a file: lowest and highest are the same in each row group, or the column is read."""
    metadata, currencies = found.metadata, set()
    place = found.schema_arrow.names.index("currency")
    for group in range(metadata.num_row_groups):
        statistics = metadata.row_group(group).column(place).statistics
        if statistics is None or not statistics.has_min_max or statistics.min != statistics.max:
            column = found.read_row_group(group, columns=["currency"], use_threads=False).column(0)
            currencies.update(pc.unique(column).drop_null().to_pylist())
        else:
            currencies.add(statistics.min)
    return currencies


def _filled_columns(found: Any) -> set[str]:
    metadata, names = found.metadata, found.schema_arrow.names
    filled = set()
    for group in range(metadata.num_row_groups):
        part = metadata.row_group(group)
        for index, name in enumerate(names):
            statistics = part.column(index).statistics
            if statistics is None or statistics.null_count is None or statistics.null_count < part.num_rows:
                filled.add(name)
    return filled


def why_not(
    check: Check, tables: Mapping[str, FiledTable], subject: str, optional: frozenset[str] = frozenset()
) -> dict[str, str] | None:
    """The reason a check cannot be evaluated on these tables, None when it can.

    A wholly blank column stops a check, unless the rule says what a blank means: then it is `optional`.
    """
    needs: Mapping[str, Sequence[str]] = check.get("needs") or {}
    for name, columns in needs.items():
        table = tables.get(name)
        if table is None or not table.paths:
            return reason("table_missing", table=name)
        missing = [column for column in columns if column not in table.filled and column != "platform_key"]
        asked = [column for column in missing if column in optional]
        missing = sorted({*missing} - {*asked} | {*columns_absent(table.paths, asked)}) if asked else missing
        if missing and table.rows:
            return reason("columns_missing", table=name, columns=", ".join(missing))
    currency, filed = check.get("currency"), tables[subject].currencies if subject in tables else frozenset()
    if currency and filed and currency not in filed:
        return reason("currency_differs", currency=currency, filed=", ".join(sorted(filed)))
    if subject in tables and not tables[subject].rows:
        return reason("no_rows")
    return None


def run_checks(
    *,
    tables: Mapping[str, Sequence[str]],
    subject_template: str,
    checks: Sequence[Check],
    evidence_dir: str | None,
    fused: FusedScan | None,
    known: Mapping[str, FiledTable] | None = None,
) -> dict[str, Any]:
    """Results of every check in the order given.

    `fused` is the scan of the row checks (see `analytics.fused`); `known` spares reading footers just written. Without
    an `evidence_dir` failing rows are counted and shown, and none is kept.
    """
    filed = dict(known or {})
    filed.update({name: filed_table(paths) for name, paths in tables.items() if paths and name not in filed})
    unknowns = {one.rule_id: one for one in (fused.unknowns if fused else unknowns_of(subject_template, checks))}
    refused = {
        check["rule_id"]: why_not(check, filed, subject_template, _optional(unknowns, check)) for check in checks
    }
    evidence = Path(evidence_dir) if evidence_dir else None
    with engine.locked_session(tables) as connection:
        judged = [check for check in checks if refused[check["rule_id"]] is None]
        wanted = [check for check in judged if check["form"] == "row"]
        rows = _row_results(connection, subject_template, wanted, fused, filed=filed, evidence=evidence)
        near = _near_texts(connection, judged, fused, filed)
        results = in_order(checks, refused, rows, lambda check: _sql_check(connection, check, filed, evidence, near))
        asked = [unknowns[check["rule_id"]] for check in judged if check["rule_id"] in unknowns]
        missed = _unjudged(connection, subject_template, asked, filed)
    told = [with_unjudged(result, missed.get(result["rule_id"])) for result in results]
    return {"results": told, "engine": engine.engine_version()}


def _optional(unknowns: Mapping[str, Unknown], check: Check) -> frozenset[str]:
    return unknowns[check["rule_id"]].optional if check["rule_id"] in unknowns else frozenset()


def _unjudged(
    connection: Any, subject: str, asked: Sequence[Unknown], filed: Mapping[str, FiledTable]
) -> dict[str, Unjudged]:
    """The rows of the filing that checks could not judge."""
    if subject not in filed or not asked:
        return {}

    def ask(texts: Sequence[str]) -> Sequence[Any]:
        rows = connection.view(subject).aggregate([*map(duckdb.SQLExpression, texts)]).fetchall()
        found: Sequence[Any] = rows[0]
        return found

    table = filed[subject]
    return unjudged_rows(asked, table.paths, table.rows, ask, (duckdb.Error,))


def in_order(
    checks: Sequence[Check],
    refused: Mapping[str, Mapping[str, str] | None],
    rows: Mapping[str, dict[str, Any]],
    query: Callable[[Check], list[dict[str, Any]]],
) -> list[dict[str, Any]]:
    """Results in the order of the checks: refused ones with their reason, row checks as scanned, queries now."""
    results: list[dict[str, Any]] = []
    for check in checks:
        found = refused[check["rule_id"]]
        if found is not None:
            results.append({**blank_result(check), "outcome": "not_evaluable", "reason": found})
        elif check["form"] == "row":
            results.append(rows[check["rule_id"]])
        else:
            results.extend(query(check))
    return results


def blank_result(check: Check) -> dict[str, Any]:
    """A passed result of a check, to be changed by what is found."""
    return {
        "rule_id": check["rule_id"],
        "version_sha256": check.get("version_sha256"),
        "outcome": "passed",
        "subject": None,
        "count": 0,
        "measured": None,
        "threshold": None if check.get("threshold") is None else str(check["threshold"]),
        "row_numbers": [],
        "unjudged": 0,
        "evidence_path": None,
        "evidence_sha256": None,
        "reason": None,
    }


def _row_results(
    connection: Any,
    template: str,
    wanted: Sequence[Check],
    fused: FusedScan | None,
    *,
    filed: Mapping[str, FiledTable],
    evidence: Path | None,
) -> dict[str, dict[str, Any]]:
    """Results of the row checks. When the shared scan cannot run (say, a product that does not fit its decimal), it is
    asked with wide products, and then each check alone, so that only the one at fault is not evaluable and the filing
    keeps its other verdicts.
    """
    if fused is None or not wanted:
        return {}
    try:
        return _scan(connection, wanted, fused, filed=filed, evidence=evidence)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        if not fused.wide and len(wanted) == 1:
            return {wanted[0]["rule_id"]: _engine_refused(wanted[0], error)}
    if fused.wide:
        wide = replace(fused, sql=fused.wide, wide="")
        return _row_results(connection, template, wanted, wide, filed=filed, evidence=evidence)
    alone: dict[str, dict[str, Any]] = {}
    for check in wanted:
        alone |= _row_results(connection, template, [check], fuse(template, [check]), filed=filed, evidence=evidence)
    return alone


def _engine_refused(check: Check, error: Exception) -> dict[str, Any]:
    detail = str(error).splitlines()[0][:300]
    return {**blank_result(check), "outcome": "not_evaluable", "reason": reason("engine_refused", detail=detail)}


def _scan(
    connection: Any,
    wanted: Sequence[Check],
    fused: FusedScan,
    *,
    filed: Mapping[str, FiledTable],
    evidence: Path | None,
) -> dict[str, dict[str, Any]]:
    collected = {check["rule_id"]: RowEvidence(check, evidence, fused) for check in wanted}
    for batch in _batches(connection, fused.sql, filed):
        for found in collected.values():
            found.take(batch)
    return {rule_id: {**blank_result(found.check), **found.finish()} for rule_id, found in collected.items()}


def _near_texts(
    connection: Any, judged: Sequence[Check], fused: FusedScan | None, filed: Mapping[str, FiledTable]
) -> dict[str, str]:
    """Rule id -> its text over the suspects' rows, for the SQL checks that may run there."""
    asked = {check["rule_id"] for check in judged}
    rules = [rule for rule in fused.groups if rule.rule_id in asked] if fused else []
    tables = {name: table.paths for name, table in filed.items()}
    known = {name: Known(table.rows, table.unique) for name, table in filed.items()}
    ready = suspects_prepare(connection, rules, tables, known)
    return {rule.rule_id: rule.exact for rule in rules if rule.rule_id in ready}


def _sql_check(
    connection: Any, check: Check, filed: Mapping[str, FiledTable], evidence: Path | None, near: Mapping[str, str]
) -> list[dict[str, Any]]:
    """One SQL check; a query that cannot run is not evaluable with the engine's words, and stops nobody else."""
    text = near.get(check["rule_id"])
    mixed = _mixed_tables(filed, check.get("currency"))
    _narrow(connection, mixed, check.get("currency"), near=text is not None)
    try:
        batches = _batches(connection, text or runnable(connection, check["sql"]), filed)
        found = sql_results(check, capped(batches), evidence)
    except duckdb.OutOfMemoryException:
        raise
    except (duckdb.Error, SqlRefused) as error:
        return [_engine_refused(check, error)]
    finally:
        _narrow(connection, mixed, None, near=text is not None)
    return [{**blank_result(check), **entry} for entry in found] or [blank_result(check)]


def _batches(connection: Any, sql: str, filed: Mapping[str, FiledTable]) -> Any:
    """Arrow batches of a query: copied at once for small filings (half the time), streamed for large ones."""
    if sum(table.rows for table in filed.values()) > STREAMED_FROM_ROWS:
        return connection.sql(sql).to_arrow_reader(65_536)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return connection.execute(sql).to_arrow_reader(65_536)


def _mixed_tables(filed: Mapping[str, FiledTable], currency: str | None) -> dict[str, Sequence[str]]:
    """Tables that also hold rows of another currency than the rule's."""
    if not currency:
        return {}
    return {name: table.paths for name, table in filed.items() if table.currencies - {currency}}


def _narrow(connection: Any, tables: Mapping[str, Sequence[str]], currency: str | None, *, near: bool) -> None:
    """Makes these views show only rows of one currency, or all rows again."""
    for name, paths in tables.items():
        rows = engine.relation(connection, name, paths)
        if currency:
            rows = rows.filter(duckdb.ColumnExpression("currency") == duckdb.ConstantExpression(currency))
        rows.create_view(name, replace=True)
        if near:
            suspects_narrow(connection, name, currency)
