"""Days as half-open stretches: what a rule's life lacks, where it changes. Exact, no sampling. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rulebook.entries import ParameterEntry, Rule


@dataclass(frozen=True, order=True)
class Stretch:
    """The days from `first` up to, not including, `end`; `date.max` is "no end known"."""

    first: date
    end: date

    def __str__(self) -> str:
        return f"from {self.first}" + ("" if self.end == date.max else f" to {self.end} (exclusive)")


def life_of(rule: Rule) -> Stretch:
    """Return the days on which a rule is in force."""
    return Stretch(rule.valid_from, rule.valid_to or date.max)


def stretches_of(entry: ParameterEntry) -> list[Stretch]:
    """Return the days on which a parameter has a value, one stretch per value."""
    return [Stretch(value.valid_from, value.valid_to or date.max) for value in entry.values]


def holes(life: Stretch, covered: Iterable[Stretch]) -> list[Stretch]:
    """Return the parts of a life that nothing covers, in order."""
    found, day = [], life.first
    for stretch in sorted(covered):
        if stretch.end <= day:
            continue
        if stretch.first > day:
            found.append(Stretch(day, min(stretch.first, life.end)))
        day = max(day, stretch.end)
        if day >= life.end:
            return [hole for hole in found if hole.first < hole.end]
    return [hole for hole in [*found, Stretch(day, life.end)] if hole.first < hole.end]


def inside_holes(covered: Iterable[Stretch]) -> list[Stretch]:
    """Return the holes between the first and the last stretch."""
    rows = sorted(covered)
    return holes(Stretch(rows[0].first, max(row.end for row in rows)), rows) if rows else []


def pieces(life: Stretch, entries: Iterable[ParameterEntry]) -> list[date]:
    """Return the first day of every part of a life on which no value of the entries changes."""
    edges = {day for entry in entries for one in stretches_of(entry) for day in (one.first, one.end)}
    return sorted({life.first} | {day for day in edges if life.first < day < life.end})


def is_inside(life: Stretch, other: Stretch) -> bool:
    """Return whether a life lies within another."""
    return other.first <= life.first and life.end <= other.end


def meet(one: Stretch, other: Stretch) -> bool:
    """Return whether two lives share a day."""
    return one.first < other.end and other.first < one.end
