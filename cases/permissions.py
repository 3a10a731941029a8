"""Who may do which verb on a case."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import Refusal
from common.principal import Principal

PERMISSIONS: dict[str, frozenset[str]] = {
    "case.open": frozenset({"officer", "supervisor"}),
    "case.assign": frozenset({"officer", "supervisor"}),
    "case.reassign": frozenset({"supervisor"}),
    "case.work": frozenset({"officer", "supervisor"}),
    "case.close": frozenset({"officer", "supervisor"}),
    "case.reopen": frozenset({"supervisor"}),
    "case.hand_over": frozenset(),  # by the hand-over that the receiver accepts, never alone
    "case.note": frozenset({"officer", "supervisor"}),
    "agenda.propose": frozenset({"secretariat"}),
}


def has_permission(actor: Principal, permission: str) -> bool:
    """The system, or staff with one of the roles."""
    return actor.kind == "system" or (actor.kind == "staff" and actor.has_role(*PERMISSIONS[permission]))


def permits(actor: Principal, permission: str, case: Any) -> bool:
    """Only the owning authority moves a case; assisting bodies read it and write notes."""
    if actor.kind == "system":
        return True
    return has_permission(actor, permission) and case.owner_authority_id in actor.authority_ids


def reviews_law(actor: Principal) -> bool:
    """Whether this person is the second one who approves rule drafts and countersigns sources (the rulebook asks)."""
    return actor.kind == "staff" and actor.has_role("supervisor")


def require(actor: Principal, permission: str) -> None:
    """Refuse (403) unless permitted."""
    if not has_permission(actor, permission):
        raise Refusal(
            "permission.denied",
            _("You may not do this."),
            cure=_("Ask your authority for the role you need."),
            status=403,
        )
