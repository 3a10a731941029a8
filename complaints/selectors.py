"""Reads of complaints. Everything that depends on the reader says by which rule."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Min, Q, QuerySet

from common import clock
from common.db.acting import acting_as
from common.errors import NotYours
from common.principal import Principal, system_principal
from common.transitions import TransitionRecord, transitions_of
from common.vault import vault_open
from complaints.choices import AUTHORITY_STATES
from complaints.facts import ClockFacts, Outlook, is_asked, outlook_of
from complaints.models import Complaint, ComplaintClock, Reply
from complaints.models.complaint import ComplaintQuerySet
from complaints.permissions import STAFF_ROLES
from complaints.services.receipts import complaint_with_receipt
from platforms.selectors import platform_refs
from regulators.selectors import authority_ref, objects_shared_with


@dataclass(frozen=True)
class ReplyText:
    """An answer or a decision as its reader sees it."""

    kind: str
    outcome: str
    body: str
    said_at: datetime


@dataclass(frozen=True)
class PublicStatus:
    """What the holder of a receipt is shown."""

    public_id: str
    number: str
    state: str
    filed_at: datetime
    platform_name: str
    authority: dict[str, str] | None
    why: dict[str, str]
    outlook: Outlook
    clocks: tuple[ClockFacts, ...]
    is_asked: bool
    history: tuple[TransitionRecord, ...]
    replies: tuple[ReplyText, ...]


@dataclass(frozen=True)
class OpenClock:
    """A running clock as other apps list it."""

    complaint_id: int
    public_id: str
    platform_id: int | None
    owner_authority_id: int | None
    state: str
    clock: str
    due_on: date
    is_escalated: bool
    number: str
    is_paused: bool


@dataclass(frozen=True)
class WaitingComplaint:
    """A complaint on which the authority has the next step. `due_on` is its soonest running date."""

    id: int
    number: str
    platform_id: int | None
    state: str
    due_on: date | None


def complaints_visible_to(actor: Principal) -> ComplaintQuerySet:
    """Which complaints a principal may see; PostgreSQL enforces the same by row-level security.

    - the system: all;
    - staff: those of the authorities they serve, and those shared with these authorities;
    - a platform: those about it, once they were sent to it;
    - anyone else: none (a receipt opens one complaint: `status_by_receipt`).
    """
    rows = Complaint.objects.all()
    if actor.kind == "system":
        return rows
    if actor.kind == "staff":
        shared = objects_shared_with(actor.authority_ids, "complaint")
        return rows.filter(Q(owner_authority_id__in=actor.authority_ids) | Q(pk__in=shared))
    if actor.kind == "platform" and actor.platform_id is not None:
        return rows.forwarded().filter(platform_id=actor.platform_id)
    return rows.none()


def complaint_for(actor: Principal, public_id: uuid.UUID | str) -> Complaint:
    """One complaint the principal may see, else NotYours (404)."""
    found = complaints_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotYours("complaint")
    return found


def clock_facts(complaint: Complaint) -> tuple[ClockFacts, ...]:
    """The clocks of a complaint as plain facts, soonest first."""
    return clock_facts_of([complaint.pk]).get(complaint.pk, ())


def clock_facts_of(complaint_ids: Iterable[int]) -> dict[int, tuple[ClockFacts, ...]]:
    """The clocks of several complaints in one query, each soonest first."""
    found: dict[int, tuple[ClockFacts, ...]] = {}
    for item in ComplaintClock.objects.filter(complaint__in=list(complaint_ids)).order_by("due_on", "id"):
        found[item.complaint_id] = (*found.get(item.complaint_id, ()), _facts(item))
    return found


def _facts(item: ComplaintClock) -> ClockFacts:
    basis = item.rule.get("basis", {})
    return ClockFacts(
        key=item.key,
        due_on=item.due_on,
        is_provisional=item.is_provisional,
        is_paused=item.is_paused,
        is_met=item.met_at is not None,
        is_escalated=item.escalated_at is not None,
        steps=tuple(item.steps),
        basis={
            "rule": item.rule_id,
            "instrument": str(basis.get("instrument", "")),
            "article": str(basis.get("article") or ""),
            "is_law": "yes" if basis.get("verified") else "",
        },
        instrument=dict(item.rule.get("instrument_title", {})),
    )


def replies_of(complaint: Complaint) -> tuple[ReplyText, ...]:
    """Answers and decisions, oldest first, opened with the complainant's key."""
    rows: Iterable[Reply] = complaint.replies.order_by("id")
    return tuple(
        ReplyText(row.kind, row.outcome, vault_open(complaint.person, row.body_sealed), row.said_at) for row in rows
    )


def status_by_receipt(receipt: str) -> PublicStatus | None:
    """What the holder of a receipt may see, or None; a wrong receipt costs the same work and says nothing."""
    with acting_as(system_principal("complaints.holder")):
        row = complaint_with_receipt(receipt)
        return None if row is None else _status(row)


def _status(row: Complaint) -> PublicStatus:
    clocks, history = clock_facts(row), transitions_of("complaint", row.pk)
    authority = authority_ref(row.owner_authority_id) if row.owner_authority_id else None
    return PublicStatus(
        public_id=str(row.public_id),
        number=row.number,
        state=row.state,
        filed_at=row.filed_at,
        platform_name=platform_name_of(row),
        authority=authority.name if authority else None,
        why=dict(row.owner_why),
        outlook=outlook_of(row.state, clocks, clock.today()),
        clocks=clocks,
        is_asked=is_asked([item.verb for item in history]),
        history=tuple(history),
        replies=replies_of(row),
    )


def platform_name_of(row: Complaint) -> str:
    """The register's name of the platform, or what the complainant wrote."""
    if row.platform_id is not None:
        found = platform_refs([row.platform_id]).get(row.platform_id)
        return found.name if found else ""
    return vault_open(row.person, row.platform_text_sealed) if row.platform_text_sealed else ""


def open_clocks(actor: Principal, limit: int = 100) -> list[OpenClock]:
    """Running clocks of open complaints the reader may see, soonest first (for the desk and the demo report)."""
    visible = complaints_visible_to(actor).open().values("pk")
    rows = ComplaintClock.objects.filter(met_at__isnull=True, complaint__in=visible).select_related("complaint")
    return [
        OpenClock(
            complaint_id=item.complaint_id,
            public_id=str(item.complaint.public_id),
            platform_id=item.complaint.platform_id,
            owner_authority_id=item.complaint.owner_authority_id,
            state=item.complaint.state,
            clock=item.key,
            due_on=item.due_on,
            is_escalated=item.escalated_at is not None,
            number=item.complaint.number,
            is_paused=item.is_paused,
        )
        for item in rows.order_by("due_on", "id")[:limit]
    ]


def complaints_waiting_for(actor: Principal) -> list[WaitingComplaint]:
    """Complaints of the reader's own bodies on which the authority has the next step, the soonest first.

    Found its authority and not sent yet, answered and not decided, overdue and taken over. Only for people who may
    take that step; a complaint shared with an assisting body does not wait for that body.
    """
    if actor.kind != "staff" or not actor.has_role(*STAFF_ROLES["complaints.close"]):
        return []
    own = complaints_visible_to(actor).filter(owner_authority_id__in=actor.authority_ids, state__in=AUTHORITY_STATES)
    rows = next_due(own).order_by(F("next_due").asc(nulls_last=True), "id")
    return [WaitingComplaint(r.pk, r.number, r.platform_id, r.state, getattr(r, "next_due", None)) for r in rows]


@dataclass(frozen=True)
class ComplaintLine:
    """A complaint as another page lists it."""

    id: int
    number: str
    state_text: str
    filed_at: datetime


def complaints_about(actor: Principal, platform_id: int, limit: int = 5) -> tuple[int, list[ComplaintLine]]:
    """Complaints about a platform that the reader may see: how many, and the latest ones."""
    rows = complaints_visible_to(actor).filter(platform_id=platform_id).order_by("-filed_at", "-id")
    lines = [ComplaintLine(r.pk, r.number, str(r.get_state_display()), r.filed_at) for r in rows[:limit]]
    return rows.count(), lines


def complaint_counts(since: datetime, until: datetime, categories: Collection[str] = ()) -> dict[int, int]:
    """Complaints received in [since, until) by platform, without imported history (for surge detection).

    All of them, or those of some categories.
    """
    rows = Complaint.objects.first_hand().filter(filed_at__gte=since, filed_at__lt=until, platform__isnull=False)
    if categories:
        rows = rows.filter(category__in=categories)
    return dict(rows.order_by().values("platform_id").annotate(n=Count("id")).values_list("platform_id", "n"))


def complaint_totals() -> dict[str, dict[str, int]]:
    """Counts for reports: by state and by source."""
    rows = Complaint.objects.order_by()
    return {
        "state": dict(rows.values_list("state").annotate(n=Count("id"))),
        "source": dict(rows.values_list("source").annotate(n=Count("id"))),
    }


def next_due(rows: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """Complaints with `next_due`, the soonest date of a running clock, in one query."""
    return rows.annotate(next_due=Min("clocks__due_on", filter=Q(clocks__met_at__isnull=True)))
