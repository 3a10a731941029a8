"""All row checks of a template as one Spark query: a mask bit for each check a row fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlglot import exp

from analytics.contracts import template
from analytics.fused import BITS_PER_MASK, FusedScan
from analytics.portable import expand
from analytics.sandbox import vet_condition
from analytics.unknown import nothing_published


def spark_scan(subject_template: str, checks: Sequence[Mapping[str, Any]]) -> FusedScan:
    """The scan of row checks in Spark's words, with the same columns and places as DuckDB's."""
    names = template(subject_template).column_names
    used: set[str] = set()
    failed: list[exp.Expr] = []
    places: dict[str, tuple[str, int]] = {}
    for number, check in enumerate(checks):
        vetted = vet_condition(check["sql"], names)
        used.update(vetted.columns_used)
        used.add(check.get("measured_column") or "")
        failed.append(_failed(vetted.written, check))
        group, bit = divmod(number, BITS_PER_MASK)
        places[check["rule_id"]] = (f"mask_{group}", bit)
    columns = ("row_number", *(name for name in names if name in used))
    return FusedScan(_select(subject_template, columns, failed), columns, places)


def _failed(condition: exp.Expr, check: Mapping[str, Any]) -> exp.Expr:
    """True for a failing row, false for any other."""
    default: exp.Expr = exp.true()
    if check.get("null_fails"):
        default = nothing_published(condition) or exp.false()
    known = exp.Coalesce(this=exp.paren(expand(condition, "spark")), expressions=[expand(default, "spark")])
    failed: exp.Expr = exp.Not(this=known)
    if check.get("currency"):
        same = exp.NullSafeEQ(this=exp.column("currency"), expression=exp.Literal.string(check["currency"]))
        failed = exp.and_(failed, same)
    return exp.paren(failed)


def _select(table: str, columns: Sequence[str], failed: Sequence[exp.Expr]) -> str:
    found = exp.select(*(exp.column(name) for name in columns)).from_(table)
    names = []
    for group, start in enumerate(range(0, len(failed), BITS_PER_MASK)):
        total: exp.Expr = exp.cast(exp.Literal.number(0), "bigint")
        for bit, part in enumerate(failed[start : start + BITS_PER_MASK]):
            mark = exp.cast(exp.Literal.number(1 << bit), "bigint")
            total = exp.Add(this=total, expression=exp.Case(ifs=[exp.If(this=part.copy(), true=mark)], default=_none()))
        names.append(f"mask_{group}")
        found = found.select(exp.alias_(total, names[-1]))
    some = [exp.NEQ(this=exp.column(name), expression=exp.Literal.number(0)) for name in names]
    return exp.select("*").from_(found.subquery("judged")).where(exp.or_(*some)).sql(dialect="spark")


def _none() -> exp.Expr:
    return exp.cast(exp.Literal.number(0), "bigint")
