"""Filing templates: what to send, with a sample."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.contracts import TEMPLATE_NAMES, contract_json, sample_csv
from common.api.views import ApiView
from common.errors import NotYours
from platforms.api import shapes
from platforms.api.views.findings import CsvOnly


class _Open(ApiView):
    audience = "any"
    permission = "templates.read"
    authentication_classes: list[Any] = []

    def known(self, name: str) -> str:
        """The name of a template; 404 otherwise."""
        if name not in TEMPLATE_NAMES:
            raise NotYours("template")
        return name


class TemplatesView(_Open):
    """GET /templates."""

    @extend_schema(operation_id="templates_list", responses={200: shapes.template_list()})
    def get(self, request: Request) -> Response:
        """All templates with their columns."""
        return Response({"results": [contract_json(name) for name in TEMPLATE_NAMES]})


class TemplateView(_Open):
    """GET /templates/{name}."""

    @extend_schema(operation_id="templates_read", responses={200: shapes.Template})
    def get(self, request: Request, name: str) -> Response:
        """One template with its columns."""
        return Response(contract_json(self.known(name)))


class SampleView(_Open):
    """GET /templates/{name}/sample.csv."""

    content_negotiation_class = CsvOnly

    @extend_schema(operation_id="templates_sample", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, name: str) -> HttpResponse:
        """A file that the reader accepts."""
        answer = HttpResponse(sample_csv(self.known(name)), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return answer
