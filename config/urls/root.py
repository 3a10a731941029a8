"""Three trees for three audiences, and the error pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils.translation import gettext as _

from common.api.problems import Problem, problem_response
from config.views import ApiSchema, api_docs, health

urlpatterns = [
    path("api/v1/schema/", ApiSchema.as_view(), name="api-schema"),
    path("api/docs/", api_docs, name="api-docs"),
    path("api/health/", health, name="api-health"),
    path("api/v1/", include("config.urls.api")),
    path("", include("config.urls.staff")),
    path("", include("config.urls.public")),
]


def _error(request: HttpRequest, status: int, code: str, title: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem_response(request, Problem(status=status, code=code, title=title))
    return render(request, f"{status}.html", status=status)


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Bad request."""
    return _error(request, 400, "request.bad", _("The request is not right."))


def handler403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Not permitted."""
    return _error(request, 403, "not_permitted", _("You may not do this."))


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Not found, or not yours."""
    return _error(request, 404, "not_found", _("There is nothing here, or it is not yours."))


def handler500(request: HttpRequest) -> HttpResponse:
    """A defect."""
    return _error(request, 500, "server.defect", _("Something broke on our side."))
