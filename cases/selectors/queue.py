"""Cases a reader may see, as rows for lists."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from cases.models import Case, CaseQuerySet
from cases.selectors.wording import in_reader_language, reason_text
from common import clock
from common.principal import Principal
from platforms import selectors as platforms
from regulators import selectors as regulators


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list, words in the reader's language."""

    id: int
    number: str
    platform_id: int
    platform_name: str
    state: str
    state_text: str
    area: str
    reason: str
    lead: str
    assignee: str
    due_on: date | None
    is_overdue: bool
    may_assign: bool


def cases_visible_to(principal: Principal) -> CaseQuerySet:
    """Which cases a principal may see; PostgreSQL enforces the same by row-level security.

    - the system: all;
    - staff: those their authorities lead, and those shared with these authorities;
    - anyone else: none.
    """
    rows: CaseQuerySet = Case.objects.all()
    if principal.kind == "system":
        return rows
    if principal.kind != "staff":
        return rows.none()
    shared = regulators.objects_shared_with(principal.authority_ids, "case")
    return rows.filter(Q(owner_authority_id__in=principal.authority_ids) | Q(pk__in=shared))


def case_rows(principal: Principal, cases: Iterable[Case]) -> list[CaseRow]:
    """Rows for some cases, with names looked up together (three queries)."""
    found = list(cases)
    names = platforms.platform_refs({case.platform_id for case in found})
    leads = regulators.authority_refs({c.owner_authority_id for c in found if c.owner_authority_id})
    people = regulators.officer_refs({case.assignee_id for case in found if case.assignee_id})
    return [_row(principal, case, names, leads, people) for case in found]


def _row(
    principal: Principal, case: Case, names: dict[int, Any], leads: dict[int, Any], people: dict[int, Any]
) -> CaseRow:
    lead = leads.get(case.owner_authority_id or 0)
    officer = people.get(case.assignee_id or 0)
    is_running = case.state != "closed"
    return CaseRow(
        id=case.pk,
        number=str(case),
        platform_id=case.platform_id,
        platform_name=names[case.platform_id].name,
        state=case.state,
        state_text=str(case.get_state_display()),
        area=case.area,
        reason=reason_text(case.summary[-1]) if case.summary else "",
        lead=in_reader_language(lead.short) if lead else "–",
        assignee=officer.name if officer else "",
        due_on=case.due_on,
        is_overdue=bool(is_running and case.due_on and case.due_on < clock.today()),
        may_assign=case.state == "open" and case.owner_authority_id in principal.authority_ids,
    )


def case_totals() -> dict[str, Any]:
    """Counts for reports, as far as the reader may see: all, by state, by origin, in area D, without one lead."""
    rows = list(Case.objects.values_list("state", "origin", "area", "competence"))
    return {
        "cases": len(rows),
        "by_state": dict(sorted(Counter(row[0] for row in rows).items())),
        "by_origin": dict(sorted(Counter(row[1] for row in rows).items())),
        "area_d": sum(row[2] == "D" for row in rows),
        "undecided": sum(row[3] != "decided" for row in rows),
    }
