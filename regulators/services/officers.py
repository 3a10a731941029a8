"""Terms of office: appointing people to authorities and ending their terms."""

from collections.abc import Iterable
from datetime import date

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import NotYours, Refusal
from common.principal import Principal
from regulators.choices import OfficerRole
from regulators.models import Expert, Officer
from regulators.permissions import require
from regulators.services.bodies import body_or_refuse


@transaction.atomic
def officer_appoint(
    *,
    actor: Principal,
    user_id: int,
    authority_code: str,
    roles: Iterable[str],
    title: str = "",
    term_from: date | None = None,
    term_to: date | None = None,
    appointment: str = "",
) -> int:
    """Begin a person's term at an authority, today or on `term_from`; returns the officer's id.

    `term_to` is the first day no longer in office, `appointment` the document. The same appointment twice is one
    term. Other roles or another title at the same body end the running term and begin a new one (one that began
    today is corrected). Refuses unknown people, authorities and roles, bodies that do not exist on the first day,
    days in the wrong order, a role that the person already holds on any of these days, experts of the advisory group
    (they would not be independent), and people who appoint themselves (403).
    """
    require(actor, "officer.appoint")
    _refuse_own(actor, user_id)
    wanted = _known_roles(roles)
    first = term_from or clock.today()
    if term_to is not None and term_to <= first:
        raise Refusal(
            "officer.days_reversed",
            _("A term ends after it begins."),
            field="term_to",
            cure=_("Give a later day, or none."),
            status=422,
        )
    _lock_person(user_id)
    _refuse_expert(user_id, first, term_to)
    authority = body_or_refuse(first, code=authority_code)
    running = Officer.objects.filter(user_id=user_id, authority=authority, term_to__isnull=True).first()
    if running and term_from in {None, running.term_from} and term_to is None:
        return _renewed(running, wanted, title, appointment)
    _refuse_overlap(user_id, wanted, first, term_to)
    return _begin(
        user_id=user_id, authority=authority, roles=wanted, title=title, term_from=first, term_to=term_to,
        appointment=appointment[:200],
    )  # fmt: skip


def _refuse_own(actor: Principal, user_id: int) -> None:
    """Nobody gives roles to themselves or takes an own term away."""
    if actor.kind == "staff" and actor.user_id == user_id:
        raise Refusal(
            "officer.own_term", _("Nobody decides about their own term."), field="user",
            cure=_("Ask another person of the secretariat."), status=403,
        )  # fmt: skip


def _refuse_expert(user_id: int, first: date, end: date | None) -> None:
    """The other side of the rule that people in office are no independent experts."""
    terms = Expert.objects.filter(Q(term_to__isnull=True) | Q(term_to__gt=first), user_id=user_id)
    if end is not None:
        terms = terms.filter(term_from__lt=end)
    if terms.exists():
        raise Refusal(
            "officer.is_expert", _("This person sits in the expert advisory group, whose members hold no office."),
            field="user", cure=_("End that term first, or choose somebody else."),
        )  # fmt: skip


def _begin(**values: object) -> int:
    return int(Officer.objects.create(**values).pk)


def _known_roles(roles: Iterable[str]) -> list[str]:
    wanted = sorted(set(roles))
    if not wanted or any(role not in OfficerRole.values for role in wanted):
        raise Refusal(
            "officer.unknown_role",
            _("Unknown or missing role."),
            field="roles",
            cure=_("Use one or more of: %(roles)s.") % {"roles": ", ".join(OfficerRole.values)},
            status=422,
        )
    return wanted


def _lock_person(user_id: int) -> None:
    """One appointment of a person at a time."""
    if get_user_model().objects.select_for_update().filter(pk=user_id).first() is None:
        raise Refusal(
            "officer.unknown_person",
            _("There is no such user."),
            field="user",
            cure=_("Create the login first."),
            status=422,
        )


def _renewed(running: Officer, roles: list[str], title: str, appointment: str) -> int:
    """The running term, corrected on its first day, or ended today and followed by a new one."""
    if (running.roles, running.title) == (roles, title):
        return running.pk
    today = clock.today()
    if running.term_from >= today:
        running.roles, running.title = roles, title
        running.save(update_fields=["roles", "title"])
        return running.pk
    _refuse_overlap(running.user_id, roles, today, None, apart_from=running.pk)
    running.term_to, running.end_reason = today, "new appointment"
    running.save(update_fields=["term_to", "end_reason"])
    return _begin(
        user_id=running.user_id, authority_id=running.authority_id, roles=roles, title=title, term_from=today,
        appointment=appointment[:200],
    )  # fmt: skip


def _refuse_overlap(user_id: int, roles: list[str], first: date, end: date | None, apart_from: int = 0) -> None:
    """Nobody holds the same role twice on one day, not even at two bodies: each act has one office behind it."""
    terms = Officer.objects.filter(Q(term_to__isnull=True) | Q(term_to__gt=first), user_id=user_id)
    if end is not None:
        terms = terms.filter(term_from__lt=end)
    for term in terms.exclude(pk=apart_from).select_related("authority").order_by("pk"):
        twice = sorted(set(roles) & set(term.roles))
        if twice:
            raise Refusal(
                "officer.overlap",
                _("This person already holds the role %(roles)s at %(body)s from %(day)s.")
                % {"roles": ", ".join(twice), "body": term.authority.code, "day": term.term_from.isoformat()},
                field="roles",
                cure=_("End that term first, or choose other days or roles."),
            )


@transaction.atomic
def officer_end(*, actor: Principal, officer_id: int, reason: str, on: date | None = None) -> None:
    """End a term: `on` is the first day no longer in office, today when left out. Terms stay on record.

    Refuses: no reason, unknown terms (404), the own term (403), terms that ended before, and a day on or before the
    first one.
    """
    require(actor, "officer.appoint")
    if not reason.strip():
        raise Refusal(
            "officer.no_reason", _("Say why."), field="reason", cure=_("Write one or two sentences."), status=422
        )
    end = on or clock.today()
    term = Officer.objects.select_for_update(of=("self",)).filter(pk=officer_id).first()
    if term is None:
        raise NotYours("officer")
    _refuse_own(actor, term.user_id)
    if term.term_to is not None and term.term_to <= end:
        raise Refusal(
            "officer.already_ended",
            _("This term has already ended."),
            cure=_("Appoint the person again if that was wrong."),
        )
    if end <= term.term_from:
        raise Refusal(
            "officer.days_reversed",
            _("A term ends after it begins."),
            field="on",
            cure=_("Give a later day, or none."),
            status=422,
        )
    term.term_to, term.end_reason = end, reason.strip()[:200]
    term.save(update_fields=["term_to", "end_reason"])
