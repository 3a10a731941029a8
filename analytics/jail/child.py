"""One call inside its own process: read the request, put up the walls, work, answer, end."""

import json
import os
import resource
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analytics.jail import confine, paths, seccomp
from analytics.jail.tasks import TASKS

_STARVED = ("MemoryError", "ArrowMemoryError", "OutOfMemoryException", "_ArrayMemoryError")


def serve(channel: socket.socket, limits: Mapping[str, float], parent: int) -> None:
    """Answers one request on the channel; never returns."""
    code = 70
    try:
        confine.die_with_parent(parent)
        with channel.makefile("rb") as stream:
            request = json.loads(stream.read(int(stream.readline())))
        answer = _work(request, limits)
        channel.sendall(_encoded(answer, int(limits["answer_mb"]) * 1024 * 1024))
        code = 0
    finally:
        os._exit(code)


def _work(request: Mapping[str, Any], limits: Mapping[str, float]) -> dict[str, Any]:
    args = request["args"]
    if args.get("evidence_dir"):
        os.makedirs(args["evidence_dir"], exist_ok=True)
    confine.no_new_privileges()
    confine.landlock([*paths.readable(args), *LIBRARY_FOLDERS], paths.writable(args))
    confine.limit_resources(limits)
    seccomp.refuse_calls()
    try:
        result = TASKS[request["task"]](args)
    except Exception as error:
        starved = type(error).__name__ in _STARVED or "failed to allocate" in str(error).lower()
        return {"failure": "memory" if starved else "crash", "detail": f"{type(error).__name__}: {error}"[:500]}
    used = resource.getrusage(resource.RUSAGE_SELF)
    usage = {"cpu_seconds": round(used.ru_utime + used.ru_stime, 6), "peak_rss_mb": used.ru_maxrss // 1024}
    return {"result": {**result, "usage": usage}}


def _encoded(answer: Mapping[str, Any], limit: int) -> bytes:
    data = json.dumps(answer, ensure_ascii=False, default=str).encode()
    if len(data) > limit:
        data = json.dumps({"failure": "memory", "detail": f"answer of {len(data)} bytes"}).encode()
    return data


def _library_folders() -> list[str]:
    """Where Python and its libraries live, time zones, and what DuckDB asks about memory (it aborts without).

    Of the project only this package: settings, secrets and the lake beside it stay out of reach.
    """
    system = {"/usr/share/zoneinfo", "/etc/localtime", "/sys/fs/cgroup", "/proc/self", "/proc/meminfo", "/dev/null"}
    package = Path(__file__).resolve().parents[1]
    libraries = {path for path in sys.path if path and Path(path).resolve() not in {package.parent, Path.cwd()}}
    found = {sys.prefix, sys.base_prefix, str(package), *system, *libraries}
    return sorted(path for path in found if path and os.path.exists(path))


LIBRARY_FOLDERS = _library_folders()
