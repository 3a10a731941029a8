"""Who supervises what, for anyone who asks."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common import clock
from common.api.problems import Problem
from common.api.schema import DAY
from common.api.views import ApiView
from regulators.api import shapes
from regulators.choices import BusinessLine, MandateRole
from regulators.selectors import AuthorityRef, Competence, competent_authorities


class MandatesView(ApiView):
    """The competent authorities of a business line, role and region on a day, with the reason."""

    audience = "any"
    permission = "mandates.read"

    @extend_schema(
        operation_id="mandates_read",
        parameters=[
            OpenApiParameter("on", DAY, description="Day (YYYY-MM-DD); today when left out."),
            OpenApiParameter("line", str, required=True, enum=BusinessLine.values),
            OpenApiParameter("role", str, enum=MandateRole.values, description="All roles when left out."),
            OpenApiParameter("region", str, pattern="^[0-9]{6}$", description="GB/T 2260 code; 000000 when left out."),
        ],
        responses={200: shapes.Mandates},
    )
    def get(self, request: Request) -> Response:
        """One answer per role."""
        on = _day(request.query_params.get("on", ""))
        line = _choice(request, "line", BusinessLine.values)
        region = request.query_params.get("region") or "000000"
        if not (len(region) == 6 and region.isascii() and region.isdigit()):
            raise _bad("region", _("A region is a six-digit GB/T 2260 code."), _("For example 110000."))
        roles = [_choice(request, "role", MandateRole.values)] if "role" in request.query_params else []
        answers = [_answer(role, competent_authorities(line, role, region, on)) for role in roles or MandateRole.values]
        return Response({"on": on.isoformat(), "line": line, "region": region, "results": answers})


def _answer(role: str, found: Competence) -> dict[str, Any]:
    return {
        "role": role,
        "state": found.state,
        "lead": _authority(found.lead) if found.lead else None,
        "assisting": [_authority(ref) for ref in found.assisting],
        "candidates": [_authority(ref) for ref in found.candidates],
        "basis": list(found.basis),
        "since": found.since.isoformat() if found.since else None,
        "until": found.until.isoformat() if found.until else None,
        "why": found.why,
    }


def _authority(ref: AuthorityRef) -> dict[str, Any]:
    return {"code": ref.code, "name": ref.name}


def _day(text: str) -> date:
    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _bad("on", _("This is no day."), _("Write it as YYYY-MM-DD, for example 2017-06-30.")) from None


def _choice(request: Request, name: str, values: list[str]) -> str:
    value = request.query_params.get(name, "")
    if value not in values:
        raise _bad(name, _("Unknown or missing value."), _("Use one of: %(values)s.") % {"values": ", ".join(values)})
    return str(value)


def _bad(field: str, title: Any, cure: Any) -> Problem:
    return Problem(status=422, code="query.invalid", title=title, field=field, cure=cure)
