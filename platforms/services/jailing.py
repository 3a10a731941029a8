"""Calls into the jail, with limits that grow with the file."""

from __future__ import annotations

from typing import Any

from analytics.jail import JailLimits, shared_jail

# A file is blamed only when its reader fails this often: a killed worker or a busy machine is not the filer's fault.
PATIENCE = {"memory": 1, "timeout": 2, "crash": 3}
BYTES_PER_SECOND = 1_000_000
BASE_SECONDS = 120


def run_jailed(task: str, args: dict[str, Any], *, size: int = 0) -> dict[str, Any]:
    """Run a task of the jail; raises JailFailure. `size` is in bytes as sent; a second is added for each megabyte."""
    seconds = BASE_SECONDS + size // BYTES_PER_SECOND
    return shared_jail().run(task, args, limits=JailLimits(wall_seconds=float(seconds), cpu_seconds=seconds - 10))
