"""Numbers and days read from eight bytes at a time, for a whole column at once.

A word holds eight characters, the first one in its lowest byte. Each function says which cells are certainly in the
form asked for, and what these mean; of all others it says nothing.
"""

from functools import lru_cache
from typing import Any

import numpy as np

from analytics.ingest.grid import Cells

WORD = 8
_U = np.uint64
_ZEROS = _U(0x3030303030303030)  # eight characters "0"
_ABOVE_NINE = _U(0x7676767676767676)  # added to a byte above nine it sets the highest bit
_HIGH_BITS = _U(0x8080808080808080)
_PAIRS = _U(0x000000FF000000FF)
_HUNDREDS, _ONES = _U(100 + (1_000_000 << 32)), _U(1 + (10_000 << 32))
_BYTE = _U(255)
_EIGHT_DIGITS = 10**8
_MOST = 2 * WORD
_FIRST_BYTES = np.array([(1 << 8 * n) - 1 for n in range(WORD + 1)], dtype=_U)
_LAST_BYTES = np.array([((1 << 8 * n) - 1) << 8 * (WORD - n) for n in range(WORD + 1)], dtype=_U)
_OF_LAST = np.concatenate((_LAST_BYTES, np.full(WORD, _LAST_BYTES[-1])))  # of n digits those in the last word …
_OF_BEFORE = np.concatenate((np.zeros(WORD, dtype=_U), _LAST_BYTES))  # … and those in the word before it


def beginning(words: Any, lengths: Any) -> Any:
    """The first bytes of each word, as many as there are (none below 0, all above 8); the others are zero."""
    return words & _FIRST_BYTES.take(lengths, mode="clip")


def plain_numbers(cells: Cells, point: int, digits: int) -> tuple[Any, Any]:
    """(mask, values times ten to the `point`): at least one digit, then, when `point` is not 0, a point and so many.

    At most `digits` (16) digits in all; a sign, a blank or anything else is not in the mask.
    """
    longest = int(cells.lengths.max(initial=0))
    if longest > WORD:
        before, last = cells.words(cells.ends - _MOST, 2).T
    else:
        before, last = None, cells.words(cells.ends - WORD).T[0]
    count, proved = cells.lengths, None
    if point:
        count = cells.lengths - 1
        proved = (last & _BYTE << _U(8 * (7 - point))) == _U(ord(".") << 8 * (7 - point))
        last, before = _without_point(last, before, point)
    signs = (last ^ _ZEROS) & _OF_LAST.take(count, mode="clip")
    fits = _are_digits(signs) & (count > point) & (count <= min(digits, _MOST))
    proved = fits if proved is None else proved & fits
    values = _value(signs)
    if before is not None and longest > WORD + bool(point):
        signs = (before ^ _ZEROS) & _OF_BEFORE.take(count, mode="clip")
        proved &= _are_digits(signs)
        values += _value(signs) * _EIGHT_DIGITS
    return proved, values


def _without_point(last: Any, before: Any, point: int) -> tuple[Any, Any]:
    """The same characters with the point before the last `point` of them taken out."""
    whole = (last & _FIRST_BYTES[WORD - 1 - point]) << _U(8)
    last = (last & _LAST_BYTES[point]) | whole
    if before is None:
        return last, None
    return last | (before >> _U(56)), before << _U(8)


def _are_digits(signs: Any) -> Any:
    return (((signs + _ABOVE_NINE) | signs) & _HIGH_BITS) == 0


def _value(signs: Any) -> Any:
    """The number that eight digits spell: pairs, then fours, then all."""
    pairs = signs * _U(10) + (signs >> _U(8))
    high, low = (pairs & _PAIRS) * _HUNDREDS, ((pairs >> _U(16)) & _PAIRS) * _ONES
    return ((high + low) >> _U(32)).view(np.int64)


_NO_DAY = np.iinfo(np.int32).min
_YEAR_AND_MONTH = _U(int.from_bytes(b"0000-00-", "little"))
_LIMITS = _U(0x7F76767F76767676)  # a digit above nine, or anything but the dashes, sets the highest bit
_FIRST_YEAR = 2000


@lru_cache(maxsize=1)
def _days() -> Any:
    """Days since 1970 of every date of this century, by year * 416 + month * 32 + day; `_NO_DAY` where none is."""
    found = np.full(100 * 416, _NO_DAY, dtype=np.int32)
    every = np.arange("2000-01-01", "2100-01-01", dtype="datetime64[D]")
    months = every.astype("datetime64[M]")
    day = (every - months).astype(np.int64) + 1
    month = months.astype(np.int64) - 12 * (_FIRST_YEAR - 1970)
    found[month // 12 * 416 + (month % 12 + 1) * 32 + day] = every.astype(np.int64)
    return found


def plain_days(cells: Cells) -> tuple[Any, Any]:
    """(mask, days since 1970) of dates like 2017-06-05 that the calendar has, from 2000 to 2099."""
    first, second = cells.words(cells.starts, 2).T
    signs = first ^ _YEAR_AND_MONTH
    proved = (((signs + _LIMITS) | signs) & _HIGH_BITS) == 0
    days = (second ^ _ZEROS) & _FIRST_BYTES[2]
    proved &= _are_digits(days) & (cells.lengths == len("2017-06-05"))
    pairs = signs * _U(10) + (signs >> _U(8))
    month, day = (pairs >> _U(40)) & _BYTE, (days * _U(10) + (days >> _U(8))) & _BYTE
    proved &= (pairs & _BYTE == _FIRST_YEAR // 100) & (month <= 12) & (day <= 31)
    place = ((pairs >> _U(16)) & _BYTE) * _U(416) + month * _U(32) + day
    found = _days().take(place.view(np.int64), mode="clip")
    return proved & (found != _NO_DAY), found
