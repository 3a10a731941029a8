"""Authorities, mandates, officers and the joint meeting."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegulatorsConfig(AppConfig):
    """The supervision map."""

    name = "regulators"
    verbose_name = _("Supervision map")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to the other apps."""
        from regulators import subscribers  # noqa: F401
