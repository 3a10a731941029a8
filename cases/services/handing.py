"""Cases as matters between authorities: who owns one, who may see it, how it changes hands."""

from django.urls import reverse

from cases.choices import CaseState, LinkKind
from cases.events import CASE_MOVED
from cases.models import Case
from cases.permissions import permits
from cases.services.opening import findings_share
from cases.workflow import CASE_WORKFLOW
from common import clock
from common.principal import Principal, system_principal
from common.transitions import transition_apply
from platforms import selectors as platforms
from regulators import selectors as regulators
from regulators import services as regulator_services
from regulators.services import SubjectFacts

SYSTEM = system_principal("cases")


class CaseMatters:
    """The provider of the kind "case" for hand-overs and consultations."""

    def look(self, subject_id: int, *, lock: bool = False) -> SubjectFacts | None:
        """The case as the acting principal sees it. A closed case has no owner: it is no longer handed over."""
        rows = Case.objects.select_for_update(of=("self",)) if lock else Case.objects.all()
        case = rows.filter(pk=subject_id).first()
        if case is None:
            return None
        name = platforms.platform_ref(case.platform_id).name
        owner = None if case.state == CaseState.CLOSED else case.owner_authority_id
        title = {"zh": f"案件 {case}：{name}", "en": f"Case {case}: {name}"}
        return SubjectFacts(owner, title, reverse("admin:cases_case_change", args=[case.pk]))

    def show(self, subject_id: int, authority_id: int, reason: str) -> None:
        """The case and the findings it rests on."""
        regulator_services.objects_share(
            actor=SYSTEM, object_kind="case", object_ids=[subject_id], authority_ids=[authority_id], reason=reason
        )
        findings_share(Case.objects.get(pk=subject_id))

    def hide(self, subject_id: int, authority_id: int, reason: str) -> None:
        """Take back what `show` gave; a body that assists by mandate keeps its sight."""
        taken = regulator_services.object_unshare(
            actor=SYSTEM, object_kind="case", object_id=subject_id, authority_id=authority_id, reason=reason
        )
        if not taken:
            return
        case = Case.objects.get(pk=subject_id)
        for ref in case.links.filter(kind=LinkKind.FINDING).values_list("ref", flat=True):
            regulator_services.object_unshare(
                actor=SYSTEM, object_kind="finding", object_id=int(ref), authority_id=authority_id,
                reason=f"case:{case.public_id}",
            )  # fmt: skip

    def take(self, subject_id: int, authority_id: int, actor: Principal, reason: str) -> None:
        """The new lead starts from the beginning, without an officer; the old one keeps seeing the case."""
        case = transition_apply(
            actor=Principal(kind="system", label=actor.label), workflow=CASE_WORKFLOW, model=Case, pk=subject_id,
            verb="hand_over", permits=permits, note=reason, topic=CASE_MOVED,
        )  # fmt: skip
        before = case.owner_authority_id
        case.owner_authority_id, case.assignee_id, case.decided_as_of = authority_id, None, clock.today()
        case.why = _why(case, before, authority_id)
        case.save(update_fields=["owner_authority", "assignee", "decided_as_of", "why"])
        if before:
            self.show(subject_id, before, reason)
        findings_share(case)


def _why(case: Case, before: int | None, after: int) -> dict[str, str]:
    """Why this lead: handed over by whom and when, then what the mandate table had said."""
    bodies = regulators.authority_refs([body for body in (before, after) if body])
    old, new, day = bodies.get(before or 0), bodies[after], clock.today().isoformat()
    return {
        "zh": f"{day}：由{old.name['zh'] if old else '未定单位'}移交{new.name['zh']}。{case.why.get('zh', '')}",
        "en": f"Handed over by {old.name['en'] if old else 'nobody'} to {new.name['en']} on {day}. "
        f"{case.why.get('en', '')}",
    }
