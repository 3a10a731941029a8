"""Experts, their interests, and questions to panels. Experts see their own questions and opinions, nothing else."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.admin import TabularInline

from common import clock
from common.admin import ScopedAdmin, principal_of
from regulators.admin.inlines import ReadOnlyInline
from regulators.admin.meetings import MeetingLook
from regulators.admin.verbs import EXPERT_VERBS, QUESTION_VERBS, appoint, ask, run_verb
from regulators.choices import BusinessLine, ExpertField, InterestKind
from regulators.models import AgendaItem, ConflictOfInterest, Expert, ExpertQuestion
from regulators.selectors.experts import experts_visible_to, opinions_of, panel_of, questions_visible_to
from regulators.selectors.handovers import bodies_by_kind
from regulators.selectors.meeting_file import here, question_line
from regulators.services.experts import experts_in_term

READERS = frozenset({"officer", "secretariat", "supervisor", "expert"})


class ConflictInline(ReadOnlyInline, TabularInline):
    """What the expert declared."""

    model = ConflictOfInterest
    fields = ("kind", "ref", "reason", "declared_on", "ended_on")


@admin.register(Expert)
class ExpertAdmin(MeetingLook, ScopedAdmin):
    """The advisory group: members see all, an expert the own term."""

    view_roles: ClassVar[frozenset[str]] = READERS
    visible = experts_visible_to
    list_display = ("user", "field_names", "affiliation", "term_from", "term_to")
    search_fields = ("user__username", "affiliation")
    list_select_related = ("user",)
    ordering = ("id",)
    fields = ("user", "field_names", "affiliation", "term_from", "term_to")
    readonly_fields = ("field_names",)
    inlines = (ConflictInline,)
    list_before_template = "regulators/expert_appoint.html"
    change_form_outer_before_template = "regulators/expert.html"

    @admin.display(description=_("fields"))
    def field_names(self, expert: Expert) -> str:
        """In words."""
        return " · ".join(str(ExpertField(name).label) for name in expert.fields)

    def get_urls(self) -> list[Any]:
        """The form that appoints, and the buttons on an expert's page."""
        wrap = self.admin_site.admin_view
        return [
            path("appoint/", wrap(require_POST(self.appoint_view)), name="regulators_expert_appoint"),
            path("<int:pk>/do/", wrap(require_POST(self.do_view)), name="regulators_expert_do"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list under the secretariat's form."""
        extra = {
            "may_appoint": "secretariat" in principal_of(request).roles, "expert_fields": ExpertField.choices,
            **(extra_context or {}),
        }  # fmt: skip
        return super().changelist_view(request, extra)

    def appoint_view(self, request: HttpRequest) -> HttpResponse:
        """Appoint, and go to the expert."""
        made: list[int] = []
        run_verb(self, request, lambda: made.append(appoint(principal_of(request), request.POST)))
        name, args = ("change", made) if made else ("changelist", [])
        return HttpResponseRedirect(reverse(f"admin:regulators_expert_{name}", args=args))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The term, with the form that declares an interest."""
        expert = get_object_or_404(self.get_queryset(request), pk=object_id)
        principal = principal_of(request)
        extra = {
            "expert": expert,
            "interest_kinds": InterestKind.choices,
            "may_release": "secretariat" in principal.roles and expert.term_to is None,
            "may_declare": "secretariat" in principal.roles or expert.user_id == principal.user_id,
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, extra)

    def do_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Call the service; 404 for an expert that is not visible."""
        get_object_or_404(self.get_queryset(request), pk=pk)
        verb = EXPERT_VERBS.get(request.POST.get("verb", ""))
        if verb is not None:
            run_verb(self, request, lambda: verb(principal_of(request), pk, request.POST))
        return HttpResponseRedirect(reverse("admin:regulators_expert_change", args=[pk]))


@admin.register(ExpertQuestion)
class ExpertQuestionAdmin(MeetingLook, ScopedAdmin):
    """Questions to panels, sealed until all opinions are in."""

    view_roles: ClassVar[frozenset[str]] = READERS
    visible = questions_visible_to
    list_display = ("title", "state", "due_at", "published_at")
    list_filter = ("state",)
    search_fields = ("title_zh", "title_en")
    ordering = ("-id",)
    fields = ("due_at", "published_at")
    list_before_template = "regulators/question_ask.html"
    change_form_outer_before_template = "regulators/question.html"

    @admin.display(description=_("title"))
    def title(self, question: ExpertQuestion) -> str:
        """In the reader's language."""
        return str(question)

    def get_urls(self) -> list[Any]:
        """The form that asks, and one door for the buttons of a question."""
        wrap = self.admin_site.admin_view
        return [
            path("ask/", wrap(require_POST(self.ask_view)), name="regulators_expertquestion_ask"),
            path("<int:pk>/do/", wrap(require_POST(self.do_view)), name="regulators_expertquestion_do"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list under the secretariat's form."""
        item = str(request.GET.get("item", ""))
        rest = request.GET.copy()
        rest.pop("item", None)
        request.GET = rest  # type: ignore[assignment]
        found = AgendaItem.objects.filter(pk=int(item)).first() if item.isdecimal() and len(item) < 18 else None
        extra = {
            "may_ask": "secretariat" in principal_of(request).roles,
            "bodies": bodies_by_kind(()) if "secretariat" in principal_of(request).roles else [],
            "item": found,
            "item_title": here(found.title_zh, found.title_en) if found else "",
            "expert_fields": ExpertField.choices,
            "lines": BusinessLine.choices,
            **(extra_context or {}),
        }
        return super().changelist_view(request, extra)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Question, panel, and opinions as far as the reader may see them."""
        principal = principal_of(request)
        row = get_object_or_404(self.get_queryset(request), pk=object_id)
        panel = panel_of(row)
        own = row.seats.filter(actor=principal.label).first()
        extra = {
            "question": question_line(principal, row),
            "row": row,
            "panel": panel,
            "opinions": opinions_of(principal, row.pk),
            "may_ask": "secretariat" in principal.roles and row.state == "asked",
            "own_seat": own if row.state == "asked" and own and own.state != "recused" else None,
            "is_past": clock.now() >= row.due_at,
            "experts": experts_in_term(clock.today()) if "secretariat" in principal.roles else [],
            "title": str(row),
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, extra)

    def ask_view(self, request: HttpRequest) -> HttpResponse:
        """Ask, and go to the question."""
        made: list[int] = []
        run_verb(self, request, lambda: made.append(ask(principal_of(request), request.POST)))
        name, args = ("change", made) if made else ("changelist", [])
        place = reverse(f"admin:regulators_expertquestion_{name}", args=args)
        return HttpResponseRedirect(place)

    def do_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Call the service behind the pressed button; 404 for a question that is not visible."""
        get_object_or_404(self.get_queryset(request), pk=pk)
        verb = QUESTION_VERBS.get(request.POST.get("verb", ""))
        if verb is not None:
            run_verb(self, request, lambda: verb(principal_of(request), pk, request.POST))
        place = reverse("admin:regulators_expertquestion_change", args=[pk])
        return HttpResponseRedirect(place)
