"""The public site's shell as a Django app: templates, styles, components, home page."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SiteShellConfig(AppConfig):
    """Registers the templates, static files and messages of the shell; it has no models."""

    name = "common.site"
    label = "site_shell"
    verbose_name = _("Public site")
    default_auto_field = "django.db.models.BigAutoField"
