"""The first wall: every setting of the locked session, and what it does not stop by itself."""

from pathlib import Path

import duckdb
import pytest

from analytics import engine
from tests.sql.books import book

LOCKED = {
    "enable_external_access": "false",
    "lock_configuration": "true",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "threads": "1",
    "max_temp_directory_size": "0 bytes",
}
STOPPED = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM parquet_metadata('{other}')",
    "SELECT * FROM read_parquet('{other}')",
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "EXPORT DATABASE '{folder}/out'",
    "ATTACH '{folder}/x.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET threads = 8",
    "SET enable_external_access = true",
    "RESET lock_configuration",
    "PRAGMA memory_limit = '64GB'",
    "SELECT getenv('HOME')",
    "SELECT * FROM somewhere",
]


def test_every_setting_of_a_locked_session(tmp_path: Path) -> None:
    with engine.locked_session({"loan_book": [book(tmp_path, "loan_book", rows=1, seed=1)]}) as connection:
        found = dict(connection.execute("SELECT name, value FROM duckdb_settings()").fetchall())
    assert {name: found[name].lower() for name in LOCKED} == LOCKED
    assert float(found["memory_limit"].split()[0]) <= engine.MEMORY_LIMIT_MB


@pytest.mark.parametrize("sql", STOPPED)
def test_the_engine_alone_stops_files_settings_and_extensions(tmp_path: Path, sql: str) -> None:
    other = book(tmp_path / "other", "loan_book", rows=1, seed=2)
    somewhere = [1]  # a Python variable of this name must not become a table
    with (
        engine.locked_session({"loan_book": [book(tmp_path, "loan_book", rows=1, seed=1)]}) as connection,
        pytest.raises(duckdb.Error),
    ):
        connection.execute(sql.format(folder=tmp_path, other=other)).fetchall()
    assert somewhere == [1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["filing.parquet", "other"]


PASSING = ["ATTACH ':memory:' AS x", "SET VARIABLE x = 1", "CREATE MACRO abs(x) AS 1", "PRAGMA database_list"]


@pytest.mark.parametrize("sql", PASSING)
def test_what_the_engine_lets_pass_is_why_the_allow_list_exists(tmp_path: Path, sql: str) -> None:
    from analytics.sandbox import SqlRefused, vet

    with engine.locked_session({"loan_book": [book(tmp_path, "loan_book", rows=1, seed=1)]}) as connection:
        connection.execute(sql)
    with pytest.raises(SqlRefused):
        vet(sql, {"loan_book": ["loan_id"]})
