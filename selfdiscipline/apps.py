"""Self-discipline of the industry: association, members, indicators."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SelfdisciplineConfig(AppConfig):
    """The association's records."""

    name = "selfdiscipline"
    verbose_name = _("Self-discipline")
    default_auto_field = "django.db.models.BigAutoField"
