"""Banks file statements with their own key; ledger and statement are reconciled, indicators recomputed."""

import pytest

from common.jobs import jobs_drain
from common.principal import Principal
from platforms import selectors
from platforms.models import Filing, FilingRevision, Finding, ReconciliationRun
from tests.factories import platforms as make

pytestmark = pytest.mark.django_db


def entry(number: int, amount: str = "5000.00", **values: object) -> dict[str, object]:
    return {
        "entry_id": f"E-{number}",
        "entry_date": "2017-06-06",
        "account_token": "acct-51d2c0",
        "direction": "in",
        "amount": amount,
        "currency": "CNY",
        "purpose": "deposit",
        "bank_reference": f"B-{number}",
        **values,
    }


def line(number: int, amount: str = "5000.00", **values: object) -> dict[str, object]:
    return {
        "line_id": f"S-{number}",
        "value_date": "2017-06-06",
        "account_token": "acct-51d2c0",
        "direction": "in",
        "amount": amount,
        "currency": "CNY",
        "bank_reference": f"B-{number}",
        **values,
    }


@pytest.fixture(autouse=True)
def no_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    make.use_plan(monkeypatch)


def test_bank_without_agreement_may_not_file_about_a_platform() -> None:
    platform, bank = make.filer(), make.filer("bank")
    answer = bank.post(
        "/filings",
        {"template": "depository_statement", "period": make.PERIOD, "platform": str(platform.of.public_id)},
    )
    assert answer.status_code == 403
    assert answer.json()["code"] == "filing.no_depository_agreement"
    assert answer.json()["errors"][0]["field"] == "platform"
    assert Filing.objects.count() == 0


def test_agreement_that_ended_before_the_period_does_not_count() -> None:
    from datetime import date

    platform, bank = make.filer(), make.filer("bank")
    make.agreement(platform.of, bank.of, in_force_to=date(2017, 5, 31))
    answer = bank.post(
        "/filings",
        {"template": "depository_statement", "period": make.PERIOD, "platform": str(platform.of.public_id)},
    )
    assert answer.status_code == 403
    assert Filing.objects.count() == 0


def test_bank_must_name_the_platform() -> None:
    bank = make.filer("bank")
    answer = bank.post("/filings", {"template": "depository_statement", "period": make.PERIOD})
    assert answer.status_code == 422
    assert answer.json()["code"] == "filing.subject_missing"


@pytest.mark.parametrize("bank_first", [True, False])
def test_ledger_and_statement_are_reconciled_in_either_order(bank_first: bool) -> None:
    platform, bank = make.filer(), make.filer("bank")
    make.agreement(platform.of, bank.of)
    ledger = make.csv_of(entry(1), entry(2, "700.00"), entry(3))
    statement = make.csv_of(line(1), line(2, "650.00"), line(4))

    def file_statement() -> None:
        bank.file(statement, "depository_statement", platform=str(platform.of.public_id))

    if bank_first:
        file_statement()
    platform.file(ledger, "fund_ledger")
    if not bank_first:
        file_statement()
    assert jobs_drain() == 2
    assert jobs_drain() == 1

    run = ReconciliationRun.objects.get()
    assert run.platform_id == platform.of.platform_id
    assert run.counts == {"matched": 1, "amount_differs": 1, "missing_in_statement": 1, "missing_in_ledger": 1}
    assert not run.is_matched
    assert len(selectors.evidence_rows(run.evidence_key)) == 3


def test_platform_does_not_see_the_banks_filing() -> None:
    platform, bank = make.filer(), make.filer("bank")
    make.agreement(platform.of, bank.of)
    filing = bank.file(make.csv_of(line(1)), "depository_statement", platform=str(platform.of.public_id))
    assert platform.get(f"/filings/{filing}").status_code == 404
    assert bank.get(f"/filings/{filing}").status_code == 200


def test_reported_is_kept_beside_recomputed() -> None:
    platform = make.filer()
    platform.file(make.csv_of(make.indicators(outstanding_balance="225001.00")))
    platform.file(make.csv_of(make.loan(), make.loan(loan_id="L-2")), "loan_book")
    jobs_drain()
    jobs_drain()
    compared = {row.indicator: row for row in selectors.recomputed_of(platform.of.platform_id, make.PERIOD)}
    balance = compared["outstanding_balance"]
    assert (balance.reported, balance.recomputed, balance.difference) == ("225001.00", "225000.00", "1.00")


def test_a_rule_that_waited_for_the_other_filing_is_run_when_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = make.sql_rule(
        "balance",
        "WITH l AS (SELECT currency, SUM(outstanding_principal) AS total FROM loan_book GROUP BY currency) "
        "SELECT m.report_month AS subject, m.outstanding_balance AS measured, l.total AS threshold "
        "FROM monthly_indicators AS m JOIN l ON l.currency = m.currency WHERE m.outstanding_balance <> l.total",
        {"loan_book": ["currency", "outstanding_principal"], "monthly_indicators": ["currency", "report_month"]},
    )
    make.use_plan(monkeypatch, rule, template="loan_book")
    platform = make.filer()
    loans = platform.file(make.csv_of(make.loan()), "loan_book")
    jobs_drain()
    assert make.state_of(loans) == "accepted"
    assert FilingRevision.objects.get(filing__public_id=loans).not_evaluable_count == 1

    platform.file(make.csv_of(make.indicators(outstanding_balance="1.00")))
    jobs_drain()
    jobs_drain()
    assert make.state_of(loans) == "accepted_with_findings"
    finding = Finding.objects.get()
    assert (finding.subject, finding.measured, finding.threshold) == ("2017-06", "1.00", "112500.00")
    assert FilingRevision.objects.get(filing__public_id=loans).not_evaluable_count == 0


def test_staff_see_findings_of_their_authority_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from common.db.acting import acting_as

    make.use_plan(monkeypatch, make.row_rule("loans", "loan_count > 0", ["loan_count"]))
    platform = make.filer()
    platform.file(make.csv_of(make.indicators(loan_count=0)))
    jobs_drain()
    assert Finding.objects.count() == 1
    stranger = Principal(kind="staff", label="staff:1", authority_ids=(987654,), roles=frozenset({"officer"}))
    with acting_as(stranger):
        assert selectors.findings_visible_to(stranger).count() == 0
    with acting_as(platform.principal):
        assert selectors.findings_visible_to(platform.principal).count() == 1
    with acting_as(make.filer().principal):
        assert Finding.objects.count() == 0
