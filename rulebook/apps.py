"""Rules as data."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulebookConfig(AppConfig):
    """Instruments, dated parameters, rules, deadlines."""

    name = "rulebook"
    verbose_name = _("Rulebook")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the job handlers."""
        from rulebook import jobs  # noqa: F401
