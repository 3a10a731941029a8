"""Attacks on the rule sandbox are refused; the queries rules need pass."""

import pytest

from analytics.sandbox import SqlRefused, vet, vet_condition

TABLES = {
    "loan_book": [
        "row_number",
        "loan_id",
        "borrower_token",
        "currency",
        "principal_amount",
        "outstanding_principal",
        "annual_rate_percent",
        "status",
        "contract_date",
    ],
    "fund_ledger": ["row_number", "entry_id", "loan_id", "amount", "entry_date"],
}

ATTACKS = [
    # files and network
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_csv_auto('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_parquet('/tmp/x.parquet')",
    "SELECT * FROM parquet_metadata('/tmp/x.parquet')",
    "SELECT * FROM read_json('/tmp/x')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    'SELECT * FROM "/etc/passwd"',
    "SELECT * FROM 'https://example.invalid/x.parquet'",
    "COPY loan_book TO '/tmp/out.csv'",
    "COPY loan_book FROM '/tmp/in.csv'",
    "EXPORT DATABASE '/tmp/out'",
    "IMPORT DATABASE '/tmp/out'",
    "ATTACH '/tmp/x.db'",
    "ATTACH ':memory:' AS other",
    "DETACH other",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SELECT getenv('HOME')",
    "SELECT * FROM duckdb_secrets()",
    # settings and catalogue
    "PRAGMA database_list",
    "PRAGMA memory_limit='100GB'",
    "SET memory_limit='100GB'",
    "RESET memory_limit",
    "SET VARIABLE x = 1",
    "SELECT getvariable('x')",
    "SELECT current_setting('access_mode')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM pragma_version()",
    "SELECT * FROM main.loan_book",
    "SELECT * FROM sqlite_master",
    "SHOW TABLES",
    "DESCRIBE loan_book",
    "EXPLAIN SELECT 1",
    # change
    "CREATE MACRO abs(x) AS 1",
    "CREATE TABLE t AS SELECT 1 AS a",
    "CREATE VIEW v AS SELECT 1 AS a",
    "DROP VIEW loan_book",
    "DELETE FROM loan_book",
    "UPDATE loan_book SET principal_amount = 0",
    "INSERT INTO loan_book VALUES (1)",
    "CALL pragma_version()",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP VIEW loan_book",
    "WITH x AS (DELETE FROM loan_book RETURNING 1) SELECT * FROM x",
    # cost
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT n FROM r",
    "SELECT 1 AS a FROM loan_book AS a, loan_book AS b",
    "SELECT 1 AS a FROM loan_book AS a CROSS JOIN loan_book AS b",
    "SELECT 1 AS a FROM loan_book AS a JOIN loan_book AS b ON 1 = 1",
    "SELECT 1 AS a FROM loan_book AS a JOIN loan_book AS b ON a.loan_id = a.loan_id",
    "SELECT 1 AS a FROM loan_book AS a JOIN loan_book AS b ON a.loan_id < b.loan_id",
    "SELECT 1 AS a FROM loan_book AS a JOIN loan_book AS b ON a.loan_id = b.loan_id OR TRUE",
    "SELECT 1 AS a FROM loan_book NATURAL JOIN fund_ledger",
    "SELECT 1 AS a FROM loan_book POSITIONAL JOIN fund_ledger",
    "SELECT 1 AS a FROM loan_book AS a ASOF JOIN fund_ledger AS b ON a.loan_id = b.loan_id",
    "SELECT 1 AS a FROM loan_book AS a, LATERAL (SELECT a.loan_id) AS b",
    "SELECT repeat('x', 2000000000) AS a",
    "SELECT lpad('x', 2000000000, 'y') AS a",
    "SELECT * FROM generate_series(1, 1000000000)",
    "SELECT * FROM range(1000000000)",
    "SELECT unnest(range(1000000000)) AS a",
    "SELECT list_transform([1], x -> x) AS a",
    "SELECT sleep_ms(100000) AS a",
    "SELECT query('SELECT 1') AS a",
    "SELECT * FROM query_table('loan_book')",
    "SELECT random() AS a FROM loan_book",
    "SELECT now() AS a",
    "SELECT " + "(" * 60 + "1" + ")" * 60 + " AS a",
    "SELECT " + "NOT " * 400 + "TRUE AS a",
    "SELECT " + " + ".join(["1"] * 5000) + " AS a",
    "SELECT '" + "x" * 25_000 + "' AS a",
    "SELECT 1e308 AS a",
    "SELECT CAST(loan_id AS BLOB) AS a FROM loan_book",
    "SELECT CAST(loan_id AS INTEGER[]) AS a FROM loan_book",
    # names
    "SELECT secret FROM loan_book",
    "SELECT loan_id FROM platforms_platform",
    "WITH loan_book AS (SELECT 1 AS loan_id) SELECT loan_id FROM loan_book",
    "SELECT rowid FROM loan_book",
    'SELECT "loan_id; DROP" FROM loan_book',
    "SELECT * FROM loan_book TABLESAMPLE 10%",
    "SELECT * FROM loan_book PIVOT (SUM(principal_amount) FOR status IN ('paid'))",
    "FROM loan_book SELECT system('id')",
    "SELECT $1 AS a",
    "VALUES (1)",
    "",
    ";",
    "SELECT FROM WHERE",
]


@pytest.mark.parametrize("sql", ATTACKS)
def test_an_attack_is_refused_with_a_reason_and_a_cure(sql: str) -> None:
    with pytest.raises(SqlRefused) as refused:
        vet(sql, TABLES)
    assert refused.value.reason
    assert refused.value.cure


def test_a_limit_per_borrower_passes_and_names_what_it_uses() -> None:
    found = vet(
        "SELECT borrower_token AS subject, SUM(outstanding_principal) AS measured, 200000 AS threshold,"
        " ARRAY_AGG(row_number ORDER BY row_number) AS row_numbers"
        " FROM loan_book WHERE currency = 'CNY' GROUP BY borrower_token HAVING SUM(outstanding_principal) > 200000",
        TABLES,
    )
    assert found.columns_used == {"loan_book": ("borrower_token", "currency", "outstanding_principal", "row_number")}
    assert found.functions_used == ("ARRAY_AGG", "SUM")


@pytest.mark.parametrize(
    "sql",
    [
        (
            "WITH b AS (SELECT borrower_token, SUM(outstanding_principal) AS s FROM loan_book GROUP BY borrower_token),"
            " r AS (SELECT s, ROW_NUMBER() OVER (ORDER BY s DESC) AS n FROM b)"
            " SELECT 'top10' AS subject, SUM(s) AS measured FROM r WHERE n <= 10 HAVING SUM(s) > 1"
        ),
        (
            "SELECT l.loan_id AS subject, SUM(f.amount) AS measured FROM loan_book AS l"
            " LEFT JOIN fund_ledger AS f ON l.loan_id = f.loan_id AND f.amount > 0 GROUP BY l.loan_id"
        ),
        "SELECT loan_id AS subject FROM loan_book WHERE loan_id NOT IN (SELECT loan_id FROM fund_ledger)",
        "SELECT loan_id AS subject FROM loan_book UNION ALL SELECT entry_id AS subject FROM fund_ledger",
        (
            "SELECT loan_id AS subject FROM loan_book AS l WHERE EXISTS"
            " (SELECT 1 FROM fund_ledger AS f WHERE f.loan_id = l.loan_id)"
        ),
        "SELECT COUNT(*) FILTER (WHERE status = 'paid') AS measured FROM loan_book",
    ],
)
def test_the_queries_rules_need_pass(sql: str) -> None:
    assert vet(sql, TABLES).sql.startswith(("SELECT", "WITH"))


def test_what_runs_is_made_from_the_tree_and_not_the_text_sent() -> None:
    assert vet("select loan_id /* note */ from loan_book -- end", TABLES).sql == (
        "SELECT loan_id FROM loan_book"
    )


CONDITION_ATTACKS = [
    "(SELECT COUNT(*) FROM loan_book) > 1",
    "EXISTS (SELECT 1)",
    "loan_id IN (SELECT loan_id FROM fund_ledger)",
    "SUM(principal_amount) > 1",
    "ROW_NUMBER() OVER () > 1",
    "unknown_column = 1",
    "loan_book.loan_id = 'x'",
    "loan_id = 'x'; DROP TABLE t",
    "getenv('HOME') = 'x'",
    "repeat(loan_id, 1000000000) = 'x'",
    "loan_id LIKE 'a' OR read_text('/etc/passwd') = 'x'",
    "",
]


@pytest.mark.parametrize("condition", CONDITION_ATTACKS)
def test_a_row_condition_reads_one_row_only(condition: str) -> None:
    with pytest.raises(SqlRefused):
        vet_condition(condition, TABLES["loan_book"])


def test_a_row_condition_names_its_columns() -> None:
    found = vet_condition("status <> 'paid' OR outstanding_principal = 0", TABLES["loan_book"])
    assert found.columns_used == ("status", "outstanding_principal")
