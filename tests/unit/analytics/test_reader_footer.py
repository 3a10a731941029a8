"""What the reader has learnt of a filing is in the footer of its Parquet, and the checks believe it."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from analytics import suspects
from analytics.checks import FiledTable, filed_table
from analytics.contracts import FILED
from analytics.jail.tasks import task_check, task_ingest_and_check
from analytics.unjudged import columns_with_blanks
from tests.unit.analytics.reading import Reader
from tests.unit.analytics.test_checks_suspects import LIMIT, REPEATED

CHECKS = [
    {"rule_id": name, "form": "sql", "sql": sql, "needs": {"loan_book": ["loan_id"]}, "currency": None}
    for name, sql in {"repeated": REPEATED, "limit": LIMIT}.items()
]


def a_book(folder: Path) -> Path:
    """A loan book of which one column is blank, one is left out, one is blank in places, in two currencies."""
    reader = Reader(folder, template="loan_book")
    rows = [
        reader.row(
            loan_id=f"L-{n}", currency="USD" if n == 2 else "CNY", borrower_token="", overdue_days="" if n else "1"
        )
        for n in range(3)
    ]
    for row in rows:
        del row["lender_count"]
    assert reader.read(reader.csv(*rows))["rows_accepted"] == 3
    return folder / "out.parquet"


def test_the_footer_tells_filled_and_blank_columns_and_currencies(tmp_path: Path) -> None:
    told = json.loads(pq.read_metadata(a_book(tmp_path)).metadata[FILED.encode()])
    assert told["currencies"] == ["CNY", "USD"]
    assert told["blank"] == ["borrower_token", "lender_count", "overdue_days"]
    assert {"row_number", "loan_id", "overdue_days"} <= {*told["filled"]}
    assert not {"borrower_token", "lender_count"} & {*told["filled"]}


def test_a_file_without_such_a_footer_is_looked_at(tmp_path: Path) -> None:
    written = a_book(tmp_path)
    other = tmp_path / "other.parquet"
    pq.write_table(pq.read_table(written).replace_schema_metadata(None), other)
    assert FILED.encode() not in (pq.read_metadata(other).metadata or {})
    told, looked_at = filed_table([str(written)]), filed_table([str(other)])
    assert (told.rows, told.filled, told.currencies) == (looked_at.rows, looked_at.filled, looked_at.currencies)
    names = ["borrower_token", "lender_count", "overdue_days", "loan_id", "status"]
    assert columns_with_blanks([str(written)], names) == columns_with_blanks([str(other)], names)


def test_types_and_values_are_those_of_the_contract(tmp_path: Path) -> None:
    schema = pq.ParquetFile(a_book(tmp_path)).schema
    kinds = {schema.column(at).name: str(schema.column(at).logical_type) for at in range(len(schema.names))}
    assert kinds["principal_amount"] == "Decimal(precision=18, scale=2)"
    assert (kinds["status"], kinds["contract_date"], kinds["loan_id"]) == ("String", "Date", "String")


def upload(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], list[set[tuple[str, ...]]]]:
    """Three loans of one borrower read and checked at once, and which keys suspects were looked for by."""
    monkeypatch.setattr(suspects, "FROM_ROWS", 1)
    asked: list[set[tuple[str, ...]]] = []
    hits = suspects._hits
    monkeypatch.setattr(suspects, "_hits", lambda *args: asked.append({*args[2]}) or hits(*args))
    reader = Reader(folder, template="loan_book")
    rows = [reader.row(loan_id=f"L-{n}", outstanding_principal="100.00") for n in range(3)]
    (folder / "upload").write_text(reader.csv(*rows), encoding="utf-8")
    args = {"source": str(folder / "upload"), "media_type": "text/csv", "template": "loan_book", "period": "2017-06"}
    out = {"out_parquet": str(folder / "o.parquet"), "out_rejected_csv": str(folder / "r.csv")}
    found = task_ingest_and_check({**args, **out, "checks": CHECKS, "evidence_dir": str(folder / "evidence")})
    return found, asked


def test_a_key_proved_unique_is_not_looked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, asked = upload(tmp_path, monkeypatch)
    assert asked == [{("borrower_token",)}]
    assert [(entry["rule_id"], entry["outcome"]) for entry in found["results"]] == [
        ("repeated", "passed"),
        ("limit", "failed"),
    ]


def test_of_files_read_by_others_nothing_is_taken_as_proved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, asked = upload(tmp_path, monkeypatch)
    twice = tmp_path / "twice.parquet"
    table = pq.read_table(tmp_path / "o.parquet")
    pq.write_table(table.set_column(1, "loan_id", [["L-1", "L-2", "L-1"]]), twice)
    args = {"tables": {"loan_book": [str(twice)]}, "subject_template": "loan_book", "checks": CHECKS[:1]}
    found = task_check({**args, "evidence_dir": str(tmp_path / "more")})
    assert asked[-1] == {("loan_id",)}
    assert [(entry["outcome"], entry["subject"], entry["row_numbers"]) for entry in found["results"]] == [
        ("failed", "L-1", [1, 3])
    ]
    assert FiledTable([], 0, frozenset(), frozenset()).unique == ""
