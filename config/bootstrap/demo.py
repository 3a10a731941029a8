"""`manage.py demo`: from nothing to a running system with a first report, in one terminal."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from config.bootstrap import paths, postgres, settings_env, supervisor, valkey, venv
from config.bootstrap.board import Board, Step
from config.bootstrap.errors import BootstrapError
from config.bootstrap.processes import end_session, guarded
from config.bootstrap.progress import HOST, MARK_HEADER, ProgressServer, listening_socket
from config.bootstrap.supervisor import Stopping, Supervisor

DEFAULT_PORT = 8000
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WEB_SECONDS = 90.0
STEPS = {
    "packages": {"zh": "安装软件包", "en": "Install packages"},
    "services": {"zh": "启动数据库与消息队列", "en": "Start database and message queue"},
    "prepare": {
        "zh": "建立表结构、载入规则包与演示用户",
        "en": "Create tables, load rule packs and demo users",
    },
    "web": {"zh": "启动网站与后台进程", "en": "Start web server and background processes"},
    "run": {"zh": "运行演示主流程", "en": "Run the main path"},
}


def demo(arguments: list[str]) -> int:
    """Run the demo. Returns 0, or the code of the step that failed."""
    chosen = _parser().parse_args(arguments)
    chosen.source = str(Path(chosen.source).absolute()) if chosen.source else None
    chosen.json = str(Path(chosen.json).absolute()) if chosen.json else None
    run_dir = paths.run_dir()
    extra = run_dir / "demo-progress.json"
    with _only_one(run_dir), _signals():
        extra.unlink(missing_ok=True)
        board = Board([Step(key, title) for key, title in STEPS.items()], extra)
        sock = listening_socket(chosen.port)
        return _Demo(chosen, run_dir, board, sock).go()


class CommandFailed(Exception):  # noqa: N818
    """A Django command of the demo ended with another code than 0."""

    def __init__(self, name: str, code: int) -> None:
        super().__init__(f"`manage.py {name}` ({code})")
        self.code = code if code > 0 else 128 - code


class _Demo:
    def __init__(self, chosen: argparse.Namespace, run_dir: Path, board: Board, sock: socket.socket) -> None:
        self.chosen, self.run_dir, self.board, self.sock = chosen, run_dir, board, sock
        self.base_url = f"http://{HOST}:{sock.getsockname()[1]}"
        self.supervisor = Supervisor(run_dir)
        self.page = ProgressServer(sock, board)

    def go(self) -> int:
        self._greet()
        self.page.start()
        try:
            return self._steps()
        except CommandFailed as failure:
            self.board.say(f"\n{failure}：失败，原因见上。", f"\n{failure} failed; its words are above.")
            return failure.code
        except Stopping:
            self.board.say("正在停止…", "Stopping …")
            return 0 if self._all_done() else 130
        finally:
            self._stop()

    def _steps(self) -> int:
        with self.board.step("packages"):
            venv.ensure_venv("base")
        with self.board.step("services"):
            settings_env.ensure_database()
            broker = valkey.ensure_broker()
        environment = settings_env.service_variables(base_url=self.base_url, broker_url=broker)
        with self.board.step("prepare"):
            self._django({**environment, **settings_env.database_variables()}, "demo_prepare")
        with self.board.step("web"):
            self._start(environment)
        with self.board.step("run"):
            self._django(environment, "demo_run", "--base-url", self.base_url, *self._options())
        if not self.chosen.no_serve:
            self._serve()
        return 0

    def _start(self, environment: Mapping[str, str]) -> None:
        """The web server first and alone, so that the first page comes early; then the others."""
        self.supervisor.add(supervisor.web_child(environment, self.sock.fileno()))
        self._wait_for_web()
        self.page.stop()
        for child in supervisor.service_children(environment):
            self.supervisor.add(child)

    def _wait_for_web(self) -> None:
        """Both servers accept from the same socket; go on once an answer comes from the application."""
        deadline = time.monotonic() + WEB_SECONDS
        while time.monotonic() < deadline:
            self.supervisor.tick()
            if answered_by_application(self.base_url):
                return
            time.sleep(0.1)
        raise BootstrapError("The web server did not come up:\n" + log_tail(self.run_dir / "logs" / "web.log"))

    def _django(self, environment: Mapping[str, str], *words: str) -> None:
        command = [str(paths.venv_python()), str(paths.project_dir() / "manage.py"), *words]
        quiet = {"LIANXI_LOG_LEVEL": "WARNING", **environment}  # the report stands alone in the terminal
        process = subprocess.Popen(
            guarded(command), env=quiet, stdin=subprocess.DEVNULL, start_new_session=True
        )
        try:
            code = self.supervisor.wait(process)
        except BaseException:
            end_session(process, 10.0)
            raise
        if code != 0:
            raise CommandFailed(words[0], code)

    def _options(self) -> list[str]:
        options = {"--json": self.chosen.json, "--from": self.chosen.source}
        return [word for name, value in options.items() if value for word in (name, value)]

    def _serve(self) -> None:
        self.board.say(
            f"\n系统在 {self.base_url} 运行，日志在 {self.run_dir / 'logs'} 。按 Ctrl-C 停止。",
            f"\nServing at {self.base_url} (logs in {self.run_dir / 'logs'}). Ctrl-C stops everything.",
        )
        self.supervisor.wait()

    def _greet(self) -> None:
        asked, got = self.chosen.port, self.sock.getsockname()[1]
        if asked != got:
            self.board.say(f"端口 {asked} 已被占用，改用 {got}。", f"Port {asked} is busy: using {got}.")
        self.board.say(f"进度页：{self.base_url}/", f"Progress page: {self.base_url}/")

    def _all_done(self) -> bool:
        return all(step.state == "done" for step in self.board.steps() if not step.key.startswith("extra-"))

    def _stop(self) -> None:
        """Children, then broker, then database; one that fails to stop does not keep the next one running."""
        with _ignore_signals(), contextlib.ExitStack() as last_first:
            if not postgres.external():
                last_first.callback(postgres.stop_server, if_unused=True)
            if not os.environ.get("LIANXI_BROKER_URL"):
                last_first.callback(valkey.stop_broker, if_unused=True)
            last_first.callback(self.sock.close)
            last_first.callback(self.supervisor.stop)
            last_first.callback(self.page.stop)


def answered_by_application(base_url: str) -> bool:
    """True when an HTTP answer (whatever its status) comes without the mark of the progress page."""
    try:
        with urllib.request.urlopen(f"{base_url}/", timeout=30) as answer:  # noqa: S310
            return MARK_HEADER not in answer.headers
    except urllib.error.HTTPError as error:
        return MARK_HEADER not in error.headers
    except OSError:
        return False


def log_tail(path: Path, lines: int = 25) -> str:
    """The last lines of a log; empty when there is none."""
    with contextlib.suppress(OSError):
        return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="manage.py demo", description=__doc__)
    parser.add_argument("--no-serve", action="store_true", help="stop everything after the report")
    parser.add_argument("--json", metavar="FILE", help="also write the report as JSON")
    parser.add_argument("--from", dest="source", metavar="DIR", help="run on the real data sets of this folder")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="first port to try (default 8000)")
    return parser


@contextmanager
def _only_one(run_dir: Path) -> Iterator[None]:
    with open(run_dir / "demo.lock", "w", encoding="ascii") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BootstrapError("A demo of this project is running already; stop it first (Ctrl-C).") from None
        yield


@contextmanager
def _signals() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopping

    before = {name: signal.signal(name, stop) for name in _STOP_SIGNALS}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


@contextmanager
def _ignore_signals() -> Iterator[None]:
    """A second Ctrl-C must not cut the orderly stop short and leave processes behind."""
    before = {name: signal.signal(name, signal.SIG_IGN) for name in _STOP_SIGNALS}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
        sys.stdout.flush()
