"""The sweep removes what no row names and nothing else."""

import os
from pathlib import Path

import pytest

from analytics.lake import Lake
from common.jobs import jobs_drain
from common.principal import system_principal
from platforms import services
from platforms.models import FilingReport, FilingRevision, Finding
from tests.factories import platforms as make

pytestmark = pytest.mark.django_db


def test_orphans_go_and_named_files_stay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LIANXI_LAKE", str(tmp_path))
    make.use_plan(
        monkeypatch, make.row_rule("loans", "principal_amount > 1000", ["principal_amount"], template="loan_book")
    )
    loan = make.loan(principal_amount="5.00")
    make.filer().file(make.csv_of(loan, {**loan, "loan_id": "L-2", "term_months": "x"}), "loan_book")
    jobs_drain()
    revision = FilingRevision.objects.get()
    named = {
        revision.staged_key,
        revision.lake_key,
        FilingReport.objects.get().rejected_key,
        Finding.objects.get().evidence_key,
    }
    assert "" not in named
    orphan = tmp_path / "staging" / "dead.upload"
    orphan.write_bytes(b"x")
    lost = tmp_path / "loan_book" / "lost.parquet"
    lost.write_bytes(b"x")
    for path in tmp_path.rglob("*"):
        os.utime(path, (1, 1))
    young = tmp_path / "staging" / "young.upload"
    young.write_bytes(b"x")

    removed = services.lake_sweep(actor=system_principal("test"))

    assert sorted(removed) == ["loan_book/lost.parquet", "staging/dead.upload"]
    assert all(Lake(tmp_path).path(key).exists() for key in named)
    assert young.exists()
    assert services.lake_sweep(actor=system_principal("test")) == []
