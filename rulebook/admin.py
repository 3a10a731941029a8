"""Staff pages of the rulebook: read-only, each row with its legal basis and how firm the source is."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.admin import ScopedAdmin
from rulebook.choices import TextStatus
from rulebook.models import DeadlineRule, Instrument, PackImport, ParameterValue, RuleVersion

BADGES = {"confirmed": "success", "convention": "info", "not confirmed": "warning"}


class SourcedAdmin(ScopedAdmin):
    """What every row of law shows."""

    exclude = ("public_id",)

    @display(description=_("source"), label=BADGES)
    def source_badge(self, row: Any) -> tuple[str, Any]:
        """Confirmed, house convention, or waiting for a person."""
        if row.text_status == TextStatus.CONVENTION:
            return "convention", _("House convention")
        return ("confirmed", _("Confirmed")) if row.verified else ("not confirmed", _("Not confirmed"))

    @admin.display(description=_("legal basis"))
    def legal_basis(self, row: Any) -> str:
        """Instrument and article."""
        return " ".join(filter(None, [row.basis.get("instrument"), row.basis.get("article")]))

    @admin.display(description=_("title"))
    def title_shown(self, row: Any) -> str:
        """In the reader's language."""
        return str(row.title)


@admin.register(RuleVersion)
class RuleVersionAdmin(SourcedAdmin):
    """The newest version of each rule; older ones are reached from findings."""

    list_display = (
        "rule_id", "title_shown", "kind", "severity", "valid_from", "valid_to", "legal_basis", "source_badge",
        "enabled",
    )  # fmt: skip
    list_filter = ("kind", "severity", "template", "enabled", "text_status")
    search_fields = ("rule_id", "title_zh", "title_en")
    ordering = ("rule_id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The list shows newest versions; a page may show any."""
        found = super().get_queryset(request)
        match = request.resolver_match
        is_list = match is not None and (match.url_name or "").endswith("_changelist")
        return RuleVersion.objects.newest() if is_list else found


@admin.register(ParameterValue)
class ParameterValueAdmin(SourcedAdmin):
    """Dated numbers of the law."""

    list_display = ("key", "title_shown", "value", "unit", "valid_from", "valid_to", "legal_basis", "source_badge")
    list_filter = ("verified", "text_status")
    search_fields = ("key", "title_zh", "title_en")
    ordering = ("key", "-valid_from")


@admin.register(DeadlineRule)
class DeadlineRuleAdmin(SourcedAdmin):
    """Terms by date and business line."""

    list_display = (
        "key", "title_shown", "amount", "unit", "scope", "valid_from", "valid_to", "legal_basis", "source_badge",
    )  # fmt: skip
    list_filter = ("unit", "verified", "text_status")
    search_fields = ("key", "title_zh", "title_en")
    ordering = ("key", "valid_from")


@admin.register(Instrument)
class InstrumentAdmin(SourcedAdmin):
    """Laws, orders, notices and standards."""

    list_display = ("key", "title_shown", "document_number", "announced", "valid_from", "valid_to", "source_badge")
    list_filter = ("text_status", "verified")
    search_fields = ("key", "title_zh", "title_en", "document_number")
    ordering = ("key",)


@admin.register(PackImport)
class PackImportAdmin(ScopedAdmin):
    """Loads that changed something."""

    list_display = ("pack", "created_at", "loaded_by", "sha256")
    ordering = ("-id",)
    exclude = ("public_id",)
