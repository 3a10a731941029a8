"""Staff pages of the supervision map and the joint meeting."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline, TabularInline

from common.admin import ScopedAdmin, principal_of
from common.errors import Refusal
from regulators import services
from regulators.models import (
    AgendaItem,
    Authority,
    JointMeeting,
    Mandate,
    ObjectAccess,
    Officer,
    OpenQuestion,
    Region,
    Resolution,
    Succession,
)


class ReadOnlyInline(TabularInline):
    """Rows shown with their parent; verbs live in services."""

    extra = 0
    can_delete = False
    tab = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the parent."""
        return True


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


@admin.register(Mandate)
class MandateAdmin(ScopedAdmin):
    """Who supervises what, since when, by which text."""

    list_display = (
        "business_line", "role", "region", "authority", "duty", "valid_from", "valid_to", "verified",
    )  # fmt: skip
    list_filter = ("business_line", "role", "duty", "verified")
    search_fields = ("authority__code", "region")
    list_select_related = ("authority",)
    ordering = ("business_line", "role", "region", "valid_from")
    exclude = ("public_id", "pack")


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


@admin.register(ObjectAccess)
class ObjectAccessAdmin(ScopedAdmin):
    """Objects shared with assisting authorities."""

    list_display = ("object_kind", "object_id", "authority", "reason", "granted_at")
    list_filter = ("object_kind",)
    search_fields = ("authority__code",)
    list_select_related = ("authority",)
    ordering = ("-id",)


@admin.register(Region)
class RegionAdmin(ScopedAdmin):
    """GB/T 2260 regions."""

    list_display = ("code", "name_zh", "name_en")
    search_fields = ("code", "name_zh", "name_en")
    ordering = ("code",)


@admin.register(OpenQuestion)
class OpenQuestionAdmin(ScopedAdmin):
    """What the pack leaves open for the joint meeting."""

    list_display = ("key", "title", "business_line", "role", "valid_from", "valid_to")
    ordering = ("key",)
    exclude = ("public_id", "pack")

    @admin.display(description=_("title"))
    def title(self, question: OpenQuestion) -> str:
        """In the reader's language."""
        return str(question)


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

    list_display = ("item", "responsible", "due_on")
    list_select_related = ("item", "responsible")
    ordering = ("due_on",)
    exclude = ("public_id",)
