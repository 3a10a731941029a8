"""Header and rows of a CSV, block by block.

Every line is one record (a quoted line break is refused), so the row number is the line number minus one. A block
without quotes, blank or ragged lines takes the vectorised way; any other block is split line by line.
"""

import codecs
import csv
import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from analytics.ingest.encoding import decode_block, is_plain
from analytics.ingest.limits import ReadLimits
from analytics.ingest.messages import FileRefused

VECTORISED_FROM_BYTES = 8 * 1024  # below it Python's splitter is done before Arrow has started
DICTIONARY = pa.dictionary(pa.int32(), pa.string())
MANY_VALUES = 3  # a dictionary of more than a third of the rows saves nothing
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


def csv_blocks(
    blocks: Iterator[tuple[int, bytes]], names: list[str], limits: ReadLimits, few_values: Collection[str] = ()
) -> Iterator[RawBlock]:
    """Data rows after the header; blank lines at the very end are tolerated, elsewhere they are broken rows.

    Columns of `few_values` come as dictionaries from the vectorised way, until one turns out to have many.
    """
    held: list[tuple[int, str, dict[str, Any]]] = []
    repeating = set(few_values) & set(names)
    for line, block in blocks:
        found = _fast(block, line, names, repeating)
        if found is None:
            found = _careful(decode_block(block, line), line, names, limits)
            trailing = _pop_trailing_blank(found, line + block.count(b"\n") - 1)
        else:
            trailing = []
        if found.row_numbers or found.broken:
            found.broken = held + found.broken
            held = []
        held.extend(trailing)
        _refuse_many(held, limits)
        yield found


def _pop_trailing_blank(found: RawBlock, last_row: int) -> list[tuple[int, str, dict[str, Any]]]:
    """Takes blank rows off the end of a block: only a following row makes them a fault."""
    taken: list[tuple[int, str, dict[str, Any]]] = []
    expected = last_row - 1
    while found.broken and found.broken[-1][:2] == (expected, "row.blank"):
        taken.insert(0, found.broken.pop())
        expected -= 1
    return taken


def _fast(block: bytes, line: int, names: list[str], repeating: set[str]) -> RawBlock | None:
    """The block by Arrow, or None when it needs care. Arrow refuses bytes that are not UTF-8 and ragged rows."""
    if len(names) == 1 or len(block) < VECTORISED_FROM_BYTES:
        return None
    if b'"' in block or b"\n\n" in block or block[:1] in b"\r\n" or not is_plain(block):
        return None
    kinds = {name: DICTIONARY if name in repeating else pa.string() for name in names}
    options: dict[str, Any] = {
        "read_options": pa_csv.ReadOptions(column_names=names, use_threads=False, block_size=len(block) + 1),
        "parse_options": pa_csv.ParseOptions(quote_char=False, double_quote=False, ignore_empty_lines=False),
        "convert_options": pa_csv.ConvertOptions(
            column_types=kinds, strings_can_be_null=False, null_values=[]
        ),
    }
    try:
        table = pa_csv.read_csv(pa.BufferReader(block), **options)
    except pa.ArrowInvalid:
        return None
    columns = [_one(column) for column in table.columns]
    for name, column in zip(names, columns, strict=True):
        if name in repeating and len(column.dictionary) * MANY_VALUES > len(column):
            repeating.discard(name)
    return RawBlock(names, columns, range(line - 1, line - 1 + table.num_rows))


def _one(column: Any) -> Any:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)


def _refuse_many(broken: list[tuple[int, str, dict[str, Any]]], limits: ReadLimits) -> None:
    """Millions of blank or broken lines are one fault, and must not cost memory."""
    if len(broken) > limits.rejections:
        row = broken[-1][0]
        raise FileRefused("file.too_many_rejections", row=row, line=row + 1, limit=limits.rejections)


def _careful(text: str, line: int, names: list[str], limits: ReadLimits) -> RawBlock:
    rows: list[list[str]] = []
    numbers: list[int] = []
    broken: list[tuple[int, str, dict[str, Any]]] = []
    for number, raw in enumerate(text.split("\n")[:-1], start=line - 1):
        cells, fault = _cells(raw.removesuffix("\r"), len(names))
        if fault:
            broken.append((number, *fault))
            _refuse_many(broken, limits)
        else:
            rows.append(cells)
            numbers.append(number)
    columns = [pa.array(cells, pa.string()) for cells in zip(*rows, strict=True)]
    return RawBlock(names, columns or [pa.array([], pa.string())] * len(names), numbers, broken)


def _cells(raw: str, expected: int) -> tuple[list[str], tuple[str, dict[str, Any]] | None]:
    if not raw:
        return [], ("row.blank", {})
    try:
        cells = next(csv.reader([raw], strict=True))
    except csv.Error:
        return [], ("row.quotes", {})
    if len(cells) != expected:
        return [], ("row.columns", {"expected": expected, "found": len(cells)})
    return cells, None
