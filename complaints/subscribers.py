"""What complaints do when other apps announce something."""

from common.outbox import Event, subscriber
from common.principal import system_principal
from complaints import services
from rulebook.events import CALENDAR_PUBLISHED

ACTOR = system_principal("complaints.calendar")


@subscriber(CALENDAR_PUBLISHED, name="complaints.clocks_recompute", queue="notice")
def recompute(event: Event) -> None:
    """A year's holidays are out: dates that were provisional become final, those concerned are told."""
    services.clocks_recompute(actor=ACTOR)
