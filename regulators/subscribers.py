"""What the supervision map does when other apps announce something."""

from common.outbox import Event, subscriber
from common.principal import system_principal
from regulators import services
from rulebook.events import CALENDAR_PUBLISHED

ACTOR = system_principal("regulators")


@subscriber(CALENDAR_PUBLISHED, name="regulators.terms_recompute", queue="notice")
def recompute(event: Event) -> None:
    """A year's holidays are out: provisional days of hand-overs and consultations become final."""
    services.coordination_terms_recompute(actor=ACTOR)
