"""Fitting the platform model: regularised logit, out-of-fold scores, bootstrap, calibration and the leak
audit.

Pure: arrays in, arrays out; no Django, no files, seeded. One thread (measured: with 49 events a logit beats
trees, and threads only make small fits slower).

What is stored besides the model itself
    * one pipeline per fold, and which platform sat in which fold: a platform whose outcome was learned from
      is scored by the pipeline that has not seen it (retrospective score);
    * the coefficients of every bootstrap draw and who was in the draw: the interval of a learned platform
      uses only draws without it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

from riskmodels.coordinate import Cuts, median
from riskmodels.features import FEATURE_NAMES, FeatureRow
from riskmodels.winsor import Winsoriser

BUNDLE_FORMAT = "lianxi.platform-logit/1"
MISSINGNESS_AUC_LIMIT = 0.7
"""A column whose absence ranks the outcome better than this fails the fit."""
VALUE_AUC_LIMIT = 0.9
"""No filed indicator ranks the outcome this well alone (the best of the 2017 panel reaches .66)."""
CALIBRATION_LIMIT = 0.03
MINIMUM_EVENTS = 20
CAUTION_EVENTS = 50


class LeakFoundError(ValueError):
    """The audit found a column that carries the outcome. ``column`` and ``auc`` say which and how well."""

    def __init__(self, column: str, auc: float, what: str) -> None:
        super().__init__(f"{what} of {column!r} ranks the outcome with AUC {auc:.3f}; the fit is refused.")
        self.column = column
        self.auc = auc


class TooFewEventsError(ValueError):
    """Not enough failures to fit a statistical model."""


@dataclass(frozen=True)
class FitSettings:
    """Everything a fit depends on besides the data."""

    seed: int = 20170630
    folds: int = 5
    draws: int = 200
    permutations: int = 6
    repeats: int = 4
    inverse_penalty: float = 0.1
    winsor_share: float = 0.02


@dataclass(frozen=True)
class FittingSet:
    """Platforms with known outcomes: key, features at the cut-off, 1 for failed, impact in yuan, where it
    is from."""

    keys: tuple[str, ...]
    rows: tuple[FeatureRow, ...]
    labels: tuple[int, ...]
    impacts_cny: tuple[float | None, ...]
    month: str
    trained_on: str
    names: tuple[str, ...] = FEATURE_NAMES
    is_generated: bool = False

    def matrix(self) -> Any:
        """Features as a float matrix, missing as NaN, columns in the order of ``names``."""
        return matrix_of(self.rows, self.names)


@dataclass(frozen=True)
class Fitted:
    """A fitted model: what goes into the file, what it measured, where it cuts the coordinate."""

    bundle: dict[str, Any]
    metrics: dict[str, Any]
    cuts: Cuts
    gates: dict[str, bool] = field(default_factory=dict)


def matrix_of(rows: Sequence[FeatureRow], names: Sequence[str]) -> Any:
    """Rows as a float matrix; None becomes NaN. Refuses (KeyError) a row without one of the named
    features."""
    values = [[np.nan if row[name] is None else row[name] for name in names] for row in rows]
    return np.array(values, dtype=float).reshape(len(rows), len(names))


def fit(data: FittingSet, settings: FitSettings | None = None) -> Fitted:
    """Audit, fit, measure. Refuses a leak (:class:`LeakFoundError`) and too few failures or survivors."""
    settings = settings or FitSettings()
    features, labels = data.matrix(), np.array(data.labels, dtype=int)
    events = int(labels.sum())
    if min(events, len(labels) - events) < MINIMUM_EVENTS:
        raise TooFewEventsError(f"{events} failures in {len(labels)} platforms; {MINIMUM_EVENTS} of each needed.")
    with threadpool_limits(limits=1):
        audit = {"missingness_auc": missingness_audit(features, labels, data.names)}
        audit["value_auc"] = value_audit(features, labels, data.names)
        fold_of, fold_models, scores = _cross_fit(features, labels, settings, settings.seed)
        model = _pipeline(settings).fit(features, labels)
        coefficients, in_bag = _bootstrap(model, features, labels, settings)
        metrics = _measure(scores, labels, settings) | _measure_rank(features, labels, settings) | audit
    bundle = {
        "format": BUNDLE_FORMAT,
        "features": list(data.names),
        "pipeline": model,
        "fold_pipelines": fold_models,
        "keys": list(data.keys),
        "fold_of": fold_of,
        "coefficients": coefficients,
        "in_bag": in_bag,
    }
    impacts = [value for value in data.impacts_cny if value is not None]
    cuts = Cuts(probability=float(labels.mean()), impact_cny=median(impacts))
    return Fitted(bundle=bundle, metrics=metrics, cuts=cuts, gates=gates_of(metrics))


def missingness_audit(features: Any, labels: Any, names: Sequence[str]) -> dict[str, float]:
    """AUC of "is missing" for every column. Refuses (:class:`LeakFoundError`) above the limit either way."""
    found: dict[str, float] = {}
    for index, name in enumerate(names):
        found[name] = _auc(labels, np.isnan(features[:, index]))
        if _strength(found[name]) > MISSINGNESS_AUC_LIMIT:
            raise LeakFoundError(name, _strength(found[name]), "The absence")
    return found


def value_audit(features: Any, labels: Any, names: Sequence[str]) -> dict[str, float]:
    """AUC of every column's filed values alone. Refuses a column that is the outcome in disguise."""
    found: dict[str, float] = {}
    for index, name in enumerate(names):
        filed = ~np.isnan(features[:, index])
        if filed.any() and labels[filed].min() != labels[filed].max():
            found[name] = _auc(labels[filed], features[filed, index])
            if _strength(found[name]) > VALUE_AUC_LIMIT:
                raise LeakFoundError(name, _strength(found[name]), "The value")
    return found


def _auc(labels: Any, scores: Any) -> float:
    return round(float(roc_auc_score(labels, scores)), 4)


def _strength(auc: float) -> float:
    return max(auc, 1.0 - auc)


def gates_of(metrics: dict[str, Any]) -> dict[str, bool]:
    """What a version must pass before it may be activated."""
    return {
        "brier_below_base": metrics["brier"] < metrics["brier_base"],
        "calibrated_in_the_large": abs(metrics["calibration_in_the_large"]) <= CALIBRATION_LIMIT,
        "auc_interval_above_half": metrics["auc_low"] > 0.5,
        "permuted_labels_near_half": abs(metrics["permuted_auc_mean"] - 0.5) <= 0.1,
        "no_missingness_leak": max(map(_strength, metrics["missingness_auc"].values())) <= MISSINGNESS_AUC_LIMIT,
    }


def _pipeline(settings: FitSettings) -> Pipeline:
    steps = [
        ("winsorise", Winsoriser(settings.winsor_share)),
        ("impute", SimpleImputer(strategy="median", add_indicator=False, keep_empty_features=True)),
        ("scale", StandardScaler()),
        ("logit", LogisticRegression(C=settings.inverse_penalty, max_iter=500)),
    ]
    return Pipeline(steps)


def _cross_fit(features: Any, labels: Any, settings: FitSettings, seed: int) -> tuple[Any, list[Pipeline], Any]:
    """Every step, clipping and medians included, is learned inside the training folds."""
    folds = StratifiedKFold(settings.folds, shuffle=True, random_state=seed)
    fold_of, scores = np.zeros(len(labels), dtype=int), np.zeros(len(labels))
    models: list[Pipeline] = []
    for number, (train, test) in enumerate(folds.split(features, labels)):
        model = _pipeline(settings).fit(features[train], labels[train])
        fold_of[test], scores[test] = number, model.predict_proba(features[test])[:, 1]
        models.append(model)
    return fold_of, models, scores


def _bootstrap(model: Pipeline, features: Any, labels: Any, settings: FitSettings) -> tuple[Any, Any]:
    """Coefficients (weights then intercept) of each draw over platforms, and who was drawn."""
    inputs = model[:-1].transform(features)
    random = np.random.default_rng(settings.seed)
    size = len(labels)
    coefficients = np.zeros((settings.draws, inputs.shape[1] + 1))
    in_bag = np.zeros((settings.draws, size), dtype=bool)
    for draw in range(settings.draws):
        chosen = random.integers(0, size, size)
        while labels[chosen].min() == labels[chosen].max():
            chosen = random.integers(0, size, size)
        logit = LogisticRegression(C=settings.inverse_penalty, max_iter=500)
        logit.fit(inputs[chosen], labels[chosen])
        coefficients[draw] = [*logit.coef_[0], logit.intercept_[0]]
        in_bag[draw, chosen] = True
    return coefficients, in_bag


def _measure(scores: Any, labels: Any, settings: FitSettings) -> dict[str, Any]:
    base = float(labels.mean())
    low, high = _interval(roc_auc_score, labels, scores, settings)
    brier, brier_base = float(brier_score_loss(labels, scores)), base * (1.0 - base)
    top = np.argsort(-scores, kind="stable")[: max(1, len(labels) // 10)]
    measured = {
        "auc": float(roc_auc_score(labels, scores)),
        "auc_low": low,
        "auc_high": high,
        "brier": brier,
        "brier_base": brier_base,
        "brier_skill": 1.0 - brier / brier_base,
        "calibration_in_the_large": float(scores.mean()) - base,
        "calibration_slope": _calibration_slope(scores, labels),
        "recall_at_top_10_percent": float(labels[top].sum() / labels.sum()),
        "base_rate": base,
    }
    rounded: dict[str, Any] = {name: round(value, 4) for name, value in measured.items()}
    events = int(labels.sum())
    return rounded | {"n": len(labels), "events": events, "few_events": events < CAUTION_EVENTS}


def _measure_rank(features: Any, labels: Any, settings: FitSettings) -> dict[str, Any]:
    """Mean AUC over repeated folds, and over permuted labels (which must come out near one half)."""
    random = np.random.default_rng(settings.seed)
    seeds = [settings.seed + step for step in range(settings.repeats)]
    real = [_fold_auc(features, labels, settings, seed) for seed in seeds]
    shuffled = [random.permutation(labels) for _ in range(settings.permutations)]
    permuted = [_fold_auc(features, fake, settings, settings.seed) for fake in shuffled]
    return {
        "auc_fold_mean": round(float(np.mean(real)), 4),
        "permuted_auc_mean": round(float(np.mean(permuted)), 4),
        "permuted_auc_range": [round(float(min(permuted)), 4), round(float(max(permuted)), 4)],
    }


def _fold_auc(features: Any, labels: Any, settings: FitSettings, seed: int) -> float:
    fold_of, _, scores = _cross_fit(features, labels, settings, seed)
    inside = [fold_of == fold for fold in range(settings.folds)]
    return float(np.mean([roc_auc_score(labels[part], scores[part]) for part in inside]))


def _interval(
    measure: Callable[[Any, Any], float], labels: Any, scores: Any, settings: FitSettings, draws: int = 500
) -> tuple[float, float]:
    """95 % interval of a measure over platforms drawn with replacement."""
    random = np.random.default_rng(settings.seed)
    size = len(labels)
    values: list[float] = []
    while len(values) < draws:
        chosen = random.integers(0, size, size)
        if labels[chosen].min() != labels[chosen].max():
            values.append(measure(labels[chosen], scores[chosen]))
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def _calibration_slope(scores: Any, labels: Any) -> float:
    """Slope of the outcome on the log-odds of the out-of-fold score; 1 is perfect, below 1 is
    overconfident."""
    clipped = np.clip(scores, 1e-6, 1 - 1e-6)
    odds = np.log(clipped / (1 - clipped)).reshape(-1, 1)
    return float(LogisticRegression(C=1e6, max_iter=500).fit(odds, labels).coef_[0][0])
