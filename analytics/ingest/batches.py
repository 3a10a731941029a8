"""Raw text cells of one block to typed rows; everything refused goes to the rejections with its reason."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from analytics.contracts import Column, Template
from analytics.ingest.columns import convert, lake_schema
from analytics.ingest.csv_rows import RawBlock
from analytics.ingest.explain import reason
from analytics.ingest.rejections import Rejections


class BatchTyper:
    """Types the blocks of one filing against its contract."""

    def __init__(self, contract: Template, period: str, rejections: Rejections) -> None:
        self.contract, self.period, self.rejections = contract, period, rejections
        self.schema = lake_schema(contract.columns)

    def typed(self, block: RawBlock) -> Any:
        """The accepted rows as a record batch in the lake's schema; row numbers are those of the upload."""
        for row, code, values in block.broken:
            self.rejections.rows += 1
            self.rejections.add(row, "", code, "", values)
        count = len(block.row_numbers)
        numbers = pa.array(block.row_numbers, pa.int64())
        by_name = dict(zip(block.names, block.columns, strict=True))
        arrays, refused = [numbers], pa.scalar(False)
        for column, kind in zip(self.contract.columns, self.schema.types[1:], strict=True):
            cells = by_name.get(column.name)
            if cells is None:
                arrays.append(pa.nulls(count, kind))
                continue
            values, bad = self._column(column, cells, block)
            arrays.append(values)
            if bad is not None:
                refused = pc.or_(refused, bad)
        batch = pa.RecordBatch.from_arrays(arrays, schema=self.schema)
        return self._accepted(batch, refused)

    def _accepted(self, batch: Any, refused: Any) -> Any:
        if isinstance(refused, pa.Scalar):
            return batch
        self.rejections.rows += int(pc.sum(refused, min_count=0).as_py())
        return batch.filter(pc.invert(refused))

    def _column(self, column: Column, cells: Any, block: RawBlock) -> tuple[Any, Any]:
        values, bad = convert(column, cells)
        failing = _indices(bad)
        for index in failing:
            text = cells[index].as_py()
            code, texts = reason(column, text)
            shown = "" if code == "text.personal" else text
            self.rejections.add(block.row_numbers[index], column.name, code, shown, texts)
        if column.name == self.contract.period_column:
            outside = _apart(cells, self.period)
            outside = pc.and_(outside, pc.invert(bad))
            for index in _indices(outside):
                text = cells[index].as_py()
                row = block.row_numbers[index]
                self.rejections.add(row, column.name, "period.mismatch", text, {"period": self.period})
            bad = pc.or_(bad, outside)
        return values, bad if pc.any(bad, min_count=0).as_py() else None


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
