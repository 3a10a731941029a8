"""When a pack was loaded and what that changed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import Entity


class PackImport(Entity):
    """One load that changed something; its id is also the mark by which caches notice a change."""

    pack = models.CharField(_("pack"), max_length=20)
    sha256 = models.CharField(_("sha-256 of the pack"), max_length=64)
    loaded_by = models.CharField(_("loaded by"), max_length=100)
    counts = models.JSONField(_("counts"), default=dict)

    class Meta:
        verbose_name = _("pack load")
        verbose_name_plural = _("pack loads")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.pack} {self.created_at:%Y-%m-%d}"
