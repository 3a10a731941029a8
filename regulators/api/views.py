"""Who supervises what, for anyone who asks."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common import clock
from common.api.moments import moment_of
from common.api.problems import Problem
from common.api.schema import DAY
from common.api.views import ApiView
from regulators.api import shapes
from regulators.choices import BusinessLine, MandateRole
from regulators.facts import Box
from regulators.selectors import (
    AuthorityRef,
    Competence,
    competent_authorities,
    coverage,
    coverage_between,
    region_tree,
)
from rulebook.home import home

KNOWN_AT = OpenApiParameter(
    "known_at", str, pattern=r"^\d{4}-\d{2}-\d{2}(T.+)?$",
    description="The map as the system knew it then, word for word: a moment with offset, or a day (its end).",
)


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
            OpenApiParameter("region", str, description="Code of a region of the pack; the country when left out."),
            KNOWN_AT,
        ],
        responses={200: shapes.Mandates},
    )
    def get(self, request: Request) -> Response:
        """One answer per role."""
        on, known_at = _day(request.query_params.get("on", "")), _moment(request)
        line = _choice(request, "line", BusinessLine.values)
        roles = [_choice(request, "role", MandateRole.values)] if "role" in request.query_params else []
        region = _region(request.query_params.get("region", ""), known_at)
        found = {
            role: competent_authorities(line, role, region, on, known_at=known_at)
            for role in roles or MandateRole.values
        }
        answers = [_answer(role, competence) for role, competence in found.items()]
        return Response({"on": on.isoformat(), "line": line, "region": region, "results": answers})


def _region(code: str, known_at: datetime | None) -> str:
    """A region the pack knows, or knew then; without one the first country on record."""
    tree = region_tree(known_at)
    if code and not tree.knows(code):
        raise _bad("region", _("There is no such region."), _("Use a code of the pack, for example 110000."))
    return code or next(iter(tree.countries()), "")


class CoverageView(ApiView):
    """Gaps and overlaps of supervision, exact for every day asked: one day, or a period."""

    audience = "any"
    permission = "mandates.read"

    @extend_schema(
        operation_id="coverage_read",
        parameters=[
            OpenApiParameter("on", DAY, description="One day (YYYY-MM-DD); today when no day is given."),
            OpenApiParameter("from", DAY, description="First day of a period."),
            OpenApiParameter("to", DAY, description="First day no longer in the period; open when left out."),
            OpenApiParameter("line", str, enum=BusinessLine.values, description="All lines when left out."),
            OpenApiParameter("role", str, enum=MandateRole.values, description="All roles when left out."),
            KNOWN_AT,
        ],
        responses={200: shapes.Coverage},
    )
    def get(self, request: Request) -> Response:
        """Boxes that are disjoint and cannot be joined; together they are every cell that lacks exactly one lead."""
        asked, known_at = request.query_params, _moment(request)
        lines = [_choice(request, "line", BusinessLine.values)] if "line" in asked else None
        roles = [_choice(request, "role", MandateRole.values)] if "role" in asked else None
        if "from" not in asked and "to" not in asked:
            found = coverage(_day(asked.get("on", "")), lines, roles, known_at=known_at)
        else:
            first, until = (_day(asked[name], name) if name in asked else None for name in ("from", "to"))
            if first and until and until <= first:
                raise _bad("to", _("A period ends after it begins."), _("Give a later day, or none."))
            found = coverage_between(first, until, lines, roles, known_at=known_at)
        boxes = {name: [_box(box) for box in getattr(found, name)] for name in ("gaps", "overlaps", "contested")}
        counts = {"cells": found.cells, "covered": found.covered}
        return Response({"first": _text(found.first), "until": _text(found.until), **counts, **boxes})


def _box(box: Box) -> dict[str, Any]:
    lists = {name: list(getattr(box, name)) for name in ("lines", "roles", "regions", "holders", "unconfirmed")}
    return {**lists, "since": _text(box.since), "until": _text(box.until)}


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


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


def _day(text: str, name: str = "on") -> date:
    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _bad(name, _("This is no day."), _("Write it as YYYY-MM-DD, for example 2017-06-30.")) from None


def _moment(request: Request) -> datetime | None:
    text = request.query_params.get("known_at", "")
    if not text:
        return None
    try:
        return moment_of(text, home().zone)
    except ValueError:
        cure = _("Write a day, or a moment such as 2017-06-30T12:00:00+08:00.")
        raise _bad("known_at", _("This is no moment."), cure) from None


def _choice(request: Request, name: str, values: list[str]) -> str:
    value = request.query_params.get(name, "")
    if value not in values:
        raise _bad(name, _("Unknown or missing value."), _("Use one of: %(values)s.") % {"values": ", ".join(values)})
    return str(value)


def _bad(field: str, title: Any, cure: Any) -> Problem:
    return Problem(status=422, code="query.invalid", title=title, field=field, cure=cure)
