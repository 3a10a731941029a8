"""Who may do which verb of this app."""

from django.utils.translation import gettext_lazy as _

from common.errors import Refusal
from common.principal import Principal

PERMISSIONS: dict[str, frozenset[str]] = {
    "association.create": frozenset({"secretariat", "association"}),
    "member.admit": frozenset({"association"}),
    "indicator.define": frozenset({"association"}),
    "indicator.compute": frozenset({"association"}),
}


def require(actor: Principal, permission: str) -> None:
    """Refuse (403) unless the actor is the system or staff with a role of the permission."""
    if actor.kind == "system" or (actor.kind == "staff" and actor.has_role(*PERMISSIONS[permission])):
        return
    raise Refusal(
        "permission.denied",
        _("You may not do this."),
        cure=_("Ask the association for the role you need."),
        status=403,
    )
