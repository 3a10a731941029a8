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
NEARLY_ALL = 0.9  # of the rows; then the sums of all rows are taken, which are never below those of the fewer


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
class _Piece:
    """Some buckets: the places of their rows, where each begins and how long it is; sums are made once per amount."""

    order: Any
    starts: Any
    lengths: Any
    rows: int
    gathered: dict[int, Any] = field(default_factory=dict)
    sums: dict[int, Any] = field(default_factory=dict)

    def amounts_of(self, amount: Any) -> Any:
        """The amounts of these rows."""
        if id(amount) not in self.gathered:
            self.gathered[id(amount)] = amount[self.order]
        return self.gathered[id(amount)]

    def sums_of(self, question: Asked) -> Any:
        """At least the sum (or count) of each bucket's rows that count for a question."""
        amount, nearly_all = question.amount, question.last - question.first >= NEARLY_ALL * self.rows
        if amount is None and nearly_all:
            return self.lengths
        if not nearly_all:
            inside = _inside(question, self.order)
            counted = inside.astype(np.int64) if amount is None else self.amounts_of(amount) * inside
            return np.add.reduceat(counted, self.starts)
        if id(amount) not in self.sums:
            self.sums[id(amount)] = np.add.reduceat(self.amounts_of(amount), self.starts)
        return self.sums[id(amount)]


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
        piece = _Piece(order, starts, np.diff(starts, append=len(order)), len(hashes))
        for question in open_ones:
            _take(question, piece)
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


def _take(question: Asked, piece: _Piece) -> None:
    """Keeps the places of this piece's suspect buckets."""
    sums = piece.sums_of(question)
    over = sums >= _number(question)
    if question.largest and over.any():
        _raise_top(question, piece, over)
        over = sums >= _number(question)
    if not over.any():
        return
    question.places.append(piece.order[np.repeat(over, piece.lengths)])
    question.marked += len(question.places[-1])
    if question.largest:
        question.sums.append(np.repeat(sums[over], piece.lengths[over]))


def _raise_top(question: Asked, piece: _Piece, over: Any) -> None:
    """The n largest single rows of n buckets, seen so far; a bucket whose sum is below them holds none."""
    chosen, lengths = np.repeat(over, piece.lengths), piece.lengths[over]
    amounts = piece.amounts_of(question.amount)[chosen] * _inside(question, piece.order[chosen])
    most = np.maximum.reduceat(amounts, np.cumsum(lengths) - lengths)
    question.top = np.sort(np.concatenate((question.top, most)))[-question.largest :]


def _inside(question: Asked, order: Any) -> Any:
    return (order >= question.first) & (order < question.last)


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
