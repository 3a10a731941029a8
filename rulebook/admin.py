"""Staff pages of the rulebook: read-only, each row with its legal basis and how firm the source is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from analytics.contracts import TEMPLATE_NAMES, template
from common.admin import ScopedAdmin
from rulebook import selectors
from rulebook.choices import BusinessLine, TextStatus
from rulebook.models import DeadlineRule, Instrument, PackImport, ParameterValue, RuleVersion
from rulebook.wording import article_label, said

# a field kept as a document or a code, and the method that says it in words
SHOWN_AS = {
    "basis": "basis_text",
    "source_text": "text_box",
    "business_lines": "lines_text",
    "template": "template_text",
    "issuers": "issuers_text",
    "note": "note_text",
    "verified": "verified_text",
    "enabled": "enabled_text",
    "is_withdrawn": "withdrawn_text",
}
BADGES = {"confirmed": "success", "convention": "info", "not confirmed": "warning"}


def _in_a_word(fact: bool) -> str:
    return str(_("yes") if fact else _("no"))


class SourcedAdmin(ScopedAdmin):
    """What every row of law shows."""

    exclude = ("public_id",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Every field in its order, documents and codes in words."""
        return [SHOWN_AS.get(str(name), name) for name in super().get_fields(request, obj)]

    @admin.display(description=_("legal basis"))
    def basis_text(self, row: Any) -> SafeString:
        """Instrument, article, how firm, and what the pack's writer adds."""
        return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in selectors.basis_lines(row.basis)))

    @admin.display(description=_("text"))
    def text_box(self, row: Any) -> SafeString:
        """As written in the pack; long lines scroll inside the box."""
        return format_html('<pre class="lx-source" tabindex="0">{}</pre>', row.source_text)

    @admin.display(description=_("business lines"))
    def lines_text(self, row: Any) -> str:
        """By name."""
        return ", ".join(str(BusinessLine(line).label) for line in row.business_lines if line in BusinessLine.values)

    @admin.display(description=_("template"))
    def template_text(self, row: Any) -> str:
        """By title."""
        return said(template(row.template).title) if row.template in TEMPLATE_NAMES else row.template

    @admin.display(description=_("issued by"))
    def issuers_text(self, row: Any) -> str:
        """Codes of the issuing bodies."""
        return ", ".join(row.issuers)

    @admin.display(description=_("note"))
    def note_text(self, row: Any) -> str:
        """In the reader's language."""
        return said(row.note)

    @admin.display(description=_("source confirmed"))
    def verified_text(self, row: Any) -> str:
        """In a word: a red cross is for what somebody has to do now."""
        return _in_a_word(row.verified)

    @admin.display(description=_("gives findings"))
    def enabled_text(self, row: Any) -> str:
        """In a word."""
        return _in_a_word(row.enabled)

    @admin.display(description=_("withdrawn"))
    def withdrawn_text(self, row: Any) -> str:
        """In a word."""
        return _in_a_word(row.is_withdrawn)

    @display(description=_("source"), label=BADGES)
    def source_badge(self, row: Any) -> tuple[str, Any]:
        """Confirmed, house convention, or waiting for a person."""
        if row.text_status == TextStatus.CONVENTION:
            return "convention", _("House convention")
        return ("confirmed", _("Confirmed")) if row.verified else ("not confirmed", _("Not confirmed"))

    @admin.display(description=_("legal basis"))
    def legal_basis(self, row: Any) -> str:
        """Instrument and article."""
        return " ".join(filter(None, [row.basis.get("instrument"), article_label(row.basis.get("article"))]))

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

    list_display = ("pack", "loaded_at", "loaded_by", "sha256")
    ordering = ("-id",)
    exclude = ("public_id",)

    @admin.display(description=_("loaded at"), ordering="created_at")
    def loaded_at(self, row: PackImport) -> datetime:
        """When somebody loaded it."""
        return row.created_at
