"""The admin's first page: fills the template context with the officer's desk."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from cases.selectors import desk_for
from common.admin import principal_of
from regulators import selectors as regulators
from riskmodels.svg import risk_map_svg, risk_map_table


def dashboard_callback(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Named in UNFOLD["DASHBOARD_CALLBACK"]; adds `desk` and the risk map as picture and table."""
    principal = principal_of(request)
    if principal.kind != "staff":
        return context
    desk = desk_for(principal)
    context["matters_waiting"] = regulators.matters_waiting_for(principal)
    context["desk"] = desk
    context["title"] = _("Desk")
    context["has_office"] = bool(principal.authority_ids)
    if desk.risk_map and desk.risk_map.points:
        context["risk_map_svg"] = risk_map_svg(desk.risk_map)
        context["risk_map_table"] = risk_map_table(desk.risk_map)
    return context
