"""The list of complaints, one complaint, and a page for each step; buttons call services."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from common.admin import ScopedAdmin, principal_of
from common.errors import Refusal
from common.principal import Principal
from complaints import selectors, services
from complaints.admin.words import clocks_of, head_of, history_of, outcome_words, reads_of, replied, said, verbs_of
from complaints.choices import Outcome
from complaints.models import Complaint, short_tail
from complaints.permissions import permits
from complaints.services.closing import AUTHORITY_OUTCOMES
from regulators import selectors as regulators

STATE_COLOURS = {
    "filed": "info",
    "routed": "info",
    "with_platform": "warning",
    "answered": "info",
    "escalated": "danger",
    "closed": "success",
    "withdrawn": "default",
}


@dataclass(frozen=True)
class WordsStep:
    """A step that needs one text: the service, its field, and what the page says."""

    service: Any
    field: str
    title: Any
    about: Any
    told: Any


ASK = WordsStep(
    services.supplement_request,
    "question",
    _("Ask the complainant"),
    _("The complainant reads this on the status page and answers there. The clocks stand still meanwhile."),
    _("Asked. The clocks stand still until the answer."),
)
EXTEND = WordsStep(
    services.clock_extend,
    "reason",
    _("Grant more time"),
    _("The platform's clock gets the next extension its rule allows. You are named as the approver."),
    _("More time granted. The complainant was told."),
)


def _with_dates(actor: Principal) -> QuerySet[Complaint]:
    return selectors.next_due(selectors.complaints_visible_to(actor)).select_related("platform", "owner_authority")


@admin.register(Complaint)
class ComplaintAdmin(ScopedAdmin):
    """Complaints of the officer's authorities. The text is opened on a page of its own, and that is recorded."""

    visible = staticmethod(_with_dates)
    view_roles: ClassVar[frozenset[str]] = frozenset({"officer", "supervisor", "secretariat", "auditor"})
    list_display = (
        "number",
        "state_tag",
        "platform_shown",
        "category",
        "owner_authority",
        "filed_day",
        "due",
        "source",
    )
    list_filter = ("state", "business_line", "category", "source")
    search_fields = ("=public_id", "platform__name")
    search_help_text = _("Short number, full number or platform")
    ordering = ("-id",)
    change_form_template = "complaints/admin/complaint.html"
    fields = (
        "platform",
        "business_line",
        "region_name",
        "category",
        "happened_on",
        "amount_shown",
        "owner_authority",
        "identity_tier",
        "language_name",
        "source",
        "filed_at",
        "forwarded_at",
        "closed_at",
        "outcome",
        "full_number",
    )
    readonly_fields = fields
    actions_detail = ("open_text", "forward", "ask", "extend", "decide")
    change_form_outer_before_template = "complaints/admin/head.html"
    change_form_outer_after_template = "regulators/between_page.html"

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("regulators/coordination.css",)}

    @display(description=_("Number"))
    def number(self, row: Complaint) -> str:
        """The short number; it is enough to tell rows apart."""
        return row.number

    @display(description=_("Complaint number"))
    def full_number(self, row: Complaint) -> str:
        """The outside number, as on the receipt."""
        return str(row.public_id)

    @display(description=_("region"))
    def region_name(self, row: Complaint) -> str:
        """The place by its name."""
        return said(regulators.region_name(row.region))

    @display(description=_("amount in dispute"))
    def amount_shown(self, row: Complaint) -> str:
        """Grouped, with its currency."""
        return "–" if row.amount is None else f"{row.amount:,.2f} {row.currency}"

    @display(description=_("language"))
    def language_name(self, row: Complaint) -> str:
        """The language by its own name."""
        return str(dict(settings.LANGUAGES).get(row.language, row.language))

    @display(description=_("state"), label=STATE_COLOURS)
    def state_tag(self, row: Complaint) -> tuple[str, str]:
        """State as a tag; red only where somebody has to act."""
        return row.state, str(row.get_state_display())

    @display(description=_("platform"))
    def platform_shown(self, row: Complaint) -> str:
        """The register's name, or that it is not listed (what the consumer wrote is personal text)."""
        return row.platform.name if row.platform else str(_("not listed"))

    @display(description=_("received"), ordering="filed_at")
    def filed_day(self, row: Complaint) -> str:
        """The day of receipt."""
        return f"{row.filed_at:%Y-%m-%d}"

    @display(description=_("next date"), ordering="next_due")
    def due(self, row: Complaint) -> str:
        """The soonest running date."""
        found = getattr(row, "next_due", None)
        return found.isoformat() if found and row.state not in {"closed", "withdrawn"} else "–"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page with history and clocks."""
        row = _with_dates(principal_of(request)).filter(pk=object_id).first()
        extra = {**(extra_context or {}), **({**_page_facts(row), **_between(row, request)} if row else {})}
        return super().change_view(request, object_id, form_url, extra)

    def get_urls(self) -> list[Any]:
        """Pages for reading the text, deciding, and downloading a file."""
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/text/", wrap(self.text_view), name="complaints_complaint_text"),
            path("<int:pk>/send/", wrap(self.send_view), name="complaints_complaint_send"),
            path("<int:pk>/ask/", wrap(self.ask_view), name="complaints_complaint_question"),
            path("<int:pk>/extend/", wrap(self.extend_view), name="complaints_complaint_extension"),
            path("<int:pk>/decide/", wrap(self.decide_view), name="complaints_complaint_decision"),
            path("file/<int:pk>/", wrap(self.file_view), name="complaints_complaint_file"),
        ]
        return own + super().get_urls()

    @action(description=_("Open the text"), url_path="open-text", permissions=["read"])
    def open_text(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """To the page that asks why."""
        return HttpResponseRedirect(reverse("admin:complaints_complaint_text", args=[object_id]))

    @action(description=_("Send to the platform"), url_path="forward", permissions=["forward"])
    def forward(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """To the page that asks once more: a link alone changes nothing."""
        return HttpResponseRedirect(reverse("admin:complaints_complaint_send", args=[object_id]))

    @action(description=_("Ask the complainant"), url_path="ask-now", permissions=["ask"])
    def ask(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """To the page that asks for the question."""
        return HttpResponseRedirect(reverse("admin:complaints_complaint_question", args=[object_id]))

    @action(description=_("Grant more time"), url_path="extend-now", permissions=["extend"])
    def extend(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """To the page that asks for the reason."""
        return HttpResponseRedirect(reverse("admin:complaints_complaint_extension", args=[object_id]))

    @action(description=_("Decide"), url_path="decide-now", permissions=["close"])
    def decide(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """To the page that asks for the decision."""
        return HttpResponseRedirect(reverse("admin:complaints_complaint_decision", args=[object_id]))

    def _may(self, request: HttpRequest, object_id: int | str, verb: str) -> bool:
        """Whether the state allows the step and the reader may take it, so that no button leads to a refusal."""
        actor = principal_of(request)
        row = selectors.complaints_visible_to(actor).filter(pk=object_id).first()
        return row is not None and verb in verbs_of(actor, row)

    def has_read_permission(self, request: HttpRequest, object_id: int | str) -> bool:
        """For the button that opens the text."""
        actor = principal_of(request)
        row = selectors.complaints_visible_to(actor).filter(pk=object_id).first()
        return row is not None and permits(actor, "complaints.read_narrative", row)

    def has_forward_permission(self, request: HttpRequest, object_id: int | str) -> bool:
        """For the button that sends it to the platform."""
        return self._may(request, object_id, "forward")

    def has_ask_permission(self, request: HttpRequest, object_id: int | str) -> bool:
        """For the button that asks the complainant."""
        return self._may(request, object_id, "ask_supplement")

    def has_extend_permission(self, request: HttpRequest, object_id: int | str) -> bool:
        """For the button that grants more time."""
        return self._may(request, object_id, "extend")

    def has_close_permission(self, request: HttpRequest, object_id: int | str) -> bool:
        """For the button that decides."""
        return self._may(request, object_id, "close")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A short number finds its complaint."""
        tail = short_tail(search_term)
        if tail:
            return queryset.filter(public_id__endswith=tail), False
        return super().get_search_results(request, queryset, search_term)

    def _page(self, request: HttpRequest, row: Complaint, title: Any, **more: Any) -> dict[str, Any]:
        """Context of a page of one step: the complaint in short above the form."""
        return {
            **self.admin_site.each_context(request), "row": row, "head": head_of(row),
            "title": f"{title} · {row.number}", **more,
        }  # fmt: skip

    def _row(self, request: HttpRequest, pk: int) -> Complaint:
        return get_object_or_404(selectors.complaints_visible_to(principal_of(request)), pk=pk)

    def text_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the purpose; then show the text once. The reading is recorded."""
        row = self._row(request, pk)
        context = self._page(request, row, _("Open the text"), purpose=request.POST.get("purpose", ""))
        if request.method == "POST":
            actor, purpose = principal_of(request), request.POST.get("purpose", "")
            try:
                context["text"] = services.narrative_open(actor=actor, complaint_id=pk, purpose=purpose)
                context["contact"] = services.contact_open(actor=actor, complaint_id=pk, purpose=purpose)
                context["replies"] = [replied(reply) for reply in selectors.replies_of(row)]
                context["files"] = list(row.attachments.only("pk", "kind", "size_bytes", "sha256"))
            except Refusal as refusal:
                messages.error(request, f"{refusal.message} {refusal.cure}")
        response = TemplateResponse(request, "complaints/admin/text.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def send_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more; then forward."""
        row = self._row(request, pk)
        if request.method == "POST":
            _run(request, _("Sent to the platform."), services.complaint_forward, complaint_id=pk)
            return _back(pk)
        context = self._page(request, row, _("Send to the platform"))
        return TemplateResponse(request, "complaints/admin/send.html", context)

    def ask_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask the complainant for what is missing; the clocks stand still until the answer."""
        return self._words(request, pk, ASK)

    def extend_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Grant the extension that the rule allows; the complainant is told."""
        return self._words(request, pk, EXTEND)

    def _words(self, request: HttpRequest, pk: int, step: WordsStep) -> HttpResponse:
        """A page with one text field that calls one service."""
        row = self._row(request, pk)
        if request.method == "POST":
            values = {"complaint_id": pk, step.field: request.POST.get("text", "")}
            if _run(request, step.told, step.service, **values):
                return _back(pk)
        context = self._page(
            request, row, step.title, verb=step.title, about=step.about, text=request.POST.get("text", "")
        )
        return TemplateResponse(request, "complaints/admin/words.html", context)

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for outcome and reasons; show them once more as the complainant will read them; close."""
        row, given = self._row(request, pk), request.POST
        outcome, reason = given.get("outcome", ""), given.get("reason", "")
        if given.get("step") == "close" and _run(
            request, _("Decided."), services.complaint_close, complaint_id=pk, outcome=outcome, reason=reason
        ):
            return _back(pk)
        outcomes = [(code, Outcome(code).label) for code in AUTHORITY_OUTCOMES]
        is_read_back = given.get("step") == "look" and outcome in AUTHORITY_OUTCOMES and bool(reason.strip())
        context = self._page(
            request, row, _("Decide"), outcomes=outcomes, outcome=outcome, reason=reason, is_read_back=is_read_back,
            outcome_words=outcome_words(outcome) if outcome in AUTHORITY_OUTCOMES else "",
        )  # fmt: skip
        return TemplateResponse(request, "complaints/admin/decide.html", context)

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Download an attachment; never shown in place. The reading is recorded."""
        try:
            opened = services.attachment_open(
                actor=principal_of(request), attachment_id=pk, purpose=str(_("download in the admin"))
            )
        except Refusal:
            return HttpResponse(status=404)
        response = HttpResponse(opened.content, content_type=opened.media_type)
        extension = {"application/pdf": "pdf", "image/png": "png"}.get(opened.media_type, "jpg")
        response["Content-Disposition"] = f'attachment; filename="attachment-{pk}.{extension}"'
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "no-store"
        return response


def _between(row: Complaint, request: HttpRequest) -> dict[str, Any]:
    """What is between authorities about the complaint; the forms for its owner while it is open."""
    principal, subject = principal_of(request), f"complaint:{row.pk}"
    may_offer = row.state not in {"closed", "withdrawn"} and permits(principal, "complaints.forward", row)
    return {
        "subject": subject,
        "matters": regulators.matters_about(subject),
        "bodies": regulators.bodies_by_kind(principal.authority_ids, subject) if may_offer else [],
    }


def _page_facts(row: Complaint) -> dict[str, Any]:
    return {
        "row": row, "head": head_of(row), "clocks": clocks_of(row), "history": history_of(row),
        "reads": reads_of(row), "why": said(row.owner_why),
    }  # fmt: skip


def _run(request: HttpRequest, done: Any, service: Any, **values: Any) -> bool:
    """Call a service as the officer and say what came of it."""
    try:
        service(actor=principal_of(request), **values)
    except Refusal as refusal:
        messages.error(request, f"{refusal.message} {refusal.cure}")
        return False
    messages.success(request, str(done))
    return True


def _back(pk: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:complaints_complaint_change", args=[pk]))
