"""What every row of law shares: two titles, a pack, dates, and how firm its source is."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.models import Entity, KeptFilters, KeptRow
from rulebook.choices import Origin, TextStatus


class SourcedQuerySet(models.QuerySet[Any]):
    """Named filters of dated rows."""

    def in_force(self, on: date) -> Self:
        """Rows whose half-open interval [from, to) holds the day."""
        begun = Q(valid_from__isnull=True) | Q(valid_from__lte=on)
        return self.filter(begun).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))


class Sourced(Entity):
    """A row taken from a pack. `verified` is true when a person or the pack's writer saw the text."""

    pack = models.CharField(_("pack"), max_length=20)
    title_zh = models.CharField(_("title (Chinese)"), max_length=300)
    title_en = models.CharField(_("title (English)"), max_length=300)
    valid_from = models.DateField(_("in force from"), null=True)
    valid_to = models.DateField(_("in force until (exclusive)"), null=True, blank=True)
    verified = models.BooleanField(_("source confirmed"))
    text_status = models.CharField(_("kind of text"), max_length=12, choices=TextStatus.choices)
    origin = models.CharField(_("made by"), max_length=8, choices=Origin.choices, default=Origin.PACK)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return self.title_en if (get_language() or "").startswith("en") else self.title_zh


class LivingQuerySet(KeptFilters, SourcedQuerySet):
    """Named filters of rows that a later pack may correct or drop."""

    def placed(self) -> Self:
        """With `place`, the number of the entry's first version: a corrected entry keeps its place in an order."""
        versions = self.model.objects.filter(pack=OuterRef("pack"), key=OuterRef("key"))
        return self.annotate(place=Subquery(versions.order_by("id").values("id")[:1]))


class LivingRow(Sourced, KeptRow):
    """One version of an entry of a pack. A pack that corrects it adds another; a pack that drops it retires it."""

    objects = LivingQuerySet.as_manager()

    class Meta:
        abstract = True
