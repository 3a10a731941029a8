"""Receiving a file of any size with little memory: hash while writing, compare at the end, leave nothing on failure."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.api.problems import Problem
from common.logs import get_logger
from common.signatures import VerifiedSignature
from platforms.choices import MEDIA_TYPES

log = get_logger(__name__)
CHUNK_BYTES = 64 * 1024
LINE_BYTES = 1024 * 1024
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
CSV = "text/csv"


class Readable(Protocol):
    """What an upload is read from."""

    def read(self, size: int) -> bytes:
        """At most `size` bytes."""


@dataclass(frozen=True)
class Received:
    """A staged upload."""

    path: Path
    sha256: str
    bytes: int


def media_type_of(request: HttpRequest) -> str:
    """The media type of an upload. Refuses (415) types that are not read, and CSV in or without another charset."""
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise _unsupported(_("Content-Encoding is not used here."), _("Send a .gz file as application/gzip."))
    media_type = request.content_type
    if media_type not in MEDIA_TYPES:
        raise _unsupported(
            _("Content of this type is not accepted."),
            _("Send text/csv; charset=utf-8, application/gzip or application/vnd.apache.parquet."),
        )
    charset = (request.content_params or {}).get("charset", "").strip('"').lower()
    if media_type == CSV and charset not in {"utf-8", "utf8"}:
        raise _unsupported(
            _("The charset of the CSV is not declared as UTF-8."),
            _("Save the file as UTF-8 and send Content-Type: text/csv; charset=utf-8."),
        )
    return media_type


def _unsupported(title: Any, cure: Any) -> Problem:
    return Problem(status=415, code="content.media_type", title=title, field="Content-Type", cure=cure)


def check_length(request: HttpRequest) -> None:
    """Refuse an upload that says no length, says it is empty, or says it is over the cap."""
    text = request.META.get("CONTENT_LENGTH") or ""
    if not text.isdigit():
        raise Problem(
            status=411,
            code="content.length",
            title=_("The length of the file is not given."),
            field="Content-Length",
            cure=_("Send Content-Length."),
        )
    if int(text) > settings.UPLOAD_MAX_BYTES:
        raise too_large()


def too_large() -> Problem:
    """The answer to a file over the cap."""
    return Problem(
        status=413,
        code="content.too_large",
        title=_("The file is larger than this installation takes."),
        field="content",
        cure=_("Compress it with gzip, or send Parquet."),
    )


class LineGuard:
    """Refuses a CSV line longer than the reader's cap as soon as it is seen, however long the file is."""

    def __init__(self) -> None:
        """Start before the first line."""
        self.length = 0
        self.line = 1

    def feed(self, chunk: bytes) -> None:
        """Count on; raises Problem (422) naming the row."""
        last = chunk.rfind(b"\n")
        if last < 0:
            self.length += len(chunk)
        else:
            self.line += chunk.count(b"\n")
            self.length = len(chunk) - last - 1
        if self.length > LINE_BYTES:
            raise self._refusal()

    def _refusal(self) -> Problem:
        return Problem(
            status=422,
            code="file.line_too_long",
            title=_("A line is longer than 1 MiB."),
            errors=[
                {
                    "field": "content",
                    "row": max(self.line - 1, 0),
                    "code": "file.line_too_long",
                    "message": _("Line %(line)d has no end within 1 MiB.") % {"line": self.line},
                    "cure": _("Write one record per line, ended by a line feed; check for an unclosed quotation mark."),
                }
            ],
            cure=_("Write one record per line, ended by a line feed; check for an unclosed quotation mark."),
        )


@contextmanager
def received(
    stream: Readable | None, target: Path, signature: VerifiedSignature, *, is_csv: bool
) -> Iterator[Received]:
    """Write a body to `target` in chunks and yield it; the file is removed when anything fails, also in the caller.

    Refuses an empty body (422), one over the cap (413), a CSV line over the cap (422), a body that differs from
    its signed digest (400), and anything while the disk has no room (507).
    """
    try:
        yield _write(stream, target, signature, LineGuard() if is_csv else None)
    except OSError as error:
        target.unlink(missing_ok=True)
        if error.errno in _NO_ROOM:
            log.error("upload.no_room", errno=error.errno)  # noqa: TRY400 - the number says it all
            raise storage_full() from None
        raise
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _write(stream: Readable | None, target: Path, signature: VerifiedSignature, guard: LineGuard | None) -> Received:
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as handle:
        while stream is not None and (chunk := stream.read(CHUNK_BYTES)):
            size += len(chunk)
            if size > settings.UPLOAD_MAX_BYTES:
                raise too_large()
            if guard is not None:
                guard.feed(chunk)
            digest.update(chunk)
            handle.write(chunk)
        if digest.digest() != signature.body_sha256:
            raise _differs()
        if not size:
            raise _empty()
        handle.flush()
        os.fsync(handle.fileno())
    return Received(target, digest.hexdigest(), size)


def storage_full() -> Problem:
    """The disk refuses to take more: the operator's matter, and nothing was kept."""
    return Problem(
        status=507,
        code="storage.full",
        title=_("The system has no room for the file."),
        cure=_("Nothing was stored. Send it again later; the operator has been told by the log."),
    )


def _empty() -> Problem:
    return Problem(
        status=422,
        code="content.empty",
        title=_("The file is empty."),
        field="content",
        cure=_("Send a header line and at least one row."),
    )


def _differs() -> Problem:
    return Problem(
        status=400,
        code="content.digest",
        title=_("The bytes received differ from the signed Content-Digest."),
        field="Content-Digest",
        cure=_("Sign the SHA-256 of the very bytes you send, and send the file again."),
    )
