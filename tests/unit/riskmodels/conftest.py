"""Model files of these tests live in a folder of their own."""

from pathlib import Path

import pytest

from riskmodels import training
from riskmodels.fitting import data_sha256
from riskmodels.services import scores as scores_module
from tests.factories.riskmodels import Market

_fit = training.fit
_fitted: dict[tuple[str, training.FitSettings], training.Fitted] = {}


def _fit_once(data: training.FittingSet, settings: training.FitSettings) -> training.Fitted:
    key = (data_sha256(data), settings)
    if key not in _fitted:
        _fitted[key] = _fit(data, settings)
    return _fitted[key]


@pytest.fixture
def model_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty model folder. Equal fits are computed once: what is fitted is tested elsewhere."""
    monkeypatch.setattr(training, "fit", _fit_once)
    monkeypatch.setenv("LIANXI_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def market(db: None, model_files: Path, monkeypatch: pytest.MonkeyPatch) -> Market:
    """Six platforms of the generated market (whose outcomes the model learns) and one stranger without history."""
    made = Market([f"invented-{number:04d}" for number in (1, 2, 3, 4, 5, 6)])
    monkeypatch.setattr(scores_module, "monthly_indicators_for", made.indicators)
    return made
