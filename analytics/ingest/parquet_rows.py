"""Rows of an uploaded Parquet file as text cells, so that CSV and Parquet pass the same judgement.

Only types whose text form is exact are taken: strings, whole numbers, booleans, days, decimals with no more digits
after the point than the contract. Floats never carry an amount.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.contracts import DECIMAL_TYPES, Column, Template
from analytics.ingest.csv_rows import RawBlock
from analytics.ingest.encoding import refuse_disguised
from analytics.ingest.limits import ReadLimits
from analytics.ingest.messages import FileRefused

_BATCH_ROWS = 65_536


def open_parquet(path: Path, limits: ReadLimits) -> Any:
    """The file; refuses encrypted, damaged, too long and too wide ones before a value is read."""
    with path.open("rb") as handle:
        handle.seek(-4, 2)
        if handle.read(4) == b"PARE":
            raise FileRefused("parquet.encrypted")
    try:
        found = pq.ParquetFile(str(path), memory_map=False, pre_buffer=False)
    except (pa.ArrowException, OSError, EOFError) as error:
        raise FileRefused("parquet.encrypted" if "ncrypt" in str(error) else "parquet.corrupt")
    if found.metadata.num_rows > limits.rows:
        raise FileRefused("file.too_many_rows", limit=limits.rows)
    if found.metadata.num_columns > limits.columns:
        raise FileRefused("file.too_many_columns", limit=limits.columns)
    return found


def refuse_types(schema: Any, template: Template) -> None:
    """Refuses the first column whose type could change a value."""
    for name, kind in zip(schema.names, schema.types, strict=True):
        column = template.column(name)
        if not _exact(kind, column):
            raise FileRefused("parquet.type", field=name, value=str(kind), guess=column.stored_as)


def _exact(kind: Any, column: Column) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        return True
    if pa.types.is_integer(kind):
        return column.type == "integer" or column.type in DECIMAL_TYPES
    if pa.types.is_decimal(kind):
        return column.type in DECIMAL_TYPES and 0 <= kind.scale <= column.digits[1]
    if pa.types.is_date32(kind):
        return column.type == "date"
    return bool(pa.types.is_boolean(kind)) and column.type == "flag"


def parquet_blocks(found: Any, limits: ReadLimits) -> Iterator[RawBlock]:
    """Batches of text cells with 1-based row numbers; damage met on the way refuses the file."""
    names, start = found.schema_arrow.names, 1
    try:
        for batch in found.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
            columns = [_as_text(column, start) for column in batch.columns]
            yield RawBlock(names, columns, range(start, start + batch.num_rows))
            start += batch.num_rows
    except (pa.ArrowInvalid, OSError, EOFError) as error:
        if isinstance(error, pa.ArrowMemoryError):
            raise
        raise FileRefused("parquet.corrupt")


def _as_text(column: Any, first_row: int) -> Any:
    """Exact text of a column; Arrow does not check UTF-8 in a file it reads, so this does."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    cells = pc.fill_null(column.cast(pa.string()), "")
    try:
        cells.validate(full=True)
    except pa.ArrowInvalid:
        raise FileRefused("encoding.not_utf8", row=first_row, line=first_row, guess="")
    if not pc.all(pc.string_is_ascii(cells), min_count=0).as_py():
        for row, text in enumerate(cells.to_pylist(), start=first_row):
            refuse_disguised(text, row, row)
    return cells
