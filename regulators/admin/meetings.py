"""The joint meeting's page: the secretariat's workplace, the members' view of agenda, minutes and actions."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.admin import ScopedAdmin, principal_of
from common.errors import Refusal
from regulators import services
from regulators.admin.verbs import MEETING_VERBS, refusal_message, run_verb
from regulators.admin.words import subject_words
from regulators.charter import quarter_of
from regulators.choices import AgendaKind, FollowsPanel, PaperKind, ResolutionMode, VoteChoice
from regulators.models import ActionItem, AgendaItem, JointMeeting, Resolution
from regulators.selectors.handovers import bodies_by_kind
from regulators.selectors.meeting_file import meeting_file
from regulators.svg import pictures_added

VERB_LABELS = {
    "convene": _("Send the notice and freeze the papers"),
    "postpone": _("Postpone"),
    "hold": _("Open the sitting"),
    "close": _("Close the meeting"),
}


class MeetingLook:
    """Stylesheet and form without the theme's submit row."""

    change_form_template = "regulators/admin_page.html"

    class Media:
        css = {"all": ("regulators/meeting.css",)}


@admin.register(JointMeeting)
class JointMeetingAdmin(MeetingLook, ScopedAdmin):
    """Quarterly meetings with their agenda."""

    list_display = ("quarter", "state", "planned_on", "held_on", "items")
    list_filter = ("state",)
    ordering = ("-quarter",)
    fields = ("convened_at",)
    change_form_outer_before_template = "regulators/meeting.html"
    list_before_template = "regulators/meeting_open.html"

    @admin.display(description=_("agenda items"))
    def items(self, meeting: JointMeeting) -> int:
        """How many matters are on the agenda."""
        return meeting.agenda.exclude(state__in=("dropped", "merged")).count()

    def get_urls(self) -> list[Any]:
        """One door for all buttons, one for opening a meeting, one for the pack."""
        wrap = self.admin_site.admin_view
        return [
            path("open/", wrap(require_POST(self.open_view)), name="regulators_jointmeeting_open"),
            path("<int:pk>/do/", wrap(require_POST(self.do_view)), name="regulators_jointmeeting_do"),
            path("<int:pk>/pack/", wrap(require_GET(self.pack_view)), name="regulators_jointmeeting_pack"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list with the button that opens this quarter's meeting."""
        principal = principal_of(request)
        extra = {
            "may_open": "secretariat" in principal.roles, "this_quarter": quarter_of(clock.today()),
            **(extra_context or {}),
        }  # fmt: skip
        return super().changelist_view(request, extra)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The workplace above the plain fields."""
        meeting = get_object_or_404(self.get_queryset(request), pk=object_id)
        file = meeting_file(principal_of(request), meeting)
        pictures_added(file)
        extra = {
            "file": file,
            "own": principal_of(request).authority_ids,
            "steps": [(verb, VERB_LABELS[verb]) for verb in file.verbs],
            "kinds": [choice for choice in AgendaKind.choices if choice[0] != "follow_up"],
            "paper_kinds": PaperKind.choices,
            "votes": VoteChoice.choices,
            "modes": ResolutionMode.choices,
            "panel_choices": FollowsPanel.choices,
            "bodies": bodies_by_kind(()) if "secretariat" in principal_of(request).roles else [],
            "title": _("Joint meeting %(quarter)s") % {"quarter": meeting.quarter},
            **(extra_context or {}),
        }  # fmt: skip
        return super().change_view(request, object_id, form_url, extra)

    def open_view(self, request: HttpRequest) -> HttpResponse:
        """Open the meeting of a quarter and go to its page."""
        opened: list[int] = []
        run_verb(
            self, request,
            lambda: opened.append(
                services.meeting_open(actor=principal_of(request), quarter=request.POST.get("quarter", "").strip())
            ),
        )  # fmt: skip
        name, args = ("change", opened) if opened else ("changelist", [])
        place = reverse(f"admin:regulators_jointmeeting_{name}", args=args)
        return HttpResponseRedirect(place)

    def do_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Call the service behind the pressed button; 404 for a meeting that does not exist."""
        get_object_or_404(self.get_queryset(request), pk=pk)
        verb = MEETING_VERBS.get(request.POST.get("verb", ""))
        if verb is not None:
            run_verb(self, request, lambda: verb(principal_of(request), pk, request.POST))
        place = reverse("admin:regulators_jointmeeting_change", args=[pk])
        return HttpResponseRedirect(f"{place}{_anchor(request)}")

    def pack_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The pack as one document: ?language=zh|en&form=html|pdf."""
        get_object_or_404(self.get_queryset(request), pk=pk)
        language = request.GET.get("language", "zh" if (get_language() or "").startswith("zh") else "en")
        try:
            made = services.meeting_pack_export(
                actor=principal_of(request), meeting_id=pk, language=language, form=request.GET.get("form", "html")
            )
        except Refusal as refusal:
            refusal_message(self, request, refusal)
            place = reverse("admin:regulators_jointmeeting_change", args=[pk])
            return HttpResponseRedirect(place)
        answer = HttpResponse(made.body, content_type=made.media_type)
        answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
        return answer


def _anchor(request: HttpRequest) -> str:
    """Back to the item whose button was pressed."""
    item = request.POST.get("item", "")
    return f"#item-{item}" if item.isdecimal() else ""


@admin.register(AgendaItem)
class AgendaItemAdmin(ScopedAdmin):
    """Agenda items of all meetings; the secretariat takes them or drops them."""

    list_display = ("meeting", "kind", "title", "proposed_by", "state", "outcome")
    list_filter = ("state", "kind", "outcome", "meeting")
    search_fields = ("title_zh", "title_en", "subject")
    list_select_related = ("meeting", "proposed_by")
    ordering = ("-meeting__quarter", "position", "id")
    exclude = ("public_id", "subject", "about")
    readonly_fields = ("matter",)
    actions = ("take", "drop")

    @admin.display(description=_("subject"), ordering="subject")
    def matter(self, item: AgendaItem) -> str:
        """The kind of matter; the title names it."""
        return subject_words(item.subject)

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
        def decide() -> None:
            for item in queryset:
                services.agenda_item_decide(actor=principal_of(request), item_id=item.pk, accept=accept)

        run_verb(self, request, decide)


@admin.register(Resolution)
class ResolutionAdmin(ScopedAdmin):
    """What meetings resolved, how, and whether it follows the experts."""

    list_display = ("item", "text", "mode", "follows_panel")
    list_filter = ("mode", "follows_panel")
    list_select_related = ("item",)
    ordering = ("-id",)
    exclude = ("public_id",)

    @admin.display(description=_("text"))
    def text(self, resolution: Resolution) -> str:
        """In the reader's language."""
        return str(resolution)


@admin.register(ActionItem)
class ActionItemAdmin(MeetingLook, ScopedAdmin):
    """Who owes what until when; the owner reports, the secretariat confirms."""

    list_display = ("due_on", "owner", "text", "state", "overdue")
    list_filter = ("state", "owner")
    search_fields = ("text_zh", "text_en", "owner__code")
    list_select_related = ("owner", "resolution__item__meeting")
    ordering = ("due_on", "id")
    fields = ("text_zh", "text_en", "owner", "due_on", "state", "report", "reminded_at", "overdue_at", "done_on")
    change_form_outer_before_template = "regulators/action.html"

    @admin.display(description=_("what"))
    def text(self, action: ActionItem) -> str:
        """In the reader's language."""
        return str(action)

    @admin.display(description=_("overdue"), boolean=True)
    def overdue(self, action: ActionItem) -> bool:
        """Not done although its day has passed."""
        return action.is_overdue

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Buttons for the owner and the secretariat."""
        action = get_object_or_404(self.get_queryset(request), pk=object_id)
        principal = principal_of(request)
        extra = {
            "action_item": action,
            "meeting_pk": action.resolution.item.meeting_id,
            "may_report": action.state == "open" and action.owner_id in principal.authority_ids,
            "may_confirm": action.state == "reported" and "secretariat" in principal.roles,
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, extra)
