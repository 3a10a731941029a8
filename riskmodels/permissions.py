"""Who may do which verb on models, scores and warnings."""

from __future__ import annotations

from typing import Any

from common.principal import Principal

ROLES: dict[str, tuple[str, ...]] = {
    "models.fit": ("supervisor", "secretariat"),
    "models.activate": ("supervisor", "secretariat"),
    "scores.run": ("officer", "supervisor", "secretariat"),
    "scores.read": ("officer", "supervisor", "secretariat", "auditor"),
    "warnings.raise": ("officer", "supervisor", "secretariat"),
    "warnings.handle": ("officer", "supervisor", "secretariat"),
    "warnings.publish": ("supervisor", "secretariat"),
    "warnings.read": ("officer", "supervisor", "secretariat", "association", "auditor"),
}


def permits(principal: Principal, permission: str, instance: Any = None) -> bool:
    """The system may do all; staff by role; platforms and the public nothing of this."""
    if principal.kind == "system":
        return True
    return principal.kind == "staff" and principal.has_role(*ROLES[permission])
