"""Bringing in complaints that were finished elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice

from django.utils.translation import gettext_lazy as _

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.ids import uuid7
from common.principal import Principal, system_principal
from common.vault import vault_seal
from complaints.choices import ComplaintState, Source
from complaints.models import Complaint
from complaints.services.routing import KIND
from regulators.selectors import competent_owner, meeting_convenor

IMPORTER = system_principal("complaints.import")
BATCH = 1000


@dataclass(frozen=True)
class HistoryRow:
    """One finished complaint of another system."""

    external_ref: str
    received_on: date
    narrative: str
    platform_text: str
    business_line: str
    category: str
    outcome: str
    closed_on: date | None = None
    region: str = "000000"
    language: str = "en"
    platform_id: int | None = None


@dataclass(frozen=True)
class ImportResult:
    """How many rows were given, written now, and known already."""

    given: int
    created: int
    known: int


def complaints_import_history(*, actor: Principal, rows: Iterable[HistoryRow]) -> ImportResult:
    """Write finished complaints as closed history: no notices, no events, no clocks, no alarms.

    Idempotent by `external_ref`: a second run writes nothing. All rows of one batch (1,000) share one data key,
    because the source is public and names nobody: erasure there is by batch. Refuses everyone but the system and
    a supervisor. The owner is the authority in charge of the line today, or the convenor of the joint meeting.
    """
    if not (actor.kind == "system" or (actor.kind == "staff" and actor.has_role("supervisor"))):
        raise Refusal("complaint.not_permitted", _("You may not do this."), status=403)
    owners: dict[tuple[str, str], int | None] = {}
    given = created = 0
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        given += len(batch)
        with acting_as(IMPORTER):
            created += _write(batch, owners)
    return ImportResult(given=given, created=created, known=given - created)


def _owner(row: HistoryRow, owners: dict[tuple[str, str], int | None]) -> int | None:
    key = (row.business_line, row.region)
    if key not in owners:
        found = competent_owner(KIND, row.business_line, row.region, clock.today()) if row.business_line else None
        lead = found.lead if found else None
        keeper = lead or meeting_convenor(clock.today())
        owners[key] = keeper.id if keeper else None
    return owners[key]


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=clock.LEGAL_ZONE)


def _write(batch: Sequence[HistoryRow], owners: dict[tuple[str, str], int | None]) -> int:
    refs = [row.external_ref for row in batch]
    known = set(Complaint.objects.filter(external_ref__in=refs).values_list("external_ref", flat=True))
    fresh = {row.external_ref: row for row in batch if row.external_ref not in known}
    person = uuid7()
    made = [
        Complaint(
            state=ComplaintState.CLOSED,
            platform_id=row.platform_id,
            platform_text_sealed=vault_seal(person, row.platform_text) if row.platform_text else None,
            business_line=row.business_line,
            region=row.region,
            owner_authority_id=_owner(row, owners),
            category=row.category,
            person=person,
            narrative_sealed=vault_seal(person, row.narrative),
            language=row.language,
            source=Source.IMPORT,
            external_ref=row.external_ref,
            filed_at=_moment(row.received_on),
            closed_at=_moment(max(row.closed_on or row.received_on, row.received_on)),
            outcome=row.outcome,
        )
        for row in fresh.values()
    ]
    Complaint.objects.bulk_create(made)
    return len(made)
