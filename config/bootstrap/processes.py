"""Small helpers about processes: what a number runs, and ending children together with their parent."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1


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


def die_with_parent() -> None:
    """For `preexec_fn`: ask Linux to send SIGTERM to this child when its parent thread ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
