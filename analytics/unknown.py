"""Which rows a check cannot judge, read from its syntax tree. Pure.

SQL knows three answers. A condition that is NULL on a row has not been judged there: a needed cell is blank, or a dated
value was never published for the row's day. `unknown_of` writes this as a condition over the subject's rows.

A row condition is unknown where it is NULL, unless the rule says that NULL fails. In a query of failures a row is
unknown where no filter leaves it out and a filter, a key (GROUP BY, DISTINCT, inner join) or a summed-up amount is
NULL. `key IS NOT NULL` keeps blanks out of a group; it does not judge them. What a rule wraps in COALESCE or asks of a
column that is no key (`x IS NULL OR …`) is its own answer to blanks, and is kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

from sqlglot import exp

from analytics.contracts import template
from analytics.portable import engine_text
from analytics.sandbox import vet, vet_condition
from analytics.sandbox.sources import filed_tables

_MEASURED = (exp.Sum, exp.Min, exp.Max, exp.Avg)
_SUMMING_UP = ("group", "distinct", "having", "limit", "qualify", "joins")
_MATCHING = ("", "INNER", "SEMI")  # joins that drop a row without a partner


@dataclass(frozen=True, slots=True)
class Unknown:
    """`count` and `first` are aggregates: how many rows cannot be judged, and the first of them; empty: none.

    `blanks` counts them by needed column that is blank, `days` gives the first day per column for which nothing is
    published. `can_lack` is true when a row without blanks can be unknown. `optional` columns may be blank altogether,
    because the rule itself says what a blank means. `of_currency` counts the rows of the check's one currency.
    """

    rule_id: str
    count: str = ""
    first: str = ""
    blanks: tuple[tuple[str, str], ...] = ()
    days: tuple[tuple[str, str], ...] = ()
    can_lack: bool = False
    optional: frozenset[str] = frozenset()
    of_currency: str = ""

    def as_json(self) -> dict[str, Any]:
        """JSON form."""
        return {**asdict(self), "optional": sorted(self.optional)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Unknown:
        """Reverse of `as_json`."""
        pairs = {name: tuple((entry[0], entry[1]) for entry in data[name]) for name in ("blanks", "days")}
        return cls(**{**data, **pairs, "optional": frozenset(data["optional"])})


def unknown_of(check: Mapping[str, Any], subject: str, engine: str = "duckdb") -> Unknown:
    """The unknown rows of one check of a template. Raises SqlRefused for a text that may not run."""
    kept = {name: check.get(name) for name in ("rule_id", "form", "sql", "currency", "null_fails")}
    return _unknown(json.dumps(kept), subject, engine)


@lru_cache(maxsize=1024)
def _unknown(check_json: str, subject: str, engine: str) -> Unknown:
    check = json.loads(check_json)
    rule_id, form, currency, null_fails = (check[name] for name in ("rule_id", "form", "currency", "null_fails"))
    names = template(subject).column_names
    tree = vet_condition(check["sql"], names).written if form == "row" else vet(check["sql"], filed_tables()).tree
    optional = _optional(tree, subject if form == "row" else "", null_fails=bool(null_fails))
    parts = _row_parts(tree, subject, null_fails=bool(null_fails)) if form == "row" else _query_parts(tree, subject)
    if not parts:
        return Unknown(rule_id, optional=optional)
    whole: exp.Expr = exp.or_(*parts)
    of_currency = ""
    if currency:
        same = exp.column("currency").eq(exp.Literal.string(currency))
        counted = exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=same.copy()))
        of_currency, whole = _text(counted, subject, engine), exp.and_(same, whole)

    def text(total: exp.Expr, *also: exp.Expr) -> str:
        where = exp.Where(this=exp.and_(exp.paren(whole.copy()), *also))
        return _text(exp.Filter(this=total, expression=where), subject, engine)

    blanks = [(name, text(exp.Count(this=exp.Star()), _is_null(exp.column(name)))) for name in _blanks(parts, subject)]
    days = [
        (day, text(exp.Min(this=exp.column(day)), _is_not_null(exp.column(day)), _is_null(value)))
        for day, value in _values(parts)
    ]
    return Unknown(
        rule_id, text(exp.Count(this=exp.Star())), text(exp.Min(this=exp.column("row_number"))), tuple(blanks),
        tuple(days), any(_makes_null(node) for part in parts for node in part.walk()), optional, of_currency,
    )  # fmt: skip


def _row_parts(tree: exp.Expr, subject: str, *, null_fails: bool) -> list[exp.Expr]:
    """A NULL condition; where NULL fails, only for want of a value nobody published."""
    found = _is_null(tree)
    if null_fails:
        missing = nothing_published(tree)
        return [exp.and_(found, missing)] if missing is not None else []
    return [found] if _may_be_null(tree, subject) else []


def _query_parts(tree: exp.Expr, subject: str) -> list[exp.Expr]:
    return [part for end in _ends(tree, subject) if (part := end.unknown(subject)) is not None]


def nothing_published(tree: exp.Expr) -> exp.Expr | None:
    """True where a dated value is asked for a day that is filled in but for which nothing is published."""
    asked = [exp.and_(_is_not_null(exp.column(day)), _is_null(value)) for day, value in _values([tree])]
    return exp.paren(exp.or_(*asked)) if asked else None


def _is_null(part: exp.Expr) -> exp.Expr:
    return exp.Is(this=exp.paren(part.copy()), expression=exp.null())


def _is_not_null(part: exp.Expr) -> exp.Expr:
    return exp.Not(this=_is_null(part))


def _text(tree: exp.Expr, subject: str, engine: str) -> str:
    kinds = {column.name: column.stored_as for column in template(subject).columns}
    scales = {name: int(kind.rstrip(")").split(",")[1]) for name, kind in kinds.items() if kind.startswith("DECIMAL")}
    return engine_text(tree, engine, scales)


def _nullable(subject: str) -> frozenset[str]:
    return frozenset(column.name for column in template(subject).columns if column.nullable)


def _blanks(parts: Sequence[exp.Expr], subject: str) -> list[str]:
    """Nullable columns of which more is asked than whether they are blank."""
    nodes = [node for part in parts for node in part.find_all(exp.Column)]
    return sorted({node.name for node in nodes if not _is_answered(node)} & _nullable(subject))


def _may_be_null(tree: exp.Expr, subject: str) -> bool:
    return bool(_blanks([tree], subject)) or any(_makes_null(node) for node in tree.walk())


def _makes_null(node: exp.Expr) -> bool:
    """A dated value or a working day outside what is published, what the rule calls unknown, or a share of nothing."""
    if isinstance(node, exp.Case):
        ends = (node.args.get("default"), *(branch.args["true"] for branch in node.args["ifs"]))
        return any(isinstance(end, exp.Null) for end in ends)
    return isinstance(node, exp.Nullif) or (isinstance(node, exp.Anonymous) and node.name.upper() == "SAFE_DIV")


def _values(parts: Sequence[exp.Expr]) -> list[tuple[str, exp.Expr]]:
    """(day column, dated value) of every value that ends where nothing is published."""
    found: dict[str, tuple[str, exp.Expr]] = {}
    for part in parts:
        for case in part.find_all(exp.Case):
            day = case.find(exp.Column)
            if _makes_null(case) and day is not None:
                found.setdefault(case.sql(), (day.name, case))
    return list(found.values())


def _is_answered(column: exp.Column) -> bool:
    """`x IS NULL`, `x IS NOT NULL`, or x inside COALESCE: the rule itself says what a blank means."""
    return isinstance(column.parent, exp.Is) or column.find_ancestor(exp.Coalesce) is not None


def _optional(tree: exp.Expr, subject: str, *, null_fails: bool) -> frozenset[str]:
    """Columns that may be wholly blank: absence is judged (NULL fails, IS NOT NULL) or has a value of its own."""
    found: dict[str, bool] = {}
    for node in tree.find_all(exp.Column):
        demanded = bool(subject) and isinstance(node.parent, exp.Is) and isinstance(node.parent.parent, exp.Not)
        found[node.name] = found.get(node.name, True) and _is_answered(node)
        if demanded:
            found[f"!{node.name}"] = True
    named = {name for name, answered in found.items() if null_fails or answered or f"!{name}" in found}
    return frozenset(name for name in named if not name.startswith("!"))


@dataclass(slots=True)
class _End:
    """A SELECT over the subject's rows that filters, joins or sums them up: its filters and what it needs of a row."""

    filters: list[exp.Expr] = field(default_factory=list)
    needed: list[exp.Expr] = field(default_factory=list)

    def unknown(self, subject: str) -> exp.Expr | None:
        """True for a row that no filter surely leaves out and of which something needed is unknown."""
        used = {column.name for part in self.needed for column in part.find_all(exp.Column)}
        kept_out = [part for part in self.filters if _kept_out(part) in used]
        filters = [part for part in self.filters if _kept_out(part) not in used]
        wanted = [*self.needed, *(exp.column(_kept_out(part)) for part in kept_out)]
        needed = list({part.sql(): part for part in wanted if _may_be_null(part, subject)}.values())
        unsure = [part for part in filters if _may_be_null(part, subject)]
        asked = [_is_null(part) for part in (*unsure, *needed)]
        if not asked:
            return None
        kept = [exp.Coalesce(this=exp.paren(part.copy()), expressions=[exp.true()]) for part in filters]
        return exp.paren(exp.and_(*kept, exp.paren(exp.or_(*asked))))


def _kept_out(part: exp.Expr) -> str:
    """The column of `x IS NOT NULL`."""
    inner = part.this if isinstance(part, exp.Not) else None
    is_asked = isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null)
    return inner.this.name if inner is not None and is_asked and isinstance(inner.this, exp.Column) else ""


@dataclass(frozen=True, slots=True)
class _Plain:
    """A step that shows each row of the subject once: what its columns stand for, and its filters."""

    outputs: Mapping[str, exp.Expr]
    filters: Sequence[exp.Expr] = ()


def _ends(tree: exp.Expr, subject: str) -> Iterator[_End]:
    columns = {**{name: exp.column(name) for name in template(subject).column_names}}
    plain = {subject: _Plain({**columns, "row_number": exp.column("row_number")})}
    selects = [cte.this for cte in tree.find_all(exp.CTE)]
    named = {id(cte.this): cte.alias for cte in tree.find_all(exp.CTE)}
    for select in [*selects, *(one for one in tree.find_all(exp.Select) if id(one) not in named)]:
        if not isinstance(select, exp.Select):
            continue
        step = _plain_step(select, plain) if id(select) in named else None
        if step is not None:
            plain[named[id(select)]] = step
        else:
            yield from _end(select, plain)


def _sources(select: exp.Select) -> dict[str, str]:
    """Alias -> table or step, of FROM and of every join."""
    places = [select.args.get("from_"), *(select.args.get("joins") or [])]
    tables = [place.this for place in places if place is not None and isinstance(place.this, exp.Table)]
    return {table.alias_or_name: table.name for table in tables}


def _plain_step(select: exp.Select, plain: Mapping[str, _Plain]) -> _Plain | None:
    sources = _sources(select)
    if len(sources) != 1 or any(select.args.get(name) for name in _SUMMING_UP):
        return None
    if select.find(exp.AggFunc, exp.Window) or next(iter(sources.values())) not in plain:
        return None
    below = plain[next(iter(sources.values()))]
    outputs = {part.alias_or_name: _rewritten(part.unalias(), below) for part in select.expressions}
    filters = [_rewritten(part, below) for part in _conjuncts(select.args.get("where"))]
    return _Plain(outputs, [*below.filters, *filters])


def _rewritten(part: exp.Expr, below: _Plain) -> exp.Expr:
    """The same over the subject's own columns; CASE without ELSE gives a value, because the rule left it out."""

    def change(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column):
            return below.outputs.get(node.name, node).copy()
        if isinstance(node, exp.Case) and node.args.get("default") is None:
            return node.else_(exp.Literal.number(0))
        return node

    return part.copy().transform(change)


def _end(select: exp.Select, plain: Mapping[str, _Plain]) -> Iterator[_End]:
    sources = _sources(select)
    for alias, name in sources.items():
        if name not in plain:
            continue
        found, below = _End(list(plain[name].filters)), plain[name]

        def own(part: exp.Expr, alias: str = alias, below: _Plain = below) -> bool:
            columns = list(part.find_all(exp.Column))
            return bool(columns) and all(
                column.table == alias or (not column.table and column.name in below.outputs) for column in columns
            )

        for part in _conjuncts(select.args.get("where")):
            if own(part):
                found.filters.append(_rewritten(part, below))
            elif not part.find(exp.Is, exp.Coalesce):
                found.needed += [_rewritten(column, below) for column in part.find_all(exp.Column) if own(column)]
        found.needed += [_rewritten(part, below) for part in _needed(select) if own(part)]
        yield found


def _needed(select: exp.Select) -> Iterator[exp.Expr]:
    """Keys and summed-up amounts."""
    group = select.args.get("group")
    yield from group.expressions if group else []
    if select.args.get("distinct"):
        yield from (part.unalias() for part in select.expressions)
    for join in select.args.get("joins") or []:
        if (join.kind or "") in _MATCHING and not join.side:
            yield from (join.args["on"].find_all(exp.Column) if join.args.get("on") else [])
    for place in (*select.expressions, select.args.get("having")):
        yield from _amounts(place) if place is not None else []


def _amounts(place: exp.Expr) -> Iterator[exp.Expr]:
    for total in place.find_all(exp.AggFunc):
        if total.find_ancestor(exp.Coalesce, exp.Window):
            continue
        if isinstance(total, _MEASURED):
            yield total.this
        elif isinstance(total, exp.Count) and isinstance(total.this, exp.Distinct):
            yield from total.this.expressions


def _conjuncts(holder: exp.Expr | None) -> Iterator[exp.Expr]:
    if holder is None:
        return
    condition = holder.this
    for part in condition.flatten() if isinstance(condition, exp.And) else [condition]:
        yield part.unnest()


