"""Which SQL checks can be asked of a few suspect groups instead of all of them. Pure: trees in, a plan out.

A limit per borrower groups a million loans to find the few borrowers above it. When the check says "a sum (or count)
of this group exceeds a number", the group's rows can first be added up in coarse buckets by a hash of the key: a bucket
below the number holds no failing group. Only rows of the others are then grouped exactly, by the check's own SQL.

That is sound when nothing but rows of the group itself can reach its result, so the plan refuses (and the check runs
as it is written) unless every SELECT of the check is one of:
- a leaf: one filed table, no join, grouped by the key, no window;
- the outer SELECT: leaves joined by that key, without grouping, windows or a limit of its own;
- the n largest of one leaf, ordered by a sum; other steps read whole tables, never the suspects.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlglot
from sqlglot import exp

from analytics.contracts import TEMPLATE_NAMES, template
from analytics.sandbox.sources import MARKET

NEAR = "__near"
_OUTER_BARRED = ("group", "having", "limit", "offset", "distinct", "qualify", "windows", "laterals", "pivots")
_LEAF_BARRED = ("limit", "offset", "distinct", "qualify", "windows", "laterals", "pivots", "joins", "with_")


@dataclass(frozen=True, slots=True)
class GroupRule:
    """One check asked of suspects first.

    `keys` tell its groups apart. `measure` is an amount per row ("" counts rows); a group can only fail when its sum
    over the rows of `table` reaches `least`, or when it is among the `largest` n. `exact` is the check over the
    suspects' rows.
    """

    rule_id: str
    family: str
    table: str
    keys: tuple[str, ...]
    measure: str
    least: float
    largest: int
    exact: str
    columns: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """JSON form for the jail."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "GroupRule":
        """Reverse of `as_json`."""
        return cls(**{**data, "keys": tuple(data["keys"]), "columns": tuple(data["columns"])})


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A grouped SELECT over one filed table."""

    select: exp.Select
    table: str
    keys: frozenset[str]
    outputs: Mapping[str, exp.Expr]


def group_rule(rule_id: str, sql: str, currency: str | None = None) -> GroupRule | None:
    """The plan of one SQL check, None when it must be asked of all groups. `currency`: it sees these rows only."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    if not isinstance(tree, exp.Select) or any(tree.find_all(exp.SetOperation, exp.Window, exp.Exists)):
        return None
    leaves = _leaves(tree)
    found = _limited(tree, leaves) or _largest(tree, leaves, currency)
    if found is None:
        return None
    table, column, measure, least, largest, restricted = found
    if "platform_key" in measure:  # known of a market's view only, not of its files
        return None
    family = table.removesuffix(MARKET)
    known = template(family).column_names
    keys = _keys(tree, column, restricted, known)
    exact = _restricted(tree, restricted)
    names = {name.name for name in tree.find_all(exp.Column)}
    columns = tuple(name for name in known if name in names | {"currency", column})
    return GroupRule(rule_id, family, table, keys, measure, least, largest, exact, columns)


def _keys(tree: exp.Select, column: str, leaves: Sequence[_Leaf], known: Sequence[str]) -> tuple[str, ...]:
    """What to hash: the whole key of a lone leaf, else the columns by which every leaf is grouped and joined.

    A key of the token and the currency stays the token, so that limits per borrower share one order of the rows.
    """
    joins, shared = tree.args.get("joins") or [], frozenset.intersection(*(leaf.keys for leaf in leaves))
    if len(leaves) > 1:
        passed = (name for name in shared if all(_passes(leaf, name) for leaf in leaves))
        shared = frozenset(name for name in passed if all(_on_key(join, name) for join in joins))
    keys = tuple(name for name in known if name in shared)
    return (column,) if set(keys) <= {column, "currency"} else keys


_Found = tuple[str, str, str, float, int, list[_Leaf]]


def _limited(tree: exp.Select, leaves: Mapping[str, _Leaf]) -> _Found | None:
    """A sum or count above a number, in one leaf or in leaves joined by the key."""
    if "" in leaves:
        leaf = leaves[""]
        column, conjuncts = _token(leaf), list(_conjuncts(tree.args.get("having")))
    else:
        column, conjuncts = _joined_by(tree, leaves), list(_conjuncts(tree.args.get("where")))
    used = list(leaves.values())
    if not column or len({leaf.table.removesuffix(MARKET) for leaf in used}) != 1:
        return None
    found = [
        (leaf.table, column, *reached, 0, used)
        for part in conjuncts
        for name, leaf in leaves.items()
        if (reached := _reached(part, name, leaf)) is not None
    ]
    return min(found, key=lambda entry: entry[2] == "", default=None)  # an amount tells more groups apart than a count


def _largest(tree: exp.Select, leaves: Mapping[str, _Leaf], currency: str | None) -> _Found | None:
    """The n largest sums of one leaf that nothing else reads. Here a row too many is as wrong as one too few."""
    for select in tree.find_all(exp.Select):
        source, limit, order = _only_table(select), select.args.get("limit"), select.args.get("order")
        leaf = leaves.get(source or "")
        if leaf is None or limit is None or order is None or _barred(select, ("where", *_OUTER_BARRED), but="limit"):
            continue
        if leaf.select.args.get("having"):
            continue
        first, column, number = order.expressions[0], _token(leaf), limit.expression
        if not column or len(order.expressions) != 1 or not first.args.get("desc") or not _plain_number(number):
            continue
        readers = [table for table in tree.find_all(exp.Table) if table.name == source]
        total = leaf.outputs.get(first.this.name) if isinstance(first.this, exp.Column) else None
        if len(readers) == 1 and isinstance(total, exp.Sum) and not _is_distinct(total):
            return leaf.table, column, _measure(total.this, leaf, whole=[currency]), 0.0, int(number.name), [leaf]
    return None


def _leaves(tree: exp.Select) -> dict[str, _Leaf]:
    """CTE name -> leaf; the name is "" when the whole check is one leaf."""
    steps: list[tuple[str, Any]] = [(cte.alias, cte.this) for cte in tree.ctes] or [("", tree)]
    found = {}
    for name, select in steps:
        leaf = _leaf(select) if isinstance(select, exp.Select) else None
        if leaf is not None:
            found[name] = leaf
    return found


def _leaf(select: exp.Select) -> _Leaf | None:
    table, group = _only_table(select), select.args.get("group")
    if table is None or table.removesuffix(MARKET) not in TEMPLATE_NAMES or group is None:
        return None
    if _barred(select, _LEAF_BARRED):
        return None
    if len(list(select.find_all(exp.Select))) != 1 or not all(isinstance(key, exp.Column) for key in group.expressions):
        return None
    if any(value for name, value in group.args.items() if name != "expressions"):
        return None
    keys = frozenset(key.name for key in group.expressions)
    outputs = {part.alias_or_name: part.unalias() for part in select.expressions}
    return _Leaf(select, table, keys, outputs)


def _barred(select: exp.Select, names: Iterable[str], but: str = "") -> bool:
    return any(select.args.get(name) for name in names if name != but)


def _only_table(select: exp.Select) -> str | None:
    source = select.args.get("from_")
    if source is None or not isinstance(source.this, exp.Table) or select.args.get("joins"):
        return None
    return source.this.name


def _token(leaf: _Leaf) -> str:
    """The key that tells groups apart: the grouped column of token type."""
    columns = template(leaf.table.removesuffix(MARKET)).columns
    return next((column.name for column in columns if column.type == "token" and column.name in leaf.keys), "")


def _joined_by(tree: exp.Select, leaves: Mapping[str, _Leaf]) -> str:
    """The one key by which the outer SELECT joins nothing but leaves; "" when it does more."""
    joins, source = tree.args.get("joins") or [], tree.args.get("from_")
    if not leaves or source is None or _barred(tree, _OUTER_BARRED) or len(leaves) != len(tree.ctes):
        return ""
    if any(tree_part.find(exp.AggFunc) for tree_part in tree.expressions):
        return ""
    tables = [source.this, *(join.this for join in joins)]
    if any(not isinstance(table, exp.Table) or table.name not in leaves for table in tables):
        return ""
    column = _token(leaves[tables[0].name])
    sound = [leaf for leaf in leaves.values() if column in leaf.keys and _passes(leaf, column)]
    if len(sound) != len(leaves) or not all(_on_key(join, column) for join in joins):
        return ""
    return column


def _passes(leaf: _Leaf, column: str) -> bool:
    found = leaf.outputs.get(column)
    return isinstance(found, exp.Column) and found.name == column


def _on_key(join: exp.Join, column: str) -> bool:
    if join.side or join.kind not in {"", "INNER"} or join.args.get("using"):
        return False
    for part in _conjuncts(join):
        if isinstance(part, exp.EQ) and isinstance(part.left, exp.Column) and isinstance(part.right, exp.Column):
            sides = {part.left.table, part.right.table}
            if part.left.name == column == part.right.name and len(sides) == 2 and join.this.alias_or_name in sides:
                return True
    return False


def _conjuncts(holder: exp.Expr | None) -> Iterator[exp.Expr]:
    if holder is None:
        return
    condition = holder.args.get("on") if isinstance(holder, exp.Join) else holder.this
    if condition is None:
        return
    for part in condition.flatten() if isinstance(condition, exp.And) else [condition]:
        yield part.unnest()


def _reached(part: exp.Expr, name: str, leaf: _Leaf) -> tuple[str, float] | None:
    """(measure, least) when the conjunct asks an aggregate of this leaf to exceed a number."""
    if isinstance(part, exp.LT | exp.LTE):
        turned = exp.GT if isinstance(part, exp.LT) else exp.GTE
        part = turned(this=part.expression.copy(), expression=part.this.copy())
    if not isinstance(part, exp.GT | exp.GTE) or not _plain_number(part.expression):
        return None
    number, total = float(part.expression.name), part.this
    if isinstance(total, exp.Column) and total.table == name and name:
        total = leaf.outputs.get(total.name, total)
    if isinstance(total, exp.Sum) and not _is_distinct(total) and number > 0:
        return _measure(total.this, leaf), number
    least = number + 1 if isinstance(part, exp.GT) else number
    if isinstance(total, exp.Count) and least >= 2:  # also COUNT(DISTINCT …): a group of n values has n rows
        return "", least
    return None


def _plain_number(node: exp.Expr | None) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string


def _is_distinct(total: exp.AggFunc) -> bool:
    return isinstance(total.this, exp.Distinct) or isinstance(total.parent, exp.Filter)


def _measure(amount: exp.Expr, leaf: _Leaf, *, whole: Sequence[str | None] = ()) -> str:
    """The amount of one row as a double: nothing when the leaf's filter leaves the row out.

    Filters on the key and on the amount itself are left out: they only make the bucket larger, never smaller, and
    without them two limits share one measure. `whole` keeps them all and adds the currency it holds.
    """
    own = {column.name for column in amount.find_all(exp.Column)} | leaf.keys
    parts = [_bare(part) for part in _conjuncts(leaf.select.args.get("where"))]
    kept = [part for part in parts if whole or {column.name for column in part.find_all(exp.Column)} - own]
    kept += [exp.column("currency").eq(exp.Literal.string(currency)) for currency in whole if currency]
    value: exp.Expr = exp.Coalesce(this=exp.cast(_bare(amount), "double"), expressions=[exp.Literal.number(0)])
    if kept:
        nothing = exp.cast(exp.Literal.number(0), "double")
        value = exp.Case(ifs=[exp.If(this=exp.and_(*kept), true=value)], default=nothing)
    return value.sql(dialect="duckdb")


def _bare(node: exp.Expr) -> exp.Expr:
    """The same without table names before columns: a leaf has one table."""
    return node.transform(lambda part: exp.column(part.name) if isinstance(part, exp.Column) else part)


def _restricted(tree: exp.Select, leaves: Sequence[_Leaf]) -> str:
    """The check's text with these leaves reading the suspects' rows."""
    places = {id(leaf.select.args["from_"].this) for leaf in leaves}
    for table in [table for table in tree.find_all(exp.Table) if id(table) in places]:
        table.replace(exp.alias_(exp.to_table(table.name + NEAR), table.alias_or_name, table=True))
    return tree.sql(dialect="duckdb")
