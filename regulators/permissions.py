"""Who may do which verb of this app. Roles come from the officer's appointment."""

from django.utils.translation import gettext_lazy as _

from common.errors import Refusal
from common.principal import Principal

PERMISSIONS: dict[str, frozenset[str]] = {
    "map.load": frozenset(),  # the system only: packs are loaded by command
    "officer.appoint": frozenset({"secretariat"}),
    "object.share": frozenset({"officer", "supervisor", "secretariat"}),
    "meeting.open": frozenset({"secretariat"}),
    "agenda.propose": frozenset({"officer", "supervisor", "secretariat"}),
    "agenda.decide": frozenset({"secretariat"}),
}


def is_permitted(actor: Principal, permission: str) -> bool:
    """True for the system itself and for staff with one of the roles of the permission."""
    if actor.kind == "system":
        return True
    return actor.kind == "staff" and actor.has_role(*PERMISSIONS[permission])


def require(actor: Principal, permission: str) -> None:
    """Refuse (403) unless permitted."""
    if not is_permitted(actor, permission):
        raise Refusal(
            "permission.denied",
            _("You may not do this."),
            cure=_("Ask the joint meeting secretariat for the role you need."),
            status=403,
        )
