"""Readings of a metric as bars, inline SVG: one bar per reading, split by age where there are ages.

Told three ways: length, figure and pattern of shade; a dashed line marks what was disclosed. No script, no style, every
name escaped; the same facts stand in the table below it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

if TYPE_CHECKING:  # the page's selector draws with this module
    from platforms.selectors.metrics import ShownMetric, ShownPart, ShownReading

WIDTH, LABEL, BAR, STEP, TOP = 720, 250, 330, 34, 10
SHADES = ("#9db6cf", "#5f88ad", "#2f6496", "#12283f", "#c5ced6")


def metric_svg(metric: ShownMetric, *, element_id: str) -> SafeString:
    """The bars of one metric; empty text when no reading has a figure."""
    totals = [reading.total.value or Decimal(0) for reading in metric.readings if not reading.definition.is_plain_error]
    highest = max([*totals, metric.disclosed or Decimal(0)], default=Decimal(0))
    if not highest:
        return SafeString("")
    height = TOP * 2 + STEP * len(metric.readings)
    rows = [_row(reading, number, highest) for number, reading in enumerate(metric.readings)]
    return format_html(
        '<svg viewBox="0 0 {} {}" width="100%" role="img" aria-labelledby="{}-title" '
        'xmlns="http://www.w3.org/2000/svg" font-size="13"><title id="{}-title">{}</title>{}{}</svg>',
        WIDTH, height, element_id, element_id,
        _("%(metric)s, every reading") % {"metric": metric.label},
        format_html_join("", "{}", ((row,) for row in rows)),
        _line(metric, highest, height),
    )  # fmt: skip


def _row(reading: ShownReading, number: int, highest: Decimal) -> SafeString:
    top, left, shapes = TOP + number * STEP, Decimal(LABEL), []
    if not reading.definition.is_plain_error:  # a count over an amount has no length beside the others
        for place, part in enumerate(reading.parts):
            width = _length(part.value, highest)
            if width:
                shapes.append(_bar(part, left, top, width, SHADES[place % len(SHADES)]))
            left += width
    return format_html(
        '<text x="{}" y="{}" text-anchor="end" fill="currentColor">{}</text>{}'
        '<text x="{}" y="{}" fill="currentColor" class="lx-num">{}</text>',
        LABEL - 8, top + 18, _short(reading.label),
        format_html_join("", "{}", ((shape,) for shape in shapes)),
        left + 6, top + 18, reading.total.value_text,
    )  # fmt: skip


def _bar(part: ShownPart, left: Decimal, top: int, width: Decimal, shade: str) -> SafeString:
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="24" fill="{}"><title>{}: {}</title></rect>',
        left, top, width, shade, part.label, part.value_text,
    )  # fmt: skip


def _length(value: Decimal | None, highest: Decimal) -> Decimal:
    return (max(value or Decimal(0), Decimal(0)) / highest * BAR).quantize(Decimal("0.1"))


def _line(metric: ShownMetric, highest: Decimal, height: int) -> SafeString:
    if metric.disclosed is None:
        return SafeString("")
    place = LABEL + _length(metric.disclosed, highest)
    return format_html(
        '<line x1="{}" y1="2" x2="{}" y2="{}" stroke="currentColor" stroke-width="2" stroke-dasharray="5 4">'
        "<title>{}</title></line>",
        place, place, height - 2, _("Disclosed: %(figure)s") % {"figure": metric.disclosed_text},
    )  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= 36 else text[:35] + "…"
