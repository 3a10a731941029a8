"""Opening a case, or adding to the one that is running."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from cases.choices import CaseOrigin, LinkKind
from cases.events import CASE_OPENED
from cases.models import Case, CaseLink
from cases.permissions import require
from cases.services.clocks import review_clock
from cases.workflow import CASE_WORKFLOW
from common import clock
from common.db.acting import acting_as
from common.outbox import event_emit
from common.principal import Principal
from common.transitions import transition_record
from platforms import selectors as platforms
from regulators import selectors as regulators
from regulators import services as regulator_services

SYSTEM = Principal(kind="system", label="system:cases")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a case exists, as a code with data; sentences are made when shown. `key` names it once."""

    code: str
    key: str
    data: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The stored form."""
        return {"code": self.code, "key": self.key, **self.data}


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """The running case of a platform and whether this call opened it."""

    case_id: int
    created: bool


def case_open_or_update(
    *,
    actor: Principal,
    platform_id: int,
    origin: str,
    reasons: Sequence[Reason],
    links: Sequence[tuple[str, str]] = (),
    area: str = "",
) -> CaseOpened:
    """Open a case about a platform, or add reasons and links to the one that is running.

    The lead is the owner of cases by the pack's ownership rule on the day of the act; the owner of findings and
    all assisting bodies share the case. Without exactly one lead the first claimant, else the convenor of the joint
    meeting, keeps it in hand. The same reason twice is kept once, with its latest data.
    Refuses actors that may not open cases (403) and unknown platforms (404).
    """
    require(actor, "case.open")
    with acting_as(Principal(kind="system", label=actor.label)):
        case, created = _running_case(platform_id, origin)
        _remember(case, reasons, links, area)
        if created:
            _share_with_assistants(case)
            transition_record(
                workflow=CASE_WORKFLOW, pk=case.pk, verb="open", source="", target=case.state, actor=actor
            )
            event_emit(CASE_OPENED, {"case_id": case.pk, "platform_id": platform_id})
        if actor.kind == "staff" and case.owner_authority_id not in actor.authority_ids:
            _share(case, actor.authority_ids[:1], "reported this platform")
        findings_share(case)
    return CaseOpened(case.pk, created)


def _running_case(platform_id: int, origin: str) -> tuple[Case, bool]:
    """The running case, locked; made when there is none. Two at once end with one case."""
    running = Case.objects.running().filter(platform_id=platform_id).select_for_update(of=("self",))
    case = running.first()
    if case is not None:
        return case, False
    try:
        with transaction.atomic():
            return Case.objects.create(**_new_case(platform_id, origin)), True
    except IntegrityError:
        return running.get(), False


def _new_case(platform_id: int, origin: str) -> dict[str, Any]:
    platform = platforms.platform_ref(platform_id)
    today = clock.today()
    found = regulators.competent_owner("case", platform.business_line, platform.region, today)
    owner = found.lead or next(iter(found.candidates), None) or regulators.meeting_convenor(today)
    return {
        "platform_id": platform_id,
        "origin": origin,
        "owner_authority_id": owner.id if owner else None,
        "competence": found.state,
        "why": _why(found, owner),
        "decided_as_of": today,
        **review_clock(origin, today),
    }


def _why(found: regulators.Competence, owner: regulators.AuthorityRef | None) -> dict[str, str]:
    if found.lead or owner is None:
        return dict(found.why)
    return {
        "zh": f"{found.why['zh']}在联席会议决定之前，由{owner.name['zh']}（{owner.code}）暂管。",
        "en": f"{found.why['en']} Until the joint meeting decides, {owner.name['en']} ({owner.code}) keeps it.",
    }


def _remember(case: Case, reasons: Sequence[Reason], links: Sequence[tuple[str, str]], area: str) -> None:
    """Merge reasons by key, keep links once, take the newest area, shorten the target day for area D."""
    known = {entry["key"]: entry for entry in case.summary}
    known |= {reason.key: reason.as_dict() for reason in reasons}
    changes: dict[str, Any] = {"summary": list(known.values())}
    if area and area != case.area:
        changes["area"] = area
    if area == "D" and case.area != "D" and case.due_on:
        urgent = review_clock(CaseOrigin.AREA_D, clock.today())
        changes |= urgent if urgent["due_on"] and urgent["due_on"] < case.due_on else {}
    changed = [name for name, value in changes.items() if getattr(case, name) != value]
    for name in changed:
        setattr(case, name, changes[name])
    if changed:
        case.save(update_fields=changed)
    CaseLink.objects.bulk_create(
        [CaseLink(case=case, kind=kind, ref=ref) for kind, ref in dict.fromkeys(links)], ignore_conflicts=True
    )


def _share_with_assistants(case: Case) -> None:
    """Let the assisting and the licensing bodies see the case."""
    platform = platforms.platform_ref(case.platform_id)
    line, region = platform.business_line, platform.region
    own = regulators.competent_owner("case", line, region, case.decided_as_of)
    register = regulators.competent_owner("finding", line, region, case.decided_as_of)
    helpers = [*own.candidates, *own.assisting, *([register.lead] if register.lead else [])]
    _share(case, [ref.id for ref in helpers if ref.id != case.owner_authority_id], "assists by mandate")


def _share(case: Case, authority_ids: Sequence[int], reason: str) -> None:
    """Grants on the case itself."""
    regulator_services.objects_share(
        actor=SYSTEM, object_kind="case", object_ids=[case.pk], authority_ids=authority_ids, reason=reason
    )


def findings_share(case: Case) -> None:
    """Whoever sees the case also sees the findings it rests on: they may belong to the licensing body."""
    bodies = [ref.id for ref in regulators.sharing_of("case", case.pk)]
    if case.owner_authority_id:
        bodies.append(case.owner_authority_id)
    linked = case.links.filter(kind=LinkKind.FINDING).values_list("ref", flat=True)
    if bodies and linked:
        regulator_services.objects_share(
            actor=SYSTEM,
            object_kind="finding",
            object_ids=[int(ref) for ref in linked],
            authority_ids=bodies,
            reason=f"case:{case.public_id}",
        )
