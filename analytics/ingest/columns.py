"""Text to typed values, a whole column at once.

Each function takes an Arrow string array and gives the typed array and a mask of the cells that were refused. A refused
cell is null in the typed array; `explain.py` says why. Nothing is rounded, trimmed or guessed.
"""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.contracts import DECIMAL_TYPES, TEXT_TYPES, Column
from analytics.ingest import quick

CONTROL_PATTERN = r"[\x00-\x1f\x7f\x{80}-\x{9f}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}\x{feff}]"
FORMULA_PATTERN = r"^[=+\-@\t\r]"
# Chinese identity numbers (18 signs) and mobile phones (11 digits), which a token never looks like
PERSONAL_PATTERN = r"[1-9][0-9]{16}[0-9Xx]|1[3-9][0-9]{9}"
FEW_TEXTS = {*TEXT_TYPES} - {"token"}
DICTIONARY = pa.dictionary(pa.int32(), pa.string())
MONTH_PATTERN = r"[0-9]{4}-(0[1-9]|1[0-2])"
COMPILED_FROM_CELLS = 64  # for fewer, compiling Arrow's automaton costs more than Python's, which is kept
Converted = tuple[Any, Any]


def arrow_type(column: Column) -> Any:
    """The Arrow type of a column in the lake."""
    if column.type in DECIMAL_TYPES:
        return pa.decimal128(*column.digits)
    kinds = {"integer": pa.int64(), "date": pa.date32(), "flag": pa.bool_()}
    return kinds.get(column.type, pa.string())


def held_type(column: Column) -> Any:
    """The Arrow type of a column while it is read: texts of few values as a dictionary, all else as in the lake."""
    return DICTIONARY if column.type in FEW_TEXTS else arrow_type(column)


def plain(values: Any) -> Any:
    """A dictionary as the values it stands for; anything else as it is."""
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values


def held_schema(columns: tuple[Column, ...]) -> Any:
    """Schema of the batches of a filing; written, it is that of the lake."""
    fields = [pa.field("row_number", pa.int64(), nullable=False)]
    return pa.schema(fields + [pa.field(column.name, held_type(column)) for column in columns])


def lake_schema(columns: tuple[Column, ...]) -> Any:
    """Schema of a filing's Parquet: `row_number` first, then every column of the contract, filed or not."""
    fields = [pa.field("row_number", pa.int64(), nullable=False)]
    return pa.schema(fields + [pa.field(column.name, arrow_type(column)) for column in columns])


def convert(column: Column, cells: Any) -> Converted:
    """(typed array, refused mask) of one column of raw text cells, plain or as a dictionary of the different ones."""
    if isinstance(cells, pa.DictionaryArray):
        values, refused = convert(column, cells.dictionary)
        return values.take(cells.indices), refused.take(cells.indices) if _any(refused) else _none(len(cells))
    if quick.is_worth_it(cells) and _in_order(column, cells):
        typed = cells.cast(arrow_type(column))
        bad = pc.or_(_none(len(cells)), _out_of_range(column, typed))
        return pc.if_else(bad, pa.scalar(None, typed.type), typed) if _any(bad) else typed, bad
    return _convert_exactly(column, cells)


def _none(count: int) -> Any:
    return pa.array(np.zeros(count, dtype=bool))


def _in_order(column: Column, cells: Any) -> bool:
    """Whether every cell is certainly well formed (its range is judged later)."""
    if column.type in DECIMAL_TYPES:
        return quick.are_decimals(cells, column.digits[0] - column.digits[1], column.digits[1])
    return bool(column.pattern) and column.type in {"token", "text"} and quick.are_tokens(cells, column.pattern)


def _convert_exactly(column: Column, cells: Any) -> Converted:
    blank = pc.equal(cells, "")
    typed, bad = _CONVERTERS.get(column.type, _text)(column, cells, pc.invert(blank))
    if not column.nullable:
        bad = pc.or_(bad, blank)
    bad = pc.or_(bad, _out_of_range(column, typed))
    return pc.if_else(bad, pa.scalar(None, typed.type), typed) if _any(bad) else typed, bad


def _any(mask: Any) -> bool:
    return bool(pc.any(mask, min_count=0).as_py())


def _matching(cells: Any, filled: Any, pattern: str) -> Converted:
    """(cells that match as a whole, else null; mask of filled cells that do not)."""
    fits = pc.and_(filled, _fits(cells, pattern))
    kept = cells if pc.all(fits, min_count=0).as_py() else pc.if_else(fits, cells, pa.scalar(None, pa.string()))
    return kept, pc.and_(filled, pc.invert(fits))


def _fits(cells: Any, pattern: str) -> Any:
    """Mask of the cells that are as a whole of the pattern (which has to mean the same to Python and to RE2)."""
    if len(cells) < COMPILED_FROM_CELLS:
        return pa.array([re.fullmatch(pattern, text) is not None for text in cells.to_pylist()], pa.bool_())
    return pc.match_substring_regex(cells, f"^(?:{pattern})$")


def _decimal(column: Column, cells: Any, filled: Any) -> Converted:
    whole, scale = column.digits[0] - column.digits[1], column.digits[1]
    kept, bad = _matching(cells, filled, rf"-?[0-9]{{1,{whole}}}(\.[0-9]{{1,{scale}}})?")
    return kept.cast(arrow_type(column)), bad


def _integer(column: Column, cells: Any, filled: Any) -> Converted:
    kept, bad = _matching(cells, filled, r"-?[0-9]{1,18}")
    return kept.cast(pa.int64()), bad


def _date(column: Column, cells: Any, filled: Any) -> Converted:
    """Days repeat in a filing, so each different text is read once."""
    kept, _ = _matching(cells, filled, r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
    encoded = kept.dictionary_encode()
    days = pa.array([real_day(text) for text in encoded.dictionary.to_pylist()], pa.date32())
    typed = days.take(encoded.indices)
    return typed, pc.and_(filled, pc.is_null(typed))


def real_day(text: str) -> dt.date | None:
    """The day of an ISO text, None when the calendar has no such day."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _flag(column: Column, cells: Any, filled: Any) -> Converted:
    kept, bad = _matching(cells, filled, r"true|false")
    return pc.if_else(pc.is_null(kept), pa.scalar(None, pa.bool_()), pc.equal(kept, "true")), bad


def _month(column: Column, cells: Any, filled: Any) -> Converted:
    kept, bad = _matching(cells, filled, MONTH_PATTERN)
    return _null_blank(kept, filled), bad


def _choice(column: Column, cells: Any, filled: Any) -> Converted:
    fits = pc.is_in(cells, value_set=pa.array(column.choices, pa.string()))
    return _null_blank(cells, filled), pc.and_(filled, pc.invert(fits))


def _text(column: Column, cells: Any, filled: Any) -> Converted:
    if column.pattern:
        _, bad = _matching(cells, filled, column.pattern)
    else:
        bad = pc.and_(filled, _free_text_refused(column, cells))
    if column.personal == "refuse":
        bad = pc.or_(bad, _fits(cells, PERSONAL_PATTERN))
    return _null_blank(cells, filled), bad


def _free_text_refused(column: Column, cells: Any) -> Any:
    bad = pc.greater(pc.utf8_length(cells), column.maximum_length)
    for pattern in (CONTROL_PATTERN, FORMULA_PATTERN, r"^\s|\s$"):
        bad = pc.or_(bad, pc.match_substring_regex(cells, pattern))
    return bad


def _null_blank(cells: Any, filled: Any) -> Any:
    if pc.all(filled, min_count=0).as_py():
        return cells
    return pc.if_else(filled, cells, pa.scalar(None, pa.string()))


def _out_of_range(column: Column, typed: Any) -> Any:
    bad = pa.scalar(False)
    if column.minimum is not None:
        bad = pc.or_(bad, pc.less(typed, _bound(column, column.minimum)))
    if column.maximum is not None:
        bad = pc.or_(bad, pc.greater(typed, _bound(column, column.maximum)))
    return pc.fill_null(bad, False)


def _bound(column: Column, value: Any) -> Any:
    return pa.scalar(int(value) if column.type == "integer" else value, arrow_type(column))


_CONVERTERS: dict[str, Callable[[Column, Any, Any], Converted]] = {
    "amount": _decimal,
    "percent": _decimal,
    "number": _decimal,
    "integer": _integer,
    "date": _date,
    "flag": _flag,
    "month": _month,
    "choice": _choice,
    "currency": _choice,
}
