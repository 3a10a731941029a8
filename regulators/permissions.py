"""Who may do which verb of this app. Roles come from the officer's appointment."""

from typing import Any

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
    "handover.offer": frozenset({"officer", "supervisor"}),
    "handover.answer": frozenset({"officer", "supervisor"}),
    "handover.sweep": frozenset(),  # the clock
    "handover.settle": frozenset({"secretariat"}),
    "consultation.ask": frozenset({"officer", "supervisor"}),
    "consultation.answer": frozenset({"officer", "supervisor"}),
    "consultation.sweep": frozenset(),  # the clock
    "consultation.settle": frozenset({"secretariat"}),
    "meeting.run": frozenset({"secretariat"}),
    "paper.add": frozenset({"officer", "supervisor", "secretariat"}),
    "minutes.draft": frozenset({"secretariat"}),
    "minutes.approve": frozenset({"officer", "supervisor"}),
    "action.report": frozenset({"officer", "supervisor"}),
    "action.confirm": frozenset({"secretariat"}),
    "effect.record": frozenset(),  # the system only: apps push their counts
    "expert.appoint": frozenset({"secretariat"}),
    "question.ask": frozenset({"secretariat"}),
    "opinion.give": frozenset({"expert"}),
}


def is_permitted(actor: Principal, permission: str) -> bool:
    """True for the system itself and for staff with one of the roles of the permission."""
    if actor.kind == "system":
        return True
    return actor.kind == "staff" and actor.has_role(*PERMISSIONS[permission])


def permits(actor: Principal, permission: str, row: Any) -> bool:
    """By role; the report on an action only by its owner."""
    if not is_permitted(actor, permission):
        return False
    owner = getattr(row, "owner_id", None)
    return actor.kind == "system" or permission != "action.report" or owner is None or owner in actor.authority_ids


# which side of a matter between two authorities may take the step; other steps belong to neither
_PARTY = {
    "handover.offer": "from_authority_id",
    "handover.answer": "to_authority_id",
    "consultation.ask": "from_authority_id",
    "consultation.answer": "to_authority_id",
}


def permits_party(actor: Principal, permission: str, row: Any) -> bool:
    """By role, and only on the own side of the matter: the sender withdraws, the receiver answers."""
    if not is_permitted(actor, permission):
        return False
    side = _PARTY.get(permission)
    return actor.kind == "system" or side is None or getattr(row, side) in actor.authority_ids


def require(actor: Principal, permission: str) -> None:
    """Refuse (403) unless permitted."""
    if not is_permitted(actor, permission):
        raise Refusal(
            "permission.denied",
            _("You may not do this."),
            cure=_("Ask the joint meeting secretariat for the role you need."),
            status=403,
        )
