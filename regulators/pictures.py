"""The tree of bodies of one day as inline SVG: central bodies with their local branches, in groups.

A dashed frame marks a body whose dates nobody has confirmed. The page repeats everything as a list.
"""

from collections.abc import Iterator, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulators.choices import AuthorityKind
from regulators.selectors.overview import AuthorityTree, Body

WIDTH, BOX, HEIGHT, GAP, TOP = 960, 148, 58, 12, 30
PER_ROW = 6


def _language() -> str:
    return "zh" if (get_language() or "").startswith("zh") else "en"


def tree_svg(tree: AuthorityTree) -> SafeString:
    """The picture with title and description; safe to put into a page as it is."""
    parts, bottom = [], 8.0
    for kind, bodies in tree.groups:
        group, bottom = _group(str(AuthorityKind(kind).label), bodies, bottom)
        parts += group
    title = _("Supervising bodies on %(day)s") % {"day": tree.on.isoformat()}
    return format_html(
        '<svg class="lx-tree" viewBox="0 0 {} {}" role="img" aria-labelledby="lx-tree-title lx-tree-desc" '
        'xmlns="http://www.w3.org/2000/svg"><title id="lx-tree-title">{}</title><desc id="lx-tree-desc">{}</desc>{}'
        "</svg>",
        WIDTH,
        int(bottom + 8),
        title,
        _("%(count)s bodies exist on this day; the list below names them.") % {"count": tree.count},
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def _group(label: str, bodies: Sequence[Body], top: float) -> tuple[list[SafeString], float]:
    """A heading and the boxes of one kind, with their branches below."""
    parts = [format_html('<text class="lx-tree__group" x="4" y="{}">{}</text>', top + 16, label)]
    y = top + TOP
    for start in range(0, len(bodies), PER_ROW):
        row = bodies[start : start + PER_ROW]
        has_branches = any(body.parts for body in row)
        for index, body in enumerate(row):
            parts += _column(body, 4 + index * (BOX + GAP), y)
        y += HEIGHT + GAP + (HEIGHT + GAP if has_branches else 0)
    return parts, y + 6


def _column(body: Body, x: float, y: float) -> Iterator[SafeString]:
    """A body and, under it, its branches as one box."""
    yield from _box(x, y, body)
    if not body.parts:
        return
    middle, below = x + BOX / 2, y + HEIGHT + GAP
    yield format_html(
        '<path class="lx-tree__line" d="M{} {}V{}"/>', f"{middle:.0f}", f"{y + HEIGHT:.0f}", f"{below:.0f}"
    )
    if body.branches:
        yield from _box(x, below, body.branches[0])
        return
    text = _("%(count)s local branches") % {"count": body.parts}
    yield format_html(
        '<rect class="lx-tree__box" x="{}" y="{}" width="{}" height="{}" rx="4"/>'
        '<text x="{}" y="{}">{}</text>',
        x, below, BOX, HEIGHT, x + 10, below + 34, text,
    )  # fmt: skip


def _box(x: float, y: float, body: Body) -> Iterator[SafeString]:
    mark = "" if body.is_confirmed else " lx-tree__box--open"
    dates = f"{body.since.isoformat() if body.since else '…'} – {body.until.isoformat() if body.until else ''}".strip()
    before = f"← {', '.join(body.before)}" if body.before and len(body.before) < 3 else ""
    yield format_html(
        '<rect class="lx-tree__box{}" x="{}" y="{}" width="{}" height="{}" rx="4"/>'
        '<text class="lx-tree__name" x="{}" y="{}">{}</text><text class="lx-tree__soft" x="{}" y="{}">{}</text>'
        '<text class="lx-tree__soft" x="{}" y="{}">{}</text>',
        mark, x, y, BOX, HEIGHT, x + 10, y + 19, body.short[_language()][:22],
        x + 10, y + 35, dates if body.since or body.until else body.code,
        x + 10, y + 50, before,
    )  # fmt: skip
