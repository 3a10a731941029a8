"""Platforms, depository banks and their filings."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlatformsConfig(AppConfig):
    """The register and the filings."""

    name = "platforms"
    verbose_name = _("Platforms and filings")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the job handlers, and who runs rehearsals of rules."""
        from platforms import jobs  # noqa: F401
        from platforms.services import rehearse
        from rulebook.services import rehearsal_provider_set

        rehearsal_provider_set(rehearse)
