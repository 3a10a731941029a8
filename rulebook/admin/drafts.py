"""The rule editor: write, look, submit, approve by a second person. Every button calls one service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.decorators import display

from common import clock
from common.admin import ScopedAdmin, principal_of
from common.errors import Refusal
from common.principal import Principal
from common.transitions import transitions_of
from rulebook import selectors, services
from rulebook.admin.looking import looked_at
from rulebook.admin.people import person_names
from rulebook.admin.rehearsing import tried
from rulebook.admin.starting import blank_text, choices_of_start, text_of
from rulebook.choices import DraftPurpose, DraftState
from rulebook.models import RuleDraft
from rulebook.permissions import has_permission, permits
from rulebook.wording import said
from rulebook.workflow import RULE_DRAFT

STATE_BADGES = {"draft": "info", "submitted": "warning", "approved": "success", "withdrawn": "", "discarded": ""}
STEP_LABELS = {
    "submit": gettext_lazy("Submit to a second person"), "discard": gettext_lazy("Discard the draft"),
    "take_back": gettext_lazy("Take back"), "reject": gettext_lazy("Send back to the author"),
    "approve": gettext_lazy("Approve and put in force"),
}
VERB_WORDS = {
    "create": gettext_lazy("begun"), "submit": gettext_lazy("submitted"), "discard": gettext_lazy("discarded"),
    "take_back": gettext_lazy("taken back"), "reject": gettext_lazy("sent back"), "approve": gettext_lazy("approved"),
    "withdraw": gettext_lazy("withdrawn"),
}


@admin.register(RuleDraft)
class RuleDraftAdmin(ScopedAdmin):
    """Texts on their way to a second person, and what became of them."""

    class Media:
        css = {"all": ("rulebook/rulebook.css",)}

    list_display = ("name", "purpose", "state_badge", "author_name", "changed_at", "revision")
    list_filter = ("state", "purpose")
    search_fields = ("rule_id", "title_zh", "title_en")
    ordering = ("-id",)
    exclude = ("public_id",)
    list_before_template = "rulebook/admin/drafts_before.html"

    @admin.display(description=gettext_lazy("rule"), ordering="rule_id")
    def name(self, draft: RuleDraft) -> str:
        """Id and title, as far as the text can be read."""
        return str(draft) or str(_("(not readable yet)"))

    @display(description=gettext_lazy("state"), label=STATE_BADGES)
    def state_badge(self, draft: RuleDraft) -> tuple[str, Any]:
        """In words; an approved text says from when."""
        return draft.state, state_words(draft)

    @admin.display(description=gettext_lazy("author"))
    def author_name(self, draft: RuleDraft) -> str:
        """The person behind the label."""
        return person_names([draft.author])[draft.author]

    def get_urls(self) -> list[Any]:
        """Start, look, save, step."""
        wrap = self.admin_site.admin_view
        return [
            path("new/", wrap(self.new_view), name="rulebook_ruledraft_new"),
            path("<int:pk>/look/", wrap(require_POST(self.look_view)), name="rulebook_ruledraft_look"),
            path("<int:pk>/try/", wrap(self.try_view), name="rulebook_ruledraft_try"),
            path("<int:pk>/save/", wrap(require_POST(self.save_view)), name="rulebook_ruledraft_save"),
            path("<int:pk>/step/", wrap(require_POST(self.step_view)), name="rulebook_ruledraft_step"),
            *super().get_urls(),
        ]

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """Begin: the usual parts of a new rule, a copy of a rule, or the end of one."""
        actor = principal_of(request)
        if not has_permission(actor, "rule.edit"):
            self.message_user(request, _("Officers and supervisors write rules."), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:rulebook_ruledraft_changelist"))
        given = request.POST if request.method == "POST" else {}
        if given:
            try:
                return _to_editor(_begin(actor, request).id)
            except (Refusal, ValueError) as error:
                text = f"{error.message} {error.cure}" if isinstance(error, Refusal) else _("This is no day.")
                self.message_user(request, text, messages.ERROR)
        context = {
            **self.admin_site.each_context(request), "title": _("Begin a rule"), "opts": self.model._meta,  # noqa: SLF001
            "rules": [(ref.rule_id, said(ref.title)) for ref in selectors.rules_catalogue()],
            "chosen": request.GET.get("rule", "") or given.get("rule_id", ""),
            "is_ending": "end" in request.GET or given.get("start") == "end",
            "beginnings": _beginnings(request.GET.get("rule", ""), is_ending="end" in request.GET),
            "given": given, "today": clock.today(), **choices_of_start(),
        }
        return TemplateResponse(request, "rulebook/admin/draft_new.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The editor; an unknown draft goes back to the list, as everywhere in the admin."""
        draft = self.get_object(request, object_id)
        if draft is None or not self.has_view_permission(request, draft) or request.method != "GET":
            return super().change_view(request, object_id, form_url, extra_context)
        return self._editor(request, draft, draft.text)

    def _editor(
        self, request: HttpRequest, draft: RuleDraft, text: str, *, looked: Any = None, theirs: str = "",
        trial: Any = None,
    ) -> HttpResponse:
        actor = principal_of(request)
        steps = [(verb, STEP_LABELS[verb]) for verb in RULE_DRAFT.verbs_from(draft.state) if _may(actor, verb, draft)]
        history = transitions_of("rule_draft", draft.pk)
        names = person_names({step.actor for step in history} | {draft.author, *draft.editors})
        context = {
            **self.admin_site.each_context(request), "title": str(draft) or _("(not readable yet)"),
            "opts": self.model._meta, "draft": draft, "text": text, "state": state_words(draft),  # noqa: SLF001
            "author": names[draft.author], "editors": [names[label] for label in draft.editors],
            "may_edit": draft.state == DraftState.DRAFT and has_permission(actor, "rule.edit"),
            "is_editor": actor.label in draft.editors, "steps": steps, "may_approve": "approve" in dict(steps),
            "present": selectors.rule_current(draft.rule_id, draft.pack) if draft.rule_id else None,
            "is_behind": _is_behind(draft), "theirs": theirs, "on": clock.today(),
            "looked": looked or looked_at(actor, draft, text, _first_look(draft, actor)),
            "past_day": services.past_day(draft) if "approve" in dict(steps) else None,
            "trial": trial or tried(actor, draft, text),
            "history": [{"at": s.at, "who": names[s.actor], "what": VERB_WORDS.get(s.verb, s.verb), "note": s.note}
                        for s in history],
            "lines": range(1, max(len(text.splitlines()), 1) + 1),
        }  # fmt: skip
        return TemplateResponse(request, "rulebook/admin/editor.html", context)

    def look_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The panel beside the text: problems, examples, comparison. Writes nothing."""
        draft = get_object_or_404(RuleDraft, pk=pk)
        looked = looked_at(
            principal_of(request), draft, _text(request, draft), request.POST.get("do", "check")
        )
        if "fetch" in request.headers.get("X-Requested-With", ""):
            return TemplateResponse(request, "rulebook/admin/draft_looked.html", {"looked": looked, "draft": draft})
        return self._editor(request, draft, _text(request, draft), looked=looked)

    def try_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The trial on filings: start it, stop it, see how far it is. GET only shows; a script asks for the part."""
        draft, actor = get_object_or_404(RuleDraft, pk=pk), principal_of(request)
        text, refusal, on = _text(request, draft), "", _day(request.POST.get("on", ""))
        try:
            if request.POST.get("do") == "try":
                services.rehearsal_start(actor=actor, draft_id=pk, text=text, on=on)
            elif request.POST.get("do") == "stop":
                services.rehearsal_stop(actor=actor, draft_id=pk)
        except Refusal as refused:
            refusal = f"{refused.message} {refused.cure}"
        trial = tried(actor, draft, text, on=on, refusal=refusal)
        if "fetch" in request.headers.get("X-Requested-With", ""):
            return TemplateResponse(request, "rulebook/admin/draft_tried.html", {"trial": trial, "draft": draft})
        return self._editor(request, draft, text, trial=trial)

    def save_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep the text. When somebody was faster, both texts are shown and nothing is lost."""
        try:
            services.draft_save(
                actor=principal_of(request), draft_id=pk, text=_text(request, None),
                revision=_number(request.POST.get("revision")), reason=request.POST.get("reason", ""),
            )
        except Refusal as refusal:
            return self._not_kept(request, pk, refusal)
        self.message_user(request, _("The draft is saved."))
        return _to_editor(pk)

    def _not_kept(self, request: HttpRequest, pk: int, refusal: Refusal) -> HttpResponse:
        self.message_user(request, f"{refusal.message} {refusal.cure}", messages.ERROR)
        draft = get_object_or_404(RuleDraft, pk=pk)
        theirs = draft.text if refusal.code == "rule_draft.changed_meanwhile" else ""
        return self._editor(request, draft, _text(request, draft), theirs=theirs)

    def step_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Submit, take back, send back, approve, discard; or follow the present version of the rule.

        What was typed and not saved yet is saved first, so that nobody submits another text than the one they see.
        """
        actor, verb = principal_of(request), request.POST.get("verb", "")
        if verb == "approve" and "read" not in request.POST:
            self.message_user(request, _("Tick that you have read comparison and examples, then approve."),
                              messages.ERROR)  # fmt: skip
            return _to_editor(pk)
        try:
            revision = _kept(actor, request, pk, verb)
        except Refusal as refusal:
            return self._not_kept(request, pk, refusal)
        if verb == "rebase":
            return self._call(
                request, pk, lambda: services.draft_rebase(actor=actor, draft_id=pk, revision=revision)
            )
        return self._call(
            request, pk,
            lambda: services.draft_step(
                actor=actor, draft_id=pk, verb=verb, revision=revision, note=request.POST.get("note", ""),
                accepts_past="accepts_past" in request.POST,
            ),
        )

    def _call(self, request: HttpRequest, pk: int, verb: Callable[[], Any]) -> HttpResponse:
        try:
            verb()
        except Refusal as refusal:
            named = " ".join(f"[{error['row']}] {error['message']}" for error in refusal.errors[:5])
            self.message_user(request, f"{refusal.message} {named} {refusal.cure}", messages.ERROR)
        else:
            self.message_user(request, _("Done."))
        return _to_editor(pk)


def _beginnings(rule: str, *, is_ending: bool) -> list[str]:
    """The cards of the page, the one that was asked for first."""
    order = ("end", "copy", "parts") if is_ending else ("copy", "end", "parts") if rule else ("parts", "copy", "end")
    return [f"rulebook/admin/begin_{name}.html" for name in order]


def _begin(actor: Principal, request: HttpRequest) -> services.DraftRef:
    start, rule_id = request.POST.get("start", ""), request.POST.get("rule_id", "")
    if start == "end":
        return services.withdrawal_create(
            actor=actor, rule_id=rule_id, ends_on=date.fromisoformat(request.POST.get("ends_on", "")),
            reason=request.POST.get("reason", ""),
        )
    if start == "copy":
        return services.draft_create(actor=actor, rule_id=rule_id or "-")
    text = text_of(request.POST) if start == "parts" else blank_text()
    return services.draft_create(actor=actor, text=text)


def _kept(actor: Principal, request: HttpRequest, pk: int, verb: str) -> int:
    """Save what was typed before a step that sends it on; returns the revision to go on with."""
    revision = _number(request.POST.get("revision"))
    draft = RuleDraft.objects.filter(pk=pk, state=DraftState.DRAFT).first()
    if draft is None or verb not in ("submit", "rebase") or "text" not in request.POST:
        return revision
    text, reason = _text(request, draft), request.POST.get("reason", draft.reason).strip()
    if (text, reason) == (draft.text, draft.reason):
        return revision
    return services.draft_save(actor=actor, draft_id=pk, text=text, revision=revision, reason=reason).revision


def _to_editor(pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:rulebook_ruledraft_change", args=[pk]))


def _text(request: HttpRequest, draft: RuleDraft | None) -> str:
    """The text as typed; a browser sends line ends its own way."""
    typed = request.POST.get("text")
    return (draft.text if draft else "") if typed is None else typed.replace("\r\n", "\n")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return clock.today()


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _may(actor: Principal, verb: str, draft: RuleDraft) -> bool:
    """Whether the button is shown; the service decides."""
    edge = RULE_DRAFT.edge(draft.state, verb)
    if edge is None or verb == "withdraw" or not permits(actor, edge.permission, draft):
        return False
    return verb != "approve" or actor.label not in draft.editors


def _first_look(draft: RuleDraft, actor: Principal) -> str:
    """Whoever may approve sees comparison and examples at once; everybody else the check."""
    return "review" if _may(actor, "approve", draft) else "check"


def _is_behind(draft: RuleDraft) -> bool:
    """Whether the rule has a newer version than the one copied."""
    if draft.state not in (DraftState.DRAFT, DraftState.SUBMITTED) or draft.base is None:
        return False
    present = selectors.rule_current(draft.rule_id, draft.pack)
    return present is not None and draft.base.rule_id == draft.rule_id and present.rule_version_id != draft.base_id


def state_words(draft: RuleDraft) -> str:
    """The state in words; what is approved says from when it holds, or until when."""
    if draft.state == DraftState.APPROVED and draft.purpose == DraftPurpose.WITHDRAWAL:
        return _("Ends on %(day)s") % {"day": draft.ends_on}
    if draft.state == DraftState.APPROVED and draft.result is not None and draft.result.valid_from is not None:
        begins = draft.result.valid_from
        words = _("In force since %(day)s") if begins <= clock.today() else _("Approved; in force from %(day)s")
        return words % {"day": begins}
    return str(DraftState(draft.state).label)
