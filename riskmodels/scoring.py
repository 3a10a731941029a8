"""Applying a fitted bundle: probability, bootstrap draws and reasons for many platforms at once. Pure,
vectorised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

from riskmodels.features import FeatureRow
from riskmodels.training import BUNDLE_FORMAT, matrix_of


@dataclass(frozen=True)
class Estimate:
    """One platform's probability, the draws around it, each feature's push, and whether it was held out."""

    probability: float
    draws: tuple[float, ...]
    contributions: dict[str, float]
    is_out_of_fold: bool


def estimate_all(bundle: Mapping[str, Any], keys: Sequence[str], rows: Sequence[FeatureRow]) -> list[Estimate]:
    """Score platforms. One whose key was in the fitting set gets the fold model and the draws that never
    saw it.

    Contributions are in log-odds against the median platform of the fitting set; they add up to the
    log-odds of the probability minus the median platform's. Refuses (ValueError) a bundle of another format.
    """
    if bundle.get("format") != BUNDLE_FORMAT:
        raise ValueError(f"Unknown model format {bundle.get('format')!r}.")
    if not keys:
        return []
    names = list(bundle["features"])
    features = matrix_of(rows, names)
    place = {key: index for index, key in enumerate(bundle["keys"])}
    with threadpool_limits(limits=1):
        draws = _draws(bundle, features)
        return [
            _estimate(bundle, features[row : row + 1], place.get(key), draws[:, row], names)
            for row, key in enumerate(keys)
        ]


def _estimate(bundle: Mapping[str, Any], features: Any, place: int | None, draws: Any, names: list[str]) -> Estimate:
    model = bundle["pipeline"] if place is None else bundle["fold_pipelines"][int(bundle["fold_of"][place])]
    kept = draws if place is None else draws[~bundle["in_bag"][:, place]]
    inputs = model[:-1].transform(np.vstack([features, np.full_like(features, np.nan)]))
    logit = model[-1]
    pushes = logit.coef_[0] * (inputs[0] - inputs[1])
    log_odds = float(inputs[0] @ logit.coef_[0] + logit.intercept_[0])
    return Estimate(
        probability=1.0 / (1.0 + float(np.exp(-log_odds))),
        draws=tuple(float(value) for value in kept),
        contributions={name: float(push) for name, push in zip(names, pushes, strict=True)},
        is_out_of_fold=place is not None,
    )


def _draws(bundle: Mapping[str, Any], features: Any) -> Any:
    """Probabilities by draw (rows) and platform (columns)."""
    inputs = bundle["pipeline"][:-1].transform(features)
    coefficients = bundle["coefficients"]
    log_odds = coefficients[:, :-1] @ inputs.T + coefficients[:, -1:]
    return 1.0 / (1.0 + np.exp(-log_odds))
