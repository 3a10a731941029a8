"""The last look before a check runs: vetted again in the child, a bounded plan, a capped result."""

import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics import engine
from analytics.jail import Jail, JailFailure, JailLimits
from analytics.sandbox import SqlRefused, capped, runnable, vet
from analytics.sandbox import running as module
from analytics.sandbox.running import plan_rows
from tests.unit.analytics.test_checks import check
from tests.unit.analytics.test_jail import arguments, raw

ROWS = 50_000


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    """A jail that can also run raw SQL."""
    made = Jail("tests.unit.analytics.trial")
    yield made
    made.close()


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A locked session on a loan book with few terms."""
    path = tmp_path_factory.mktemp("plan") / "book.parquet"
    numbers = pa.array(range(1, ROWS + 1), pa.int64())
    terms = pa.array([row % 400 for row in range(ROWS)], pa.int64())
    columns = {"row_number": numbers, "loan_id": numbers.cast(pa.string()), "term_months": terms}
    pq.write_table(pa.table(columns), path)
    with engine.locked_session({"loan_book": [str(path)]}) as connection:
        yield connection


def test_a_plan_of_absurd_size_is_refused_before_it_runs(session: Any) -> None:
    joins = " ".join(f"JOIN loan_book AS t{n} ON t0.term_months = t{n}.term_months" for n in (1, 2))
    sql = f"SELECT COUNT(*) AS n FROM loan_book AS t0 {joins}"
    started = time.monotonic()
    with pytest.raises(SqlRefused, match="rows") as refused:
        runnable(session, sql)
    assert "key" in refused.value.cure
    assert time.monotonic() - started < 5
    assert plan_rows(session, vet(sql, {"loan_book": ["term_months", "row_number"]}).sql) > module.MAXIMUM_PLAN_ROWS


def test_a_join_on_a_key_is_planned_and_allowed(session: Any) -> None:
    sql = "SELECT a.loan_id FROM loan_book AS a JOIN loan_book AS b ON a.loan_id = b.loan_id"
    assert runnable(session, sql) == sql
    assert runnable(session, "SELECT loan_id FROM loan_book -- note") == "SELECT loan_id FROM loan_book"


def test_what_runs_is_made_anew_in_the_session(session: Any) -> None:
    with pytest.raises(SqlRefused):
        runnable(session, "SELECT content FROM read_text('/etc/passwd')")
    text = runnable(session, "SELECT SAFE_DIV(term_months, 12) AS years FROM loan_book LIMIT 1")
    assert session.execute(text).fetchall() == [(0.0,)]


def test_a_result_is_cut_off_at_its_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = pa.record_batch({"a": pa.array(range(1_000))})
    monkeypatch.setattr(module, "MAXIMUM_RESULT_ROWS", 2_500)
    given = capped([batch] * 10)
    assert [next(given).num_rows, next(given).num_rows] == [1_000, 1_000]
    with pytest.raises(SqlRefused, match="more than 2,500 rows"):
        next(given)
    monkeypatch.setattr(module, "MAXIMUM_RESULT_BYTES", 10_000)
    with pytest.raises(SqlRefused):
        list(capped([batch] * 2))
    assert len(list(capped([batch]))) == 1


def test_a_child_vets_again_whatever_the_caller_says(jail: Jail, tmp_path: Path) -> None:
    evil = check("evil", "SELECT content AS subject FROM read_text('/etc/passwd')", form="sql", needs={})
    fine = check("fine", "SELECT loan_id AS subject, 1 AS measured FROM loan_book", form="sql")
    answer = jail.run("ingest_and_check", arguments(tmp_path, evil, fine))
    assert [(found["rule_id"], found["outcome"]) for found in answer["results"]] == [
        ("evil", "not_evaluable"),
        ("fine", "failed"),
    ]
    assert "Anonymous is not in the allowed subset: read_text()" in answer["results"][0]["reason"]["en"]


def test_a_scan_sent_by_the_caller_is_not_believed(jail: Jail, tmp_path: Path) -> None:
    limit = check("limit", "principal_amount <= 100000")
    args = arguments(tmp_path, limit)
    blind = "SELECT 1 AS row_number, 0 AS mask_0"
    args["fused"] = {"sql": blind, "columns": ["row_number"], "places": {"limit": ["mask_0", 0]}}
    assert jail.run("ingest_and_check", args)["results"][0]["count"] == 1


def test_the_server_learns_a_rule_set_once(jail: Jail, tmp_path: Path) -> None:
    long = "SELECT loan_id AS subject FROM loan_book WHERE term_months > {}"
    checks = [check(f"r{n}", long.format(n), form="sql") for n in range(9)]
    jail.run("ingest_and_check", arguments(tmp_path / "first", *checks))
    taught = len(jail._taught)
    jail.run("ingest_and_check", arguments(tmp_path / "second", *checks))
    assert len(jail._taught) == taught
    jail.run("ingest_and_check", arguments(tmp_path / "third", *checks[1:]))
    assert len(jail._taught) == taught + 1


LESSONS = (b"", b"no json", b"[]", b'{"template": "loan_book"}', b'{"template": 1, "checks": [1]}')


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_that_makes_no_sense_does_not_hurt_the_server(jail: Jail, tmp_path: Path, lesson: bytes) -> None:
    jail.run("ingest", arguments(tmp_path))
    assert jail._process is not None
    before = jail._process.pid
    with tempfile.TemporaryFile() as paper:
        paper.write(lesson)
        paper.flush()
        assert jail._control is not None
        socket.send_fds(jail._control, [b"learn"], [paper.fileno()])
    assert jail.run("ingest", arguments(tmp_path))["rows_accepted"] == 1
    assert jail._process.pid == before


BOMBS = {
    "a text that doubles": (
        "WITH s0 AS (SELECT loan_id AS a FROM loan_book), "
        + ", ".join(f"s{n} AS (SELECT a || a AS a FROM s{n - 1})" for n in range(1, 32))
        + " SELECT LENGTH(a) AS n FROM s31"
    ),
    "a list of everything": "SELECT list(x) AS measured FROM range(1000000000) AS a(x)",
    "a scalar nobody can interrupt": "SELECT length(repeat('x', 2000000000)) AS measured",
    "a result of gigabytes": "SELECT repeat('x', 100000) AS subject FROM range(1000000)",
    "an endless recursion": "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT sum(n) FROM r",
    "a cross join": "SELECT count(*) FROM range(1000000) AS a, range(1000000) AS b WHERE a.range <> hash(b.range)",
    "a regular expression": "SELECT count(*) FROM range(100000000) AS t(x) WHERE regexp_matches(repeat('a', x), 'a*b')",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_that_passed_every_other_wall_is_stopped_in_time(jail: Jail, tmp_path: Path, name: str) -> None:
    started = time.monotonic()
    limits = JailLimits(wall_seconds=3.0, cpu_seconds=2, memory_mb=600, file_mb=8, answer_mb=1)
    with pytest.raises(JailFailure) as failure:
        jail.run("ingest_and_query", raw(tmp_path, BOMBS[name]), limits=limits)
    assert failure.value.code in {"timeout", "memory"}
    assert time.monotonic() - started < 8
    assert jail.run("ingest", arguments(tmp_path))["rows_accepted"] == 1
