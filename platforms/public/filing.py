"""For those who file: every template in words, and which filing falls due on which day. No one's own data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from analytics.contracts import TEMPLATE_NAMES, Column, Template, template, templates
from common import clock
from platforms.choices import BusinessLine, Severity
from platforms.facts import period_of
from platforms.selectors.calendar import whole_periods
from platforms.selectors.duties import Duty, duties_due, duty_of, duty_terms
from platforms.wording import said
from rulebook.entries import DeadlineEntry
from rulebook.selectors import RuleRef, basis_lines, rules_in_force

DAYS_SHOWN = 90
LINES = [line.value for line in BusinessLine]


@dataclass(frozen=True)
class ColumnShown:
    """A column of a template as people read it."""

    name: str
    title: str
    kind: str
    limits: tuple[str, ...]
    is_needed: bool
    note: str
    sample: str


@require_safe
def filing_home(request: HttpRequest) -> HttpResponse:
    """Every template: who files it, how often, until when."""
    today = clock.today()
    shown = [
        {
            "name": contract.name, "title": said(contract.title), "filer": filer_word(contract),
            "often": often_word(contract), "columns": len(contract.columns), "terms": _terms(contract, today),
        }
        for contract in templates()
    ]
    told = {"page_title": _("What to file, and when"), "templates": shown}
    return render(request, "platforms/filing_home.html", told)


@require_safe
def filing_template(request: HttpRequest, name: str) -> HttpResponse:
    """One template: its columns, an example, the rules that read it, when it is due."""
    if name not in TEMPLATE_NAMES:
        raise Http404
    contract, today = template(name), clock.today()
    return render(
        request,
        "platforms/filing_template.html",
        {
            "page_title": said(contract.title),
            "contract": contract,
            "note": said(contract.note),
            "filer": filer_word(contract),
            "often": often_word(contract),
            "key": [said(contract.column(column).title) for column in contract.key],
            "columns": [column_shown(column) for column in contract.columns],
            "terms": _terms(contract, today),
            "example": _example(contract, today),
            "rules": [_rule_shown(rule) for rule in rules_in_force(today, template=name)],
            "on": today,
        },
    )


@require_safe
def filing_calendar_page(request: HttpRequest) -> HttpResponse:
    """What a business line has to file in the days to come, and why each day."""
    line = request.GET.get("line", "")
    line = line if line in LINES else LINES[0]
    since = _day(request.GET.get("since", ""))
    until = since + timedelta(days=DAYS_SHOWN)
    return render(
        request,
        "platforms/filing_calendar.html",
        {
            "page_title": _("Filing calendar"),
            "line": line,
            "line_title": BusinessLine(line).label,
            "lines": BusinessLine.choices,
            "since": since,
            "until": until,
            "earlier": since - timedelta(days=DAYS_SHOWN),
            "later": until + timedelta(days=1),
            "duties": [_duty_shown(duty) for duty in duties_due(line, since, until)],
        },
    )


def _day(text: str) -> date:
    """The day asked for, as far as calendars reach; today when it is none."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return clock.today()
    return found if 2000 <= found.year <= 2100 else clock.today()


def _terms(contract: Template, on: date) -> list[dict[str, Any]]:
    """Equal terms of several lines are one entry."""
    grouped: dict[tuple[int, str], dict[str, Any]] = {}
    for line, term in duty_terms(contract.name, LINES, on).items():
        new = {"text": term_text(term), "lines": [], "basis": basis_lines(term.basis.as_dict())}
        entry = grouped.setdefault((term.amount, term.unit), new)
        entry["lines"].append(str(BusinessLine(line).label))
    return list(grouped.values())


def term_text(term: DeadlineEntry) -> str:
    """The length of a term in words."""
    if term.unit == "working_days":
        text = ngettext("%(n)d working day after the period", "%(n)d working days after the period", term.amount)
    elif term.unit == "months":
        text = ngettext("%(n)d month after the period", "%(n)d months after the period", term.amount)
    else:
        text = ngettext("%(n)d day after the period", "%(n)d days after the period", term.amount)
    return text % {"n": term.amount}


def _example(contract: Template, today: date) -> dict[str, Any] | None:
    """The newest whole period and its last day, for the first line that owes the template."""
    periods = list(whole_periods(contract, today - timedelta(days=100), today))
    for line in duty_terms(contract.name, LINES, today):
        duty = duty_of(contract, periods[-1], line) if periods else None
        if duty:
            return {**_duty_shown(duty), "line": BusinessLine(line).label, "ended": period_of(duty.period).last}
    return None


def _duty_shown(duty: Duty) -> dict[str, Any]:
    contract = template(duty.template)
    return {
        "name": duty.template, "title": said(duty.title), "filer": filer_word(contract), "period": duty.period,
        "due_on": duty.due_on, "is_provisional": duty.is_provisional, "why": [said(step) for step in duty.why],
        "basis": duty.basis,
    }


def _rule_shown(rule: RuleRef) -> dict[str, Any]:
    return {
        "id": rule.rule_id, "title": said(rule.title), "severity": Severity(rule.severity).label,
        "is_on": rule.enabled, "basis": basis_lines(rule.legal_basis)[:1],
    }


def filer_word(contract: Template) -> str:
    """Who sends it."""
    return _("Depository bank") if contract.filer == "bank" else _("Platform")


def often_word(contract: Template) -> str:
    """How often it is sent."""
    return {
        "month": pgettext("how often", "every month"), "quarter": pgettext("how often", "every quarter"),
        "day": pgettext("how often", "on the day it happens"),
    }[contract.period_kind]


def kind_word(column: Column) -> str:
    """What a cell holds."""
    return {
        "amount": pgettext("column", "amount, two decimals"),
        "percent": pgettext("column", "per cent, up to four decimals"),
        "number": pgettext("column", "number, up to four decimals"),
        "integer": pgettext("column", "whole number"),
        "date": pgettext("column", "day, e.g. 2017-06-30"),
        "month": pgettext("column", "month, e.g. 2017-06"),
        "flag": pgettext("column", "true or false"),
        "choice": pgettext("column", "one of a list"),
        "currency": pgettext("column", "currency code"),
        "token": pgettext("column", "identifier without spaces"),
        "text": pgettext("column", "text"),
    }[column.type]


def column_shown(column: Column) -> ColumnShown:
    """One column with its limits in words."""
    return ColumnShown(
        name=column.name, title=said(column.title), kind=kind_word(column), limits=tuple(_limits(column)),
        is_needed=column.required and not column.nullable, note=said(column.note) if column.note else "",
        sample=column.sample.format(period="2017-06", month="2017-06"),
    )


def _limits(column: Column) -> Iterable[str]:
    if column.minimum is not None:
        yield _("at least %(n)s") % {"n": f"{column.minimum:f}"}
    if column.maximum is not None:
        yield _("at most %(n)s") % {"n": f"{column.maximum:f}"}
    if column.unit and column.unit not in {"currency", "percent"}:
        yield unit_words().get(column.unit, column.unit)
    if column.type == "choice":
        yield " · ".join(column.choices)
    if column.personal:
        yield _("no names, identity or phone numbers")


def unit_words() -> Mapping[str, str]:
    """Units of templates in the reader's language; a test holds that none is missing."""
    return {
        "persons": pgettext("column", "in persons"), "loans": pgettext("column", "in loans"),
        "months": pgettext("column", "in months"), "days": pgettext("column", "in days"),
        "times": pgettext("column", "in times"), "level": pgettext("column", "level"),
        "channels": pgettext("column", "in channels"), "records": pgettext("column", "in records"),
        "rounds": pgettext("column", "in rounds"), "percent_per_day": pgettext("column", "per cent a day"),
    }
