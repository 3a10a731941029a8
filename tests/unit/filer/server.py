"""A tiny HTTP server on loopback that records what it gets and answers from a script."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Received:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """An answer; `cut` closes the connection without answering, `unread` answers before reading the body."""

    status: int = 200
    document: Any = None
    content: bytes | None = None
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    unread: bool = False
    no_date: bool = False

    def body(self) -> bytes:
        return self.content if self.content is not None else json.dumps(self.document).encode()


def problem(status: int, code: str, **members: Any) -> Reply:
    document = {"type": f"urn:problem:{code}", "title": code, "status": status, "code": code, **members}
    return Reply(status, document, content_type="application/problem+json")


class RecordingServer:
    """`on("POST", "/filings", Reply(...), ...)`: each request takes the next reply, the last one stays."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.replies: dict[tuple[str, str], list[Reply | Callable[[Received], Reply]]] = {}
        self._httpd = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._httpd.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._httpd.server_address[1]}"
        self._thread = threading.Thread(target=self._httpd.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> "RecordingServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._httpd.shutdown()
        self._httpd.server_close()
        self._thread.join(5)

    def on(self, method: str, path: str, *replies: Reply | Callable[[Received], Reply]) -> None:
        self.replies[method, f"/api/v1{path}"] = list(replies)

    def next_reply(self, method: str, target: str) -> Reply | Callable[[Received], Reply]:
        waiting = self.replies.get((method, target.partition("?")[0]))
        if not waiting:
            return problem(404, "not_found")
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    def _handler(owner) -> type[BaseHTTPRequestHandler]:  # noqa: N805  # the closure needs both selves
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 5
            disable_nagle_algorithm = True

            def _serve(self) -> None:
                reply = owner.next_reply(self.command, self.path)
                early = isinstance(reply, Reply) and reply.unread
                body = b"" if early else self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                got = Received(self.command, self.path, headers, body, self.client_address[1])
                owner.received.append(got)
                if not isinstance(reply, Reply):
                    reply = reply(got)
                if reply.cut:
                    self.close_connection = True
                    return
                self._answer(reply, close=early)

            def _answer(self, reply: Reply, close: bool) -> None:
                content = reply.body()
                if reply.no_date:
                    self.send_response_only(reply.status)
                else:
                    self.send_response(reply.status)
                self.send_header("Content-Type", reply.content_type)
                self.send_header("Content-Length", str(len(content)))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if close:
                    self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = _serve  # noqa: N815  # names fixed by http.server

            def log_message(self, format: str, *args: object) -> None:
                return

        return Handler
