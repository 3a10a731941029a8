"""Who may do which verb."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import Refusal
from common.principal import Principal

PERMISSIONS: dict[str, frozenset[str]] = {
    "rule.edit": frozenset({"officer", "supervisor"}),
    "rule.rehearse": frozenset({"officer", "supervisor"}),
    "rule.take_back": frozenset({"officer", "supervisor"}),
    "rule.approve": frozenset({"supervisor"}),
    "rule.withdraw": frozenset({"supervisor"}),
    "source.confirm": frozenset({"officer", "supervisor"}),
    "source.countersign": frozenset({"supervisor"}),
    "source.unconfirm": frozenset({"supervisor"}),
}


def has_permission(actor: Principal, permission: str) -> bool:
    """The system, or staff with one of the roles."""
    return actor.kind == "system" or (actor.kind == "staff" and actor.has_role(*PERMISSIONS[permission]))


def require(actor: Principal, permission: str) -> None:
    """Refuse (403) unless permitted."""
    if not has_permission(actor, permission):
        raise Refusal(
            "permission.denied",
            _("You may not do this."),
            cure=_("Ask your authority for the role you need."),
            status=403,
        )


def permits(actor: Principal, permission: str, draft: Any) -> bool:
    """Taking back what was submitted is for those who wrote it; everything else goes by role."""
    if permission == "rule.take_back" and actor.kind != "system":
        return has_permission(actor, permission) and actor.label in draft.editors
    return has_permission(actor, permission)


def require_loader(actor: Principal) -> None:
    """Packs are loaded by the system (a command), never through a door. Raises `Refusal`."""
    if actor.kind != "system":
        raise Refusal(
            "rulebook.load_forbidden",
            _("Only the system may load a rule pack."),
            cure=_("Run the rulebook load command."),
            status=403,
        )


CALENDAR_PUBLISHERS = frozenset({"supervisor", "secretariat"})


def require_calendar_publisher(actor: Principal) -> None:
    """A year's holidays decide dates of everybody, so supervisors and the secretariat enter them. Raises `Refusal`."""
    may = actor.kind == "system" or (actor.kind == "staff" and actor.roles & CALENDAR_PUBLISHERS)
    if not may:
        raise Refusal(
            "calendar.forbidden",
            _("You may not enter a calendar year."),
            cure=_("Ask a supervisor or the secretariat."),
            status=403,
        )
