"""Complaints as matters between authorities: who owns one, who may see it, how it changes hands.

What others see through a hand-over is the complaint's facts; its text stays behind the owner's door.
"""

from django.urls import reverse

from common import clock
from common.principal import Principal, system_principal
from common.transitions import transition_apply
from complaints.models import Complaint
from complaints.permissions import permits
from complaints.workflow import COMPLAINT
from regulators import services as regulators
from regulators.selectors import authority_refs
from regulators.services import SubjectFacts

SYSTEM = system_principal("complaints")


class ComplaintMatters:
    """The provider of the kind "complaint" for hand-overs and consultations."""

    def look(self, subject_id: int, *, lock: bool = False) -> SubjectFacts | None:
        """The complaint as the acting principal sees it. An ended complaint has no owner any more."""
        rows = Complaint.objects.select_for_update(of=("self",)) if lock else Complaint.objects.all()
        row = rows.filter(pk=subject_id).first()
        if row is None:
            return None
        number = row.number
        owner = None if row.state in COMPLAINT.final else row.owner_authority_id
        title = {"zh": f"投诉 {number}", "en": f"Complaint {number}"}
        return SubjectFacts(owner, title, reverse("admin:complaints_complaint_change", args=[row.pk]))

    def show(self, subject_id: int, authority_id: int, reason: str) -> None:
        """The complaint without its text."""
        regulators.objects_share(
            actor=SYSTEM, object_kind="complaint", object_ids=[subject_id], authority_ids=[authority_id],
            reason=reason,
        )  # fmt: skip

    def hide(self, subject_id: int, authority_id: int, reason: str) -> None:
        """Take back what `show` gave."""
        regulators.object_unshare(
            actor=SYSTEM, object_kind="complaint", object_id=subject_id, authority_id=authority_id, reason=reason
        )

    def take(self, subject_id: int, authority_id: int, actor: Principal, reason: str) -> None:
        """The new owner goes on where the old one stood; no date moves. The old one keeps seeing the complaint."""
        row = transition_apply(
            actor=Principal(kind="system", label=actor.label), workflow=COMPLAINT, model=Complaint, pk=subject_id,
            verb="hand_over", permits=permits, note=reason,
        )  # fmt: skip
        before = row.owner_authority_id
        why = _why(row, before, authority_id)
        Complaint.objects.filter(pk=row.pk).update(owner_authority_id=authority_id, owner_why=why)
        if before:
            self.show(subject_id, before, reason)


def _why(row: Complaint, before: int | None, after: int) -> dict[str, str]:
    """Why this authority: handed over by whom and when, then what the mandate table had said."""
    bodies = authority_refs([body for body in (before, after) if body])
    old, new, day = bodies.get(before or 0), bodies[after], clock.today().isoformat()
    return {
        "zh": f"{day}：由{old.name['zh'] if old else '未定单位'}移交{new.name['zh']}。{row.owner_why.get('zh', '')}",
        "en": f"Handed over by {old.name['en'] if old else 'nobody'} to {new.name['en']} on {day}. "
        f"{row.owner_why.get('en', '')}",
    }
