"""The invented loan book of the rules benchmark: seeded, local, written once into `.run/bench` as in the lake."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from analytics.contracts import template
from analytics.ingest.columns import lake_schema
from analytics.ingest.writer import ROW_GROUP, parquet_options

HERE = Path(__file__).parent
STEP = 1_000_000
BORROWERS_PER_LOAN = 0.7
OTHER_PLATFORM = 0.05  # the second platform's book, for the limit over all platforms
VERSION = 5  # raise when the SQL beside this file changes


@dataclass(frozen=True)
class Book:
    """Paths of one size: own book, another platform's book, the ledger, the own book as CSV (when asked for)."""

    rows: int
    own: Path
    other: Path
    ledger: Path
    csv: Path

    @property
    def tables(self) -> dict[str, list[str]]:
        """The tables a filing's checks would be given."""
        own = str(self.own)
        return {"loan_book": [own], "loan_book_market": [own, str(self.other)], "fund_ledger": [str(self.ledger)]}


def book(folder: Path, rows: int, *, with_csv: bool) -> Book:
    """The files of that size, made when they are not there yet."""
    home = folder / f"v{VERSION}" / str(rows)
    found = Book(
        rows, home / "p-own" / "loan_book.parquet", home / "p-other" / "loan_book.parquet",
        home / "p-own" / "fund_ledger.parquet", home / "loan_book.csv",
    )
    last, borrowers = rows + 1, int(rows * BORROWERS_PER_LOAN)
    _make(found.own, "loan_book", 1, last, borrowers=borrowers)
    _make(found.other, "loan_book", last, last + int(rows * OTHER_PLATFORM), borrowers=borrowers)
    _make(found.ledger, "fund_ledger", 1, last)
    if with_csv and not found.csv.exists():
        _as_csv(found.own, found.csv)
    return found


def _make(path: Path, name: str, first: int, last: int, **values: int) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    contract, part = template(name), path.with_suffix(".part")
    schema, options = lake_schema(contract.columns), parquet_options(contract)
    text = (HERE / f"{name}.sql").read_text("utf-8")
    with duckdb.connect(":memory:") as connection, pq.ParquetWriter(
        str(part), schema, **options
    ) as writer:
        for start in range(first, last, STEP):
            rows = connection.sql(text, params={"first": start, "last": min(start + STEP, last), **values})
            writer.write_table(rows.to_arrow_table().cast(schema), row_group_size=ROW_GROUP)
    part.rename(path)


def _as_csv(source: Path, target: Path) -> None:
    """The same rows as a platform would upload them: text, no row number, no repeated id (that refuses the file)."""
    table = pq.read_table(source)
    numbers = pc.utf8_lpad(table.column("row_number").cast(pa.string()), 10, "0")
    ids = pc.binary_join_element_wise("L", numbers, "-")
    repeated = pc.not_equal(pc.utf8_slice_codeunits(table.column("loan_id"), 2), numbers)
    unlike = pc.if_else(repeated, ids, table.column("loan_id"))
    table = table.set_column(1, "loan_id", unlike).drop_columns(["row_number"])
    options = pa_csv.WriteOptions(quoting_style="none")
    part = target.with_suffix(".part")
    pa_csv.write_csv(table, str(part), options)
    part.rename(target)
