"""One file against one contract, line by line: memory stays small however long the file is."""

import csv
import gzip
import hashlib
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from lianxi_filer.checking.cells import fault_of
from lianxi_filer.checking.contract import Column, Contract
from lianxi_filer.checking.texts import texts_of
from lianxi_filer.problems import FilerProblem

LINE_BYTES = 1024 * 1024
REMEMBERED_KEYS = 5_000_000
SHOWN_CHARACTERS = 64
PROGRESS_ROWS = 2000
_DELIMITERS = ";\t|，"
_TWO_BYTE_RUN = re.compile("[\u0080-\u07ff]{2,}")


@dataclass(frozen=True)
class RowProblem:
    """One thing the server would reject. `row` counts data rows from 1; None means the file or its header."""

    code: str
    row: int | None = None
    field: str = ""
    value: str = ""
    expected: str = ""

    def message(self, language: str) -> str:
        """What is wrong, in "zh" or "en"."""
        return texts_of(self.code, language)[0].format(value=shown(self.value), expected=self.expected)

    def cure(self, language: str) -> str:
        """What to do about it, in "zh" or "en"."""
        return texts_of(self.code, language)[1].format(value=shown(self.value), expected=self.expected)


class _Stop(Exception):  # ends the reading, carries its reason
    def __init__(self, problem: RowProblem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def shown(text: str) -> str:
    """A value as it may be printed: short, with invisible characters made visible."""
    short = text[:SHOWN_CHARACTERS] + ("…" if len(text) > SHOWN_CHARACTERS else "")
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in short)


class FileCheck:
    """Checks a CSV file (plain or gzip). `rows` and `bad_rows` count what `problems()` has read so far."""

    def __init__(self, contract: Contract, path: Path, period: str = "") -> None:
        """Refuses a period that does not fit the template (`filer.period`) and Parquet (`filer.not_checkable`)."""
        if period and not contract.period_fits(period):
            raise FilerProblem(
                "filer.period",
                f"{period} is no period of {contract.name}",
                cure="Write a month as 2017-06, a quarter as 2017Q2, a day as 2017-06-30, as the template says",
            )
        self.contract, self.path, self.period = contract, path, period
        self.rows = self.bad_rows = 0
        self._keys: set[bytes] = set()

    def problems(self, on_progress: Callable[[str, int, int], None] | None = None) -> Iterator[RowProblem]:
        """Every problem of the file in its order. `on_progress("check", done, total)` is in bytes."""
        try:
            total = self.path.stat().st_size
            with self.path.open("rb") as raw:
                yield from self._read(raw, lambda: _report(on_progress, raw.tell(), total))
        except _Stop as stop:
            yield stop.problem
        except OSError as error:
            raise FilerProblem(
                "filer.file_unreadable",
                f"{self.path} cannot be read",
                detail=str(error),
                cure="Check the path",
            ) from error

    def _read(self, raw: IO[bytes], report: Callable[[], None]) -> Iterator[RowProblem]:
        lines = _lines(_opened(raw))
        header = next(lines, None)
        if not header:
            raise _Stop(RowProblem("file.empty"))
        names = _header_names(header)
        faults = list(self._header_faults(names))
        yield from faults
        if faults:  # without a good header every row would only repeat it
            return
        yield from self._rows(lines, [self.contract.column(name) for name in names], report)
        report()
        if not self.rows:
            yield RowProblem("file.no_rows")

    def _header_faults(self, names: list[str]) -> Iterator[RowProblem]:
        if len(names) == 1:
            for delimiter in _DELIMITERS:
                if delimiter in names[0]:
                    yield RowProblem("header.delimiter", value=delimiter)
                    return
        for name in dict.fromkeys(names):
            if self.contract.column(name) is None:
                yield RowProblem("header.unknown_column", field=name, value=name)
            elif names.count(name) > 1:
                yield RowProblem("header.duplicate_column", field=name, value=name)
        for column in self.contract.columns:
            if column.required and column.name not in names:
                yield RowProblem("header.missing_column", field=column.name, value=column.name)

    def _rows(
        self, lines: Iterator[str], columns: list[Column | None], report: Callable[[], None]
    ) -> Iterator[RowProblem]:
        places = {column.name: place for place, column in enumerate(columns) if column is not None}
        blank: list[int] = []
        for line in lines:
            self.rows += 1
            if not line:
                blank.append(self.rows)
                continue
            for row in blank:  # blank lines are only tolerated at the very end
                self.bad_rows += 1
                yield RowProblem("row.blank", row)
            blank.clear()
            found = list(self._row(line, columns, places))
            self.bad_rows += bool(found)
            yield from found
            if self.contract.max_rows and self.rows > self.contract.max_rows:
                raise _Stop(RowProblem("file.too_many_rows", expected=str(self.contract.max_rows)))
            if self.rows % PROGRESS_ROWS == 0:
                report()
        self.rows -= len(blank)

    def _row(self, line: str, columns: list[Column | None], places: dict[str, int]) -> Iterator[RowProblem]:
        cells = _cells(line)
        if cells is None:
            yield RowProblem("row.quotes", self.rows, value=line)
            return
        if len(cells) != len(columns):
            yield RowProblem("row.columns", self.rows, value=str(len(cells)), expected=str(len(columns)))
            return
        faulty = set()
        for column, cell in zip(columns, cells, strict=True):
            fault = fault_of(column, cell) if column is not None else None
            if fault is not None and column is not None:
                faulty.add(column.name)
                value = "" if fault[0] == "text.personal" else cell
                yield RowProblem(fault[0], self.rows, column.name, value, fault[1])
        if self.contract.period_column not in faulty:
            yield from self._period_fault(cells, places)
        yield from self._key_fault(cells, places)

    def _period_fault(self, cells: list[str], places: dict[str, int]) -> Iterator[RowProblem]:
        place = places.get(self.contract.period_column)
        if not self.period or place is None or not cells[place]:
            return
        if not _is_within(cells[place], self.period):
            yield RowProblem(
                "period.mismatch", self.rows, self.contract.period_column, cells[place], self.period
            )

    def _key_fault(self, cells: list[str], places: dict[str, int]) -> Iterator[RowProblem]:
        if not self.contract.key or any(name not in places for name in self.contract.key):
            return
        key = "\x1f".join(cells[places[name]] for name in self.contract.key)
        digest = hashlib.blake2b(key.encode(), digest_size=12).digest()
        if digest in self._keys:
            yield RowProblem(
                "key.duplicate", self.rows, ", ".join(self.contract.key), key.replace("\x1f", ", ")
            )
        elif len(self._keys) < REMEMBERED_KEYS:
            self._keys.add(digest)


def _report(on_progress: Callable[[str, int, int], None] | None, done: int, total: int) -> None:
    if on_progress is not None:
        on_progress("check", done, total)


def _opened(raw: IO[bytes]) -> IO[bytes] | gzip.GzipFile:
    head = raw.read(4)
    raw.seek(0)
    if head[:4] in {b"PAR1", b"PARE"}:
        raise FilerProblem(
            "filer.not_checkable",
            "Parquet is only checked by the server",
            cure="Check a CSV export, or file it with --wait",
        )
    if head == b"PK\x03\x04":
        raise _Stop(RowProblem("media_type.mismatch", value="XLSX / ZIP"))
    return gzip.GzipFile(fileobj=raw) if head[:2] == b"\x1f\x8b" else raw


def _lines(handle: IO[bytes] | gzip.GzipFile) -> Iterator[str]:
    """Decoded lines without their ends; stops at the first byte that makes the file unreadable."""
    number = 0
    while True:
        number += 1
        try:
            line = handle.readline(LINE_BYTES + 1)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise _Stop(RowProblem("gzip.corrupt")) from None
        if not line:
            return
        yield _decoded(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line, number)


def _decoded(line: bytes, number: int) -> str:
    row = number - 1 or None
    if len(line) > LINE_BYTES:
        raise _Stop(RowProblem("file.line_too_long", row, expected=str(LINE_BYTES)))
    line = line.removesuffix(b"\n").removesuffix(b"\r")
    if b"\r" in line:
        raise _Stop(RowProblem("file.line_ending", row))
    if b"\x00" in line:
        raise _Stop(RowProblem("file.nul", row))
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        raise _Stop(RowProblem("encoding.not_utf8", row)) from None
    disguised = "" if text.isascii() else _disguised(text)
    if disguised:
        raise _Stop(RowProblem("encoding.suspect", row, value=disguised))
    return text


def _disguised(text: str) -> str:
    """The Chinese words whose GB18030 bytes happen to be valid UTF-8 here (平台 reads as ƽ̨); empty if none."""
    for run in _TWO_BYTE_RUN.finditer(text):
        try:
            words = run[0].encode("utf-8").decode("gb18030")
        except UnicodeDecodeError:
            continue
        if all("\u4e00" <= sign <= "\u9fff" for sign in words):
            return words
    return ""


def _header_names(line: str) -> list[str]:
    names = _cells(line)
    if names is None:
        raise _Stop(RowProblem("header.malformed"))
    return names


def _cells(line: str) -> list[str] | None:
    if '"' not in line:
        return line.split(",")
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        return None


def _is_within(value: str, period: str) -> bool:
    """Whether a month or day text lies in a month, quarter or day."""
    if "Q" in period:
        year, _, quarter = period.partition("Q")
        return value[:4] == year and value[5:7].isdigit() and (int(value[5:7]) + 2) // 3 == int(quarter)
    return value[: len(period)] == period
