"""Published years of a working-day calendar."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import Entity
from rulebook.choices import Origin


class WorkingYear(Entity):
    """One year of one calendar as its notice announced it. A correction is a new row; the old one stays, replaced."""

    pack = models.CharField(_("pack"), max_length=20)
    calendar = models.CharField(_("calendar"), max_length=60)
    year = models.PositiveSmallIntegerField(_("year"))
    notice = models.DateField(_("day of the notice"), null=True, blank=True)
    notice_verified = models.BooleanField(_("notice confirmed"), default=False)
    holidays = models.JSONField(_("free days"), default=dict)
    workdays = models.JSONField(_("make-up workdays"), default=list)
    origin = models.CharField(_("made by"), max_length=8, choices=Origin.choices, default=Origin.PACK)
    published_by = models.CharField(_("entered by"), max_length=100, default="", blank=True)
    source = models.CharField(_("address of the notice"), max_length=300, default="", blank=True)
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")
        ordering = ("calendar", "-year")
        constraints = [
            models.UniqueConstraint(
                fields=["pack", "calendar", "year"], condition=Q(replaced_at__isnull=True),
                name="working_year_current_once",
            )
        ]

    def __str__(self) -> str:
        """Calendar and year."""
        return f"{self.calendar} {self.year}"
