"""Who may do which verb. One place; services ask it, doors never decide."""

from __future__ import annotations

from typing import Any

from common.principal import Principal

FILER_PERMISSIONS = frozenset({"filings.open", "filings.write", "filings.submit", "filings.read"})
STAFF_ROLES = {
    "platforms.confirm": frozenset({"officer", "supervisor", "secretariat"}),
    "platforms.suspend": frozenset({"officer", "supervisor"}),
    "platforms.exit": frozenset({"officer", "supervisor"}),
    "platforms.keys": frozenset({"officer", "supervisor"}),
    "platforms.agreements": frozenset({"officer", "supervisor"}),
}


def is_filer_of(principal: Principal, filing: Any) -> bool:
    """A filing belongs to the institution whose key signed for it."""
    return (
        principal.kind == "platform"
        and principal.platform_id is not None
        and principal.platform_id == filing.platform_id
    )


def permits(principal: Principal, permission: str, instance: Any) -> bool:
    """Whether a principal may use a permission on a platform or a filing.

    The system may everything. A platform or bank may write and submit its own filings only.
    Staff act on registrations by role; whether their body is competent is a guard of the edge.
    """
    if principal.kind == "system":
        return True
    if permission in FILER_PERMISSIONS:
        return is_filer_of(principal, instance)
    roles = STAFF_ROLES.get(permission, frozenset())
    return principal.kind == "staff" and bool(principal.roles & roles)
