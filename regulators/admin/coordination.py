"""Work between authorities: hand-overs, consultations, objects shared with assisting bodies."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common import clock
from common.admin import ScopedAdmin, principal_of
from common.errors import Refusal
from common.principal import Principal
from common.transitions import transitions_of
from regulators import selectors, services
from regulators.admin.verbs import refusal_message, run_verb
from regulators.admin.words import kind_words, reason_words
from regulators.models import Authority, Consultation, HandOver, ObjectAccess
from regulators.permissions import permits_party
from regulators.services.subjects import subject_path
from regulators.workflow import CONSULTATION_WORKFLOW, HANDOVER_WORKFLOW

STEPS = {
    "offer": _("Offered"), "remind": _("Reminder"), "raise": _("To the superior body"),
    "bring": _("Before the joint meeting"), "accept": _("Accepted"), "refuse": _("Refused"),
    "withdraw": _("Withdrawn"), "settle_moved": _("Settled: moves"), "settle_stays": _("Settled: stays"),
    "ask": _("Asked"), "answer": _("Answered"), "settle": _("Answered by the joint meeting"),
}  # fmt: skip


def said(text: dict[str, Any]) -> str:
    """A pair of languages as the reader's text."""
    return str(text.get("zh" if (get_language() or "").startswith("zh") else "en", ""))


class CoordinationAdmin(ScopedAdmin):
    """What both kinds of matters share: two parties, a day, a page of its own with buttons."""

    view_roles = frozenset({"officer", "supervisor", "secretariat"})
    change_form_template = "regulators/admin_page.html"
    list_before_template = "regulators/desks.html"
    list_display = ("number", "matter", "from_authority", "to_authority", "state", "sent_on", "due", "answered_on")
    list_filter = ("state",)
    search_fields = ("title_zh", "title_en", "subject")
    ordering = ("-id",)
    fields = ("sender", "answerer")
    readonly_fields = fields

    class Media:
        css = {"all": ("regulators/coordination.css",)}

    @admin.display(description=_("number"), ordering="id")
    def number(self, row: Any) -> str:
        """The short number."""
        return str(row).split(" ", 1)[0]

    @admin.display(description=_("sent by"))
    def sender(self, row: Any) -> str:
        """The person behind the label."""
        return selectors.actor_names([row.sent_by])[row.sent_by] if row.sent_by else "–"

    @admin.display(description=_("answered by"))
    def answerer(self, row: Any) -> str:
        """The person behind the label."""
        return selectors.actor_names([row.answered_by])[row.answered_by] if row.answered_by else "–"

    @admin.display(description=_("matter"))
    def matter(self, row: Any) -> str:
        """What it is about."""
        return str(row.title)

    @admin.display(description=_("due on"), ordering="due_on")
    def due(self, row: Any) -> SafeString | date:
        """The day, marked when it has passed without an answer."""
        if row.answered_on is None and row.due_on < clock.today():
            return format_html('{} <b class="lx-act">{}</b>', row.due_on.isoformat(), _("overdue"))
        return row.due_on

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list below what waits for the reader and what the reader waits for."""
        principal = principal_of(request)
        extra = {
            "waiting": selectors.matters_waiting_for(principal),
            "sent": selectors.matters_sent_by(principal),
            **(extra_context or {}),
        }
        return super().changelist_view(request, extra)

    def page_of(self, request: HttpRequest, row: Any, workflow: Any) -> dict[str, Any]:
        """Context of one matter's page."""
        principal = principal_of(request)
        history = transitions_of(workflow.subject, row.pk)
        names = selectors.actor_names(step.actor for step in history)
        edges = [workflow.edge(row.state, verb) for verb in workflow.verbs_from(row.state)]
        return {
            "row": row,
            "verbs": {edge.verb for edge in edges if edge and permits_party(principal, edge.permission, row)},
            "steps": [(STEPS.get(step.verb, step.verb), step, names[step.actor]) for step in history],
            "why_due": [said(step) for step in row.why_due.get("steps", [])],
            "is_convention": row.why_due.get("is_convention", False),
            "subject_path": subject_path(row.subject),
            "is_overdue": row.answered_on is None and row.due_on < clock.today(),
            "title": str(row),
        }

    def act(self, request: HttpRequest, pk: int, verb: Callable[[], Any] | None) -> HttpResponse:
        """Call the service behind the pressed button and come back to the page."""
        get_object_or_404(self.get_queryset(request), pk=pk)
        if verb is not None:
            run_verb(self, request, verb)
        seen = self.get_queryset(request).filter(pk=pk).exists()
        name = f"admin:regulators_{self.opts.model_name}_{'change' if seen else 'changelist'}"
        return HttpResponseRedirect(reverse(name, args=[pk] if seen else []))

    def begin(self, request: HttpRequest, verb: Callable[[], int]) -> HttpResponse:
        """Call the service that makes a matter; to its page, or back to the object with the reason."""
        try:
            pk = verb()
        except Refusal as refusal:
            refusal_message(self, request, refusal)
            back = subject_path(request.POST.get("subject", ""))
            return HttpResponseRedirect(back or reverse(f"admin:regulators_{self.opts.model_name}_changelist"))
        self.message_user(request, _("Done."))
        return HttpResponseRedirect(reverse(f"admin:regulators_{self.opts.model_name}_change", args=[pk]))


def number_of(request: HttpRequest, name: str) -> int:
    """A row's number from the form; 0, which no row has, for anything else."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


@admin.register(HandOver)
class HandOverAdmin(CoordinationAdmin):
    """Matters on their way to another authority; the sender answers for them until the receiver accepts."""

    visible = selectors.handovers_visible_to
    change_form_outer_before_template = "regulators/handover.html"

    def get_urls(self) -> list[Any]:
        """One door for a new offer, one for the buttons of a hand-over."""
        wrap = self.admin_site.admin_view
        return [
            path("offer/", wrap(require_POST(self.offer_view)), name="regulators_handover_offer"),
            path("<int:pk>/do/", wrap(require_POST(self.do_view)), name="regulators_handover_do"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Who offers what to whom, until when, and the buttons the reader may press."""
        row = get_object_or_404(self.get_queryset(request), pk=object_id)
        responsible = Authority.objects.get(pk=row.responsible_id)
        extra = {**self.page_of(request, row, HANDOVER_WORKFLOW), "responsible": responsible, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, extra)

    def offer_view(self, request: HttpRequest) -> HttpResponse:
        """Offer the matter named in the form."""
        return self.begin(
            request,
            lambda: services.handover_offer(
                actor=principal_of(request), subject=request.POST.get("subject", ""),
                to_authority_id=number_of(request, "authority"), reason=request.POST.get("text", ""),
            ),
        )  # fmt: skip

    def do_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Accept, refuse, withdraw, bring to the meeting, settle; 404 for a hand-over that is not visible."""
        actor, text = principal_of(request), request.POST.get("text", "")
        return self.act(request, pk, _hand_over_verbs(actor, pk, text).get(request.POST.get("verb", "")))


def _hand_over_verbs(actor: Principal, pk: int, text: str) -> dict[str, Callable[[], Any]]:
    return {
        "accept": lambda: services.handover_accept(actor=actor, handover_id=pk, note=text),
        "refuse": lambda: services.handover_refuse(actor=actor, handover_id=pk, reason=text),
        "withdraw": lambda: services.handover_withdraw(actor=actor, handover_id=pk, reason=text),
        "bring": lambda: services.handover_bring_to_meeting(actor=actor, handover_id=pk, reason=text),
        "settle_moved": lambda: services.handover_settle(actor=actor, handover_id=pk, moves=True, reason=text),
        "settle_stays": lambda: services.handover_settle(actor=actor, handover_id=pk, moves=False, reason=text),
    }


@admin.register(Consultation)
class ConsultationAdmin(CoordinationAdmin):
    """Opinions asked of other authorities; whoever asks stays responsible."""

    visible = selectors.consultations_visible_to
    change_form_outer_before_template = "regulators/consultation.html"

    def get_urls(self) -> list[Any]:
        """One door for a new question, one for the buttons of a consultation."""
        wrap = self.admin_site.admin_view
        return [
            path("ask/", wrap(require_POST(self.ask_view)), name="regulators_consultation_ask"),
            path("<int:pk>/do/", wrap(require_POST(self.do_view)), name="regulators_consultation_do"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The question, its papers, its day and the answer."""
        row = get_object_or_404(self.get_queryset(request), pk=object_id)
        extra = {**self.page_of(request, row, CONSULTATION_WORKFLOW), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, extra)

    def ask_view(self, request: HttpRequest) -> HttpResponse:
        """Ask about the matter named in the form."""
        return self.begin(
            request,
            lambda: services.consultation_open(
                actor=principal_of(request), subject=request.POST.get("subject", ""),
                to_authority_id=number_of(request, "authority"), question=request.POST.get("text", ""),
                papers=request.POST.get("papers", "").splitlines(),
            ),
        )  # fmt: skip

    def do_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer, refuse, withdraw, bring to the meeting; 404 for a consultation that is not visible."""
        actor, text = principal_of(request), request.POST.get("text", "")
        verbs: dict[str, Callable[[], Any]] = {
            "answer": lambda: services.consultation_answer(actor=actor, consultation_id=pk, answer=text),
            "refuse": lambda: services.consultation_refuse(actor=actor, consultation_id=pk, reason=text),
            "withdraw": lambda: services.consultation_withdraw(actor=actor, consultation_id=pk, note=text),
            "bring": lambda: services.consultation_bring_to_meeting(actor=actor, consultation_id=pk, reason=text),
        }
        return self.act(request, pk, verbs.get(request.POST.get("verb", "")))


@admin.register(ObjectAccess)
class ObjectAccessAdmin(ScopedAdmin):
    """Objects shared with assisting authorities."""

    list_display = ("thing", "authority", "why", "granted_at")
    list_filter = ("object_kind",)
    search_fields = ("authority__code",)
    list_select_related = ("authority",)
    ordering = ("-id",)
    fields = list_display
    readonly_fields = fields

    @admin.display(description=_("object"), ordering="object_kind")
    def thing(self, access: ObjectAccess) -> SafeString | str:
        """What is shared, with the way to it where the reader may see it."""
        words = f"{kind_words(access.object_kind)} {access.object_id}"
        place = subject_path(f"{access.object_kind}:{access.object_id}")
        return format_html('<a href="{}">{}</a>', place, words) if place else words

    @admin.display(description=_("reason"))
    def why(self, access: ObjectAccess) -> str:
        """In words."""
        return reason_words(access.reason)
