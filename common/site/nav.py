"""The six entries of the main navigation, as data.

An entry is shown only when its page exists: names of pages that no app provides are skipped, so the shell
knows nothing of the apps and never links to a missing page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class NavItem:
    """One entry: `names` are URL names in order of preference."""

    key: str
    label: str | Promise
    names: tuple[str, ...]


@dataclass(frozen=True)
class NavLink:
    """An entry that can be shown: where it leads, and whether the reader is inside it."""

    key: str
    label: str | Promise
    url: str
    is_current: bool


ITEMS: Final = (
    NavItem("home", pgettext_lazy("navigation", "Home"), ("public-home",)),
    NavItem("complaints", pgettext_lazy("navigation", "Complaints"), ("public-complaints-start",)),
    NavItem("platforms", pgettext_lazy("navigation", "Find a platform"), ("public-platforms-list",)),
    NavItem("rules", pgettext_lazy("navigation", "Rules"), ("public-rulebook-list",)),
    NavItem("filing", pgettext_lazy("navigation", "Filing"), ("public-filing-home",)),
    NavItem("warnings", pgettext_lazy("navigation", "Warnings"), ("public-warnings-list",)),
)


def first_url(names: Iterable[str]) -> str:
    """Return the address of the first name that exists, or an empty string."""
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


def nav_links(path: str, items: tuple[NavItem, ...] = ITEMS) -> list[NavLink]:
    """Return the entries whose page exists; the home entry is current only on the home page itself."""
    links = []
    for item in items:
        url = first_url(item.names)
        if url:
            is_current = path == url or (url != "/" and path.startswith(url))
            links.append(NavLink(item.key, item.label, url, is_current))
    return links
