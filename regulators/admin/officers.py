"""Terms of office: who serves which body as what, since when; the secretariat appoints and ends terms here."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common import clock
from common.admin import ScopedAdmin, principal_of
from common.errors import Refusal
from common.principal import Principal
from regulators import selectors, services
from regulators.admin.meetings import MeetingLook
from regulators.admin.verbs import number_of, run_verb
from regulators.choices import OfficerRole
from regulators.models import Authority, Officer
from regulators.permissions import is_permitted
from regulators.selectors.naming import role_names

APPOINTED = [choice for choice in OfficerRole.choices if choice[0] != OfficerRole.EXPERT]  # experts hold no office


@admin.register(Officer)
class OfficerAdmin(MeetingLook, ScopedAdmin):
    """Terms of office. A term is never rewritten: other roles begin a new one, and what ended stays on record."""

    list_display = ("user", "authority", "title", "role_names", "term_from", "term_to", "appointment")
    list_filter = ("authority__kind",)
    search_fields = ("user__username", "authority__code")
    list_select_related = ("user", "authority")
    ordering = ("authority__code", "id")
    fields = ("user", "authority", "title", "role_names", "term_from", "term_to", "appointment", "end_reason")
    readonly_fields = ("role_names",)
    list_before_template = "regulators/officer_appoint.html"
    change_form_outer_before_template = "regulators/officer.html"

    @admin.display(description=_("roles"))
    def role_names(self, officer: Officer) -> str:
        """In words."""
        return role_names(officer.roles)

    def get_urls(self) -> list[Any]:
        """The form that appoints, and the button that ends a term."""
        wrap = self.admin_site.admin_view
        return [
            path("appoint/", wrap(require_POST(self.appoint_view)), name="regulators_officer_appoint"),
            path("<int:pk>/end/", wrap(require_POST(self.end_view)), name="regulators_officer_end"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list under the secretariat's form."""
        extra = {**_form_of(principal_of(request)), **(extra_context or {})}
        return super().changelist_view(request, extra)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The term, every other term of the same person, and the form that ends it."""
        term = get_object_or_404(self.get_queryset(request).select_related("user", "authority"), pk=object_id)
        principal, today = principal_of(request), clock.today()
        others = Officer.objects.filter(user_id=term.user_id).exclude(pk=term.pk).select_related("authority")
        extra = {
            "term": term,
            "others": [(row, role_names(row.roles)) for row in others.order_by("-term_from", "-pk")],
            "may_end": is_permitted(principal, "officer.appoint") and (term.term_to is None or term.term_to > today),
            "is_own": term.user_id == principal.user_id,
            "today": today,
            "title": str(term),
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, extra)

    def appoint_view(self, request: HttpRequest) -> HttpResponse:
        """Appoint, and go to the term."""
        made: list[int] = []
        run_verb(self, request, lambda: made.append(_appoint(principal_of(request), request.POST)))
        name, args = ("change", made) if made else ("changelist", [])
        return HttpResponseRedirect(reverse(f"admin:regulators_officer_{name}", args=args))

    def end_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End the term on a day; 404 for a term that is not visible."""
        get_object_or_404(self.get_queryset(request), pk=pk)
        run_verb(
            self, request,
            lambda: services.officer_end(
                actor=principal_of(request), officer_id=pk, reason=request.POST.get("reason", ""),
                on=_day(request.POST, "on"),
            ),
        )  # fmt: skip
        return HttpResponseRedirect(reverse("admin:regulators_officer_change", args=[pk]))


def _form_of(principal: Principal) -> dict[str, Any]:
    may = is_permitted(principal, "officer.appoint")
    bodies = selectors.bodies_by_kind(()) if may else []
    return {"may_appoint": may, "bodies": bodies, "officer_roles": APPOINTED, "today": clock.today()}


def _appoint(actor: Principal, form: QueryDict) -> int:
    """Appoint the person with the login of the form; a login that does not exist is refused by the service."""
    name = form.get("username", "").strip()
    user = get_user_model().objects.filter(username=name, is_staff=True).values_list("pk", flat=True).first()
    body = Authority.objects.filter(pk=number_of(form, "authority")).values_list("code", flat=True).first()
    return services.officer_appoint(
        actor=actor, user_id=user or 0, authority_code=body or "",
        roles=form.getlist("roles"), title=form.get("title", "").strip()[:120], term_from=_day(form, "term_from"),
        term_to=_day(form, "term_to"), appointment=form.get("appointment", "").strip(),
    )  # fmt: skip


def _day(form: QueryDict, name: str) -> date | None:
    """A day of the form, None when it is left empty; refuses anything else."""
    text = form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal(
            "form.bad_day", _("This is no date."), field=name, cure=_("Write it as 2017-07-20."), status=422
        ) from None
