"""Words for codes, and figures as people read them: grouped thousands, ISO days."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from analytics.contracts import template, templates
from analytics.engine import sql_notes

_FIGURE = re.compile(r"-?\d+(\.\d+)?")
NOTHING = "–"


def said(text: Mapping[str, str]) -> str:
    """The reader's half of a pair of texts."""
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return text.get(language) or text.get("en", "")


def template_title(name: str) -> str:
    """Title of a filing template; an unknown template stands for itself."""
    try:
        return said(template(name).title)
    except KeyError:
        return name


def column_title(name: str, template_name: str = "") -> str:
    """Title of a column of an evidence file: of the check itself, else of the template, else of any template."""
    own = {
        "subject": pgettext("evidence", "subject"),
        "measured": pgettext("evidence", "measured"),
        "threshold": pgettext("evidence", "threshold"),
        "count": pgettext("evidence", "rows"),
        "row_number": pgettext("evidence", "row"),
        "row_numbers": pgettext("evidence", "row numbers"),
    }
    if name in own:
        return own[name]
    for contract in sorted(templates(), key=lambda item: item.name != template_name):
        if name in contract.column_names:
            return said(contract.column(name).title)
    return name


def outcome_label(code: str) -> str:
    """Outcome of a rule or of a reconciled line; an unknown code stands for itself."""
    rules = {
        "passed": pgettext("rule outcome", "passed"),
        "failed": pgettext("rule outcome", "failed"),
        "not_evaluable": pgettext("rule outcome", "not evaluable"),
    }
    if code in rules:
        return rules[code]
    words = sql_notes("reconciliation/by_reference")["outcomes"].get(code)
    return said(words) if words else code


def figure_text(text: str | None) -> str:
    """A number kept as text, its thousands grouped; other text as it is, a dash for nothing."""
    if text and _FIGURE.fullmatch(text):
        return f"{Decimal(text):,}"
    return text or NOTHING


def indicator_text(text: str | None, indicator: str) -> str:
    """A figure of a monthly indicator: persons and loans without decimals, rates with a per cent sign.

    A figure that does not fit its unit (half a person) keeps its digits, so that nothing is hidden.
    """
    try:
        column = template("monthly_indicators").column(indicator)
    except KeyError:
        return figure_text(text)
    if text is None or not _FIGURE.fullmatch(text):
        return figure_text(text)
    value = Decimal(text)
    if column.type == "integer" and value == value.to_integral_value():
        return f"{int(value):,}"
    return figure_text(text) + (" %" if column.unit == "percent" else "")


def cell_text(value: Any) -> str:
    """A cell of an evidence file: amounts with grouped thousands, ISO days, a dash for nothing."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float | Decimal):
        return f"{value:,}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ", ".join(cell_text(item) for item in value)
    return str(value)
