"""Children are restarted when they die, on request, and never outlive their parent."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.bootstrap import cli, paths
from config.bootstrap.supervisor import Child, Supervisor, restart_pause

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[Supervisor]:
    (tmp_path / "logs").mkdir()
    made = Supervisor(tmp_path)
    yield made
    made.stop()


def _until(condition: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.02)


def _pid(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


def _ticked(watcher: Supervisor) -> bool:
    watcher.tick()
    return True


def test_pauses_grow_to_thirty_seconds() -> None:
    assert [restart_pause(number) for number in (1, 2, 3, 7, 8, 50)] == [0.5, 1.0, 2.0, 30.0, 30.0, 30.0]


def test_a_killed_child_is_started_again(watcher: Supervisor, tmp_path: Path) -> None:
    child = Child("one", SLEEP, os.environ)
    watcher.add(child)
    first = _pid(child)
    log = tmp_path / "logs" / "one.log"
    _until(lambda: log.read_text() == "up\n")
    os.kill(first, signal.SIGKILL)
    _until(lambda: _ticked(watcher) and child.process is not None and _pid(child) != first)
    assert child.history == [-signal.SIGKILL]
    _until(lambda: log.read_text() == "up\nup\n")


def test_a_request_file_restarts_one_child(watcher: Supervisor, tmp_path: Path) -> None:
    children = [Child("worker", SLEEP, os.environ), Child("beat", SLEEP, os.environ)]
    for child in children:
        watcher.add(child)
    before = [_pid(child) for child in children]
    (tmp_path / "restart-worker").touch()
    watcher.tick()
    assert _pid(children[0]) != before[0]
    assert _pid(children[1]) == before[1]
    assert not (tmp_path / "restart-worker").exists()


def test_stopping_leaves_no_process_of_the_session(watcher: Supervisor, tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time\n"
        "grandchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(grandchild.pid, flush=True); time.sleep(60)"
    )
    child = Child("family", [sys.executable, "-c", code], os.environ)
    watcher.add(child)
    log = tmp_path / "logs" / "family.log"
    _until(lambda: log.read_text().endswith("\n"))
    watcher.stop()
    assert child.process is None
    _until(lambda: _gone(int(log.read_text())))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is a Linux one")
def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    code = (
        "import os, sys, time, pathlib\n"
        "from config.bootstrap.supervisor import Child, Supervisor\n"
        "words = [sys.executable, '-c', 'import time; print(1, flush=True); time.sleep(60)']\n"
        "child = Child('one', words, os.environ)\n"
        "Supervisor(pathlib.Path(sys.argv[1])).add(child)\n"
        "print(child.process.pid, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    parent = subprocess.Popen(command, cwd=paths.project_dir(), stdout=subprocess.PIPE)
    assert parent.stdout is not None
    number = int(parent.stdout.readline())
    _until(lambda: (tmp_path / "logs" / "one.log").read_text() == "1\n")
    parent.kill()
    parent.communicate()
    _until(lambda: _gone(number))


def _gone(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    return True


def test_pytest_words_of_the_caller_come_last() -> None:
    assert cli.pytest_arguments(["-n0", "tests/unit"]) == [
        "-n", "2", "-q", "-m", "not faults", "-n0", "tests/unit",
    ]  # fmt: skip
    assert cli.pytest_arguments(["--faults", "-x"]) == ["-n", "0", "-m", "faults or thorough", "-x"]
