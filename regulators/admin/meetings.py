"""The joint meeting, its agenda and what it resolves."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline

from common.admin import ScopedAdmin, principal_of
from common.errors import Refusal
from regulators import services
from regulators.admin.inlines import ReadOnlyInline
from regulators.models import AgendaItem, JointMeeting, Resolution


class AgendaInline(StackedInline):
    """The agenda on the meeting's page."""

    model = AgendaItem
    extra = 0
    can_delete = False
    fields = ("kind", "state", "proposed_by", "title_zh", "title_en", "body_zh", "body_en")
    has_add_permission = ReadOnlyInline.has_add_permission
    has_change_permission = ReadOnlyInline.has_change_permission
    has_view_permission = ReadOnlyInline.has_view_permission


@admin.register(JointMeeting)
class JointMeetingAdmin(ScopedAdmin):
    """Quarterly meetings with their agenda."""

    list_display = ("quarter", "state", "held_on", "items")
    list_filter = ("state",)
    ordering = ("-quarter",)
    exclude = ("public_id",)
    inlines = (AgendaInline,)

    @admin.display(description=_("agenda items"))
    def items(self, meeting: JointMeeting) -> int:
        """How many matters are on the agenda."""
        return meeting.agenda.count()


@admin.register(AgendaItem)
class AgendaItemAdmin(ScopedAdmin):
    """Agenda items; the secretariat takes them or drops them."""

    list_display = ("meeting", "kind", "title", "proposed_by", "state")
    list_filter = ("state", "kind", "meeting")
    search_fields = ("title_zh", "title_en", "subject")
    list_select_related = ("meeting", "proposed_by")
    ordering = ("-meeting__quarter", "id")
    exclude = ("public_id",)
    actions = ("take", "drop")

    @admin.display(description=_("title"))
    def title(self, item: AgendaItem) -> str:
        """In the reader's language."""
        return str(item)

    @admin.action(description=_("Put on the agenda"))
    def take(self, request: HttpRequest, queryset: Any) -> None:
        """Accept the chosen drafts."""
        self._decide(request, queryset, accept=True)

    @admin.action(description=_("Drop from the agenda"))
    def drop(self, request: HttpRequest, queryset: Any) -> None:
        """Drop the chosen drafts."""
        self._decide(request, queryset, accept=False)

    def _decide(self, request: HttpRequest, queryset: Any, *, accept: bool) -> None:
        try:
            for item in queryset:
                services.agenda_item_decide(actor=principal_of(request), item_id=item.pk, accept=accept)
        except Refusal as refusal:
            self.message_user(request, f"{refusal.message} {refusal.cure}", messages.ERROR)
        else:
            self.message_user(request, _("Done."))


@admin.register(Resolution)
class ResolutionAdmin(ScopedAdmin):
    """What the meeting resolved."""

    list_display = ("item", "mode", "follows_panel")
    list_select_related = ("item",)
    ordering = ("-id",)
    exclude = ("public_id",)
