"""The admin's first page: fills the template context with the officer's desk."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import site
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.permissions import reviews_law
from cases.selectors import Work, desk_for, work_for
from common.admin import principal_of
from riskmodels.svg import risk_map_svg, risk_map_table
from rulebook.choices import DraftState

SHOWN_AT_ONCE = 10


def dashboard_callback(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Named in UNFOLD["DASHBOARD_CALLBACK"]; adds `desk`, what waits for the reader, the risk map twice.

    An expert without an office has questions and nothing else: no cases, no warnings, no map.
    """
    principal = principal_of(request)
    if principal.kind != "staff":
        return context
    desk, work = desk_for(principal), work_for(principal, _drafts(request))
    context["title"] = _("Desk")
    context["desk"] = desk
    context["work"], context["work_later"] = work[:SHOWN_AT_ONCE], work[SHOWN_AT_ONCE:]
    context["work_count"] = len(work)
    context["has_office"] = bool(principal.authority_ids)
    context["is_expert"] = principal.has_role("expert")
    if desk.risk_map and desk.risk_map.points:
        context["risk_map_svg"] = risk_map_svg(desk.risk_map)
        context["risk_map_table"] = risk_map_table(desk.risk_map)
    return context


def _drafts(request: HttpRequest) -> Iterator[Work]:
    """Rule drafts that wait for a second person. Their own list page is asked, so that both show the same rows."""
    principal = principal_of(request)
    pages = site._registry.values()  # noqa: SLF001 - as the menu finds its pages
    page = next((page for page in pages if page.opts.label_lower == "rulebook.ruledraft"), None)
    if page is None or not reviews_law(principal) or not page.has_view_permission(request):
        return
    for draft in page.get_queryset(request).filter(state=DraftState.SUBMITTED).order_by("pk"):
        if principal.label not in draft.editors:
            url = reverse("admin:rulebook_ruledraft_change", args=[draft.pk])
            yield Work(_("Review a rule draft"), draft.title or str(draft), url, detail=draft.rule_id)
