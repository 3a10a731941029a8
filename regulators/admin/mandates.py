"""Who supervises what, what the pack leaves open, who owns which object, and where conflicts go."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from common.admin import ScopedAdmin
from regulators.admin.kept import KeptPages
from regulators.admin.words import PlaceWords, SourceWords, kind_words
from regulators.models import ConflictRoute, Mandate, OpenQuestion, OwnershipRule
from regulators.showing import coverage_context, day_of


@admin.register(Mandate)
class MandateAdmin(KeptPages, PlaceWords, SourceWords, ScopedAdmin):
    """Who supervises what, since when, by which text."""

    list_display = (
        "business_line", "role", "region_shown", "authority", "duty", "valid_from", "valid_to", "verified",
    )  # fmt: skip
    fields = (
        "business_line", "role", "region_shown", "authority", "duty", "valid_from", "valid_to", "basis_zh", "basis_en",
        "source_shown", "verified", "known_shown",
    )  # fmt: skip
    readonly_fields = ("region_shown", "source_shown", "known_shown")
    list_filter = ("business_line", "role", "duty", "verified")
    search_fields = ("authority__code", "region")
    list_select_related = ("authority",)
    ordering = ("business_line", "role", "region", "valid_from")
    list_before_template = "regulators/coverage_link.html"

    def get_urls(self) -> list[Any]:
        """The coverage of a day."""
        view = self.admin_site.admin_view(require_GET(self.coverage_view))
        return [path("coverage/", view, name="regulators_mandate_coverage"), *super().get_urls()]

    def coverage_view(self, request: HttpRequest) -> HttpResponse:
        """Lines × roles of a day with gaps and overlaps: ?on=."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        context = {**self.admin_site.each_context(request), **coverage_context(day_of(request)), "staff": True}
        return render(request, "regulators/coverage.html", {**context, "title": _("Who leads")})


@admin.register(OpenQuestion)
class OpenQuestionAdmin(KeptPages, ScopedAdmin):
    """What the pack leaves open for the joint meeting."""

    list_display = ("key", "title", "business_line", "role", "valid_from", "valid_to")
    ordering = ("key",)
    exclude = ("public_id", "pack", "retired_at")
    readonly_fields = ("known_shown",)

    @admin.display(description=_("title"))
    def title(self, question: OpenQuestion) -> str:
        """In the reader's language."""
        return str(question)


@admin.register(OwnershipRule)
class OwnershipRuleAdmin(KeptPages, SourceWords, ScopedAdmin):
    """Which role owns which kind of object."""

    list_display = ("kind_shown", "role", "valid_from", "valid_to", "verified")
    ordering = ("kind", "valid_from")
    fields = (
        "kind_shown", "role", "why_zh", "why_en", "valid_from", "valid_to", "source_shown", "verified", "known_shown",
    )  # fmt: skip
    readonly_fields = ("kind_shown", "source_shown", "known_shown")

    @admin.display(description=_("kind of object"), ordering="kind")
    def kind_shown(self, rule: OwnershipRule) -> str:
        """In words."""
        return kind_words(rule.kind)


@admin.register(ConflictRoute)
class ConflictRouteAdmin(KeptPages, SourceWords, ScopedAdmin):
    """Where a conflict of supervision goes."""

    list_display = ("conflict", "destination", "role", "valid_from", "valid_to", "verified")
    ordering = ("conflict", "valid_from")
    fields = (
        "conflict", "destination", "role", "why_zh", "why_en", "valid_from", "valid_to", "source_shown", "verified",
        "known_shown",
    )  # fmt: skip
    readonly_fields = ("source_shown", "known_shown")
