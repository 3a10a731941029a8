"""Two persons who have seen a source: the switch that turns an unconfirmed row of law on."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.models import Entity
from rulebook.choices import SourceKind, TextStatus


class SourceConfirmationQuerySet(models.QuerySet["SourceConfirmation"]):
    """Named filters of confirmations."""

    def open(self) -> Self:
        """Confirmations that nobody has withdrawn, countersigned or not."""
        return self.filter(withdrawn_at__isnull=True)

    def standing(self, known_at: datetime | None = None) -> Self:
        """Confirmations with both signatures; with a moment, those that stood then."""
        if known_at is None:
            return self.filter(second_at__isnull=False, withdrawn_at__isnull=True)
        still = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=known_at)
        return self.filter(still, second_at__lte=known_at)


class SourceConfirmation(Entity):
    """One row of law whose source two persons have seen. The database lets each column be written once.

    `fingerprint` is a hash of what they saw; when a later pack changes it, the confirmation no longer counts.
    Persons are principal labels, never names.
    """

    pack = models.CharField(_("pack"), max_length=20)
    kind = models.CharField(_("kind"), max_length=10, choices=SourceKind.choices)
    key = models.CharField(_("key"), max_length=200)
    fingerprint = models.CharField(_("fingerprint"), max_length=64, blank=True)
    title_zh = models.CharField(_("title (Chinese)"), max_length=300, blank=True)
    title_en = models.CharField(_("title (English)"), max_length=300, blank=True)
    text_status = models.CharField(
        _("kind of text"), max_length=12, choices=TextStatus.choices, default=TextStatus.FINAL
    )
    link = models.URLField(_("address of the source"), max_length=500)
    note = models.TextField(_("note"), blank=True)
    first_by = models.CharField(_("seen first by"), max_length=120)
    first_at = models.DateTimeField(_("seen first at"))
    second_by = models.CharField(_("countersigned by"), max_length=120, blank=True)
    second_at = models.DateTimeField(_("countersigned at"), null=True, blank=True)
    withdrawn_by = models.CharField(_("withdrawn by"), max_length=120, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_why = models.TextField(_("why withdrawn"), blank=True)

    objects = SourceConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = _("source confirmation")
        verbose_name_plural = _("source confirmations")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["pack", "kind", "key", "fingerprint"], condition=Q(withdrawn_at__isnull=True),
                name="source_confirmation_open_once",
            ),
            models.CheckConstraint(
                condition=Q(second_by="") | ~Q(second_by=F("first_by")), name="source_confirmation_two_persons"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
