"""Readings of metrics whose definitions conflict, side by side."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.contracts import template
from common.errors import Refusal
from platforms import selectors
from platforms.api import rendering, shapes
from platforms.api.views.filings import FilerView

SOURCE = "loan_book"


class MetricReadingsView(FilerView):
    """GET /platforms/{id}/metric-readings."""

    @extend_schema(
        operation_id="platforms_metric_readings",
        parameters=[OpenApiParameter("period", str, description="Of the loan book, 2017-06; default: the newest.")],
        responses={200: shapes.MetricReadings},
    )
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        """Every reading of every metric of a period, with its definition and version, beside what was disclosed.

        The platform's own only; another platform's answer is 404, as for filings.
        """
        period = request.query_params.get("period", "")
        if period and not template(SOURCE).period_fits(period):
            raise Refusal("period.malformed", _("This is no period of a loan book."), field="period", status=422,
                          cure=_("Write 2017-06."))  # fmt: skip
        found = selectors.metrics_visible_to(self.principal_of(request), public_id, period)
        newest = found[0].period if found else None
        return Response({
            "platform": str(public_id), "period": period or newest,
            "results": [rendering.metric(item) for item in found],
        })  # fmt: skip
