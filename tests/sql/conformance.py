"""Vectors of the portable language on one engine, and answers as canonical text."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.portable.admitted import Admitted, inputs
from analytics.sandbox import vet

Answer = list[list[str | None]]
TYPES = {
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "VARCHAR": pa.string(),
    "BOOLEAN": pa.bool_(),
}


def files(folder: Path) -> dict[str, str]:
    """The input tables as Parquet: name -> path."""
    found = {}
    for name, entry in inputs().items():
        columns = {
            column: pa.array([_cell(row[place], kind) for row in entry["rows"]], _arrow(kind))
            for place, (column, kind) in enumerate(entry["types"].items())
        }
        path = folder / f"{name}.parquet"
        pq.write_table(pa.table(columns), path)
        found[name] = str(path)
    return found


def _cell(value: Any, kind: str) -> Any:
    if value is None or not kind.startswith(("DECIMAL", "DOUBLE")):
        return value
    return Decimal(value) if kind.startswith("DECIMAL") else float(value)


def _arrow(kind: str) -> Any:
    if kind.startswith("DECIMAL"):
        digits, places = kind.removeprefix("DECIMAL(").rstrip(")").split(",")
        return pa.decimal128(int(digits), int(places))
    return TYPES[kind]


def query_of(vector: Mapping[str, Any]) -> str:
    """The query a vector asks."""
    if "query" in vector:
        return str(vector["query"])
    return f"SELECT row_number, {vector['each']} AS answer FROM inputs ORDER BY row_number"


def text_of(vector: Mapping[str, Any], engine: str) -> str:
    """The vector's query as an engine reads it, through the same vetting as a rule."""
    tables = {name: entry["types"] for name, entry in inputs().items()}
    return vet(query_of(vector), tables).text(engine)


def answers(entry: Admitted, engine: str, run: Callable[[str], Sequence[Sequence[Any]]]) -> list[Any]:
    """What an engine answers to each vector of an entry, as text, in the form of `want`."""
    found = []
    for vector in entry.vectors:
        rows: Answer = [[canonical(value) for value in row] for row in run(text_of(vector, engine))]
        if "each" in vector:
            found.append([row[1] for row in rows])
        else:
            found.append(rows if entry.kind == "ordered" else sorted(rows, key=str))
    return found


def canonical(value: Any) -> str | None:
    """One text for one value, whatever type an engine gives it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(str(canonical(part)) for part in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return _number(value)


def _number(value: Any) -> str:
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        value = Decimal(repr(value))
    text = format(Decimal(value).normalize(), "f")
    return "0" if text in {"-0", "0"} else text


def duckdb_runner(paths: Mapping[str, str]) -> Callable[[str], Sequence[Sequence[Any]]]:
    """Asks DuckDB."""
    connection = duckdb.connect(config={"threads": 1})
    for name, path in paths.items():
        connection.read_parquet(path).create_view(name)
    return lambda sql: connection.execute(sql).fetchall()


def spark_runner(paths: Mapping[str, str]) -> Callable[[str], Sequence[Sequence[Any]]]:
    """Asks Spark."""
    from analytics.spark.session import session

    spark = session()
    for name, path in paths.items():
        spark.read.parquet(path).createOrReplaceTempView(name)
    return lambda sql: spark.sql(sql).collect()
