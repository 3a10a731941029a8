"""Staff pages of the self-discipline records."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from common.admin import ScopedAdmin
from selfdiscipline.models import Association, IndicatorSeries, IndicatorValue, Membership


@admin.register(Association)
class AssociationAdmin(ScopedAdmin):
    """The association tree."""

    list_display = ("code", "name", "parent", "member_count")
    list_select_related = ("parent",)
    search_fields = ("code", "name_zh", "name_en")
    ordering = ("code",)
    exclude = ("public_id",)

    @admin.display(description=_("name"))
    def name(self, association: Association) -> str:
        """In the reader's language."""
        return str(association)

    @admin.display(description=_("members"))
    def member_count(self, association: Association) -> int:
        """Open memberships."""
        return association.memberships.filter(member_to__isnull=True).count()


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    """Who is a member since when."""

    list_display = ("platform", "association", "member_from", "member_to", "state")
    list_select_related = ("platform", "association")
    list_filter = ("association", "state")
    search_fields = ("platform__name",)
    ordering = ("-id",)
    exclude = ("public_id",)


@admin.register(IndicatorSeries)
class IndicatorSeriesAdmin(ScopedAdmin):
    """Definitions of the statistical indicators."""

    list_display = ("code", "name", "association", "column", "unit")
    list_select_related = ("association",)
    ordering = ("code",)
    exclude = ("public_id",)

    @admin.display(description=_("name"))
    def name(self, series: IndicatorSeries) -> str:
        """In the reader's language."""
        return str(series)


@admin.register(IndicatorValue)
class IndicatorValueAdmin(ScopedAdmin):
    """Computed months."""

    list_display = ("series", "period", "value", "members_counted", "members_total", "computed_at")
    list_select_related = ("series",)
    list_filter = ("series",)
    ordering = ("-period", "series")
    exclude = ("public_id",)
