"""All row checks of a template as one SELECT, built as a syntax tree; beside it the plans of SQL checks.

One pass asks of every row whether anything fails; only rows that do are then asked which checks, as one bit each.
`manage.py bench rules` compares it with a plain hash of the same columns. The tree is built once per rule set in the
calling process, never per filing.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError

from analytics.contracts import template
from analytics.groups import GroupRule, group_rule
from analytics.patterns import as_glob
from analytics.portable import expand
from analytics.sandbox import SqlRefused, vet_condition, vetted_text
from analytics.unknown import Unknown, nothing_published, unknown_of

BITS_PER_MASK = 60


@dataclass(frozen=True, slots=True)
class FusedScan:
    """The scan and where each rule's bit is: rule id -> (mask column, bit); `groups`: SQL checks asked of suspects.

    `wide` is the same scan with 38 digits in every product, for filings whose products do not fit the 18 of `sql`.
    `unknowns` say per check which rows it cannot judge.
    """

    sql: str
    columns: tuple[str, ...]
    places: Mapping[str, tuple[str, int]]
    groups: tuple[GroupRule, ...] = ()
    wide: str = ""
    unknowns: tuple[Unknown, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """JSON form for the jail."""
        places = {rule_id: list(place) for rule_id, place in self.places.items()}
        groups, unknowns = [rule.as_json() for rule in self.groups], [one.as_json() for one in self.unknowns]
        return {
            "sql": self.sql, "wide": self.wide, "columns": list(self.columns), "places": places, "groups": groups,
            "unknowns": unknowns,
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "FusedScan":
        """Reverse of `as_json`."""
        places = {rule_id: (place[0], place[1]) for rule_id, place in data["places"].items()}
        groups = tuple(GroupRule.from_json(rule) for rule in data.get("groups", ()))
        unknowns = tuple(Unknown.from_json(one) for one in data.get("unknowns", ()))
        return cls(data["sql"], tuple(data["columns"]), places, groups, data.get("wide", ""), unknowns)


def fuse(subject_template: str, checks: Sequence[Mapping[str, Any]]) -> FusedScan | None:
    """The scan of all row checks, the plans of SQL checks, and what neither can judge; None without checks.

    SqlRefused when a row condition is not allowed.
    """
    parts = [
        {
            "rule_id": check["rule_id"],
            "sql": check["sql"],
            "null_fails": bool(check.get("null_fails")),
            "currency": check.get("currency") or "",
            "shown": check.get("measured_column") or "",
        }
        for check in checks
        if check["form"] == "row"
    ]
    planned = (
        _planned(check["rule_id"], check["sql"], check.get("currency")) for check in checks if check["form"] == "sql"
    )
    groups = tuple(rule for rule in planned if rule is not None)
    scan = _fuse(subject_template, json.dumps(parts)) if parts else FusedScan("", (), {})
    return replace(scan, groups=groups, unknowns=unknowns_of(subject_template, checks)) if checks else None


def unknowns_of(subject_template: str, checks: Sequence[Mapping[str, Any]]) -> tuple[Unknown, ...]:
    """Per check the rows it cannot judge. SqlRefused when a row condition is not allowed."""
    return tuple(_unknown(check, subject_template) for check in checks)


def _unknown(check: Mapping[str, Any], subject: str) -> Unknown:
    """A query that may not run is refused when it runs, with its reason; a condition at once."""
    try:
        return unknown_of(check, subject)
    except (SqlglotError, SqlRefused):
        if check["form"] == "row":
            raise
        return Unknown(check["rule_id"])


@lru_cache(maxsize=1024)
def _planned(rule_id: str, sql: str, currency: str | None) -> GroupRule | None:
    try:
        return group_rule(rule_id, vetted_text(sql), currency)
    except (SqlglotError, SqlRefused):
        return None


@lru_cache(maxsize=256)
def _fuse(subject_template: str, parts_json: str) -> FusedScan:
    names = template(subject_template).column_names
    decimals = {c.name: c.stored_as for c in template(subject_template).columns if c.stored_as.startswith("DECIMAL")}
    used: set[str] = set()
    failed: list[exp.Expr] = []
    wide: list[exp.Expr] = []
    places: dict[str, tuple[str, int]] = {}
    for number, part in enumerate(json.loads(parts_json)):
        vetted = vet_condition(part["sql"], names)
        used.update(vetted.columns_used)
        used.add(part["shown"])
        group, bit = divmod(number, BITS_PER_MASK)
        for trees, kept in ((failed, _is_whole_multiple), (wide, _never)):
            tree = _quick_patterns(_widened(vetted.tree, decimals, kept))
            trees.append(_failed(tree, _unless(part, vetted.written), currency=part["currency"]))
        places[part["rule_id"]] = (f"mask_{group}", bit)
    columns = ("row_number", *(name for name in names if name in used))
    narrow, full = _select(subject_template, columns, failed), _select(subject_template, columns, wide)
    return FusedScan(narrow, columns, places, wide="" if full == narrow else full)


def _never(product: exp.Expr) -> bool:
    return False


def _is_whole_multiple(product: exp.Expr) -> bool:
    """A column times a whole number, compared: exact in 18 digits or refused by the engine, never rounded."""
    if not isinstance(product, exp.Mul) or not isinstance(product.parent, exp.GT | exp.GTE | exp.LT | exp.LTE | exp.EQ):
        return False
    if product.parent.find(exp.Func, exp.Div) is not None:
        return False
    sides = (product.this, product.expression)
    return any(isinstance(side, exp.Literal) and side.is_int for side in sides) and any(
        isinstance(side, exp.Column) for side in sides
    )


def _widened(condition: exp.Expr, decimals: Mapping[str, str], kept: Callable[[exp.Expr], bool]) -> exp.Expr:
    """Decimal columns inside a product get 38 digits: 20 × a balance of 10¹¹ does not fit the 18 they are stored in.

    A product that may be `kept` stays as narrow as it is stored: four times as fast.
    """

    def widen(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and node.parent is not None and kept(node.parent):
            return node
        if isinstance(node, exp.Column) and node.name in decimals and node.find_ancestor(exp.Mul):
            scale = decimals[node.name].rstrip(")").split(",")[1].strip()
            return exp.cast(node.copy(), f"DECIMAL(38, {scale})")
        return node

    return condition.transform(widen)


def _quick_patterns(condition: exp.Expr) -> exp.Expr:
    """Whole-text patterns of fixed length as GLOB."""

    def quicken(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.RegexpFullMatch) or node.args.get("options"):
            return node
        glob = as_glob(node.expression.name) if isinstance(node.expression, exp.Literal) else None
        return node if glob is None else exp.Glob(this=node.this.copy(), expression=exp.Literal.string(glob))

    return condition.transform(quicken)


def _unless(part: Mapping[str, Any], written: exp.Expr) -> exp.Expr | None:
    """What spares a row whose condition is NULL though NULL fails: nothing was published for its day."""
    if not part["null_fails"]:
        return None
    missing = nothing_published(written)
    return exp.false() if missing is None else expand(missing, "duckdb")


def _failed(condition: exp.Expr, unless: exp.Expr | None, *, currency: str) -> exp.Expr:
    """True for a failing row; false or unknown for any other."""
    known: exp.Expr = exp.paren(condition.copy())
    if unless is not None:
        known = exp.Coalesce(this=known, expressions=[unless])
    failed: exp.Expr = exp.Not(this=known)
    if currency:
        failed = exp.and_(exp.column("currency").eq(exp.Literal.string(currency)), failed)
    return failed


def _bit(failed: exp.Expr, bit: int) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=failed.copy(), true=exp.Literal.number(1 << bit))], default=exp.Literal.number(0))


def _select(table: str, columns: Sequence[str], failed: Sequence[exp.Expr]) -> str:
    found = exp.select(*(exp.column(name) for name in columns)).from_(table)
    for group, start in enumerate(range(0, len(failed), BITS_PER_MASK)):
        bits = [_bit(part, bit) for bit, part in enumerate(failed[start : start + BITS_PER_MASK])]
        as_bigint = exp.cast(exp.paren(_balanced(bits, exp.Add)), "bigint")
        found = found.select(exp.alias_(as_bigint, f"mask_{group}"))
    return found.where(_balanced([exp.paren(part) for part in failed], exp.Or)).sql(dialect="duckdb")


def _balanced(parts: Sequence[exp.Expr], joined: type[exp.Binary]) -> exp.Expr:
    """All parts joined as a tree of little depth: a hundred in a row would nest a hundred deep."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    left, right = _balanced(parts[:half], joined), _balanced(parts[half:], joined)
    return exp.paren(joined(this=left, expression=right))
