"""A page that answers from the first second of the set-up, on the very socket the web server gets later."""

from __future__ import annotations

import errno
import html
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from config.bootstrap.board import Board, Step
from config.bootstrap.errors import BootstrapError

HOST = "127.0.0.1"
REFRESH_SECONDS = 2
MARK_HEADER = "X-Lianxi-Progress"
"""Present on every answer of this page, absent from every answer of the application."""

TEXTS = {
    "zh": {
        "lang": "zh-Hans", "other": "en", "other_name": "English", "title": "联席正在准备",
        "lead": "系统正在本机安装并启动。本页每两秒自动刷新，完成后显示首页。",
        "failed": "有一步失败了，原因见终端。", "step": "步骤", "state": "状态", "time": "用时（秒）",
        "pending": "等待", "running": "进行中", "done": "完成", "failed_state": "失败",
    },
    "en": {
        "lang": "en", "other": "zh", "other_name": "中文", "title": "Lianxi is getting ready",
        "lead": "The system is being installed and started on this machine. "
        "This page reloads every two seconds and gives way to the start page.",
        "failed": "A step failed; the terminal says why.", "step": "Step", "state": "State",
        "time": "Time (s)", "pending": "waiting", "running": "running", "done": "done",
        "failed_state": "failed",
    },
}  # fmt: skip

STYLE = """
body{font:1rem/1.6 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;margin:0;
color:#1b2330;background:#f5f7fa}main{max-width:44rem;margin:3rem auto;padding:0 1rem}
h1{font-size:1.6rem}table{width:100%;border-collapse:collapse;background:#fff}
th,td{text-align:left;padding:.6rem .8rem;border-bottom:1px solid #d5dbe3}td.n{text-align:right;
font-variant-numeric:tabular-nums}tr.running td{font-weight:600}tr.pending td{color:#55606e}
tr.failed td,.failed{color:#a3161a;font-weight:600}a{color:#0b4f9e}
"""


def listening_socket(port: int, *, tries: int = 50) -> socket.socket:
    """A socket that listens on 127.0.0.1 at `port`, or at the next free port after it.

    Refuses (BootstrapError) when none of `tries` ports can be had.
    """
    for candidate in range(port, min(port + tries, 65536)):
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((HOST, candidate))
            sock.listen(1024)
        except OSError as error:
            sock.close()
            if error.errno not in {errno.EADDRINUSE, errno.EACCES, errno.EPERM}:
                raise
        else:
            return sock
    raise BootstrapError(f"No free port between {port} and {port + tries - 1}. Choose one with --port.")


def page(board: Board, language: str) -> str:
    """The progress page: one table, no script, readable by a screen reader."""
    text = TEXTS[language]
    now = time.monotonic()
    rows = "".join(_row(step, text, language, now) for step in board.steps())
    head = "".join(f'<th scope="col">{text[key]}</th>' for key in ("step", "state", "time"))
    other = text["other"]
    note = f'<p class="failed" role="alert">{text["failed"]}</p>' if board.failed() else ""
    return (
        f'<!doctype html><html lang="{text["lang"]}"><head><meta charset="utf-8">'
        f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text['title']}</title><style>{STYLE}</style></head><body><main><h1>{text['title']}</h1>"
        f'<p role="status">{text["lead"]}</p>{note}'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f'<p><a href="?lang={other}" lang="{TEXTS[other]["lang"]}">{text["other_name"]}</a></p>'
        "</main></body></html>"
    )


def _row(step: Step, text: dict[str, str], language: str, now: float) -> str:
    taken = step.seconds(now)
    state = text["failed_state"] if step.state == "failed" else text[step.state]
    detail = f" · {html.escape(step.detail)}" if step.detail else ""
    return (
        f'<tr class="{step.state}"><td>{html.escape(step.title[language])}</td><td>{state}{detail}</td>'
        f'<td class="n">{"" if taken is None else f"{taken:.1f}"}</td></tr>'
    )


def problem() -> bytes:
    """The RFC 9457 answer for API clients that come too early."""
    body = {
        "type": "about:blank", "title": "Starting", "status": 503, "code": "service.starting",
        "detail": "The system is being prepared. Try again in a few seconds.",
    }  # fmt: skip
    return json.dumps(body).encode()


class _Handler(BaseHTTPRequestHandler):
    server: ProgressServer
    timeout = 5
    server_version = "lianxi"
    sys_version = ""

    def do_GET(self) -> None:
        if urlsplit(self.path).path.startswith("/api/"):
            self._send(503, "application/problem+json", problem())
        else:
            self._send(200, "text/html; charset=utf-8", page(self.server.board, self._language()).encode())

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 1 << 16))
        self._send(503, "application/problem+json", problem())

    do_PUT = do_DELETE = do_PATCH = do_POST  # noqa: N815

    def _language(self) -> str:
        chosen = parse_qs(urlsplit(self.path).query).get("lang", [""])[0]
        wanted = chosen or self.headers.get("Accept-Language", "zh")
        return "en" if wanted.lower().startswith("en") else "zh"

    def _send(self, status: int, media_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.send_header(MARK_HEADER, "1")
        if status == 503:
            self.send_header("Retry-After", str(REFRESH_SECONDS))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal shows the steps."""


class ProgressServer(ThreadingHTTPServer):
    """Serves the progress page on a socket that it does not own: stopping leaves the socket listening."""

    daemon_threads = True

    def __init__(self, sock: socket.socket, board: Board) -> None:
        super().__init__(sock.getsockname()[:2], _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = sock
        self.board = board
        self._thread = threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True)

    def start(self) -> None:
        """Answer from now on, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Accept no more connections; the socket stays open for whoever inherited it."""
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join()

    def handle_error(self, request: object, client_address: object) -> None:
        """A visitor who hangs up is no news."""
