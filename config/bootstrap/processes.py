"""Small helpers about processes: what a number runs, who uses a service, children that never outlive us."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
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
