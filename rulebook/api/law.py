"""Numbers, instruments, clauses and terms for anyone who asks, as of any day."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.views import ApiView
from rulebook import selectors
from rulebook.api import reading, shapes
from rulebook.api.cards import clause_card, deadline_card, instrument_card, known_card, parameter_card
from rulebook.choices import BusinessLine, ClauseKind, Subject


class ParametersView(ApiView):
    """Every dated parameter as it stands on a day."""

    audience = "any"
    permission = "rulebook.read"

    @extend_schema(
        operation_id="rulebook_parameters_list",
        parameters=[reading.ON, reading.KNOWN_AT, reading.PACK_NAME, reading.IS_VERIFIED, *reading.PAGES],
        responses={200: shapes.ParameterList},
    )
    def get(self, request: Request) -> Response:
        """Values are decimal strings."""
        on, wanted = reading.day(request), reading.verified(request)
        found = selectors.parameters_on(on, pack=reading.pack(request), known_at=reading.moment(request))
        chosen = [row for row in found if wanted in (None, row.verified)]
        rows, links = reading.page(request, chosen, lambda row: row.key)
        return Response({"on": on.isoformat(), "results": [parameter_card(row) for row in rows], **links})


class ParameterView(ApiView):
    """One parameter: the value of a day, every dated value, and every version of it the system ever knew."""

    audience = "any"
    permission = "rulebook.read"

    @extend_schema(
        operation_id="rulebook_parameter_read",
        parameters=[reading.ON, reading.KNOWN_AT, reading.PACK_NAME],
        responses={200: shapes.ParameterPage},
    )
    def get(self, request: Request, key: str) -> Response:
        """`value` is empty on a day without one."""
        on, known_at, pack = reading.day(request), reading.moment(request), reading.pack(request)
        values = selectors.parameter_timeline(key, pack=pack, known_at=known_at)
        if not values:
            raise reading.unknown("key", _("There is no such parameter."),
                                  _("List them at /api/v1/rulebook/parameters."), "parameter.unknown")  # fmt: skip
        found = selectors.parameter_value(key, on, pack=pack, known_at=known_at)
        body = {
            "on": on.isoformat(), "key": key, "title": dict(values[0].title), "unit": values[0].unit,
            "value": parameter_card(found) if found else None, "values": [parameter_card(row) for row in values],
            "versions": [known_card(row, parameter_card) for row in selectors.parameter_versions(key, pack=pack)],
        }  # fmt: skip
        return Response(body)


class InstrumentsView(ApiView):
    """Laws, orders, notices and standards that the rulebook rests on."""

    audience = "any"
    permission = "rulebook.read"

    @extend_schema(
        operation_id="rulebook_instruments_list",
        parameters=[reading.ON, reading.KNOWN_AT, reading.PACK_NAME, reading.IS_VERIFIED, *reading.PAGES],
        responses={200: shapes.InstrumentList},
    )
    def get(self, request: Request) -> Response:
        """All of them; `is_in_force` tells about the day."""
        on, wanted = reading.day(request), reading.verified(request)
        found = selectors.instruments(on, pack=reading.pack(request), known_at=reading.moment(request))
        chosen = [row for row in found if wanted in (None, row.dates_verified)]
        rows, links = reading.page(request, chosen, lambda row: row.key)
        return Response({"on": on.isoformat(), "results": [instrument_card(row) for row in rows], **links})


class InstrumentView(ApiView):
    """One instrument with its clauses."""

    audience = "any"
    permission = "rulebook.read"

    @extend_schema(
        operation_id="rulebook_instrument_read", parameters=[reading.ON, reading.KNOWN_AT, reading.PACK_NAME],
        responses={200: shapes.InstrumentPage},
    )
    def get(self, request: Request, key: str) -> Response:
        """The clauses in our own words, whatever their dates; every version of the instrument itself."""
        on, known_at, pack = reading.day(request), reading.moment(request), reading.pack(request)
        found = selectors.instrument(key, on, pack=pack, known_at=known_at)
        if found is None:
            raise reading.unknown("key", _("There is no such instrument."),
                                  _("List them at /api/v1/rulebook/instruments."), "instrument.unknown")  # fmt: skip
        clauses = selectors.clauses(pack=pack, instrument=key, known_at=known_at)
        versions = selectors.instrument_versions(key, on, pack=pack)
        return Response({
            **instrument_card(found), "clauses": [clause_card(row) for row in clauses],
            "versions": [known_card(row, instrument_card) for row in versions],
        })  # fmt: skip


class ClausesView(ApiView):
    """What the instruments ask, clause by clause, in our own words."""

    audience = "any"
    permission = "rulebook.read"

    @extend_schema(
        operation_id="rulebook_clauses_list",
        parameters=[
            reading.ON, reading.KNOWN_AT, reading.PACK_NAME, reading.LINE, reading.SUBJECT,
            OpenApiParameter("kind", str, enum=ClauseKind.values, description="What the clause does."),
            OpenApiParameter("instrument", str, description="Key of an instrument."),
            reading.IS_VERIFIED, *reading.PAGES,
        ],
        responses={200: shapes.ClauseList},
    )
    def get(self, request: Request) -> Response:
        """Those in force on the day."""
        on, wanted = reading.day(request), reading.verified(request)
        found = selectors.clauses(
            on, pack=reading.pack(request), known_at=reading.moment(request),
            line=reading.choice(request, "line", BusinessLine.values) or "",
            subject=reading.choice(request, "subject", Subject.values) or "",
            kind=reading.choice(request, "kind", ClauseKind.values) or "",
            instrument=request.query_params.get("instrument", ""),
        )
        chosen = [row for row in found if wanted in (None, row.verified)]
        rows, links = reading.page(request, chosen, lambda row: row.key)
        return Response({"on": on.isoformat(), "results": [clause_card(row) for row in rows], **links})


class DeadlinesView(ApiView):
    """The terms of the law as they stand on a day."""

    audience = "any"
    permission = "rulebook.read"

    @extend_schema(
        operation_id="rulebook_deadlines_list",
        parameters=[
            reading.ON, reading.KNOWN_AT, reading.PACK_NAME, reading.LINE, reading.IS_VERIFIED, *reading.PAGES
        ],
        responses={200: shapes.DeadlineList},
    )
    def get(self, request: Request) -> Response:
        """An empty list of business lines means all of them."""
        on, wanted = reading.day(request), reading.verified(request)
        line = reading.choice(request, "line", BusinessLine.values)
        found = selectors.deadline_entries(reading.pack(request), on, reading.moment(request))
        chosen = [row for row in found if row.applies_to(line) and wanted in (None, row.basis.verified)]
        key = "{0.key} {0.valid_from} {0.business_lines}".format
        rows, links = reading.page(request, chosen, key)
        return Response({"on": on.isoformat(), "results": [deadline_card(row) for row in rows], **links})
