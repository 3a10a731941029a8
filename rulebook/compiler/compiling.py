"""Rule + parameters on a day = a check that the engine can run. Pure.

    compile_rule(rule, ParametersOn(day, parameters), calendar) -> CompiledCheck (a JSON-able dict)

Placeholders become typed literals, macros become plain SQL, and the result passes the sandbox's allow-list before it
leaves this module. A value whose source nobody has confirmed is never used: the rule is then held back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp

from analytics.sandbox import vet
from rulebook.calendars import Calendar
from rulebook.compiler import language
from rulebook.entries import Basis, ParameterEntry, ParameterValueEntry, Rule, Text

CompiledCheck = dict[str, Any]
SQL_DIR = Path(__file__).parent.parent / "sql"
CALENDAR_YEARS_BACK = 1  # older loans were checked in their own period
CORRECTION_OFFSET = 100  # keeps the steps positive; cancels out between the two days
_DECIMAL = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,6})?")
DECIMALS = {"amount": 2, "percent": 4, "decimal": 4, "integer": 0}


class NotCompilable(Exception):  # noqa: N818 - an answer with a reason, not a defect
    """The rule cannot run on this day; `reason` says why in both languages (it is held back, never "passed")."""

    def __init__(self, reason: Text) -> None:
        self.reason = reason
        super().__init__(reason["en"])


@dataclass(frozen=True)
class ParametersOn:
    """All dated parameters, seen from one day.

    `with_unconfirmed` also uses values nobody confirmed: for examples and previews, never for a filing.
    """

    on: date
    parameters: Mapping[str, ParameterEntry]
    with_unconfirmed: bool = False

    def is_usable(self, value: ParameterValueEntry) -> bool:
        """Return whether a value may be used here."""
        return self.with_unconfirmed or value.basis.may_give_findings

    def entry(self, key: str) -> ParameterEntry:
        """Return a parameter; `NotCompilable` when the pack has none of that key."""
        if key not in self.parameters:
            raise NotCompilable({"zh": f"参数{key}不存在。", "en": f"There is no parameter {key}."})
        return self.parameters[key]

    def value(self, key: str) -> tuple[ParameterEntry, ParameterValueEntry]:
        """Return the value in force; `NotCompilable` when none is, or its source is not confirmed."""
        entry = self.entry(key)
        value = entry.value_on(self.on)
        if value is None:
            raise NotCompilable(
                {"zh": f"参数{key}在{self.on}没有生效的数值。", "en": f"Parameter {key} has no value on {self.on}."}
            )
        if not self.is_usable(value):
            raise NotCompilable(
                {"zh": f"参数{key}的来源尚未核对。", "en": f"The source of parameter {key} is not confirmed."}
            )
        return entry, value


def with_value(entry: ParameterEntry, value: str, on: date) -> ParameterEntry:
    """Return the parameter with another value in place of the one in force on a day (from the day on where none is).

    For rehearsals: the value counts as usable. Raises `ValueError` for a text that is no value of the parameter's
    type (`DECIMALS` tells how many decimals it may have).
    """
    places = DECIMALS[entry.value_type]
    if not _DECIMAL.fullmatch(value) or len(value.partition(".")[2]) > places:
        raise ValueError(f"{value!r} is no {entry.value_type} with at most {places} decimals.")
    basis = Basis(instrument="", text_status="convention")
    current = entry.value_on(on)
    if current is not None:
        values = tuple(replace(row, value=value, basis=basis) if row is current else row for row in entry.values)
        return replace(entry, values=values)
    end = min((row.valid_from for row in entry.values if row.valid_from > on), default=None)
    added = (*entry.values, ParameterValueEntry(on, end, value, basis))
    return replace(entry, values=tuple(sorted(added, key=lambda row: row.valid_from)))


def compile_rule(rule: Rule, parameters: ParametersOn, calendar: Calendar | None = None) -> CompiledCheck:
    """Return the check of a row or SQL rule on a day.

    Refuses with `NotCompilable` (a parameter without a usable value), `LanguageError` (unknown alias, table or
    column) and `SqlRefused` (the sandbox). Deadline rules and checklist questions have no check: `ValueError`.
    """
    if rule.form not in ("row", "sql"):
        raise ValueError(f"{rule.id} is a {rule.form} rule; it has no check to compile.")
    tree = language.parse(_text(rule))
    _refuse_unknown_aliases(rule, tree)
    tree = _expand(tree, rule, parameters, calendar)
    query = language.as_query(tree, rule.template or "") if rule.form == "row" else tree
    needs = language.needs_of(query)
    _vet(query)
    return {
        "rule_id": rule.id,
        "version_sha256": rule.sha256,
        "kind": rule.kind,
        "form": rule.form,
        "sql": tree.sql(dialect=language.DIALECT),
        "needs": needs,
        "currency": rule.currency,
        "severity": rule.severity_on(parameters.on),
        "threshold": threshold_text(rule, parameters),
        "measured_column": rule.measured if rule.form == "row" else None,
        "null_fails": rule.null_fails,
    }


def stored_check(rule: Rule, sql: str, threshold: str | None) -> CompiledCheck:
    """Return the check of a rule version with the query that was stored when it decided (for replays).

    Nothing is compiled again: parameters and calendar stand in the stored text. Refuses with `LanguageError` and
    `SqlRefused` what the sandbox would not run today.
    """
    tree = language.parse(sql)
    query = language.as_query(tree, rule.template or "") if rule.form == "row" else tree
    _vet(query)
    return {
        "rule_id": rule.id, "version_sha256": rule.sha256, "kind": rule.kind, "form": rule.form, "sql": sql,
        "needs": language.needs_of(query), "currency": rule.currency, "severity": rule.severity,
        "threshold": threshold or None, "measured_column": rule.measured if rule.form == "row" else None,
        "null_fails": rule.null_fails,
    }


def _text(rule: Rule) -> str:
    return (rule.check if rule.form == "row" else rule.sql) or ""


def _refuse_unknown_aliases(rule: Rule, tree: exp.Expr) -> None:
    for alias in sorted(language.aliases_used(tree) - set(rule.parameters)):
        cure = f"Add `{alias}: <parameter key>` under `parameters` of {rule.id}."
        raise language.LanguageError(f"`:{alias}` has no parameter.", cure)


def _vet(query: exp.Expr) -> None:
    tables = {name: list(columns) for name, columns in language.tables().items()}
    vet(query.sql(dialect=language.DIALECT), tables)


def _expand(
    tree: exp.Expr, rule: Rule, parameters: ParametersOn, calendar: Calendar | None
) -> exp.Expr:
    def replace(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Anonymous) and node.name.upper() == language.VALUE_ON:
            return _value_on(node, rule, parameters)
        if isinstance(node, exp.Anonymous) and node.name.upper() == language.WORKING_DAYS:
            return _working_days(node, parameters.on, calendar)
        if isinstance(node, exp.Placeholder) and node.this:
            entry, value = parameters.value(rule.parameters[str(node.this)])
            return literal(entry, value.value)
        return node

    return tree.transform(replace)


def literal(entry: ParameterEntry, value: str) -> exp.Expr:
    """Return a parameter's value as a number with the decimals of its type; never a float, never text."""
    places = DECIMALS[entry.value_type]
    return exp.Literal.number(f"{Decimal(value):.{places}f}")


def _value_on(node: exp.Anonymous, rule: Rule, parameters: ParametersOn) -> exp.Expr:
    """CASE over the dated values; a value nobody confirmed gives NULL, so the row is not judged."""
    if len(node.expressions) != 2 or not isinstance(node.expressions[0], exp.Placeholder):
        raise language.LanguageError("VALUE_ON takes a parameter and a date.", "Write VALUE_ON(:lpr, contract_date).")
    placeholder, day = node.expressions
    entry = parameters.entry(rule.parameters[str(placeholder.this)])
    case = exp.Case()
    for value in reversed(entry.values):
        inside = day.copy() >= _day(value.valid_from)
        if value.valid_to is not None:
            inside = exp.and_(inside, day.copy() < _day(value.valid_to))
        result = literal(entry, value.value) if parameters.is_usable(value) else exp.null()
        case = case.when(inside, result, copy=False)
    return case.else_(exp.null())


def _day(day: date) -> exp.Expr:
    return exp.cast(exp.Literal.string(day.isoformat()), "date")


@cache
def _macro(name: str) -> exp.Expr:
    return sqlglot.parse_one((SQL_DIR / f"{name}.sql").read_text(encoding="utf-8"), dialect=language.DIALECT)


def _working_days(node: exp.Anonymous, on: date, calendar: Calendar | None) -> exp.Expr:
    if len(node.expressions) != 2:
        raise language.LanguageError("WORKING_DAYS takes two dates.", "Write WORKING_DAYS(start, end).")
    if calendar is None:
        raise NotCompilable({"zh": "缺少工作日历。", "en": "There is no working-day calendar."})
    start, end = (_working_day_index(day, on, calendar) for day in node.expressions)
    return exp.paren(exp.Sub(this=end, expression=start))


def _working_day_index(day: exp.Expr, on: date, calendar: Calendar) -> exp.Expr:
    """Weekdays since a fixed Monday, corrected by the published exceptions; NULL outside the window of years."""
    years = [year for year in range(on.year - CALENDAR_YEARS_BACK, on.year + 1) if calendar.is_published(year)]
    if not years:
        raise NotCompilable({"zh": f"{on.year}年工作日历尚未公布。", "en": f"No calendar is published for {on.year}."})
    correction = _correction(day, years, calendar)
    body = _macro("working_day_index").copy()

    def fill(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Placeholder):
            return day.copy() if node.this == "day" else correction.copy()
        return node

    return exp.paren(body.transform(fill))


def _correction(day: exp.Expr, years: list[int], calendar: Calendar) -> exp.Expr:
    """CASE with one step per exception: holidays and make-up workdays so far, from an offset that cancels out."""
    total, steps = CORRECTION_OFFSET, [(date(years[0], 1, 1), CORRECTION_OFFSET)]
    for exception, delta in calendar.exceptions(range(years[0], years[-1] + 1)):
        total += delta
        steps.append((exception, total))
    case = exp.Case().when(day.copy() > _day(date(years[-1], 12, 31)), exp.null(), copy=False)
    for first, value in reversed(steps):
        case = case.when(day.copy() >= _day(first), exp.Literal.number(value), copy=False)
    return case.else_(exp.null())


def threshold_text(rule: Rule, parameters: ParametersOn) -> str | None:
    """Return the threshold as people read it: the value of `:alias`, or the rule's own words."""
    text = rule.threshold
    if text and text.startswith(":") and text[1:] in rule.parameters:
        return parameters.value(rule.parameters[text[1:]])[1].value
    return text

