"""Parquet uploads: exact types only, damage and encryption refused."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.ingest.source import PARQUET
from tests.unit.analytics.reading import Reader, only_error


def parquet(folder: Path, columns: dict[str, Any]) -> bytes:
    """Bytes of a Parquet file with these columns."""
    path = folder / "made.parquet"
    pq.write_table(pa.table(columns), path)
    return path.read_bytes()


def ledger(**changes: Any) -> dict[str, Any]:
    """Columns of a ledger of two rows."""
    columns = {
        "entry_id": pa.array(["E-1", "E-2"]),
        "entry_date": pa.array([dt.date(2017, 6, 6), dt.date(2017, 6, 7)]),
        "account_token": pa.array(["acct-1", "acct-2"]).dictionary_encode(),
        "direction": pa.array(["in", "out"]),
        "amount": pa.array([Decimal("5000.00"), Decimal("0.01")], pa.decimal128(18, 2)),
        "currency": pa.array(["CNY", "CNY"]),
        "purpose": pa.array(["deposit", "fee"]),
        "bank_reference": pa.array(["B-1", None]),
    }
    return columns | changes


def test_typed_columns_are_taken_exactly(reader: Reader) -> None:
    report = reader.read(parquet(reader.folder, ledger()), PARQUET)
    assert (report["rows_accepted"], report["file_errors"]) == (2, [])
    first, second = reader.rows()
    assert (first["row_number"], first["amount"], first["entry_date"]) == (1, Decimal("5000.00"), dt.date(2017, 6, 6))
    assert (second["account_token"], second["bank_reference"]) == ("acct-2", None)


def test_strings_pass_the_same_judgement_as_csv(reader: Reader) -> None:
    columns = ledger(amount=pa.array(["5000.00", "1e3"]))
    report = reader.read(parquet(reader.folder, columns), PARQUET)
    assert [(item["row"], item["code"]) for item in report["rejected"]] == [(2, "number.exponent")]
    assert report["rows_accepted"] == 1


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("amount", pa.array([5000.0, 0.01])),
        ("amount", pa.array([Decimal("5000.001"), Decimal("0.010")], pa.decimal128(18, 3))),
        ("entry_date", pa.array([1, 2], pa.timestamp("us"))),
        ("entry_id", pa.array([1, 2])),
        ("entry_id", pa.array([b"E-1", b"E-2"])),
        ("direction", pa.array([["in"], ["out"]])),
    ],
)
def test_a_type_that_could_change_a_value_is_refused_by_name(reader: Reader, column: str, values: Any) -> None:
    error = only_error(reader.read(parquet(reader.folder, ledger(**{column: values})), PARQUET))
    assert (error["code"], error["field"]) == ("parquet.type", column)


def test_too_many_digits_are_rejected_not_wrapped(reader: Reader) -> None:
    wide = pa.array([Decimal("99999999999999999.00"), Decimal("1.00")], pa.decimal128(38, 2))
    report = reader.read(parquet(reader.folder, ledger(amount=wide)), PARQUET)
    assert [(item["row"], item["code"]) for item in report["rejected"]] == [(1, "number.digits")]


def test_unknown_and_missing_columns_are_told_as_for_csv(reader: Reader) -> None:
    columns = ledger(colour=pa.array(["red", "blue"]))
    del columns["amount"]
    report = reader.read(parquet(reader.folder, columns), PARQUET)
    assert [(error["code"], error["field"]) for error in report["file_errors"]] == [
        ("header.unknown_column", "colour"),
        ("header.missing_column", "amount"),
    ]


def test_strings_that_are_not_utf8_are_refused(reader: Reader) -> None:
    raw = pa.array([b"E-1", "借款".encode("gb18030")]).view(pa.string())
    error = only_error(reader.read(parquet(reader.folder, ledger(entry_id=raw)), PARQUET))
    assert error["code"] == "encoding.not_utf8"


def test_disguised_gb18030_is_refused_with_its_row(reader: Reader) -> None:
    disguised = "平台".encode("gb18030").decode("utf-8")
    error = only_error(reader.read(parquet(reader.folder, ledger(entry_id=pa.array(["E-1", disguised]))), PARQUET))
    assert (error["code"], error["row"]) == ("encoding.suspect", 2)


@pytest.mark.parametrize(
    "change",
    [
        lambda good: good[: len(good) // 2],
        lambda good: good[:-8] + b"\xff\xff\xff\x7fPAR1",
        lambda good: b"PAR1" + b"\x00" * 50 + b"PAR1",
        lambda good: b"PAR1",
        lambda good: good[:4] + bytes(255 - byte for byte in good[4:200]) + good[200:],
    ],
)
def test_damage_is_refused_and_takes_no_row(reader: Reader, change) -> None:  # type: ignore[no-untyped-def]
    good = parquet(reader.folder, ledger())
    assert only_error(reader.read(change(good), PARQUET))["code"] == "parquet.corrupt"
    assert not (reader.folder / "out.parquet").exists()


def test_an_encrypted_footer_is_named(reader: Reader) -> None:
    good = parquet(reader.folder, ledger())
    assert only_error(reader.read(b"PARE" + good[4:-4] + b"PARE", PARQUET))["code"] == "parquet.encrypted"


def test_csv_declared_as_parquet_is_refused(reader: Reader) -> None:
    assert only_error(reader.read(reader.csv(reader.row()), PARQUET))["code"] == "parquet.corrupt"


def test_a_parquet_without_rows_is_refused(reader: Reader) -> None:
    empty = {name: column[:0] for name, column in ledger().items()}
    assert only_error(reader.read(parquet(reader.folder, empty), PARQUET))["code"] == "file.no_rows"
