"""Signed HTTP over kept-alive connections: one request in, one answer or one `FilerProblem` out."""

import contextlib
import hashlib
import http.client
import ipaddress
import json
import random
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lianxi_filer.keys import FilerKey
from lianxi_filer.problems import FilerProblem, FilerUnreachable, problem_from
from lianxi_filer.signing import sign_headers

CHUNK_BYTES = 256 * 1024
ATTEMPTS = 4
RETRY_STATUSES = frozenset({429, 502, 503, 504})
LONGEST_PAUSE_SECONDS = 20.0
CLOCK_TOLERANCE_SECONDS = 5
USER_AGENT = "lianxi-filer/0.1.0"
_BROKEN = (OSError, http.client.HTTPException)

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Body:
    """A request body of known size and digest that can be sent again from its start."""

    size: int
    sha256: bytes
    chunks: Callable[[], Iterator[bytes]]

    @classmethod
    def of_bytes(cls, data: bytes) -> "Body":
        """A body that is already in memory."""

        def chunks() -> Iterator[bytes]:
            view = memoryview(data)
            for start in range(0, len(data), CHUNK_BYTES):
                yield bytes(view[start : start + CHUNK_BYTES])

        return cls(len(data), hashlib.sha256(data).digest(), chunks)

    @classmethod
    def of_file(cls, path: Path, on_progress: Progress | None = None) -> "Body":
        """A body on disk: read once here for its digest, and again chunk by chunk for each sending."""
        digest, done, size = hashlib.sha256(), 0, _size(path)
        for chunk in _read(path):
            digest.update(chunk)
            done += len(chunk)
            if on_progress is not None:
                on_progress("hash", done, max(size, done))
        return cls(done, digest.digest(), lambda: _read(path))


EMPTY = Body.of_bytes(b"")


@dataclass(frozen=True)
class Answer:
    """A successful answer."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        """The decoded JSON body; refuses (`filer.not_json`) anything else."""
        try:
            return json.loads(self.content)
        except ValueError:
            raise FilerProblem(
                "filer.not_json",
                "The server's answer is not JSON",
                status=self.status,
                cure="Check the address: is it really the filing interface?",
            ) from None


@dataclass
class Transport:
    """Sends signed requests to one server. May be shared by threads: each request takes a connection of its
    own from the pool and puts it back."""

    base_url: str
    key: FilerKey | None
    timeout: float = 30.0
    language: str = "en"
    allow_plain_http: bool = False
    ssl_context: ssl.SSLContext | None = None
    attempts: int = ATTEMPTS
    sleep: Callable[[float], None] = time.sleep
    _idle: deque[http.client.HTTPConnection] = field(default_factory=deque, init=False, repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise FilerProblem(
                "filer.address", f"{self.base_url!r} is no http(s) address", cure="Give e.g. https://host"
            )
        if parts.scheme == "http" and not self.allow_plain_http and not is_loopback(parts.hostname):
            raise FilerProblem(
                "filer.insecure_address",
                "Filings are only sent over https, except to this machine itself",
                cure="Use the https address",
            )
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self.prefix = f"{parts.path.rstrip('/').removesuffix('/api/v1')}/api/v1"

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()

    def send(
        self,
        method: str,
        path: str,
        *,
        key_id: str | None,
        headers: Mapping[str, str] | None = None,
        body: Body = EMPTY,
        on_progress: Progress | None = None,
    ) -> Answer:
        """Send one request; after a network failure or a busy server send it again, with the same headers (so
        the same Idempotency-Key) under a new nonce. Raises `FilerProblem` for a refusal, `FilerUnreachable`
        for no answer. Without `key_id` the request goes unsigned (what anyone may read)."""
        target = path if path.startswith(f"{self.prefix}/") else f"{self.prefix}{path}"
        for attempt in range(1, self.attempts + 1):
            try:
                answer = self._attempt(method, target, key_id, dict(headers or {}), body, on_progress)
            except _BROKEN as error:
                if attempt == self.attempts:
                    raise self._unreachable(error) from error
                self.sleep(_pause(attempt, None))
                continue
            if answer.status not in RETRY_STATUSES or attempt == self.attempts:
                return _accept(answer)
            self.sleep(_pause(attempt, answer.headers.get("retry-after")))
        raise AssertionError("attempts must be at least 1")

    def _attempt(
        self,
        method: str,
        target: str,
        key_id: str | None,
        headers: dict[str, str],
        body: Body,
        on_progress: Progress | None,
    ) -> Answer:
        signed = self._signature(method, target, headers, body, key_id)
        common = {
            "Accept-Language": self.language,
            "User-Agent": USER_AGENT,
            "Content-Length": str(body.size),
        }
        connection = self._connection()
        try:
            answer = _exchange(connection, method, target, {**common, **headers, **signed}, body, on_progress)
        except BaseException:
            connection.close()
            raise
        if connection.sock is not None:
            self._idle.append(connection)
        return answer

    def _signature(
        self, method: str, target: str, headers: dict[str, str], body: Body, key_id: str | None
    ) -> dict[str, str]:
        if key_id is None:
            return {}
        if self.key is None:
            raise FilerProblem(
                "filer.key_missing",
                "This request needs a signing key",
                cure="Make one: lianxi-filer key make",
            )
        return sign_headers(method, self._origin + target, headers, body.sha256, self.key, key_id)

    def _connection(self) -> http.client.HTTPConnection:
        with contextlib.suppress(IndexError):
            return self._idle.pop()
        if self._secure:
            context = self.ssl_context or ssl.create_default_context()
            return http.client.HTTPSConnection(self._host, self._port, timeout=self.timeout, context=context)
        return http.client.HTTPConnection(self._host, self._port, timeout=self.timeout)

    def _unreachable(self, error: Exception) -> FilerUnreachable:
        if isinstance(error, ssl.SSLCertVerificationError):
            cure = "Check the address and the machine's certificate store"
        else:
            cure = "Check the address and the network, then do the same again; nothing is filed twice"
        name = type(error).__name__
        return FilerUnreachable(
            "filer.unreachable", f"No answer from {self._origin}", detail=f"{name}: {error}", cure=cure
        )


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _exchange(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: Body,
    on_progress: Progress | None,
) -> Answer:
    connection.putrequest(method, target, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    try:
        whole = _send_body(connection, body, on_progress)
    except (BrokenPipeError, ConnectionResetError):
        whole = False  # the server may have refused early: its answer is worth more than the broken pipe
    response = connection.getresponse()
    content = response.read()
    if response.will_close or not whole:
        connection.close()
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)


def _send_body(connection: http.client.HTTPConnection, body: Body, on_progress: Progress | None) -> bool:
    done = 0
    for chunk in body.chunks():
        done += len(chunk)
        if done > body.size:
            break
        connection.send(chunk)
        if on_progress is not None:
            on_progress("send", done, body.size)
    if done != body.size:
        raise FilerProblem(
            "filer.file_changed",
            "The file changed while it was being sent",
            cure="File it again when it is complete",
        )
    return True


def _accept(answer: Answer) -> Answer:
    if 200 <= answer.status < 300:
        return answer
    if 300 <= answer.status < 400:
        raise FilerProblem(
            "filer.redirected",
            "The server points elsewhere; a signature is only good for the address it was made for",
            status=answer.status,
            cure=f"Use this address if you trust it: {answer.headers.get('location', '?')}",
        )
    document = None
    if "json" in answer.headers.get("content-type", ""):
        with contextlib.suppress(ValueError):
            document = json.loads(answer.content)
    problem = problem_from(answer.status, document, reason=http.client.responses.get(answer.status, ""))
    if problem.code.startswith("signature."):
        problem.detail = f"{problem.detail} {_clock_difference(answer.headers.get('date', ''))}".strip()
    raise problem


def _clock_difference(date: str) -> str:
    """A sentence on how far this clock is from the server's; nothing when they agree."""
    try:
        ahead = time.time() - parsedate_to_datetime(date).timestamp()
    except ValueError:
        return ""
    if abs(ahead) <= CLOCK_TOLERANCE_SECONDS:
        return ""
    direction = "ahead of" if ahead > 0 else "behind"
    return f"This machine's clock is {abs(ahead):.0f} seconds {direction} the server's."


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _pause(attempt: int, retry_after: str | None) -> float:
    if retry_after is not None and retry_after.isdigit():
        return min(float(retry_after), LONGEST_PAUSE_SECONDS)
    return min(0.2 * 2.0**attempt, LONGEST_PAUSE_SECONDS) * random.uniform(0.5, 1.0)


def _read(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
    except OSError as error:  # never to be mistaken for a network failure
        raise FilerProblem(
            "filer.file_unreadable",
            f"{path} cannot be read",
            detail=str(error),
            cure="Check path and permissions",
        ) from error
