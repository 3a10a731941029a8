"""One block of a filing to typed rows; everything refused goes to the rejections with its reason."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.contracts import Column, Template
from analytics.ingest.columns import convert, held_schema
from analytics.ingest.csv_rows import RawBlock, split_exactly
from analytics.ingest.encoding import are_readable
from analytics.ingest.grid import Grid
from analytics.ingest.rejections import Rejections
from analytics.ingest.typers import Remembered, Taken, TextTyper, Typer, typer_of


class BatchTyper:
    """Types the blocks of one filing against its contract."""

    def __init__(self, contract: Template, period: str, rejections: Rejections) -> None:
        self.contract, self.period, self.rejections = contract, period, rejections
        self.schema = held_schema(contract.columns)
        self.typers: dict[str, Typer] = {}

    def typed(self, block: RawBlock | Grid) -> Any:
        """The accepted rows as a record batch; row numbers are those of the upload."""
        if isinstance(block, Grid):
            taken = self._taken(block)
            if taken is not None:
                return self._typed_grid(block, taken)
            block = split_exactly(block.block, block.line, block.names, block.broken)
        return self._typed_texts(block)

    def _typed_texts(self, block: RawBlock) -> Any:
        """Every cell the exact way."""
        self._add_broken(block)
        by_name = dict(zip(block.names, block.columns, strict=True))
        arrays, refused = [pa.array(block.row_numbers, pa.int64())], pa.scalar(False)
        for column, kind in zip(self.contract.columns, self.schema.types[1:], strict=True):
            cells = by_name.get(column.name)
            if cells is None:
                arrays.append(pa.nulls(len(block.row_numbers), kind))
                continue
            values, bad = self._judged(column, cells, block.row_numbers)
            arrays.append(values.dictionary_encode() if pa.types.is_dictionary(kind) else values)
            refused = pc.or_(refused, bad)
        return self._accepted(pa.RecordBatch.from_arrays(arrays, schema=self.schema), refused)

    def _taken(self, grid: Grid) -> dict[str, tuple[Taken, Any]] | None:
        """Column -> what its typer made of it, and the texts it could not prove; None when one is no honest UTF-8."""
        found = {}
        for place, name in enumerate(grid.names):
            typer = self._typer(self.contract.column(name))
            taken = typer.take(grid.column(place))
            asked = None
            if len(taken.unproved):
                texts = taken.cells.some(taken.unproved).texts()
                asked = texts.dictionary_encode() if typer.encoded else texts
                if not are_readable(asked.dictionary if typer.encoded else asked):
                    return None
            found[name] = taken, asked
        return found

    def _typer(self, column: Column) -> Typer:
        typer = self.typers.get(column.name)
        if typer is None:
            typer = typer_of(column, is_period=column.name == self.contract.period_column)
        elif isinstance(typer, Remembered) and typer.is_full:
            typer = TextTyper(column)
        self.typers[column.name] = typer
        return typer

    def _typed_grid(self, grid: Grid, found: dict[str, tuple[Taken, Any]]) -> Any:
        """Proved cells as they are, the others the exact way."""
        self._add_broken(grid)
        count = len(grid.row_numbers)
        arrays, refused = [pa.array(grid.row_numbers)], np.zeros(count, dtype=bool)
        for column, kind in zip(self.contract.columns, self.schema.types[1:], strict=True):
            if column.name not in found:
                arrays.append(pa.nulls(count, kind))
                continue
            (taken, asked), typer = found[column.name], self.typers[column.name]
            if asked is not None:
                values, bad = self._judged(column, asked, grid.row_numbers[taken.unproved])
                bad = bad.to_numpy(zero_copy_only=False)
                typer.settle(taken, asked, values, bad)
                refused[taken.unproved] |= bad
            arrays.append(typer.array(taken))
        batch = pa.RecordBatch.from_arrays(arrays, schema=self.schema)
        return self._accepted(batch, pa.array(refused))

    def _add_broken(self, block: RawBlock | Grid) -> None:
        for row, code, values in block.broken:
            self.rejections.rows += 1
            self.rejections.add(row, "", code, "", values)

    def _accepted(self, batch: Any, refused: Any) -> Any:
        if isinstance(refused, pa.Scalar) or not pc.any(refused, min_count=0).as_py():
            return batch
        self.rejections.rows += int(pc.sum(refused, min_count=0).as_py())
        return batch.filter(pc.invert(refused))

    def _judged(self, column: Column, cells: Any, row_numbers: Any) -> tuple[Any, Any]:
        """(values, mask of the refused) the exact way; each refusal is noted with its reason."""
        values, bad = convert(column, cells)
        for index in _indices(bad):
            self.rejections.refuse(int(row_numbers[index]), column, cells[index].as_py())
        if column.name == self.contract.period_column:
            outside = pc.and_(_apart(cells, self.period), pc.invert(bad))
            for index in _indices(outside):
                text, row = cells[index].as_py(), int(row_numbers[index])
                self.rejections.add(row, column.name, "period.mismatch", text, {"period": self.period})
            bad = pc.or_(bad, outside)
        return values, bad


def _apart(cells: Any, period: str) -> Any:
    """Mask of the cells that do not begin with the period."""
    if isinstance(cells, pa.DictionaryArray):
        return _apart(cells.dictionary, period).take(cells.indices)
    return pc.fill_null(pc.invert(pc.starts_with(cells, pattern=period)), False)


def _indices(mask: Any) -> list[int]:
    if not pc.any(mask, min_count=0).as_py():
        return []
    found: list[int] = pc.indices_nonzero(mask).to_pylist()
    return found
