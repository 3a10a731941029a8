"""The workflow of complaints bound to the transition kernel, and the guards its edges name."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import Refusal
from common.principal import Principal
from common.transitions import Guard, transition_apply, transitions_of
from complaints.facts import is_asked
from complaints.models import Complaint
from complaints.permissions import permits
from complaints.workflow import COMPLAINT

MOST_ADDITIONS = 5


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
    late = complaint.clocks.filter(
        met_at__isnull=True, escalated_at__isnull=True, is_paused=False, due_on__lt=clock.today()
    )
    if not late.exists():
        raise Refusal(
            "complaint.not_overdue", _("No clock of this complaint has run out."), cure=_("Wait for the date.")
        )


def _is_asked(complaint: Complaint) -> bool:
    return is_asked([item.verb for item in transitions_of("complaint", complaint.pk)])


def nothing_is_asked(complaint: Complaint) -> None:
    """Refuse a second question while one is open: nobody is asked twice for the same."""
    if _is_asked(complaint):
        raise Refusal(
            "complaint.already_asked", _("A question to the complainant is open."), cure=_("Wait for the answer.")
        )


def something_is_asked(complaint: Complaint) -> None:
    """Refuse a supplement nobody asked for."""
    if not _is_asked(complaint):
        raise Refusal(
            "complaint.nothing_asked",
            _("Nothing is asked of you at the moment."),
            cure=_("The status page shows a form when something is missing."),
        )


def few_additions(complaint: Complaint) -> None:
    """Refuse more additions than an officer can read."""
    if sum(item.verb == "add" for item in transitions_of("complaint", complaint.pk)) >= MOST_ADDITIONS:
        raise Refusal(
            "complaint.too_many_additions",
            _("You have added information %(count)s times; no more is taken here.") % {"count": MOST_ADDITIONS},
            cure=_("Write to the authority in charge with your complaint number."),
        )


GUARDS: Mapping[str, Guard] = {
    "few_additions": few_additions,
    "nothing_is_asked": nothing_is_asked,
    "something_is_asked": something_is_asked,
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
