"""Staff pages of cases. Buttons post to views that call one service each."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from cases import services
from cases.choices import CaseState
from cases.models import Case
from cases.permissions import permits
from cases.selectors import case_file, cases_visible_to
from common import clock
from common.admin import ScopedAdmin, principal_of
from common.errors import Refusal
from regulators import selectors as regulators

DONE = _("Done.")


def between_context(request: HttpRequest, subject: str, case: Case) -> dict[str, Any]:
    """What is between authorities about the case; the forms for its owner while it is running."""
    principal = principal_of(request)
    may_offer = permits(principal, "case.work", case) and case.state != CaseState.CLOSED
    return {
        "subject": subject,
        "matters": regulators.matters_about(subject),
        "bodies": regulators.bodies_by_kind(principal.authority_ids, subject) if may_offer else [],
    }


VERB_LABELS = {
    "assign": _("Assign to me"),
    "review": _("Start review"),
    "propose_measures": _("Propose measures"),
    "close": _("Close the case"),
    "reopen": _("Open again"),
}


@admin.register(Case)
class CaseAdmin(ScopedAdmin):
    """Cases the reader's authorities lead or assist."""

    visible = cases_visible_to
    list_display = (
        "number", "platform", "area_badge", "state", "owner_authority", "assignee", "opened_on", "due_on",
    )  # fmt: skip
    list_filter = ("state", "area", "origin", "competence")
    list_select_related = ("platform", "owner_authority", "assignee__user", "assignee__authority")
    search_fields = ("platform__name",)
    ordering = ("due_on", "id")
    fields = ("opened_on", "closed_on", "origin", "known_at")

    class Media:
        css = {"all": ("regulators/coordination.css",)}

    change_form_template = "cases/admin_case.html"
    change_form_outer_before_template = "cases/case_file.html"
    actions = ("assign_to_me", "propose_to_meeting")

    @admin.display(description=_("case"), ordering="id")
    def number(self, case: Case) -> str:
        """The short number."""
        return str(case)

    @admin.display(description=_("risk area"), ordering="area")
    def area_badge(self, case: Case) -> SafeString | str:
        """Letter, shape and colour."""
        return render_to_string("site/components/area_badge.html", {"area": case.area}) if case.area else "–"

    @admin.action(description=_("Assign to me"))
    def assign_to_me(self, request: HttpRequest, queryset: Any) -> None:
        """Take the chosen cases."""
        for case in queryset:
            self._call(request, partial(services.case_assign, actor=principal_of(request), case_id=case.pk))

    @admin.action(description=_("Propose to the joint meeting (all cases)"))
    def propose_to_meeting(self, request: HttpRequest, queryset: Any) -> None:
        """Propose this quarter's agenda from all cases and the supervision map."""
        today = clock.today()
        quarter = f"{today.year}Q{(today.month + 2) // 3}"
        self._call(request, lambda: services.agenda_propose_from_cases(actor=principal_of(request), quarter=quarter))

    def get_urls(self) -> list[Any]:
        """The buttons of the desk and of the case file."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/assign/", wrap(require_POST(self.assign_view)), name="cases_case_assign"),
            path("<int:pk>/step/", wrap(require_POST(self.step_view)), name="cases_case_step"),
            path("<int:pk>/note/", wrap(require_POST(self.note_view)), name="cases_case_note"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The case file above the plain fields."""
        case = get_object_or_404(self.get_queryset(request), pk=object_id)
        file = case_file(principal_of(request), case)
        extra = {
            "file": file,
            "steps": [(verb, VERB_LABELS[verb]) for verb in file.verbs],
            "title": f"{case} · {file.row.platform_name}",
            **between_context(request, f"case:{case.pk}", case),
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, extra)

    def assign_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give the case to the officer who pressed the button; 404 for a case that is not visible."""
        get_object_or_404(self.get_queryset(request), pk=pk)
        self._call(
            request,
            lambda: services.case_assign(actor=principal_of(request), case_id=pk),
            _("The case is yours."),
        )
        return self._back(request, pk)

    def step_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the chosen step of the workflow; 404 for a case that is not visible."""
        get_object_or_404(self.get_queryset(request), pk=pk)
        verb, note = request.POST.get("verb", ""), request.POST.get("note", "")
        actor = principal_of(request)
        if verb == "assign":
            return self.assign_view(request, pk)
        if verb == "close":
            self._call(request, lambda: services.case_close(actor=actor, case_id=pk, note=note))
        else:
            self._call(request, lambda: services.case_move(actor=actor, case_id=pk, verb=verb, note=note))
        return self._back(request, pk)

    def note_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Add a note; 404 for a case that is not visible."""
        get_object_or_404(self.get_queryset(request), pk=pk)
        text = request.POST.get("text", "")
        self._call(request, lambda: services.case_note_add(actor=principal_of(request), case_id=pk, text=text))
        return self._back(request, pk)

    def _call(self, request: HttpRequest, verb: Callable[[], Any], done: Any = DONE) -> None:
        """Call a service and say what came of it."""
        try:
            verb()
        except Refusal as refusal:
            self.message_user(request, f"{refusal.message} {refusal.cure}", messages.ERROR)
        else:
            self.message_user(request, done)

    def _back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """To the desk when the button stood there, else to the case."""
        if request.POST.get("from") == "desk":
            return HttpResponseRedirect(reverse("admin:index"))
        return HttpResponseRedirect(reverse("admin:cases_case_change", args=[pk]))
