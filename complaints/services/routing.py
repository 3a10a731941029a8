"""Finding the authority in charge, from the mandate table, on the day of the act."""

from dataclasses import dataclass
from typing import Any

from common import clock
from common.db.acting import acting_as
from common.principal import Principal, system_principal
from complaints.models import Complaint
from complaints.services.steps import step
from regulators.selectors import Competence, competent_owner, meeting_convenor
from regulators.services import object_share

ROUTER = system_principal("complaints.router")
KIND = "complaint"
_NOBODY = {
    "zh": "业务类别尚不明确，暂由联席会议召集单位保管，等待确定主管单位。",
    "en": "The kind of business is not clear yet. Until it is known who is in charge, the body that convenes the joint "
    "meeting keeps the complaint.",
}
_UNDECIDED = {
    "zh": "尚无唯一的主管单位，暂由联席会议召集单位保管。",
    "en": "No single body is in charge. The body that convenes the joint meeting keeps the complaint meanwhile.",
}


@dataclass(frozen=True)
class Routed:
    """Who keeps the complaint now; `is_decided` is False while the convenor keeps it for want of a single lead."""

    authority_id: int | None
    assisting_ids: tuple[int, ...]
    is_decided: bool
    why: dict[str, str]


def _competence(complaint: Complaint) -> Competence | None:
    if not complaint.business_line:
        return None
    return competent_owner(KIND, complaint.business_line, complaint.region, clock.today())


def _decide(complaint: Complaint) -> Routed:
    found = _competence(complaint)
    if found is not None and found.lead is not None:
        return Routed(found.lead.id, tuple(a.id for a in found.assisting), True, dict(found.why))
    convenor = meeting_convenor(clock.today())
    shared = tuple(a.id for a in (*found.candidates, *found.assisting)) if found else ()
    why = {lang: f"{found.why[lang]} {_UNDECIDED[lang]}" for lang in ("zh", "en")} if found else dict(_NOBODY)
    return Routed(convenor.id if convenor else None, shared, False, why)


def complaint_route(*, actor: Principal, complaint_id: int) -> Routed:
    """Give a complaint to the lead of the role that the pack names for complaints, for its line and region today,
    and share it with the assisting ones. Without a single lead, or when the pack names no role, the convenor of the
    joint meeting keeps it and the candidates see it.

    Refuses without permission and in a state that cannot be routed. Source: Guiding Opinions of July 2015 (division
    by line); competence is taken on the date of the act.
    """
    with acting_as(ROUTER):
        complaint = Complaint.objects.select_for_update(of=("self",)).get(pk=complaint_id)
        decided = _decide(complaint)
        data: dict[str, Any] = {"authority_id": decided.authority_id, "is_decided": decided.is_decided}
        step(actor=actor, pk=complaint_id, verb="route", data=data)
        Complaint.objects.filter(pk=complaint_id).update(owner_authority_id=decided.authority_id, owner_why=decided.why)
        for authority_id in decided.assisting_ids:
            if authority_id != decided.authority_id:
                object_share(
                    actor=ROUTER,
                    object_kind=KIND,
                    object_id=complaint_id,
                    authority_id=authority_id,
                    reason="assisting",
                )
    return decided
