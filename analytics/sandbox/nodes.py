"""One node at a time: which plain arguments it may carry, and what its constants may be."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from sqlglot import exp

from analytics.portable import portable_functions, what_is_wrong
from analytics.portable.admitted import extract_parts
from analytics.sandbox.refusal import CURES, SqlRefused

MAXIMUM_TEXT_LITERAL = 500
MAXIMUM_DIGITS = 30
MAXIMUM_REACH = 1_000  # rows a window may look back or ahead
MAXIMUM_LIMIT = 1_000_000
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
# Arguments that are no nodes: keywords and flags. Any other that is set is refused.
PLAIN: dict[type[exp.Expr], frozenset[str]] = {
    exp.Identifier: frozenset({"this", "quoted"}),
    exp.Literal: frozenset({"is_string", "this"}),
    exp.Boolean: frozenset({"this"}),
    exp.Var: frozenset({"this"}),
    exp.Anonymous: frozenset({"this"}),
    exp.DataType: frozenset({"this", "nested"}),
    exp.Join: frozenset({"side", "kind"}),
    exp.Ordered: frozenset({"desc", "nulls_first"}),
    exp.Union: frozenset({"distinct"}),
    exp.Intersect: frozenset({"distinct"}),
    exp.Except: frozenset({"distinct"}),
    exp.Count: frozenset({"big_int"}),
    exp.ArrayAgg: frozenset({"nulls_excluded"}),
    exp.Window: frozenset({"over"}),
    exp.WindowSpec: frozenset({"kind", "start", "start_side", "end", "end_side"}),
    exp.DPipe: frozenset({"safe"}),
    exp.Coalesce: frozenset({"is_nvl", "is_null"}),
    exp.Greatest: frozenset({"ignore_nulls"}),
    exp.Least: frozenset({"ignore_nulls"}),
    exp.Length: frozenset({"binary", "encoding"}),
    exp.Contains: frozenset({"json_scope"}),
    exp.Like: frozenset({"negate"}),
}


def vet_node(node: exp.Expr) -> None:
    """Raises SqlRefused when a node carries a flag, constant, name or form that is not plain."""
    _vet_flags(node)
    found = _CHECKS.get(type(node))
    if found is not None:
        found(node)


def _vet_flags(node: exp.Expr) -> None:
    allowed = PLAIN.get(type(node), frozenset())
    for name, value in node.args.items():
        if isinstance(value, exp.Expr) or value in (None, False, [], ""):
            continue
        if isinstance(value, list) and all(isinstance(part, exp.Expr) for part in value):
            continue
        if name not in allowed:
            raise SqlRefused(f"{type(node).__name__} may not be written with {name}.", "Leave that out.")


def _identifier(node: exp.Expr) -> None:
    if not _NAME.fullmatch(node.name):
        raise SqlRefused(f"The name {node.name[:40]!r} is not allowed.", "Use letters, digits and underscores.")


def _literal(node: exp.Expr) -> None:
    limit = MAXIMUM_TEXT_LITERAL if node.is_string else MAXIMUM_DIGITS
    if len(node.name) > limit or (not node.is_string and not _NUMBER.fullmatch(node.name)):
        raise SqlRefused("A constant is too long or not plain.", f"Use at most {limit} characters, no exponent.")


def _cast(node: exp.Expr) -> None:
    to, value = node.args["to"], node.this
    plain = isinstance(to, exp.DataType) and to.this == exp.DataType.Type.DATE and not to.expressions
    if not plain or not isinstance(value, exp.Literal) or not value.is_string or not _is_day(value.name):
        raise SqlRefused(f"This cast is not allowed: {node.sql(dialect='duckdb')[:80]}.", CURES["Cast"])


def _is_day(text: str) -> bool:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        return date.fromisoformat(text).year > 0
    except ValueError:
        return False


def _extract(node: exp.Expr) -> None:
    if node.name.upper() not in extract_parts():
        raise SqlRefused(f"EXTRACT({node.name}) is not allowed.", f"Use {', '.join(sorted(extract_parts()))}.")


def _var(node: exp.Expr) -> None:
    if not isinstance(node.parent, exp.Extract):
        raise SqlRefused(f"{node.name[:40]} is not allowed here.", "Use a column or a constant.")


def _like(node: exp.Expr) -> None:
    pattern = node.expression
    if not isinstance(pattern, exp.Literal) or not pattern.is_string or "\\" in pattern.name:
        raise SqlRefused("LIKE needs a constant pattern without a backslash.", "Write LIKE '%text%'.")


def _anonymous(node: exp.Expr) -> None:
    assert isinstance(node, exp.Anonymous)  # noqa: S101 -- the table of checks says so
    wrong = what_is_wrong(node)
    if wrong:
        raise SqlRefused(f"{node.name.upper()} is not written as it should be.", wrong)
    is_aggregate = portable_functions()[node.name.upper()].kind == "aggregate"
    if isinstance(node.parent, exp.Filter | exp.Window) and (is_aggregate or node.parent.this is node):
        raise SqlRefused(f"{node.name.upper()} takes no FILTER and no OVER.", "Write CASE WHEN … END inside it.")


def _array_agg(node: exp.Expr) -> None:
    order = node.this
    keys = order.expressions if isinstance(order, exp.Order) else []
    plain = len(keys) == 1 and isinstance(order.this, exp.Column) and keys[0].this == order.this
    if not plain or keys[0].args.get("desc") or isinstance(node.parent, exp.Window):
        raise SqlRefused(
            "ARRAY_AGG is for row numbers only.", "Write ARRAY_AGG(row_number ORDER BY row_number) AS row_numbers."
        )


def _distinct(node: exp.Expr) -> None:
    if node.args.get("on") or (isinstance(node.parent, exp.AggFunc) and len(node.expressions) != 1):
        raise SqlRefused("DISTINCT ON and DISTINCT over several columns are not allowed.", "Use GROUP BY.")


def _in(node: exp.Expr) -> None:
    if node.args.get("unnest") or node.args.get("field"):
        raise SqlRefused("IN takes a list in brackets or a subquery.", "Write x IN (1, 2) or x IN (SELECT …).")


def _star(node: exp.Expr) -> None:
    if any(node.args.values()):
        raise SqlRefused("* may not leave out or change columns.", "Name the columns.")


def _with(node: exp.Expr) -> None:
    if node.args.get("recursive"):
        raise SqlRefused("WITH RECURSIVE is not allowed.", "Write the steps as plain CTEs.")
    _parts(node)


def _table_alias(node: exp.Expr) -> None:
    if node.args.get("columns"):
        raise SqlRefused("Columns may not be renamed in an alias.", "Name them with AS in the SELECT.")


def _limit(node: exp.Expr) -> None:
    count = node.args.get("expression")
    if not isinstance(count, exp.Literal) or count.is_string or not _is_up_to(count, MAXIMUM_LIMIT):
        raise SqlRefused("LIMIT needs a plain number.", f"Write LIMIT n with n up to {MAXIMUM_LIMIT}.")


def _is_up_to(value: exp.Expr, most: int) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,9}", value.name)) and int(value.name) <= most


def _group(node: exp.Expr) -> None:
    extras = [name for name, value in node.args.items() if value and name != "expressions"]
    if extras or any(isinstance(part, exp.Literal | exp.Tuple) for part in node.expressions):
        raise SqlRefused("GROUP BY takes columns or expressions by name.", "Name each; no numbers, ALL or ROLLUP.")


def _ordered(node: exp.Expr) -> None:
    if isinstance(node.this, exp.Literal) or node.args.get("with_fill"):
        raise SqlRefused("ORDER BY takes columns or expressions by name.", "Name each; no position numbers.")


def _window_spec(node: exp.Expr) -> None:
    bounds = [node.args.get("start"), node.args.get("end")]
    numbers = [bound for bound in bounds if isinstance(bound, exp.Expr)]
    words = [bound for bound in bounds if isinstance(bound, str)]
    plain = all(isinstance(bound, exp.Literal) and _is_up_to(bound, MAXIMUM_REACH) for bound in numbers)
    named = all(word.upper() in {"UNBOUNDED", "CURRENT ROW"} for word in words)
    if node.args.get("kind") != "ROWS" or not plain or not named or node.args.get("exclude"):
        raise SqlRefused("This window frame is not allowed.", f"Use ROWS BETWEEN, at most {MAXIMUM_REACH} rows away.")


def _offset(node: exp.Expr) -> None:
    offset = node.args.get("offset")
    if offset is not None and not (isinstance(offset, exp.Literal) and _is_up_to(offset, MAXIMUM_REACH)):
        raise SqlRefused("LAG and LEAD need a plain offset.", f"Use a number up to {MAXIMUM_REACH}.")


_PARTS = {
    exp.Select: frozenset(
        {"with_", "expressions", "from_", "joins", "where", "group", "having", "order", "limit", "distinct", "qualify"}
    ),
    exp.Subquery: frozenset({"this", "alias", "with_"}),
    exp.CTE: frozenset({"this", "alias"}),
    exp.With: frozenset({"expressions"}),
    exp.Window: frozenset({"this", "partition_by", "order", "spec", "over"}),
}


def _parts(node: exp.Expr) -> None:
    """A query's parts by name: a named window, a sample or a setting is none of them."""
    strange = [name for name, value in node.args.items() if value and name not in _PARTS[type(node)]]
    if strange or (isinstance(node, exp.Select) and not node.expressions):
        what = strange[0].rstrip("_") if strange else "no columns"
        raise SqlRefused(f"{type(node).__name__} with {what} is not allowed.", "Write plain SELECT … FROM … WHERE … .")


_CHECKS: dict[type[exp.Expr], Callable[[exp.Expr], None]] = {
    exp.Identifier: _identifier,
    exp.Literal: _literal,
    exp.Cast: _cast,
    exp.Extract: _extract,
    exp.Var: _var,
    exp.Like: _like,
    exp.Anonymous: _anonymous,
    exp.ArrayAgg: _array_agg,
    exp.Distinct: _distinct,
    exp.In: _in,
    exp.Star: _star,
    exp.With: _with,
    exp.TableAlias: _table_alias,
    exp.Limit: _limit,
    exp.Select: _parts,
    exp.Subquery: _parts,
    exp.CTE: _parts,
    exp.Window: _parts,
    exp.Group: _group,
    exp.Ordered: _ordered,
    exp.WindowSpec: _window_spec,
    exp.Lag: _offset,
    exp.Lead: _offset,
}
