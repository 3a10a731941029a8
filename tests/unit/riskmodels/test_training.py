"""Fitting, the leak audit, and scoring with the fitted bundle."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from riskmodels import fitting, training
from riskmodels.scoring import estimate_all

QUICK = training.FitSettings(draws=40, permutations=3, repeats=1)


@pytest.fixture(scope="module")
def market() -> training.FittingSet:
    return fitting.generated_fitting_set(seed=7, platforms=240)


@pytest.fixture(scope="module")
def fitted(market: training.FittingSet) -> training.Fitted:
    return training.fit(market, QUICK)


def with_column(data: training.FittingSet, values: list[float | None]) -> training.FittingSet:
    rows = tuple(row | {"background": value} for row, value in zip(data.rows, values, strict=True))
    return replace(data, rows=rows, names=(*data.names, "background"))


def test_the_same_data_and_seed_give_the_same_fit(market: training.FittingSet, fitted: training.Fitted) -> None:
    again = training.fit(market, QUICK)
    assert again.metrics == fitted.metrics
    assert np.array_equal(again.bundle["coefficients"], fitted.bundle["coefficients"])


def test_the_cuts_are_base_rate_and_median_impact(market: training.FittingSet, fitted: training.Fitted) -> None:
    assert fitted.cuts.probability == sum(market.labels) / len(market.labels)
    assert fitted.cuts.impact_cny == float(np.median(np.array(market.impacts_cny, dtype=float)))
    assert (fitted.cuts.settled_from, fitted.cuts.interval) == (0.8, 0.9)


def test_all_gates_pass_on_an_honest_market(fitted: training.Fitted) -> None:
    assert fitted.gates == dict.fromkeys(fitted.gates, True)
    assert fitted.metrics["brier"] < fitted.metrics["brier_base"]
    assert abs(fitted.metrics["calibration_in_the_large"]) <= 0.03
    assert 0.5 < fitted.metrics["auc_low"] < fitted.metrics["auc"] < fitted.metrics["auc_high"] < 1.0


def test_permuted_labels_carry_nothing(fitted: training.Fitted) -> None:
    assert abs(fitted.metrics["permuted_auc_mean"] - 0.5) <= 0.1


def test_a_planted_absence_fails_the_fit(market: training.FittingSet) -> None:
    """Like `background` of the 2017 panel: filled in later, and only for those that survived."""
    source = np.random.default_rng(1)
    values = [None if label and source.random() < 0.9 else float(source.normal()) for label in market.labels]
    with pytest.raises(training.LeakFoundError) as caught:
        training.fit(with_column(market, values), QUICK)
    assert caught.value.column == "background"
    assert caught.value.auc > 0.9


def test_the_opposite_absence_is_a_leak_too(market: training.FittingSet) -> None:
    values = [1.0 if label else None for label in market.labels]
    with pytest.raises(training.LeakFoundError, match="absence of 'background'"):
        training.fit(with_column(market, values), QUICK)


def test_a_planted_outcome_fails_the_fit(market: training.FittingSet) -> None:
    source = np.random.default_rng(2)
    values: list[float | None] = [label + float(source.normal(0, 0.2)) for label in market.labels]
    with pytest.raises(training.LeakFoundError, match="value of 'background'"):
        training.fit(with_column(market, values), QUICK)


def test_harmless_absence_passes(market: training.FittingSet) -> None:
    source = np.random.default_rng(3)
    values = [None if source.random() < 0.3 else float(source.normal()) for _ in market.labels]
    found = training.fit(with_column(market, values), QUICK)
    assert 0.3 < found.metrics["missingness_auc"]["background"] < 0.7
    assert found.gates["no_missingness_leak"] is True


def test_too_few_failures_are_refused(market: training.FittingSet) -> None:
    few = replace(market, labels=tuple(int(index < 19) for index in range(len(market.labels))))
    with pytest.raises(training.TooFewEventsError, match="19 failures in 240 platforms"):
        training.fit(few, QUICK)


def test_absence_is_filled_with_the_median_and_adds_no_column(fitted: training.Fitted) -> None:
    model = fitted.bundle["pipeline"]
    assert model.named_steps["impute"].add_indicator is False
    assert model[-1].coef_.shape == (1, 14)


def test_a_learned_platform_gets_the_fold_that_never_saw_it(
    market: training.FittingSet, fitted: training.Fitted
) -> None:
    bundle, features = fitted.bundle, market.matrix()
    estimates = estimate_all(bundle, market.keys, market.rows)
    for place in (0, 17, 203):
        model = bundle["fold_pipelines"][bundle["fold_of"][place]]
        expected = float(model.predict_proba(features[place : place + 1])[0, 1])
        assert estimates[place].probability == pytest.approx(expected, abs=1e-12)
        assert estimates[place].is_out_of_fold is True
        assert len(estimates[place].draws) == 40 - int(bundle["in_bag"][:, place].sum())


def test_a_stranger_gets_the_whole_model_and_all_draws(market: training.FittingSet, fitted: training.Fitted) -> None:
    found = estimate_all(fitted.bundle, ["stranger"], market.rows[:1])[0]
    expected = float(fitted.bundle["pipeline"].predict_proba(market.matrix()[:1])[0, 1])
    assert (found.probability, found.is_out_of_fold, len(found.draws)) == (pytest.approx(expected), False, 40)


def test_contributions_add_up_from_the_median_platform(market: training.FittingSet, fitted: training.Fitted) -> None:
    empty: dict[str, Any] = dict.fromkeys(market.names)
    one, middle = estimate_all(fitted.bundle, ["a", "b"], [market.rows[0], empty])

    def log_odds(p: float) -> float:
        return float(np.log(p / (1 - p)))

    assert sum(one.contributions.values()) == pytest.approx(log_odds(one.probability) - log_odds(middle.probability))
    assert set(middle.contributions.values()) == {0.0}


def test_an_unknown_format_is_refused(fitted: training.Fitted) -> None:
    with pytest.raises(ValueError, match="Unknown model format"):
        estimate_all(fitted.bundle | {"format": "other/9"}, ["a"], [])


def test_nobody_to_score_gives_nothing(fitted: training.Fitted) -> None:
    assert estimate_all(fitted.bundle, [], []) == []


def test_a_generated_market_says_so(market: training.FittingSet) -> None:
    assert market.is_generated is True
    assert "invented platforms (seed 7)" in market.trained_on
    assert market == fitting.generated_fitting_set(seed=7, platforms=240)


def test_months_run_backwards_over_the_year() -> None:
    assert fitting.months_before("2017-02", 4) == ["2016-11", "2016-12", "2017-01", "2017-02"]


def test_absent_real_data_is_none(tmp_path: Path) -> None:
    assert fitting.shared_fitting_set(tmp_path) is None


@pytest.mark.shared_data
def test_the_real_panel_reaches_the_measured_floor(shared_data: Path) -> None:
    """Floor: forward logit on flow and exposure, AUC .725, Brier .1208 (research on the full 510/82 cohort)."""
    data = fitting.shared_fitting_set(shared_data)
    assert data is not None
    found = training.fit(data)
    assert (found.metrics["n"], found.metrics["events"]) == (308, 49)
    assert found.metrics["auc_fold_mean"] >= 0.725
    assert found.metrics["brier"] <= 0.1208
    assert found.gates == dict.fromkeys(found.gates, True)
    assert data.is_generated is False
