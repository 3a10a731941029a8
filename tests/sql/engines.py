"""Tables of test rows for the SQL files, and the files run on DuckDB or Spark."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analytics import engine
from analytics.spark.rows import view
from tests.unit.analytics.reading import Reader

Rows = Sequence[dict[str, str]]


def filed(folder: Path, template: str, rows: Rows, period: str = "2017-06") -> list[str]:
    """The lake file of rows: sample cells changed by each row, read by the strict reader."""
    folder.mkdir(parents=True, exist_ok=True)
    reader = Reader(folder, template=template, period=period)
    report = reader.read(reader.csv(*(reader.row(**row) for row in rows)))
    assert (report["rows_accepted"], report["file_errors"]) == (len(rows), []), report
    return [str(folder / "out.parquet")]


def by_duckdb(name: str, tables: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Rows of a SQL file on DuckDB."""
    return engine.query_file(name, tables=tables)


def by_spark(session: Any, name: str, tables: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Rows of the same file on Spark, unchanged."""
    notes = engine.sql_notes(name)
    for table in notes["inputs"]:
        view(session, table, tables[table])
    for step, source in notes.get("steps", {}).items():
        session.sql(engine.sql_text(source)).createOrReplaceTempView(step)
    return [row.asDict() for row in session.sql(engine.sql_text(name)).collect()]
