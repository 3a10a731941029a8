"""Staff pages of complaints: lists, read-only pages, buttons that call services."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from common.admin import ScopedAdmin, principal_of
from common.errors import Refusal
from common.principal import Principal
from common.transitions import transitions_of
from complaints import selectors, services
from complaints.choices import Outcome, ReplyKind
from complaints.models import Complaint, PersonalRead
from complaints.permissions import permits
from complaints.public.reading import status_page_clocks
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
STEPS = {
    "file": _("Received"),
    "route": _("Authority found"),
    "forward": _("Sent to the platform"),
    "answer": _("Answered by the platform"),
    "return": _("Answer sent back"),
    "hand_over": _("Handed over to another authority"),
    "escalate": _("A date passed: escalated"),
    "close": _("Decided"),
    "ask_supplement": _("Question to the complainant"),
    "supplement": _("Complainant answered the question"),
    "extend": _("More time granted"),
    "withdraw": _("Withdrawn by the complainant"),
}

READ_PARTS = {
    "narrative": _("What happened"),
    "contact": _("Name and address"),
    "attachment": _("Attachment"),
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
    ordering = ("-id",)
    change_form_template = "complaints/admin/complaint.html"
    fields = (
        "full_number",
        "state",
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
    )
    readonly_fields = fields
    actions_detail = ("open_text", "forward", "ask", "extend", "decide")
    change_form_outer_after_template = "regulators/between_page.html"

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("regulators/coordination.css",)}

    @display(description=_("Number"))
    def number(self, row: Complaint) -> str:
        """The end of the outside number is enough to tell rows apart."""
        return f"…{str(row.public_id)[-8:]}"

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
        extra = {**(extra_context or {}), **({**_page_facts(row, request), **_between(row, request)} if row else {})}
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

    @action(description=_("Open the text"), url_path="open-text")
    def open_text(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """To the page that asks why."""
        return HttpResponseRedirect(reverse("admin:complaints_complaint_text", args=[object_id]))

    @action(description=_("Send to the platform"), url_path="forward")
    def forward(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """To the page that asks once more: a link alone changes nothing."""
        return HttpResponseRedirect(reverse("admin:complaints_complaint_send", args=[object_id]))

    @action(description=_("Ask the complainant"), url_path="ask-now")
    def ask(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """To the page that asks for the question."""
        return HttpResponseRedirect(reverse("admin:complaints_complaint_question", args=[object_id]))

    @action(description=_("Grant more time"), url_path="extend-now")
    def extend(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """To the page that asks for the reason."""
        return HttpResponseRedirect(reverse("admin:complaints_complaint_extension", args=[object_id]))

    @action(description=_("Decide"), url_path="decide-now")
    def decide(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """To the page that asks for the decision."""
        return HttpResponseRedirect(reverse("admin:complaints_complaint_decision", args=[object_id]))

    def _row(self, request: HttpRequest, pk: int) -> Complaint:
        return get_object_or_404(selectors.complaints_visible_to(principal_of(request)), pk=pk)

    def text_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the purpose; then show the text once. The reading is recorded."""
        row = self._row(request, pk)
        context: dict[str, Any] = {**self.admin_site.each_context(request), "row": row, "title": _("Open the text")}
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
        context = {**self.admin_site.each_context(request), "row": row, "title": _("Send to the platform")}
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
        context = {**self.admin_site.each_context(request), "row": row, "title": step.title, "about": step.about}
        return TemplateResponse(request, "complaints/admin/words.html", context)

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for outcome and reasons; close."""
        row = self._row(request, pk)
        if request.method == "POST" and _run(
            request,
            _("Decided."),
            services.complaint_close,
            complaint_id=pk,
            outcome=request.POST.get("outcome", ""),
            reason=request.POST.get("reason", ""),
        ):
            return _back(pk)
        outcomes = [(code, Outcome(code).label) for code in AUTHORITY_OUTCOMES]
        context = {**self.admin_site.each_context(request), "row": row, "outcomes": outcomes, "title": _("Decide")}
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
        "bodies": regulators.bodies_by_kind(principal.authority_ids) if may_offer else [],
    }


def _page_facts(row: Complaint, request: HttpRequest) -> dict[str, Any]:
    language = getattr(request, "LANGUAGE_CODE", "zh-hans")
    return {
        "clocks": status_page_clocks(selectors.clock_facts(row), language),
        "history": _history(row),
        "reads": _reads(row),
        "why": row.owner_why.get("zh" if language.startswith("zh") else "en", ""),
    }


def said(text: Mapping[str, str]) -> str:
    """The reader's half of a pair of texts."""
    return text.get("zh" if (get_language() or "").startswith("zh") else "en", "")


def replied(reply: selectors.ReplyText) -> selectors.ReplyText:
    """A reply with its kind and outcome in words; a question and its answer have no outcome."""
    outcome = str(Outcome(reply.outcome).label) if reply.outcome else ""
    return replace(reply, kind=str(ReplyKind(reply.kind).label), outcome=outcome)


def _history(row: Complaint) -> list[dict[str, Any]]:
    """The steps in words: what, who, and the hand-over behind a change of owner."""
    steps = transitions_of("complaint", row.pk)
    names, matters = _actors(row, (s.actor for s in steps)), regulators.matter_refs(s.note for s in steps)
    return [
        {
            "at": s.at, "text": STEPS.get(s.verb, s.verb), "actor": names[s.actor], "matter": matters.get(s.note),
            "matter_title": said(matters[s.note].title) if s.note in matters else "",
            "note": "" if regulators.is_matter(s.note) else s.note,
        }
        for s in steps
    ]  # fmt: skip


def _actors(row: Complaint, labels: Iterable[str]) -> dict[str, str]:
    """Who acted, in words; the one platform that can act here is the one complained about."""
    found = regulators.actor_names(labels)
    name = row.platform.name if row.platform else ""
    return {label: name if name and label.startswith("platform:") else words for label, words in found.items()}


def _reads(row: Complaint) -> list[dict[str, Any]]:
    """Who opened which part of the text, why."""
    rows = list(PersonalRead.objects.filter(complaint=row)[:20])
    names = _actors(row, (item.reader for item in rows))
    return [
        {"read_at": r.read_at, "who": names[r.reader], "what": READ_PARTS.get(r.what, r.what), "purpose": r.purpose}
        for r in rows
    ]


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


@admin.register(PersonalRead)
class PersonalReadAdmin(ScopedAdmin):
    """Who opened personal text; for auditors and supervisors."""

    view_roles: ClassVar[frozenset[str]] = frozenset({"auditor", "supervisor"})
    list_display = ("read_at", "who", "part", "number", "purpose")
    list_filter = ("what",)
    ordering = ("-id",)
    fields = ("number", "part", "purpose", "who", "read_at")
    readonly_fields = fields

    @display(description=_("reader"))
    def who(self, row: PersonalRead) -> str:
        """The person behind the label."""
        return _actors(row.complaint, [row.reader])[row.reader]

    @display(description=_("what was read"), ordering="what")
    def part(self, row: PersonalRead) -> str:
        """In words."""
        return str(READ_PARTS.get(row.what, row.what))

    @display(description=_("complaint"))
    def number(self, row: PersonalRead) -> SafeString:
        """The end of the number, with the way to the complaint."""
        url = reverse("admin:complaints_complaint_change", args=[row.complaint_id])
        return format_html('<a href="{}">…{}</a>', url, str(row.complaint.public_id)[-8:])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        """Readings of complaints the reader may see."""
        seen = selectors.complaints_visible_to(principal_of(request)).values("pk")
        return PersonalRead.objects.filter(complaint__in=seen).select_related("complaint__platform")
