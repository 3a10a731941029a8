"""The risk coordinate."""

import pytest

from riskmodels.coordinate import Cuts, Position, area_of, counts, is_worse, median, position_of, quantile

CUTS = Cuts(probability=0.2, impact_cny=1_000_000.0)


@pytest.mark.parametrize(
    ("probability", "impact", "area"),
    [
        (0.19, 999_999.0, "A"),
        (0.19, 1_000_000.0, "B"),
        (0.2, 999_999.0, "C"),
        (0.2, 1_000_000.0, "D"),
    ],
)
def test_a_value_on_the_cut_is_high(probability: float, impact: float, area: str) -> None:
    assert area_of(probability, impact, CUTS) == area


def test_the_cell_is_the_modal_cell_with_its_share() -> None:
    draws = [0.1] * 3 + [0.3] * 17
    assert position_of(0.28, draws, 5e6, CUTS) == Position("D", 0.85, is_unsettled=False, low=0.1, high=0.3)


def test_below_eighty_percent_a_person_decides() -> None:
    place = position_of(0.25, [0.1] * 5 + [0.3] * 15, 5e6, CUTS)
    assert (place.area, place.cell_probability, place.is_unsettled) == ("D", 0.75, True)


def test_exactly_eighty_percent_is_settled() -> None:
    assert position_of(0.25, [0.1] * 4 + [0.3] * 16, 5e6, CUTS).is_unsettled is False


def test_an_estimated_impact_is_never_settled() -> None:
    place = position_of(0.05, [0.05] * 20, 5e6, CUTS, is_impact_estimated=True)
    assert (place.area, place.cell_probability, place.is_unsettled) == ("B", 1.0, True)


def test_a_point_outside_its_modal_cell_is_never_settled() -> None:
    place = position_of(0.19, [0.3] * 20, 5e6, CUTS)
    assert (place.area, place.cell_probability, place.is_unsettled) == ("D", 1.0, True)


def test_without_draws_the_point_speaks() -> None:
    assert position_of(0.05, [], 1.0, CUTS) == Position("A", 1.0, is_unsettled=False, low=0.05, high=0.05)


def test_the_interval_always_holds_the_point() -> None:
    place = position_of(0.5, [0.1, 0.2, 0.3], 1.0, CUTS)
    assert place.low < 0.5 == place.high


def test_worse_follows_the_letters_and_a_first_score_is_never_worse() -> None:
    assert [is_worse("C", before) for before in (None, "A", "B", "C", "D")] == [False, True, True, False, False]


def test_all_four_areas_are_counted() -> None:
    assert counts(["A", "D", "D"]) == {"A": 1, "B": 0, "C": 0, "D": 2}


def test_quantiles_are_interpolated() -> None:
    assert (quantile([1.0, 2.0, 3.0, 4.0], 0.5), quantile([1.0, 3.0], 0.25)) == (2.5, 1.5)
    assert median([3.0, 1.0, 2.0]) == 2.0
    with pytest.raises(ValueError, match="nothing"):
        median([])
