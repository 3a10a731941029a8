"""Tables of the lake as Spark views, and Spark's answers as Arrow batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import pyarrow as pa

from analytics.sandbox.sources import MARKET

BATCH_ROWS = 65_536
_PLAIN = {
    "LongType": pa.int64(),
    "IntegerType": pa.int64(),
    "ShortType": pa.int64(),
    "DoubleType": pa.float64(),
    "StringType": pa.string(),
    "DateType": pa.date32(),
    "BooleanType": pa.bool_(),
    "NullType": pa.null(),
}


def view(spark: Any, name: str, paths: Sequence[str], currency: str | None = None) -> None:
    """Makes the files one view; a `..._market` table also says whose row it is; one currency only when asked."""
    from pyspark.sql import functions as f

    rows = spark.read.parquet(*[str(path) for path in paths])
    if name.endswith(MARKET):
        rows = rows.withColumn("platform_key", f.element_at(f.split(f.input_file_name(), "/"), -2))
    if currency:
        rows = rows.filter(f.col("currency") == currency)
    rows.createOrReplaceTempView(name)


def batches(spark: Any, sql: str) -> Iterator[Any]:
    """The answer to a query as Arrow batches."""
    found = spark.sql(sql)
    schema = pa.schema([pa.field(field.name, _arrow(field.dataType)) for field in found.schema.fields])
    rows = found.toLocalIterator()
    while part := list(islice(rows, BATCH_ROWS)):
        columns: Mapping[str, Any] = {
            field.name: pa.array([row[place] for row in part], field.type) for place, field in enumerate(schema)
        }
        yield pa.RecordBatch.from_arrays(list(columns.values()), schema=schema)


def _arrow(kind: Any) -> Any:
    name = type(kind).__name__
    if name == "DecimalType":
        return pa.decimal128(kind.precision, kind.scale)
    if name == "ArrayType":
        return pa.list_(_arrow(kind.elementType))
    return _PLAIN[name]
