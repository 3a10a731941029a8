"""The verbs of this app: one verb, one function, one transaction."""

from riskmodels.services.scores import ScoringResult, platforms_score, score_request, scores_request_all
from riskmodels.services.versions import model_activate, model_ensure, model_fit, model_propose
from riskmodels.services.warnings import warning_acknowledge, warning_close, warning_publish, warning_raise

__all__ = [
    "ScoringResult",
    "model_activate",
    "model_ensure",
    "model_fit",
    "model_propose",
    "platforms_score",
    "score_request",
    "scores_request_all",
    "warning_acknowledge",
    "warning_close",
    "warning_publish",
    "warning_raise",
]
