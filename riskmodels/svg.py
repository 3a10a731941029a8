"""The risk coordinate as a picture (inline SVG) and as a table, for the officer's desk.

Told three ways: colour (classes of the design tokens), shape and letter; points without a settled cell are hollow.
Horizontal: probability of failure, square-root scale, so that the crowded low end stays readable. Vertical: impact in
yuan, logarithmic. No script, no inline style; every number is rendered here, every name escaped.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from riskmodels.coordinate import AREAS
from riskmodels.selectors import MapPoint, RiskMap

WIDTH, HEIGHT = 720, 440
LEFT, RIGHT, TOP, BOTTOM = 100, 16, 16, 56
FALLBACK: Mapping[str, str] = {"A": "#cfe4f3", "B": "#f0d98c", "C": "#d9812b", "D": "#5a1846"}
SHAPES: Mapping[str, SafeString] = {
    "A": SafeString('<circle r="4"/>'),
    "B": SafeString('<rect x="-4" y="-4" width="8" height="8" rx="1"/>'),
    "C": SafeString('<path d="M0 -5 5 4H-5z"/>'),
    "D": SafeString('<path d="M-2 -5h4l3 3v4l-3 3h-4l-3-3v-4z"/>'),
}
Scale = Callable[[float], float]


def risk_map_svg(picture: RiskMap, *, element_id: str = "risk-map") -> SafeString:
    """The scatter with shaded areas, cuts, axes, title and description. Safe to put into a page as it is."""
    across, up = _scales(picture)
    return format_html(
        '<svg class="lx-riskmap" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc" '
        'xmlns="http://www.w3.org/2000/svg"><title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>',
        WIDTH,
        HEIGHT,
        element_id,
        element_id,
        element_id,
        _("Risk coordinate of platforms"),
        element_id,
        _description(picture),
        format_html_join("", "{}", ((part,) for part in _parts(picture, across, up, element_id))),
    )


def _parts(picture: RiskMap, across: Scale, up: Scale, element_id: str) -> list[SafeString]:
    """Back to front; area D comes last, so that it lies on top."""
    ordered = sorted(picture.points, key=lambda point: (point.area, point.probability, point.platform_id))
    marks = [_mark(point, (_n(across(point.probability)), _n(up(point.impact_cny))), element_id) for point in ordered]
    return [_shapes(element_id), _zones(picture, across, up), _axes(picture, across, up), *marks]


def risk_map_table(picture: RiskMap) -> SafeString:
    """The same facts as a table: the alternative for readers who do not see the picture."""
    meanings = area_meanings()
    rows = format_html_join(
        "",
        '<tr><th scope="row">{}</th><td>{}</td><td class="lx-num">{}</td><td class="lx-num">{}</td></tr>',
        ((area, meanings[area], picture.counts[area], _unsettled(picture, area)) for area in AREAS),
    )
    return format_html(
        '<table class="lx-table lx-riskmap-table"><caption>{}</caption><thead><tr><th scope="col">{}</th>'
        '<th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th></tr></thead><tbody>{}</tbody></table>',
        _("Platforms by area of the risk coordinate"),
        _("Area"),
        _("Meaning"),
        _("Platforms"),
        _("of these unsettled"),
        rows,
    )


def area_meanings() -> dict[str, str]:
    """What each letter means, in the reader's language."""
    return {
        "A": _("low probability, low impact"),
        "B": _("low probability, high impact"),
        "C": _("high probability, low impact"),
        "D": _("high probability, high impact"),
    }


def _description(picture: RiskMap) -> str:
    found = ", ".join(f"{area} {picture.counts[area]}" for area in AREAS)
    return _(
        "Each mark is a platform. To the right: more probable to fail; upwards: more money at stake. Areas: %(found)s. "
        "Hollow marks are unsettled."
    ) % {"found": found}


def _unsettled(picture: RiskMap, area: str) -> int:
    return sum(point.is_unsettled for point in picture.points if point.area == area)


def _scales(picture: RiskMap) -> tuple[Scale, Scale]:
    highest = max([point.probability for point in picture.points] + [picture.cuts.probability * 2])
    right = min(1.0, math.ceil(highest * 10) / 10)
    logs = [math.log10(max(point.impact_cny, 1e4)) for point in picture.points] + [math.log10(picture.cuts.impact_cny)]
    low, high = math.floor(min(logs)), math.ceil(max(logs) + 1e-9)

    def across(probability: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * math.sqrt(min(probability, right) / right)

    def up(impact: float) -> float:
        share = (math.log10(max(impact, 10**low)) - low) / max(1, high - low)
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share

    return across, up


def _zones(picture: RiskMap, across: Scale, up: Scale) -> SafeString:
    x, y = across(picture.cuts.probability), up(picture.cuts.impact_cny)
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    low, high = bottom - 12, TOP + 26
    zones = (
        ("A", (LEFT, y, x, bottom), (LEFT + 12, low)),
        ("B", (LEFT, TOP, x, y), (LEFT + 12, high)),
        ("C", (x, y, right, bottom), (right - 26, low)),
        ("D", (x, TOP, right, y), (right - 26, high)),
    )
    return format_html_join(
        "",
        '<g class="lx-zone lx-area-{}"><rect x="{}" y="{}" width="{}" height="{}" fill="{}" fill-opacity="0.18"/>'
        '<text class="lx-zone__letter" x="{}" y="{}" font-size="22" font-weight="700" '
        'fill="currentColor">{}</text></g>',
        (
            (
                area.lower(),
                _n(box[0]),
                _n(box[1]),
                _n(box[2] - box[0]),
                _n(box[3] - box[1]),
                FALLBACK[area],
                *map(_n, letter),
                area,
            )
            for area, box, letter in zones
        ),
    )


def _axes(picture: RiskMap, across: Scale, up: Scale) -> SafeString:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    x, y = _n(across(picture.cuts.probability)), _n(up(picture.cuts.impact_cny))
    return format_html(
        '<g class="lx-riskmap__axes" fill="none" stroke="currentColor"><path d="M{} {}V{}H{}" stroke-width="1.5"/>'
        '<path class="lx-riskmap__cut" d="M{} {}V{}M{} {}H{}" stroke-dasharray="4 3"/></g>'
        '<g class="lx-riskmap__labels" fill="currentColor" font-size="12">{}{}'
        '<text x="{}" y="{}" text-anchor="middle" font-size="13">{}</text>'
        '<text transform="translate(16 {}) rotate(-90)" text-anchor="middle" font-size="13">{}</text></g>',
        LEFT,
        TOP,
        bottom,
        right,
        x,
        TOP,
        bottom,
        LEFT,
        y,
        right,
        _ticks_across(across, right, bottom),
        _ticks_up(up),
        _n((LEFT + right) / 2),
        HEIGHT - 12,
        _("Probability of failure"),
        _n((TOP + bottom) / 2),
        _("Impact: outstanding balance, yuan"),
    )


def _ticks_across(across: Scale, right: int, bottom: int) -> SafeString:
    places = [(across(share), share) for share in (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)]
    shown = [(_n(place), bottom + 18, f"{share:.0%}") for place, share in places if place < right - 4]
    return format_html_join("", '<text x="{}" y="{}" text-anchor="middle">{}</text>', shown)


def _ticks_up(up: Scale) -> SafeString:
    """One label per power of ten; powers below the picture share its lower edge, where the highest of them stays."""
    labels = {_n(up(10.0**power) + 4): _money(power) for power in range(4, 13) if up(10.0**power) >= TOP - 1}
    shown = ((LEFT - 8, y, text) for y, text in labels.items())
    return format_html_join("", '<text x="{}" y="{}" text-anchor="end">{}</text>', shown)


def _money(power: int) -> str:
    words = {
        4: _("10 thousand"),
        5: _("100 thousand"),
        6: _("1 million"),
        7: _("10 million"),
        8: _("100 million"),
        9: _("1 billion"),
        10: _("10 billion"),
        11: _("100 billion"),
        12: _("1 trillion"),
    }
    return words[power]


def _mark(point: MapPoint, spot: tuple[str, str], element_id: str) -> SafeString:
    kind = f"{point.area.lower()}{'-open' if point.is_unsettled else ''}"
    told = _("%(name)s: area %(area)s, probability %(probability)s")
    return format_html(
        '<use class="lx-mark" href="#{}-{}" x="{}" y="{}"><title>{}</title></use>',
        element_id,
        kind,
        *spot,
        told % {"name": point.name, "area": point.area, "probability": f"{point.probability:.1%}"},
    )


def _shapes(element_id: str) -> SafeString:
    """One shape per area and state, drawn once and used by every mark."""
    return format_html(
        "<defs>{}</defs>",
        format_html_join(
            "",
            '<g id="{}-{}{}" class="lx-area-{}{}" stroke="currentColor" stroke-width="0.8" fill="{}" '
            'fill-opacity="{}">{}</g>',
            (
                (
                    element_id,
                    area.lower(),
                    "-open" if is_open else "",
                    area.lower(),
                    " lx-mark--unsettled" if is_open else "",
                    FALLBACK[area],
                    "0" if is_open else "0.9",
                    SHAPES[area],
                )
                for area in AREAS
                for is_open in (False, True)
            ),
        ),
    )


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
