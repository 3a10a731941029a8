"""Files the reader refuses as a whole, each with its own code, and what it tolerates."""

import csv
import gzip
import io
from pathlib import Path

import pytest

from analytics.ingest import IngestRequest, ReadLimits, ingest
from analytics.ingest.messages import FileRefused
from analytics.ingest.source import CSV, line_blocks, raw_chunks
from tests.unit.analytics.reading import Reader, only_error

GB18030_COLUMN = "平台".encode("gb18030")


def ledger(reader: Reader, rows: int = 1) -> str:
    """A correct ledger of some rows."""
    return reader.csv(*(reader.row(entry_id=f"E-{number}") for number in range(1, rows + 1)))


def test_an_unknown_column_is_named_with_the_nearest_known_one(reader: Reader) -> None:
    error = only_error(reader.read(ledger(reader).replace("bank_reference", "bank_refrence")))
    assert (error["code"], error["field"], error["row"]) == ("header.unknown_column", "bank_refrence", 0)
    assert "Did you mean bank_reference?" in error["message"]["en"]


def test_a_missing_required_column_is_named(reader: Reader) -> None:
    row = reader.row()
    del row["amount"]
    error = only_error(reader.read(reader.csv(row)))
    assert (error["code"], error["field"]) == ("header.missing_column", "amount")


def test_a_missing_optional_column_is_stored_as_null(reader: Reader) -> None:
    row = reader.row()
    del row["loan_id"]
    report = reader.read(reader.csv(row))
    assert report["columns_all_null"] == ["loan_id"]
    assert "loan_id" not in report["columns_present"]
    assert reader.rows()[0]["loan_id"] is None


def test_a_repeated_column_is_refused(reader: Reader) -> None:
    text = ledger(reader).replace("loan_id", "amount")
    error = only_error(reader.read(text))
    assert (error["code"], error["field"]) == ("header.duplicate_column", "amount")


def test_every_fault_of_the_header_is_told_at_once(reader: Reader) -> None:
    report = reader.read("entry_id,entry_id,colour\nE-1,E-2,red\n")
    codes = [(error["code"], error["field"]) for error in report["file_errors"]]
    assert codes[:2] == [("header.duplicate_column", "entry_id"), ("header.unknown_column", "colour")]
    assert [field for code, field in codes[2:]] == [
        "entry_date",
        "account_token",
        "direction",
        "amount",
        "currency",
        "purpose",
    ]


def test_semicolons_are_recognised(reader: Reader) -> None:
    assert only_error(reader.read(ledger(reader).replace(",", ";")))["code"] == "header.delimiter"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"\n", "file.empty"),
        (b"\xef\xbb\xbf", "file.empty"),
        (b'"entry_id\nE-1\n', "header.malformed"),
        (b"PAR1xxxxPAR1", "media_type.mismatch"),
        (b"PK\x03\x04rest of a workbook", "media_type.mismatch"),
        (gzip.compress(b"entry_id\n", mtime=0), "media_type.mismatch"),
    ],
)
def test_what_is_no_csv_is_refused(reader: Reader, content: bytes, code: str) -> None:
    assert only_error(reader.read(content))["code"] == code


def test_a_file_with_only_a_header_is_refused(reader: Reader) -> None:
    header = ledger(reader).splitlines()[0]
    assert only_error(reader.read(header))["code"] == "file.no_rows"
    assert only_error(reader.read(header + "\n\n"))["code"] == "file.no_rows"


def test_a_byte_order_mark_is_tolerated(reader: Reader) -> None:
    assert reader.read(b"\xef\xbb\xbf" + ledger(reader).encode())["rows_accepted"] == 1


def test_crlf_is_tolerated_and_changes_no_value(reader: Reader) -> None:
    report = reader.read(ledger(reader, 3).replace("\n", "\r\n"))
    assert report["rows_accepted"] == 3
    assert reader.rows()[2]["bank_reference"] == "B-20170606-0001"


def test_a_last_line_without_break_is_a_row(reader: Reader) -> None:
    assert reader.read(ledger(reader, 2).rstrip("\n"))["rows_accepted"] == 2


def test_a_bare_carriage_return_is_refused_with_its_line(reader: Reader) -> None:
    error = only_error(reader.read(ledger(reader, 2).replace("CNY", "C\rNY", 2)))
    assert (error["code"], error["row"]) == ("file.line_ending", 1)


def test_a_nul_byte_is_refused_with_its_row(reader: Reader) -> None:
    text = ledger(reader, 3).replace("E-3", "E-\x003")
    error = only_error(reader.read(text))
    assert (error["code"], error["row"]) == ("file.nul", 3)


def test_bytes_that_are_not_utf8_are_refused_with_a_guess(reader: Reader) -> None:
    content = ledger(reader, 2).encode().replace(b"E-2", "借款".encode("gb18030"))
    error = only_error(reader.read(content))
    assert (error["code"], error["row"]) == ("encoding.not_utf8", 2)
    assert "GB18030" in error["message"]["en"]


def test_gb18030_that_happens_to_decode_as_utf8_is_refused(reader: Reader) -> None:
    assert GB18030_COLUMN.decode("utf-8") == "ƽ̨"
    error = only_error(reader.read(ledger(reader, 2).encode().replace(b"E-2", GB18030_COLUMN)))
    assert (error["code"], error["row"]) == ("encoding.suspect", 2)
    assert "平台" in error["message"]["zh"]


def test_gb18030_in_the_header_is_an_encoding_error_not_an_unknown_column(reader: Reader) -> None:
    error = only_error(reader.read(ledger(reader).encode().replace(b"loan_id", GB18030_COLUMN)))
    assert (error["code"], error["row"]) == ("encoding.suspect", 0)


def test_honest_chinese_text_is_kept(tmp_path: Path) -> None:
    reader = Reader(tmp_path, template="loan_book")
    assert reader.read_cell("loan_purpose", "装修·厨房（2017）")["rows_accepted"] == 1
    assert reader.rows()[0]["loan_purpose"] == "装修·厨房（2017）"


def test_gzip_is_read(reader: Reader) -> None:
    report = reader.read(gzip.compress(ledger(reader, 5).encode()), "application/gzip")
    assert report["rows_accepted"] == 5


def test_gzip_of_two_members_is_read_as_one_file(reader: Reader) -> None:
    text = ledger(reader, 4).encode()
    content = gzip.compress(text[:100]) + gzip.compress(text[100:])
    assert reader.read(content, "application/gzip")["rows_accepted"] == 4


def test_truncated_gzip_takes_no_row(reader: Reader) -> None:
    content = gzip.compress(ledger(reader, 5000).encode())
    error = only_error(reader.read(content[: len(content) // 2], "application/gzip"))
    assert error["code"] == "gzip.truncated"
    assert not (reader.folder / "out.parquet").exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda good: b"entry_id\nE-1\n", "gzip.not_gzip"),
        (lambda good: good[:40] + b"\xff\xff\xff" + good[43:], "gzip.corrupt"),
        (lambda good: good + b"trailing", "gzip.corrupt"),
        (lambda good: good[:-1], "gzip.truncated"),
    ],
)
def test_damaged_gzip_is_refused(reader: Reader, change, code: str) -> None:  # type: ignore[no-untyped-def]
    good = gzip.compress(ledger(reader, 50).encode())
    assert only_error(reader.read(change(good), "application/gzip"))["code"] == code


def test_a_gzip_bomb_stops_at_the_cap(reader: Reader) -> None:
    reader.limits = ReadLimits(total_bytes=5_000_000)
    row = ",".join(reader.row().values()) + "\n"
    bomb = gzip.compress((ledger(reader) + row * 100_000).encode())
    assert len(bomb) < 100_000
    error = only_error(reader.read(bomb, "application/gzip"))
    assert error["code"] == "file.too_large"


def test_a_flood_of_blank_lines_is_one_fault(reader: Reader) -> None:
    bomb = gzip.compress((ledger(reader) + "\n" * 20_000_000).encode(), compresslevel=1)
    error = only_error(reader.read(bomb, "application/gzip"))
    assert (error["code"], error["row"]) == ("file.too_many_rejections", 100_002)


class EndlessLine(io.RawIOBase):
    """A file of one line without end that counts what was read of it."""

    taken = 0

    def read(self, size: int = -1) -> bytes:
        """More of the line."""
        self.taken += size
        assert self.taken < 8_000_000, "the reader goes on reading a line without end"
        return b"x" * size


def test_a_line_without_end_is_read_only_to_the_cap() -> None:
    endless, limits = EndlessLine(), ReadLimits()
    with pytest.raises(FileRefused) as refused:
        list(line_blocks(raw_chunks(endless, CSV, limits), limits))  # type: ignore[arg-type]
    assert refused.value.code == "file.line_too_long"
    assert endless.taken == limits.block_bytes


def test_a_line_of_a_gigabyte_is_refused_at_the_cap(reader: Reader) -> None:
    source = reader.folder / "upload"
    reader.read(ledger(reader))
    with source.open("r+b") as handle:
        handle.truncate(1024**3)
    request = IngestRequest(source, "text/csv", "fund_ledger", "2017-06", reader.folder / "o", reader.folder / "r")
    error = only_error(ingest(request))
    assert (error["code"], error["row"]) == ("file.line_too_long", 2)


def test_a_long_line_between_short_ones_is_refused_with_its_row(reader: Reader) -> None:
    text = ledger(reader, 3).replace("E-2", "E-2" + "x" * 1_100_000)
    error = only_error(reader.read(text))
    assert (error["code"], error["row"]) == ("file.line_too_long", 2)


def test_a_line_just_below_the_cap_is_only_a_bad_value(reader: Reader) -> None:
    report = reader.read(ledger(reader, 3).replace("E-2", "E-2" + "x" * 1_000_000))
    assert (report["rows_accepted"], report["rows_rejected"]) == (2, 1)
    assert report["rejected"][0]["code"] == "text.too_long"
    assert len(report["rejected"][0]["value"]) == 65


def test_row_and_column_caps(reader: Reader) -> None:
    reader.limits = ReadLimits(rows=3, columns=20)
    assert reader.read(ledger(reader, 3))["rows_accepted"] == 3
    assert only_error(reader.read(ledger(reader, 4)))["code"] == "file.too_many_rows"
    wide = ",".join(f"c{number}" for number in range(21))
    assert only_error(reader.read(wide + "\n"))["code"] == "file.too_many_columns"


def test_monthly_indicators_are_one_row(tmp_path: Path) -> None:
    reader = Reader(tmp_path, template="monthly_indicators")
    error = only_error(reader.read(reader.csv(reader.row(), reader.row())))
    assert error["code"] == "file.too_many_rows"


def test_an_unknown_content_type_is_refused(reader: Reader) -> None:
    assert only_error(reader.read(ledger(reader), "application/json"))["code"] == "media_type.unknown"


def test_a_key_used_twice_is_refused_with_both_rows(reader: Reader) -> None:
    text = reader.csv(reader.row(), reader.row(entry_id="E-2"), reader.row())
    error = only_error(reader.read(text))
    assert (error["code"], error["field"], error["value"]) == ("key.duplicate", "entry_id", "E-000001")
    assert "1, 3" in error["message"]["en"]


def test_ragged_blank_and_badly_quoted_rows_are_rejected_and_the_others_kept(reader: Reader) -> None:
    good = [",".join(reader.row(entry_id=f"E-{number}").values()) for number in range(1, 7)]
    lines = [
        ",".join(reader.row()),
        good[0],
        good[1] + ",extra",
        "",
        'E-9,"open',
        good[4],
        good[5].replace("B-", '"B"-'),
    ]
    report = reader.read("\n".join(lines) + "\n")
    found = [(item["row"], item["code"]) for item in report["rejected"]]
    assert found == [(2, "row.columns"), (3, "row.blank"), (4, "row.quotes"), (6, "row.quotes")]
    assert [row["row_number"] for row in reader.rows()] == [1, 5]
    assert (report["rows_total"], report["rows_rejected"]) == (6, 4)


def test_trailing_blank_lines_are_no_rows(reader: Reader) -> None:
    report = reader.read(ledger(reader, 2) + "\n\n\r\n")
    assert (report["rows_total"], report["rows_rejected"]) == (2, 0)


def test_blank_lines_across_a_block_border_are_rejected_when_rows_follow(reader: Reader) -> None:
    reader.limits = ReadLimits(block_bytes=64)
    lines = ledger(reader, 2).splitlines()
    report = reader.read("\n".join([lines[0], lines[1], *[""] * 70, lines[2]]) + "\n")
    assert report["rejected_by_code"] == {"row.blank": 70}
    assert [row["row_number"] for row in reader.rows()] == [1, 72]


def test_a_break_inside_quotes_is_no_hidden_row(reader: Reader) -> None:
    report = reader.read(ledger(reader, 2).replace("E-2", '"E\n-2"'))
    assert report["rejected_by_code"] == {"row.quotes": 1, "text.formula": 1}
    assert report["rows_accepted"] == 1


def test_quoted_cells_are_read_to_the_letter(tmp_path: Path) -> None:
    reader = Reader(tmp_path, template="loan_book")
    assert reader.read_cell("loan_purpose", '"装修, 含""家电"""')["rows_accepted"] == 1
    assert reader.rows()[0]["loan_purpose"] == '装修, 含"家电"'


def test_rejections_are_listed_up_to_the_cap_and_counted_all(reader: Reader) -> None:
    rows = [reader.row(entry_id=f"E-{number}", amount="1e3") for number in range(500)]
    report = reader.read(reader.csv(*rows))
    assert (report["rows_rejected"], len(report["rejected"]), report["rejected_cells"]) == (500, 200, 500)
    with (reader.folder / "rejected.csv").open(encoding="utf-8") as handle:
        written = list(csv.DictReader(handle))
    assert len(written) == 500
    assert written[499]["row"] == "500"
    assert written[0]["code"] == "number.exponent"
    assert report["parquet_sha256"] is None
