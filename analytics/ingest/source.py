"""Bytes of an upload in bounded blocks that end at a line break.

Nothing here trusts a declared size: decompressed bytes are counted while they are read, and a line that does not end
is refused as soon as it passes the cap, however long the file is.
"""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from analytics.ingest.limits import ReadLimits
from analytics.ingest.messages import FileRefused

CSV, GZIP, PARQUET = "text/csv", "application/gzip", "application/vnd.apache.parquet"
_PART = 256 * 1024
_KINDS = {
    CSV: CSV,
    GZIP: GZIP,
    "application/x-gzip": GZIP,
    PARQUET: PARQUET,
    "application/x-parquet": PARQUET,
}


def media_kind(media_type: str) -> str:
    """The kind of a Content-Type, parameters ignored; refuses kinds the reader does not know."""
    kind = _KINDS.get(media_type.split(";", 1)[0].strip().lower())
    if kind is None:
        raise FileRefused("media_type.unknown", value=media_type)
    return kind


def sniff(path: Path, kind: str) -> None:
    """Refuses an empty file and one whose first bytes contradict the declared kind."""
    try:
        with path.open("rb") as handle:
            head = handle.read(4)
    except FileNotFoundError:
        raise FileRefused("file.missing")
    if not head:
        raise FileRefused("file.empty")
    real = GZIP if head[:2] == b"\x1f\x8b" else PARQUET if head in {b"PAR1", b"PARE"} else ""
    if kind == CSV and (real or head == b"PK\x03\x04"):
        raise FileRefused("media_type.mismatch", value=kind, guess=real or "a ZIP archive (XLSX?)")
    if kind == GZIP and real != GZIP:
        raise FileRefused("gzip.not_gzip")
    if kind == PARQUET and real != PARQUET:
        raise FileRefused("parquet.corrupt")


def raw_chunks(handle: BinaryIO, kind: str, limits: ReadLimits) -> Iterator[bytes]:
    """Decompressed chunks of at most `block_bytes`, counted against `total_bytes`."""
    chunks = _gunzip(handle, limits.block_bytes) if kind == GZIP else _plain(handle, limits.block_bytes)
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > limits.total_bytes:
            raise FileRefused("file.too_large", limit=limits.total_bytes)
        yield chunk


def _plain(handle: BinaryIO, size: int) -> Iterator[bytes]:
    while chunk := handle.read(size):
        yield chunk


def _gunzip(handle: BinaryIO, size: int) -> Iterator[bytes]:
    """Members one after the other, never more than `size` bytes inflated at once."""
    inflater, pending, total = zlib.decompressobj(wbits=31), b"", 0
    while True:
        pending = pending or handle.read(256 * 1024)
        if not pending:
            if inflater.eof:
                return
            raise FileRefused("gzip.truncated", bytes=total)
        if inflater.eof:
            inflater = zlib.decompressobj(wbits=31)
        try:
            chunk = inflater.decompress(pending, size)
            while chunk:
                total += len(chunk)
                yield chunk
                chunk = b"" if inflater.eof else inflater.decompress(inflater.unconsumed_tail, size)
        except zlib.error:
            raise FileRefused("gzip.corrupt")
        pending = inflater.unused_data if inflater.eof else inflater.unconsumed_tail


def line_blocks(chunks: Iterator[bytes], limits: ReadLimits) -> Iterator[tuple[int, bytes]]:
    """(number of the first line, whole lines) with `line_bytes` held; a last line without break is given one."""
    rest, line = b"", 1
    for chunk in chunks:
        cut = chunk.rfind(b"\n") + 1
        if cut:
            block = b"".join((rest, memoryview(chunk)[:cut]))
            _line_lengths(block, len(block), line, limits)
            yield line, block
            line += _breaks(block)
        rest = chunk[cut:] if cut else rest + chunk
        if len(rest) > limits.line_bytes:
            raise FileRefused("file.line_too_long", row=max(line - 1, 0), line=line, limit=limits.line_bytes)
    if rest:
        yield line, rest + b"\n"


def _breaks(block: bytes) -> int:
    """Line breaks of a block; counting them byte by byte takes four times as long."""
    signs = np.frombuffer(block, dtype=np.uint8)
    return sum(int(np.count_nonzero(signs[at : at + _PART] == 10)) for at in range(0, len(signs), _PART))


def _line_lengths(block: bytes, cut: int, line: int, limits: ReadLimits) -> None:
    """Refuses a closed line over the cap: steps of `line_bytes` without any break prove one."""
    start = 0
    while cut - start > limits.line_bytes:
        end = block.rfind(b"\n", start, start + limits.line_bytes + 1)
        if end < 0:
            line += block.count(b"\n", 0, start)
            raise FileRefused("file.line_too_long", row=max(line - 1, 0), line=line, limit=limits.line_bytes)
        start = end + 1
