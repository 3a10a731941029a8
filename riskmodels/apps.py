"""Scores, warnings and the models behind them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RiskModelsConfig(AppConfig):
    """Risk models."""

    name = "riskmodels"
    verbose_name = _("Risk models")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register reactions and jobs."""
        from riskmodels import jobs, subscribers  # noqa: F401
