"""What the reader takes without asking is what the exact way makes of it, cell by cell; what it leaves, it leaves."""

import itertools
import random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from analytics.contracts import TEMPLATE_NAMES, Column, template
from analytics.ingest import typers
from analytics.ingest.columns import convert, plain
from analytics.ingest.grid import MARGIN, Cells
from analytics.ingest.typers import Remembered, TextTyper, Typer, typer_of
from tests.thorough import cases

AROUND = b'9,2017-01-01,-"\n\xe5\xb9\xb4.7+0\r'  # what may lie beside a cell, and must not be taken for a part of it
SIGNS = "0123456789.-+eE :/_AZaz@=٣１年é\u00b7\u200b\t"


def in_a_block(texts: list[str]) -> Cells:
    """Cells of these texts with other bytes on both sides."""
    dice, data, starts, ends = random.Random(len(texts)), bytearray(b"\xff" * MARGIN), [], []
    for text in texts:
        at = dice.randrange(len(AROUND))
        data += AROUND[at:] + AROUND[:at]
        starts.append(len(data))
        data += text.encode()
        ends.append(len(data))
    data += b"0" * MARGIN
    bounds = np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)
    return Cells(np.frombuffer(bytes(data), dtype=np.uint8), *bounds, bounds[1] - bounds[0])


def taken(typer: Typer, texts: list[str]) -> tuple[Any, set[int], Any]:
    """(the typer's values, places it did not prove, mask of what the exact way refused among these)."""
    found = typer.take(in_a_block(texts))
    asked, refused = found.cells.some(found.unproved).texts(), np.zeros(0, dtype=bool)
    if len(asked):
        asked = asked.dictionary_encode() if typer.encoded else asked
        values, bad = convert(typer.column, asked)
        refused = bad.to_numpy(zero_copy_only=False)
        typer.settle(found, asked, values, refused)
    return plain(typer.array(found)), set(found.unproved.tolist()), refused


def agree(column: Column, typer: Typer, texts: list[str]) -> set[int]:
    """The places that were proved, after comparing every cell with the exact way."""
    values, left, refused = taken(typer, texts)
    exact, bad = convert(column, pa.array(texts))
    wrong = np.flatnonzero(bad.to_numpy(zero_copy_only=False)).tolist()
    assert set(wrong) <= left, f"{column.name} took {texts[min(set(wrong) - left)]!r}"
    assert sorted(itertools.compress(sorted(left), refused.tolist())) == wrong
    kept = [place for place in range(len(texts)) if place not in set(wrong)]
    assert values.take(pa.array(kept, pa.int64())).equals(exact.take(pa.array(kept, pa.int64())))
    return {*range(len(texts))} - left


def alike(column: Column, dice: random.Random) -> list[str]:
    """Texts near to what the column takes: samples and bounds with a sign put in, left out or changed."""
    sample = column.sample.format(period="2017-06", month="2017-06")
    seeds = [sample, "", "0", "0.01", "12.50", "1" * 16, "1" * 17, "9" * 14 + ".99", "2016-02-29", "2017-13"]
    seeds += [str(bound) for bound in (column.minimum, column.maximum) if bound is not None] + [*column.choices[:3]]
    found = list(seeds)
    for _ in range(cases(120, 2000)):
        text = list(dice.choice(seeds))
        for _ in range(dice.choice([1, 1, 2, 3])):
            at = dice.randrange(len(text) + 1)
            text[at : at + dice.choice([0, 1])] = [dice.choice(SIGNS)] * dice.choice([0, 1, 1])
        found.append("".join(text))
    return found


@pytest.mark.thorough
@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_every_column_proves_only_what_the_exact_way_accepts(name: str) -> None:
    dice = random.Random(name)
    for column in template(name).columns:
        texts = alike(column, dice)
        agree(column, typer_of(column, is_period=False), texts)
        remembering = Remembered(column)
        agree(column, remembering, texts)
        assert agree(column, remembering, texts)  # asked again, it knows them


@pytest.mark.parametrize("name", ["principal_amount", "annual_rate_percent", "lender_count"])
def test_numbers_of_up_to_four_signs_one_by_one(name: str) -> None:
    column = template("loan_book").column(name)
    texts = ["".join(signs) for size in range(5) for signs in itertools.product("019.-e ", repeat=size)]
    proved = {texts[at] for at in agree(column, typer_of(column, is_period=False), texts)}
    assert {"0", "19", "1999"} - proved == set()
    assert not any(set(text) & set("-e ") for text in proved)


def test_every_day_of_the_century_and_none_that_is_not() -> None:
    column = template("loan_book").column("contract_date")
    texts = [f"{year}-{month:02}-{day:02}" for year in range(1996, 2108, 4) for month in range(14) for day in range(34)]
    texts += [f"2017-06-{sign}{other}" for sign in SIGNS for other in "05"]
    proved = {texts[at] for at in agree(column, typer_of(column, is_period=False), texts)}
    assert {"2000-02-29", "2096-12-31"} <= proved
    assert not proved & {"1996-01-01", "2100-01-01", "2004-00-10", "2004-04-31", "2004-04-00", "2104-01-01"}


def test_numbers_at_their_bounds_are_proved_and_beyond_them_left() -> None:
    column = template("loan_book").column("annual_rate_percent")
    texts = ["0", "0.0000", "10000", "10000.0000", "10000.0001", "99999.9999", "100000", "00010.5000", "-0.0001"]
    texts = texts * typers.FEW  # so many that each form is looked for
    proved = {texts[at] for at in agree(column, typer_of(column, is_period=False), texts)}
    assert proved == {"0", "0.0000", "10000", "10000.0000", "00010.5000"}


def test_a_remembered_text_is_not_taken_for_one_that_begins_alike() -> None:
    column = template("loan_book").column("loan_purpose")
    texts = [
        "装修",
        "装",
        "",
        "equal_in",
        "equal_instalment",
        "equal_instalmen",
        "a" * 32,
        "a" * 33,
        "a" * 40,
        "b" * 32,
    ]
    remembering = Remembered(column)
    assert agree(column, remembering, texts) == set()
    for one in texts:
        assert agree(column, remembering, [one]) == (set() if len(one) > 32 else {0})
    assert remembering.texts == [text for text in texts if text]


def test_texts_whose_places_are_taken_are_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typers, "_SLOT_BITS", 3)
    column = template("loan_book").column("loan_purpose")
    remembering, texts = Remembered(column), [f"用途{number}" for number in range(40)]
    for _ in range(3):
        proved = agree(column, remembering, texts)
    assert 1 <= len(proved) <= 8


def test_a_refused_text_is_never_remembered() -> None:
    column = template("loan_book").column("status")
    remembering = Remembered(column)
    assert agree(column, remembering, ["paid", "Paid", "", "110101199003070016"]) == set()
    assert agree(column, remembering, ["paid", "Paid", "", "110101199003070016"]) == {0}
    assert remembering.texts == ["paid"]


def test_names_are_proved_by_their_bytes() -> None:
    column = template("loan_book").column("borrower_token")
    texts = ["bt-9f3c2a7741d0", "", "abc", "bt-é", "13800138000", "110101199003070016", "A" * 128, "A" * 129, "=a+b"]
    assert agree(column, TextTyper(column), texts) == {0, 1, 6}
    loan_id = template("loan_book").column("loan_id")
    assert agree(loan_id, TextTyper(loan_id), texts) == {0, 2}
