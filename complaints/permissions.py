"""Who may do which verb. One place; services ask it, doors never decide."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import Refusal
from common.principal import Principal

STAFF_ROLES = {
    "complaints.route": frozenset({"officer", "supervisor", "secretariat"}),
    "complaints.forward": frozenset({"officer", "supervisor"}),
    "complaints.return": frozenset({"officer", "supervisor"}),
    "complaints.close": frozenset({"officer", "supervisor"}),
    "complaints.ask": frozenset({"officer", "supervisor"}),
    "complaints.extend": frozenset({"supervisor"}),
    "complaints.read_narrative": frozenset({"officer", "supervisor"}),
}


def owns(principal: Principal, complaint: Any) -> bool:
    """The complaint belongs to an authority this officer serves. An assisting authority reads, it does not act."""
    return principal.kind == "staff" and complaint.owner_authority_id in principal.authority_ids


def is_respondent(principal: Principal, complaint: Any) -> bool:
    """The complaint is about the platform whose key signed."""
    return (
        principal.kind == "platform"
        and principal.platform_id is not None
        and principal.platform_id == complaint.platform_id
    )


def permits(principal: Principal, permission: str, complaint: Any) -> bool:
    """Whether a principal may use a permission on a complaint.

    - the system may everything, and it alone escalates;
    - the platform complained about may answer;
    - an officer may act on complaints of the authority he or she serves, by role.
    """
    if principal.kind == "system":
        return True
    if permission == "complaints.answer":
        return is_respondent(principal, complaint)
    roles = STAFF_ROLES.get(permission, frozenset())
    return owns(principal, complaint) and bool(principal.roles & roles)


def require_recompute(actor: Principal) -> None:
    """Recomputing all clocks is the system's work (a schedule, a command, a published year). Raises `Refusal`."""
    if actor.kind != "system":
        raise Refusal(
            "complaint.recompute_forbidden",
            _("Only the system may recompute all clocks."),
            cure=_("Run the clocks command."),
            status=403,
        )
