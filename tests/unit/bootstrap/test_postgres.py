"""The embedded PostgreSQL: roles and what they may not do, passwords, recovery, shared use."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg2
import pytest

from config.bootstrap import paths, postgres
from config.bootstrap.errors import BootstrapError


@pytest.fixture(scope="module")
def database(server: postgres.Server) -> str:
    """A database of this module."""
    postgres.create_database("boot_one")
    return "boot_one"


def _rows(url: str, statement: str) -> list[tuple[object, ...]]:
    link = psycopg2.connect(url)
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        link.close()


def test_the_address_can_be_taken_apart(database: str, server: postgres.Server) -> None:
    parts = urlsplit(postgres.dsn(database))
    assert (parts.scheme, parts.username, parts.path) == ("postgresql", "lianxi_app", "/boot_one")
    assert parse_qs(parts.query) == {"host": [server.socket_dir], "port": ["5432"]}
    assert urlsplit(postgres.dsn(database, "owner")).username == "lianxi_owner"
    with pytest.raises(KeyError):
        postgres.dsn(database, "postgres")


def test_application_role_reads_and_writes_but_makes_nothing(database: str) -> None:
    _rows(postgres.dsn(database, "owner"), "CREATE TABLE note (id bigint GENERATED ALWAYS AS IDENTITY, a int)")
    app = postgres.dsn(database)
    _rows(app, "INSERT INTO note (a) VALUES (7)")
    assert _rows(app, "SELECT id, a FROM note") == [(1, 7)]
    for statement in ("CREATE TABLE mine (a int)", "TRUNCATE note", "ALTER TABLE note ADD b int"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            _rows(app, statement)
    assert _rows(app, "SELECT id, a FROM note") == [(1, 7)]


DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


def test_what_is_committed_is_on_the_disk(database: str) -> None:
    for name in DURABLE:
        assert _rows(postgres.dsn(database), f"SHOW {name}") == [("on",)]


def test_only_the_suite_has_a_cluster_that_may_lose_its_databases(run_dir: Path, monkeypatch: pytest.MonkeyPatch):
    place = postgres.cluster()
    assert not [name for name in DURABLE if f"{name}=off" in postgres._options(place)]
    for other in ("0", "yes", ""):
        monkeypatch.setenv(postgres.THROWAWAY, other)
        assert postgres.cluster() == place
    monkeypatch.setenv(postgres.THROWAWAY, "1")
    assert not {postgres.cluster().home, postgres.cluster().data, postgres.cluster().socket} & {place.home, place.data}
    assert postgres.cluster().socket != place.socket
    assert [name for name in DURABLE if f"{name}=off" not in postgres._options(place)] == []


def test_roles_have_no_power_over_the_server(database: str) -> None:
    question = (
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles "
        "WHERE rolname LIKE 'lianxi%' ORDER BY 1"
    )
    assert _rows(postgres.dsn(database), question) == [
        ("lianxi_app", False, False, False, False),
        ("lianxi_owner", False, False, True, False),
    ]


def test_extensions_are_there_in_new_databases(database: str) -> None:
    names = _rows(postgres.dsn(database), "SELECT extname FROM pg_extension ORDER BY 1")
    assert names == [("btree_gist",), ("pg_trgm",), ("plpgsql",)]


def test_a_wrong_password_is_refused(database: str) -> None:
    parts = urlsplit(postgres.dsn(database))
    wrong = postgres.dsn(database).replace(str(parts.password), "wrong")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(wrong)
    with pytest.raises(psycopg2.OperationalError, match="no password supplied"):
        psycopg2.connect(wrong.replace(":wrong", ""))


def test_the_server_listens_nowhere_but_on_its_private_socket(database: str, server: postgres.Server) -> None:
    app = postgres.dsn(database)
    assert _rows(app, "SHOW listen_addresses") == [("",)]
    assert _rows(app, "SHOW fsync") == [("on",)]
    folder = Path(server.socket_dir)
    assert folder.stat().st_mode & 0o777 == 0o700
    if os.geteuid() == 0:
        assert folder.owner() == "nobody"
        assert postgres.cluster().data.owner() == "nobody"


def test_databases_are_made_cloned_and_dropped(database: str) -> None:
    _rows(postgres.dsn(database, "owner"), "CREATE TABLE IF NOT EXISTS copied (a int)")
    postgres.create_database("boot_two", template=database)
    assert postgres.database_exists("boot_two")
    assert _rows(postgres.dsn("boot_two"), "SELECT count(*) FROM copied") == [(0,)]
    with pytest.raises(BootstrapError, match="already exists"):
        postgres.create_database("boot_two")
    postgres.drop_database("boot_two")
    postgres.drop_database("boot_two")
    assert not postgres.database_exists("boot_two")


@pytest.mark.parametrize("name", ["", "Lianxi", "a;drop", "1a", "a" * 64, 'a"b'])
def test_odd_database_names_are_refused_before_any_sql(name: str) -> None:
    with pytest.raises(BootstrapError, match="Not a database name"):
        postgres.create_database(name)


def test_attaching_does_not_start_a_second_server(server: postgres.Server, database: str) -> None:
    again = postgres.ensure_server()
    assert (again.socket_dir, again.started_by_us) == (server.socket_dir, False)


def test_an_external_address_is_left_alone(monkeypatch: pytest.MonkeyPatch, server: postgres.Server) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@db.example:5432/x")
    assert postgres.external()
    assert postgres.ensure_server() == postgres.Server("", 0, False)
    monkeypatch.setenv("DATABASE_URL", postgres.dsn("boot_one"))
    assert not postgres.external()


def test_a_killed_server_comes_back_for_many_callers_at_once(database: str) -> None:
    _rows(postgres.dsn(database, "owner"), "CREATE TABLE IF NOT EXISTS kept AS SELECT 5 AS a")
    os.kill(int((postgres.cluster().data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    code = "from config.bootstrap import postgres; print(postgres.ensure_server().started_by_us)"
    callers = [
        subprocess.Popen([sys.executable, "-c", code], cwd=paths.project_dir(), stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    answers = sorted(caller.communicate(timeout=60)[0].decode().strip() for caller in callers)
    assert answers == ["False", "False", "True"]
    assert _rows(postgres.dsn(database), "SELECT a FROM kept") == [(5,)]


def test_a_server_in_use_is_not_stopped_by_another_process(server: postgres.Server, database: str) -> None:
    code = "from config.bootstrap import postgres; print(postgres.stop_server(if_unused=True))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=paths.project_dir(), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
    assert postgres.database_exists(database)


def test_stopping_really_stops_and_data_stays(database: str) -> None:
    assert postgres.stop_server() is True
    assert postgres.stop_server() is False
    assert list(postgres.cluster().socket.iterdir()) == []
    assert postgres.ensure_server().started_by_us is True
    assert postgres.database_exists(database)


def test_no_program_at_all_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(BootstrapError, match="set PG_BIN or DATABASE_URL"):
        postgres.database_exists("x")
