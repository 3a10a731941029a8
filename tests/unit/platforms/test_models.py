"""What the database itself refuses."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from common.jobs import jobs_drain
from common.models import AuditEntry
from platforms.models import DepositoryAgreement, Filing, FilingRevision, Finding, Platform
from tests.factories import platforms as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> FilingRevision:
    make.use_plan(monkeypatch, make.row_rule("loans", "loan_count > 0", ["loan_count"]))
    filing = make.filer().file(make.csv_of(make.indicators(loan_count=0)))
    jobs_drain()
    return FilingRevision.objects.get(filing__public_id=filing)


def test_a_submitted_revision_does_not_change(submitted: FilingRevision) -> None:
    with pytest.raises(ProgrammingError, match="does not change"), transaction.atomic():
        FilingRevision.objects.filter(pk=submitted.pk).update(content_sha256="0" * 64)
    with pytest.raises(ProgrammingError, match="never deleted"), transaction.atomic():
        FilingRevision.objects.filter(pk=submitted.pk)._raw_delete("default")
    assert FilingRevision.objects.get().content_sha256 == submitted.content_sha256


def test_a_filing_is_unique(submitted: FilingRevision) -> None:
    filing = submitted.filing
    with pytest.raises(IntegrityError, match="filing_once_per_period"), transaction.atomic():
        Filing.objects.create(
            platform_id=filing.platform_id,
            subject_id=filing.subject_id,
            template=filing.template,
            period=filing.period,
            period_end=filing.period_end,
        )


def test_a_finding_is_unique_and_shows_at_most_20_rows(submitted: FilingRevision) -> None:
    finding = Finding.objects.get()
    with pytest.raises(IntegrityError, match="finding_rows_are_few"), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(row_numbers=list(range(21)))
    finding.pk, finding.public_id = None, None
    from common.ids import uuid7

    finding.public_id = uuid7()
    with pytest.raises(IntegrityError, match="finding_once"), transaction.atomic():
        finding.save(force_insert=True)


def test_rows_must_add_up(submitted: FilingRevision) -> None:
    with pytest.raises(IntegrityError, match="filing_revision_rows_add_up"), transaction.atomic():
        FilingRevision.objects.filter(pk=submitted.pk).update(rows_rejected=5)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"kind": "broker"}, "platform_kind_known"),
        ({"state": "gone", "registered_on": "2017-01-01"}, "platform_state_known"),
        ({"business_line": "casino"}, "platform_line_known"),
        ({"region": "11"}, "platform_region_is_code"),
        ({"state": "registered"}, "platform_confirmed_has_date"),
    ],
)
def test_a_platform_has_known_codes(values: dict[str, str], constraint: str) -> None:
    pending = make.registration()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Platform.objects.filter(pk=pending.platform_id).update(**values)


def test_an_agreement_has_two_parties_and_ordered_dates() -> None:
    platform, bank = make.registered(), make.registered("bank")
    agreement = make.agreement(platform, bank)
    with pytest.raises(IntegrityError, match="two_parties"), transaction.atomic():
        DepositoryAgreement.objects.filter(pk=agreement).update(bank_id=platform.platform_id)
    with pytest.raises(IntegrityError, match="dates_ordered"), transaction.atomic():
        DepositoryAgreement.objects.filter(pk=agreement).update(in_force_to="2016-01-01")


def test_every_change_is_in_the_audit_trail(submitted: FilingRevision) -> None:
    tables = set(AuditEntry.objects.values_list("table_name", flat=True))
    assert {
        "platforms_platform",
        "platforms_clientkey",
        "platforms_filing",
        "platforms_filingrevision",
        "platforms_finding",
    } <= tables
    bodies = AuditEntry.objects.filter(table_name="platforms_filing", row_id=submitted.filing_id).order_by("id")
    assert [entry.body.get("state") for entry in bodies if "state" in entry.body] == [
        "open",
        "content_received",
        "submitted",
        "processing",
        "accepted_with_findings",
    ]


def test_findings_are_walled_off_without_a_principal(submitted: FilingRevision) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = 'platforms_finding'")
        assert cursor.fetchone() == (True, True)
