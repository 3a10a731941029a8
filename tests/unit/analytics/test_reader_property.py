"""What is accepted reads back as it was sent, whichever way a block was read."""

from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.ingest import csv_rows
from tests.unit.analytics.reading import Reader

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\n\r\x00"), max_size=24)
ANY_CELL = st.one_of(CELLS, st.decimals(allow_nan=True, allow_infinity=True).map(str), st.integers().map(str))


def quoted(text: str) -> str:
    """A CSV cell of this text."""
    return '"' + text.replace('"', '""') + '"'


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(ANY_CELL, min_size=1, max_size=6))
def test_an_accepted_amount_is_the_text_that_was_sent(tmp_path: Path, amounts: list[str]) -> None:
    reader = Reader(tmp_path)
    rows = [reader.row(entry_id=f"E-{number}", amount=quoted(text)) for number, text in enumerate(amounts)]
    report = reader.read(reader.csv(*rows))
    if report["file_errors"]:
        assert report["file_errors"][0]["code"] == "encoding.suspect"
        return
    assert report["rows_accepted"] + report["rows_rejected"] == len(amounts)
    if report["rows_accepted"]:
        for row in reader.rows():
            sent = amounts[row["row_number"] - 1]
            assert sent.isascii()
            assert row["amount"] == Decimal(sent)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(CELLS, min_size=1, max_size=6))
def test_an_accepted_text_is_the_text_that_was_sent(tmp_path: Path, texts: list[str]) -> None:
    reader = Reader(tmp_path, template="loan_book")
    rows = [reader.row(loan_id=f"L-{number}", loan_purpose=quoted(text)) for number, text in enumerate(texts)]
    report = reader.read(reader.csv(*rows))
    if not report["rows_accepted"]:
        return
    for row in reader.rows():
        assert (row["loan_purpose"] or "") == texts[row["row_number"] - 1]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400))
def test_arbitrary_bytes_never_raise(tmp_path: Path, content: bytes) -> None:
    reader = Reader(tmp_path)
    for media_type in ("text/csv", "application/gzip", "application/vnd.apache.parquet"):
        report = reader.read(content, media_type)
        assert report["file_errors"]
        assert report["parquet_sha256"] is None


@pytest.mark.parametrize("faults", [False, True])
def test_the_vectorised_and_the_careful_way_give_the_same_file(
    tmp_path: Path, faults: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(tmp_path, template="loan_book")
    purposes = ["装修", "a'b", "NULL", "", "1e5", "x|y"]
    rows = [reader.row(loan_id=f"L-{n}", loan_purpose=purposes[n % 6], overdue_days=str(n)) for n in range(400)]
    if faults:
        for number, (column, text) in enumerate([("principal_amount", "1.234"), ("status", "x"), ("loan_id", "=1")]):
            rows[number * 100][column] = text
    reports, tables = [], []
    for smallest in (0, 10**9):
        monkeypatch.setattr(csv_rows, "VECTORISED_FROM_BYTES", smallest)
        reports.append(reader.read(reader.csv(*rows)))
        tables.append(pq.read_table(tmp_path / "out.parquet"))
    assert reports[0]["rows_accepted"] == (397 if faults else 400)
    assert reports[0]["rejected"] == reports[1]["rejected"]
    assert tables[0].equals(tables[1])
