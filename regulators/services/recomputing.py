"""Open days between authorities read again from their events, when a calendar year is published."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from common import clock
from common.db.acting import acting_as
from common.principal import Principal
from common.transitions import transitions_of
from regulators.choices import OPEN_CONSULTATION, OPEN_HAND_OVER
from regulators.models import Consultation, HandOver
from regulators.permissions import require
from regulators.services import terms
from regulators.services.terms import Term
from rulebook.timeline import Event

DAYS = ("due_on", "superior_on", "meeting_on")
KEYS = {
    "handover": (terms.ANSWER, terms.SUPERIOR, terms.MEETING),
    "consultation": (terms.OPINION, terms.SUPERIOR, terms.MEETING),
}


@dataclass(frozen=True, slots=True)
class MovedDay:
    """A hand-over or consultation whose days say something else now."""

    kind: str
    id: int
    before: tuple[date, ...]
    after: tuple[date, ...]


def coordination_terms_recompute(*, actor: Principal, apply: bool = True) -> tuple[MovedDay, ...]:
    """Read the days of every open hand-over and consultation again, each under the version of the term it began with.

    A year published meanwhile makes a provisional day final and may move it; what moved is written with the old day
    and the reason. Days that have led to a step stay history: a hand-over that was escalated is not called back.
    Each row is its own transaction; twice moves nothing more. The system only (403).
    """
    require(actor, "handover.sweep")
    with acting_as(Principal(kind="system", label=actor.label)):
        offers = list(HandOver.objects.filter(state__in=OPEN_HAND_OVER).order_by("pk").values_list("pk", flat=True))
        asked = Consultation.objects.filter(state__in=OPEN_CONSULTATION).order_by("pk")
        found = [_read_again("handover", HandOver, pk, apply) for pk in offers]
        found += [_read_again("consultation", Consultation, pk, apply) for pk in asked.values_list("pk", flat=True)]
    return tuple(moved for moved in found if moved is not None)


@transaction.atomic
def _read_again(kind: str, model: Any, pk: int, apply: bool) -> MovedDay | None:
    row = model.objects.select_for_update(of=("self",)).get(pk=pk)
    entries = terms.terms_kept(row.why_due, KEYS[kind], row.sent_on)
    if entries is None:
        return None
    events = tuple(Event(f"{kind}.{step.target}", step.at) for step in transitions_of(kind, pk))
    chain = _chain(lambda index, start: terms.term_read(entries[index], start, events), row.sent_on, len(entries))
    before = tuple(getattr(row, name) for name in DAYS[: len(chain)])
    after = tuple(term.due_on for term in chain)
    if (before, row.is_provisional) == (after, chain[0].is_provisional):
        return None
    if apply:
        _write(row, chain, before)
    return MovedDay(kind, pk, before, after)


def _chain(read: Callable[[int, date], Term], start: date, length: int) -> Sequence[Term]:
    """Each term begins on the last day of the one before."""
    found: list[Term] = []
    for index in range(length):
        found.append(read(index, found[-1].due_on if found else start))
    return found


def _write(row: Any, chain: Sequence[Term], before: Sequence[date]) -> None:
    today, kept = clock.today().isoformat(), terms.terms_as_json(*chain)
    was, now = ", ".join(day.isoformat() for day in before), ", ".join(term.due_on.isoformat() for term in chain)
    kept["steps"].append({
        "zh": f"{today}：按已公布的日历重算，{was} → {now}。",
        "en": f"Counted again on {today} under the calendar published since: {was} → {now}.",
    })  # fmt: skip
    for name, term in zip(DAYS, chain, strict=False):
        setattr(row, name, term.due_on)
    row.is_provisional, row.why_due = chain[0].is_provisional, kept
    row.save(update_fields=[*DAYS[: len(chain)], "is_provisional", "why_due"])
