"""Steps on a case that exists."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.choices import CaseState
from cases.events import CASE_MOVED
from cases.models import Case, CaseNote
from cases.permissions import PERMISSIONS, permits, require
from cases.services.opening import findings_share
from cases.workflow import CASE_WORKFLOW
from common import clock
from common.db.acting import acting_as
from common.errors import NotYours, Refusal
from common.principal import Principal
from common.transitions import transition_apply
from regulators import selectors as regulators
from regulators import services as regulator_services


@transaction.atomic
def case_assign(*, actor: Principal, case_id: int, officer_id: int | None = None) -> int:
    """Give a case to an officer of the leading authority; without `officer_id` to the actor.

    Assigning to the same officer again changes nothing. Refuses actors without an office, officers of another
    authority, cases that somebody else has taken (a supervisor may hand them over), and cases past review.
    Returns the officer's id.
    """
    wanted = officer_id or actor.officer_id
    officer = regulators.officer_ref(wanted) if wanted else None
    if officer is None:
        raise Refusal(
            "case.no_officer",
            _("A case is assigned to an officer."),
            field="officer",
            cure=_("Choose an officer with a running term of office."),
        )
    case = _locked(case_id)
    if officer.authority_id not in {case.owner_authority_id, *actor.authority_ids}:
        raise Refusal(
            "case.foreign_officer",
            _("This officer serves another authority."),
            field="officer",
            cure=_("Choose an officer of the leading authority, or share the case."),
        )
    if case.assignee_id == officer.id and case.state != CaseState.CLOSED:
        return officer.id
    if case.assignee_id and not actor.has_role(*PERMISSIONS["case.reassign"]):
        raise Refusal(
            "case.taken",
            _("Another officer is in charge of this case."),
            field="officer",
            cure=_("Ask a supervisor of your authority to hand it over."),
        )
    moved = _step(actor, case_id, "assign", data={"officer_id": officer.id})
    moved.assignee_id = officer.id
    moved.save(update_fields=["assignee"])
    return officer.id


@transaction.atomic
def case_move(*, actor: Principal, case_id: int, verb: str, note: str = "") -> str:
    """Take a step of the workflow (review, propose_measures, reopen); returns the new state.

    Assigning and closing have services of their own, because they need more than a verb.
    """
    if verb not in {"review", "propose_measures", "reopen"}:
        raise Refusal(
            "case.unknown_step",
            _("There is no such step."),
            field="verb",
            cure=_("Use review, propose_measures or reopen."),
            status=422,
        )
    case = _step(actor, case_id, verb, note=note)
    if verb == "reopen":
        case.closed_on, case.assignee_id = None, None
        case.save(update_fields=["closed_on", "assignee"])
    return str(case.state)


@transaction.atomic
def case_close(*, actor: Principal, case_id: int, note: str) -> None:
    """Close a reviewed case; the note says with what result. Refuses an empty note and unreviewed cases."""
    if not note.strip():
        raise Refusal(
            "case.no_result",
            _("Say with what result the case is closed."),
            field="note",
            cure=_("Write one or two sentences."),
            status=422,
        )
    case = _step(actor, case_id, "close", note=note)
    case.closed_on = clock.today()
    case.save(update_fields=["closed_on"])


@transaction.atomic
def case_note_add(*, actor: Principal, case_id: int, text: str) -> int:
    """Add a note; the leading and every assisting authority may. Notes are never edited. Returns its id."""
    require(actor, "case.note")
    if not text.strip():
        raise Refusal(
            "case.empty_note",
            _("The note is empty."),
            field="text",
            cure=_("Write what the file should remember."),
            status=422,
        )
    if not Case.objects.filter(pk=case_id).exists():
        raise NotYours("case")
    return CaseNote.objects.create(case_id=case_id, text=text.strip(), author=actor.label).pk


@transaction.atomic
def case_share(*, actor: Principal, case_id: int, authority_id: int, reason: str) -> int:
    """Let another authority see and note on a case, and see the findings it rests on. Twice is once.

    Only the leading authority shares; refuses everybody else (403), and a sharing without reason.
    """
    case = _locked(case_id)
    if not permits(actor, "case.work", case):
        raise Refusal(
            "case.not_permitted",
            _("Only the leading authority shares a case."),
            cure=_("Ask the officer in charge."),
            status=403,
        )
    grant = regulator_services.object_share(
        actor=actor, object_kind="case", object_id=case_id, authority_id=authority_id, reason=reason
    )
    findings_share(case)
    return grant


def _locked(case_id: int) -> Case:
    case = Case.objects.select_for_update(of=("self",)).filter(pk=case_id).first()
    if case is None:
        raise NotYours("case")
    return case


def _step(actor: Principal, case_id: int, verb: str, *, note: str = "", data: dict[str, Any] | None = None) -> Case:
    return transition_apply(
        actor=actor,
        workflow=CASE_WORKFLOW,
        model=Case,
        pk=case_id,
        verb=verb,
        permits=permits,
        guards={"no_other_open_case": _no_other_open_case},
        note=note,
        data=data,
        topic=CASE_MOVED,
    )


def _no_other_open_case(case: Case) -> None:
    """A platform has one running case; the other one may belong to another authority and stay unseen."""
    with acting_as(Principal(kind="system", label="system:cases")):
        other = Case.objects.running().filter(platform_id=case.platform_id).exclude(pk=case.pk).exists()
    if other:
        raise Refusal(
            "case.another_is_running",
            _("Another case about this platform is running."),
            cure=_("Add what you know to the running case."),
        )
