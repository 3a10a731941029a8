"""Imported history: closed, silent, once."""

import time
from datetime import date

import pytest

from common.errors import Refusal
from common.models import OutboxEvent, OutgoingMessage, PersonKey
from common.vault import vault_open
from complaints import selectors, services
from complaints.models import Complaint, ComplaintClock
from tests.factories import complaints as make

pytestmark = pytest.mark.usefixtures("ground")


def run(rows: int) -> services.ImportResult:
    """Import so many rows as the system."""
    return services.complaints_import_history(
        actor=make.SYSTEM, rows=(make.history_row(number) for number in range(rows))
    )


def test_history_is_closed_owned_and_silent() -> None:
    events, keys = OutboxEvent.objects.count(), PersonKey.objects.count()
    assert run(3) == services.ImportResult(given=3, created=3, known=0)
    row = Complaint.objects.get(external_ref="test:1")
    assert (row.state, row.source, row.outcome, row.owner_authority.code) == ("closed", "import", "explained", "CBRC")
    assert row.filed_at.date() == date(2020, 3, 18)
    assert vault_open(row.person, row.narrative_sealed) == "Incorrect information on the report."
    assert (ComplaintClock.objects.count(), OutgoingMessage.objects.count()) == (0, 0)
    assert OutboxEvent.objects.count() == events
    assert PersonKey.objects.count() == keys + 1


def test_a_second_run_writes_nothing() -> None:
    run(3)
    assert run(5) == services.ImportResult(given=5, created=2, known=3)
    assert Complaint.objects.count() == 5


def test_a_row_given_twice_in_one_batch_is_one() -> None:
    rows = [make.history_row(1), make.history_row(1)]
    assert services.complaints_import_history(actor=make.SYSTEM, rows=rows).created == 1


def test_history_raises_no_alarm_later() -> None:
    run(3)
    assert services.complaints_escalate_overdue(actor=make.SYSTEM) == 0
    assert selectors.open_clocks(make.SYSTEM) == []


def test_an_officer_may_not_import() -> None:
    with pytest.raises(Refusal) as refused:
        services.complaints_import_history(actor=make.officer_of("CBRC"), rows=[make.history_row()])
    assert refused.value.code == "complaint.not_permitted"
    assert Complaint.objects.count() == 0


def test_a_thousand_rows_take_seconds() -> None:
    start = time.perf_counter()
    run(1_000)
    assert Complaint.objects.count() == 1_000
    assert time.perf_counter() - start < 30 * 1_000 / 4_636  # all 4,636 rows of the real file within 30 s
