"""Who supervises what, for everyone: the map of a day with its gaps and overlaps, none of them hidden."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.db.acting import acting_as
from common.principal import public_principal
from regulators.showing import asked_context, coverage_context, day_of


@require_safe
def coverage_page(request: HttpRequest) -> HttpResponse:
    """Who is in charge of a business in a province (`?line=&region=`), and the whole map of a day (`?on=`)."""
    on = day_of(request)
    with acting_as(public_principal()):
        context = {**coverage_context(on), **asked_context(request, on)}
    return render(request, "regulators/supervision.html", {**context, "page_title": _("Who supervises what")})
