"""Pages that belong to no app."""

from functools import cache
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.contracts import templates


def health(request: HttpRequest) -> JsonResponse:
    """Alive and able to reach the database."""
    connection.ensure_connection()
    return JsonResponse({"status": "ok"})


class ApiSchema(SpectacularAPIView):
    """The same as a file for machines, YAML or JSON."""

    def _get_schema_response(self, request: Request) -> Response:
        name = self._get_filename(request, None)  # type: ignore[no-untyped-call]
        return Response(schema(_language()), headers={"Content-Disposition": f'inline; filename="{name}"'})


@cache
def schema(language: str) -> dict[str, Any]:
    """The OpenAPI description in `en` or `zh-hans`. Making it takes half a second, so a process makes it once."""
    generator: Any = SchemaGenerator  # ships without types
    with override(language):
        return generator().get_schema(request=None, public=True) or {}


def _language() -> str:
    """One of the two languages of the description, whatever was asked for."""
    return "zh-hans" if (get_language() or "").startswith("zh") else "en"


def api_docs(request: HttpRequest) -> HttpResponse:
    """The API as a readable page, made from the same schema that machines get; no script, no outside host."""
    operations = [
        {"path": path, "method": method.upper(), **operation}
        for path, methods in schema(_language()).get("paths", {}).items()
        for method, operation in methods.items()
    ]
    language = _language()[:2]
    samples = [(template.name, template.title[language]) for template in templates()]
    return render(request, "config/api_docs.html", {"operations": operations, "samples": samples})
