"""Before and after: what monthly counts say about the effect of a rule, and how little they may say. Pure.

A rate is events per 100 platforms (or filings) and month. The ratio after / before carries an approximate 95 %
interval (normal on the log scale, half an event added to each side). Before and after is no proof: other rules, the
market and the way of counting change, too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

MEASURES = ("findings", "complaints", "cases")
FEW_EVENTS = 10
FEW_MONTHS = 3
Z95 = 1.96


@dataclass(frozen=True, slots=True)
class MonthCount:
    """One month of one rule. `findings` is None where the rule was not applied to any filing."""

    month: date
    findings: int | None
    complaints: int
    cases: int
    filings: int
    platforms: int

    def value(self, measure: str) -> int | None:
        """The count of one measure."""
        return {"findings": self.findings, "complaints": self.complaints, "cases": self.cases}[measure]

    def base(self, measure: str) -> int:
        """What it is divided by: findings by filings, complaints and cases by platforms."""
        return self.filings if measure == "findings" else self.platforms

    def rate(self, measure: str) -> float | None:
        """Events per 100 of the base; None where nothing was measured."""
        value, base = self.value(measure), self.base(measure)
        return None if value is None or base == 0 else 100 * value / base


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the day: months that were measured, events, base, events per 100 of the base."""

    months: int
    events: int
    base: int
    rate: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure before and after. `ratio` with its interval is None where it cannot be computed."""

    measure: str
    before: Side
    after: Side
    ratio: float | None
    low: float | None
    high: float | None
    is_small: bool

    @property
    def verdict(self) -> str:
        """not_measured, too_few, lower, higher or no_clear_change."""
        if self.ratio is None or self.low is None or self.high is None:
            return "not_measured"
        if self.is_small:
            return "too_few"
        if self.high < 1:
            return "lower"
        return "higher" if self.low > 1 else "no_clear_change"


def compare(months: Sequence[MonthCount], since: date, measure: str) -> Comparison:
    """Months before the month of `since` against months after it; the month itself belongs to neither side."""
    first = since.replace(day=1)
    after_from = first if since.day == 1 else _next(first)
    before = _side([m for m in months if m.month < first], measure)
    after = _side([m for m in months if m.month >= after_from], measure)
    ratio, low, high = _ratio(before, after)
    few = min(before.months, after.months) < FEW_MONTHS or before.events + after.events < FEW_EVENTS
    return Comparison(measure, before, after, ratio, low, high, few)


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _side(months: Sequence[MonthCount], measure: str) -> Side:
    used = [m for m in months if m.rate(measure) is not None]
    events, base = sum(m.value(measure) or 0 for m in used), sum(m.base(measure) for m in used)
    return Side(len(used), events, base, 100 * events / base if base else None)


def _ratio(before: Side, after: Side) -> tuple[float | None, float | None, float | None]:
    if not before.base or not after.base:
        return None, None, None
    ratio = ((after.events + 0.5) / after.base) / ((before.events + 0.5) / before.base)
    spread = math.exp(Z95 * math.sqrt(1 / (after.events + 0.5) + 1 / (before.events + 0.5)))
    return ratio, ratio / spread, ratio * spread
