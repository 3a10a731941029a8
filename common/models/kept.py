"""Rows whose every version is kept: a change retires the row and adds another, so that the past can be asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self, cast

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models.base import Entity


class KeptFilters:
    """Named filters by what the system knows, or knew; mixed into query sets."""

    def current(self) -> Self:
        """Rows as they are known now."""
        rows: Any = self
        return cast("Self", rows.filter(retired_at__isnull=True))

    def known(self, known_at: datetime | None = None) -> Self:
        """Rows as they are known now; with a moment, as they were known then, word for word.

        A row is known from `created_at` on and until before `retired_at`, so at any moment there is at most one
        version of an entry.
        """
        if known_at is None:
            return self.current()
        rows: Any = self
        not_yet = Q(retired_at__isnull=True) | Q(retired_at__gt=known_at)
        return cast("Self", rows.filter(not_yet, created_at__lte=known_at))


class KeptQuerySet(KeptFilters, models.QuerySet[Any]):
    """Rows of which every version is kept."""


class KeptRow(Entity):
    """One version of an entry, known from `created_at` until before `retired_at`.

    The database lets a row be retired once and changes nothing else about it (`lianxi_keep_versions`); use
    `common.versions.versions_store` to write. A model gives itself `objects` of a `KeptQuerySet`.
    """

    retired_at = models.DateTimeField(_("replaced or dropped at"), null=True, blank=True)

    class Meta:
        abstract = True


def living_once(*fields: str, name: str) -> models.UniqueConstraint:
    """At most one living row for a natural key."""
    return models.UniqueConstraint(fields=fields, condition=Q(retired_at__isnull=True), name=name)
