"""All readings of one loan book: every definition computed from the same loan rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from analytics import engine
from analytics.metrics.definitions import MetricDefinition, metric_definitions

STATES = "metrics/loan_states"


def metric_readings(tables: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """One entry per definition, currency and part; figures as decimal text with six places, None where undefined.

    The states of the loans are worked out once and kept for all definitions. KeyError without a loan book.
    """
    with engine.query_session(STATES, tables=tables) as connection:
        connection.sql(engine.sql_text(STATES)).create("loans")
        return [entry for found in metric_definitions() for entry in _entries(connection, found)]


def _entries(connection: Any, definition: MetricDefinition) -> list[dict[str, Any]]:
    found = connection.execute(engine.sql_text(f"metrics/{definition.code}"))
    names = [entry[0] for entry in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return [_entry(definition, row) for row in rows]


def _entry(definition: MetricDefinition, row: Mapping[str, Any]) -> dict[str, Any]:
    figures = {name: _text(row[name]) for name in ("value", "numerator", "denominator")}
    whose = {"definition": definition.code, "version": definition.version, "metric": definition.metric}
    return {**whose, "currency": row["currency"], "part": row["part"], **figures}


def _text(value: float | None) -> str | None:
    return None if value is None else f"{value:.6f}"
