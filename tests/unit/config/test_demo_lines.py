"""Every file of the demo's other business lines is one that the strict reader takes whole."""

from pathlib import Path

import pytest

from analytics.ingest import IngestRequest, ingest
from config.demo import lines
from config.demo.market import DemoFiling


@pytest.mark.parametrize("filing", lines.filings(), ids=lambda filing: f"{filing.filer}-{filing.template}")
def test_the_strict_reader_takes_every_row(filing: DemoFiling, tmp_path: Path) -> None:
    source = tmp_path / "sent.csv"
    source.write_bytes(filing.content)
    report = ingest(
        IngestRequest(source, "text/csv", filing.template, filing.period, tmp_path / "o.parquet", tmp_path / "r.csv")
    )
    assert (report["file_errors"], report["rows_rejected"]) == ([], 0)
    assert report["rows_accepted"] == filing.content.count(b"\n") - 1


def test_every_other_line_files_something_and_everything_for_june() -> None:
    assert {filing.filer for filing in lines.filings()} == {firm.code for firm in lines.FIRMS} | {"DEMO-14"}
    assert lines.filed_on("2017-05") == []
    assert lines.filed_on("2017-06") == list(lines.filings())
