"""Text in, vetted tree out: `vet` for a query, `vet_condition` for a condition on one row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from analytics.portable import engine_text, expand
from analytics.portable.admitted import function_names, nodes
from analytics.sandbox.nodes import vet_node
from analytics.sandbox.refusal import SqlRefused, not_admitted
from analytics.sandbox.sources import (
    Tables,
    refuse_raw_days_of_row,
    resolved_columns,
    typed,
    vet_joins,
    vet_sources,
)

MAXIMUM_CHARACTERS = 20_000
MAXIMUM_NESTING = 40
MAXIMUM_NODES = 3_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FIRST = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(select|with)\b", re.IGNORECASE | re.DOTALL)
_NESTING_WORDS = re.compile(r"\b(?:case|not|interval|select|distinct)\b|[-~+]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class VettedQuery:
    """A SELECT that may run: its DuckDB text, its tree as written, and what it uses."""

    sql: str
    tree: exp.Expr
    columns_used: Mapping[str, tuple[str, ...]]
    functions_used: tuple[str, ...]

    def text(self, engine: str) -> str:
        """The query as an engine reads it."""
        return self.sql if engine == "duckdb" else engine_text(self.tree, engine)

    @property
    def joins(self) -> bool:
        """Whether rows of two sources meet, so that the result can be larger than what was filed."""
        return self.tree.find(exp.Join, exp.Subquery, exp.Exists, exp.In) is not None


@dataclass(frozen=True, slots=True)
class VettedCondition:
    """A row condition that may be fused: its tree for DuckDB, the tree as written, and the columns it reads."""

    tree: exp.Expr
    written: exp.Expr
    columns_used: tuple[str, ...]
    functions_used: tuple[str, ...]


def vet(sql: str, tables: Mapping[str, Sequence[str] | Mapping[str, str]]) -> VettedQuery:
    """One SELECT over the given tables (name -> columns, with types or without). Raises SqlRefused."""
    known = typed(tables)
    return _vet(sql, tuple((name, tuple(columns.items())) for name, columns in known.items()))


@lru_cache(maxsize=512)
def _vet(sql: str, key: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]) -> VettedQuery:
    tables: Tables = {name: dict(columns) for name, columns in key}
    tree = _one_statement(sql)
    if not isinstance(tree, exp.Select | exp.SetOperation) or not _FIRST.match(sql):
        raise SqlRefused(f"{tree.key.upper()} is not a SELECT.", "Write one SELECT (or a UNION of them).")
    found = _allowed_nodes(tree, row_only=False)
    vet_sources(found, tables)
    vet_joins(found)
    columns = resolved_columns(tree, tables)
    return VettedQuery(_duckdb(tree, _decimals(tables)).sql("duckdb", comments=False), tree, columns, _functions(found))


def vet_condition(condition: str, columns: Iterable[str]) -> VettedCondition:
    """A condition over one row's columns, without subqueries, aggregates or windows. Raises SqlRefused."""
    tree, known = _one_statement(condition), set(columns)
    found = _allowed_nodes(tree, row_only=True)
    used = []
    for column in found:
        if not isinstance(column, exp.Column):
            continue
        if column.table or column.name not in known:
            listed = ", ".join(sorted(known))
            raise SqlRefused(f"Unknown column {column.sql()}.", f"Use the template's columns: {listed}.")
        used.append(column.name)
    refuse_raw_days_of_row(tree, frozenset(known))
    return VettedCondition(_duckdb(tree, {}), tree, tuple(dict.fromkeys(used)), _functions(found))


def _duckdb(tree: exp.Expr, decimals: Mapping[str, int]) -> exp.Expr:
    try:
        return expand(tree, "duckdb", decimals)
    except ValueError as error:
        raise SqlRefused(str(error), "Split the rule into steps (CTEs).")


def _decimals(tables: Tables) -> dict[str, int]:
    """Decimal columns and their scale; a name with two scales is left as it is."""
    found: dict[str, set[str]] = {}
    for columns in tables.values():
        for name, kind in columns.items():
            found.setdefault(name, set()).add(kind)
    decimal = {name: next(iter(kinds)) for name, kinds in found.items() if len(kinds) == 1}
    return {
        name: int(kind.rstrip(")").split(",")[1]) for name, kind in decimal.items() if kind.startswith("DECIMAL")
    }


def _one_statement(sql: str) -> exp.Expr:
    if len(sql) > MAXIMUM_CHARACTERS:
        raise SqlRefused("The SQL is too long.", f"Stay below {MAXIMUM_CHARACTERS} characters.")
    if _CONTROL.search(sql):
        raise SqlRefused("The SQL has control characters.", "Write plain text; line breaks and tabs are fine.")
    if _nesting(sql) > MAXIMUM_NESTING:
        raise SqlRefused("The SQL is nested too deeply.", f"Use at most {MAXIMUM_NESTING} levels of brackets.")
    try:
        found = sqlglot.parse(sql, dialect="duckdb")
    except (SqlglotError, RecursionError, ValueError, AttributeError, TypeError, IndexError, KeyError) as error:
        line = (str(error).splitlines() or [type(error).__name__])[0][:200]
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
    return max(deepest, len(_NESTING_WORDS.findall(sql)) // 8)


def _allowed_nodes(tree: exp.Expr, *, row_only: bool) -> list[exp.Expr]:
    """Every node, each of an admitted type, with sound names, constants and flags."""
    allowed, named = nodes(row_only=row_only), function_names(row_only=row_only)
    found = list(tree.walk())
    if len(found) > MAXIMUM_NODES:
        raise SqlRefused("The SQL is too large.", f"Stay below {MAXIMUM_NODES} parts; split the rule.")
    for node in found:
        is_function = isinstance(node, exp.Anonymous) and node.name.upper() in named
        if not is_function and type(node) not in allowed:
            raise not_admitted(node)
        vet_node(node)
    return found


def _functions(found: Iterable[exp.Expr]) -> tuple[str, ...]:
    return tuple(sorted({_name(node) for node in found if isinstance(node, exp.Func)}))


def _name(node: Any) -> str:
    return str(node.name.upper() if isinstance(node, exp.Anonymous) else node.sql_name())
