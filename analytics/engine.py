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
MEMORY_LIMIT_MB = 1024
_warm: Any = None
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


def _config() -> dict[str, Any]:
    return {
        "threads": 1,
        "async_threads": 0,
        "memory_limit": f"{MEMORY_LIMIT_MB}MB",
        "autoload_known_extensions": False,
        "autoinstall_known_extensions": False,
        "allow_community_extensions": False,
        "allow_unsigned_extensions": False,
        "allow_persistent_secrets": False,
        "python_enable_replacements": False,
        "max_temp_directory_size": "0B",
    }


def warm_up() -> None:
    """Opens a connection before a fork, for the child to lock and use. It has no thread, so it survives the fork."""
    global _warm
    _warm = duckdb.connect(":memory:", config=_config())
    _warm.execute(sql_text("session/first"))
    _warm.fetchall()


def _connection() -> Any:
    global _warm
    taken, _warm = _warm, None
    return taken or duckdb.connect(":memory:", config=_config())


@contextlib.contextmanager
def locked_session(tables: Mapping[str, Sequence[str]]) -> Iterator[Any]:
    """A connection whose views are the given tables; it can open no other file and change no setting."""
    inherited = _warm is not None
    connection = _connection()
    try:
        paths = sorted({str(path) for found in tables.values() for path in found})
        connection.execute(sql_text("session/allow_paths"), [paths])
        connection.execute(sql_text("session/lock"))
        for name, found in tables.items():
            if found:
                relation(connection, name, found).create_view(name)
        yield connection
    finally:
        if not inherited:  # a jailed child ends at once; tearing the engine down would cost as much as a query
            connection.close()


def relation(connection: Any, name: str, paths: Sequence[str]) -> Any:
    """Rows of a table. A `..._market` table also says whose filing a row is from: `platform_key`, its lake folder."""
    if not name.endswith("_market"):
        return connection.read_parquet([str(path) for path in paths])
    rows = connection.read_parquet([str(path) for path in paths], filename=True)
    return rows.select(duckdb.StarExpression(exclude=["filename"]), platform_key())


def platform_key() -> Any:
    """The lake folder of a row's file, as the column `platform_key`; needs the column `filename`."""
    parts = duckdb.FunctionExpression(
        "string_split", duckdb.ColumnExpression("filename"), duckdb.ConstantExpression("/")
    )
    return duckdb.FunctionExpression("list_extract", parts, duckdb.ConstantExpression(-2)).alias("platform_key")


def query_file(
    name: str, *, tables: Mapping[str, Sequence[str]], params: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Rows of one SQL file as dictionaries. KeyError names an input table that was not given."""
    with query_session(name, tables=tables) as connection:
        found = connection.execute(sql_text(name), dict(params) if params else None)
        columns = [entry[0] for entry in found.description]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


@contextlib.contextmanager
def query_session(name: str, *, tables: Mapping[str, Sequence[str]]) -> Iterator[Any]:
    """A locked session with the inputs and the named steps (other SQL files) of one SQL file as views."""
    notes = sql_notes(name)
    missing = sorted(set(notes["inputs"]) - {table for table, paths in tables.items() if paths})
    if missing:
        raise KeyError(f"{name} needs the tables {', '.join(missing)}.")
    with locked_session({table: tables[table] for table in notes["inputs"]}) as connection:
        for step, source in notes.get("steps", {}).items():
            connection.sql(sql_text(source)).create_view(step)
        yield connection
