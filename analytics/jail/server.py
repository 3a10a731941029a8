"""The fork server: single-threaded, libraries loaded, one fresh child per call.

Started by the client with one end of a SOCK_SEQPACKET pair. Each packet carries the limits of a call and two sockets:
one for the child (request and answer) and one on which the server says how the child ended. The server ends when the
client's end closes, and takes its children with it.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass

from analytics.jail.limits import MAXIMUM_LESSON_BYTES

PACKET_BYTES = 4096
LESSON_SECONDS = 2.0


@dataclass(slots=True)
class Running:
    """A child at work: when it must end, and where its end is reported."""

    deadline: float
    status: socket.socket
    killed: bool = False


def preload() -> None:
    """Loads every library a child needs, without starting a thread."""
    import duckdb
    import numpy
    import pyarrow
    import pyarrow.compute
    import pyarrow.csv
    import pyarrow.parquet
    import sqlglot

    from analytics import contracts, engine
    from analytics.ingest.messages import catalogue
    from analytics.ingest.warm import warm_up
    from analytics.jail import child
    from analytics.sandbox import vetted_text
    from analytics.unjudged import reason

    for name in contracts.TEMPLATE_NAMES:
        contracts.template(name)
    catalogue()
    reason("no_rows")
    for name in ("session/allow_paths", "session/lock", "session/explain"):
        engine.sql_text(name)
    vetted_text(f"SELECT row_number FROM {contracts.TEMPLATE_NAMES[0]}")  # noqa: S608 -- warms the vetting up
    engine.warm_up()
    warm_up()
    loaded = (duckdb, numpy, pyarrow, sqlglot, child)
    gc.collect()
    gc.freeze()
    gc.disable()
    del loaded


def learn(descriptors: list[int]) -> None:
    """Vets the rules of a file before any fork, so that each child finds it done. Nothing is run or believed here.

    The text is a stranger's: it is only parsed, for a bounded time, and a child that misses it vets for itself.
    """
    from analytics.fused import fuse
    from analytics.sandbox import SqlRefused, vetted_text

    def late(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, late)
    try:
        for descriptor in descriptors:
            signal.setitimer(signal.ITIMER_REAL, LESSON_SECONDS)
            with os.fdopen(descriptor, "rb") as paper:
                lesson = json.loads(os.pread(paper.fileno(), MAXIMUM_LESSON_BYTES, 0))
            with contextlib.suppress(SqlRefused):
                fuse(lesson["template"], lesson["checks"])
            for check in lesson["checks"]:
                if check["form"] == "sql":
                    with contextlib.suppress(SqlRefused):
                        vetted_text(check["sql"])
    except (TimeoutError, ValueError, KeyError, TypeError):
        return
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


class Server:
    """Forks, watches deadlines, reaps, reports."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.children: dict[int, Running] = {}
        self.wake_read, wake_write = os.pipe()
        os.set_blocking(wake_write, False)
        os.set_blocking(self.wake_read, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)

    def loop(self) -> None:
        """Until the client's end closes."""
        while True:
            ready, _, _ = select.select([self.control.fileno(), self.wake_read], [], [], self._patience())
            if self.wake_read in ready:
                os.read(self.wake_read, 4096)
            self._reap()
            self._kill_late()
            if self.control.fileno() in ready and not self._accept():
                break
        for pid in self.children:
            os.kill(pid, signal.SIGKILL)

    def _patience(self) -> float | None:
        if not self.children:
            return None
        return max(0.0, min(child.deadline for child in self.children.values()) - time.monotonic())

    def _accept(self) -> bool:
        data, descriptors, _, _ = socket.recv_fds(self.control, PACKET_BYTES, 2)
        if not data:
            return False
        if data == b"learn":
            learn(descriptors)
            return True
        channel, status = (socket.socket(fileno=descriptor) for descriptor in descriptors)
        limits = json.loads(data)
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become_child(channel, limits, parent)
        channel.close()
        self.children[pid] = Running(time.monotonic() + float(limits["wall_seconds"]), status)
        return True

    def _become_child(self, channel: socket.socket, limits: dict[str, float], parent: int) -> None:
        from analytics.jail import child

        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        keep = channel.fileno()
        os.closerange(3, keep)
        os.closerange(keep + 1, 65_536)
        child.serve(channel, limits, parent)

    def _reap(self) -> None:
        while self.children:
            pid, outcome = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            running = self.children.pop(pid, None)
            if running is not None:
                self._report(running, outcome)

    def _report(self, running: Running, outcome: int) -> None:
        number = os.WTERMSIG(outcome) if os.WIFSIGNALED(outcome) else 0
        ended = {"killed": running.killed, "signal": number, "exit": -1 if number else os.WEXITSTATUS(outcome)}
        with contextlib.suppress(OSError):  # the caller may have gone; then nobody is left to tell
            running.status.sendall(json.dumps(ended).encode())
        running.status.close()

    def _kill_late(self) -> None:
        now = time.monotonic()
        for pid, running in self.children.items():
            if running.deadline <= now and not running.killed:
                running.killed = True
                os.kill(pid, signal.SIGKILL)


def main() -> None:
    """Entry of `python -m analytics.jail.server <descriptor>`."""
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from analytics.jail import confine
    from analytics.jail.tasks import TASKS

    network = confine.drop_network()
    preload()
    for name in sys.argv[2:]:
        TASKS.update(importlib.import_module(name).TASKS)
    threads = len(os.listdir("/proc/self/task"))
    control.send(json.dumps({"ready": True, "threads": threads, "network_dropped": network}).encode())
    Server(control).loop()
    os._exit(0)


if __name__ == "__main__":
    main()
