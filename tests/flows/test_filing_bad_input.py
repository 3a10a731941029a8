"""Bad input: each gets a clear problem naming field, row and cure, and nothing is lost or half-written."""

import gzip
import json
import os
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.http import HttpResponse

from common import clock
from common.jobs import jobs_drain
from common.models import Job
from platforms.models import Filing, FilingRevision, Finding
from tests.factories import platforms as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    make.use_plan(monkeypatch)


@pytest.fixture
def filer() -> make.Filer:
    return make.filer()


def staged_files() -> set[str]:
    folder = Path(os.environ["LIANXI_LAKE"]) / "staging"
    return {path.name for path in folder.glob("*")} if folder.exists() else set()


def problem_of(answer: HttpResponse, status: int, code: str) -> dict[str, object]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"].startswith("application/problem+json")
    document = json.loads(answer.content)
    assert document["code"] == code
    assert document["status"] == status
    assert document["type"] == f"urn:lianxi:problem:{code}"
    return document


def returned(filer: make.Filer, content: bytes, content_type: str = make.CSV) -> dict[str, object]:
    """File content, check it, and give the returned filing."""
    filing = filer.file(content, content_type=content_type)
    assert jobs_drain() == 1
    detail = json.loads(filer.get(f"/filings/{filing}").content)
    assert detail["state"] == "returned"
    revision = FilingRevision.objects.get(filing__public_id=filing)
    assert revision.lake_key == ""
    assert Finding.objects.count() == 0
    return detail


def only_error(detail: dict[str, object]) -> dict[str, object]:
    errors = detail["file_errors"]
    assert isinstance(errors, list)
    assert len(errors) == 1
    assert errors[0]["message"]
    assert errors[0]["cure"]
    return errors[0]


def test_unknown_column_returns_the_filing_and_names_the_column(filer: make.Filer) -> None:
    error = only_error(returned(filer, make.csv_of(make.indicators(turnover="1"))))
    assert error["code"] == "header.unknown_column"
    assert error["field"] == "turnover"
    assert error["row"] == 0


def test_missing_column_returns_the_filing_and_names_the_column(filer: make.Filer) -> None:
    row = make.indicators()
    del row["turnover_amount"]
    error = only_error(returned(filer, make.csv_of(row)))
    assert error["code"] == "header.missing_column"
    assert error["field"] == "turnover_amount"


def test_wrong_type_rejects_the_row_and_names_field_and_row(filer: make.Filer) -> None:
    detail = returned(filer, make.csv_of(make.indicators(lender_count="many")))
    assert detail["rows"] == {"total": 1, "accepted": 0, "rejected": 1}
    assert detail["file_errors"] == []
    rejected = detail["rejected"]
    assert isinstance(rejected, list)
    assert rejected[0]["field"] == "lender_count"
    assert rejected[0]["row"] == 1
    assert rejected[0]["cure"]


def test_gb18030_sent_as_utf8_returns_the_filing(filer: make.Filer) -> None:
    content = make.csv_of(make.indicators(currency="人民币")).decode().encode("gb18030")
    error = only_error(returned(filer, content))
    assert str(error["code"]).startswith("encoding.")


def test_truncated_gzip_returns_the_filing(filer: make.Filer) -> None:
    content = gzip.compress(make.csv_of(make.indicators()))[:-12]
    error = only_error(returned(filer, content, make.GZIP))
    assert error["code"] == "gzip.truncated"


def test_one_gigabyte_line_inside_gzip_returns_the_filing(filer: make.Filer, tmp_path: Path) -> None:
    path = tmp_path / "line.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as handle:
        handle.write(",".join(make.indicators()).encode() + b"\n")
        for _ in range(1024):
            handle.write(b"9" * (1 << 20))
    error = only_error(returned(filer, path.read_bytes(), make.GZIP))
    assert error["code"] == "file.line_too_long"
    assert error["row"] == 1


def test_line_without_end_is_cut_while_it_arrives(filer: make.Filer) -> None:
    filing = filer.open()
    before = staged_files()
    document = problem_of(filer.put(filing, b"report_month\n" + b"9" * (3 << 20)), 422, "file.line_too_long")
    assert document["errors"][0]["row"] == 1
    assert document["errors"][0]["cure"]
    assert staged_files() == before
    assert make.state_of(filing) == "open"


def test_empty_file_is_refused_at_once(filer: make.Filer) -> None:
    filing = filer.open()
    before = staged_files()
    document = problem_of(
        filer.put(filing, b"", headers={"Content-Type": make.CSV, "Content-Length": "0"}), 422, "content.empty"
    )
    assert document["errors"][0]["field"] == "content"
    assert document["cure"]
    assert staged_files() == before
    assert make.state_of(filing) == "open"


@pytest.mark.parametrize("content_type", ["text/csv", "text/csv; charset=gb18030", "application/json", "text/plain"])
def test_undeclared_content_is_refused_at_once(filer: make.Filer, content_type: str) -> None:
    filing = filer.open()
    document = problem_of(filer.put(filing, b"a\n1\n", content_type), 415, "content.media_type")
    assert document["errors"][0]["field"] == "Content-Type"
    assert make.state_of(filing) == "open"


def test_submitting_twice_is_refused_and_checked_once(filer: make.Filer) -> None:
    filing = filer.file(make.csv_of(make.indicators()))
    problem_of(filer.submit(filing), 409, "filing.duplicate")
    assert Job.objects.filter(kind="platforms.filing_process").count() == 1
    assert FilingRevision.objects.filter(filing__public_id=filing).count() == 1


def test_submitting_again_with_the_same_key_gives_the_same_answer(filer: make.Filer) -> None:
    filing = filer.open()
    assert filer.put(filing, make.csv_of(make.indicators())).status_code == 200
    first = filer.submit(filing, idempotency_key="once")
    again = filer.submit(filing, idempotency_key="once")
    assert again.status_code == 202
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert Job.objects.filter(kind="platforms.filing_process").count() == 1


def test_same_file_as_the_decided_revision_is_refused(filer: make.Filer) -> None:
    content = make.csv_of(make.indicators())
    filing = filer.file(content)
    jobs_drain()
    assert filer.open() == filing
    assert filer.put(filing, content).status_code == 200
    problem_of(filer.submit(filing), 409, "filing.duplicate_content")
    assert make.state_of(filing) == "content_received"


def test_content_after_submission_is_refused(filer: make.Filer) -> None:
    filing = filer.file(make.csv_of(make.indicators()))
    before = staged_files()
    problem_of(filer.put(filing, make.csv_of(make.indicators(loan_count=7))), 409, "filing.closed")
    assert staged_files() == before


def test_submitting_without_content_is_refused(filer: make.Filer) -> None:
    filing = filer.open()
    problem_of(filer.submit(filing), 409, "filing.no_content")
    assert make.state_of(filing) == "open"


def test_wrong_signature_is_refused_and_stores_nothing(filer: make.Filer) -> None:
    filing = filer.open()
    before = staged_files()
    body = make.csv_of(make.indicators())
    problem_of(filer.put(filing, body, signing_key=make.new_key()), 401, "signature.invalid")
    assert staged_files() == before
    assert make.state_of(filing) == "open"


def test_unsigned_request_is_refused(filer: make.Filer) -> None:
    problem_of(filer.client.get("/api/v1/filings"), 401, "signature.missing")


def test_altered_body_is_refused_and_removed(filer: make.Filer) -> None:
    filing = filer.open()
    before = staged_files()
    path = f"/api/v1/filings/{filing}/content"
    headers = make.signed_headers(filer.key, filer.of.key_id, "PUT", path, make.csv_of(make.indicators()))
    answer = filer.client.generic(
        "PUT", path, make.csv_of(make.indicators(loan_count=9)), content_type=make.CSV, headers=headers
    )
    document = problem_of(answer, 400, "content.digest")
    assert document["errors"][0]["field"] == "Content-Digest"
    assert staged_files() == before
    assert make.state_of(filing) == "open"


def test_replay_is_refused(filer: make.Filer) -> None:
    body = json.dumps({"template": "monthly_indicators", "period": make.PERIOD}).encode()
    headers = make.signed_headers(filer.key, filer.of.key_id, "POST", "/api/v1/filings", body)
    first = filer.client.generic("POST", "/api/v1/filings", body, content_type="application/json", headers=headers)
    assert first.status_code == 201
    again = filer.client.generic("POST", "/api/v1/filings", body, content_type="application/json", headers=headers)
    problem_of(again, 409, "signature.replayed")
    assert Filing.objects.count() == 1


def test_old_signature_is_refused(filer: make.Filer) -> None:
    old = clock.real_now() - timedelta(seconds=90)
    answer = filer.post("/filings", {"template": "monthly_indicators", "period": make.PERIOD}, created=old)
    assert answer.status_code == 401
    assert Filing.objects.count() == 0


@pytest.mark.parametrize("part", ["", "/findings", "/findings.csv", "/rejected.csv", "/receipt"])
def test_foreign_filing_does_not_exist(filer: make.Filer, part: str) -> None:
    filing = make.filer().file(make.csv_of(make.indicators()))
    problem_of(filer.get(f"/filings/{filing}{part}"), 404, "not_found")


def test_foreign_filing_takes_no_content_and_no_submission(filer: make.Filer) -> None:
    other = make.filer()
    filing = other.open()
    before = staged_files()
    problem_of(filer.put(filing, make.csv_of(make.indicators())), 404, "not_found")
    assert other.put(filing, make.csv_of(make.indicators())).status_code == 200
    problem_of(filer.submit(filing), 404, "not_found")
    assert len(staged_files()) == len(before) + 1
    assert make.state_of(filing) == "content_received"


def test_unknown_filing_does_not_exist(filer: make.Filer) -> None:
    problem_of(filer.get(f"/filings/{uuid.uuid4()}"), 404, "not_found")


@pytest.mark.parametrize(
    ("document", "status", "code", "field"),
    [
        ({"template": "nothing", "period": make.PERIOD}, 422, "filing.template", "template"),
        ({"template": "monthly_indicators", "period": "2017Q2"}, 422, "filing.period", "period"),
        ({"template": "monthly_indicators", "period": "2017-13"}, 422, "filing.period", "period"),
        ({"template": "monthly_indicators", "period": "2117-01"}, 422, "filing.period_not_over", "period"),
        ({"template": "depository_statement", "period": make.PERIOD}, 403, "filing.wrong_filer", "template"),
        ({"template": "monthly_indicators"}, 422, "request.invalid", "period"),
        ({"template": "monthly_indicators", "period": make.PERIOD, "x": 1}, 422, "request.invalid", "x"),
    ],
)
def test_filing_that_cannot_be_opened(
    filer: make.Filer, document: dict[str, object], status: int, code: str, field: str
) -> None:
    problem = problem_of(filer.post("/filings", document), status, code)
    assert problem["errors"][0]["field"] == field
    assert Filing.objects.count() == 0
