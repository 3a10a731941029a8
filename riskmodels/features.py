"""Features of one platform from its monthly indicators up to a month: pure functions, no queries.

Absence is never a feature. A value that was not filed is ``None`` and later replaced by the fitting set's
median; there are no missing-indicator columns, because in the 2017 panel "background missing" alone told
the later outcome (AUC .88), and because who stops answering a crawler is not what a supervisor may act on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

Indicator = Mapping[str, Any]
FeatureRow = dict[str, float | None]


@dataclass(frozen=True)
class FeatureText:
    """What a feature is called in both languages."""

    zh: str
    en: str
    unit: str


FEATURES: dict[str, FeatureText] = {
    "rate_percent": FeatureText("平均年利率", "average annual rate", "percent"),
    "log_turnover": FeatureText("月成交额", "monthly turnover", "log_yuan"),
    "turnover_growth": FeatureText("成交额较前三个月", "turnover against three months before", "log_ratio"),
    "net_inflow_share": FeatureText("净流入占待还余额", "net inflow over outstanding balance", "share"),
    "log_capital": FeatureText("注册资本", "registered capital", "log_yuan"),
    "log_outstanding": FeatureText("待还余额", "outstanding balance", "log_yuan"),
    "log_outstanding_per_borrower": FeatureText("每位借款人待还余额", "balance per borrower", "log_yuan"),
    "log_average_loan": FeatureText("人均借款额", "average loan per borrower", "log_yuan"),
    "log_average_bid": FeatureText("人均投资额", "average amount per lender", "log_yuan"),
    "log_term": FeatureText("平均借款期限", "average term", "log_months"),
    "due_60d_share": FeatureText("60天内到期占待还余额", "share of the balance due within 60 days", "share"),
    "top10_borrower_share": FeatureText("前十大借款人占比", "share of the ten largest borrowers", "percent"),
    "top10_lender_share": FeatureText("前十大出借人占比", "share of the ten largest lenders", "percent"),
    "log_months_in_operation": FeatureText("运营月数", "months in operation", "log_months"),
}
FEATURE_NAMES: tuple[str, ...] = tuple(FEATURES)


def month_of(indicator: Indicator) -> str:
    """The month of a row as YYYY-MM (accepts a date, "2017-06" or "2017-06-30")."""
    value = indicator.get("report_month") or indicator.get("period")
    if isinstance(value, date):
        return f"{value:%Y-%m}"
    return str(value)[:7]


def history_until(history: Sequence[Indicator], month: str) -> list[Indicator]:
    """The rows up to and including ``month``, oldest first. Later rows are not known yet and are dropped."""
    return sorted((row for row in history if month_of(row) <= month), key=month_of)


def features_of(history: Sequence[Indicator], month: str) -> FeatureRow:
    """Features at the platform's latest filed month not after ``month``. Refuses (ValueError) none."""
    known = history_until(history, month)
    if not known:
        raise ValueError(f"No monthly indicators up to {month}.")
    now = known[-1]
    outstanding = positive(now, "outstanding_balance")
    return {
        "rate_percent": positive(now, "average_annual_rate_percent"),
        "log_turnover": _log(positive(now, "turnover_amount")),
        "turnover_growth": _growth(known),
        "net_inflow_share": _ratio(number(now, "net_inflow_30d"), outstanding),
        "log_capital": _log(positive(now, "registered_capital")),
        "log_outstanding": _log(outstanding),
        "log_outstanding_per_borrower": _log(_ratio(outstanding, positive(now, "borrower_count"))),
        "log_average_loan": _log(positive(now, "average_loan_per_borrower_amount")),
        "log_average_bid": _log(positive(now, "average_bid_amount")),
        "log_term": _log(positive(now, "average_term_months")),
        "due_60d_share": _ratio(number(now, "outstanding_due_60d"), outstanding),
        "top10_borrower_share": positive(now, "top10_borrower_share_percent"),
        "top10_lender_share": positive(now, "top10_lender_share_percent"),
        "log_months_in_operation": _log(positive(now, "months_in_operation")),
    }


@dataclass(frozen=True)
class Impact:
    """How much money a failure would touch, in yuan; ``is_estimated`` when it was not filed."""

    amount_cny: float | None
    is_estimated: bool


def impact_of(history: Sequence[Indicator], month: str) -> Impact:
    """The outstanding balance of the latest month that filed it, else turnover × term (stock = flow ×
    duration)."""
    known = history_until(history, month)
    for row in reversed(known):
        outstanding = positive(row, "outstanding_balance")
        if outstanding is not None:
            return Impact(outstanding, is_estimated=False)
    for row in reversed(known):
        turnover, term = positive(row, "turnover_amount"), positive(row, "average_term_months")
        if turnover is not None and term is not None:
            return Impact(turnover * term, is_estimated=True)
    return Impact(None, is_estimated=True)


def number(row: Indicator, column: str) -> float | None:
    """A filed value as a float; None when it is absent, empty or not finite."""
    value = row.get(column)
    if value is None or value == "":
        return None
    result = float(value)
    return result if math.isfinite(result) else None


def positive(row: Indicator, column: str) -> float | None:
    """A filed value above zero; zero and below mean "not usable" here (no logarithm, no ratio)."""
    value = number(row, column)
    return value if value is not None and value > 0 else None


def _log(value: float | None) -> float | None:
    return None if value is None or value <= 0 else math.log(value)


def _ratio(part: float | None, whole: float | None) -> float | None:
    return None if part is None or whole is None or whole <= 0 else part / whole


def _growth(known: Sequence[Indicator]) -> float | None:
    now = positive(known[-1], "turnover_amount")
    before = [value for row in known[-4:-1] if (value := positive(row, "turnover_amount")) is not None]
    if now is None or not before:
        return None
    return math.log(now / (sum(before) / len(before)))
