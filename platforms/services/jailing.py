"""Calls into the jail, with limits that grow with the file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.db import connection

from analytics.jail import JailFailure, JailLimits, shared_jail
from common.jobs import JobRun, LeaseLost

# A file is blamed only when its reader fails this often: a killed worker or a busy machine is not the filer's fault.
PATIENCE = {"memory": 1, "timeout": 2, "crash": 3}
BYTES_PER_SECOND = 1_000_000
BASE_SECONDS = 120
LONG_BYTES = 1_000_000
TICK_SECONDS = 5.0


def run_jailed(task: str, args: dict[str, Any], *, size: int = 0) -> dict[str, Any]:
    """Run a task of the jail; raises JailFailure. `size` is in bytes as sent; a second is added for each megabyte."""
    seconds = BASE_SECONDS + size // BYTES_PER_SECOND
    return shared_jail().run(task, args, limits=JailLimits(wall_seconds=float(seconds), cpu_seconds=seconds - 10))


def run_jailed_twice(task: str, args: dict[str, Any], *, size: int = 0) -> dict[str, Any]:
    """Run a task again when its process was killed from outside; raises JailFailure when that happens again."""
    try:
        return run_jailed(task, args, size=size)
    except JailFailure as failure:
        if failure.code != "crash":
            raise
        return run_jailed(task, args, size=size)


@contextmanager
def shown_progress(job: JobRun, step: str, output: Path, *, size: int) -> Iterator[None]:
    """Show how far a long step is, in bytes written, every few seconds. A short step is not worth a commit.

    The jail ends every step at its deadline, so this cannot hide a process that hangs.
    """
    if size < LONG_BYTES:
        yield
        return
    job.progress(step)
    stop = threading.Event()
    thread = threading.Thread(target=_tick, args=(job, step, output, stop), name=f"progress-{job.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _tick(job: JobRun, step: str, output: Path, stop: threading.Event) -> None:
    try:
        with suppress(LeaseLost):  # the final transaction finds out
            while not stop.wait(TICK_SECONDS):
                job.progress(step, done=output.stat().st_size if output.exists() else 0)
    finally:
        connection.close()
