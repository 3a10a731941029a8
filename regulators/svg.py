"""The evaluation of a rule as a picture (inline SVG) and as a table.

One panel per measure, one bar per month, a line at the day from which the rule applies. Bars before the day are
hollow, bars after it are filled, months that were not measured carry a dash: readable without colour. Colours stand
as attributes, because the PDF is set without the page's stylesheet inside pictures; a stylesheet may override them.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common import clock
from regulators.evaluation import MEASURES, Comparison, MonthCount, Side, Stretch, stretches, without_holes
from regulators.selectors.effects import RuleEffect, effect_of
from regulators.selectors.effects_wording import (
    base_text,
    caution,
    effect_sentences,
    measure_name,
    rate_text,
    ratio_text,
    verdict_text,
)
from regulators.selectors.meeting_file import MeetingFile

INK, SOFT, LINE, PAPER = "#234e7a", "#2f6496", "#7a8894", "#ffffff"
FONT = "Noto Sans SC, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
WIDTH, PANEL, LEFT, TOP, LABEL = 720, 96, 56, 12, 22


def _language() -> str:
    return "zh" if (get_language() or "").startswith("zh") else "en"


def effect_svg(effect: RuleEffect, *, element_id: str = "effect") -> SafeString:
    """Three panels of monthly rates with title and description; safe to put into a page as it is."""
    height = len(MEASURES) * (PANEL + LABEL) + TOP + 20
    title = effect.title[_language()]
    return format_html(
        '<svg class="lx-effect" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc" '
        'font-size="12" font-family="{}" fill="#16202b" xmlns="http://www.w3.org/2000/svg">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>',
        WIDTH, height, element_id, element_id, FONT, element_id, title, element_id,
        " ".join(effect_sentences(effect, _language())),
        format_html_join("", "{}", ((part,) for part in _parts(effect))),
    )  # fmt: skip


def _parts(effect: RuleEffect) -> Iterator[SafeString]:
    effect = replace(effect, months=without_holes(effect.months))
    step = (WIDTH - LEFT - 8) / max(1, len(effect.months))
    for index, measure in enumerate(MEASURES):
        yield from _panel(effect, measure, TOP + index * (PANEL + LABEL), step)
    bottom = TOP + len(MEASURES) * (PANEL + LABEL)
    yield from _months(effect.months, bottom, step)
    yield from _day(effect, step)


def _panel(effect: RuleEffect, measure: str, top: float, step: float) -> Iterator[SafeString]:
    first = effect.since.replace(day=1)
    rates = [
        None if measure == "cases" and month.month < first else month.rate(measure) for month in effect.months
    ]
    peak = max([rate for rate in rates if rate is not None], default=0.0) or 1.0
    base = top + LABEL + PANEL - 10
    label = '<text class="lx-effect__label" font-weight="700" x="{}" y="{}">{}</text>'
    yield format_html(label, LEFT, top + 13, measure_name(measure, effect.complaint_scope))
    axis = '<text class="lx-effect__axis" text-anchor="end" x="{}" y="{}">{}</text>'
    yield format_html(axis, LEFT - 6, top + LABEL + 8, rate_text(peak))
    yield format_html(axis, LEFT - 6, base, 0)
    yield format_html(
        '<path class="lx-effect__base" fill="none" stroke="{}" d="M{} {}H{}"/>', LINE, LEFT, base, WIDTH - 8
    )
    for index, (month, rate) in enumerate(zip(effect.months, rates, strict=True)):
        x = LEFT + index * step
        if rate is None:
            none = '<text class="lx-effect__none" text-anchor="middle" x="{}" y="{}">–</text>'
            yield format_html(none, f"{x + step / 2:.1f}", base - 2)
            continue
        height = rate / peak * (PANEL - 14)
        kind = "after" if month.month >= first else "before"
        place = (x + step * 0.15, base - height, max(step * 0.7, 1), height)
        yield format_html(
            '<rect class="lx-effect__bar lx-effect__bar--{}" fill="{}" stroke="{}" '
            'x="{}" y="{}" width="{}" height="{}"/>',
            kind, INK if kind == "after" else PAPER, SOFT, *(f"{number:.1f}" for number in place),
        )  # fmt: skip


def _months(months: tuple[MonthCount, ...], bottom: float, step: float) -> Iterator[SafeString]:
    every = max(1, math.ceil(64 / step))
    for index, month in enumerate(months):
        if index % every == 0:
            x = f"{LEFT + (index + 0.5) * step:.1f}"
            text = '<text class="lx-effect__month" text-anchor="middle" x="{}" y="{}">{}</text>'
            yield format_html(text, x, bottom + 12, f"{month.month:%Y-%m}")


def _day(effect: RuleEffect, step: float) -> Iterator[SafeString]:
    before = sum(1 for month in effect.months if month.month < effect.since.replace(day=1))
    if 0 < before < len(effect.months):
        x, tops = f"{LEFT + before * step:.1f}", [TOP + index * (PANEL + LABEL) for index in range(len(MEASURES))]
        lines = "".join(f"M{x} {top + LABEL - 2}V{top + LABEL + PANEL - 10}" for top in tops)  # not through the words
        yield format_html(
            '<path class="lx-effect__day" fill="none" stroke="{}" stroke-dasharray="5 4" d="{}"/>', INK, lines
        )


def effect_table(effect: RuleEffect) -> SafeString:
    """The comparison and the months as tables: the alternative for readers who do not see the picture.

    Rates stand beside what they were counted on, so that a growing market is no effect. Months without filings are
    left out and counted in words. Months in a row without findings, complaints and cases are one line; totals of both
    sides stand below.
    """
    filed = tuple(month for month in effect.months if month.filings)
    compared = format_html_join(
        "",
        '<tr><th scope="row">{}</th><td class="lx-num lx-right">{}</td><td class="lx-num lx-right">{}</td>'
        '<td class="lx-num lx-right">{}</td><td>{}</td></tr>',
        (
            (
                measure_name(c.measure, effect.complaint_scope), _on_base(c.measure, c.before),
                _on_base(c.measure, c.after), ratio_text(c), verdict_text(c),
            )
            for c in effect.comparisons
        ),
    )
    months = format_html_join("", "{}", ((_row(run, effect.since),) for run in stretches(filed, effect.since)))
    return format_html(
        '<table class="lx-table"><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
        '<details open><summary>{}</summary><table class="lx-table"><thead><tr>{}</tr></thead><tbody>{}</tbody>'
        "<tfoot>{}</tfoot></table></details><ul class=\"lx-bullets\">{}</ul>",
        _("Before and after %(day)s") % {"day": effect.since},
        _heads((_("Measure"),), (_("Before"), _("After"), _("Ratio (95% interval)")), (_("What it says"),)),
        compared,
        _("Month by month"),
        _heads((_("Month"),), (_("Findings"), _("Complaints"), _("Cases"), _("Filings"), _("Platforms"))),
        months,
        _totals(effect),
        format_html_join("", "<li>{}</li>", ((line,) for line in (*_left_out(effect, filed), *caution()))),
    )


def _left_out(effect: RuleEffect, filed: tuple[MonthCount, ...]) -> Iterator[str]:
    """How many months have no line in the table."""
    missing = len(without_holes(effect.months)) - len(filed)
    if missing:
        yield _("Months without any filing, shown as gaps in the picture and left out here: %(n)s") % {"n": missing}


def _on_base(measure: str, side: Side) -> str:
    """A rate with the events and what they were counted on; a dash where nothing was measured."""
    if side.rate is None:
        return "–"
    return f"{rate_text(side.rate)} ({side.events} / {base_text(measure, side.base)})"


def _row(run: Stretch, since: date) -> SafeString:
    """One month, or several in which nothing was counted."""
    if not run.is_folded:
        cells = '<tr><th scope="row">{}</th>' + '<td class="lx-num lx-right">{}</td>' * 5 + "</tr>"
        return format_html(cells, *_month_cells(run.months[0], since))
    words = _("nothing in %(n)s months") if run.is_measured else _("rule not applied in %(n)s months, nothing else")
    if run.is_rehearsed:
        words = _("rehearsed: nothing in %(n)s months")
    fewest, most = run.platforms
    return format_html(
        '<tr class="lx-effect__quiet"><th scope="row">{}</th><td colspan="3" class="lx-right">{}</td>'
        '<td class="lx-num lx-right">{}</td><td class="lx-num lx-right">{}</td></tr>',
        f"{run.first:%Y-%m} – {run.last:%Y-%m}", words % {"n": len(run.months)}, run.filings,
        fewest if fewest == most else f"{fewest}–{most}",
    )  # fmt: skip


def _totals(effect: RuleEffect) -> SafeString:
    """What the months of each side add up to; the month of the change belongs to neither."""
    by_measure = {c.measure: c for c in effect.comparisons}
    sides = ((_("Before, months: %(n)s"), "before"), (_("After, months: %(n)s"), "after"))
    return format_html_join("", "{}", ((_total(by_measure, label, side),) for label, side in sides))


def _total(found: dict[str, Comparison], label: str, side: str) -> SafeString:
    findings, complaints, cases = (getattr(found[measure], side) for measure in MEASURES)
    base = _("%(n)s platform-months") % {"n": complaints.base} if complaints.months else "–"
    counted = [side.events if side.months else "–" for side in (findings, complaints, cases)]
    is_measured, months = findings.months or complaints.months, max(findings.months, complaints.months)
    figures = (*counted, findings.base, base) if is_measured else ("–",) * 5
    row = '<tr><th scope="row">{}</th>' + '<td class="lx-num lx-right">{}</td>' * 4
    return format_html(row + '<td class="lx-right">{}</td></tr>', label % {"n": months}, *figures)


def _month_cells(month: MonthCount, since: date) -> tuple[object, ...]:
    findings: object = "–" if month.findings is None else month.findings
    if month.rehearsed:
        findings = _("%(n)s (rehearsed)") % {"n": findings}
    has_base = month.platforms > 0
    cases = month.cases if has_base and month.month >= since.replace(day=1) else "–"
    complaints = month.complaints if has_base else "–"
    return f"{month.month:%Y-%m}", findings, complaints, cases, month.filings, month.platforms or "–"


def _heads(first: tuple[str, ...], figures: tuple[str, ...], last: tuple[str, ...] = ()) -> SafeString:
    """Column titles; those of figures stand on the right like the figures."""
    cells = [(name, "") for name in first] + [(name, "lx-right") for name in figures] + [(name, "") for name in last]
    return format_html_join("", '<th scope="col" class="{1}">{0}</th>', cells)


def pictures_added(file: MeetingFile) -> MeetingFile:
    """Give every paper about a rule's effect its picture and table, in the active language."""
    for item in file.items:
        for paper in item.papers:
            effect = effect_of(paper["row"].ref, clock.today()) if paper["row"].kind == "effect" else None
            if effect:
                paper["picture"] = effect_svg(effect, element_id=f"effect-{paper['row'].pk}")
                paper["table"] = effect_table(effect)
    return file
