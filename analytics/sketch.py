"""Rows ordered by the hash of a key, and which of their buckets reach a number. Pure arithmetic on numpy arrays.

Hash and place of a row share 64 bits, so one sort in place brings a bucket's rows side by side. They are then taken
piece by piece, each small enough for the processor's cache: adding amounts up at random places of a table with a slot
per bucket waits for memory, and the more so the more rows there are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MOST_SUSPECTS = 0.25  # of all rows; with more the exact check on everything is done sooner
SLACK = 1 - 1e-9  # sums of doubles may fall short of the exact decimal sum by far less than this
PIECE = 65_536  # rows


@dataclass(slots=True)
class Asked:
    """A question: which buckets' sums (amount None: counts) reach `least`, or could be among the `largest` n.

    Only the rows from place `first` up to `last` count.
    """

    rule_id: str
    amount: Any
    least: float
    largest: int
    first: int
    last: int
    places: list[Any] = field(default_factory=list)
    sums: list[Any] = field(default_factory=list)
    top: Any = field(default_factory=lambda: np.zeros(0))
    marked: int = 0


@dataclass(slots=True)
class Answer:
    """The questions that could be answered, and a mask of the rows of every suspect bucket."""

    answered: list[str]
    rows: Any


def sketch_asked(hashes: Any, questions: Sequence[Asked]) -> Answer:
    """Suspects of all questions about one key; `hashes` is used up. A question with too many suspects has no answer."""
    found = Answer([], np.zeros(len(hashes), dtype=bool))
    open_ones, most = list(questions), MOST_SUSPECTS * len(hashes)
    for order, starts in _pieces(_ordered(hashes), len(hashes)):
        for question in open_ones:
            _take(question, order, starts)
        open_ones = [one for one in open_ones if one.largest or one.marked <= most]
    for question in open_ones:
        places = _settled(question)
        if places is not None and len(places) <= most:
            found.rows[places] = True
            found.answered.append(question.rule_id)
    return found


def _ordered(hashes: Any) -> Any:
    """The hashes, their last bits replaced by the row's place, sorted: all in the array given."""
    low = _low(len(hashes))
    for start in range(0, len(hashes), PIECE):
        part = hashes[start : start + PIECE]
        part &= ~low
        part |= np.arange(start, start + len(part), dtype=np.uint64)
    hashes.sort()
    return hashes


def _low(rows: int) -> Any:
    return np.uint64((1 << rows.bit_length()) - 1)


def _pieces(ordered: Any, rows: int) -> Iterator[tuple[Any, Any]]:
    """(places of some rows, where each bucket begins among them); a bucket is never cut."""
    low, begin, size = _low(rows), 0, PIECE
    while begin < rows:
        part = ordered[begin : begin + size]
        starts = np.concatenate(([0], np.flatnonzero((part[1:] ^ part[:-1]) > low) + 1))
        if begin + size < rows:  # the last bucket may go on after this piece
            if len(starts) == 1:
                size *= 2
                continue
            part, starts = part[: starts[-1]], starts[:-1]
        yield (part & low).view(np.int64), starts
        begin, size = begin + len(part), PIECE


def _take(question: Asked, order: Any, starts: Any) -> None:
    """Keeps the places of this piece's suspect buckets."""
    amounts = _amounts(question, order)
    sums = np.diff(starts, append=len(order)) if amounts is None else np.add.reduceat(amounts, starts)
    if question.largest:
        most = np.concatenate((question.top, np.maximum.reduceat(amounts, starts)))
        question.top = np.sort(most)[-question.largest :]
    over = sums >= _number(question)
    if not over.any():
        return
    lengths = np.diff(starts, append=len(order))
    question.places.append(order[np.repeat(over, lengths)])
    question.marked += len(question.places[-1])
    if question.largest:
        question.sums.append(np.repeat(sums[over], lengths[over]))


def _amounts(question: Asked, order: Any) -> Any:
    """Amounts of the rows in this order, zero for rows that do not count; None when each row simply counts as one."""
    whole = question.first == 0 and question.last > order.max()
    if question.amount is None and whole:
        return None
    inside = (order >= question.first) & (order < question.last)
    if question.amount is None:
        return inside.astype(np.int64)
    return question.amount[order] if whole else question.amount[order] * inside


def _number(question: Asked) -> float:
    """What a bucket must reach: a number, or the least of n single rows in n buckets, which n groups surely reach."""
    if not question.largest:
        return question.least if question.amount is None else question.least * SLACK
    return float(question.top[0]) * SLACK if len(question.top) == question.largest else 0.0


def _settled(question: Asked) -> Any:
    """Places of the rows of all suspects; None when no n rows are above zero, so that anything could be largest."""
    places = np.concatenate(question.places) if question.places else np.zeros(0, dtype=np.int64)
    if not question.largest:
        return places
    number = _number(question)
    if not number > 0:
        return None
    return places[np.concatenate(question.sums) >= number]
