"""A rule in the words of one reader: its line in the list, values over time, examples by the titles of the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.contracts import TEMPLATE_NAMES, Column, template
from analytics.sandbox.sources import MARKET
from rulebook import selectors
from rulebook.choices import BusinessLine, RuleForm, RuleKind, Severity, Subject, TextStatus
from rulebook.entries import Example, Rule
from rulebook.selectors import ClauseOn, ParameterOn, RuleRef
from rulebook.wording import basis_label, choice_word, said

MOST_ROWS = 6


@dataclass(frozen=True)
class RuleLine:
    """A rule as the reader sees it, in one language."""

    ref: RuleRef
    title: str
    basis: str
    status: str
    tag: str
    severity: str
    kind: str
    form: str
    subject: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class ValueSpan:
    """One value of a parameter and the days on which it holds."""

    value: str
    unit: str
    first: date | None
    last: date | None
    status: str
    tag: str
    basis: str
    is_present: bool


@dataclass(frozen=True)
class ExampleShown:
    """An example in words: what was filed, and what the rule says."""

    on: date
    name: str
    outcome: str
    tag: str
    tables: tuple[tuple[str, tuple[str, ...], int], ...]
    found: tuple[str, ...]


def status_of(basis: Mapping[str, Any]) -> tuple[str, str]:
    """How firm a source is, in words and as a colour."""
    if basis.get("text_status") == TextStatus.CONVENTION:
        return _("House convention, no law"), "wait"
    if basis.get("verified"):
        return _("Source confirmed"), "done"
    return _("Source not confirmed: gives no findings"), "wait"


def rule_line(ref: RuleRef, instruments: Mapping[str, Mapping[str, str]]) -> RuleLine:
    """A rule in the reader's language."""
    rule = ref.rule
    status, tag = status_of(ref.legal_basis)
    return RuleLine(
        ref=ref,
        title=said(ref.title),
        basis=basis_label(ref.legal_basis, instruments),
        status=status,
        tag=tag,
        severity=str(Severity(ref.severity).label),
        kind=str(RuleKind(rule.kind).label) if rule and rule.kind in RuleKind.values else "",
        form=str(RuleForm(rule.form).label) if rule else "",
        subject=str(Subject(rule.subject).label) if rule and rule.subject in Subject.values else "",
        lines=tuple(str(BusinessLine(line).label) for line in (rule.applies_to if rule else ())),
    )


def unit_words(unit: str) -> str:
    """A unit in words; an unknown one stands for itself."""
    words = {
        "CNY": _("yuan"), "percent": "%", "percent_per_year": _("% a year"), "percent_per_day": _("% a day"),
        "percentage_points": _("percentage points"), "days": _("days"), "working_days": _("working days"),
        "hours": _("hours"), "months": _("months"), "years": _("years"), "persons": pgettext("unit", "persons"),
        "times": _("times"), "points": _("points"), "items": _("items"), "channels": _("channels"),
        "banks": _("banks"), "meetings": _("meetings"), "level": pgettext("unit", "level"),
        "percent_of_management_fee": _("% of the management fee"),
    }
    return words.get(unit, unit)


def figure(value: Any) -> str:
    """A number with grouped thousands and no idle zeros; anything else as it is."""
    text = str(value)
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite():
        return text
    whole, _point, part = f"{number:,f}".partition(".")
    short = part.rstrip("0")
    return f"{whole}.{short.ljust(min(len(part), 2), '0')}" if short else whole


def timeline(values: list[ParameterOn], on: date, instruments: Mapping[str, Any]) -> list[ValueSpan]:
    """Every value of a parameter with its days, the present one marked."""
    return [_span(value, on, instruments) for value in values]


def _span(value: ParameterOn, on: date, instruments: Mapping[str, Any]) -> ValueSpan:
    status, tag = status_of({**value.basis, "verified": value.verified})
    if tag == "wait" and value.basis.get("text_status") != TextStatus.CONVENTION:
        status = _("Source not confirmed")
    first = value.valid_from if value.valid_from != date.min else None
    return ValueSpan(
        value=figure(value.value), unit=unit_words(value.unit), first=first, last=value.valid_to, status=status,
        tag=tag, basis=basis_label(value.basis, instruments),
        is_present=value.valid_from <= on and (value.valid_to is None or on < value.valid_to),
    )


def examples_of(rule: Rule) -> list[ExampleShown]:
    """The examples of a rule, in words."""
    return [_example(rule, example) for example in rule.examples]


def _example(rule: Rule, example: Example) -> ExampleShown:
    outcomes = {
        "passed": (_("passes"), "done"), "failed": (_("fails"), "wait"), "not_evaluable": (_("cannot be judged"), ""),
    }
    outcome, tag = outcomes.get(example.expect, (example.expect, "wait"))
    tables = tuple(_table(name, rows) for name, rows in example.tables.items())
    event = ((_("What happened"), _event(example.event), 0),) if example.event else ()
    missing = tuple(
        (_table_title(name), (_("Not filed: %(columns)s") % {"columns": _titles(name, columns)},), 0)
        for name, columns in example.absent_columns.items()
    )
    return ExampleShown(
        on=example.on, name=said(example.name), outcome=outcome, tag=tag, tables=(*tables, *event, *missing),
        found=tuple(_finding(finding) for finding in example.findings),
    )


def _table_title(name: str) -> str:
    base = name.removesuffix(MARKET)
    title = said(template(base).title) if base in TEMPLATE_NAMES else name
    return _("%(title)s of all platforms") % {"title": title} if name.endswith(MARKET) else title


def _table(name: str, rows: Any) -> tuple[str, tuple[str, ...], int]:
    shown = tuple(_row(name, row) for row in rows[:MOST_ROWS])
    return _table_title(name), shown, max(len(rows) - MOST_ROWS, 0)


def _row(name: str, row: Mapping[str, Any]) -> str:
    parts = [f"{_column_title(name, key)}: {_cell(name, key, value)}" for key, value in row.items()]
    return "; ".join(parts) or _("nothing of note")


def _titles(name: str, columns: Any) -> str:
    return ", ".join(_column_title(name, column) for column in columns)


def _column(name: str, key: str) -> Column | None:
    base = name.removesuffix(MARKET)
    known = template(base) if base in TEMPLATE_NAMES else None
    return known.column(key) if known and key in known.column_names else None


def _column_title(name: str, key: str) -> str:
    column = _column(name, key)
    if column is not None:
        return said(column.title)
    return _("platform") if key == "platform_key" else key


def _cell(name: str, key: str, value: Any) -> str:
    if value is None:
        return _("blank")
    column = _column(name, key)
    if column is not None and value in column.choices:
        return choice_word(value)
    is_number = column is not None and column.stored_as.startswith(("DECIMAL", "BIGINT"))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return figure(value) if is_number else str(value)


def _event(event: Mapping[str, Any]) -> tuple[str, ...]:
    words = {"started": _("began"), "done": _("done"), "today": _("looked at")}
    said_values = {key: value if value is not None else _("not yet") for key, value in event.items()}
    return tuple(f"{words.get(key, key)}: {value}" for key, value in said_values.items())


def _finding(finding: Mapping[str, Any]) -> str:
    words = {
        "subject": _("concerns"), "count": _("rows concerned"), "measured": _("measured"),
        "threshold": _("threshold"), "row_numbers": _("row"),
    }
    parts = []
    for key, value in finding.items():
        if value is None or value == []:
            continue
        text = ", ".join(str(item) for item in value) if isinstance(value, list) else figure(value)
        parts.append(f"{words.get(key, key)} {text}")
    return "; ".join(parts)


def clause_shown(row: ClauseOn, instruments: Mapping[str, Any]) -> dict[str, Any]:
    """A clause in the reader's language."""
    status, tag = status_of(row.basis)
    if tag == "wait" and row.basis.get("text_status") != TextStatus.CONVENTION:
        status = _("Source not confirmed")
    return {
        "row": row, "title": said(row.title), "text": said(row.text), "note": said(row.note),
        "basis": selectors.basis_title(row.basis, instruments), "status": status, "tag": tag,
        "subject": str(Subject(row.subject).label) if row.subject in Subject.values else "",
        "lines": [str(BusinessLine(line).label) for line in row.business_lines if line in BusinessLine.values],
    }
