"""The vectorised and the careful way say the same of any file, clean or dirty: rows, words, refusals."""

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.contracts import DECIMAL_TYPES, template
from analytics.ingest import csv_rows, quick
from analytics.ingest.columns import convert
from tests.unit.analytics.reading import Reader

CELLS = [
    "", " ", "0", "-0", "-1", "1.", ".5", "1.2.3", "--1", "1-2", "1.234", "1.230", "007", "1e5", "1,5", "１２", "NaN",
    "99999999999999999999", "0.00001", "-", "2017-02-30", "2017-06-05", "2017-6-5", "2017-13", "TRUE", "true",
    "current ", "=1+1", "110101199003070016", "13800138000", "a" * 70, "装修", "ƽ̨", "\u200b", "x\ty", "bt-é", "é",
    "CNY", "USD", "\x7f",
]  # fmt: skip
LINES = ["", ",", "a,b,c", '"', '"x",y', "\r", "x\x00y", "   "]


def dirty(reader: Reader, seed: int) -> bytes:
    """A file of 60 to 500 rows with some cells, lines and bytes spoilt, the same for the same seed."""
    dice = random.Random(seed)
    rows = [reader.row(**{key_of(reader): f"K-{number}"}) for number in range(dice.randint(60, 500))]
    for _ in range(dice.choice([0, 1, 3, 20])):
        row = dice.choice(rows)
        row[dice.choice(list(row))] = dice.choice(CELLS)
    lines = reader.csv(*rows).split("\n")
    if dice.random() < 0.3:
        lines.insert(dice.randrange(1, len(lines)), dice.choice(LINES))
    content = dice.choice(["\n", "\n", "\n", "\r\n"]).join(lines).encode()
    if dice.random() < 0.15:
        place = dice.randrange(len(content))
        content = content[:place] + bytes([dice.choice([0x80, 0xC3, 0xFF, 0xC0])]) + content[place:]
    return content


def key_of(reader: Reader) -> str:
    """The key column of the reader's template."""
    return template(reader.template).key[0]


def answer(reader: Reader, content: bytes) -> tuple[dict[str, Any], Any]:
    """The report without what names the file's bytes, and the rows."""
    report = reader.read(content)
    kept = report["parquet_sha256"] is not None
    table = pq.read_table(reader.folder / "out.parquet") if kept else None
    return {name: value for name, value in report.items() if name not in {"parquet_sha256", "parquet_bytes"}}, table


@pytest.mark.parametrize("name", ["loan_book", "fund_ledger"])
@pytest.mark.parametrize("seed", range(40))
def test_both_ways_say_the_same(tmp_path: Path, name: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(tmp_path, template=name)
    content = dirty(reader, seed)
    answers = []
    for vectorised_from, quick_from in ((0, 1), (0, 10**9), (10**9, 10**9)):
        monkeypatch.setattr(csv_rows, "VECTORISED_FROM_BYTES", vectorised_from)
        monkeypatch.setattr(quick, "QUICK_FROM_CELLS", quick_from)
        answers.append(answer(reader, content))
    (report, table), *others = answers
    for other_report, other_table in others:
        assert report == other_report
        assert (table is None) == (other_table is None)
        assert table is None or table.equals(other_table)


@pytest.mark.parametrize("name", ["loan_book", "fund_ledger", "monthly_indicators"])
@pytest.mark.parametrize("column", range(8))
@pytest.mark.parametrize("odd", CELLS)
def test_a_column_proved_at_a_glance_is_what_the_exact_way_makes_of_it(
    name: str, column: int, odd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = template(name).columns[column]
    cells = pa.array([found.sample.format(period="2017-06", month="2017-06")] * 5 + [odd, odd[:11]])
    results = []
    for quick_from in (1, 10**9):
        monkeypatch.setattr(quick, "QUICK_FROM_CELLS", quick_from)
        results += [convert(found, cells), convert(found, cells.dictionary_encode())]
    values, refused = results[-2]
    for other_values, other_refused in results:
        assert other_values.equals(values)
        assert other_refused.to_pylist() == refused.to_pylist()


def test_amounts_and_names_in_order_are_proved_so() -> None:
    amounts = pa.array(["0", "-1.5", "1234567.89", "3.10"])
    assert quick.are_decimals(amounts, 16, 2)
    assert not quick.are_decimals(amounts, 16, 1)
    assert not quick.are_decimals(pa.array(["12345678901234.56"]), 16, 2)  # not proved, though it fits
    assert quick.are_tokens(pa.array(["L-1", "a.b_c:D"]), "[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
    assert not quick.are_tokens(pa.array(["-1"]), "[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
    assert not quick.are_tokens(pa.array(["13800138000"]), "[A-Za-z0-9][A-Za-z0-9_.:-]{3,127}")
    assert set(DECIMAL_TYPES) == {"amount", "percent", "number"}
