"""Who may do which verb."""

from django.utils.translation import gettext_lazy as _

from common.errors import Refusal
from common.principal import Principal


def require_loader(actor: Principal) -> None:
    """Packs are loaded by the system (a command), never through a door. Raises `Refusal`."""
    if actor.kind != "system":
        raise Refusal(
            "rulebook.load_forbidden",
            _("Only the system may load a rule pack."),
            cure=_("Run the rulebook load command."),
            status=403,
        )


def require_calendar_publisher(actor: Principal) -> None:
    """A year's holidays decide dates of everybody, so supervisors and the secretariat enter them. Raises `Refusal`."""
    may = actor.kind == "system" or (actor.kind == "staff" and actor.roles & {"supervisor", "secretariat"})
    if not may:
        raise Refusal(
            "calendar.forbidden",
            _("You may not enter a calendar year."),
            cure=_("Ask a supervisor or the secretariat."),
            status=403,
        )
