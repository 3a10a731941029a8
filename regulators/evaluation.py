"""Before and after: what monthly counts say about the effect of a rule, and how little they may say. Pure.

Findings before the rule come from a rehearsal on the filings of that time; cases rest on findings of the rule, so that
there are none before it; complaints count for the rule only where the pack says which ones belong to its subject.

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
    """One month of one rule.

    `findings` is None where no filing was judged by the rule: neither in force nor by rehearsal (`rehearsed`).
    `complaint_scope` is rule (the rule's subject) or line (all complaints of its lines).
    """

    month: date
    findings: int | None
    complaints: int
    cases: int
    filings: int
    platforms: int
    rehearsed: bool = False
    complaint_scope: str = "line"

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


    @property
    def is_quiet(self) -> bool:
        """Nothing was counted; a month in which the rule was not applied is quiet without being measured."""
        return not (self.findings or self.complaints or self.cases)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Months that one row of a table stands for: one month, or several in which nothing was counted."""

    months: tuple[MonthCount, ...]

    @property
    def first(self) -> date:
        """The first month."""
        return self.months[0].month

    @property
    def last(self) -> date:
        """The last month."""
        return self.months[-1].month

    @property
    def is_folded(self) -> bool:
        """Whether it stands for several months."""
        return len(self.months) > 1

    @property
    def is_measured(self) -> bool:
        """Whether the rule was applied to filings in these months, then or by rehearsal."""
        return self.months[0].findings is not None

    @property
    def is_rehearsed(self) -> bool:
        """Whether these months were judged by rehearsal."""
        return self.months[0].rehearsed

    @property
    def filings(self) -> int:
        """Filings of all its months."""
        return sum(month.filings for month in self.months)

    @property
    def platforms(self) -> tuple[int, int]:
        """The fewest and the most platforms in a month."""
        counts = [month.platforms for month in self.months]
        return min(counts), max(counts)


def without_holes(months: Sequence[MonthCount]) -> tuple[MonthCount, ...]:
    """Every month from the first to the last; one about which nothing is known is a month without base."""
    known = {month.month: month for month in months}
    found: list[MonthCount] = []
    day = min(known, default=None)
    while day is not None and day <= max(known):
        found.append(known.get(day) or MonthCount(day, None, 0, 0, 0, 0))
        day = _next(day)
    return tuple(found)


def stretches(months: Sequence[MonthCount], since: date) -> tuple[Stretch, ...]:
    """The months with quiet neighbours folded into one.

    Never across `since`, never with the month in which it falls unless that is its first day, never months without a
    measurement with measured ones, and never across a month that is missing: each would say more than was counted.
    """
    found: list[list[MonthCount]] = []
    for month in months:
        if found and _joins(found[-1][-1], month, since):
            found[-1].append(month)
        else:
            found.append([month])
    return tuple(Stretch(tuple(run)) for run in found)


def _joins(before: MonthCount, month: MonthCount, since: date) -> bool:
    first = since.replace(day=1)
    apart = (month.month,) if since.day == 1 else (before.month, month.month)
    return (
        before.is_quiet
        and month.is_quiet
        and (before.findings is None, before.rehearsed) == (month.findings is None, month.rehearsed)
        and _next(before.month) == month.month
        and first not in apart
    )


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
    is_context: bool = False

    @property
    def verdict(self) -> str:
        """context, not_measured, too_few, lower, higher or no_clear_change."""
        if self.is_context:
            return "context"
        if self.ratio is None or self.low is None or self.high is None:
            return "not_measured"
        if self.is_small:
            return "too_few"
        if self.high < 1:
            return "lower"
        return "higher" if self.low > 1 else "no_clear_change"


def compare(months: Sequence[MonthCount], since: date, measure: str) -> Comparison:
    """Months before the month of `since` against months after it; the month itself belongs to neither side.

    A case rests on a finding of the rule: before the rule nothing of the kind is measured.
    """
    first = since.replace(day=1)
    after_from = first if since.day == 1 else _next(first)
    before = _side([m for m in months if m.month < first and measure != "cases"], measure)
    after = _side([m for m in months if m.month >= after_from], measure)
    ratio, low, high = _ratio(before, after)
    few = min(before.months, after.months) < FEW_MONTHS or before.events + after.events < FEW_EVENTS
    is_context = measure == "complaints" and any(month.complaint_scope == "line" for month in months)
    return Comparison(measure, before, after, ratio, low, high, few, is_context)


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
