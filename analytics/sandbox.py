"""Vets SQL written by staff before it may touch a filing (the second of three walls).

The engine's own lock stops files and network; the jail stops time and memory; this allow-list stops everything that is
not one plain SELECT over named columns of named tables. What runs is the text made from the vetted tree, never the
text that was sent. Figures and attacks: the engine alone lets ATTACH ':memory:', CREATE MACRO, SET VARIABLE, CALL and
PREPARE pass, so an allow-list is needed, never a deny-list.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify

from analytics.sandbox_table import (
    CAST_TYPES,
    CONDITION_NODES,
    EXTRACT_PARTS,
    FUNCTIONS,
    JOIN_KINDS,
    JOIN_SIDES,
    QUERY_NODES,
)

MAXIMUM_CHARACTERS = 20_000
MAXIMUM_NESTING = 40
MAXIMUM_NODES = 3_000
MAXIMUM_JOINS = 6
MAXIMUM_TEXT_LITERAL = 500
MAXIMUM_DIGITS = 30
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")


class SqlRefused(Exception):  # noqa: N818 -- a refusal is an expected answer here, not a programming error
    """The SQL is not allowed. `reason` says what was met, `cure` what to write instead."""

    def __init__(self, reason: str, cure: str) -> None:
        super().__init__(f"{reason} {cure}")
        self.reason, self.cure = reason, cure


@dataclass(frozen=True, slots=True)
class VettedQuery:
    """A SELECT that may run: its regenerated text and what it uses."""

    sql: str
    columns_used: Mapping[str, tuple[str, ...]]
    functions_used: tuple[str, ...]
    portable: bool


@dataclass(frozen=True, slots=True)
class VettedCondition:
    """A row condition that may be fused: its tree and the columns it reads."""

    tree: exp.Expr
    columns_used: tuple[str, ...]
    functions_used: tuple[str, ...]


def vet(sql: str, tables: Mapping[str, Sequence[str]]) -> VettedQuery:
    """One SELECT over the given tables (name -> column names). Raises SqlRefused with reason and cure."""
    tree = _one_statement(sql)
    if not isinstance(tree, exp.Select | exp.SetOperation):
        raise SqlRefused(f"{tree.key.upper()} is not a SELECT.", "Write one SELECT (or a UNION of them).")
    nodes = _allowed_nodes(tree, QUERY_NODES)
    _vet_sources(nodes, tables)
    _vet_joins(nodes)
    columns = _resolved_columns(tree, tables)
    functions = _functions(nodes)
    return VettedQuery(tree.sql(dialect="duckdb"), columns, functions, _portable(nodes))


def vet_condition(condition: str, columns: Iterable[str]) -> VettedCondition:
    """A condition over one row's columns, without subqueries, aggregates or windows. Raises SqlRefused."""
    tree, known = _one_statement(condition), set(columns)
    nodes = _allowed_nodes(tree, CONDITION_NODES)
    used = []
    for column in nodes:
        if not isinstance(column, exp.Column):
            continue
        if column.table or column.name not in known:
            listed = ", ".join(sorted(known))
            raise SqlRefused(f"Unknown column {column.sql()}.", f"Use the template's columns: {listed}.")
        used.append(column.name)
    return VettedCondition(tree, tuple(dict.fromkeys(used)), _functions(nodes))


def _one_statement(sql: str) -> exp.Expr:
    if len(sql) > MAXIMUM_CHARACTERS:
        raise SqlRefused("The SQL is too long.", f"Stay below {MAXIMUM_CHARACTERS} characters.")
    if _nesting(sql) > MAXIMUM_NESTING:
        raise SqlRefused("The SQL is nested too deeply.", f"Use at most {MAXIMUM_NESTING} levels of brackets.")
    try:
        found = sqlglot.parse(sql, dialect="duckdb")
    except (SqlglotError, RecursionError, ValueError) as error:
        line = str(error).splitlines()[0][:200]
        raise SqlRefused(f"The SQL cannot be read: {line}", "Write plain SQL; one statement without a semicolon.")
    if len(found) != 1 or found[0] is None:
        raise SqlRefused("There is not exactly one statement.", "Write one statement.")
    return found[0]


def _nesting(sql: str) -> int:
    depth = deepest = 0
    for sign in sql:
        depth += (sign in "([{") - (sign in ")]}")
        deepest = max(deepest, depth)
    # CASE and NOT nest without brackets
    words = re.findall(r"\b(?:case|not|interval)\b|[-~]{1}", sql, re.IGNORECASE)
    return max(deepest, len(words) // 8)


def _allowed_nodes(tree: exp.Expr, allowed: frozenset[type[exp.Expr]]) -> list[exp.Expr]:
    """Every node, each of an allowed type, with sound names, literals and casts."""
    nodes = list(tree.walk())
    if len(nodes) > MAXIMUM_NODES:
        raise SqlRefused("The SQL is too large.", f"Stay below {MAXIMUM_NODES} parts; split the rule.")
    for node in nodes:
        if type(node) not in allowed:
            what = node.sql(dialect="duckdb")[:80] if not isinstance(node, exp.Anonymous) else f"{node.name}()"
            raise SqlRefused(
                f"{type(node).__name__} is not in the allowed subset: {what}.",
                "Use SELECT, joins with equality, GROUP BY and the functions listed for rules.",
            )
        _vet_node(node)
    return nodes


def _vet_node(node: exp.Expr) -> None:
    if isinstance(node, exp.Identifier) and not _NAME.fullmatch(node.name):
        raise SqlRefused(f"The name {node.name[:40]!r} is not allowed.", "Use letters, digits and underscores.")
    if isinstance(node, exp.Literal):
        limit = MAXIMUM_TEXT_LITERAL if node.is_string else MAXIMUM_DIGITS
        if len(node.name) > limit or (not node.is_string and not re.fullmatch(r"[0-9]+(\.[0-9]+)?", node.name)):
            raise SqlRefused("A constant is too long or not plain.", f"Use at most {limit} characters, no exponent.")
    if isinstance(node, exp.Cast | exp.TryCast) and (
        not isinstance(node.to, exp.DataType) or node.to.this not in CAST_TYPES or node.to.args.get("nested")
    ):
        raise SqlRefused(f"A cast to {node.to.sql()} is not allowed.", "Cast to DECIMAL, BIGINT, VARCHAR or DATE.")
    if isinstance(node, exp.Extract) and node.name.upper() not in EXTRACT_PARTS:
        raise SqlRefused(f"EXTRACT({node.name}) is not allowed.", "Use year, month, day, quarter, week or dow.")
    if isinstance(node, exp.With) and node.recursive:
        raise SqlRefused("WITH RECURSIVE is not allowed.", "Write the steps as plain CTEs.")


def _vet_sources(nodes: Sequence[exp.Expr], tables: Mapping[str, Sequence[str]]) -> None:
    defined = [node.alias for node in nodes if isinstance(node, exp.CTE)]
    if len(set(defined)) != len(defined) or set(defined) & set(tables):
        raise SqlRefused("A CTE repeats a name or hides a table.", "Give each CTE a name of its own.")
    for table in nodes:
        if not isinstance(table, exp.Table):
            continue
        extras = [name for name, value in table.args.items() if value and name not in {"this", "alias"}]
        extras = [name for name in extras if name != "joins"]
        if not isinstance(table.this, exp.Identifier) or table.db or table.catalog or extras:
            raise SqlRefused(f"{table.sql(dialect='duckdb')[:80]} is not a plain table name.", "Name a listed table.")
        if table.name not in tables and table.name not in defined:
            known = ", ".join(sorted(tables))
            raise SqlRefused(f"There is no table {table.name}.", f"Tables you may use: {known}.")


def _vet_joins(nodes: Sequence[exp.Expr]) -> None:
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


def _resolved_columns(tree: exp.Expr, tables: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Every name bound to a column of a given table; raises when one cannot be."""
    schema: dict[str, object] = {name: dict.fromkeys(columns, "varchar") for name, columns in tables.items()}
    try:
        bound = qualify(tree.copy(), schema=schema, dialect="duckdb", quote_identifiers=False)
    except (SqlglotError, RecursionError) as error:
        line = str(error).splitlines()[0][:200]
        raise SqlRefused(f"A name cannot be resolved: {line}", "Use the columns listed for each table.")
    aliases = {table.alias_or_name: table.name for table in bound.find_all(exp.Table)}
    used: dict[str, set[str]] = {}
    for column in bound.find_all(exp.Column):
        name = aliases.get(column.table, "")
        if name in tables and column.name in tables[name]:
            used.setdefault(name, set()).add(column.name)
    return {name: tuple(sorted(columns)) for name, columns in sorted(used.items())}


def _functions(nodes: Iterable[exp.Expr]) -> tuple[str, ...]:
    return tuple(sorted({_sql_name(node) for node in nodes if type(node) in FUNCTIONS}))


def _sql_name(node: Any) -> str:
    return str(node.sql_name())


def _portable(nodes: Iterable[exp.Expr]) -> bool:
    return all(FUNCTIONS.get(type(node), True) for node in nodes)
