"""Rows of which every version is kept, on staff pages: lists show what is known now, a page says of when it is."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class KeptPages:
    """Mixed into pages of kept rows: the list without earlier versions, and `known_shown` for the page of one."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The list shows rows as they are known now; a page may show an earlier version."""
        found: Any = super().get_queryset(request)  # type: ignore[misc]
        match = request.resolver_match
        is_list = match is not None and (match.url_name or "").endswith("_changelist")
        return found.current() if is_list else found

    @admin.display(description=gettext_lazy("known"))
    def known_shown(self, row: Any) -> str:
        """Since when the system knows this wording, and until when it did."""
        since = _day(row.created_at)
        if row.retired_at is None:
            return _("since %(day)s") % {"day": since}
        return _("from %(first)s to %(last)s; since then replaced or dropped") % {
            "first": since, "last": _day(row.retired_at)
        }  # fmt: skip


class PresentRows:
    """Mixed into inlines of kept rows: only what is known now."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without earlier versions."""
        return super().get_queryset(request).current()  # type: ignore[misc]


def _day(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
