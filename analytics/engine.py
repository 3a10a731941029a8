"""Runs SQL on the lake with DuckDB: one thread, bounded memory, only the named files, nothing else reachable.

`query_file` runs a file of `analytics/sql/`; `locked_session` is the ground on which rule checks run.
"""

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

SQL_DIR = Path(__file__).parent / "sql"
MEMORY_LIMIT_MB = 512
_NAME = re.compile(r"[a-z0-9_]+/[a-z0-9_]+")


def engine_version() -> str:
    """Name and version of the engine, kept with every finding."""
    return f"duckdb {duckdb.__version__}"


@cache
def sql_text(name: str) -> str:
    """Text of `analytics/sql/<subject>/<name>.sql`; ValueError for a name of another form."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not of the form subject/name.")
    return (SQL_DIR / f"{name}.sql").read_text(encoding="utf-8")


@cache
def sql_notes(name: str) -> dict[str, Any]:
    """The YAML beside a SQL file: inputs, parameters, columns with notes, checks."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not of the form subject/name.")
    notes: dict[str, Any] = yaml.safe_load((SQL_DIR / f"{name}.yaml").read_text(encoding="utf-8"))
    return notes


def sql_names() -> list[str]:
    """Every analytic query file as subject/name (session files set up the engine and are no queries)."""
    found = [path.relative_to(SQL_DIR).with_suffix("").as_posix() for path in SQL_DIR.glob("*/*.sql")]
    return sorted(name for name in found if not name.startswith("session/"))


@contextlib.contextmanager
def locked_session(
    tables: Mapping[str, Sequence[str]], *, memory_mb: int = MEMORY_LIMIT_MB, spill_dir: str = ""
) -> Iterator[Any]:
    """A connection whose views are the given tables; it can open no other file and change no setting."""
    config: dict[str, Any] = {
        "threads": 1,
        "memory_limit": f"{memory_mb}MB",
        "autoload_known_extensions": False,
        "autoinstall_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,
        "max_temp_directory_size": "8GB" if spill_dir else "0B",
    }
    if spill_dir:
        config["temp_directory"] = spill_dir
    connection = duckdb.connect(":memory:", config=config)
    try:
        paths = sorted({str(path) for found in tables.values() for path in found})
        connection.execute(sql_text("session/allow_paths"), [paths])
        connection.execute(sql_text("session/lock"))
        for name, found in tables.items():
            if found:
                relation(connection, name, found).create_view(name)
        yield connection
    finally:
        connection.close()


def relation(connection: Any, name: str, paths: Sequence[str]) -> Any:
    """Rows of a table. A `..._market` table also says whose filing a row is from: `platform_key`, its lake folder."""
    if not name.endswith("_market"):
        return connection.read_parquet([str(path) for path in paths])
    rows = connection.read_parquet([str(path) for path in paths], filename=True)
    parts = duckdb.FunctionExpression(
        "string_split", duckdb.ColumnExpression("filename"), duckdb.ConstantExpression("/")
    )
    folder = duckdb.FunctionExpression("list_extract", parts, duckdb.ConstantExpression(-2))
    return rows.select(duckdb.StarExpression(exclude=["filename"]), folder.alias("platform_key"))


def query_file(
    name: str,
    *,
    tables: Mapping[str, Sequence[str]],
    params: Mapping[str, Any] | None = None,
    memory_mb: int = MEMORY_LIMIT_MB,
) -> list[dict[str, Any]]:
    """Rows of one SQL file as dictionaries. KeyError names an input table that was not given."""
    missing = sorted(set(sql_notes(name)["inputs"]) - {table for table, paths in tables.items() if paths})
    if missing:
        raise KeyError(f"{name} needs the tables {', '.join(missing)}.")
    with locked_session(tables, memory_mb=memory_mb) as connection:
        found = connection.execute(sql_text(name), dict(params) if params else None)
        columns = [entry[0] for entry in found.description]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
