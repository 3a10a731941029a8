"""Cells to typed values, a column of a block at once, where their form proves what they mean.

A typer says which cells it could not prove. These, and only these, are asked of the exact way (`columns.convert`),
which alone decides and explains; `settle` takes its answer in. A typer lives as long as the reading of one file.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from analytics.contracts import DECIMAL_TYPES, Column
from analytics.ingest import quick, words
from analytics.ingest.columns import arrow_type, held_type
from analytics.ingest.grid import Cells

FEW = 32  # cells that are left to the exact way without another look
REMEMBERED_TEXTS = 2048
_SLOT_BITS = 14
_WORDS = 4
_BLANK = -1
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93], dtype=np.uint64)


@dataclass(slots=True)
class Taken:
    """What a typer made of a column: values, the mask of blanks, and the rows it could not prove."""

    cells: Cells
    values: Any
    blank: Any
    unproved: Any


class NumberTyper:
    """Amounts, percentages and whole numbers: digits with up to so many after the point."""

    encoded = False

    def __init__(self, column: Column) -> None:
        self.column, self.type = column, held_type(column)
        digits, self.scale = column.digits
        self.digits = min(digits, 2 * words.WORD)
        self.lowest = _scaled(column.minimum, self.scale, ROUND_CEILING)
        self.highest = _scaled(column.maximum, self.scale, ROUND_FLOOR)

    def take(self, cells: Cells) -> Taken:
        """Values times ten to the scale; a number with fewer digits after the point is looked at again."""
        blank = cells.lengths == 0
        proved, values = words.plain_numbers(cells, self.scale, self.digits)
        rest = np.flatnonzero(~(proved | blank))
        for point in range(self.scale - 1, -1, -1):
            if len(rest) <= FEW:
                break
            digits = self.digits - self.scale + point
            found, shorter = words.plain_numbers(cells.some(rest), point, digits)
            values[rest[found]] = shorter[found] * 10 ** (self.scale - point)
            proved[rest[found]] = True
            rest = rest[~found]
        return Taken(cells, values, blank, np.flatnonzero(~self._in_order(proved, values, blank)))

    def _in_order(self, proved: Any, values: Any, blank: Any) -> Any:
        if self.lowest is not None and self.lowest > 0:  # there is no sign before these
            proved &= values >= self.lowest
        if self.highest is not None:
            proved &= values <= self.highest
        return proved | blank if self.column.nullable else proved

    def settle(self, taken: Taken, texts: Any, values: Any, refused: Any) -> None:
        """Values of the unproved cells as the exact way read them."""
        halves = 2 if self.column.type in DECIMAL_TYPES else 1  # of a decimal's 128 bits the lower 64 tell all
        taken.values[taken.unproved] = _numbers(values, np.int64, halves)

    def array(self, taken: Taken) -> Any:
        """The column as Arrow."""
        if self.column.type not in DECIMAL_TYPES:
            return _array(self.type, taken.values, taken.blank)
        wide = np.empty((len(taken.values), 2), dtype=np.int64)
        wide[:, 0] = taken.values
        np.right_shift(taken.values, 63, out=wide[:, 1])
        return _array(self.type, wide, taken.blank)


class DateTyper:
    """Days of this century; others, and days that are not in the calendar, go the exact way."""

    encoded = True

    def __init__(self, column: Column) -> None:
        self.column = column

    def take(self, cells: Cells) -> Taken:
        """Days since 1970."""
        blank = cells.lengths == 0
        proved, days = words.plain_days(cells)
        return Taken(cells, days, blank, np.flatnonzero(~(proved | blank if self.column.nullable else proved)))

    def settle(self, taken: Taken, texts: Any, values: Any, refused: Any) -> None:
        """Days of the unproved cells as the exact way read them."""
        taken.values[taken.unproved] = _numbers(values, np.int32, 1)

    def array(self, taken: Taken) -> Any:
        """The column as Arrow."""
        return _array(pa.date32(), taken.values, taken.blank)


class TextTyper:
    """Texts of many values. Names of a simple pattern are proved by their bytes, all others go the exact way."""

    def __init__(self, column: Column) -> None:
        self.column, self.encoded = column, column.type != "token"

    def take(self, cells: Cells) -> Taken:
        """The texts themselves."""
        blank = cells.lengths == 0
        texts = cells.texts()
        odd = quick.odd_tokens(texts, self.column.pattern) if self.column.type == "token" else None
        if odd is None:
            return Taken(cells, texts, blank, np.arange(len(texts)))
        return Taken(cells, texts, blank, np.flatnonzero(odd & ~blank if self.column.nullable else odd))

    def settle(self, taken: Taken, texts: Any, values: Any, refused: Any) -> None:
        """An accepted text is what was filed, so there is nothing to take in."""

    def array(self, taken: Taken) -> Any:
        """The column as Arrow; a blank is null."""
        texts = taken.values
        if taken.blank.any():
            _, offsets, data = texts.buffers()
            texts = pa.StringArray.from_buffers(len(texts), offsets, data, _bitmap(taken.blank))
        return texts.dictionary_encode() if self.encoded else texts


class Remembered:
    """Columns of few different values: a text that was judged once is known by its bytes when it comes again.

    Texts lie in a table by a hash of their first 32 bytes. A cell is known when its length and every byte are those of
    the text in its place; longer ones, and texts whose place is taken, are asked again each time.
    """

    encoded = True

    def __init__(self, column: Column) -> None:
        self.column = column
        self.texts: list[Any] = []
        self.codes = np.zeros(1 << _SLOT_BITS, dtype=np.int32)
        self.lengths = np.full(1 << _SLOT_BITS, -1, dtype=np.int64)
        self.words = np.zeros((_WORDS, 1 << _SLOT_BITS), dtype=np.uint64)
        self.known: dict[Any, int] = {}

    @property
    def is_full(self) -> bool:
        """Whether so many different values came that remembering them is in vain."""
        return len(self.texts) > REMEMBERED_TEXTS

    def take(self, cells: Cells) -> Taken:
        """Codes of the remembered texts."""
        parts, slots = self._slots(cells)
        same = self.lengths.take(slots) == cells.lengths
        for number, part in enumerate(parts):
            same &= self.words[number].take(slots) == part
        return Taken(cells, self.codes.take(slots), None, np.flatnonzero(~same))

    def _slots(self, cells: Cells) -> tuple[list[Any], Any]:
        """(the words of each cell, its place in the table); as many words as the longest cell has."""
        longest = int(cells.lengths.max(initial=0))
        count = 1 if longest <= words.WORD else 2 if longest <= 2 * words.WORD else _WORDS
        every = cells.words(cells.starts, count).T
        parts = [words.beginning(word, cells.lengths - n * words.WORD) for n, word in enumerate(every)]
        mixed = parts[0] * _MIX[0]
        for number, part in enumerate(parts[1:], start=1):
            mixed += part * _MIX[number]
        return parts, (mixed >> np.uint64(64 - _SLOT_BITS)).view(np.int64)

    def settle(self, taken: Taken, texts: Any, values: Any, refused: Any) -> None:
        """Remembers the accepted ones among the unproved cells."""
        places = np.asarray(texts.indices)
        first = np.zeros(len(texts.dictionary), dtype=np.int64)
        first[places[::-1]] = np.arange(len(places))[::-1]
        wanted = first[~refused[first]]
        codes = np.full(len(first), _BLANK, dtype=np.int32)
        for place, value in zip(wanted.tolist(), values.take(pa.array(wanted)).to_pylist(), strict=True):
            codes[places[place]] = self._code(value)
        taken.values[taken.unproved] = codes[places]
        self._remember(taken.cells.some(taken.unproved[wanted]), codes[places[wanted]])

    def _code(self, value: Any) -> int:
        if value is None:
            return _BLANK
        code = self.known.setdefault(value, len(self.texts))
        if code == len(self.texts):
            self.texts.append(value)
        return code

    def _remember(self, cells: Cells, codes: Any) -> None:
        parts, slots = self._slots(cells)
        for index, slot in enumerate(slots.tolist()):
            if self.lengths[slot] < 0 and cells.lengths[index] <= _WORDS * words.WORD:
                self.codes[slot], self.lengths[slot] = codes[index], cells.lengths[index]
                for number, part in enumerate(parts):
                    self.words[number, slot] = part[index]

    def array(self, taken: Taken) -> Any:
        """The column as Arrow: texts as a dictionary, other values as they are."""
        blank = taken.values == _BLANK
        codes = _array(pa.int32(), taken.values, blank)
        texts = pa.array(self.texts, arrow_type(self.column))
        if pa.types.is_dictionary(held_type(self.column)):
            return pa.DictionaryArray.from_arrays(codes, texts)
        return texts.take(codes)


Typer = NumberTyper | DateTyper | TextTyper | Remembered


def typer_of(column: Column, *, is_period: bool) -> Typer:
    """The typer of a column. The period's column has few values, whatever its type, and each must fit the period."""
    if is_period:
        return Remembered(column)
    if column.type in DECIMAL_TYPES or column.type == "integer":
        return NumberTyper(column)
    if column.type == "date":
        return DateTyper(column)
    return TextTyper(column) if column.type == "token" else Remembered(column)


def _scaled(bound: Decimal | None, scale: int, rounding: str) -> int | None:
    return None if bound is None else int(bound.scaleb(scale).to_integral_value(rounding))


def _numbers(values: Any, kind: Any, step: int) -> Any:
    """The numbers of an Arrow array, every `step`-th of its buffer; for a null whatever lies there."""
    first = values.offset * step
    return np.frombuffer(values.buffers()[1], dtype=kind)[first : first + len(values) * step : step]


def _bitmap(blank: Any) -> Any:
    return pa.py_buffer(np.packbits(~blank, bitorder="little"))


def _array(kind: Any, values: Any, blank: Any) -> Any:
    bitmap = _bitmap(blank) if blank.any() else None
    return pa.Array.from_buffers(kind, len(blank), [bitmap, pa.py_buffer(np.ascontiguousarray(values))])
