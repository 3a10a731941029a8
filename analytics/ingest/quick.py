"""Proof at a glance that a whole column of text is in order, by looking at its bytes all at once.

Each function answers "certainly" or "not proved". Not proved is no refusal: the column then goes the exact way, cell by
cell, which alone decides and explains.
"""

import re
from functools import lru_cache
from typing import Any

import numpy as np

QUICK_FROM_CELLS = 256  # below it looking at all bytes at once costs more than the exact way
_DIGITS = np.zeros(256, dtype=bool)
_DIGITS[48:58] = True
_DOT, _MINUS = 46, 45
_TOKEN = re.compile(r"\[([A-Za-z0-9_.:-]+)\]\[([A-Za-z0-9_.:-]+)\]\{([0-9]+),([0-9]+)\}")
_PERSONAL_LENGTHS = (11, 18)


def _bytes(cells: Any) -> tuple[Any, Any]:
    """(where each cell begins and the last ends, all bytes) of an Arrow string array without nulls."""
    _, offsets, data = cells.buffers()
    places = np.frombuffer(offsets, dtype=np.int32)[cells.offset : cells.offset + len(cells) + 1]
    content = np.frombuffer(data, dtype=np.uint8)[: places[-1]] if data is not None else np.zeros(0, dtype=np.uint8)
    return places, content


def is_worth_it(cells: Any) -> bool:
    """Long plain string arrays only; a few cells are done sooner by the exact way."""
    return len(cells) >= QUICK_FROM_CELLS and cells.null_count == 0


def are_decimals(cells: Any, whole: int, scale: int) -> bool:
    """Every cell is digits, perhaps a sign before, perhaps a point and 1 to `scale` digits after; none is blank."""
    places, content = _bytes(cells)
    if not len(content):
        return False
    first, last = places[:-1], places[1:] - 1
    if (last < first).any() or (last - first).max() >= whole:  # shorter than the digits allowed: never too many
        return False
    inside = content[places[0] :]
    digit, points = _DIGITS[inside], np.flatnonzero(inside == _DOT) + places[0]
    signed = content[first] == _MINUS
    others = len(inside) - np.count_nonzero(digit)
    if others != len(points) + np.count_nonzero(signed) or not _DIGITS[content[last]].all():
        return False
    if not _DIGITS[content[np.minimum(first + signed, last)]].all():
        return False
    return _points_are_in_place(points, first, last, content, scale)


def _points_are_in_place(points: Any, first: Any, last: Any, content: Any, scale: int) -> bool:
    """Each point is the only one of its cell, between digits, with at most `scale` digits after it."""
    found = np.zeros(len(first), dtype=np.int8)
    for after in range(1, scale + 1):
        place = last - after
        found += (place > first) & (content[np.maximum(place, first)] == _DOT)
    return bool(found.max() <= 1) and int(found.sum(dtype=np.int64)) == len(points)


@lru_cache(maxsize=64)
def _token_signs(pattern: str) -> tuple[Any, bytes, int, int] | None:
    """(table of first signs, all signs, shortest, longest) of a pattern [first sign][others]{a,b}, else None."""
    parts = _TOKEN.fullmatch(pattern)
    if parts is None:
        return None
    first, other = (
        bytes(code for code in range(128) if re.fullmatch(f"[{signs}]", chr(code))) for signs in parts.group(1, 2)
    )
    if first.translate(None, other):
        return None
    table = np.zeros(256, dtype=bool)
    table[list(first)] = True
    return table, other, int(parts[3]) + 1, int(parts[4]) + 1


def odd_tokens(cells: Any, pattern: str) -> Any:
    """Mask of the cells that may not fit the pattern or may be an identity or phone number; None for other patterns."""
    signs = _token_signs(pattern)
    if signs is None:
        return None
    first_sign, all_signs, shortest, longest = signs
    places, content = _bytes(cells)
    lengths = np.diff(places)
    odd = (lengths < shortest) | (lengths > longest)
    if not len(content):
        return odd
    heads = content.take(places[:-1], mode="clip")
    odd |= ~first_sign[heads]
    for length in _PERSONAL_LENGTHS:
        odd |= (lengths == length) & _DIGITS[heads]
    inside = content[places[0] :]
    for sign in set(inside.tobytes().translate(None, all_signs)):
        wrong = np.flatnonzero(inside == sign) + places[0]
        odd[np.searchsorted(places, wrong, side="right") - 1] = True
    return odd


def are_tokens(cells: Any, pattern: str) -> bool:
    """Every cell fits a pattern of the form [first sign][others]{a,b} and cannot be an identity or phone number."""
    odd = odd_tokens(cells, pattern)
    return odd is not None and not odd.any()
