"""Tables, joins and column names of a query, by the name they resolve to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from analytics.contracts import TEMPLATE_NAMES, template
from analytics.portable import portable_functions
from analytics.sandbox.refusal import DATE_CURE, SqlRefused

MARKET = "_market"
MAXIMUM_JOINS = 6
MAXIMUM_SELECTS = 20
JOIN_SIDES = frozenset({"", "LEFT", "RIGHT", "FULL"})
JOIN_KINDS = frozenset({"", "INNER", "OUTER", "SEMI", "ANTI"})
_DAYS = frozenset({exp.DataType.Type.DATE, exp.DataType.Type.TIMESTAMP})
RAW_DAYS = "Days may not be added or subtracted with a sign."
Tables = Mapping[str, Mapping[str, str]]


@cache
def filed_tables() -> Tables:
    """Every table a rule may name, with columns and types: the templates and `<template>_market`."""
    found: dict[str, dict[str, str]] = {}
    for name in TEMPLATE_NAMES:
        columns = {column.name: column.stored_as for column in template(name).columns}
        found[name] = {**columns, "row_number": "BIGINT"}
        found[name + MARKET] = {**columns, "row_number": "BIGINT", "platform_key": "VARCHAR"}
    return found


def typed(tables: Mapping[str, Sequence[str] | Mapping[str, str]]) -> Tables:
    """The tables with types: those given, else those of the filing contracts, else unknown."""
    found: dict[str, dict[str, str]] = {}
    for name, columns in tables.items():
        if isinstance(columns, Mapping):
            found[name] = dict(columns)
        else:
            known = filed_tables().get(name, {})
            found[name] = {column: known.get(column, "UNKNOWN") for column in columns}
    return found


def vet_sources(nodes: Sequence[exp.Expr], tables: Tables) -> None:
    """Every table is a listed one or a CTE, by its bare name. Raises SqlRefused."""
    defined = [node.alias for node in nodes if isinstance(node, exp.CTE)]
    known = {name.lower() for name in tables}
    if len({name.lower() for name in defined}) != len(defined) or {name.lower() for name in defined} & known:
        raise SqlRefused("A CTE repeats a name or hides a table.", "Give each CTE a name of its own.")
    if sum(1 for node in nodes if isinstance(node, exp.Select)) > MAXIMUM_SELECTS:
        raise SqlRefused("There are too many SELECTs.", f"Use at most {MAXIMUM_SELECTS}.")
    for table in nodes:
        if isinstance(table, exp.Table):
            _vet_table(table, tables, defined)


def _vet_table(table: exp.Table, tables: Tables, defined: Sequence[str]) -> None:
    extras = [name for name, value in table.args.items() if value and name not in {"this", "alias", "joins"}]
    if not isinstance(table.this, exp.Identifier) or table.db or table.catalog or extras:
        raise SqlRefused(f"{table.sql(dialect='duckdb')[:80]} is not a plain table name.", "Name a listed table.")
    if table.name not in tables and table.name not in defined:
        listed = ", ".join(sorted(tables))
        raise SqlRefused(f"There is no table {table.name}.", f"Tables you may use: {listed}.")


def vet_joins(nodes: Sequence[exp.Expr]) -> None:
    """Every join equates columns of two tables. Raises SqlRefused."""
    joins = [node for node in nodes if isinstance(node, exp.Join)]
    if len(joins) > MAXIMUM_JOINS:
        raise SqlRefused("There are too many joins.", f"Use at most {MAXIMUM_JOINS}.")
    for join in joins:
        plain = join.side in JOIN_SIDES and join.kind in JOIN_KINDS and not join.method
        condition = join.args.get("on")
        if not plain or not (join.args.get("using") or (condition is not None and _links(condition))):
            raise SqlRefused(
                "A join without an equality between two tables is not allowed.",
                "Join with ON a.key = b.key or USING (key).",
            )


def _links(condition: exp.Expr) -> bool:
    """Whether a conjunct equates columns of two different tables."""
    for part in condition.flatten() if isinstance(condition, exp.And) else [condition]:
        if isinstance(part, exp.EQ | exp.NullSafeEQ):
            left = {column.table for column in part.left.find_all(exp.Column)}
            right = {column.table for column in part.right.find_all(exp.Column)}
            if left and right and not left & right and "" not in left | right:
                return True
    return False


def resolved_columns(tree: exp.Expr, tables: Tables) -> dict[str, tuple[str, ...]]:
    """Every name bound to a column of a given table. Raises SqlRefused when one cannot be, or days are added raw."""
    schema: dict[str, object] = {name: dict(columns) for name, columns in tables.items()}
    try:
        bound = qualify(tree.copy(), schema=schema, dialect="duckdb", quote_identifiers=False)
        for node in list(bound.find_all(exp.Anonymous)):
            if _gives_day(node):
                node.replace(exp.cast(node.expressions[0].copy(), "date"))
        bound = annotate_types(bound, schema=schema, dialect="duckdb")
    except (SqlglotError, RecursionError, ValueError) as error:
        line = str(error).splitlines()[0][:200]
        raise SqlRefused(f"A name cannot be resolved: {line}", "Use the columns listed for each table.")
    refuse_raw_days(bound)
    aliases = {table.alias_or_name: table.name for table in bound.find_all(exp.Table)}
    used: dict[str, set[str]] = {}
    for column in bound.find_all(exp.Column):
        name = aliases.get(column.table, "")
        if not column.table and column.name not in _own_names(column):
            raise SqlRefused(f"There is no column {column.name}.", "Use the columns listed for each table.")
        if name in tables and not isinstance(column.this, exp.Star):
            if column.name not in tables[name]:
                listed = ", ".join(sorted(tables[name]))
                raise SqlRefused(f"{name} has no column {column.name}.", f"Its columns: {listed}.")
            used.setdefault(name, set()).add(column.name)
    return {name: tuple(sorted(columns)) for name, columns in sorted(used.items())}


def _own_names(column: exp.Column) -> list[str]:
    """Names a query gives its own result columns, which its later clauses may use."""
    query = column.find_ancestor(exp.Select, exp.SetOperation)
    return list(query.named_selects) if isinstance(query, exp.Query) else []


def refuse_raw_days(annotated: exp.Expr) -> None:
    """DATE - DATE and DATE + n give other types on other engines. Raises SqlRefused."""
    for node in annotated.find_all(exp.Add, exp.Sub):
        for side in (node.this, node.expression):
            if side.type is not None and side.type.this in _DAYS:
                raise SqlRefused(RAW_DAYS, DATE_CURE)


def refuse_raw_days_of_row(condition: exp.Expr, columns: frozenset[str]) -> None:
    """The same for a condition on one row, by the types its contract gives. Raises SqlRefused."""
    days = _day_columns(columns)
    for node in condition.find_all(exp.Add, exp.Sub):
        if _is_day(node.this, days) or _is_day(node.expression, days):
            raise SqlRefused(RAW_DAYS, DATE_CURE)


@cache
def _day_columns(columns: frozenset[str]) -> frozenset[str]:
    for known in filed_tables().values():
        if columns <= set(known):
            return frozenset(name for name, kind in known.items() if kind == "DATE")
    return frozenset()


def _is_day(node: exp.Expr, days: frozenset[str]) -> bool:
    if isinstance(node, exp.Column):
        return node.name in days
    if isinstance(node, exp.Anonymous):
        return _gives_day(node)
    if isinstance(node, exp.Case | exp.If):
        results = [part.args.get("true") for part in node.args.get("ifs", [node])]
        results += [node.args.get("default"), node.args.get("false")]
        return any(_is_day(part, days) for part in results if part is not None)
    if isinstance(node, exp.Paren | exp.Coalesce | exp.Greatest | exp.Least | exp.Nullif):
        return any(_is_day(part, days) for part in (node.this, *node.expressions))
    return isinstance(node, exp.Cast | exp.LastDay)


def _gives_day(node: exp.Anonymous) -> bool:
    function = portable_functions().get(node.name.upper())
    return function is not None and function.gives_day
