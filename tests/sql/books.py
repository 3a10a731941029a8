"""Made-up filings of every template, thousands of rows with seeded faults, from nothing but the contract."""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.contracts import Column, template

ARROW = {"BIGINT": pa.int64(), "DATE": pa.date32(), "BOOLEAN": pa.bool_(), "VARCHAR": pa.string()}
AMOUNTS = ("0.00", "0.01", "999.99", "5000.00", "200000.00", "200000.01", "1000000.00", "1000000.01", "50000000.00")
PERCENTS = ("0.0000", "3.8500", "10.5000", "24.0000", "24.0001", "36.0000", "36.0001", "99.9900", "100.0000")
NUMBERS = (0, 0, 1, 2, 3, 6, 12, 30, 60, 61, 120, 200, 201, 400)
WORDS = ("装修", "炒股", "股票配资", "校园贷", "首付", "", "Ünïcode ẞ", "a'b\\c%_", "期货", "trade")
FIRST_DAY = date(2015, 1, 1)
DAYS = 3_700
MISSING = 0.04
OTHERS = {"platform-b": 2, "platform-c": 3}


def book(folder: Path, name: str, *, rows: int, seed: int) -> str:
    """One Parquet file of a template, as the strict reader leaves it."""
    chance, contract = random.Random(f"{name}-{seed}"), template(name)
    columns: dict[str, Any] = {"row_number": pa.array(range(1, rows + 1), pa.int64())}
    for column in contract.columns:
        make = maker(column, chance, is_key=column.name in contract.key)
        cells = [None if column.nullable and chance.random() < MISSING else make(row) for row in range(rows)]
        columns[column.name] = pa.array(cells, arrow_type(column))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "filing.parquet"
    pq.write_table(pa.table(columns), path)
    return str(path)


def tables(folder: Path, names: Sequence[str], *, rows: int) -> dict[str, list[str]]:
    """A platform's filings and, beside them, a market of three platforms."""
    found: dict[str, list[str]] = {}
    for name in names:
        own = book(folder / name / "platform-a", name, rows=rows, seed=1)
        others = [book(folder / name / key, name, rows=rows // 2, seed=seed) for key, seed in OTHERS.items()]
        found[name], found[f"{name}_market"] = [own], [own, *others]
    return found


def arrow_type(column: Column) -> Any:
    """The column's type in the lake."""
    if column.stored_as.startswith("DECIMAL"):
        return pa.decimal128(*column.digits)
    return ARROW[column.stored_as]


def maker(column: Column, chance: random.Random, *, is_key: bool) -> Callable[[int], Any]:
    """Makes one cell: values near the thresholds rules have, few enough tokens that groups are large."""
    if column.choices:
        weights = [9 if choice == column.sample else 1 for choice in column.choices]
        return lambda row: chance.choices(column.choices, weights)[0]
    if column.type == "amount":
        return lambda row: Decimal(chance.choice(AMOUNTS)) + Decimal(chance.randrange(10**7)).scaleb(-2)
    if column.type in {"percent", "number"}:
        return lambda row: Decimal(chance.choice(PERCENTS))
    return {
        "integer": lambda row: chance.choice(NUMBERS),
        "date": lambda row: FIRST_DAY + timedelta(chance.randrange(DAYS)),
        "flag": lambda row: chance.random() < 0.5,
        "month": lambda row: f"{chance.randrange(2015, 2025)}-{chance.randrange(1, 13):02d}",
        "text": lambda row: chance.choice((*WORDS, column.sample)),
    }.get(column.type, lambda row: _token(column, chance, row if is_key else None))


def _token(column: Column, chance: random.Random, row: int | None) -> str:
    """A key of its own (one in fifty is used twice), else one of two hundred that other tables also use."""
    if row is not None:
        return f"{column.name}-{row - 1 if row % 50 == 49 else row}"
    return f"{column.name}-{chance.randrange(200)}"
