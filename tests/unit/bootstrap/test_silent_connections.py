"""Connections that say nothing must not keep others from being served."""

import contextlib
import os
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.bootstrap import paths, supervisor

WSGI = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"served"]
"""
SILENT = 12  # the spare connections of two browsers
ANSWER_SECONDS = 3.0  # less than the five after which the server gives up on a silent one
READY_SECONDS = 30.0


@pytest.fixture
def address(run_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The web server as the demo starts it, with a tiny application, on a free port of this machine."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "__init__.py").touch()
    (tmp_path / "config" / "wsgi.py").write_text(WSGI)
    monkeypatch.setattr(paths, "project_dir", lambda: tmp_path)
    monkeypatch.setattr(paths, "venv_python", lambda: Path(sys.executable))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        folder = paths.run_dir()
        (folder / "logs").mkdir(parents=True, exist_ok=True)
        watched = supervisor.Supervisor(folder)
        watched.add(supervisor.web_child(dict(os.environ), listening.fileno()))
        base = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        try:
            _served(base, READY_SECONDS)
            yield base
        finally:
            watched.stop()


def _served(base: str, seconds: float) -> str:
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(base, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - loopback
                return str(answer.read().decode())
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def test_silent_connections_stop_nobody(address: str) -> None:
    port = int(address.rstrip("/").rpartition(":")[2])
    with contextlib.ExitStack() as held:
        for _ in range(SILENT):
            held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
        time.sleep(0.5)  # let the workers take them up
        assert [_served(address, 0.0) for _ in range(4)] == ["served"] * 4
