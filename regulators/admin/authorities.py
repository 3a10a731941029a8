"""Authorities in their time, regions, and the tree of a day."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from common.admin import ScopedAdmin
from regulators.admin.inlines import ReadOnlyInline
from regulators.admin.kept import PresentRows
from regulators.admin.words import PlaceWords
from regulators.models import Authority, Mandate, Region, Succession
from regulators.pictures import tree_svg
from regulators.selectors.overview import authority_tree, region_choices
from regulators.showing import day_of, language


class SuccessorInline(PresentRows, ReadOnlyInline):
    """Who took over."""

    model = Succession
    fk_name = "predecessor"
    fields = ("successor", "on")
    verbose_name_plural = _("Successors")


class PredecessorInline(PresentRows, ReadOnlyInline):
    """Whose duties were taken over."""

    model = Succession
    fk_name = "successor"
    fields = ("predecessor", "on")
    verbose_name_plural = _("Predecessors")


class MandateInline(PresentRows, PlaceWords, ReadOnlyInline):
    """What the authority supervises."""

    model = Mandate
    fields = ("business_line", "role", "region_shown", "duty", "valid_from", "valid_to", "verified")
    readonly_fields = ("region_shown",)


@admin.register(Authority)
class AuthorityAdmin(PlaceWords, ScopedAdmin):
    """Authorities in their time."""

    list_display = ("code", "name", "kind", "parent", "region_shown", "valid_from", "valid_to", "dates_verified")
    list_filter = ("kind", "dates_verified")
    list_select_related = ("parent",)
    search_fields = ("code", "name_zh", "name_en", "short_zh")
    ordering = ("code",)
    fields = (
        "code", "name_zh", "name_en", "short_zh", "short_en", "kind", "region_shown", "parent", "valid_from",
        "valid_to", "dates_verified", "note_zh", "note_en",
    )  # fmt: skip
    readonly_fields = ("region_shown",)
    inlines = (SuccessorInline, PredecessorInline, MandateInline)
    list_before_template = "regulators/tree_link.html"

    @admin.display(description=_("name"))
    def name(self, authority: Authority) -> str:
        """In the reader's language."""
        return str(authority)

    def get_urls(self) -> list[Any]:
        """The tree of a day."""
        view = self.admin_site.admin_view(require_GET(self.tree_view))
        return [path("tree/", view, name="regulators_authority_tree"), *super().get_urls()]

    def tree_view(self, request: HttpRequest) -> HttpResponse:
        """Central bodies with their branches on a day, as picture and list: ?on=&region=."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        tree, said = authority_tree(day_of(request), request.GET.get("region", "")), language()
        listed = [
            {**_listed(item, said)}
            for _kind, bodies in tree.groups
            for body in bodies
            for item in (body, *body.branches)
        ]
        context = {
            **self.admin_site.each_context(request),
            "tree": tree,
            "picture": tree_svg(tree),
            "listed": listed,
            "regions": [(code, name[said]) for code, name in region_choices()],
            "title": _("Tree of authorities"),
        }
        return render(request, "regulators/tree.html", context)


def _listed(body: Any, said: str) -> dict[str, Any]:
    names = ("id", "code", "since", "until", "before", "is_confirmed", "parts")
    return {**{name: getattr(body, name) for name in names}, "name": body.name[said], "note": body.note[said]}


@admin.register(Region)
class RegionAdmin(ScopedAdmin):
    """Regions of the pack and what they lie in."""

    list_display = ("code", "name_zh", "name_en", "parent")
    list_select_related = ("parent",)
    search_fields = ("code", "name_zh", "name_en")
    ordering = ("code",)
