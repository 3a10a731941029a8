"""Run the examples of a rule through the same engine that checks filings. Pure but for a temporary folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.checks import run_checks
from analytics.contracts import Column, template
from analytics.fused import fuse
from analytics.sandbox import SqlRefused
from analytics.sandbox.sources import MARKET
from rulebook.calendars import Calendar
from rulebook.compiler import CompiledCheck, NotCompilable, ParametersOn, compile_rule
from rulebook.compiler.language import LanguageError
from rulebook.entries import Example, Pack, Rule, is_within
from rulebook.facts import deadline_result
from rulebook.sources import Problem

ARROW_TYPES = {"BIGINT": pa.int64(), "DATE": pa.date32(), "BOOLEAN": pa.bool_(), "VARCHAR": pa.string()}
PLATFORM_KEY = "platform_key"


Compiled = dict[date, CompiledCheck]


def example_results(
    pack: Pack, rule: Rule, example: Example, compiled: Compiled | None = None
) -> list[dict[str, Any]]:
    """Return what the engine says about one example, with the parameters of the example's day.

    `compiled` keeps the rule's checks by day, so that examples of one day share the work.
    A disabled rule is tested with the values nobody confirmed, so that it is sound before a person switches it on.
    Raises what `compile_rule` raises.
    """
    calendar = pack.calendars.get(pack.info.calendar) if pack.info else None
    if rule.form == "deadline":
        return [_deadline_example(pack, rule, example)]
    known = {} if compiled is None else compiled
    if example.on not in known:
        parameters = ParametersOn(example.on, pack.parameters, with_unconfirmed=not rule.enabled)
        known[example.on] = compile_rule(rule, parameters, calendar)
    check = known[example.on]
    with tempfile.TemporaryDirectory(prefix="lianxi-example-") as folder:
        tables = write_tables(Path(folder), example)
        answer = run_checks(
            tables=tables,
            subject_template=rule.template or "",
            checks=[check],
            evidence_dir=_evidence(Path(folder)),
            fused=fuse(rule.template or "", [check]),
        )
    results: list[dict[str, Any]] = answer["results"]
    return results


def _evidence(folder: Path) -> str:
    path = folder / "evidence"
    path.mkdir()
    return str(path)


def _deadline_example(pack: Pack, rule: Rule, example: Example) -> dict[str, Any]:
    terms = [term for term in pack.deadlines if term.key == rule.deadline and term.applies_to(rule.applies_to[0])]
    term = next(term for term in terms if is_within(example.on, term.valid_from, term.valid_to))
    event = example.event or {}
    done, today = event.get("done"), event.get("today", event.get("done"))
    calendar: Calendar = pack.calendars[term.calendar]
    return deadline_result(rule, term, calendar, started=event["started"], done=done, today=today)


def write_tables(folder: Path, example: Example) -> dict[str, list[str]]:
    """Write the example's rows as Parquet files, as the lake would hold them, and return their paths by table."""
    tables: dict[str, list[str]] = {}
    for name, rows in example.tables.items():
        for key, part in _by_platform(name, rows).items():
            path = folder / name / key / "filing.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(_arrow(name, part, example), path)
            tables.setdefault(name, []).append(str(path))
    return tables


def _by_platform(name: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    parts: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        key = str(row.get(PLATFORM_KEY, "this")) if name.endswith(MARKET) else "this"
        parts.setdefault(key, []).append(row)
    return parts or {"this": []}


def _arrow(name: str, rows: Sequence[Mapping[str, Any]], example: Example) -> pa.Table:
    contract = template(name.removesuffix(MARKET))
    absent = example.absent_columns.get(name, ())
    columns = [column for column in contract.columns if column.name not in absent]
    numbers = pa.array(range(1, len(rows) + 1), pa.int64())
    arrays = {
        column.name: pa.array([_cell(column, row, at, example.on) for at, row in enumerate(rows)], _type(column))
        for column in columns
    }
    return pa.table({"row_number": numbers, **arrays})


def _type(column: Column) -> Any:
    if column.stored_as.startswith("DECIMAL"):
        return pa.decimal128(*column.digits)
    return ARROW_TYPES[column.stored_as]


def _cell(column: Column, row: Mapping[str, Any], number: int, on: date) -> Any:
    """The example's value; a column that may not be blank takes the sample of its contract."""
    value = row.get(column.name)
    if value is None and not column.nullable:
        value = column.sample.replace("{month}", f"{on:%Y-%m}").replace("{period}", f"{on:%Y-%m}")
        value = f"{value}-{number}" if column.name in ("loan_id", "entry_id", "line_id") else value
    if value is None:
        return None
    if column.stored_as.startswith("DECIMAL"):
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-column.digits[1]))
    if column.stored_as == "DATE":
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    if column.stored_as == "BIGINT":
        return int(value)
    if column.stored_as == "BOOLEAN":
        return value if isinstance(value, bool) else value == "true"
    return str(value)


def differences(example: Example, results: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield in words how the engine's answer departs from what the example expects."""
    outcomes = {str(result["outcome"]) for result in results}
    if outcomes != {example.expect}:
        reasons = [str((result.get("reason") or {}).get("en", "")) for result in results]
        yield f"expected {example.expect}, got {', '.join(sorted(outcomes))} {' '.join(reasons)}".strip()
        return
    unjudged = max((int(result.get("unjudged") or 0) for result in results), default=0)
    if unjudged != example.unjudged:
        why = sorted({str((result.get("reason") or {}).get("en", "")) for result in results})
        yield f"expected {example.unjudged} rows that cannot be judged, got {unjudged} {' '.join(why)}".strip()
    if example.findings and len(example.findings) != len(results):
        yield f"expected {len(example.findings)} findings, got {len(results)}"
        return
    for expected, result in zip(example.findings, results, strict=False):
        for key, value in expected.items():
            if not is_same(value, result.get(key)):
                yield f"{key}: expected {value!r}, got {result.get(key)!r}"


def is_same(expected: Any, found: Any) -> bool:
    """Return whether two values are equal; numbers are compared as numbers, so 36 equals 36.0000."""
    if expected is None or found is None or isinstance(expected, list):
        return bool(expected == found)
    try:
        return Decimal(str(expected)) == Decimal(str(found))
    except InvalidOperation:
        return str(expected) == str(found)


def example_problems(pack: Pack, rule: Rule) -> list[Problem]:
    """Return a problem per example that does not come out as written."""
    found: list[Problem] = []
    compiled: Compiled = {}
    for example in rule.examples:
        try:
            wrong = list(differences(example, example_results(pack, rule, example, compiled)))
        except (NotCompilable, LanguageError, SqlRefused) as error:
            wrong = [str(error)]
        cure = "Correct the rule or the example; both are part of its legal documentation."
        named = f"Example `{example.name['en']}` ({example.name['zh']})"
        found += [Problem(rule.path, example.line, f"{named}: {text}.", cure) for text in wrong]
    return found
