"""The shape of a rule: its syntax tree with every threshold replaced by a mark, and the thresholds beside it. Pure.

Two rules of one shape judge the same thing with perhaps different numbers. Comparisons are turned so that the
threshold stands on the right, conjuncts and alternatives are sorted, names are in one case: what is left is compared as
text. `tighter` says in which direction a number must move to find more, where the tree proves it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from rulebook.compiler import language
from rulebook.entries import Rule

MARK = "threshold"
_TURNED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.LT, exp.LT: exp.GT, exp.GTE: exp.LTE, exp.LTE: exp.GTE, exp.EQ: exp.EQ, exp.NEQ: exp.NEQ,
}
_UPPER, _LOWER = (exp.LT, exp.LTE), (exp.GT, exp.GTE)
_PLAIN = (exp.And, exp.Or, exp.Paren)
_ATOMS = (exp.Column, exp.Literal, exp.Placeholder, exp.Paren, exp.Func, exp.Cast)


@dataclass(frozen=True)
class Bound:
    """One threshold: a parameter's key (`parameter`), or the text of plain numbers and parameters (`text`).

    `tighter` is `down` when a smaller number finds more, `up` when a larger one does, empty when unknown.
    """

    text: str
    parameter: str | None
    tighter: str


@dataclass(frozen=True)
class Part:
    """One demand of a rule with its numbers: a conjunct of a condition, or a whole query."""

    text: str
    bounds: tuple[Bound, ...]


@dataclass(frozen=True)
class Shape:
    """A rule without its numbers: `text` tells what is judged, `bounds` the numbers in the order of the text."""

    template: str
    text: str
    bounds: tuple[Bound, ...]
    parts: tuple[Part, ...] = ()


def shape_of(rule: Rule) -> Shape | None:
    """Return the shape of a row or query rule; `None` for terms and questions. Raises `LanguageError`."""
    if rule.form not in ("row", "sql"):
        return None
    tree = language.parse((rule.check if rule.form == "row" else rule.sql) or "")
    tree = _without_threshold_column(tree)
    tree = _turned(tree)
    tree = _sorted(tree)
    conjuncts = tree.flatten() if isinstance(tree, exp.And) else [tree]
    parts = tuple(_part(conjunct, rule) for conjunct in conjuncts)
    form = f"{rule.form}:{'null fails:' if rule.null_fails else ''}"
    bounds = tuple(bound for part in parts for bound in part.bounds)
    return Shape(rule.template or "", form + " AND ".join(part.text for part in parts), bounds, parts)


def _part(tree: exp.Expr, rule: Rule) -> Part:
    bounds: list[Bound] = []
    marked = _with_keys(tree.transform(lambda node: _mark(node, rule, bounds)), rule)
    text = marked.sql(dialect=language.DIALECT, normalize=True)
    return Part(f"({text})" if isinstance(marked, exp.Or) else text, tuple(bounds))


def _without_threshold_column(tree: exp.Expr) -> exp.Expr:
    """A query also shows its threshold; that column decides nothing."""
    tree = tree.copy()
    for select in tree.find_all(exp.Select):
        kept = [column for column in select.expressions if column.alias_or_name.lower() != "threshold"]
        select.set("expressions", kept)
    for order in list(tree.find_all(exp.Order)):
        if isinstance(order.parent, exp.Select) and not order.parent.args.get("limit"):
            order.pop()
    return tree


def _turned(tree: exp.Expr) -> exp.Expr:
    """`10 >= x` becomes `x <= 10`; `NOT x > 10` becomes `x <= 10`; `x BETWEEN a AND b` becomes two comparisons."""

    def turn(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Between):
            low, high = node.args["low"], node.args["high"]
            return exp.paren(exp.and_(exp.GTE(this=node.this.copy(), expression=low.copy()),
                                      exp.LTE(this=node.this.copy(), expression=high.copy())))
        if type(node) in _TURNED and _is_threshold(node.this) and not _is_threshold(node.expression):
            return _TURNED[type(node)](this=node.expression.copy(), expression=node.this.copy())
        return node

    return tree.transform(turn)


def _sorted(tree: exp.Expr) -> exp.Expr:
    """Conjuncts and alternatives in one order, without brackets that change nothing."""
    found = _upwards(tree)
    return found.unnest() if isinstance(found, exp.Paren) else found


def _upwards(node: exp.Expr) -> exp.Expr:
    """Bring the parts of a node into one form first, then the node itself."""
    for name, value in list(node.args.items()):
        if isinstance(value, exp.Expr):
            node.set(name, _upwards(value))
        elif isinstance(value, list):
            node.set(name, [_upwards(one) if isinstance(one, exp.Expr) else one for one in value])
    if isinstance(node, exp.And | exp.Or):
        return _joined(node)
    if isinstance(node, exp.Paren) and isinstance(node.this, _ATOMS):
        return node.this
    if isinstance(node, exp.Where | exp.Having) or (isinstance(node, exp.Not) and _is_bracketed_predicate(node.this)):
        node.set("this", node.this.unnest())
    return node


def _joined(node: exp.Expr) -> exp.Expr:
    join = exp.and_ if isinstance(node, exp.And) else exp.or_
    parts = sorted(_alike(node, type(node)), key=_blind)
    return join(*(part.copy() for part in parts), copy=False)


def _alike(node: exp.Expr, kind: type[exp.Expr]) -> Iterator[exp.Expr]:
    inside = node.unnest()
    if isinstance(inside, kind):
        yield from _alike(inside.this, kind)
        yield from _alike(inside.expression, kind)
    else:
        yield inside


def _is_bracketed_predicate(node: exp.Expr) -> bool:
    inside = node.this if isinstance(node, exp.Paren) else None
    return isinstance(inside, exp.Predicate) and not isinstance(inside, exp.Connector)


def _blind(node: exp.Expr) -> str:
    """The text of a part without its numbers, so that the order does not depend on them."""
    hidden = node.transform(lambda one: exp.var(MARK) if _is_threshold(one) else one)
    return hidden.sql(dialect=language.DIALECT, normalize=True)


def _is_threshold(node: exp.Expr | None) -> bool:
    """Whether a part is made of numbers and dated parameters only."""
    if node is None or isinstance(node, exp.Boolean | exp.Null):
        return False
    if isinstance(node, exp.Placeholder):
        return bool(node.this)
    if isinstance(node, exp.Literal):
        return not node.is_string
    if isinstance(node, exp.Anonymous):
        return node.name.upper() == language.VALUE_ON
    if isinstance(node, exp.Binary | exp.Paren | exp.Neg) and not isinstance(node, exp.Predicate | exp.Connector):
        parts = list(node.iter_expressions())
        return bool(parts) and all(_is_threshold(part) for part in parts)
    return False


def _is_dated(node: exp.Expr) -> bool:
    return isinstance(node, exp.Anonymous | exp.Placeholder)


def _mark(node: exp.Expr, rule: Rule, bounds: list[Bound]) -> exp.Expr:
    parent = node.parent
    if not isinstance(parent, exp.Predicate) or not _is_threshold(node) or type(parent) not in _TURNED:
        return node
    if parent.args.get("expression") is not node:
        return node
    if isinstance(parent, exp.EQ | exp.NEQ) and not any(_is_dated(one) for one in node.walk()):
        return node  # `account_class = 2` says which rows are meant; it is no threshold
    parameter = rule.parameters.get(str(node.this)) if isinstance(node, exp.Placeholder) else None
    text = _with_keys(node, rule).sql(dialect=language.DIALECT, normalize=True)
    bounds.append(Bound(text, parameter, _tighter(parent, rule)))
    return exp.var(MARK)


def _with_keys(node: exp.Expr, rule: Rule) -> exp.Expr:
    """The parameters' keys in place of the rule's own names for them."""

    def name(one: exp.Expr) -> exp.Expr:
        if isinstance(one, exp.Placeholder) and one.this:
            return exp.Placeholder(this=rule.parameters.get(str(one.this), str(one.this)))
        return one

    return node.transform(name)


def _tighter(comparison: exp.Expr, rule: Rule) -> str:
    """In a condition every row must meet, `x <= n` finds more when n falls; in a query of failures, the reverse."""
    if not isinstance(comparison, (*_UPPER, *_LOWER)) or not _is_positive(comparison):
        return ""
    is_upper = isinstance(comparison, _UPPER)
    return "down" if is_upper == (rule.form == "row") else "up"


def _is_positive(node: exp.Expr) -> bool:
    """Whether more truth here can only mean more truth of the whole: AND, OR and brackets up to the top.

    In a query that is the outermost HAVING, or the outermost WHERE where nothing is summed up after it.
    """
    above = list(_ancestors(node))
    while above and isinstance(above[0], _PLAIN):
        above.pop(0)
    if not above:
        return True
    if isinstance(above[0], exp.Having):
        return len(above) == 2
    select = above[-1]
    is_summed = bool(select.args.get("group")) or any(
        isinstance(column.unalias(), exp.AggFunc) for column in select.expressions
    )
    return isinstance(above[0], exp.Where) and len(above) == 2 and not is_summed


def _ancestors(node: exp.Expr) -> Iterator[exp.Expr]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent
