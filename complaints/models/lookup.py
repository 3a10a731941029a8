"""Counting of public requests per address, in the database: a restart or a second process forgets nothing."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LookupWindow(models.Model):
    """How often one address (keyed hash, never the address) asked in one window of time."""

    address_hash = models.CharField(max_length=64)
    purpose = models.CharField(_("purpose"), max_length=12)
    window_start = models.DateTimeField(_("window"))
    count = models.PositiveIntegerField(_("count"), default=0)

    class Meta:
        verbose_name = _("request window")
        verbose_name_plural = _("request windows")
        constraints = [
            models.UniqueConstraint(fields=["address_hash", "purpose", "window_start"], name="lookupwindow_once")
        ]
        indexes = [models.Index(fields=["window_start"], name="lookupwindow_start")]

    def __str__(self) -> str:
        """Purpose and window."""
        return f"{self.purpose} {self.window_start:%Y-%m-%d %H:%M}"
