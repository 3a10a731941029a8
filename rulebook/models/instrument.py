"""Laws, orders, notices and standards."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import living_once
from rulebook.models.sourced import LivingRow


class Instrument(LivingRow):
    """One text that rules rest on; `verified` says whether its dates were seen."""

    key = models.CharField(_("key"), max_length=20)
    issuers = models.JSONField(_("issued by"), default=list)
    document_number = models.CharField(_("document number"), max_length=100, blank=True)
    announced = models.DateField(_("announced"), null=True, blank=True)
    note = models.JSONField(_("note"), null=True, blank=True)

    class Meta:
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")
        ordering = ("key",)
        constraints = [living_once("pack", "key", name="instrument_key_once")]
        indexes = [models.Index(fields=["pack", "key", "id"], name="instrument_versions")]
