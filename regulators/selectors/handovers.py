"""Matters between authorities: what waits for the reader, what the reader waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from common import clock
from common.principal import Principal
from regulators.choices import OPEN_CONSULTATION, OPEN_HAND_OVER, AuthorityKind
from regulators.models import Authority, Consultation, HandOver
from regulators.selectors.authorities import sharing_of


@dataclass(frozen=True, slots=True)
class DeskMatter:
    """One matter between two authorities as a desk shows it. `kind` is handover or consultation."""

    kind: str
    id: int
    subject: str
    title: dict[str, str]
    other: dict[str, str]
    text: str
    state: str
    sent_on: date
    due_on: date
    is_overdue: bool
    is_provisional: bool


def handovers_visible_to(principal: Principal) -> QuerySet[HandOver]:
    """Hand-overs the reader takes part in, or that were escalated to a body above; row-level security agrees.

    What went before the joint meeting is for its secretariat, not for everybody at the convening body.
    """
    rows = HandOver.objects.select_related("from_authority", "to_authority", "superior", "agenda_item__meeting")
    return _scoped(rows, principal)


def consultations_visible_to(principal: Principal) -> QuerySet[Consultation]:
    """Consultations the reader's authority asked for or was asked in, or that escalated to a body above."""
    return _scoped(
        Consultation.objects.select_related("from_authority", "to_authority", "superior", "agenda_item__meeting"),
        principal,
    )


def _scoped(rows: QuerySet[Any], principal: Principal) -> QuerySet[Any]:
    if principal.kind == "system":
        return rows
    seen = _party(principal) | Q(superior_id__in=principal.authority_ids)
    if principal.has_role("secretariat"):
        seen |= Q(agenda_item__isnull=False)
    return rows.filter(seen)


def _party(principal: Principal) -> Q:
    return Q(from_authority_id__in=principal.authority_ids) | Q(to_authority_id__in=principal.authority_ids)


def matters_waiting_for(principal: Principal) -> tuple[DeskMatter, ...]:
    """Hand-overs and questions that the reader's authority has to answer, the most urgent first."""
    return _matters(principal, "to_authority_id__in", "from_authority")


def matters_sent_by(principal: Principal) -> tuple[DeskMatter, ...]:
    """Hand-overs and questions of the reader's authority that nobody has answered yet, the most urgent first."""
    return _matters(principal, "from_authority_id__in", "to_authority")


def _matters(principal: Principal, side: str, other: str) -> tuple[DeskMatter, ...]:
    if not principal.authority_ids:
        return ()
    mine = {side: principal.authority_ids}
    offers = HandOver.objects.filter(state__in=OPEN_HAND_OVER, **mine).select_related(other)
    questions = Consultation.objects.filter(state__in=OPEN_CONSULTATION, **mine).select_related(other)
    found = [_matter("handover", row, other, row.reason) for row in offers]
    found += [_matter("consultation", row, other, row.question) for row in questions]
    return tuple(sorted(found, key=lambda matter: (matter.due_on, matter.kind, matter.id)))


def _matter(kind: str, row: Any, other: str, text: str) -> DeskMatter:
    body = getattr(row, other)
    return DeskMatter(
        kind=kind,
        id=row.pk,
        subject=row.subject,
        title={"zh": row.title_zh, "en": row.title_en},
        other={"zh": body.short_zh or body.name_zh, "en": body.short_en or body.name_en},
        text=text,
        state=row.state,
        sent_on=row.sent_on,
        due_on=row.due_on,
        is_overdue=row.due_on < clock.today(),
        is_provisional=row.is_provisional,
    )


def matters_about(subject: str) -> tuple[HandOver | Consultation, ...]:
    """Hand-overs and consultations about one object that the actor may see, the latest first."""
    rows: list[HandOver | Consultation] = [
        *HandOver.objects.filter(subject=subject).select_related("from_authority", "to_authority"),
        *Consultation.objects.filter(subject=subject).select_related("from_authority", "to_authority"),
    ]
    return tuple(sorted(rows, key=lambda row: (row.sent_on, row.pk), reverse=True))


def responsible_for(subject: str) -> int | None:
    """The authority that the latest decided hand-over of an object left responsible; None without a hand-over."""
    row = HandOver.objects.filter(subject=subject).order_by("-pk").first()
    return row.responsible_id if row else None


def open_subjects(subjects: Sequence[str]) -> frozenset[str]:
    """Which of these objects are on their way to another authority."""
    rows = HandOver.objects.filter(subject__in=subjects, state__in=OPEN_HAND_OVER)
    return frozenset(rows.values_list("subject", flat=True))


def bodies_by_kind(own: Sequence[int], subject: str = "") -> list[tuple[str, list[Authority]]]:
    """Bodies that exist today, without the reader's own, by kind: the choices of a form.

    With a `subject` such as "case:12" the bodies that take part in it already stand first, in a group of their own.
    """
    kind, _sep, number = subject.partition(":")
    near = {ref.id for ref in sharing_of(kind, int(number))} if number.isascii() and number.isdigit() else set()
    found: dict[str, list[Authority]] = {}
    for row in Authority.objects.in_force(clock.today()).exclude(pk__in=own).order_by("code"):
        found.setdefault("" if row.pk in near else row.kind, []).append(row)
    first = [(_("Bodies that take part already"), found[""])] if "" in found else []
    return first + [(str(AuthorityKind(kind).label), found[kind]) for kind in AuthorityKind.values if kind in found]
