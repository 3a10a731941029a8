"""Versions for tests: what a person or another pack would have made of rows that are written once."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from common import clock


def rewritten(rows: QuerySet[Any], **changes: Any) -> list[Any]:
    """Retire each living row and add one that differs in `changes`; returns the new rows."""
    moment, found = clock.now(), list(rows.current())
    rows.filter(pk__in=[row.pk for row in found]).update(retired_at=moment)
    return [rows.model.objects.create(created_at=moment, **{**_words(row), **changes}) for row in found]


def retired(rows: QuerySet[Any]) -> int:
    """Retire the living rows, as a pack does that drops them; returns how many."""
    return int(rows.current().update(retired_at=clock.now()))


def _words(row: Any) -> dict[str, Any]:
    """Columns as keyword arguments, without what belongs to one version."""
    names = [field.attname for field in row._meta.concrete_fields if field.name not in _OF_ONE_VERSION]
    return {name: getattr(row, name) for name in names}


_OF_ONE_VERSION = {"id", "public_id", "created_at", "retired_at"}
