"""The risk coordinate: probability × impact → area A, B, C or D. Pure arithmetic.

Areas as in the seed paper on the supervision of internet finance: A low probability and low impact, B low
probability and high impact, C high probability and low impact, D both high. The cuts are parameters of the
model version, not of the code. A cell is the modal cell over bootstrap draws of the model, shown with its
share of the draws; below ``settled_from`` it is "unsettled" and a person decides (on the 2017 cohort only
57 % of platforms keep their cell in 90 % of the draws, so a bare letter would promise too much).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

Area = Literal["A", "B", "C", "D"]
AREAS: tuple[Area, ...] = ("A", "B", "C", "D")
SEVERITY: dict[str, int] = {"A": 0, "B": 1, "C": 2, "D": 3}


@dataclass(frozen=True)
class Cuts:
    """Where the coordinate is cut: probability (share), impact (yuan), when a cell counts as settled,
    interval."""

    probability: float
    impact_cny: float
    settled_from: float = 0.8
    interval: float = 0.9

    def as_dict(self) -> dict[str, float]:
        """Plain numbers, as stored with the model version."""
        return asdict(self)


@dataclass(frozen=True)
class Position:
    """Where a platform stands: area, share of draws in that cell, interval of the probability."""

    area: Area
    cell_probability: float
    is_unsettled: bool
    low: float
    high: float


def area_of(probability: float, impact_cny: float, cuts: Cuts) -> Area:
    """The cell of one point; a value on the cut counts as high."""
    return _cell(is_likely=probability >= cuts.probability, is_large=impact_cny >= cuts.impact_cny)


def position_of(
    probability: float,
    draws: Sequence[float],
    impact_cny: float,
    cuts: Cuts,
    *,
    is_impact_estimated: bool = False,
) -> Position:
    """The modal cell over the draws (the point itself when there are none) and its share.

    An estimated impact always leaves the cell unsettled (the data cannot carry the decision), and so does a point that
    lies in another cell than most of its draws.
    """
    values = sorted(draws) if len(draws) else [probability]
    share_likely = sum(value >= cuts.probability for value in values) / len(values)
    cell = max(share_likely, 1.0 - share_likely)
    modal = _cell(is_likely=share_likely >= 0.5, is_large=impact_cny >= cuts.impact_cny)
    is_split = modal != area_of(probability, impact_cny, cuts)
    tail = (1.0 - cuts.interval) / 2.0
    return Position(
        area=modal,
        cell_probability=cell,
        is_unsettled=is_impact_estimated or is_split or cell < cuts.settled_from,
        low=min(probability, quantile(values, tail)),
        high=max(probability, quantile(values, 1.0 - tail)),
    )


def _cell(*, is_likely: bool, is_large: bool) -> Area:
    if is_likely:
        return "D" if is_large else "C"
    return "B" if is_large else "A"


def is_worse(area: str, before: str | None) -> bool:
    """Whether a platform moved to a worse area (A < B < C < D); a first score is never "worse"."""
    return before is not None and SEVERITY[area] > SEVERITY[before]


def counts(areas: Iterable[str]) -> dict[str, int]:
    """How many platforms stand in each area; all four letters are always present."""
    found: dict[str, int] = dict.fromkeys(AREAS, 0)
    for area in areas:
        found[area] += 1
    return found


def median(values: Sequence[float]) -> float:
    """The middle value. Refuses (ValueError) an empty list."""
    if not values:
        raise ValueError("The median of nothing is not defined.")
    return quantile(sorted(values), 0.5)


def quantile(ordered: Sequence[float], share: float) -> float:
    """Linear-interpolated quantile of values already in order."""
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
