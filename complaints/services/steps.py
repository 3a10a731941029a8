"""The workflow of complaints bound to the transition kernel, and the guards its edges name."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import Refusal
from common.principal import Principal
from common.transitions import Guard, transition_apply
from complaints.models import Complaint
from complaints.permissions import permits
from complaints.workflow import COMPLAINT


def platform_is_listed(complaint: Complaint) -> None:
    """Refuse to forward a complaint about a platform that is not in the register: nobody would receive it."""
    if complaint.platform_id is None:
        raise Refusal(
            "complaint.platform_not_listed",
            _("The platform is not in the register, so the complaint cannot be sent to it."),
            field="platform",
            cure=_("Decide it yourself, or match it with a registered platform first."),
        )


def was_forwarded(complaint: Complaint) -> None:
    """Refuse an answer to a complaint that the platform was never given."""
    if complaint.forwarded_at is None:
        raise Refusal(
            "complaint.not_forwarded",
            _("This complaint was not sent to the platform."),
            cure=_("Send it to the platform first."),
        )


def is_overdue(complaint: Complaint) -> None:
    """Refuse to escalate while no clock has run out."""
    late = complaint.clocks.filter(met_at__isnull=True, escalated_at__isnull=True, due_on__lt=clock.today())
    if not late.exists():
        raise Refusal(
            "complaint.not_overdue", _("No clock of this complaint has run out."), cure=_("Wait for the date.")
        )


GUARDS: Mapping[str, Guard] = {
    "platform_is_listed": platform_is_listed,
    "was_forwarded": was_forwarded,
    "is_overdue": is_overdue,
}


def step(
    *,
    actor: Principal,
    pk: int,
    verb: str,
    note: str = "",
    data: dict[str, Any] | None = None,
    topic: str = "",
) -> Complaint:
    """Take one step of the complaint's workflow: lock, edge, permission, guards, history, event."""
    return transition_apply(
        actor=actor,
        workflow=COMPLAINT,
        model=Complaint,
        pk=pk,
        verb=verb,
        permits=permits,
        guards=GUARDS,
        note=note,
        data=data,
        topic=topic,
    )
