"""The other business lines file their own templates and are judged by their own law."""

from datetime import datetime
from typing import Any

import pytest

from analytics.contracts import template
from common import clock
from common.jobs import jobs_drain
from platforms.models import FilingReport, Finding
from tests.factories import platforms as make
from tests.factories import rulebook as rules

pytestmark = pytest.mark.django_db


def row(name: str, period: str, **values: Any) -> dict[str, Any]:
    """The sample row of a template for a period, with some cells changed."""
    cells = {column.name: column.sample.format(period=period, month=period) for column in template(name).columns}
    return {**cells, **values}


def outcomes(filing: str) -> dict[str, str]:
    report = FilingReport.objects.get(revision__filing__public_id=filing)
    return {entry["rule_id"]: entry["outcome"] for entry in report.outcomes}


def found(rule_id: str) -> list[tuple[str | None, str, str | None]]:
    rows = Finding.objects.filter(rule_id=rule_id).order_by("subject")
    return [(item.subject, item.measured, item.threshold) for item in rows]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.LEGAL_ZONE)


def test_a_payment_institution_that_keeps_reserves_back_is_found_by_day() -> None:
    rules.cn_loaded()
    filer = make.filer(business_lines=["payment"])
    base = {"previous_month_daily_average": "5200000000.00", "reserve_balance": "5200000000.00"}
    days = [
        row("client_reserves", "2019-01", value_date=f"2019-01-{day:02d}", **base, central_deposit=deposit,
            with_qualified_banks="0.00" if deposit == "5200000000.00" else "0.01")
        for day, deposit in [(13, "5199999999.99"), (14, "5199999999.99"), (15, "5200000000.00")]
    ]  # fmt: skip
    with clock.frozen(moment("2019-02-01 09:00")):
        filing = filer.file(make.csv_of(*days), "client_reserves", "2019-01")
        jobs_drain()
    assert make.state_of(filing) == "accepted_with_findings"
    assert found("RF18-01") == [("2019-01-14", "5199999999.99", "5200000000.00")]
    assert found("CONV-31") == [("2019-01", "3", "31")]
    assert outcomes(filing) == {"RF13-01": "passed", "RF18-01": "failed", "CONV-30": "passed", "CONV-31": "failed"}


def test_the_second_institution_of_one_shareholder_is_found_when_it_files() -> None:
    rules.cn_loaded()
    first, second = (make.filer(business_lines=["payment"]) for _ in range(2))
    with clock.frozen(moment("2024-06-03 09:00")):
        for filer, percent in ((first, "40.0000"), (second, "10.0000")):
            holder = row("shareholders", "2024-05", shareholder_token="sh-0001", holding_percent=percent)
            filing = filer.file(make.csv_of(holder), "shareholders", "2024-05")
            jobs_drain()
    assert found("PR23-11") == [("sh-0001", "2", "1")]
    assert outcomes(filing)["PR23-11"] == "failed"
    assert outcomes(filing)["PR23-12"] == "passed"


@pytest.mark.parametrize("line", ["internet_trust", "p2p_lending", "internet_insurance"])
def test_records_erased_too_early_are_found_on_every_line(line: str) -> None:
    rules.cn_loaded()
    filer = make.filer(business_lines=[line])
    batch = row("data_disposals", "2025-01", decided_on="2025-01-02", term_started_on="2020-01-02")
    with clock.frozen(moment("2025-02-05 09:00")):
        filing = filer.file(make.csv_of(batch), "data_disposals", "2025-01")
        jobs_drain()
    assert outcomes(filing)["AML24-01"] == "failed"
    assert "AML06-01" not in outcomes(filing)
    finding = Finding.objects.get(rule_id="AML24-01")
    assert (finding.measured, finding.threshold, finding.row_numbers) == ("2020-01-02", "10", [1])
    assert finding.legal_basis["article"] == "34"


def test_an_erasure_whose_term_was_not_seen_raises_nothing_and_is_not_passed() -> None:
    """Five years over before 2025, erased after: whether five or ten years hold was not seen."""
    rules.cn_loaded()
    filer = make.filer(business_lines=["payment"])
    batch = row("data_disposals", "2025-01", decided_on="2025-01-02", term_started_on="2019-12-30")
    with clock.frozen(moment("2025-02-05 09:00")):
        filing = filer.file(make.csv_of(batch), "data_disposals", "2025-01")
        jobs_drain()
    assert outcomes(filing)["AML24-01"] == "not_evaluable"
    assert not Finding.objects.filter(rule_id="AML24-01").exists()


def test_a_rule_nobody_confirmed_finds_nothing() -> None:
    rules.cn_loaded()
    filer = make.filer(business_lines=["internet_insurance"])
    application = row("insurance_handover", "2021-03", premium_account="third_party_platform", advised_by="unlicensed")
    with clock.frozen(moment("2021-04-01 09:00")):
        filing = filer.file(make.csv_of(application), "insurance_handover", "2021-03")
        jobs_drain()
    assert make.state_of(filing) == "accepted"
    assert outcomes(filing) == {"INS20-01": "passed", "CONV-34": "passed"}
    assert not Finding.objects.exists()


def test_an_investor_list_is_judged_by_the_law_of_its_line_and_day() -> None:
    rules.cn_loaded()
    filer = make.filer(business_lines=["equity_crowdfunding"])
    crowd = [
        row("crowdfunding_investors", "2020-03", subscription_id=f"S-{number}", investor_token=f"iv-{number:04d}")
        for number in range(201)
    ]
    with clock.frozen(moment("2020-04-10 09:00")):
        filing = filer.file(make.csv_of(*crowd), "crowdfunding_investors", "2020-03")
        jobs_drain()
    assert found("SL-01") == [("iss-0042", "201", "200")]
    assert {rule for rule in outcomes(filing) if rule.startswith(("CF14", "PE23"))} == set()
