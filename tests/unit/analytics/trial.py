"""A jail task for tests only: SQL nobody vetted, in the locked session, to try the walls behind the vetting.

It is loaded into a test's own fork server (`Jail("tests.unit.analytics.trial")`); no other server has it.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

import duckdb

from analytics import engine
from analytics.jail.tasks import task_ingest

SHOWN = 1_000


def raw_query(args: Mapping[str, Any]) -> dict[str, Any]:
    """Rows of the SQL as it was sent, or the engine's refusal; the tables, and files in `hidden` as other views."""
    with engine.locked_session(args["tables"]) as connection:
        for name, values in (args.get("hidden") or {}).items():
            connection.values([duckdb.ConstantExpression(value) for value in values]).create_view(name)
        try:
            found = connection.execute(args["sql"])
            rows = found.fetchmany(SHOWN) if found.description else []
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error as error:
            return {"refused": f"{type(error).__name__}: {error}"[:500], "rows": [], "state": catalogue(connection)}
        shown = [[str(value) for value in row] for row in rows]
        return {"refused": None, "rows": shown, "state": catalogue(connection)}


def catalogue(connection: Any) -> str:
    """A digest of settings, databases, views, functions and variables, to see whether a query changed any."""
    asked = (
        "SELECT name, value FROM duckdb_settings() ORDER BY ALL",
        "SELECT database_name, path FROM duckdb_databases() ORDER BY ALL",
        "SELECT view_name, sql FROM duckdb_views() WHERE NOT internal ORDER BY ALL",
        "SELECT table_name FROM duckdb_tables() ORDER BY ALL",
        "SELECT function_name FROM duckdb_functions() WHERE NOT internal ORDER BY ALL",
        "SELECT name, value::VARCHAR FROM duckdb_variables() ORDER BY ALL",
    )
    found = str([connection.execute(sql).fetchall() for sql in asked])
    return hashlib.sha256(re.sub(r"/\S*|unnamed_relation_\w+", "", found).encode()).hexdigest()


def ingest_and_query(args: Mapping[str, Any]) -> dict[str, Any]:
    """Reads the filing, then runs the SQL on it."""
    report = task_ingest(args)
    return {**report, **raw_query({**args, "tables": {args["template"]: [args["out_parquet"]]}})}


TASKS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "raw_query": raw_query,
    "ingest_and_query": ingest_and_query,
}
