"""Receiving an upload: hashed while it is written, nothing left when it fails."""

import hashlib
import io
from pathlib import Path

import pytest

from common.api.problems import Problem
from common.signatures import VerifiedSignature
from platforms.api.streaming import CHUNK_BYTES, LINE_BYTES, LineGuard, received


def signature_of(body: bytes) -> VerifiedSignature:
    return VerifiedSignature("key", "nonce", hashlib.sha256(body).digest())


class Source(io.BytesIO):
    """Remembers how much was asked for at once."""

    largest = 0

    def read(self, size: int | None = -1) -> bytes:
        self.largest = max(self.largest, size or 0)
        return super().read(size)


def test_the_body_is_written_in_small_pieces(tmp_path: Path) -> None:
    body = b"x" * (3 * CHUNK_BYTES + 5)
    source = Source(body)
    with received(source, tmp_path / "file", signature_of(body), is_csv=False) as upload:
        assert (upload.bytes, upload.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert (tmp_path / "file").read_bytes() == body
    assert source.largest == CHUNK_BYTES


def test_a_failure_of_the_caller_removes_the_file(tmp_path: Path) -> None:
    def fail() -> None:
        with received(io.BytesIO(b"abc"), tmp_path / "file", signature_of(b"abc"), is_csv=False):
            raise RuntimeError("refused")

    with pytest.raises(RuntimeError, match="refused"):
        fail()
    assert list(tmp_path.iterdir()) == []


def refused(body: bytes, tmp_path: Path, signed: bytes | None = None) -> str:
    with (
        pytest.raises(Problem) as problem,
        received(io.BytesIO(body), tmp_path / "file", signature_of(signed or body), is_csv=True),
    ):
        pass
    assert list(tmp_path.iterdir()) == []
    return problem.value.code


def test_another_body_than_signed_is_refused(tmp_path: Path) -> None:
    assert refused(b"abc", tmp_path, signed=b"abd") == "content.digest"


def test_an_empty_body_is_refused(tmp_path: Path) -> None:
    assert refused(b"", tmp_path) == "content.empty"


def test_a_body_over_the_cap_is_refused(tmp_path: Path, settings: object) -> None:
    settings.UPLOAD_MAX_BYTES = 10  # type: ignore[attr-defined]
    assert refused(b"12345678901", tmp_path) == "content.too_large"


def test_a_long_line_is_refused(tmp_path: Path) -> None:
    assert refused(b"a\n" + b"9" * (LINE_BYTES + 1), tmp_path) == "file.line_too_long"


def test_the_guard_names_the_row() -> None:
    guard = LineGuard()
    guard.feed(b"header\n1\n2\n")
    for _ in range(LINE_BYTES // CHUNK_BYTES):
        guard.feed(b"9" * CHUNK_BYTES)
    with pytest.raises(Problem) as problem:
        guard.feed(b"9")
    assert problem.value.errors[0]["row"] == 3


def test_a_line_at_the_cap_passes() -> None:
    guard = LineGuard()
    guard.feed(b"9" * LINE_BYTES)
    guard.feed(b"\n" + b"9" * LINE_BYTES)
    assert guard.line == 2
