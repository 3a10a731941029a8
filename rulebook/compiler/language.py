"""The rule language: what a condition or query may name, its macros, and what it needs. Pure (sqlglot only).

`:alias` stands for a dated parameter. Two macros exist because plain SQL has no law in it:
`VALUE_ON(:alias, column)` is the parameter's value on the row's own day (a contract's date), and
`WORKING_DAYS(start, end)` counts working days after `start` up to `end` in the pack's calendar.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import OptimizeError, ParseError, TokenError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope

from analytics.sandbox.sources import filed_tables

DIALECT = "duckdb"
VALUE_ON, WORKING_DAYS = "VALUE_ON", "WORKING_DAYS"
RESULT_COLUMNS = ("subject", "measured", "threshold")


class LanguageError(ValueError):
    """The text of a rule cannot be understood: `message` says what is wrong, `cure` what to write."""

    def __init__(self, message: str, cure: str) -> None:
        self.message, self.cure = message, cure
        super().__init__(f"{message} {cure}")


def parse(text: str) -> exp.Expr:
    """Parse one condition or one query. Raises `LanguageError` with the parser's words."""
    try:
        trees = [tree for tree in sqlglot.parse(text, dialect=DIALECT) if tree is not None]
    except (ParseError, TokenError) as error:
        first = str(error).splitlines()[0]
        raise LanguageError(f"This is not valid SQL: {first}", "Check brackets, commas and quotes.") from error
    if len(trees) != 1:
        raise LanguageError(f"There are {len(trees)} statements.", "Write exactly one; drop the semicolon.")
    return trees[0]


def aliases_used(tree: exp.Expr) -> set[str]:
    """Return the parameter aliases a text uses as `:alias`."""
    return {str(node.this) for node in tree.find_all(exp.Placeholder) if node.this}


def tables() -> Mapping[str, Mapping[str, str]]:
    """Return every table a rule may name with its columns and types: templates and `<template>_market`."""
    return filed_tables()


def as_query(condition: exp.Expr, table: str) -> exp.Expr:
    """Return a row condition as a query over its template, so that both forms are checked alike."""
    return exp.select(condition.copy()).from_(table)


def needs_of(query: exp.Expr) -> dict[str, list[str]]:
    """Return the columns a query reads by table. Raises `LanguageError` for a table or column that no template has."""
    known = tables()
    wanted = {node.name for node in query.find_all(exp.Table)} - {cte.alias for cte in query.find_all(exp.CTE)}
    for name in sorted(wanted - set(known)):
        raise LanguageError(f"The table `{name}` is not filed.", f"Known tables: {', '.join(sorted(known))}.")
    found: dict[str, set[str]] = {name: set() for name in wanted}
    for scope in traverse_scope(_qualified(query, wanted)):
        _columns_of(scope, found)
    return {name: sorted(columns - {"row_number"}) for name, columns in sorted(found.items())}


def _qualified(query: exp.Expr, wanted: set[str]) -> exp.Expr:
    schema: dict[str, object] = {name: dict(columns) for name, columns in tables().items() if name in wanted}
    try:
        return qualify(query.copy(), schema=schema, dialect=DIALECT)
    except OptimizeError as error:
        cure = "; ".join(f"`{name}` has {', '.join(tables()[name])}" for name in sorted(wanted))
        raise LanguageError(f"A column is unknown: {str(error).splitlines()[0]}", f"{cure}.") from error


def _columns_of(scope: Scope, found: dict[str, set[str]]) -> None:
    for column in scope.columns:
        source = scope.sources.get(column.table)
        if isinstance(source, exp.Table) and source.name in found:
            found[source.name].add(column.name)


def result_names(query: exp.Expr) -> list[str]:
    """Return the names of the columns a query gives back."""
    return list(query.named_selects) if isinstance(query, exp.Query) else []
