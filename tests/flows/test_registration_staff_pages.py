"""The officers' side: the file of an institution, a filing, a finding; confirming a registration by a button."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from common.db.acting import acting_as
from common.jobs import jobs_drain
from common.principal import Principal, system_principal
from platforms.models import ClientKey, Filing, Finding, Platform
from rulebook.entries import Basis, MandateEntry
from tests.factories import platforms as make
from tests.factories import regulators as bodies

pytestmark = pytest.mark.django_db


def browser(officer: Principal, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(get_user_model().objects.get(pk=officer.user_id), "django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp"}]
    session.save()
    return client


@pytest.fixture
def pack() -> None:
    licence = MandateEntry(
        business_line="p2p_lending",
        role="institution",
        region="110000",
        authority="LFO-110000",
        duty="lead",
        valid_from=date(2015, 7, 14),
        valid_to=None,
        basis=Basis("GO15", facts=("GO15-02",), verified=True, text_status="final"),
    )
    loaded = bodies.small_pack(mandates=(*bodies.small_pack().mandates, licence))
    bodies.services.authorities_load(actor=bodies.SYSTEM, pack=loaded)
    bodies.services.mandates_load(actor=bodies.SYSTEM, pack=loaded)


@pytest.fixture
def officer(pack: None) -> Principal:
    return bodies.officer("LFO-110000")


@pytest.fixture
def stranger(pack: None) -> Principal:
    return bodies.officer("PBOC")


@pytest.fixture
def finding(officer: Principal, monkeypatch: pytest.MonkeyPatch) -> Finding:
    make.use_plan(monkeypatch, make.row_rule("loan-count", "loan_count > 0", ["loan_count"]))
    filer = make.filer(name="测试问题贷")
    filer.file(make.csv_of(make.indicators(loan_count=0)))
    jobs_drain()
    return Finding.objects.get()


def text_of(client: Client, name: str, pk: int) -> str:
    answer = client.get(reverse(f"admin:platforms_{name}_change", args=[pk]))
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_finding_belongs_to_the_licensing_authority(finding: Finding, officer: Principal) -> None:
    assert finding.owner_authority_id in officer.authority_ids


def test_platform_file_shows_findings_with_their_rows(finding: Finding, officer: Principal) -> None:
    found = text_of(browser(officer), "platform", finding.platform_id)
    assert "loan-count" in found
    assert "Loans of the month" in found
    assert "当月借款标数" in text_of(browser(officer, "zh-hans"), "platform", finding.platform_id)
    assert "测试问题贷" in found
    assert "Reported and recomputed" in found
    assert "报送值与重算值" in text_of(browser(officer, "zh-hans"), "platform", finding.platform_id)


def test_stranger_sees_the_platform_but_not_the_finding(finding: Finding, stranger: Principal) -> None:
    client = browser(stranger)
    assert "loan-count" not in text_of(client, "platform", finding.platform_id)
    assert "loan-count" not in text_of(client, "filing", finding.revision.filing_id).split("Outcome of every rule")[0]
    assert client.get(reverse("admin:platforms_finding_change", args=[finding.pk])).status_code == 302
    listed = client.get(reverse("admin:platforms_finding_changelist")).content.decode()
    assert "loan-count" not in listed


def test_filing_page_shows_revisions_and_outcomes(finding: Finding, officer: Principal) -> None:
    found = text_of(browser(officer), "filing", finding.revision.filing_id)
    assert "Accepted with findings" in found
    assert str(finding.revision.receipt_number) in found
    assert "loan-count" in found
    assert "<strong>failed</strong>" in found
    assert "Monthly platform indicators 2017-06" in found
    assert "monthly_indicators" not in found
    spoken = text_of(browser(officer, "zh-hans"), "filing", finding.revision.filing_id)
    assert "<strong>不通过</strong>" in spoken
    assert "报送对象" in spoken


def test_finding_page_shows_the_rows_that_prove_it(finding: Finding, officer: Principal) -> None:
    found = text_of(browser(officer), "finding", finding.pk)
    assert "Rows that prove it" in found
    assert finding.evidence_sha256 in found
    assert "row_number" not in found
    assert "Loans of the month" in found


@pytest.mark.parametrize("name", ["platform", "filing", "finding", "clientkey", "depositoryagreement"])
def test_lists_open(finding: Finding, officer: Principal, name: str) -> None:
    answer = browser(officer).get(reverse(f"admin:platforms_{name}_changelist"))
    assert answer.status_code == 200


def confirm(client: Client, platform_id: int) -> str:
    answer = client.post(
        reverse("admin:platforms_platform_changelist"),
        {"action": "confirm", "_selected_action": [str(platform_id)]},
        follow=True,
    )
    return answer.content.decode()


def test_competent_officer_confirms_by_button(officer: Principal) -> None:
    pending = make.registration()
    page = confirm(browser(officer), pending.platform_id)
    platform = Platform.objects.get(pk=pending.platform_id)
    assert platform.state == "registered"
    assert platform.registration_number in page


def test_stranger_cannot_confirm_by_button(stranger: Principal) -> None:
    pending = make.registration()
    page = confirm(browser(stranger), pending.platform_id)
    assert "does not supervise" in page
    platform = Platform.objects.get(pk=pending.platform_id)
    assert (platform.state, platform.registered_on) == ("pending", None)


def test_officer_revokes_a_key_by_button(officer: Principal) -> None:
    filer = make.filer()
    key = ClientKey.objects.get(key_id=filer.of.key_id)
    browser(officer).post(
        reverse("admin:platforms_clientkey_changelist"),
        {"action": "revoke", "_selected_action": [str(key.pk)]},
    )
    assert filer.get("/filings").status_code == 401


def test_filing_list_costs_the_same_for_many(
    officer: Principal, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: object
) -> None:
    make.use_plan(monkeypatch)
    filer = make.filer()
    with acting_as(system_principal("test")):
        for month in range(1, 7):
            filer.open(period=f"2017-{month:02d}")
    assert Filing.objects.count() == 6
    client = browser(officer)
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        client.get(reverse("admin:platforms_filing_changelist"))
