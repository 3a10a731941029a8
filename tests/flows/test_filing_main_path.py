"""Open, content, submit, check: the whole way of a filing through its real doors."""

import csv
import gzip
import io
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from common.jobs import jobs_drain
from common.models import Job, OutboxEvent
from common.signing import server_verify
from platforms import selectors
from platforms.models import FilingRevision, Finding
from tests.factories import platforms as make

pytestmark = pytest.mark.django_db


def test_good_monthly_indicators_are_accepted_with_a_signed_receipt(monkeypatch: pytest.MonkeyPatch) -> None:
    make.use_plan(monkeypatch)
    filer = make.filer()
    filing = filer.open()
    content = make.csv_of(make.indicators())

    stored = filer.put(filing, content)
    assert stored.status_code == 200
    assert stored.json()["bytes"] == len(content)
    assert stored.json()["state"] == "content_received"

    answer = filer.submit(filing)
    assert answer.status_code == 202
    receipt = answer.json()["receipt"]
    assert server_verify(receipt)
    assert receipt["payload"]["sha256"] == stored.json()["sha256"]
    assert receipt["payload"]["filing"] == filing
    assert jobs_drain() == 1

    detail = filer.get(f"/filings/{filing}").json()
    assert detail["rows"] == {"total": 1, "accepted": 1, "rejected": 0}
    assert detail["state"] in {"accepted", "accepted_with_findings"}
    assert detail["file_errors"] == []
    assert filer.get(f"/filings/{filing}/receipt").json() == receipt


def test_a_failed_rule_becomes_a_finding_with_its_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = make.row_rule(
        "rate-ceiling",
        "average_annual_rate_percent <= 36",
        ["average_annual_rate_percent"],
        threshold="36",
        measured_column="average_annual_rate_percent",
    )
    make.use_plan(monkeypatch, rule)
    filer = make.filer()
    filing = filer.file(make.csv_of(make.indicators(average_annual_rate_percent="48.50")))
    assert jobs_drain() == 1

    answer = filer.get(f"/filings/{filing}/findings").json()
    assert answer["state"] == "accepted_with_findings"
    assert len(answer["results"]) == 1
    found = answer["results"][0]
    assert found["rule"] == "rate-ceiling"
    assert found["severity"] == "major"
    assert found["count"] == 1
    assert found["row_numbers"] == [1]
    assert found["measured"] == "48.5000"
    assert found["threshold"] == "36"
    row = Finding.objects.get()
    assert row.engine.startswith("duckdb ")
    assert "average_annual_rate_percent" in row.compiled_sql
    evidence = selectors.evidence_rows(row.evidence_key)
    assert [line["average_annual_rate_percent"] for line in evidence] == [Decimal("48.5000")]
    assert OutboxEvent.objects.filter(topic="filing.checked").get().payload == {
        "filing_id": row.revision.filing_id,
        "platform_id": filer.of.platform_id,
        "template": "monthly_indicators",
        "period": "2017-06",
        "state": "accepted_with_findings",
        "blocking": 0,
        "major": 1,
        "minor": 0,
    }


def test_a_blocking_finding_returns_the_filing_and_a_correction_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = make.row_rule("loans", "loan_count > 0", ["loan_count"], severity="blocking")
    make.use_plan(monkeypatch, rule)
    filer = make.filer()
    filing = filer.file(make.csv_of(make.indicators(loan_count=0)))
    jobs_drain()
    assert make.state_of(filing) == "returned"
    assert selectors.filings_latest("monthly_indicators") == []

    assert filer.file(make.csv_of(make.indicators(loan_count=3))) == filing
    jobs_drain()
    detail = filer.get(f"/filings/{filing}").json()
    assert (detail["state"], detail["revision"], detail["accepted_revision"]) == ("accepted", 2, 2)
    assert [row.number for row in FilingRevision.objects.order_by("number")] == [1, 2]
    rows = selectors.monthly_indicators_for([filer.of.platform_id], "2017-06")
    assert [(row["platform_id"], row["loan_count"]) for row in rows] == [(filer.of.platform_id, 3)]


def test_a_rule_without_its_field_is_not_evaluable(monkeypatch: pytest.MonkeyPatch) -> None:
    make.use_plan(monkeypatch, make.row_rule("leverage", "leverage_ratio <= 10", ["leverage_ratio"]))
    filer = make.filer()
    filing = filer.file(make.csv_of(make.indicators()))
    jobs_drain()
    answer = filer.get(f"/filings/{filing}/findings").json()
    assert answer["state"] == "accepted"
    assert answer["results"] == []
    assert [entry["rule"] for entry in answer["not_evaluable"]] == ["leverage"]
    assert "leverage_ratio" in answer["not_evaluable"][0]["reason"]


def test_the_check_run_twice_decides_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = make.row_rule("loans", "loan_count > 0", ["loan_count"], severity="minor")
    make.use_plan(monkeypatch, rule)
    filer = make.filer()
    filing = filer.file(make.csv_of(make.indicators(loan_count=0)))
    jobs_drain()
    Job.objects.update(state="queued")
    jobs_drain()
    assert make.state_of(filing) == "accepted_with_findings"
    assert Finding.objects.count() == 1
    assert OutboxEvent.objects.filter(topic="filing.checked").count() == 1


def test_findings_csv_carries_no_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    make.use_plan(monkeypatch, make.row_rule("=HYPERLINK(1)", "loan_count > 0", ["loan_count"]))
    filer = make.filer()
    filing = filer.file(make.csv_of(make.indicators(loan_count=0)))
    jobs_drain()
    answer = filer.get(f"/filings/{filing}/findings.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:3] == ["finding", "rule", "severity"]
    assert rows[1][1] == "'=HYPERLINK(1)"


def test_rejected_rows_are_listed_and_the_others_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    make.use_plan(monkeypatch)
    filer = make.filer()
    loan = make.loan()
    filing = filer.file(make.csv_of(loan, {**loan, "loan_id": "L-2", "principal_amount": "1e9"}), template="loan_book")
    jobs_drain()
    detail = filer.get(f"/filings/{filing}").json()
    assert detail["state"] == "accepted_with_findings"
    assert detail["rows"] == {"total": 2, "accepted": 1, "rejected": 1}
    answer = filer.get(f"/filings/{filing}/rejected.csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [(row["row"], row["field"], row["value"]) for row in rows] == [("2", "principal_amount", "1e9")]


@pytest.mark.parametrize("form", ["gzip", "parquet"])
def test_other_media_types_are_read(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    make.use_plan(monkeypatch)
    content = make.csv_of(make.indicators())
    if form == "gzip":
        body, media_type = gzip.compress(content), make.GZIP
    else:
        buffer = io.BytesIO()
        pq.write_table(pa.table({name: [str(value)] for name, value in make.indicators().items()}), buffer)
        body, media_type = buffer.getvalue(), make.PARQUET
    filer = make.filer()
    filing = filer.file(body, content_type=media_type)
    jobs_drain()
    assert filer.get(f"/filings/{filing}").json()["state"] == "accepted"
