"""The order of the demo, with a tiny application in place of the real one: page, hand-over, exit codes, stop."""

import json
import os
import signal
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from config.bootstrap import cli, demo, paths, settings_env, supervisor, valkey, venv

MANAGE = """
import json, os, sys, time, urllib.request
with open("calls.jsonl", "a") as stream:
    owner = "LIANXI_OWNER_DATABASE_URL" in os.environ
    print(json.dumps({"words": sys.argv[1:], "owner": owner}), file=stream)
if sys.argv[1] == "demo_run":
    print(urllib.request.urlopen(sys.argv[3] + "/").read().decode())
    sys.exit(int(os.environ["DEMO_RUN_CODE"]))
"""
WSGI = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"the application"]
"""


@pytest.fixture
def project(run_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose packages and services are there already."""
    (tmp_path / "config").mkdir()
    (tmp_path / "manage.py").write_text(MANAGE)
    (tmp_path / "config" / "wsgi.py").write_text(WSGI)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(paths, "project_dir", lambda: tmp_path)
    monkeypatch.setattr(paths, "venv_python", lambda: Path(sys.executable))
    monkeypatch.setattr(venv, "ensure_venv", lambda extras: False)
    monkeypatch.setattr(settings_env, "ensure_database", lambda: None)
    monkeypatch.setattr(supervisor, "service_children", lambda environment: [])
    monkeypatch.setattr(valkey, "stop_broker", lambda if_unused: False)
    monkeypatch.setenv("LIANXI_BROKER_URL", "redis://broker.example/0")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@db.example/x")
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.setenv("DEMO_RUN_CODE", "0")
    return tmp_path


def _calls(project: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (project / "calls.jsonl").read_text().splitlines()]


def test_prepare_then_web_then_run_then_stop(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", "--no-serve", "--port", "28200", "--json", "out.json", "--from", "data"]) == 0
    first, second = _calls(project)
    assert first == {"words": ["demo_prepare"], "owner": True}
    words = second["words"]
    assert isinstance(words, list)
    assert (words[:2], second["owner"]) == (["demo_run", "--base-url"], False)
    assert words[3:] == ["--json", str(project / "out.json"), "--from", str(project / "data")]
    printed = capfd.readouterr().out
    assert "\nthe application\n" in printed
    assert [line.split("s  ")[1] for line in printed.splitlines() if "✓" in line] == [
        title["en"] for title in demo.STEPS.values()
    ]
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(words[2], timeout=2)  # noqa: S310


def test_the_code_of_a_failed_run_is_ours(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DEMO_RUN_CODE", "3")
    assert cli.main(["demo", "--port", "28200"]) == 3
    printed = capfd.readouterr().out
    assert "✗" in printed
    assert "`manage.py demo_run` (3) failed" in printed


def test_a_broken_application_is_reported_with_its_log(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (project / "config" / "wsgi.py").write_text("raise RuntimeError('no application today')")
    monkeypatch.setattr(demo, "WEB_SECONDS", 2.0)
    assert cli.main(["demo", "--no-serve", "--port", "28200"]) == 1
    assert "no application today" in capfd.readouterr().err
    assert [call["words"] for call in _calls(project)] == [["demo_prepare"]]


def test_it_serves_until_it_is_told_to_stop(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def stop_when_serving() -> None:
        end = time.monotonic() + 30
        while len(seen) < 2 and time.monotonic() < end:
            time.sleep(0.1)
            if (project / "calls.jsonl").exists() and len(_calls(project)) == 2:
                seen.append(time.monotonic())
        time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    seen: list[float] = []
    threading.Thread(target=stop_when_serving).start()
    assert cli.main(["demo", "--port", "28200"]) == 0
    assert "Ctrl-C stops everything" in capfd.readouterr().out
