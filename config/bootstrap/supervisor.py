"""Starts the processes of a running system, starts them again when they die, stops them in order.

Children are known by their process id only. All of them are started from the main thread, because Linux
ties "end with the parent" to the thread that started the child.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.bootstrap import paths
from config.bootstrap.processes import collect, end_session, guarded, is_alive

STOP_SECONDS = 15.0
LONGEST_PAUSE = 30.0
STABLE_SECONDS = 60.0
POLL_SECONDS = 0.2
QUEUES = "relay,filing,score,notice"


@dataclass
class Child:
    """One process: how to start it, and how its restarts went."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    not_before: float = 0.0
    history: list[int] = field(default_factory=list)
    """Exit codes of the runs that ended by themselves."""

    def start(self, log_dir: Path) -> None:
        """Start the process in a session of its own, its output at the end of `<name>.log`."""
        with open(log_dir / f"{self.name}.log", "ab") as log:
            self.process = subprocess.Popen(
                guarded(self.command), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env=dict(self.environment), cwd=paths.project_dir(), start_new_session=True,
                pass_fds=self.pass_fds,
            )  # fmt: skip
        self.started = time.monotonic()

    def alive(self) -> bool:
        """True while the process runs."""
        return self.process is not None and is_alive(self.process)

    def collect(self) -> int:
        """Take the exit code of a dead process and end what it left behind."""
        code = collect(self.process) if self.process else 0
        self.process = None
        return code

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """SIGTERM, wait, SIGKILL; then collect."""
        if self.process:
            end_session(self.process, seconds)
        self.process = None


class Stopping(Exception):  # noqa: N818
    """SIGINT or SIGTERM arrived: leave every step and stop what runs."""


class Supervisor:
    """The children of one run, watched from the main thread."""

    def __init__(self, run_dir: Path) -> None:
        self.run_dir = run_dir
        self.children: list[Child] = []

    def add(self, child: Child) -> None:
        """Start a child and watch it from now on."""
        self.children.append(child)
        child.start(self.run_dir / "logs")

    def tick(self) -> None:
        """Start dead children again (with growing pauses) and obey restart requests."""
        now = time.monotonic()
        for child in self.children:
            if child.process is not None and not child.alive():
                self._note_death(child, now)
            if child.process is None and now >= child.not_before:
                child.start(self.run_dir / "logs")
            request = self.run_dir / f"restart-{child.name}"
            if request.exists():
                request.unlink(missing_ok=True)
                child.stop()
                child.start(self.run_dir / "logs")

    def wait(self, process: subprocess.Popen[bytes] | None = None) -> int:
        """Watch until `process` ends and return its code; without one, until `Stopping` is raised."""
        while process is None or process.poll() is None:
            self.tick()
            time.sleep(POLL_SECONDS)
        return process.returncode

    def stop(self) -> None:
        """Stop all children, the last started first; the web server last, so that pages stay reachable."""
        for child in reversed(self.children):
            child.stop()
        self.children.clear()

    def _note_death(self, child: Child, now: float) -> None:
        child.history.append(child.collect())
        child.failures = 1 if now - child.started > STABLE_SECONDS else child.failures + 1
        child.not_before = now + restart_pause(child.failures)


def restart_pause(failures: int) -> float:
    """Seconds to wait before the next start: 0.5, 1, 2, 4 … at most 30."""
    return min(0.5 * 2 ** (failures - 1), LONGEST_PAUSE)


def web_child(environment: Mapping[str, str], socket_fd: int) -> Child:
    """gunicorn on the listening socket we already hold: two workers, no control socket.

    Browsers open spare connections and keep them silent. A silent one holds a thread for five seconds at most, and
    there are more threads than the browsers at hand have spare connections.
    """
    command = [
        str(paths.venv_python()),
        "-m",
        "gunicorn",
        "config.wsgi:application",
        "--bind",
        f"fd://{socket_fd}",
    ]
    command += ["--workers", "2", "--worker-class", "gthread", "--threads", "16", "--timeout", "300"]
    command += ["--graceful-timeout", "10"]
    command += ["--no-control-socket", "--preload", "--access-logfile", "-", "--error-logfile", "-"]
    # no paths: a receipt number may stand in one; the request id leads to the application's own lines
    command += ["--access-logformat", "%(t)s %(m)s %(s)s %(B)s bytes %(L)s s request=%({x-request-id}o)s"]
    return Child("web", command, environment, pass_fds=(socket_fd,))


def service_children(environment: Mapping[str, str]) -> list[Child]:
    """Worker, beat and relay."""
    python = str(paths.venv_python())
    celery = [python, "-m", "celery", "-A", "config.celery"]
    worker = [
        *celery,
        "worker",
        "-c",
        "2",
        "-Q",
        QUEUES,
        "-l",
        "INFO",
        "--without-gossip",
        "--without-mingle",
    ]
    beat = [*celery, "beat", "-l", "INFO", "--scheduler", "django_celery_beat.schedulers:DatabaseScheduler"]
    relay = [python, str(paths.project_dir() / "manage.py"), "relay"]
    return [
        Child("worker", worker, environment),
        Child("beat", beat, environment),
        Child("relay", relay, environment),
    ]
