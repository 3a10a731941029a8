"""Small helpers about processes: what a number runs, who uses a service, children that never outlive us."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def command_of(pid: int) -> list[str]:
    """The argument list of a living process; empty for a dead one and for a zombie."""
    if Path("/proc/self/cmdline").exists():
        try:
            raw = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return []
        return [word.decode(errors="replace") for word in raw.split(b"\0") if word]
    done = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return done.stdout.split()


def guarded(command: list[str]) -> list[str]:
    """`command` behind a tiny start program that asks the kernel to end it when this process ends."""
    helper = Path(__file__).with_name("child.py")
    return [sys.executable, "-I", "-S", str(helper), str(os.getpid()), *command]


def is_alive(process: subprocess.Popen[bytes]) -> bool:
    """True while the process runs. Does not collect a dead one, so its number cannot be reused yet."""
    if not hasattr(os, "waitid"):  # macOS before Python 3.13
        return process.poll() is None
    if process.returncode is not None:
        return False
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


def collect(process: subprocess.Popen[bytes]) -> int:
    """End what a dead session leader left in its session, then take its exit code."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def end_session(process: subprocess.Popen[bytes], seconds: float) -> int:
    """SIGTERM to a session leader, SIGKILL to its session after `seconds`. Returns the exit code."""
    deadline = time.monotonic() + seconds
    if is_alive(process):
        os.kill(process.pid, signal.SIGTERM)
    while is_alive(process) and time.monotonic() < deadline:
        time.sleep(0.05)
    return collect(process)


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on `path` (a file, made when missing, or a folder)."""
    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT
    handle = os.open(path, flags, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


class UseMark:
    """A shared lock that says "this process uses the service" until it ends, however it ends."""

    def __init__(self) -> None:
        self._handles: dict[Path, int] = {}

    def hold(self, path: Path) -> None:
        """Mark the service of `path` as used by this process. Repeatable."""
        if path not in self._handles:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(handle, fcntl.LOCK_SH)
            self._handles[path] = handle

    def alone(self, path: Path) -> bool:
        """True when no other process uses the service. Call it under the service's own lock."""
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        mine = self._handles.pop(path, None)
        if mine is not None:
            os.close(mine)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            return True
        finally:
            os.close(handle)
            if mine is not None:
                self.hold(path)
