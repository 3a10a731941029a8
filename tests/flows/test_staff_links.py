"""From a finding, a filing and a warning one gets to the rule, the filing, the case; evidence is one's own row."""

from pathlib import Path

import pytest
from django.utils import translation

from platforms import selectors
from platforms.models import Filing
from riskmodels.models import Warning
from riskmodels.selectors import warning_subject
from tests.factories import platforms as make

pytestmark = pytest.mark.django_db


def test_a_subject_keeps_its_rows_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    monkeypatch.setenv("LIANXI_LAKE", str(tmp_path))
    pq.write_table(pa.table({"subject": ["A", "B", "B"], "measured": ["1", "2", "3"]}), tmp_path / "proof.parquet")
    assert [row["measured"] for row in selectors.evidence_rows("proof.parquet", subject="B")] == ["2", "3"]
    assert [row["measured"] for row in selectors.evidence_rows("proof.parquet", subject="B", limit=1)] == ["2"]
    assert selectors.evidence_rows("proof.parquet", subject="nobody") == []
    assert len(selectors.evidence_rows("proof.parquet")) == 3


def test_what_raised_a_warning_is_found_or_left_out() -> None:
    assert warning_subject(Warning(subject_ref="filing:999999")) is None
    assert warning_subject(Warning(subject_ref="")) is None
    assert warning_subject(Warning(subject_ref="score:01a1fe17-0393-7c82-a5c2-5707124d4454")) is None
    filer = make.filer()
    filing = Filing.objects.get(public_id=filer.open("loan_book"))
    with translation.override("en"):
        found = warning_subject(Warning(subject_ref=f"filing:{filing.pk}"))
    assert found is not None
    assert (found.page, found.pk, found.title) == ("platforms_filing_change", filing.pk, "Loan book 2017-06")
