"""The filing calendar of the filer who asks."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common import clock
from common.errors import NotYours, Refusal
from platforms import selectors
from platforms.api import rendering, shapes
from platforms.api.views.filings import FilerView

DEFAULT_DAYS = 120


class CalendarView(FilerView):
    """GET /filings/calendar."""

    permission = "filings.read"

    @extend_schema(
        operation_id="filings_calendar",
        parameters=[
            OpenApiParameter("since", date, description="Periods that end from this day on; default 120 days back."),
            OpenApiParameter("until", date, description="Periods that end on this day or earlier; default today."),
        ],
        responses={200: shapes.CalendarAnswer},
    )
    def get(self, request: Request) -> Response:
        """What the filer owes, until when and why, and what was in time, soonest first."""
        actor = self.principal_of(request)
        if actor.platform_id is None:
            raise NotYours("calendar")
        until = _day(request, "until", clock.today())
        since = _day(request, "since", until - timedelta(days=DEFAULT_DAYS))
        found = selectors.filing_calendar(actor.platform_id, since, until)
        return Response({"since": since, "until": until, "results": [rendering.expected_filing(row) for row in found]})


def _day(request: Request, name: str, default: date) -> date:
    given = request.query_params.get(name)
    if not given:
        return default
    try:
        found = parse_date(given)
    except ValueError:
        found = None
    if found is None:
        raise Refusal("calendar.bad_day", _("This is no day."), field=name, cure=_("Write 2017-07-10."), status=422)
    return found
