"""Who opened personal text; for auditors and supervisors."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.admin import ScopedAdmin, principal_of
from complaints import selectors
from complaints.admin.words import READ_PARTS, actors_of
from complaints.models import PersonalRead


@admin.register(PersonalRead)
class PersonalReadAdmin(ScopedAdmin):
    """One row for each opening of a text, a contact or a file."""

    view_roles: ClassVar[frozenset[str]] = frozenset({"auditor", "supervisor"})
    list_display = ("read_at", "who", "part", "number", "purpose")
    list_filter = ("what",)
    ordering = ("-id",)
    fields = ("number", "part", "purpose", "who", "read_at")
    readonly_fields = fields

    @display(description=_("reader"))
    def who(self, row: PersonalRead) -> str:
        """The person behind the label."""
        return actors_of(row.complaint, [row.reader])[row.reader]

    @display(description=_("what was read"), ordering="what")
    def part(self, row: PersonalRead) -> str:
        """In words."""
        return str(READ_PARTS.get(row.what, row.what))

    @display(description=_("complaint"))
    def number(self, row: PersonalRead) -> SafeString:
        """The short number, with the way to the complaint."""
        url = reverse("admin:complaints_complaint_change", args=[row.complaint_id])
        return format_html('<a href="{}">{}</a>', url, row.complaint.number)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        """Readings of complaints the reader may see."""
        seen = selectors.complaints_visible_to(principal_of(request)).values("pk")
        return PersonalRead.objects.filter(complaint__in=seen).select_related("complaint__platform")
