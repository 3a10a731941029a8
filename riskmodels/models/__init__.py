"""Nouns of this app."""

from riskmodels.models.scores import Score, ScoreRequest, ScoreWave
from riskmodels.models.versions import ModelVersion
from riskmodels.models.warnings import EarlyWarning

__all__ = ["EarlyWarning", "ModelVersion", "Score", "ScoreRequest", "ScoreWave"]
