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

BOX, HEIGHT, GAP, TOP, COLUMNS = 154, 58, 12, 26, 6
WIDTH = COLUMNS * (BOX + GAP) + 4
LONGEST = 26  # letters that fit into a box


def _language() -> str:
    return "zh" if (get_language() or "").startswith("zh") else "en"


def tree_svg(tree: AuthorityTree) -> SafeString:
    """The picture with title and description; safe to put into a page as it is."""
    parts: list[SafeString] = []
    column, top, bottom = 0, 8, 8
    for kind, bodies in tree.groups:
        columns = min(len(bodies), COLUMNS)
        if column + columns > COLUMNS:
            column, top = 0, bottom
        parts += _group(str(AuthorityKind(kind).label), bodies, 4 + column * (BOX + GAP), top)
        bottom = max(bottom, top + _height(bodies))
        column += columns
    title = _("Supervising bodies on %(day)s") % {"day": tree.on.isoformat()}
    return format_html(
        '<svg class="lx-tree" viewBox="0 0 {} {}" role="img" aria-labelledby="lx-tree-title lx-tree-desc" '
        'xmlns="http://www.w3.org/2000/svg"><title id="lx-tree-title">{}</title><desc id="lx-tree-desc">{}</desc>{}'
        "</svg>",
        WIDTH,
        bottom,
        title,
        _("%(count)s bodies exist on this day; the list below names them.") % {"count": tree.count},
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def _height(bodies: Sequence[Body]) -> int:
    """Heading and rows of boxes of one group, with room below."""
    rows = [bodies[start : start + COLUMNS] for start in range(0, len(bodies), COLUMNS)]
    return TOP + 10 + sum((HEIGHT + GAP) * (1 + any(body.parts for body in row)) for row in rows)


def _group(label: str, bodies: Sequence[Body], x: int, top: int) -> list[SafeString]:
    """A heading and the boxes of one kind, with their branches below."""
    parts = [format_html('<text class="lx-tree__group" x="{}" y="{}">{}</text>', x, top + 16, label)]
    y = top + TOP
    for start in range(0, len(bodies), COLUMNS):
        row = bodies[start : start + COLUMNS]
        for index, body in enumerate(row):
            parts += _column(body, x + index * (BOX + GAP), y)
        y += (HEIGHT + GAP) * (1 + any(body.parts for body in row))
    return parts


def _column(body: Body, x: int, y: int) -> Iterator[SafeString]:
    """A body and, under it, its branches as one box."""
    yield from _box(x, y, body)
    if not body.parts:
        return
    below = y + HEIGHT + GAP
    yield format_html('<path class="lx-tree__line" d="M{} {}V{}"/>', x + BOX // 2, y + HEIGHT, below)
    if body.branches:
        yield from _box(x, below, body.branches[0])
        return
    text = _("%(count)s local branches") % {"count": body.parts}
    yield format_html(
        '<rect class="lx-tree__box" x="{}" y="{}" width="{}" height="{}" rx="4"/>'
        '<text x="{}" y="{}">{}</text>',
        x, below, BOX, HEIGHT, x + 10, below + 34, text,
    )  # fmt: skip


def _box(x: int, y: int, body: Body) -> Iterator[SafeString]:
    mark = "" if body.is_confirmed else " lx-tree__box--open"
    dates = f"{body.since.isoformat() if body.since else '…'} – {body.until.isoformat() if body.until else ''}".strip()
    before = f"← {', '.join(body.before)}" if body.before else ""
    if len(before) > LONGEST - 3:
        before = f"← {body.before[0]} …"
    yield format_html(
        '<rect class="lx-tree__box{}" x="{}" y="{}" width="{}" height="{}" rx="4"/>'
        '<text class="lx-tree__name" x="{}" y="{}">{}</text><text class="lx-tree__soft" x="{}" y="{}">{}</text>'
        '<text class="lx-tree__soft" x="{}" y="{}">{}</text>',
        mark, x, y, BOX, HEIGHT, x + 8, y + 19, body.short[_language()][:LONGEST],
        x + 8, y + 35, dates if body.since or body.until else body.code,
        x + 8, y + 50, before,
    )  # fmt: skip
