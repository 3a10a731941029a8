"""Column mapping of the 2017 platform panel to ``monthly_indicators``: pure code, the one place that knows
the units.

Used twice: by the demo, which files the panel through the API, and by the fitting command, which learns
from it. The panel is a public crawl of monthly platform figures (January to June 2017). Its quirks are
handled here and nowhere else; the strict filing reader stays strict.

Quirks
    * money is in units of 10,000 yuan (wan); filings are in yuan;
    * ``platId`` is the key; ``wdzjPlatId`` is 0 for platforms the source had not numbered: a placeholder
      that is shared by many platforms, so it must never be joined on;
    * for placeholder rows the source writes 0 for what it does not know (capital, age, shares, net inflow);
    * a share of -100 is the source's "not computed";
    * ``onlineTime`` is the month of the crawl, not of the launch; ``weightedAmout`` is always empty;
    * ``background`` is missing for nearly all platforms that failed later: it is never read, nor is its
      absence.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal

Unit = Literal["wan_yuan", "percent", "count", "months", "ratio"]

YUAN_PER_WAN = Decimal(10_000)
CENT = Decimal("0.01")
CURRENCY = "CNY"
PLACEHOLDER_ID = "0"
KEY_PREFIX = "wdzj:"
PANEL_FILE = Path("p2p_platforms_2017/platform_panel_2017H1.csv.gz")
OUTCOME_FILE = Path("p2p_outcomes_2018_dev/panel_outcomes_dev60.csv.gz")
IGNORED_COLUMNS = (
    "background",
    "newbackground",
    "onlineTime",
    "weightedAmout",
    "dataStatus",
    "developZhishu",
    "status",
)


class PanelRowError(ValueError):
    """The row cannot be used; the text says which field and why."""


@dataclass(frozen=True)
class PanelColumn:
    """One column of the panel: where it goes, its unit, and whether 0 there means "not known"."""

    source: str
    target: str
    unit: Unit
    zero_is_unknown: bool
    note: str


PANEL_COLUMNS: tuple[PanelColumn, ...] = (
    PanelColumn("amount", "turnover_amount", "wan_yuan", False, "loans concluded in the month"),
    PanelColumn("bidderNum", "lender_count", "count", False, "lenders active in the month"),
    PanelColumn("borrowerNum", "borrower_count", "count", False, "borrowers active in the month"),
    PanelColumn("totalLoanNum", "loan_count", "count", False, "loans concluded in the month"),
    PanelColumn("incomeRate", "average_annual_rate_percent", "percent", True, "no loans, no rate"),
    PanelColumn("loanPeriod", "average_term_months", "months", True, "no loans, no term"),
    PanelColumn("stayStillOfTotal", "outstanding_balance", "wan_yuan", True, "owed to lenders"),
    PanelColumn("stayStillOfNextSixty", "outstanding_due_60d", "wan_yuan", True, "due within 60 days"),
    PanelColumn("netInflowOfThirty", "net_inflow_30d", "wan_yuan", True, "may be negative"),
    PanelColumn("avgBidMoney", "average_bid_amount", "wan_yuan", True, "turnover per lender"),
    PanelColumn("avgBorrowMoney", "average_loan_per_borrower_amount", "wan_yuan", True, "per borrower"),
    PanelColumn("top10StayStillProportion", "top10_borrower_share_percent", "percent", True, "of balance"),
    PanelColumn("top10DueInProportion", "top10_lender_share_percent", "percent", True, "of balance"),
    PanelColumn("regCapital", "registered_capital", "wan_yuan", True, "registered, not paid in"),
    PanelColumn("currentLeverageAmount", "leverage_ratio", "ratio", True, "balance over capital"),
    PanelColumn("timeOperation", "months_in_operation", "count", True, "whole months since launch"),
)


INDICATOR_COLUMNS: tuple[str, ...] = ("report_month", "currency", *(column.target for column in PANEL_COLUMNS))
"""The columns of a filing made from the panel, in its order."""


def platform_key(row: Mapping[str, str]) -> str:
    """The key of the platform, which is also its external reference: ``wdzj:`` and ``platId``.

    Without it the numeric id, unless that is the shared placeholder 0. Refuses (:class:`PanelRowError`) a row that has
    neither.
    """
    key = _text(row, "platId")
    if key:
        return f"{KEY_PREFIX}{key}"
    number = _text(row, "wdzjPlatId")
    if number and number != PLACEHOLDER_ID:
        return f"{KEY_PREFIX}number-{number}"
    raise PanelRowError("platId is empty and wdzjPlatId is the placeholder 0: the row has no key.")


def panel_row_to_indicator(row: Mapping[str, str]) -> dict[str, str]:
    """One panel row as all columns of a ``monthly_indicators`` filing, in yuan, as plain decimal strings.

    Values the source does not know (empty, a placeholder 0, a share outside 0-100 such as -100) become empty cells; the
    columns stay, because the reader wants every column. Refuses (:class:`PanelRowError`) a row without a month or with
    text where a number belongs.
    """
    month = _text(row, "month")
    if len(month) != 7 or month[4] != "-":
        raise PanelRowError(f"month must be YYYY-MM, found {month!r}.")
    indicator = {"report_month": month, "currency": CURRENCY}
    for column in PANEL_COLUMNS:
        value = _number(row, column)
        indicator[column.target] = "" if value is None else _rendered(value, column.unit)
    return indicator


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a gzip CSV file (UTF-8, with or without byte order mark)."""
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream)


def indicator_histories(rows: Iterable[Mapping[str, str]]) -> dict[str, list[dict[str, str]]]:
    """Indicator rows by platform key, each list in order of the month."""
    histories: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        histories.setdefault(platform_key(row), []).append(panel_row_to_indicator(row))
    for history in histories.values():
        history.sort(key=lambda indicator: indicator["report_month"])
    return histories


def keys_by_number(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Numeric source id → platform key, without the placeholder 0 (the only safe way to join other files)."""
    numbers = ((_text(row, "wdzjPlatId"), row) for row in rows)
    return {number: platform_key(row) for number, row in numbers if number not in ("", PLACEHOLDER_ID)}


def outcome_labels(outcomes: Iterable[Mapping[str, str]], keys: Mapping[str, str]) -> dict[str, int]:
    """1 = problem platform by August 2018, 0 = not, by platform key. Unknown outcomes and ids are left
    out."""
    labels: dict[str, int] = {}
    for outcome in outcomes:
        key = keys.get(_text(outcome, "wdzjPlatId"))
        label = _text(outcome, "failed_by_2018_08")
        if key is not None and label:
            labels[key] = int(Decimal(label))
    return labels


def _text(row: Mapping[str, str], name: str) -> str:
    value = (row.get(name) or "").strip()
    return "" if value.lower() in ("nan", "none", "null") else value


def _number(row: Mapping[str, str], column: PanelColumn) -> Decimal | None:
    text = _text(row, column.source)
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise PanelRowError(f"{column.source} must be a number, found {text!r}.") from error
    if not value.is_finite() or (column.zero_is_unknown and value == 0):
        return None
    is_share = column.target.endswith("_share_percent")
    return None if is_share and not 0 <= value <= 100 else value


def _rendered(value: Decimal, unit: Unit) -> str:
    if unit == "wan_yuan":
        return f"{(value * YUAN_PER_WAN).quantize(CENT):f}"
    if unit == "count":
        return f"{int(value):d}"
    return f"{value:f}"
