"""The progress page, the choice of a port, and the hand-over of the listening socket."""

import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path

import pytest

from config.bootstrap.board import Board, Step, read_extra
from config.bootstrap.demo import answered_by_application
from config.bootstrap.errors import BootstrapError
from config.bootstrap.progress import ProgressServer, listening_socket

APPLICATION = """
import socket, sys
sock = socket.socket(fileno=int(sys.argv[1]))
while True:
    link, _ = sock.accept()
    link.recv(4096)
    link.sendall(b"HTTP/1.0 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\napp")
    link.close()
"""


@pytest.fixture
def sock() -> Iterator[socket.socket]:
    with listening_socket(28000) as made:
        yield made


@pytest.fixture
def board(tmp_path: Path) -> Board:
    steps = [Step("one", {"zh": "第一步", "en": "First <step>"}), Step("two", {"zh": "第二步", "en": "Second"})]
    return Board(steps, tmp_path / "extra.json", quiet=True)


@pytest.fixture
def page(sock: socket.socket, board: Board) -> Iterator[str]:
    server = ProgressServer(sock, board)
    server.start()
    yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    server.stop()


def _get(url: str, **headers: str) -> HTTPResponse:
    request = urllib.request.Request(url, headers=headers)  # noqa: S310
    return urllib.request.urlopen(request, timeout=5)  # noqa: S310


def test_a_busy_port_gives_the_next_free_one(sock: socket.socket) -> None:
    taken = sock.getsockname()[1]
    with listening_socket(taken) as other:
        assert other.getsockname()[0] == "127.0.0.1"
        assert other.getsockname()[1] > taken
    with pytest.raises(BootstrapError, match="No free port"):
        listening_socket(taken, tries=1)


def test_the_page_shows_steps_in_the_language_of_the_browser(page: str, board: Board) -> None:
    with board.step("one"):
        english = _get(page, **{"Accept-Language": "en-GB"}).read().decode()
    chinese = _get(f"{page}/anything", **{"Accept-Language": "zh-CN"}).read().decode()
    assert '<html lang="en">' in english
    assert '<tr class="running"><td>First &lt;step&gt;</td><td>running</td>' in english
    assert '<meta http-equiv="refresh" content="2">' in english
    assert '<html lang="zh-Hans">' in chinese
    assert '<tr class="done"><td>第一步</td><td>完成</td>' in chinese
    assert '<tr class="pending"><td>第二步</td><td>等待</td><td class="n"></td>' in chinese


def test_steps_of_another_process_follow_ours(page: str, board: Board, tmp_path: Path) -> None:
    entry = {"name": {"zh": "载入规则", "en": "Load rules"}, "done": 3, "total": 12, "state": "running"}
    (tmp_path / "extra.json").write_text(json.dumps({"steps": [entry]}), encoding="utf-8")
    text = _get(f"{page}/?lang=en").read().decode()
    assert '<tr class="running"><td>Load rules</td><td>running · 3 / 12</td>' in text


@pytest.mark.parametrize("text", ["", "{", "[]", '{"steps": [1]}', '{"steps": [{"done": 1}]}'])
def test_a_broken_extra_file_shows_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "extra.json"
    path.write_text(text)
    assert read_extra(path) == []


def test_api_clients_get_a_problem_and_a_time_to_wait(page: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        _get(f"{page}/api/v1/platforms")
    answer = caught.value
    assert (answer.code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(answer.read())["code"] == "service.starting"
    answer.close()


def test_a_failed_step_is_announced(page: str, board: Board) -> None:
    with pytest.raises(ValueError, match="broken"), board.step("one"):
        raise ValueError("broken")
    assert '<p class="failed" role="alert">A step failed' in _get(f"{page}/?lang=en").read().decode()


def test_the_socket_passes_to_another_process_without_one_refused_connection(sock: socket.socket, board: Board) -> None:
    server = ProgressServer(sock, board)
    server.start()
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    assert not answered_by_application(url)
    server.stop()
    with socket.create_connection(sock.getsockname(), timeout=5) as early:  # nobody accepts at this moment
        number = sock.fileno()
        command = [sys.executable, "-c", APPLICATION, str(number)]
        child = subprocess.Popen(command, pass_fds=(number,))
        try:
            early.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert early.recv(100).endswith(b"app")
            assert answered_by_application(url)
        finally:
            child.kill()
            child.wait()
