"""What if a term were another? Open clocks read under other numbers of days; nothing is written, nobody is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from common import clock
from common.db.acting import acting_as
from common.principal import Principal
from complaints.models import Complaint
from complaints.permissions import require_recompute
from complaints.services.clocks import clocks_read


@dataclass(frozen=True)
class ClockMove:
    """One open clock whose day would be another; `is_late_after`: it would have passed already."""

    public_id: str
    key: str
    term: str
    before: date
    after: date
    is_late_after: bool


@dataclass(frozen=True)
class ClockRehearsal:
    """How many open clocks count by the terms, and which would move."""

    clocks: int
    moved: tuple[ClockMove, ...] = ()


def clocks_rehearse(*, actor: Principal, amounts: Mapping[str, int]) -> ClockRehearsal:
    """Read every open clock that counts by one of the terms under another number of its units. Writes nothing.

    `amounts`: term key → number, in the unit of the term each clock started under. Refuses without permission.
    """
    require_recompute(actor)
    read, moved = 0, []
    with acting_as(actor):
        for row in Complaint.objects.open().first_hand().order_by("pk").iterator():
            pairs = zip(clocks_read(row), clocks_read(row, amounts=amounts), strict=True)
            for now, then in pairs:
                if now.term.key not in amounts or now.row.met_at is not None or now.reading.due_on is None:
                    continue
                read += 1
                after = then.reading.due_on
                if after is not None and after != now.reading.due_on:
                    moved.append(ClockMove(
                        str(row.public_id), now.row.key, now.term.key, now.reading.due_on, after,
                        after < clock.today(),
                    ))  # fmt: skip
    return ClockRehearsal(read, tuple(moved))
