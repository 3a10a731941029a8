"""From a logged-in user to the principal that acts, and officers as other apps see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from common import clock
from common.principal import Principal
from regulators.choices import OfficerRole
from regulators.facts import authority_on, predecessors_of
from regulators.models import Authority, Expert, Officer
from regulators.selectors.authorities import authority_facts


@dataclass(frozen=True, slots=True)
class OfficerRef:
    """One officer: id, display name, authority."""

    id: int
    name: str
    authority_id: int


def principal_for_user(user: Any) -> Principal:
    """The principal of a staff user today: terms of office in force, their bodies and what those inherited.

    A term at a body that was succeeded counts for the successor. A user without a term sees nothing. A term in the
    expert advisory group gives the role "expert" and no authority: experts see their own questions only.
    """
    today = clock.today()
    terms = list(
        Officer.objects.filter(Q(term_to__isnull=True) | Q(term_to__gt=today), user_id=user.pk)
        .filter(term_from__lte=today)
        .select_related("authority")
        .order_by("pk")
    )
    return Principal(
        kind="staff",
        label=f"user:{user.pk}",
        user_id=user.pk,
        officer_id=terms[0].pk if terms else None,
        authority_ids=_authority_ids([term.authority.code for term in terms]),
        roles=frozenset(role for term in terms for role in term.roles) | _expert_role(user.pk, today),
    )


def _expert_role(user_id: int, today: date) -> frozenset[str]:
    rows = Expert.objects.filter(Q(term_to__isnull=True) | Q(term_to__gt=today), user_id=user_id, term_from__lte=today)
    return frozenset({OfficerRole.EXPERT.value}) if rows.exists() else frozenset()


def _authority_ids(codes: list[str]) -> tuple[int, ...]:
    """Ids of the bodies of the day (the officer's own first) and of all their predecessors."""
    if not codes:
        return ()
    facts = authority_facts()
    own = list(dict.fromkeys(authority_on(code, clock.today(), facts) for code in codes))
    inherited = sorted(set().union(*(predecessors_of(code, facts) for code in own)) - set(own))
    ids = dict(Authority.objects.filter(code__in=own + inherited).values_list("code", "pk"))
    return tuple(ids[code] for code in own + inherited)


def officer_refs(officer_ids: Iterable[int]) -> dict[int, OfficerRef]:
    """Several officers at once, by id."""
    rows = Officer.objects.select_related("user").filter(pk__in=set(officer_ids))
    return {row.pk: OfficerRef(row.pk, str(row.user), row.authority_id) for row in rows}


def officer_ref(officer_id: int) -> OfficerRef | None:
    """The officer with this id, or None."""
    row = Officer.objects.select_related("user").filter(pk=officer_id).first()
    return OfficerRef(row.pk, str(row.user), row.authority_id) if row else None
