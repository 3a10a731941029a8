"""Typed Parquet of one filing, and the sums that are taken while writing it."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.contracts import FILED, Template
from analytics.ingest.columns import held_schema, plain
from analytics.ingest.messages import FileRefused

_LEFT = {"choice", "currency", "month", "date", "percent", "flag", "token"}  # zstd finds no more, or takes too long
_RANGED = {"date", "amount", "integer"}  # a lowest and highest per row group may spare reading it
ROW_GROUP = 100_000  # rows; smaller groups repeat their dictionaries, larger ones are held in memory


def parquet_options(contract: Template) -> dict[str, Any]:
    """How the lake's Parquet is written, so that it is small and costs little to write and to read.

    Names of many different values lie plain and unpacked (packing halves the file and costs a filer as much time as
    a check of all rows), days and row numbers as differences, all else by a dictionary; zstd where it saves something.
    What is asked of a whole file is in its footer, in `FILED`.
    """
    kinds = {column.name: column.type for column in contract.columns}
    differences = ["row_number", *(name for name, kind in kinds.items() if kind == "date")]
    plainly = {*differences, *(name for name, kind in kinds.items() if kind == "token")}
    return {
        "compression": {name: "none" if kind in _LEFT else "zstd" for name, kind in kinds.items()}
        | {"row_number": "zstd"},
        "store_schema": False,
        "store_decimal_as_integer": True,
        "use_dictionary": [name for name in kinds if name not in plainly],
        "column_encoding": dict.fromkeys(differences, "DELTA_BINARY_PACKED"),
        "write_statistics": ["row_number", *(name for name, kind in kinds.items() if kind in _RANGED)],
    }


class TypedWriter:
    """Writes accepted rows and keeps totals, filled columns and currencies; knows whether the keys rise."""

    def __init__(self, contract: Template, path: Path) -> None:
        self.contract, self.path = contract, path
        self.rows = 0
        self.kept = False
        self.currencies: set[str] = set()
        self._filled: set[str] = set()
        self._blank: set[str] = set()
        self._sums: dict[str, Decimal] = {}
        self._last_key: Any = None  # the highest so far, as long as each is above the one before
        self._rising = True
        self._held: list[Any] = []
        self._writer: Any = None

    def write(self, batch: Any) -> None:
        """Appends a batch of accepted rows."""
        if not len(batch):
            return
        if self._writer is None:
            schema = held_schema(self.contract.columns)
            self._writer = pq.ParquetWriter(str(self.path), schema, **parquet_options(self.contract))
        self._held.append(batch)
        if sum(len(part) for part in self._held) >= ROW_GROUP:
            self._flush()
        self.rows += len(batch)
        for column in self.contract.columns:
            self._measure(column.name, column.type, batch.column(column.name))
        self._rising = self._rising and self._rises(plain(batch.column(self.contract.key[0])))

    def _flush(self) -> None:
        if self._held:
            rows = pa.Table.from_batches(self._held).unify_dictionaries()
            self._writer.write_table(rows, row_group_size=len(rows))
            self._held.clear()

    def _measure(self, name: str, kind: str, values: Any) -> None:
        if values.null_count:
            self._blank.add(name)
        if values.null_count == len(values):
            return
        self._filled.add(name)
        if kind == "amount":
            self._sums[name] = self._sums.get(name, Decimal("0.00")) + pc.sum(values).as_py()
        elif kind == "currency":
            self.currencies.update(pc.unique(values).drop_null().to_pylist())

    def _rises(self, keys: Any) -> bool:
        """Each key above the one before, as exports usually are: then none is repeated, and none need be kept."""
        first, self._last_key, last = keys[0].as_py(), keys[-1].as_py(), self._last_key
        if first is None or (last is not None and not last < first):
            return False
        return keys.null_count == 0 and bool(pc.all(pc.less(keys[:-1], keys[1:]), min_count=0).as_py())

    def refuse_duplicate_keys(self) -> None:
        """Refuses the file when two rows carry the same key; names the first such key and up to 20 rows."""
        if self._rising:
            return
        key = self.contract.key[0]
        table = pq.read_table(str(self.path), columns=["row_number", key], use_threads=False)
        column = table.column(key)
        if pc.count_distinct(column).as_py() == self.rows:
            return
        counts = pc.value_counts(column)
        repeated = counts.filter(pc.greater(counts.field("counts"), 1)).field("values")[0]
        rows = table.filter(pc.equal(column, repeated)).column("row_number").to_pylist()
        listed = ", ".join(str(row) for row in rows[:20])
        raise FileRefused("key.duplicate", field=key, row=rows[1], value=repeated.as_py(), rows=listed)

    def finish(self) -> None:
        """Writes what is held and the footer."""
        if self._writer is not None:
            self._flush()
            self._writer.add_key_value_metadata({FILED: json.dumps(self._told())})
            self._writer.close()

    def close(self, *, keep: bool) -> None:
        """Removes the Parquet when the file was refused."""
        if self._writer is not None:
            self._writer.close()
        self.kept = keep and self._writer is not None
        if not self.kept:
            self.path.unlink(missing_ok=True)

    def _told(self) -> dict[str, list[str]]:
        filled = sorted({"row_number", *self._filled})
        return {"filled": filled, "blank": sorted(self._blank), "currencies": sorted(self.currencies)}

    def columns_all_null(self) -> list[str]:
        """Columns without a single value, filed blank or not filed at all."""
        return [name for name in self.contract.column_names if name not in self._filled]

    def totals(self) -> dict[str, str]:
        """Sums of the amount columns as decimal strings, in the currency of the rows."""
        return {name: str(total) for name, total in self._sums.items()}
