"""Send a conflict of supervision where the pack says; the joint meeting gets it as an agenda item."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.principal import Principal
from regulators.choices import AgendaKind, ConflictKind
from regulators.permissions import require
from regulators.selectors.routing import Conflict, Routing, route_of
from regulators.services.agenda import agenda_item_propose


@dataclass(frozen=True, slots=True)
class Routed:
    """Where the conflict goes, and the agenda item when the joint meeting decides."""

    routing: Routing
    agenda_item_id: int | None


@transaction.atomic
def route_conflict(*, actor: Principal, conflict: Conflict) -> Routed:
    """Route a conflict as of today; proposes it to the joint meeting when that decides, once per subject.

    Refuses an unknown kind of conflict, and a conflict for the meeting without subject and title.
    Source: Regulation on illegal fundraising of 2021, Art. 20 (row IFR21-04); before, a house convention.
    """
    require(actor, "agenda.propose")
    if conflict.kind not in ConflictKind.values:
        raise Refusal(
            "conflict.unknown_kind",
            _("Unknown kind of conflict."),
            field="kind",
            cure=_("Use one of: %(values)s.") % {"values": ", ".join(ConflictKind.values)},
            status=422,
        )
    routing = route_of(conflict, clock.today())
    return Routed(routing, _propose(actor, conflict, routing) if routing.is_for_meeting else None)


def _propose(actor: Principal, conflict: Conflict, routing: Routing) -> int:
    if not conflict.subject or not all(conflict.title.get(language) for language in ("zh", "en")):
        raise Refusal(
            "conflict.no_subject",
            _("A conflict for the joint meeting needs a subject and a title in both languages."),
            field="subject",
            cure=_("Name the matter, for example case:12."),
            status=422,
        )
    day = clock.today()
    with acting_as(Principal(kind="system", label=actor.label)) as system:
        return agenda_item_propose(
            actor=system,
            meeting_quarter=f"{day.year}Q{(day.month + 2) // 3}",
            subject=f"conflict:{conflict.subject}",
            title={
                "zh": f"监管归属争议：{conflict.title['zh']}",
                "en": f"Conflict of supervision: {conflict.title['en']}",
            },
            kind=AgendaKind.OVERLAP,
            body=routing.why,
            proposed_by_id=actor.authority_ids[0] if actor.authority_ids else None,
            or_next=True,
        ).item_id
