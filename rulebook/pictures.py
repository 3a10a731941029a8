"""Findings before and after a draft, by platform, as bars (inline SVG). The same figures stand in the table below.

Told two ways: the upper bar of a pair is hollow (now), the lower one filled (with the draft), each with its figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

WIDTH, LABEL, BAR, STEP, TOP, FIRST = 480, 168, 250, 40, 34, 8
INK = "#2f6496"


def rehearsal_svg(platforms: Sequence[Mapping[str, Any]], *, element_id: str = "lx-tried") -> SafeString:
    """Pairs of bars for the first platforms of a list; empty text when no platform has a finding."""
    shown = [row for row in platforms if row["before"] or row["after"]][:FIRST]
    if not shown:
        return SafeString("")
    highest = max(max(row["before"], row["after"]) for row in shown)
    return format_html(
        '<svg viewBox="0 0 {} {}" width="100%" role="img" aria-labelledby="{}-title" font-size="13" '
        'xmlns="http://www.w3.org/2000/svg"><title id="{}-title">{}</title>{}{}</svg>',
        WIDTH, TOP + STEP * len(shown), element_id, element_id,
        _("Findings by platform, now and with this text"), _legend(),
        format_html_join("", "{}", ((_pair(row, number, highest),) for number, row in enumerate(shown))),
    )  # fmt: skip


def _legend() -> SafeString:
    return format_html(
        '{}<text x="{}" y="17" fill="currentColor">{}</text>{}<text x="{}" y="17" fill="currentColor">{}</text>',
        _bar(LABEL, 6, 14, is_after=False), LABEL + 20, pgettext("bars", "now"),
        _bar(LABEL + 90, 6, 14, is_after=True), LABEL + 110, _("by this text"),
    )  # fmt: skip


def _pair(row: Mapping[str, Any], number: int, highest: int) -> SafeString:
    top = TOP + number * STEP
    return format_html(
        '<text x="{}" y="{}" text-anchor="end" fill="currentColor">{}</text>{}{}',
        LABEL - 8, top + 20, _short(row["name"]),
        _figured(row["before"], top + 2, highest, is_after=False),
        _figured(row["after"], top + 18, highest, is_after=True),
    )  # fmt: skip


def _figured(count: int, top: int, highest: int, *, is_after: bool) -> SafeString:
    width = round(count / highest * BAR, 1)
    return format_html(
        '{}<text x="{}" y="{}" fill="currentColor" font-size="12">{}</text>',
        _bar(LABEL, top, width, is_after=is_after), LABEL + width + 6, top + 12, count,
    )  # fmt: skip


def _bar(left: float, top: int, width: float, *, is_after: bool) -> SafeString:
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="14" fill="{}" stroke="{}"/>',
        left, top, max(width, 1), INK if is_after else "none", INK,
    )  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= 14 else text[:13] + "…"
