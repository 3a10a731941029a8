"""The five entries of the main navigation, as data.

An entry is shown only when its page exists: names of pages that no app provides are skipped, so the shell
knows nothing of the apps and never links to a missing page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class NavItem:
    """One entry: `names` are URL names in order of preference, `prefix` marks the current section."""

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
    NavItem("home", _("Home"), ("public-home",)),
    NavItem("complaints", _("Complaints"), ("public-complaints-start", "public-complaints-new")),
    NavItem("platforms", _("Find a platform"), ("public-platforms-list", "public-platforms-register")),
    NavItem("rules", _("Rules"), ("public-rulebook-list", "public-rulebook-rules", "public-rules-list")),
    NavItem("warnings", _("Warnings"), ("public-warnings-list", "public-riskmodels-warnings")),
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
