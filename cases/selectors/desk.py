"""What an officer sees first: the queue of the day, deadlines, the risk map, the latest warnings."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import CaseQuerySet
from cases.selectors.queue import CaseRow, case_rows, cases_visible_to
from common import clock
from common.principal import Principal
from complaints import selectors as complaints
from platforms import selectors as platforms
from riskmodels import selectors as risk

QUEUE_LENGTH = 8
CLOCKS = {
    "handling": gettext_lazy("the authority acts"),
    "first_answer": gettext_lazy("the platform answers"),
    "decision": gettext_lazy("the authority decides"),
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day by which something is due, with the page where it is done."""

    due_on: date
    days_left: int
    title: str
    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything the desk shows."""

    mine: list[CaseRow]
    waiting: list[CaseRow]
    deadlines: list[Deadline]
    warnings: list[risk.WarningView]
    risk_map: risk.RiskMap | None
    counts: dict[str, int]


def desk_for(principal: Principal) -> Desk:
    """The desk of a principal: own cases, cases nobody has taken, the next deadlines, warnings, map, counts.

    Only what the reader may see (`cases_visible_to`, and the rules of the other apps' selectors).
    """
    running = cases_visible_to(principal).running().order_by("due_on", "id")
    mine = running.of_person(principal.user_id) if principal.user_id and principal.officer_id else running.none()
    waiting = running.waiting(clock.today()).filter(owner_authority_id__in=principal.authority_ids)
    clocks = _next_clocks(complaints.open_clocks(principal))
    return Desk(
        mine=case_rows(principal, mine[:QUEUE_LENGTH]),
        waiting=case_rows(principal, waiting[:QUEUE_LENGTH]),
        deadlines=_deadlines(running, clocks[:QUEUE_LENGTH]),
        warnings=risk.warnings_latest(principal, limit=QUEUE_LENGTH),
        risk_map=risk.risk_map(principal),
        counts={
            "mine": mine.count(),
            "waiting": waiting.count(),
            "running": running.count(),
            "overdue": running.filter(due_on__lt=clock.today()).count(),
            "complaint_clocks": len(clocks),
        },
    )


def _next_clocks(clocks: list[complaints.OpenClock]) -> list[complaints.OpenClock]:
    """The soonest running clock of each complaint; a clock that stands still has no day to wait for."""
    found: dict[int, complaints.OpenClock] = {}
    for item in clocks:
        if not item.is_paused:
            found.setdefault(item.complaint_id, item)
    return list(found.values())


def _deadlines(running: CaseQuerySet, clocks: list[complaints.OpenClock]) -> list[Deadline]:
    """Cases and complaint clocks together, the soonest first."""
    today = clock.today()
    cases = list(running.filter(due_on__isnull=False)[:QUEUE_LENGTH])
    ids = {case.platform_id for case in cases} | {item.platform_id for item in clocks if item.platform_id}
    names = platforms.platform_refs(ids)
    found = [
        Deadline(
            case.due_on,
            (case.due_on - today).days,
            names[case.platform_id].name,
            _("Case review"),
            reverse("admin:cases_case_change", args=[case.pk]),
        )
        for case in cases
        if case.due_on
    ]
    found += [
        Deadline(
            item.due_on,
            (item.due_on - today).days,
            names[item.platform_id].name if item.platform_id else _("Platform not listed"),
            f"{_('Complaint')} {item.number} · {CLOCKS[item.clock]}",
            reverse("admin:complaints_complaint_change", args=[item.complaint_id]),
        )
        for item in clocks
    ]
    return sorted(found, key=lambda deadline: (deadline.due_on, deadline.url))[:QUEUE_LENGTH]
