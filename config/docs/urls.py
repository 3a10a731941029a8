"""docs/generated/urls.md: every address, who may call it and with which permission, from the URL tree itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.contrib.admin import site
from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

from common.principal import Principal
from config.docs.markdown import code, page, table
from config.docs.transitions import STAFF_ROLES

API, PUBLIC, STAFF, LOGIN = "api", "public", "staff", "login"
HTTP = ("get", "post", "put", "patch", "delete")
API_HEAD = ("address", "methods", "audience", "permission", "name")
API_INTRO = (
    "`platform`: a signature with a registered key of a platform or bank. `any`: everyone; a signature, where given, "
    "is still checked. Objects of others are 404."
)
STAFF_INTRO = (
    "Every page asks for a login with a second factor. The roles say who may look; which rows are seen is decided by "
    "the authority, in the query and again in the database. Buttons call services, which check the verb's own "
    "permission. Generic add, change and delete pages are shown only where the last column names them."
)


@dataclass(frozen=True)
class Address:
    """One entry of the URL tree: its path with placeholders, its name, what answers."""

    path: str
    name: str
    callback: Any

    @property
    def door(self) -> str:
        """Which audience's tree it stands in."""
        if self.path.startswith("api/"):
            return API
        if self.path.startswith("admin/"):
            return STAFF
        return LOGIN if self.path.startswith("accounts/") else PUBLIC


def addresses(patterns: Iterable[URLPattern | URLResolver] | None = None, prefix: str = "") -> Iterator[Address]:
    """Yield every address below the root, in the order in which Django tries them."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + _shown(pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, path)
        else:
            yield Address(path, pattern.name or "", pattern.callback)


def _shown(pattern: URLPattern | URLResolver) -> str:
    text = str(pattern.pattern)
    return simplify_regex(text).lstrip("/") if isinstance(pattern.pattern, RegexPattern) else text


def urls_page() -> str:
    """Return the page with one table for each door."""
    found = list(addresses())
    of = {door: [address for address in found if address.door == door] for door in (API, PUBLIC, STAFF, LOGIN)}
    return page(
        "Addresses",
        "## Platforms and banks", API_INTRO, table(API_HEAD, map(_api, of[API])),
        "## Everyone", table(("address", "name"), map(_plain, of[PUBLIC])),
        "## Staff", STAFF_INTRO, table(("list of", "address", "roles", "generic pages"), _lists()),
        "### Buttons and other pages", table(("address", "name"), map(_plain, filter(_is_own, of[STAFF]))),
        "## Login and second factor", table(("address", "name"), map(_plain, of[LOGIN])),
    )


def _api(address: Address) -> tuple[str, ...]:
    view = getattr(address.callback, "cls", None)
    methods = [name.upper() for name in HTTP if hasattr(view, name)] or ["GET"]
    audience = getattr(view, "audience", "") or "any"
    return _path(address), ", ".join(methods), audience, code(_permission(view)), code(address.name)


def _permission(view: Any) -> str:
    return str(getattr(view, "permission", ""))


def _plain(address: Address) -> tuple[str, str]:
    return _path(address), code(address.name)


def _path(address: Address) -> str:
    return code("/" + address.path)


def _lists() -> Iterator[tuple[str, ...]]:
    registered = {model._meta.label: admin for model, admin in site._registry.items()}  # noqa: SLF001 - Django's own way
    for label, admin in sorted(registered.items()):
        roles = ", ".join(sorted(getattr(admin, "view_roles", ()))) or "Django permission"
        yield label, code(f"/admin/{label.lower().replace('.', '/')}/"), roles, _generic(admin)


def _generic(admin: Any) -> str:
    """Which of Django's own writing pages a person with every role and every Django permission would get."""
    asker = Principal(kind="staff", label="docs", roles=frozenset(STAFF_ROLES))
    request: Any = SimpleNamespace(user=SimpleNamespace(has_perm=lambda *_: True), principal=asker)
    open_pages = [name for name in ("add", "change", "delete") if getattr(admin, f"has_{name}_permission")(request)]
    return ", ".join(open_pages) or "none"


def _is_own(address: Address) -> bool:
    """Neither a list, nor one of the pages that Django makes for each model, nor the catch-all at the end."""
    models = {f"{admin.opts.app_label}_{admin.opts.model_name}" for admin in site._registry.values()}  # noqa: SLF001
    made = {f"{model}_{page}" for model in models for page in ("changelist", "add", "history", "delete", "change")}
    return bool(address.name) and address.name not in made
