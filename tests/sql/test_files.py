"""Every SQL file: header, notes that match its columns, checks that hold, the same answer on each engine."""

import math
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlglot

from analytics import engine
from tests.sql.cases import CASES
from tests.sql.engines import by_duckdb, by_spark

NAMES = engine.sql_names()


def test_every_file_has_a_case() -> None:
    assert sorted(CASES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_header_says_grain_inputs_parameters_meaning_and_source(name: str) -> None:
    header = [line for line in engine.sql_text(name).splitlines() if line.startswith("-- ")]
    found = [match[1] for line in header if (match := re.match(r"-- ([a-z]+): \S", line))]
    assert found == ["grain", "inputs", "parameters", "meaning", "source"]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_one_statement(name: str) -> None:
    statements = sqlglot.parse(engine.sql_text(name), dialect="duckdb")
    assert len(statements) == 1
    assert not engine.sql_text(name).rstrip().endswith(";")


@pytest.mark.parametrize("name", NAMES)
def test_the_notes_match_the_columns_and_the_checks_hold(name: str, tmp_path: Path) -> None:
    notes, rows = engine.sql_notes(name), by_duckdb(name, CASES[name](tmp_path))
    assert rows
    for row in rows:
        assert list(row) == list(notes["columns"])
    for check in notes["checks"]:
        for row in rows:
            holds(check, row[check["column"]])


def holds(check: dict[str, Any], value: Any) -> None:
    """Asserts one check of the notes on one value."""
    assert not (check.get("not_null") and value is None), check
    if value is not None and "minimum" in check:
        assert value >= check["minimum"], check
    if value is not None and "maximum" in check:
        assert value <= check["maximum"], check


@pytest.mark.spark
@pytest.mark.parametrize("name", NAMES)
def test_spark_gives_the_same_answer_to_the_same_file(name: str, tmp_path: Path) -> None:
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed: the extra `spark` is not part of tests")
    session = sql.SparkSession.builder.master("local[1]").config("spark.sql.ansi.enabled", "true").getOrCreate()
    tables = CASES[name](tmp_path)
    expected, found = by_duckdb(name, tables), by_spark(session, name, tables)
    assert len(found) == len(expected)
    for left, right in zip(in_order(expected), in_order(found), strict=True):
        assert list(left) == list(right)
        assert all(same(left[column], right[column]) for column in left), (left, right)


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in an order that does not depend on the engine."""
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])


def same(left: Any, right: Any) -> bool:
    """Equal, floats to twelve digits."""
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-12)
    if isinstance(left, int | Decimal) and isinstance(right, int | Decimal):
        return Decimal(left) == Decimal(right)
    return bool(left == right)
