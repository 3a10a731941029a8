"""Open, content, submit, check: the whole way of a filing through its real doors."""

import pytest

from common.jobs import jobs_drain
from common.signing import server_verify
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
