"""From a signed filing to a case that two authorities see, each through its real door."""

from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from cases.models import Case, CaseLink
from cases.selectors import case_file
from common import clock
from common.db.acting import acting_as
from common.jobs import jobs_drain
from common.outbox import events_drain
from common.transitions import transitions_of
from platforms.models import Finding
from regulators.selectors import authority_ref, objects_shared_with
from tests.factories import platforms as make
from tests.factories.regulators import officer, small_map

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> Iterator[None]:
    with clock.frozen("2017-07-10"):
        small_map()
        yield


def rate_rule(severity: str = "major") -> tuple[object, object]:
    return make.row_rule(
        "rate-ceiling",
        "average_annual_rate_percent <= 36",
        ["average_annual_rate_percent"],
        threshold="36",
        measured_column="average_annual_rate_percent",
        severity=severity,
    )


def file_bad_month(filer: make.Filer, period: str = "2017-06") -> None:
    row = make.indicators(average_annual_rate_percent="48.50", report_month=period)
    filer.file(make.csv_of(row), period=period)
    jobs_drain()
    events_drain()


def test_a_filing_with_a_major_finding_opens_a_case_for_lead_and_assistant(
    today: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.use_plan(monkeypatch, rate_rule())
    filer = make.filer(name="测试平台甲")
    file_bad_month(filer)
    row = Case.objects.get()
    finding = Finding.objects.get()
    lead = authority_ref(row.owner_authority_id or 0)
    assert lead is not None
    assert (lead.code, row.state, row.origin) == ("CBRC", "open", "finding")
    assert set(CaseLink.objects.values_list("kind", "ref")) == {
        ("filing", str(finding.revision.filing_id)),
        ("finding", str(finding.pk)),
    }
    helper = officer("LFO-110000")
    assert objects_shared_with(helper.authority_ids, "finding") == {finding.pk}
    with acting_as(helper):
        file = case_file(helper, Case.objects.get())
    assert [(e.measured, e.threshold, e.count, e.row_numbers) for e in file.evidence] == [("48.5000", "36", 1, (1,))]
    assert file.evidence[0].proof is not None
    shown = dict(zip(map(str, file.evidence[0].proof.columns), file.evidence[0].proof.rows[0], strict=True))
    assert shown["平均年化利率"] == ("48.5000", True)
    assert file.verbs == ()
    stranger = officer("PBOC")
    with acting_as(stranger):
        assert (Case.objects.count(), Finding.objects.count()) == (0, 0)


def test_a_second_bad_month_adds_to_the_same_case(today: None, monkeypatch: pytest.MonkeyPatch) -> None:
    make.use_plan(monkeypatch, rate_rule())
    filer = make.filer()
    file_bad_month(filer, "2017-05")
    file_bad_month(filer, "2017-06")
    events_drain()
    row = Case.objects.get()
    assert [entry["period"] for entry in row.summary] == ["2017-05", "2017-06"]
    assert CaseLink.objects.filter(kind="finding").count() == 2
    assert [step.verb for step in transitions_of("case", row.pk)] == ["open"]


def test_a_clean_filing_opens_no_case(today: None, monkeypatch: pytest.MonkeyPatch) -> None:
    make.use_plan(monkeypatch, rate_rule())
    filer = make.filer()
    filer.file(make.csv_of(make.indicators()))
    jobs_drain()
    events_drain()
    assert Case.objects.count() == 0


def test_the_officer_sees_the_evidence_and_works_the_case_in_the_admin(
    today: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.use_plan(monkeypatch, rate_rule("blocking"))
    file_bad_month(make.filer(name="测试平台甲"))
    who, case_id = officer("CBRC"), Case.objects.get().pk
    client = Client(headers={"accept-language": "en"})
    client.force_login(get_user_model().objects.get(pk=who.user_id), "django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp"}]
    session.save()
    text = client.get(f"/admin/cases/case/{case_id}/change/").content.decode()
    shown = ("Rule rate-ceiling", "48.5000", "Average annual rate", "Rows that prove it", "Blocking", "Why this lead")
    for word in shown:
        assert word in text
    for verb, note in (("assign", ""), ("review", ""), ("close", "corrected")):
        client.post(f"/admin/cases/case/{case_id}/step/", {"verb": verb, "note": note})
    row = Case.objects.get()
    assert (row.state, row.assignee_id) == ("closed", who.officer_id)
