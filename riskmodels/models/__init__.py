"""Nouns of this app."""

from riskmodels.models.scores import Score, ScoreRequest, ScoreWave
from riskmodels.models.versions import ModelVersion
from riskmodels.models.warnings import Warning

__all__ = ["ModelVersion", "Score", "ScoreRequest", "ScoreWave", "Warning"]
