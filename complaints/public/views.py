"""Pages where anyone complains and follows a complaint. They parse, call a service, and render."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import Refusal
from common.principal import public_principal
from complaints import selectors, services
from complaints.public.forms import DRAFT_FIELDS, CodeForm, ComplaintForm, new_token
from complaints.public.reading import status_page
from complaints.public.uploads import MAX_BODY_BYTES, TOO_LARGE, CappedUploadHandler


def _may_go_on(request: HttpRequest, purpose: str) -> bool:
    return services.lookup_count(address=str(request.META.get("REMOTE_ADDR", "")), purpose=purpose)


def _too_many(request: HttpRequest) -> HttpResponse:
    response = render(request, "complaints/too_many.html", status=429)
    response["Retry-After"] = "600"
    return response


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Where to begin: complain, follow, continue."""
    return render(request, "complaints/start.html")


@require_safe
def lost(request: HttpRequest) -> HttpResponse:
    """What to do when the receipt number is lost."""
    return render(request, "complaints/lost.html")


@csrf_exempt
def new(request: HttpRequest) -> HttpResponse:
    """The form. The upload handler is set before anything reads the body; the CSRF check follows inside."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY_BYTES:
        return render(request, "complaints/too_large.html", status=413)
    request.upload_handlers = [CappedUploadHandler(request)]
    return _new(request)


@never_cache
@csrf_protect
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def _new(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        initial = {"form_token": new_token(), "platform": request.GET.get("platform", ""), "region": "000000"}
        return _page(request, ComplaintForm(initial=initial))
    action = request.POST.get("action", "send")
    if action == "find":
        return _page(request, _unchecked(request))
    if action == "draft":
        return _save_draft(request)
    return _send(request)


def _unchecked(request: HttpRequest) -> ComplaintForm:
    """The form with what was typed and no complaints about it; the token must not come from an empty field."""
    typed = {name: request.POST.get(name, "") for name in (*DRAFT_FIELDS, "form_token", "draft_code")}
    typed["form_token"] = typed["form_token"] or new_token()
    return ComplaintForm(initial=typed)


def _page(request: HttpRequest, form: ComplaintForm, status: int = 200) -> HttpResponse:
    return render(request, "complaints/new.html", {"form": form}, status=status)


def _send(request: HttpRequest) -> HttpResponse:
    form = ComplaintForm(request.POST, request.FILES, too_large=bool(request.META.get(TOO_LARGE)))
    if not form.is_valid():
        return _page(request, form, 422)
    if not _may_go_on(request, "file"):
        return _too_many(request)
    complaint = form.new_complaint(translation.get_language() or "zh-hans")
    try:
        filed = services.complaint_file(actor=public_principal(), complaint=complaint)
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        return _page(request, form, 422)
    return render(request, "complaints/receipt.html", {"filed": filed})


def _save_draft(request: HttpRequest) -> HttpResponse:
    if not _may_go_on(request, "draft"):
        return _too_many(request)
    body = {name: request.POST.get(name, "") for name in DRAFT_FIELDS}
    form = _unchecked(request)
    try:
        saved = services.draft_save(
            actor=public_principal(),
            body=body,
            language=translation.get_language() or "zh-hans",
            code=request.POST.get("draft_code", ""),
        )
    except Refusal as refusal:
        return render(request, "complaints/new.html", {"form": form, "refusal": refusal}, status=refusal.status)
    return render(request, "complaints/draft_saved.html", {"saved": saved})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """Continue a draft with its code."""
    form = CodeForm(request.POST or None)
    form.fields["code"].label = _("Draft code")
    if request.method != "POST" or not form.is_valid():
        return render(request, "complaints/draft.html", {"form": form}, status=422 if form.errors else 200)
    if not _may_go_on(request, "draft"):
        return _too_many(request)
    code = form.cleaned_data["code"]
    try:
        found = services.draft_resume(actor=public_principal(), code=code)
    except Refusal as refusal:
        form.add_error("code", f"{refusal.message} {refusal.cure}")
        return render(request, "complaints/draft.html", {"form": form}, status=404)
    initial: dict[str, Any] = {**found.body, "form_token": new_token(), "draft_code": code}
    context = {"form": ComplaintForm(initial=initial), "resumed": found}
    return render(request, "complaints/new.html", context)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest) -> HttpResponse:
    """Enter a receipt number, see where the complaint stands. Every number that opens nothing gets the same answer."""
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "complaints/status.html", {"form": form}, status=422 if form.errors else 200)
    if not _may_go_on(request, "status"):
        return _too_many(request)
    found = selectors.status_by_receipt(form.cleaned_data["code"])
    if found is None:
        form.add_error("code", _("This receipt number opens nothing. Check it: five groups of four characters."))
        return render(request, "complaints/status.html", {"form": form}, status=404)
    language = translation.get_language() or "zh-hans"
    context = {"page": status_page(found, language), "receipt": form.cleaned_data["code"]}
    return render(request, "complaints/status_found.html", context)


@never_cache
@sensitive_post_parameters()
@require_POST
def supplement(request: HttpRequest) -> HttpResponse:
    """Answer the authority's question, or add something unasked; then show the status again, or say what is wrong."""
    if not _may_go_on(request, "status"):
        return _too_many(request)
    receipt, text = request.POST.get("receipt", ""), request.POST.get("supplement", "")
    give = services.information_add if request.POST.get("kind") == "addition" else services.supplement_give
    refused = ""
    try:
        give(receipt=receipt, text=text)
    except Refusal as refusal:
        refused = f"{refusal.message} {refusal.cure}"
    found = selectors.status_by_receipt(receipt)
    if found is None:
        return redirect("public-complaints-status")
    page = status_page(found, translation.get_language() or "zh-hans")
    context = {"page": page, "receipt": receipt, "refused": refused, "typed": text if refused else ""}
    return render(request, "complaints/status_found.html", context, status=422 if refused else 200)


@never_cache
@sensitive_post_parameters()
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Withdraw with the receipt and a tick; anything else goes back to the status page."""
    if not request.POST.get("sure"):
        return redirect("public-complaints-status")
    if not _may_go_on(request, "status"):
        return _too_many(request)
    try:
        done = services.complaint_withdraw(actor=public_principal(), receipt=request.POST.get("receipt", ""))
    except Refusal:
        done = False
    if not done:
        return redirect("public-complaints-status")
    return render(request, "complaints/withdrawn.html")
