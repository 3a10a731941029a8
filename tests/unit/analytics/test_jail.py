"""The jail: answers, limits, deaths. Each call really forks."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analytics.contracts import sample_csv
from analytics.jail import Jail, JailFailure, JailLimits, shared_jail
from analytics.sandbox import SqlRefused
from tests.unit.analytics.test_checks import check

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    """A jail of this module."""
    made = Jail("tests.unit.analytics.trial")
    yield made
    made.close()


def arguments(folder: Path, *checks: dict[str, Any], template: str = "loan_book") -> dict[str, Any]:
    """Arguments of one sample filing in this folder."""
    folder.mkdir(exist_ok=True)
    source = folder / "upload.csv"
    source.write_text(sample_csv(template), encoding="utf-8")
    return {
        "source": str(source),
        "media_type": "text/csv",
        "template": template,
        "period": "2017-06",
        "out_parquet": str(folder / "out.parquet"),
        "out_rejected_csv": str(folder / "rejected.csv"),
        "evidence_dir": str(folder / "evidence"),
        "checks": list(checks),
    }


def raw(folder: Path, sql: str) -> dict[str, Any]:
    """Arguments that run this SQL unvetted on a sample filing, to try the walls behind the vetting."""
    return {**arguments(folder), "sql": sql}


ENDLESS = "SELECT count(*) AS measured FROM range(1000000000000) AS a(x) WHERE hash(x) = 7"


def test_a_filing_is_read_and_checked_in_one_child(jail: Jail, tmp_path: Path) -> None:
    limit = check("limit", "principal_amount <= 100000", measured_column="principal_amount")
    answer = jail.run("ingest_and_check", arguments(tmp_path, limit))
    assert (answer["rows_accepted"], answer["file_errors"]) == (1, [])
    found = answer["results"][0]
    assert (found["outcome"], found["measured"], found["row_numbers"]) == ("failed", "150000.00", [1])
    assert Path(found["evidence_path"]).exists()
    assert answer["usage"]["peak_rss_mb"] < 300


def test_a_refused_file_is_an_answer_and_no_failure(jail: Jail, tmp_path: Path) -> None:
    args = arguments(tmp_path, check("limit", "principal_amount <= 100000"))
    Path(args["source"]).write_bytes(b"")
    answer = jail.run("ingest_and_check", args)
    assert answer["file_errors"][0]["code"] == "file.empty"
    assert answer["results"] == []


def test_ingest_and_check_can_be_asked_apart(jail: Jail, tmp_path: Path) -> None:
    args = arguments(tmp_path)
    assert jail.run("ingest", args)["rows_accepted"] == 1
    asked = {
        "tables": {"loan_book": [args["out_parquet"]]},
        "subject_template": "loan_book",
        "checks": [check("limit", "principal_amount <= 100000")],
        "evidence_dir": args["evidence_dir"],
    }
    assert jail.run("check", asked)["results"][0]["count"] == 1


def test_a_condition_that_is_not_allowed_never_reaches_a_child(jail: Jail, tmp_path: Path) -> None:
    with pytest.raises(SqlRefused):
        jail.run("ingest_and_check", arguments(tmp_path, check("evil", "getenv('HOME') = 'x'")))


def test_the_server_has_one_thread_and_no_network(jail: Jail, tmp_path: Path) -> None:
    jail.run("ingest", arguments(tmp_path))
    assert jail.walls["threads"] == 1
    if os.geteuid() == 0:
        assert jail.walls["network_dropped"] is True


def test_an_endless_query_is_killed_at_the_deadline(jail: Jail, tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(JailFailure) as failure:
        jail.run("ingest_and_query", raw(tmp_path, ENDLESS), limits=JailLimits(wall_seconds=1.0))
    assert failure.value.code == "timeout"
    assert set(failure.value.message) == set(failure.value.cure) == {"zh", "en"}
    assert time.monotonic() - started < 4
    assert jail.run("ingest", arguments(tmp_path))["rows_accepted"] == 1


def test_a_query_that_burns_the_processor_is_stopped_by_its_share(jail: Jail, tmp_path: Path) -> None:
    with pytest.raises(JailFailure) as failure:
        jail.run("ingest_and_query", raw(tmp_path, ENDLESS), limits=JailLimits(wall_seconds=30, cpu_seconds=1))
    assert failure.value.code == "timeout"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT length(repeat('x', 3000000000)) AS measured",
        "SELECT count(DISTINCT x) AS measured FROM range(200000000) AS a(x)",
        "SELECT list(x) AS measured FROM range(1000000000) AS a(x)",
    ],
)
def test_a_memory_bomb_is_a_failure_and_the_next_call_works(jail: Jail, tmp_path: Path, sql: str) -> None:
    limits = JailLimits(wall_seconds=20, memory_mb=1200)
    with pytest.raises(JailFailure) as failure:
        jail.run("ingest_and_query", raw(tmp_path, sql), limits=limits)
    assert failure.value.code == "memory"
    assert jail.run("ingest", arguments(tmp_path))["rows_accepted"] == 1


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT content AS subject FROM read_text('/etc/passwd')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY (SELECT 1) TO '{folder}/stolen.csv'",
        "SELECT * FROM read_parquet('{other}')",
        "ATTACH '{folder}/x.db' AS x",
        "INSTALL httpfs",
        "SET memory_limit = '100GB'",
        "SELECT getenv('HOME') AS subject",
    ],
)
def test_the_engine_lock_holds_behind_the_vetting(jail: Jail, tmp_path: Path, sql: str) -> None:
    other = tmp_path / "other"
    jail.run("ingest", arguments(other))
    attack = sql.format(folder=tmp_path, other=other / "out.parquet")
    answer = jail.run("ingest_and_query", raw(tmp_path / "own", attack))
    quiet = jail.run("ingest_and_query", raw(tmp_path / "own", "SELECT 1"))
    assert answer["refused"]
    assert (answer["rows"], answer["state"]) == ([], quiet["state"])
    assert not (tmp_path / "stolen.csv").exists()


def test_a_child_that_dies_is_a_crash_and_loses_nothing_else(jail: Jail, tmp_path: Path) -> None:
    failures: list[JailFailure] = []

    def call() -> None:
        try:
            jail.run("ingest_and_query", raw(tmp_path / "dying", ENDLESS))
        except JailFailure as failure:
            failures.append(failure)

    jail.run("ingest", arguments(tmp_path / "first"))
    caller = threading.Thread(target=call)
    caller.start()
    os.kill(child_of(jail), signal.SIGSEGV)
    caller.join(20)
    assert [failure.code for failure in failures] == ["crash"]
    assert jail.run("ingest", arguments(tmp_path / "next"))["rows_accepted"] == 1


def child_of(jail: Jail) -> int:
    """Pid of the running child of a jail's server."""
    assert jail._process is not None
    server = jail._process.pid
    for _ in range(200):
        found = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
        if found:
            return int(found[0])
        time.sleep(0.02)
    raise AssertionError("no child appeared")


def test_a_dead_server_is_started_again(jail: Jail, tmp_path: Path) -> None:
    jail.run("ingest", arguments(tmp_path))
    assert jail._process is not None
    before = jail._process.pid
    os.kill(before, signal.SIGKILL)
    jail._process.wait()
    assert jail.run("ingest", arguments(tmp_path))["rows_accepted"] == 1
    after = jail._process
    assert after is not None
    assert after.pid != before


def test_calls_from_many_threads_do_not_mix(jail: Jail, tmp_path: Path) -> None:
    answers: dict[int, int] = {}

    def call(number: int) -> None:
        args = arguments(tmp_path / str(number), check("limit", f"principal_amount <> {number}"))
        answers[number] = jail.run("ingest_and_check", args)["results"][0]["count"]

    numbers = [1, 2, 150_000, 4, 5, 6, 7, 8]
    callers = [threading.Thread(target=call, args=(number,)) for number in numbers]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(60)
    assert answers == {number: int(number == 150_000) for number in numbers}


def test_a_forked_process_gets_a_server_of_its_own(tmp_path: Path) -> None:
    shared_jail().run("ingest", arguments(tmp_path))
    process = shared_jail()._process
    assert process is not None
    own = process.pid
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            rows = shared_jail().run("ingest", arguments(tmp_path / "forked"))["rows_accepted"]
            process = shared_jail()._process
            os.write(writer, f"{rows} {process.pid if process else 0}".encode())
            shared_jail().close()
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(pid, 0)
    rows, other = os.read(reader, 100).split()
    os.close(reader)
    assert int(rows) == 1
    assert int(other) not in {0, own}
    assert shared_jail().run("ingest", arguments(tmp_path))["rows_accepted"] == 1
    shared_jail().close()


CALLER = """
import sys, time
from analytics.jail import Jail
from tests.unit.analytics.test_jail import ENDLESS, arguments, raw
from pathlib import Path
folder = Path(sys.argv[1])
jail = Jail("tests.unit.analytics.trial")
jail.run("ingest", arguments(folder))
print(jail._process.pid, flush=True)
jail.run("ingest_and_query", raw(folder / "endless", ENDLESS))
"""


def test_server_and_children_die_with_a_killed_caller(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CALLER, str(tmp_path)]
    caller = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert caller.stdout is not None
    server = int(caller.stdout.readline())
    children = Path(f"/proc/{server}/task/{server}/children")
    while not (found := children.read_text(encoding="ascii").split()):
        time.sleep(0.02)
    caller.kill()
    caller.wait()
    caller.stdout.close()
    for _ in range(250):
        if not is_running(server) and not is_running(int(found[0])):
            return
        time.sleep(0.02)
    raise AssertionError("the server or its child outlived the caller")


def is_running(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


WALLS = """
import json, os, socket, sys
from analytics.jail import confine, seccomp
folder, secret = sys.argv[1:]
walls = {"network": confine.drop_network()}
confine.no_new_privileges()
walls["landlock"] = confine.landlock([sys.prefix, sys.base_prefix, *filter(os.path.exists, sys.path)], [folder])
walls["seccomp"] = seccomp.refuse_calls()
def attempt(name, action):
    try:
        action()
    except OSError as error:
        walls[name] = error.errno
    else:
        walls[name] = 0
attempt("read", lambda: open(secret).read())
attempt("write_inside", lambda: open(folder + "/x", "w").write("x"))
attempt("write_outside", lambda: open(os.path.dirname(secret) + "/y", "w").write("x"))
attempt("socket", lambda: socket.socket(socket.AF_UNIX))
attempt("kill", lambda: os.kill(os.getppid(), 0))
attempt("execute", lambda: os.execv("/bin/true", ["true"]))
print(json.dumps(walls))
"""


def test_the_walls_hold_where_the_kernel_has_them(tmp_path: Path) -> None:
    inside, secret = tmp_path / "inside", tmp_path / "outside.txt"
    inside.mkdir()
    secret.write_text("secret", encoding="utf-8")
    command = [sys.executable, "-c", WALLS, str(inside), str(secret)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    walls = json.loads(done.stdout)
    if not (walls["landlock"] and walls["seccomp"]):
        pytest.skip(f"this kernel lacks Landlock or seccomp: {walls}")
    assert walls["write_inside"] == 0
    assert (walls["read"], walls["write_outside"]) == (13, 13)
    assert (walls["socket"], walls["kill"], walls["execute"]) == (1, 1, 1)


def test_no_secret_of_the_caller_reaches_the_server(
    jail: Jail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANXI_SECRET_KEY", "canary-in-the-environment")
    jail.close()
    jail.run("ingest", arguments(tmp_path))
    assert jail._process is not None
    environment = Path(f"/proc/{jail._process.pid}/environ").read_bytes()
    assert b"canary" not in environment
    assert isinstance(jail._control, socket.socket)
