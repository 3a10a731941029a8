"""Files as they really come, clean or not: split all at once or line by line, the answer is the same."""

import codecs
import dataclasses
import random
from pathlib import Path
from typing import Any

import pytest

from analytics.contracts import template
from analytics.ingest import ReadLimits, csv_rows
from analytics.ingest.grid import Splitter
from analytics.ingest.typers import REMEMBERED_TEXTS
from tests.thorough import cases
from tests.unit.analytics.reading import Reader
from tests.unit.analytics.test_reader_differential import CELLS, LINES, answer, key_of

NAMES = ["a", "b", "c"]


def both_ways(reader: Reader, content: bytes, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The report, the same whether blocks are split at once or line by line."""
    answers = []
    for vectorised_from in (0, 10**9):
        monkeypatch.setattr(csv_rows, "VECTORISED_FROM_BYTES", vectorised_from)
        answers.append(answer(reader, content))
    (report, table), (exact_report, exact_table) = answers
    assert report == exact_report
    assert (table is None) == (exact_table is None)
    assert table is None or table.equals(exact_table)
    return report


def quoted(text: str, dice: random.Random, often: float) -> str:
    """The cell in quotes, needed or not."""
    needed = "," in text or '"' in text
    return '"' + text.replace('"', '""') + '"' if needed or dice.random() < often else text


def as_filed(reader: Reader, seed: int) -> bytes:
    """A file of some rows in one of the forms that platforms send, with a few spoilt cells and lines."""
    dice = random.Random(seed)
    rows = [reader.row(**{key_of(reader): f"K-{number:04}"}) for number in range(dice.randint(5, 120))]
    optional = [column.name for column in template(reader.template).columns if column.nullable]
    for row in rows:
        row.update({name: "" for name in optional if dice.random() < 0.3})
        if "loan_purpose" in row:
            row["loan_purpose"] = dice.choice(
                ["装修", "", "买车，还款", "a,b", 'x "y" z', "é", "t" * 60, str(dice.random())]
            )
    for _ in range(dice.choice([0, 0, 2, 9])):
        row = dice.choice(rows)
        row[dice.choice(list(row))] = dice.choice(CELLS)
    often = dice.choice([0, 0, 0.1, 1])
    lines = [",".join(rows[0]), *(",".join(quoted(cell, dice, often) for cell in row.values()) for row in rows)]
    for _ in range(dice.choice([0, 0, 1, 4])):
        lines.insert(dice.randrange(1, len(lines) + 1), dice.choice(LINES[:5]))
    end = dice.choice(["\n", "\n", "\r\n"])
    text = end.join(lines) + dice.choice(["", end, end + end])
    return dice.choice([b"", codecs.BOM_UTF8]) + text.encode()


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["loan_book", "fund_ledger", "lender_positions"])
@pytest.mark.parametrize("seed", range(cases(30, 400)))
def test_a_file_in_any_form_is_read_alike_in_blocks_of_any_size(
    tmp_path: Path, name: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = ReadLimits(block_bytes=random.Random(seed).choice([300, 1024, 5000, 1 << 20]))
    both_ways(
        Reader(tmp_path, template=name, limits=limits), as_filed(Reader(tmp_path, template=name), seed), monkeypatch
    )


def test_needless_quotes_and_windows_line_ends_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(tmp_path, template="loan_book")
    rows = [{name: f'"{cell}"' for name, cell in reader.row(loan_id=f"L-{n:04}").items()} for n in range(50)]
    content = codecs.BOM_UTF8 + reader.csv(*rows).replace("\n", "\r\n").encode()
    report = both_ways(reader, content, monkeypatch)
    assert (report["rows_accepted"], report["rejected"]) == (50, [])


def test_a_bad_byte_refuses_the_file_however_late_it_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(tmp_path, template="loan_book", limits=ReadLimits(block_bytes=4096))
    for bad, code in ((b"\xff", "encoding.not_utf8"), ("ƽ̨".encode(), "encoding.suspect"), (b"\x00", "file.nul")):
        for column in ("loan_purpose", "loan_id", "status", "principal_amount", "contract_date"):
            rows = [reader.row(loan_id=f"L-{n:04}") for n in range(60)]
            rows[40][column] = "?BAD?"
            report = both_ways(reader, reader.csv(*rows).encode().replace(b"?BAD?", bad), monkeypatch)
            assert [error["code"] for error in report["file_errors"]] == [code]
            assert not (tmp_path / "out.parquet").exists()


def test_more_different_texts_than_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(tmp_path, template="loan_book", limits=ReadLimits(block_bytes=64 * 1024))
    count = REMEMBERED_TEXTS + 1000
    rows = [reader.row(loan_id=f"L-{n:05}", loan_purpose=f"用途{n}" if n % 7 else "") for n in range(count)]
    rows[-1]["loan_purpose"] = "=1+1"
    report = both_ways(reader, reader.csv(*rows).encode(), monkeypatch)
    assert (report["rows_accepted"], report["rejected_by_code"]) == (count - 1, {"text.formula": 1})


def test_odd_lines_keep_their_place_among_the_others() -> None:
    grid = Splitter(NAMES, 10).split(b'1,2,3\n"4,4",5,6\n7,8\n\n"9","",""\n"x"y,1,2\n', 2)
    assert grid is not None
    columns = [grid.column(place).texts().to_pylist() for place in range(3)]
    assert columns == [["1", "4,4", "9"], ["2", "5", ""], ["3", "6", ""]]
    assert grid.row_numbers.tolist() == [1, 2, 5]
    assert [(row, code) for row, code, _ in grid.broken] == [(3, "row.columns"), (4, "row.blank"), (6, "row.quotes")]


@pytest.mark.parametrize("block", [b"1,2,3\n\x00,2,3\n", b"1,2,3\n4\r,5,6\n", b'1,2,3\n"\xff,",5,6\n'])
def test_bytes_out_of_order_are_left_to_the_exact_way(block: bytes) -> None:
    assert Splitter(NAMES, 10).split(block, 2) is None


def test_too_many_odd_lines_are_left_to_the_exact_way() -> None:
    assert Splitter(NAMES, 2).split(b"1,2,3\n\n\n\n", 2) is None
    assert Splitter(NAMES, 3).split(b"1,2,3\n\n\n\n", 2) is not None


def test_a_splitter_forgets_the_block_before() -> None:
    splitter = Splitter(NAMES, 10)
    long = splitter.split(b"11111,22222,33333\n" * 50, 2)
    assert long is not None
    short = splitter.split(b"1,2,3\n", 52)
    assert short is not None
    assert [short.column(place).texts().to_pylist() for place in range(3)] == [["1"], ["2"], ["3"]]
    assert short.row_numbers.tolist() == [51]


@pytest.mark.parametrize("block_bytes", [512, 1 << 20])
@pytest.mark.parametrize(
    ("keys", "refused"),
    [
        (["K-1", "K-2", "K-3"] * 1, None),
        (["K-3", "K-1", "K-2"], None),
        (["K-1", "K-1", "K-2"], "1, 2"),
        (["K-1", "K-2", "K-1"], "1, 3"),
        (["K-2", "K-1", "K-3", "K-2"], "1, 4"),
    ],
)
def test_a_repeated_key_is_found_in_any_order(
    reader: Reader, keys: list[str], refused: str | None, block_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = dataclasses.replace(reader, limits=ReadLimits(block_bytes=block_bytes))
    report = both_ways(reader, reader.csv(*(reader.row(entry_id=key) for key in keys)).encode(), monkeypatch)
    if refused is None:
        assert (report["file_errors"], report["rows_accepted"]) == ([], len(keys))
        return
    error = report["file_errors"][0]
    assert error["code"] == "key.duplicate"
    assert refused in error["message"]["en"]
    assert not (reader.folder / "out.parquet").exists()
