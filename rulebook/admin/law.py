"""Staff lists of law: rules, numbers, terms, instruments, clauses, loads. Read-only, as of any day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common.admin import ScopedAdmin
from rulebook.admin.coverage import CoveragePages
from rulebook.admin.sourced import LineFilter, OnFilter, SourcedAdmin, SubjectFilter, day_of, is_list
from rulebook.choices import BusinessLine
from rulebook.clocks import UNIT_TEXT
from rulebook.models import Clause, DeadlineRule, Instrument, PackImport, ParameterValue, RuleVersion
from rulebook.public.showing import figure, unit_words
from rulebook.selectors.rules import rule_of_text
from rulebook.wording import said

FIRST = (
    "title_zh", "title_en", "explanation_text", "rule_id", "basis_text", "verified_text", "status_text",
    "enabled_text", "valid_from", "valid_to", "announced", "severity", "kind", "form", "subject_text", "lines_text",
    "template_text", "text_box",
)
LAST = ("origin", "pack", "sha256", "dialect", "created_at", "withdrawn_text")


@admin.register(RuleVersion)
class RuleVersionAdmin(SourcedAdmin):
    """The version of each rule that decides on a day, else the newest; older ones are reached from findings."""

    list_display = (
        "named", "subject_text", "severity", "valid_from", "valid_to", "legal_basis", "source_badge",
        "enabled_text",
    )  # fmt: skip
    list_filter = (OnFilter, LineFilter, SubjectFilter, "kind", "severity", "verified", "origin", "pack")
    search_fields = ("rule_id", "title_zh", "title_en")
    ordering = ("rule_id",)
    list_before_template = "rulebook/admin/rules_before.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The list shows one version of each rule; a page may show any."""
        found = super().get_queryset(request)
        if not is_list(request):
            return found
        on = day_of(request.GET.get("on", ""))
        return RuleVersion.objects.standing(on) if on else RuleVersion.objects.newest()

    change_form_outer_before_template = "rulebook/admin/rule_links.html"

    @admin.display(description=_("title"), ordering="rule_id")
    def named(self, row: RuleVersion) -> SafeString:
        """Title first, the id small below it."""
        return format_html('{}<br><span class="lx-key lx-soft">{}</span>', row.title, row.rule_id)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """What the rule says and rests on first; where the text came from last."""
        names = super().get_fields(request, obj)
        first = [name for name in FIRST if name in names or name == "explanation_text"]
        return [*first, *(name for name in names if name not in (*first, *LAST)),
                *(name for name in LAST if name in names)]  # fmt: skip

    @admin.display(description=_("explanation"))
    def explanation_text(self, row: RuleVersion) -> str:
        """In the reader's language."""
        return said(rule_of_text(row.pk, row.source_text).explanation)


@admin.register(ParameterValue)
class ParameterValueAdmin(SourcedAdmin):
    """Dated numbers of the law."""

    list_display = (
        "named", "figure_text", "unit_text", "valid_from", "valid_to", "legal_basis", "source_badge",
    )  # fmt: skip
    list_filter = (OnFilter, "verified", "text_status", "pack")
    search_fields = ("key", "title_zh", "title_en")
    ordering = ("key", "-valid_from")

    @admin.display(description=_("value"))
    def figure_text(self, row: ParameterValue) -> str:
        """With thousands set apart, as on the public page."""
        return figure(row.value)

    @admin.display(description=_("unit"), ordering="unit")
    def unit_text(self, row: ParameterValue) -> str:
        """In words."""
        return unit_words(row.unit)


@admin.register(DeadlineRule)
class DeadlineRuleAdmin(SourcedAdmin):
    """Terms by date and business line."""

    list_display = (
        "named", "amount", "unit_text", "scope_text", "valid_from", "valid_to", "legal_basis",
        "source_badge",
    )  # fmt: skip
    list_filter = (OnFilter, "unit", "verified", "text_status", "pack")
    search_fields = ("key", "title_zh", "title_en")
    ordering = ("key", "valid_from")

    @admin.display(description=_("unit"), ordering="unit")
    def unit_text(self, row: DeadlineRule) -> str:
        """In words."""
        return said(dict(UNIT_TEXT).get(row.unit, {})) or row.unit

    @admin.display(description=_("business lines"))
    def scope_text(self, row: DeadlineRule) -> str:
        """By name."""
        lines = () if row.scope == "*" else row.scope.split(",")
        return ", ".join(str(BusinessLine(line).label) for line in lines) or str(_("All"))


@admin.register(Instrument)
class InstrumentAdmin(SourcedAdmin):
    """Laws, orders, notices and standards."""

    list_display = ("named", "document_number", "announced", "valid_from", "valid_to", "source_badge")
    list_filter = (OnFilter, "text_status", "verified", "pack")
    search_fields = ("key", "title_zh", "title_en", "document_number")
    ordering = ("key",)


@admin.register(Clause)
class ClauseAdmin(CoveragePages, SourcedAdmin):
    """What the instruments ask, clause by clause, in our own words; with the picture of what the law covers."""

    list_display = ("title_shown", "legal_basis", "subject_text", "kind", "valid_from", "valid_to", "source_badge")
    list_filter = (OnFilter, LineFilter, SubjectFilter, "kind", "verified", "text_status", "pack")
    search_fields = ("key", "title_zh", "title_en", "text_zh", "text_en", "instrument")
    ordering = ("instrument", "id")
    list_before_template = "rulebook/admin/clauses_before.html"

    def get_urls(self) -> list[Any]:
        """The matrix beside the list."""
        return [*self.coverage_urls(), *super().get_urls()]


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
