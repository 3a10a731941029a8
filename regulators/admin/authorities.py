"""Authorities in their time, their officers and the objects shared with them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from common.admin import ScopedAdmin
from regulators.admin.inlines import ReadOnlyInline
from regulators.models import Authority, Mandate, Officer, Region, Succession


class SuccessorInline(ReadOnlyInline):
    """Who took over."""

    model = Succession
    fk_name = "predecessor"
    fields = ("successor", "on")
    verbose_name_plural = _("Successors")


class PredecessorInline(ReadOnlyInline):
    """Whose duties were taken over."""

    model = Succession
    fk_name = "successor"
    fields = ("predecessor", "on")
    verbose_name_plural = _("Predecessors")


class MandateInline(ReadOnlyInline):
    """What the authority supervises."""

    model = Mandate
    fields = ("business_line", "role", "region", "duty", "valid_from", "valid_to", "verified")


@admin.register(Authority)
class AuthorityAdmin(ScopedAdmin):
    """Authorities in their time."""

    list_display = ("code", "name", "kind", "region", "valid_from", "valid_to")
    list_filter = ("kind",)
    search_fields = ("code", "name_zh", "name_en", "short_zh")
    ordering = ("code",)
    exclude = ("public_id", "pack")
    inlines = (SuccessorInline, PredecessorInline, MandateInline)

    @admin.display(description=_("name"))
    def name(self, authority: Authority) -> str:
        """In the reader's language."""
        return str(authority)


@admin.register(Officer)
class OfficerAdmin(ScopedAdmin):
    """Terms of office."""

    list_display = ("user", "authority", "title", "role_names", "term_from", "term_to")
    list_filter = ("authority__kind",)
    search_fields = ("user__username", "authority__code")
    list_select_related = ("user", "authority")
    ordering = ("authority__code", "id")
    exclude = ("public_id",)

    @admin.display(description=_("roles"))
    def role_names(self, officer: Officer) -> str:
        """Codes in a row."""
        return ", ".join(officer.roles)


@admin.register(Region)
class RegionAdmin(ScopedAdmin):
    """GB/T 2260 regions."""

    list_display = ("code", "name_zh", "name_en")
    search_fields = ("code", "name_zh", "name_en")
    ordering = ("code",)
