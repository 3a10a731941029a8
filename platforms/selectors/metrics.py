"""Metrics whose definitions conflict: every reading of a loan book beside what the platform disclosed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from analytics.metrics import MetricDefinition, metric_definitions, part_title
from common.errors import NotYours
from common.principal import Principal
from platforms.models import MetricReading, Platform, RecomputedIndicator
from platforms.wording import figure_text, said


@dataclass(frozen=True)
class ShownPart:
    """One figure of a reading: the whole, or the arrears of one age."""

    part: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    unit: str

    @property
    def label(self) -> str:
        """The part in the reader's language."""
        return said(part_title(self.part))

    @property
    def value_text(self) -> str:
        """Yuan with two decimals, per cent with two (six where two would say zero)."""
        if self.value is None:
            return figure_text(None)
        short = self.value.quantize(Decimal("0.01"))
        shown = self.value.normalize() if not short and self.value else short
        return figure_text(f"{shown:f}") + (" %" if self.unit == "percent" else "")

    @property
    def made_of_text(self) -> str:
        """Numerator over denominator; empty when nothing is divided."""
        if self.denominator is None or self.numerator is None:
            return ""
        return f"{_plain(self.numerator)} / {_plain(self.denominator)}"


@dataclass(frozen=True)
class ShownReading:
    """One definition of a metric and its figures."""

    definition: MetricDefinition
    parts: list[ShownPart]

    @property
    def label(self) -> str:
        """The reading in the reader's language."""
        return said(self.definition.reading)

    @property
    def total(self) -> ShownPart:
        """The whole: the one figure, or the sum over the ages."""
        known = [part.value for part in self.parts if part.value is not None]
        return ShownPart("all", sum(known, Decimal(0)) if known else None, None, None, self.definition.unit)

    @property
    def formula(self) -> str:
        """The formula in words."""
        return said(self.definition.formula)

    @property
    def source(self) -> str:
        """Facts and version."""
        return f"{', '.join(self.definition.facts)} · v{self.definition.version}"


@dataclass(frozen=True)
class ShownMetric:
    """One metric of a period in one currency, all its readings side by side."""

    period: str
    metric: str
    currency: str
    title: dict[str, str]
    disclosed: Decimal | None
    readings: list[ShownReading]

    @property
    def label(self) -> str:
        """The metric in the reader's language."""
        return said(self.title)

    @property
    def disclosed_text(self) -> str:
        """What the platform disclosed; a dash when its template has no such figure or none was filed."""
        return figure_text(None if self.disclosed is None else f"{self.disclosed:.2f}")


def metrics_of(platform_id: int, period: str = "") -> list[ShownMetric]:
    """All readings of a period (the newest when none is given), from the newest accepted revision of its loan book."""
    rows = MetricReading.objects.filter(platform_id=platform_id)
    last = (rows.filter(period=period) if period else rows).order_by("-period", "-loan_book_revision_id").first()
    if last is None:
        return []
    found = list(rows.filter(loan_book_revision_id=last.loan_book_revision_id).order_by("definition", "part"))
    shown = []
    for currency in sorted({row.currency for row in found}):
        own = [row for row in found if row.currency == currency]
        for _, members in groupby(metric_definitions(), key=lambda item: item.metric):
            readings = [reading for item in members if (reading := _reading(item, own)).parts]
            if readings:
                shown.append(_metric(last, currency, readings))
    return shown


def metrics_visible_to(actor: Principal, platform: uuid.UUID, period: str = "") -> list[ShownMetric]:
    """All readings of a platform's period, for those who see its filings.

    - the system and staff: every platform's;
    - a platform: its own; NotYours (404) for another's, and for a bank, which files no loan book;
    - anyone else: NotYours.
    """
    platform_id = Platform.objects.filter(public_id=platform).values_list("pk", flat=True).first()
    is_own = actor.kind == "platform" and actor.platform_id == platform_id
    if platform_id is None or not (actor.kind in {"system", "staff"} or is_own):
        raise NotYours("platform")
    return metrics_of(platform_id, period)


def _metric(last: MetricReading, currency: str, readings: list[ShownReading]) -> ShownMetric:
    first = readings[0].definition
    disclosed = _disclosed(last, first.disclosed) if first.disclosed else None
    return ShownMetric(last.period, first.metric, currency, dict(first.title), disclosed, readings)


def _reading(definition: MetricDefinition, rows: list[MetricReading]) -> ShownReading:
    mine = [row for row in rows if (row.definition, row.version) == (definition.code, definition.version)]
    parts = [ShownPart(row.part, row.value, row.numerator, row.denominator, definition.unit) for row in mine]
    return ShownReading(definition, parts)


def _disclosed(last: MetricReading, indicator: str) -> Decimal | None:
    rows = RecomputedIndicator.objects.filter(platform_id=last.platform_id, period=last.period, indicator=indicator)
    newest = rows.order_by("-id").first()
    return newest.reported if newest else None


def _plain(value: Decimal) -> str:
    short = value.quantize(Decimal("0.01"))
    return figure_text(f"{short.to_integral_value() if short == short.to_integral_value() else short:f}")
