"""Filings under the shipped pack: limits, waiting rules, currency, timeliness, a crash in the middle."""

from datetime import datetime

import pytest

from analytics.jail import JailFailure
from common import clock
from common.jobs import jobs_drain
from common.models import Job, OutboxEvent
from platforms.models import Filing, FilingReport, FilingRevision, Finding
from platforms.services import checking
from tests.factories import platforms as make
from tests.factories import rulebook as rules

pytestmark = pytest.mark.django_db

IN_TIME = datetime(2017, 7, 10, 9, tzinfo=clock.LEGAL_ZONE)
LATE = datetime(2017, 8, 1, 9, tzinfo=clock.LEGAL_ZONE)


def outcomes(filing: str) -> dict[str, str]:
    report = FilingReport.objects.get(revision__filing__public_id=filing)
    return {entry["rule_id"]: entry["outcome"] for entry in report.outcomes}


def test_one_borrower_over_the_limit_is_found_with_its_rows() -> None:
    rules.cn_loaded()
    filer = make.filer()
    with clock.frozen(IN_TIME):
        filing = filer.file(
            make.csv_of(
                make.loan(outstanding_principal="150000.00"),
                make.loan(loan_id="L-2", outstanding_principal="50000.01"),
                make.loan(
                    loan_id="L-3",
                    borrower_token="bt-another0001",
                    principal_amount="200000.00",
                    outstanding_principal="200000.00",
                ),
            ),
            "loan_book",
        )
        jobs_drain()
    finding = Finding.objects.get(rule_id="P2P16-17")
    assert (finding.subject, finding.measured, finding.threshold) == ("bt-9f3c2a7741d0", "200000.01", "200000.00")
    assert finding.row_numbers == [1, 2]
    assert finding.severity == "minor"
    assert finding.legal_basis["article"] == "17"
    assert str(finding.as_of) == "2017-06-30"
    assert outcomes(filing)["CONV-01"] == "not_evaluable"


def test_one_borrower_over_the_limit_of_all_platforms_is_found_at_the_last_to_file() -> None:
    rules.cn_loaded()
    loan = make.loan(principal_amount="190000.00", outstanding_principal="190000.00")
    with clock.frozen(IN_TIME):
        for _ in range(6):
            make.filer().file(make.csv_of(loan), "loan_book")
        jobs_drain()
    found = Finding.objects.filter(rule_id="P2P16-18")
    assert [(row.subject, row.measured) for row in found] == [("bt-9f3c2a7741d0", "1140000.00")]


def test_foreign_currency_is_not_evaluable_and_not_passed() -> None:
    rules.cn_loaded()
    filer = make.filer()
    with clock.frozen(IN_TIME):
        filing = filer.file(make.csv_of(make.loan(currency="USD", principal_amount="900000.00")), "loan_book")
        jobs_drain()
    assert outcomes(filing)["P2P16-17"] == "not_evaluable"
    assert not Finding.objects.filter(rule_id="P2P16-17").exists()


@pytest.mark.parametrize(("moment", "expected"), [(IN_TIME, "passed"), (LATE, "failed")])
def test_the_filing_deadline(moment: datetime, expected: str) -> None:
    rules.cn_loaded()
    filer = make.filer()
    with clock.frozen(moment):
        filing = filer.file(make.csv_of(make.indicators()))
        jobs_drain()
    assert outcomes(filing)["CONV-13"] == expected
    found = list(Finding.objects.filter(rule_id="CONV-13").values_list("measured", "threshold"))
    assert found == ([] if expected == "passed" else [("2017-08-01", "2017-07-14")])


def test_a_correction_of_a_timely_filing_is_not_late() -> None:
    rules.cn_loaded()
    filer = make.filer()
    with clock.frozen(IN_TIME):
        filer.file(make.csv_of(make.indicators()))
        jobs_drain()
    with clock.frozen(LATE):
        filer.file(make.csv_of(make.indicators(loan_count=524)))
        jobs_drain()
    assert FilingRevision.objects.filter(number=2).exists()
    assert not Finding.objects.filter(rule_id="CONV-13").exists()


def again() -> None:
    Job.objects.exclude(state="done").update(state="queued", not_before=clock.real_now())
    jobs_drain()


def test_a_crash_before_the_last_transaction_loses_and_doubles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    make.use_plan(monkeypatch, make.row_rule("loans", "loan_count > 0", ["loan_count"]))
    filing = make.filer().file(make.csv_of(make.indicators(loan_count=0)))
    decide = checking._decide

    def die(*args: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(checking, "_decide", die)
    assert jobs_drain() == 0
    assert make.state_of(filing) == "processing"
    assert (Finding.objects.count(), OutboxEvent.objects.filter(topic="filing.checked").count()) == (0, 0)

    monkeypatch.setattr(checking, "_decide", decide)
    again()
    assert make.state_of(filing) == "accepted_with_findings"
    assert (Finding.objects.count(), OutboxEvent.objects.filter(topic="filing.checked").count()) == (1, 1)


def test_a_reader_that_always_dies_returns_the_filing_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    make.use_plan(monkeypatch)
    filer = make.filer()
    filing = filer.file(make.csv_of(make.indicators()))
    calls = []

    def crash(*args: object, **values: object) -> None:
        calls.append(args)
        raise JailFailure("crash", "test")

    monkeypatch.setattr(checking, "run_jailed_twice", crash)
    jobs_drain()
    again()
    assert Filing.objects.get().state == "processing"
    again()
    assert len(calls) == 3
    detail = filer.get(f"/filings/{filing}").json()
    assert detail["state"] == "returned"
    assert [error["code"] for error in detail["file_errors"]] == ["file.crash"]
    assert detail["file_errors"][0]["cure"]


def test_a_borrower_without_token_is_told_and_not_passed() -> None:
    """Nine million to nobody beside one harmless loan: the limit says how many rows it could not judge, and why."""
    rules.cn_loaded()
    filer = make.filer()
    large = {"principal_amount": "9000000.00", "outstanding_principal": "9000000.00", "borrower_token": ""}
    with clock.frozen(IN_TIME):
        filing = filer.file(make.csv_of(make.loan(), make.loan(loan_id="L-2", **large)), "loan_book")
        jobs_drain()
    report = FilingReport.objects.get(revision__filing__public_id=filing)
    [entry] = [entry for entry in report.outcomes if entry["rule_id"] == "P2P16-17"]
    assert (entry["outcome"], entry["unjudged"], entry["reason"]["code"]) == ("passed", 1, "rows_unjudged")
    answer = filer.get(f"/filings/{filing}/findings").json()
    [told] = [one for one in answer["unjudged"] if one["rule"] == "P2P16-17"]
    assert told == {
        "rule": "P2P16-17", "outcome": "passed", "rows": 1,
        "reason": "2 行中有 1 行无法判断（首见于第 2 行）：borrower_token 空白（1 行）。",
    }  # fmt: skip
    assert filer.get(f"/filings/{filing}").json()["findings"]["unjudged"] == len(answer["unjudged"])


def test_a_finding_says_how_many_rows_its_rule_could_not_judge() -> None:
    rules.cn_loaded()
    filer = make.filer()
    with clock.frozen(IN_TIME):
        over = make.loan(principal_amount="200000.01", outstanding_principal="200000.01")
        filing = filer.file(make.csv_of(over, make.loan(loan_id="L-2", borrower_token="")), "loan_book")
        jobs_drain()
    answer = filer.get(f"/filings/{filing}/findings").json()
    [found] = [one for one in answer["results"] if one["rule"] == "P2P16-17"]
    assert (found["count"], found["unjudged_rows"]) == (1, 1)
    lines = b"".join(filer.get(f"/filings/{filing}/findings.csv").streaming_content).decode().splitlines()
    assert lines[0].endswith(",evidence_sha256,unjudged_rows")
    assert [line.rsplit(",", 1)[1] for line in lines if ",P2P16-17," in line] == ["1"]


def test_a_full_filing_leaves_no_row_unjudged_by_the_limits() -> None:
    rules.cn_loaded()
    filer = make.filer()
    with clock.frozen(IN_TIME):
        filing = filer.file(make.csv_of(make.loan()), "loan_book")
        jobs_drain()
    answer = filer.get(f"/filings/{filing}/findings").json()
    assert [one for one in answer["unjudged"] if one["rule"].startswith("P2P16-1")] == []
