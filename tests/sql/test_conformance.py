"""Every admitted function, operator, type and clause answers its vectors alike on DuckDB and on Spark."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from analytics.portable import portable_functions
from analytics.portable.admitted import PORTABLE, Admitted, admitted, function_names, inputs, nodes
from analytics.sandbox import SqlRefused, vet, vet_condition
from analytics.sandbox.nodes import PLAIN
from analytics.sandbox.refusal import CURES
from analytics.spark import why_absent
from tests.sql.conformance import answers, duckdb_runner, files, query_of, spark_runner

Run = Callable[[str], Sequence[Sequence[Any]]]
ENTRIES = admitted()
IDS = [entry.name for entry in ENTRIES]


@pytest.fixture(scope="module")
def on_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """DuckDB with the input tables."""
    return duckdb_runner(files(tmp_path_factory.mktemp("vectors")))


@pytest.fixture(scope="module")
def on_spark(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Spark with the input tables, or a skip that says why."""
    reason = why_absent()
    if reason:
        pytest.skip(reason)
    return spark_runner(files(tmp_path_factory.mktemp("vectors")))


@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_duckdb_answers_as_written(entry: Admitted, on_duckdb: Run) -> None:
    assert answers(entry, "duckdb", on_duckdb) == [vector["want"] for vector in entry.vectors]


@pytest.mark.spark
@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_spark_answers_as_written(entry: Admitted, on_spark: Run) -> None:
    assert answers(entry, "spark", on_spark) == [vector["want"] for vector in entry.vectors]


def test_the_allow_list_is_what_owns_a_vector() -> None:
    """No way in but a vector: what the sandbox lets pass is read from the vectors, and each holds what it names."""
    owned = {entry.node for entry in ENTRIES if entry.node != PORTABLE}
    assert {kind.__name__ for kind in nodes()} == owned
    assert nodes(row_only=True) < nodes()
    assert function_names() == set(portable_functions())
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES)
    assert [entry.name for entry in ENTRIES if not entry.vectors] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_a_vector_asks_for_what_it_is_named_after(entry: Admitted) -> None:
    for vector in entry.vectors:
        tree = sqlglot.parse_one(query_of(vector), dialect="duckdb")
        if entry.node == PORTABLE:
            assert entry.name in {node.name.upper() for node in tree.find_all(exp.Anonymous)}
        else:
            found = {type(node).__name__ for node in tree.walk()}
            assert entry.node in found, vector


def test_the_inputs_hold_what_engines_differ_on() -> None:
    rows, types = inputs()["inputs"]["rows"], list(inputs()["inputs"]["types"])
    column = {name: [row[place] for row in rows] for place, name in enumerate(types)}
    assert all(None in column[name] for name in types if name not in {"row_number", "e", "f", "u"})
    assert any(value is not None and math.isnan(value) for value in column["f"])
    assert {str(day)[5:] for day in column["d"]} >= {"01-31", "02-29", "12-31", "02-28"}
    assert min(value for value in column["i"] if value is not None) < 0
    assert {0, 9007199254740993} <= set(column["i"])
    assert {"", "平台"} <= set(column["t"])


# What differs in silence (measured on both engines), and the function that does not.
RAW = {
    "SELECT DATE_DIFF('month', contract_date, contract_date) AS a FROM loan_book": "MONTHS_BETWEEN_FLOOR",
    "SELECT contract_date - contract_date AS a FROM loan_book": "DAYS_BETWEEN",
    "SELECT contract_date + INTERVAL 1 MONTH AS a FROM loan_book": "PLUS_MONTHS",
    "SELECT contract_date + 1 AS a FROM loan_book": "PLUS_DAYS",
    "WITH s AS (SELECT contract_date AS d FROM loan_book) SELECT d - d AS a FROM s": "DAYS_BETWEEN",
    "SELECT MAX(contract_date) - MIN(contract_date) AS a FROM loan_book": "DAYS_BETWEEN",
    "SELECT PLUS_DAYS(contract_date, 1) - PLUS_MONTHS(contract_date, 1) AS a FROM loan_book": "DAYS_BETWEEN",
    "WITH s AS (SELECT MONTH_START(contract_date) AS d FROM loan_book) SELECT 1 + d AS a FROM s": "DAYS_BETWEEN",
    "SELECT CAST(principal_amount AS BIGINT) AS a FROM loan_book": "ROUND_HALF_UP",
    "SELECT TRY_CAST(principal_amount AS DECIMAL(9, 2)) AS a FROM loan_book": "ROUND_HALF_UP",
    "SELECT CAST(contract_date AS VARCHAR) AS a FROM loan_book": "DATE_TEXT",
    "SELECT principal_amount / 3 AS a FROM loan_book": "SAFE_DIV",
    "SELECT term_months // 3 AS a FROM loan_book": "FLOOR_DIV",
    "SELECT term_months % 3 AS a FROM loan_book": "REMAINDER",
    "SELECT ROUND(annual_rate_percent, 2) AS a FROM loan_book": "ROUND_HALF_UP",
    "SELECT FLOOR(annual_rate_percent) AS a FROM loan_book": "ROUND_DOWN",
    "SELECT CEIL(annual_rate_percent) AS a FROM loan_book": "ROUND_UP",
    "SELECT SUBSTR(loan_id, 0, 3) AS a FROM loan_book": "TEXT_PART",
    "SELECT LEFT(loan_id, 0 - 1) AS a FROM loan_book": "TEXT_PART",
    "SELECT DATE_TRUNC('month', contract_date) AS a FROM loan_book": "MONTH_START",
    "SELECT STRING_AGG(loan_id, ',') AS a FROM loan_book": "TEXTS_JOINED",
    "SELECT REGEXP_FULL_MATCH(loan_id, 'x') AS a FROM loan_book": "MATCH_FULL",
    "SELECT REGEXP_MATCHES(loan_id, 'x') AS a FROM loan_book": "MATCH_FULL",
    "SELECT AVG(principal_amount) AS a FROM loan_book": "MEAN",
    "SELECT UPPER(loan_id) AS a FROM loan_book": "UPPER_ASCII",
    "SELECT LOWER(loan_id) AS a FROM loan_book": "LOWER_ASCII",
    "SELECT COUNT_IF(term_months > 1) AS a FROM loan_book": "FILTER",
    "SELECT STRFTIME(contract_date, '%Y-%m') AS a FROM loan_book": "DATE_TEXT",
    "SELECT ANY_VALUE(loan_id) AS a FROM loan_book": "MIN(x)",
}
COLUMNS = {
    "loan_book": ["row_number", "loan_id", "principal_amount", "annual_rate_percent", "term_months", "contract_date"]
}


@pytest.mark.parametrize("sql", RAW)
def test_what_differs_in_silence_is_refused_with_the_function_that_does_not(sql: str) -> None:
    with pytest.raises(SqlRefused) as refused:
        vet(sql, COLUMNS)
    assert RAW[sql] in refused.value.cure


@pytest.mark.parametrize("sql", ["SELECT quantile_cont(term_months, 0.5) AS a FROM loan_book",
                                 "SELECT MEDIAN(term_months) AS a FROM loan_book",
                                 "SELECT EXTRACT(DOW FROM contract_date) AS a FROM loan_book",
                                 "SELECT (term_months, loan_id) IN ((1, 'x')) AS a FROM loan_book"])  # fmt: skip
def test_what_one_engine_lacks_is_refused(sql: str) -> None:
    with pytest.raises(SqlRefused):
        vet(sql, COLUMNS)


@pytest.mark.parametrize(
    "condition",
    [
        "MATCH_FULL(loan_id, '(a+)+b')",
        "MATCH_FULL(loan_id, '(a|a)*')",
        "MATCH_FULL(loan_id, '.*')",
        "MATCH_FULL(loan_id, loan_id)",
        "MATCH_FULL(loan_id, 'a{2000}')",
        "ROUND_HALF_UP(principal_amount, 7) > 0",
        "ROUND_HALF_UP(principal_amount, term_months) > 0",
        "ROUND_HALF_UP(principal_amount) > 0",
        "TEXT_PART(loan_id, 0, 3) = 'x'",
        "TEXT_PART(loan_id, 1, 100000) = 'x'",
        "MEAN(principal_amount) > 0",
        "contract_date - contract_date > 1",
        "(COALESCE(contract_date, contract_date)) + 1 = contract_date",
        "CASE WHEN term_months > 1 THEN contract_date END - contract_date > 1",
        "PLUS_DAYS(contract_date, 1) - MONTH_START(contract_date) > 1",
        "loan_id LIKE 'a\\%'",
        "loan_id LIKE loan_id",
    ],
)
def test_a_portable_function_takes_only_what_every_engine_reads_alike(condition: str) -> None:
    with pytest.raises(SqlRefused):
        vet_condition(condition, COLUMNS["loan_book"])


def test_functions_nested_into_a_bomb_are_refused() -> None:
    day = "contract_date"
    for _ in range(12):
        day = f"PLUS_DAYS(contract_date, MONTHS_BETWEEN_FLOOR({day}, {day}))"
        if len(day) > 15_000:
            break
    with pytest.raises(SqlRefused):
        vet(f"SELECT {day} AS a FROM loan_book", COLUMNS)


def test_every_function_says_in_both_languages_what_it_means() -> None:
    for function in portable_functions().values():
        assert set(function.meaning) == {"zh", "en"}
        assert function.instead_of
        assert set(function.texts) == {"duckdb", "spark"}


def test_no_flag_or_cure_is_kept_for_what_is_not_there() -> None:
    admitted_names = {kind.__name__ for kind in nodes()}
    assert {kind.__name__ for kind in PLAIN} - admitted_names - {"Anonymous"} == set()
    assert set(CURES) & (admitted_names - {"Cast"}) == set()
