"""Where the cells of a block of CSV begin and end, found in a few passes over its bytes.

Commas and line breaks are found all at once. A line with as many cells as the header, whose quotes only wrap whole
cells, needs no more; any other line is split by Python's own reader, and what it finds is put behind the block, so that
every cell is still a piece of one buffer. Nothing is decoded here.
"""

import csv
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from analytics.ingest.encoding import decode_block
from analytics.ingest.messages import FileRefused

MARGIN = 64  # bytes before the first and behind the last cell, so that a word beside a cell is never out of reach
_PART = 256 * 1024  # bytes looked at together: what is noted of them stays in the processor's own memory
_COMMA, _BREAK, _QUOTE = 44, 10, 34
_NOWHERE = (None, None, None)
Fault = tuple[str, dict[str, Any]]


@dataclass(slots=True)
class Cells:
    """The cells of one column, in the order of the rows."""

    data: Any
    starts: Any
    ends: Any
    lengths: Any

    def words(self, places: Any, count: int = 1) -> Any:
        """(cells, `count`) words: the bytes from each place on, eight to a word, the first one lowest."""
        size, kind = 8 * count, "<u8" if count == 1 else f"V{8 * count}"
        view = np.ndarray(shape=(len(self.data) - size + 1,), dtype=kind, buffer=self.data, strides=(1,))
        return view[places].view("<u8").reshape(len(places), count)

    def some(self, rows: Any) -> "Cells":
        """The cells of some rows."""
        return Cells(self.data, self.starts[rows], self.ends[rows], self.lengths[rows])

    def texts(self) -> Any:
        """The cells as Arrow strings that nobody has looked at yet: they may not even be UTF-8."""
        count = len(self.starts)
        if not count:
            return pa.array([], pa.string())
        offsets = np.empty(2 * count + 2, dtype=np.int32)
        offsets[0:-2:2], offsets[1:-2:2], offsets[-2:] = self.starts, self.ends, len(self.data)
        between = pa.StringArray.from_buffers(2 * count, pa.py_buffer(offsets), pa.py_buffer(self.data))
        return between.take(pa.array(np.arange(0, 2 * count, 2)))


@dataclass(slots=True)
class Grid:
    """Cells of whole rows by column, and the rows that could not be split into cells.

    `ends` has a row for each column; a cell begins behind the end of the one before it, those of the first column at
    `begins`. Where a row has cells elsewhere, `starts` has them all.
    """

    block: bytes
    line: int
    names: list[str]
    data: Any
    ends: Any
    begins: Any
    row_numbers: Any
    starts: Any = None
    broken: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)

    def column(self, place: int) -> Cells:
        """The cells of one column."""
        ends = self.ends[place]
        if self.starts is not None:
            starts = self.starts[place]
        else:
            starts = self.ends[place - 1] + 1 if place else self.begins
        return Cells(self.data, starts, ends, ends - starts)


class Splitter:
    """Splits the blocks of one file, one after the other: a grid is gone when the next one is asked for."""

    def __init__(self, names: list[str], most_odd: int) -> None:
        self.names, self.most_odd = names, most_odd
        self._data = np.empty(0, dtype=np.uint8)
        self._places = np.empty(0, dtype=np.int64)
        self._ends = np.empty(0, dtype=np.int64)

    def split(self, block: bytes, line: int) -> Grid | None:
        """The grid of a block of whole lines.

        None when its bytes are not in order or more than `most_odd` lines are odd; the exact way then says what is
        wrong.
        """
        if b"\x00" in block:
            return None
        text = block
        if b"\r" in block:
            if block.count(b"\r") != block.count(b"\r\n"):
                return None
            text = block.replace(b"\r\n", b"\n")
        data = self._room(len(text))
        places, lines = self._delimiters(text, data)
        ends = self._by_column(places, lines) if b'"' not in text else None
        if ends is not None:
            begins = np.concatenate(([MARGIN], ends[-1, :-1] + 1))
            return Grid(block, line, self.names, data, ends, begins, np.arange(line - 1, line - 1 + lines))
        try:
            return _with_odd_lines(Grid(block, line, self.names, data, *_NOWHERE), places, self.most_odd)
        except FileRefused:
            return None

    def _room(self, size: int) -> Any:
        """Room for so many bytes between two margins of zeros."""
        if len(self._data) < size + 2 * MARGIN:
            self._data = np.zeros(size + size // 8 + 2 * MARGIN, dtype=np.uint8)
            self._places = np.empty(size // 4 + _PART, dtype=np.int64)
        data = self._data[: size + 2 * MARGIN]
        data[-MARGIN:] = 0
        return data

    def _delimiters(self, text: bytes, data: Any) -> tuple[Any, int]:
        """(places of every comma and line break, how many of them are line breaks); the text goes into `data`."""
        count, lines, signs = 0, 0, np.frombuffer(text, dtype=np.uint8)
        for first in range(0, len(text), _PART):
            part = data[MARGIN + first : MARGIN + min(first + _PART, len(text))]
            part[:] = signs[first : first + _PART]
            breaks = part == _BREAK
            lines += int(np.count_nonzero(breaks))
            breaks |= part == _COMMA
            found = np.flatnonzero(breaks)
            if len(self._places) < count + len(found):
                self._places = np.concatenate((self._places[:count], np.empty(len(text) + _PART, dtype=np.int64)))
            np.add(found, MARGIN + first, out=self._places[count : count + len(found)])
            count += len(found)
        return self._places[:count], lines

    def _by_column(self, places: Any, lines: int) -> Any:
        """Ends of the cells, one row for each column, when every line has as many as there are columns; else None."""
        width = len(self.names)
        if len(places) != lines * width or not (self._data[places[width - 1 :: width]] == _BREAK).all():
            return None
        if len(self._ends) < len(places):
            self._ends = np.empty(len(places) + len(places) // 8, dtype=np.int64)
        ends = self._ends[: len(places)].reshape(width, lines)
        ends[...] = places.reshape(lines, width).T
        return ends


def split_line(raw: str, expected: int) -> tuple[list[str], Fault | None]:
    """The cells of one line, or why it has none: blank, quotes that do not close, another number of cells."""
    if not raw:
        return [], ("row.blank", {})
    try:
        cells = next(csv.reader([raw], strict=True))
    except csv.Error:
        return [], ("row.quotes", {})
    if len(cells) != expected:
        return [], ("row.columns", {"expected": expected, "found": len(cells)})
    return cells, None


def _with_odd_lines(found: Grid, places: Any, most_odd: int) -> Grid | None:
    data, width = found.data, len(found.names)
    last = np.flatnonzero(data[places] == _BREAK)
    ends = places[last]
    begins = np.concatenate(([MARGIN], ends[:-1] + 1))
    regular = np.flatnonzero(np.diff(last, prepend=-1) == width)
    stops = np.ascontiguousarray(places[last[regular, None] + np.arange(1 - width, 1)].T)
    starts = np.empty_like(stops)
    starts[1:], starts[0] = stops[:-1] + 1, begins[regular]
    even = _unwrap(data, starts, stops, np.searchsorted(ends, np.flatnonzero(data == _QUOTE)), regular)
    odd = np.setdiff1d(np.arange(len(ends)), regular[even], assume_unique=True)
    if len(odd) > most_odd:
        return None
    found.starts, found.ends = starts[:, even], stops[:, even]
    found.row_numbers = regular[even] + found.line - 1
    _append(found, odd, begins, ends)
    return found


def _unwrap(data: Any, starts: Any, stops: Any, quoted_lines: Any, regular: Any) -> Any:
    """Takes the quotes off wholly quoted cells, in place; gives the mask of the lines that have no other quote."""
    if not len(quoted_lines):
        return np.ones(len(regular), dtype=bool)
    wrapped = (stops - starts >= 2) & (data[starts] == _QUOTE) & (data[stops - 1] == _QUOTE)
    starts += wrapped
    stops -= wrapped
    quotes = np.bincount(quoted_lines, minlength=int(regular[-1]) + 1 if len(regular) else 0)
    return np.asarray(quotes[regular] == 2 * np.count_nonzero(wrapped, axis=0))


def _append(found: Grid, odd: Any, begins: Any, ends: Any) -> None:
    """Splits the odd lines one by one: their cells go behind the block, their rows to where they belong."""
    rows: list[list[bytes]] = []
    numbers: list[int] = []
    for index in odd.tolist():
        raw = found.data[begins[index] : ends[index]].tobytes()
        cells, fault = split_line(decode_block(raw, found.line + index), len(found.names))
        if fault:
            found.broken.append((found.line - 1 + index, *fault))
        else:
            rows.append([cell.encode() for cell in cells])
            numbers.append(found.line - 1 + index)
    if not rows:
        return
    lengths = np.array([[len(cell) for cell in row] for row in rows], dtype=np.int64)
    behind = b"".join(cell for row in rows for cell in row)
    stops = (np.cumsum(lengths).reshape(lengths.shape) + len(found.data)).T
    order = np.argsort(np.concatenate((found.row_numbers, numbers)), kind="stable")
    found.row_numbers = np.concatenate((found.row_numbers, numbers))[order]
    found.starts = np.concatenate((found.starts, stops - lengths.T), axis=1)[:, order]
    found.ends = np.concatenate((found.ends, stops), axis=1)[:, order]
    tail = np.zeros(len(behind) + MARGIN, dtype=np.uint8)
    tail[: len(behind)] = np.frombuffer(behind, dtype=np.uint8)
    found.data = np.concatenate((found.data, tail))
