"""The last look before a check's query runs, inside the jail: vetted again, its plan bounded, its result capped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from analytics.engine import sql_text
from analytics.sandbox.refusal import SqlRefused
from analytics.sandbox.sources import filed_tables
from analytics.sandbox.vetting import vet

MAXIMUM_PLAN_ROWS = 200_000_000
MAXIMUM_RESULT_ROWS = 2_000_000
MAXIMUM_RESULT_BYTES = 512 * 1024 * 1024


def vetted_text(sql: str) -> str:
    """The DuckDB text of a rule's query over the filed tables, made anew from its vetted tree. Raises SqlRefused."""
    return vet(sql, filed_tables()).sql


def runnable(connection: Any, sql: str) -> str:
    """The text that runs: made anew from the vetted tree, whoever asks. Raises SqlRefused.

    The process that asks may be wrong about what it has vetted; this one is not. A text met before costs nothing
    (the fork server has vetted the rules in force before it forks).
    """
    vetted = vet(sql, filed_tables())
    if vetted.joins:
        refuse_absurd(plan_rows(connection, vetted.sql))
    return vetted.sql


def plan_rows(connection: Any, sql: str) -> int:
    """The largest number of rows any step of the engine's plan expects."""
    text = connection.execute(f"{sql_text('session/explain')} {sql}").fetchall()[0][1]
    return max((_largest(step) for step in json.loads(text)), default=0)


def _largest(step: Mapping[str, Any]) -> int:
    known = step.get("extra_info") or {}
    text = str(known.get("Estimated Cardinality", "0")).lstrip("~").replace(",", "")
    own = int(text) if text.isdigit() else 0
    return max([own, *(_largest(child) for child in step.get("children", []))])


def refuse_absurd(rows: int) -> None:
    """Raises SqlRefused when a plan would make more rows than any rule can need."""
    if rows > MAXIMUM_PLAN_ROWS:
        raise SqlRefused(
            f"The query would make about {rows:,} rows.", "Join on a key of each row, or group before joining."
        )


def capped(batches: Iterable[Any]) -> Iterator[Any]:
    """The same Arrow batches. Raises SqlRefused once they exceed the cap on rows or bytes."""
    rows = size = 0
    for batch in batches:
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows > MAXIMUM_RESULT_ROWS or size > MAXIMUM_RESULT_BYTES:
            raise SqlRefused(
                f"The query returned more than {MAXIMUM_RESULT_ROWS:,} rows or {MAXIMUM_RESULT_BYTES >> 20} MiB.",
                "Return one row per subject that fails.",
            )
        yield batch
