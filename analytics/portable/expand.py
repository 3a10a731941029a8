"""From the portable rule language to the text of one engine. Trees in, trees out; the tree given stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import sqlglot
from sqlglot import exp

from analytics.portable.functions import PortableFunction, portable_functions

ENGINES = ("duckdb", "spark")
MAXIMUM_EXPANSION = 20_000


def expand(tree: exp.Expr, engine: str, decimals: Mapping[str, int] | None = None) -> exp.Expr:
    """A copy in which every portable function is the engine's own expression.

    `decimals` names decimal columns with their scale: inside a product DuckDB gets them with 38 digits, because a
    product of 18 digits overflows there. ValueError when the copy would become too large.
    """
    held = exp.Paren(this=tree.copy())  # so that a root can be replaced as well
    functions, size = portable_functions(), 0
    for node in reversed(list(held.walk())):
        if isinstance(node, exp.Anonymous) and node.name.upper() in functions:
            body = _expanded(functions[node.name.upper()], node, engine)
            size += sum(1 for _ in body.walk())
            if size > MAXIMUM_EXPANSION:
                raise ValueError("The functions of this text are nested too deeply.")
            node.replace(body)
        elif isinstance(node, exp.ArrayAgg):
            _replace_row_list(node, engine)
        elif decimals and engine == "duckdb" and isinstance(node, exp.Column) and node.name in decimals:
            _widen(node, decimals[node.name])
    found: exp.Expr = held.this
    found.pop()
    return found


def engine_text(tree: exp.Expr, engine: str, decimals: Mapping[str, int] | None = None) -> str:
    """The tree as one engine reads it: portable functions expanded, comments dropped."""
    return expand(tree, engine, decimals).sql(dialect=engine, comments=False)


def _widen(column: exp.Column, scale: int) -> None:
    above = column.parent
    while isinstance(above, exp.Paren | exp.Neg | exp.Add | exp.Sub | exp.Sum | exp.Coalesce | exp.Abs):
        above = above.parent
    if isinstance(above, exp.Mul):
        column.replace(exp.cast(column.copy(), f"DECIMAL(38, {scale})"))


@cache
def _body(name: str, engine: str) -> exp.Expr:
    text = portable_functions()[name].text(engine)
    return exp.paren(sqlglot.parse_one(text, dialect=engine), copy=False)


def _expanded(function: PortableFunction, node: exp.Anonymous, engine: str) -> exp.Expr:
    given: Mapping[str, exp.Expr] = dict(zip(function.arguments, node.expressions, strict=True))
    body = _body(function.name, engine).copy()
    for place in list(body.find_all(exp.Placeholder)):
        place.replace(_argument(function, str(place.this), given, engine))
    return body


def _argument(function: PortableFunction, name: str, given: Mapping[str, exp.Expr], engine: str) -> exp.Expr:
    value = given[name].copy()
    if function.arguments[name] == "pattern" and engine == "spark":
        return exp.Literal.string(rf"^(?:{value.name})\z")  # `$` would also match before a last line break
    plain = isinstance(value, exp.Column | exp.Literal | exp.Anonymous | exp.Paren)
    return value if plain else exp.paren(value, copy=False)


def _replace_row_list(node: exp.ArrayAgg, engine: str) -> None:
    """ARRAY_AGG(x ORDER BY x): missing values do not count, nothing gives an empty list, on every engine."""
    value = node.this.this if isinstance(node.this, exp.Order) else node.this
    filtered = node.parent if isinstance(node.parent, exp.Filter) else None
    known: exp.Expr = exp.Not(this=exp.Is(this=value.copy(), expression=exp.null()))
    if filtered is not None:
        known = exp.and_(exp.paren(filtered.expression.this.copy()), known)
    listed: exp.Expr = node.copy()
    if engine == "spark":
        listed = exp.Anonymous(this="COLLECT_LIST", expressions=[value.copy()])
    listed = exp.Filter(this=listed, expression=exp.Where(this=known))
    if engine == "spark":
        whole: exp.Expr = exp.Anonymous(this="SORT_ARRAY", expressions=[listed])
    else:
        whole = exp.Coalesce(this=listed, expressions=[exp.Array(expressions=[])])
    (filtered or node).replace(whole)
