"""Findings and rejected rows of a filing, as JSON and as CSV."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from platforms import selectors
from platforms.api import rendering, shapes
from platforms.api.views.filings import FilerView
from platforms.facts import csv_safe


class _Line:
    """A file-like object whose write gives the text back."""

    def write(self, text: str) -> str:
        """The text itself."""
        return text


def csv_answer(name: str, header: list[str], rows: Iterator[list[Any]]) -> StreamingHttpResponse:
    """A CSV download in UTF-8 with a byte-order mark, safe to open in a spreadsheet."""
    writer = csv.writer(_Line())

    def lines() -> Iterator[str]:
        yield "\ufeff"
        yield writer.writerow(header)
        for row in rows:
            yield writer.writerow([csv_safe(cell) for cell in row])

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


class FindingsView(FilerView):
    """GET /filings/{id}/findings."""

    permission = "findings.read"

    @extend_schema(operation_id="filings_findings", responses={200: shapes.Findings})
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        """Findings of the current revision; rules not evaluated, or judging only some rows, with reasons."""
        revision = selectors.revision_visible_to(self.principal_of(request), public_id)
        found = selectors.findings_of_revision(self.principal_of(request), revision)
        rows = rendering.unjudged_rows(revision)
        return Response(
            {
                "filing": str(public_id),
                "revision": revision.number,
                "state": revision.state,
                "results": [rendering.finding(row, rows.get(row.rule_id, 0)) for row in found],
                "not_evaluable": rendering.not_evaluable(revision),
                "unjudged": rendering.unjudged(revision),
            }
        )


class CsvOnly(BaseContentNegotiation):
    """The address names the format, so the Accept header does not matter; errors stay JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The only parser."""
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The JSON renderer, used for problems only."""
        return renderers[0], renderers[0].media_type


class FindingsCsvView(FilerView):
    """GET /filings/{id}/findings.csv."""

    permission = "findings.read"
    content_negotiation_class = CsvOnly

    @extend_schema(operation_id="filings_findings_csv", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, public_id: uuid.UUID) -> StreamingHttpResponse:
        """One line per finding."""
        revision = selectors.revision_visible_to(self.principal_of(request), public_id)
        found = selectors.findings_of_revision(self.principal_of(request), revision)
        unjudged = rendering.unjudged_rows(revision)
        rows = (rendering.finding_cells(row, unjudged.get(row.rule_id, 0)) for row in found)
        return csv_answer(f"findings-{public_id}.csv", rendering.FINDING_HEADER, iter(rows))


class RejectedCsvView(FilerView):
    """GET /filings/{id}/rejected.csv."""

    permission = "findings.read"
    content_negotiation_class = CsvOnly

    @extend_schema(operation_id="filings_rejected_csv", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, public_id: uuid.UUID) -> StreamingHttpResponse:
        """One line per rejected row, with field, reason and cure."""
        revision = selectors.revision_visible_to(self.principal_of(request), public_id)
        return csv_answer(f"rejected-{public_id}.csv", rendering.REJECTED_HEADER, rendering.rejected_cells(revision))
