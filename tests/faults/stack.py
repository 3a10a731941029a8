"""A live system of the tests' own: broker, Celery worker and relay as processes, on the test database.

The project's own supervisor starts them and starts them again. Everything talks over unix sockets; every process is
known by the number of a child that was started here, and is gone at the end.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from config.bootstrap import valkey
from config.bootstrap.supervisor import QUEUES, Child, Supervisor

POLL_SECONDS = 0.05
READY_SECONDS = 60.0
LOG_LINE = 240
JAIL = "analytics.jail.server"


class Stack:
    """One broker, one worker with two pool processes, as many relays as asked for."""

    def __init__(self, *, relays: int = 1) -> None:
        """Lay out the folders; `start` starts the processes."""
        self.home = Path(tempfile.mkdtemp(prefix="lianxi-faults-"))
        (self.home / "logs").mkdir()
        (self.home / "broker").mkdir()
        self.socket = self.home / "broker" / "s"
        self.supervisor = Supervisor(self.home)
        self.started = time.monotonic()
        self.trace: list[str] = []
        self.relay_names = ["relay", *(f"relay{number}" for number in range(2, relays + 1))]

    def environment(self) -> dict[str, str]:
        """The test's own database and lake, and this stack's broker."""
        own = {
            "LIANXI_RUN_DIR": str(self.home),
            "LIANXI_BROKER_URL": f"redis+socket://{self.socket}",
            "PYTHONUNBUFFERED": "1",
        }
        return {**{key: value for key, value in os.environ.items() if key != "LIANXI_AS_OWNER"}, **own}

    def start(self, *, worker: bool = True) -> Stack:
        """Start everything, or all but the worker, and wait until the worker has its pool."""
        self.start_broker()
        if worker:
            self.start_worker()
        self.start_relays()
        self.until(lambda: not worker or self.pool(), READY_SECONDS, "the worker has no pool")
        return self

    def start_broker(self) -> None:
        """Valkey with its append-only file, in the foreground so that the supervisor sees it die."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.socket.parent),
            "appendonly": "yes",
            "save": "",
        }
        words = [word for key, value in options.items() for word in (f"--{key}", value)]
        self.supervisor.add(Child("broker", [str(valkey.find_server()), *words], self.environment()))
        self.until(lambda: self.ask(b"PING").startswith(b"+PONG"), READY_SECONDS, "the broker does not answer")

    def start_worker(self) -> None:
        """The worker as the demo runs it."""
        celery = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "-c", "2", "-Q", QUEUES]
        words = [*celery, "-l", "INFO", "--without-gossip", "--without-mingle"]
        self.supervisor.add(Child("worker", words, self.environment()))

    def start_relays(self) -> None:
        """`manage.py relay`, once for each name."""
        for name in self.relay_names:
            self.supervisor.add(Child(name, [sys.executable, "manage.py", "relay"], self.environment()))

    def stop(self) -> None:
        """End every process of this stack and remove its folder (LIANXI_FAULT_LOGS keeps the logs)."""
        family = [member for child in self.supervisor.children for member in self.family(child.name)]
        self.supervisor.stop()
        _gone, left = psutil.wait_procs(family, timeout=10)
        for process in left:  # of a session of ours: the list was taken while its parent lived
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        if os.environ.get("LIANXI_FAULT_LOGS"):
            shutil.copytree(self.home / "logs", Path(os.environ["LIANXI_FAULT_LOGS"]) / self.home.name)
        shutil.rmtree(self.home, ignore_errors=True)
        assert [process.pid for process in left] == []

    def child(self, name: str) -> Child:
        """The supervised process of that name."""
        return next(child for child in self.supervisor.children if child.name == name)

    def family(self, name: str) -> list[psutil.Process]:
        """A child and everything below it, as far as it lives."""
        process = self.child(name).process
        with contextlib.suppress(psutil.NoSuchProcess):
            if process is not None and self.child(name).alive():
                top = psutil.Process(process.pid)
                return [top, *top.children(recursive=True)]
        return []

    def pool(self) -> list[psutil.Process]:
        """The worker's pool processes."""
        family = self.family("worker")
        return [process for process in family[1:] if _below(process, family[0]) and not _is_jail(process)]

    def jails(self) -> list[psutil.Process]:
        """The fork servers of the pool processes."""
        pool = self.pool()
        return [one for one in self.family("worker") if _is_jail(one) and any(_below(one, member) for member in pool)]

    def kill(self, process: psutil.Process, what: str) -> bool:
        """SIGKILL to one process of ours. False when it was gone already."""
        try:
            process.send_signal(signal.SIGKILL)  # psutil compares the start time: a reused number is not hit
        except psutil.NoSuchProcess:
            return False
        for child in self.supervisor.children:
            child.failures = 0  # killed from outside: no reason to wait longer before the next start
        self.trace.append(f"{time.monotonic() - self.started:6.1f} SIGKILL {what} {process.pid}")
        return True

    def freeze(self, name: str) -> None:
        """SIGSTOP to a child and all below it: alive, and deaf."""
        for process in self.family(name):
            process.suspend()

    def queued(self) -> int:
        """Messages that wait at the broker or were taken and not yet acknowledged."""
        lists = sum(int(self.ask(b"LLEN " + queue.encode())[1:] or 0) for queue in QUEUES.split(","))
        return lists + int(self.ask(b"HLEN unacked")[1:] or 0)

    def tick(self) -> None:
        """One round of the supervisor."""
        self.supervisor.tick()

    def until(self, condition: Callable[[], object], seconds: float, complaint: str) -> None:
        """Keep the processes running until the condition holds; fails with the ends of the logs."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"{complaint}\n{self.log_ends()}"
            self.tick()
            time.sleep(POLL_SECONDS)

    def ask(self, command: bytes) -> bytes:
        """One inline command to the broker and the start of its answer; empty when nobody listens."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(2)
            link.connect(str(self.socket))
            link.sendall(command + b"\r\n")
            return link.recv(200)
        return b""

    def log_ends(self, lines: int = 12) -> str:
        """The last lines of every log."""
        parts = ["--- kills", *self.trace[-lines:]]
        for path in sorted((self.home / "logs").glob("*.log")):
            text = path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
            parts.append("\n".join([f"--- {path.name}", *(line[:LOG_LINE] for line in text)]))
        return "\n".join(parts)


def _below(process: psutil.Process, parent: psutil.Process) -> bool:
    try:
        return process.ppid() == parent.pid
    except psutil.NoSuchProcess:
        return False


def _is_jail(process: psutil.Process) -> bool:
    try:
        return JAIL in process.cmdline()
    except psutil.Error:
        return False
