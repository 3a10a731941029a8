"""Pages that belong to no app."""

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator

from analytics.contracts import templates


def health(request: HttpRequest) -> JsonResponse:
    """Alive and able to reach the database."""
    connection.ensure_connection()
    return JsonResponse({"status": "ok"})


def api_docs(request: HttpRequest) -> HttpResponse:
    """The API as a readable page, made from the same schema that machines get; no script, no outside host."""
    generator: Any = SchemaGenerator  # ships without types
    schema = generator().get_schema(request=None, public=True) or {}
    operations = [
        {"path": path, "method": method.upper(), **operation}
        for path, methods in schema.get("paths", {}).items()
        for method, operation in methods.items()
    ]
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    samples = [(template.name, template.title[language]) for template in templates()]
    return render(request, "config/api_docs.html", {"operations": operations, "samples": samples})
