"""The caller's side of the jail. Thread-safe; one server per process, started again when it has died."""

import contextlib
import functools
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analytics.fused import fuse
from analytics.jail.limits import MAXIMUM_LESSON_BYTES, JailFailure, JailLimits

_ROOT = Path(__file__).resolve().parents[2]
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ", "HOME", "TMPDIR", "LD_LIBRARY_PATH")
_START_SECONDS = 60.0
CHECKING = frozenset({"check", "ingest_and_check"})
_GRACE_SECONDS = 10.0


def _environment() -> dict[str, str]:
    """No secret of the caller reaches the child; no library starts a thread pool."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    fixed = {
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        "ARROW_IO_THREADS": "1",
        "MALLOC_ARENA_MAX": "1",
        "PYTHONPATH": str(_ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return {**kept, **one, **fixed}


class Jail:
    """A fork server and calls into it. `trial_tasks` names a module with further tasks: tests of the walls use it."""

    def __init__(self, trial_tasks: str = "") -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._trial_tasks = trial_tasks
        self._taught: set[bytes] = set()
        self.walls: dict[str, Any] = {}

    def run(self, task: str, args: Mapping[str, Any], *, limits: JailLimits | None = None) -> dict[str, Any]:
        """The task's answer. Raises JailFailure (timeout, memory, crash); SqlRefused for a condition not allowed."""
        if task in CHECKING and os.environ.get("LIANXI_ENGINE", "duckdb") == "spark":
            return self._checked_by_spark(task, args, limits)
        limits = limits or JailLimits()
        prepared = _with_tables(task, args)
        if prepared.get("checks"):
            self._teach(prepared.get("subject_template") or prepared["template"], prepared["checks"])
        request = json.dumps({"task": task, "args": prepared}, ensure_ascii=False, default=str).encode()
        channel, status = self._fork(limits)
        with channel, status:
            return self._converse(channel, status, request, limits)

    def _checked_by_spark(self, task: str, args: Mapping[str, Any], limits: JailLimits | None) -> dict[str, Any]:
        """The file is still read in the jail; only the check step moves to the cluster (`LIANXI_ENGINE=spark`)."""
        from analytics.spark import run_checks

        report: dict[str, Any] = {}
        tables, template = dict(args.get("tables") or {}), args.get("subject_template") or args.get("template")
        if task == "ingest_and_check":
            without = {name: value for name, value in args.items() if name != "checks"}
            report = self.run("ingest", without, limits=limits)
            if report["file_errors"] or not report["rows_accepted"]:
                return {**report, "results": [], "engine": None}
            tables[args["template"]] = [args["out_parquet"]]
        if args.get("evidence_dir"):
            os.makedirs(args["evidence_dir"], exist_ok=True)
        found = run_checks(
            tables=tables,
            subject_template=str(template),
            checks=args["checks"],
            evidence_dir=args.get("evidence_dir"),
        )
        return {**report, **found}

    def _teach(self, subject_template: str, checks: Sequence[Mapping[str, Any]]) -> None:
        """Refuses a condition that is not allowed before a child is made, and lets the server vet new rules once."""
        fuse(subject_template, checks)
        taught = {"template": subject_template, "checks": list(checks)}
        lesson = json.dumps(taught, sort_keys=True, default=str).encode()
        digest = hashlib.sha256(lesson).digest()
        with self._lock:
            if digest in self._taught or len(lesson) > MAXIMUM_LESSON_BYTES:
                return
            with tempfile.TemporaryFile() as paper:
                paper.write(lesson)
                paper.flush()
                with contextlib.suppress(OSError):  # a dead server is started again by the call itself
                    socket.send_fds(self._started(), [b"learn"], [paper.fileno()])
                    self._taught.add(digest)

    def _fork(self, limits: JailLimits) -> tuple[socket.socket, socket.socket]:
        """Sockets of a new child; a dead server is started again once."""
        ours, theirs = socket.socketpair()
        told, teller = socket.socketpair()
        packet = json.dumps(limits.as_json()).encode()
        with theirs, teller, self._lock:
            for last in (False, True):
                control = self._started()
                try:
                    socket.send_fds(control, [packet], [theirs.fileno(), teller.fileno()])
                except OSError:
                    self._discard()
                    if last:
                        raise JailFailure("crash", "the fork server does not start")
                else:
                    break
        return ours, told

    def _converse(
        self, channel: socket.socket, status: socket.socket, request: bytes, limits: JailLimits
    ) -> dict[str, Any]:
        patience = limits.wall_seconds + _GRACE_SECONDS
        channel.settimeout(patience)
        status.settimeout(patience)
        data = b""
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                channel.sendall(b"%d\n" % len(request) + request)
                data = _read_all(channel, limits.answer_mb * 1024 * 1024)
            ended = json.loads(_read_all(status, 4096) or b"{}")
        except TimeoutError:
            raise JailFailure("timeout", "no answer")
        return _verdict(data, ended)

    def _started(self) -> socket.socket:
        if self._control is not None and self._process is not None and self._process.poll() is None:
            return self._control
        self._discard()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", "analytics.jail.server", str(theirs.fileno()), *self._trial_tasks.split()]
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], cwd=_ROOT, env=_environment(), stdin=subprocess.DEVNULL
            )
        ours.settimeout(_START_SECONDS)
        try:
            hello = ours.recv(4096)
        except OSError:
            hello = b""
        if not hello:
            ours.close()
            raise JailFailure("crash", "the fork server does not start")
        ours.settimeout(None)
        self.walls, self._control = json.loads(hello), ours
        return ours

    def _discard(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._taught.clear()
        self._control = self._process = None

    def close(self) -> None:
        """Ends the server and every child it has."""
        with self._lock:
            self._discard()

    def forget(self) -> None:
        """In a forked process: drop the parent's server without touching it."""
        if self._control is not None:
            self._control.close()
        self._control = self._process = None
        self._taught = set()
        self._lock = threading.Lock()


def _with_tables(task: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments with every input file under `tables`, where the jail looks for what may be read."""
    prepared = dict(args)
    named = {"reconcile": ("ledger", "statement"), "recompute": ("loan_book", "monthly_indicators")}.get(task, ())
    given = {name: list(prepared.pop(name)) for name in named if name in prepared}
    prepared["tables"] = {**given, **(prepared.get("tables") or {})}
    return prepared


def _read_all(source: socket.socket, limit: int) -> bytes:
    parts, total = [], 0
    while part := source.recv(65_536):
        total += len(part)
        if total > limit:
            raise JailFailure("memory", "the answer is too large")
        parts.append(part)
    return b"".join(parts)


def _verdict(data: bytes, ended: Mapping[str, Any]) -> dict[str, Any]:
    """The answer, or the failure that the child's end proves."""
    if ended.get("killed"):
        raise JailFailure("timeout", "killed at the deadline")
    if ended.get("signal") in {signal.SIGXCPU, signal.SIGKILL}:
        raise JailFailure("timeout", f"signal {ended['signal']}")
    if ended.get("exit") != 0 or not data:
        raise JailFailure("crash", f"signal {ended.get('signal')}, exit {ended.get('exit')}")
    answer = json.loads(data)
    if "failure" in answer:
        raise JailFailure(answer["failure"], answer["detail"])
    result: dict[str, Any] = answer["result"]
    return result


@functools.cache
def shared_jail() -> Jail:
    """The jail of this process; a forked process gets one of its own."""
    jail = Jail()
    os.register_at_fork(after_in_child=jail.forget)
    return jail
