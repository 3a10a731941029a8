"""All open deadlines read again from their events: what moved, by which cause, and nothing silently."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from common.db.acting import acting_as
from common.logs import get_logger
from common.principal import Principal, system_principal
from complaints.models import Complaint
from complaints.permissions import require_recompute
from complaints.services.clocks import Read, clock_correct, clocks_read
from complaints.services.notices import complainant_tell
from rulebook.timeline import Difference, difference

log = get_logger(__name__)
RECOMPUTER = system_principal("complaints.recompute")
BATCH = 500


@dataclass(frozen=True)
class Moved:
    """One clock of one complaint that says something else than what is on record."""

    public_id: str
    key: str
    before: date | None
    after: date | None
    causes: tuple[str, ...]


@dataclass(frozen=True)
class RecomputeReport:
    """What a run read and what moved. `applied` is False for a rehearsal."""

    clocks: int
    applied: bool
    moved: tuple[Moved, ...] = ()
    by_cause: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        """Counts on one line, for job results."""
        return f"clocks {self.clocks}, moved {len(self.moved)}, causes {dict(self.by_cause)}, applied {self.applied}"


def clocks_recompute(*, actor: Principal, apply: bool = True, under_present_rules: bool = False) -> RecomputeReport:
    """Read every clock of every open complaint from its events and compare it with what is on record.

    A calendar year published meanwhile makes a provisional date final; a corrected rule moves dates only when
    `under_present_rules` is asked for, else older complaints keep the rule they started under. What moved is written
    with its cause and the complainant is told. Each complaint is its own transaction; twice moves nothing more.
    Refuses without permission. Source: cases register, C5, C6, C8.
    """
    require_recompute(actor)
    with acting_as(RECOMPUTER):
        ids = list(Complaint.objects.open().first_hand().order_by("pk").values_list("pk", flat=True))
    read, moved = 0, []
    for pk in ids:
        count, found = _one(pk, apply=apply, under_present_rules=under_present_rules)
        read += count
        moved += found
    causes = Counter(cause for item in moved for cause in item.causes)
    report = RecomputeReport(read, apply, tuple(moved), dict(causes))
    log.info("complaints.clocks_recomputed", clocks=read, moved=len(moved), applied=apply)
    return report


def _one(pk: int, *, apply: bool, under_present_rules: bool) -> tuple[int, list[Moved]]:
    with acting_as(RECOMPUTER):
        row = Complaint.objects.open().select_for_update(of=("self",)).filter(pk=pk).first()
        if row is None:
            return 0, []
        reads = clocks_read(row, under_present_rules=under_present_rules)
        changed = [(item, gap) for item in reads if item.row.met_at is None and (gap := _gap(item)) is not None]
        if apply:
            _write(row, changed)
    return len(reads), [
        Moved(str(row.public_id), item.row.key, gap.before, gap.after, gap.causes) for item, gap in changed
    ]


def _gap(item: Read) -> Difference | None:
    recorded: dict[str, Any] = item.row.rule
    return difference(
        item.reading, due_on=item.row.due_on, provisional=item.row.is_provisional,
        term_version=str(recorded.get("version", "")), calendar_version=item.row.calendar_version,
    )


def _write(row: Complaint, changed: list[tuple[Read, Difference]]) -> None:
    for item, gap in changed:
        clock_correct(item, causes=gap.causes)
        if gap.before != gap.after and gap.after is not None:
            complainant_tell(row, "moved", date=gap.after.isoformat())
