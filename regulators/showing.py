"""Context of the pages about who supervises what, shared by the staff site and the public site."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common import clock
from regulators.choices import BusinessLine, MandateRole
from regulators.facts import Box
from regulators.models import Authority
from regulators.selectors.authorities import ref_of, region_name
from regulators.selectors.competence import Competence, competent_authorities
from regulators.selectors.overview import MatrixCell, coverage_matrix, region_choices
from regulators.selectors.routing import competent_owner

MOST_NAMED = 4


def language() -> str:
    """zh or en, as the reader reads."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


def day_of(request: HttpRequest) -> date:
    """`?on=`, today when it is no day."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return clock.today()


def coverage_context(on: date) -> dict[str, Any]:
    """The matrix of a day with its gaps, overlaps and contested cells in words."""
    matrix = coverage_matrix(on)
    found, called = matrix.coverage, short_names()
    return {
        "matrix": matrix,
        "line_names": [BusinessLine(line).label for line in matrix.lines],
        "matrix_rows": [
            (MandateRole(role).label, [cell_text(cell, called) for cell in cells]) for role, cells in matrix.rows
        ],
        "gaps": [box_text(box, called) for box in found.gaps],
        "overlaps": [box_text(box, called) for box in found.overlaps],
        "contested": [box_text(box, called) for box in found.contested],
    }


def asked_context(request: HttpRequest, on: date) -> dict[str, Any]:
    """Who is in charge of a business in a place, for somebody who does not read a matrix: `?line=&region=`.

    An unknown line or region, or none, gives the form alone.
    """
    line, region = request.GET.get("line", ""), request.GET.get("region", "")
    said, places = language(), region_choices()
    context: dict[str, Any] = {
        "lines": BusinessLine.choices, "places": [(code, name[said]) for code, name in places],
        "line": line, "region": region, "on": on,
    }  # fmt: skip
    if line in BusinessLine.values and region in dict(places):
        owner = competent_owner("complaint", line, region, on)
        lead = owner.lead.name[said] if owner.lead else ""
        context["answer"] = {"owner": owner, "lead": lead, "why": owner.why[said]}
        found = {role: competent_authorities(line, role.value, region, on) for role in MandateRole}
        context["in_charge"] = [(str(role.label), _leads(each, said), each.since) for role, each in found.items()]
    return context


def _leads(found: Competence, said: str) -> str:
    """The lead by name; several where they overlap; empty where nobody is confirmed."""
    return ("、" if said == "zh" else ", ").join(ref.name[said] for ref in found.candidates)


def short_names() -> dict[str, str]:
    """What each authority is called in a narrow place, by code, in the reader's language."""
    return {row.code: ref_of(row).short[language()] for row in Authority.objects.all()}


def cell_text(cell: MatrixCell, called: Mapping[str, str]) -> MatrixCell:
    """A cell with the short names of its authorities instead of their codes."""
    leads, claims = (tuple(called.get(code, code) for code in codes) for codes in (cell.leads, cell.claims))
    return replace(cell, leads=leads, claims=claims)


def box_text(box: Box, called: Mapping[str, str]) -> dict[str, Any]:
    """A box with its lines, roles, regions and authorities in words."""
    return {
        "lines": _joined([str(BusinessLine(line).label) for line in box.lines], _("all lines"), len(BusinessLine)),
        "roles": _joined([str(MandateRole(role).label) for role in box.roles], _("all roles"), len(MandateRole)),
        "regions": _regions(box.regions),
        "holders": _joined([called.get(code, code) for code in box.holders], "", 0),
        "unconfirmed": _joined([called.get(code, code) for code in box.unconfirmed], "", 0),
        "since": box.since,
        "until": box.until,
    }


def _joined(words: Sequence[str], every: str, count: int) -> str:
    if every and len(words) == count:
        return every
    return ("、" if language() == "zh" else ", ").join(words)


def _regions(codes: Sequence[str]) -> str:
    if len(codes) > MOST_NAMED:
        return _("%(count)s regions") % {"count": len(codes)}
    return _joined([region_name(code)[language()] for code in codes], "", 0)
