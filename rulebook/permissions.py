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
