"""Header and rows of a CSV, block by block.

Every line is one record (a quoted line break is refused), so the row number is the line number minus one. A block is
split all at once (`analytics.ingest.grid`); a short one, and one whose bytes are not in order, line by line.
"""

import codecs
import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from analytics.ingest.encoding import decode_block
from analytics.ingest.grid import Grid, Splitter, split_line
from analytics.ingest.limits import ReadLimits
from analytics.ingest.messages import FileRefused

VECTORISED_FROM_BYTES = 32 * 1024  # below it line by line is sooner done
_USUAL = ReadLimits()
csv.field_size_limit(2 * 1024 * 1024)


@dataclass(slots=True)
class RawBlock:
    """Text cells of whole rows, and the rows that could not be split into cells."""

    names: list[str]
    columns: list[Any]
    row_numbers: Any
    broken: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)


def split_header(text: str, limits: ReadLimits) -> list[str]:
    """Column names of the header line; refuses unbalanced quotes, other delimiters and too many columns."""
    try:
        names = next(csv.reader([text], strict=True), [])
    except csv.Error:
        raise FileRefused("header.malformed", row=0)
    if len(names) > limits.columns:
        raise FileRefused("file.too_many_columns", row=0, limit=limits.columns)
    if len(names) == 1:
        for delimiter in (";", "\t", "|", "，"):
            if delimiter in names[0]:
                raise FileRefused("header.delimiter", row=0, value=delimiter)
    return names


def after_header(
    blocks: Iterator[tuple[int, bytes]], names: list[str], limits: ReadLimits
) -> Iterator[tuple[int, bytes]]:
    """Takes the header off the first block into `names` (a UTF-8 byte order mark is dropped); gives the rest."""
    line, block = next(blocks, (1, b""))
    block = block.removeprefix(codecs.BOM_UTF8)
    header, _, body = block.partition(b"\n")
    text = decode_block(header + b"\n", line).rstrip("\r\n")
    if not text:
        raise FileRefused("file.empty")
    names.extend(split_header(text, limits))
    return itertools.chain([(line + 1, body)] if body else [], blocks)


def csv_blocks(blocks: Iterator[tuple[int, bytes]], names: list[str], limits: ReadLimits) -> Iterator[RawBlock | Grid]:
    """Data rows after the header; blank lines at the very end are tolerated, elsewhere they are broken rows."""
    held: list[tuple[int, str, dict[str, Any]]] = []
    splitter = Splitter(names, limits.rejections)
    for line, block in blocks:
        short = len(names) == 1 or len(block) < VECTORISED_FROM_BYTES
        found = (None if short else splitter.split(block, line)) or split_exactly(block, line, names, limits=limits)
        trailing = _pop_trailing_blank(found, line + block.count(b"\n") - 1) if found.broken else []
        if len(found.row_numbers) or found.broken:
            found.broken = held + found.broken
            held = []
        held.extend(trailing)
        _refuse_many(held, limits)
        yield found


def _pop_trailing_blank(found: RawBlock | Grid, last_row: int) -> list[tuple[int, str, dict[str, Any]]]:
    """Takes blank rows off the end of a block: only a following row makes them a fault."""
    taken: list[tuple[int, str, dict[str, Any]]] = []
    expected = last_row - 1
    while found.broken and found.broken[-1][:2] == (expected, "row.blank"):
        taken.insert(0, found.broken.pop())
        expected -= 1
    return taken


def _refuse_many(broken: list[tuple[int, str, dict[str, Any]]], limits: ReadLimits) -> None:
    """Millions of blank or broken lines are one fault, and must not cost memory."""
    if len(broken) > limits.rejections:
        row = broken[-1][0]
        raise FileRefused("file.too_many_rejections", row=row, line=row + 1, limit=limits.rejections)


def split_exactly(
    block: bytes,
    line: int,
    names: list[str],
    broken: list[tuple[int, str, dict[str, Any]]] | None = None,
    limits: ReadLimits = _USUAL,
) -> RawBlock:
    """The rows of a block one line at a time; `broken` when it is known. Refuses bytes that are not in order."""
    rows: list[list[str]] = []
    numbers: list[int] = []
    faulty: list[tuple[int, str, dict[str, Any]]] = []
    for number, raw in enumerate(decode_block(block, line).split("\n")[:-1], start=line - 1):
        cells, fault = split_line(raw.removesuffix("\r"), len(names))
        if fault:
            faulty.append((number, *fault))
            _refuse_many(faulty, limits)
        else:
            rows.append(cells)
            numbers.append(number)
    columns = [pa.array(cells, pa.string()) for cells in zip(*rows, strict=True)]
    found = faulty if broken is None else broken
    return RawBlock(names, columns or [pa.array([], pa.string())] * len(names), numbers, found)
