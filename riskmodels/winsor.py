"""A scikit-learn step that clips each column to quantiles learned from the fitting set."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin


class Winsoriser(TransformerMixin, BaseEstimator):
    """Clip to the ``share`` and ``1 - share`` quantiles of the fitting set; missing values stay missing."""

    def __init__(self, share: float = 0.02) -> None:
        self.share = share

    def fit(self, features: Any, labels: Any = None) -> Winsoriser:
        """Learn the limits, column by column; a column without any value gets no limits."""
        columns = np.asarray(features, dtype=float).T
        limits = [self._limits(column[~np.isnan(column)]) for column in columns]
        self.lower_ = np.array([low for low, _ in limits])
        self.upper_ = np.array([high for _, high in limits])
        self.n_features_in_ = len(limits)
        return self

    def transform(self, features: Any) -> Any:
        """The clipped columns."""
        return np.clip(np.asarray(features, dtype=float), self.lower_, self.upper_)

    def _limits(self, values: Any) -> tuple[float, float]:
        if values.size == 0:
            return -np.inf, np.inf
        low, high = np.quantile(values, [self.share, 1.0 - self.share])
        return float(low), float(high)
