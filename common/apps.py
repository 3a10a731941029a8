"""The kernel app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    """Clock, money, ids, outbox, jobs, transitions, audit, vault and the API's error shape."""

    name = "common"
    verbose_name = _("Operation")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Set up structured logs once the settings are known."""
        from common.logs import configure_logging

        configure_logging()
