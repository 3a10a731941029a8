"""Supervisory cases and the officer's desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """The top layer: it sees everything below and reacts to its news."""

    name = "cases"
    verbose_name = _("Supervisory cases")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the subscribers, and cases as matters that authorities hand over."""
        from cases import subscribers  # noqa: F401
        from cases.services.handing import CaseMatters
        from regulators.services import subject_provider_set

        subject_provider_set("case", CaseMatters())
