"""The complaints app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    """Complaints of consumers: intake, routing, clocks, answers, the public pages."""

    name = "complaints"
    verbose_name = _("Complaints")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to the other apps."""
        from complaints import subscribers  # noqa: F401
        from complaints.services.handing import ComplaintMatters
        from regulators.services import subject_provider_set

        subject_provider_set("complaint", ComplaintMatters())
