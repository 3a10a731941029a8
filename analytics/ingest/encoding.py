"""Whether a block of lines is honest UTF-8.

Bytes of GB18030 text can decode as UTF-8 without an error (平台 becomes ƽ̨). Chinese filings contain Han characters,
ASCII and East Asian punctuation; a run of two-byte characters that spells Han when read as GB18030 is refused.
"""

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from analytics.ingest.messages import FileRefused

_OTHER_BYTES = bytes(byte for byte in range(256) if not 0xC2 <= byte <= 0xDF)  # all but the first of two bytes
_TWO_BYTE_RUN = re.compile(r"[\u0080-\u07ff]{2,}")


def decode_block(block: bytes, line: int) -> str:
    """The text of a block; refuses NUL, bare carriage returns, bytes that are not UTF-8, and disguised GB18030."""
    for needle, code in ((b"\x00", "file.nul"), (b"\r", "file.line_ending")):
        if needle in block:
            _refuse_byte(block, line, needle, code)
    if block.isascii():
        return block.decode("ascii")
    try:
        text = block.decode("utf-8")
    except UnicodeDecodeError as error:
        at = line + block.count(b"\n", 0, error.start)
        raise FileRefused("encoding.not_utf8", row=max(at - 1, 0), line=at, guess=_guess(block, error.start))
    if block.translate(None, _OTHER_BYTES):
        refuse_disguised(text, line)
    return text


def are_readable(texts: Any) -> bool:
    """Whether every one of these Arrow strings is honest UTF-8. Arrow itself has not looked at their bytes yet."""
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:
        return False
    if pc.all(pc.string_is_ascii(texts), min_count=0).as_py():
        return True
    try:
        for text in texts.to_pylist():
            refuse_disguised(text, 1)
    except FileRefused:
        return False
    return True


def _refuse_byte(block: bytes, line: int, needle: bytes, code: str) -> None:
    if needle == b"\r" and block.count(b"\r") == block.count(b"\r\n"):
        return
    at = block.find(needle)
    if needle == b"\r":
        at = next(found.start() for found in re.finditer(rb"\r(?!\n)", block))
    number = line + block.count(b"\n", 0, at)
    raise FileRefused(code, row=max(number - 1, 0), line=number)


def _guess(block: bytes, position: int) -> str:
    start = block.rfind(b"\n", 0, position) + 1
    end = block.find(b"\n", position)
    try:
        block[start:end].decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return " (GB18030?)"


def refuse_disguised(text: str, line: int, row: int | None = None) -> None:
    """Refuses a run of two-byte characters that reads as Han in GB18030; `line` is where the text begins."""
    for run in _TWO_BYTE_RUN.finditer(text):
        try:
            as_han = run[0].encode("utf-8").decode("gb18030")
        except UnicodeDecodeError:
            continue
        if all("\u4e00" <= sign <= "\u9fff" for sign in as_han):
            number = line + text.count("\n", 0, run.start())
            at = max(number - 1, 0) if row is None else row
            raise FileRefused("encoding.suspect", row=at, line=number, value=run[0], guess=as_han)
