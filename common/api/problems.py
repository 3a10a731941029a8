"""RFC 9457 problem details for every error of the API: one shape, a stable code, the field, the row, the cure."""

from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.encoding import force_str
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, status
from rest_framework.response import Response

from common.errors import Refusal
from common.logs import get_logger

log = get_logger(__name__)
TYPE_PREFIX = "urn:lianxi:problem:"
CONTENT_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 - an answer, not a defect
    """An error that a door raises itself; services raise `Refusal` instead."""

    def __init__(
        self, *, status: int, code: str, title: Any, detail: Any = "", field: str = "", cure: Any = "",
        errors: list[dict[str, Any]] | None = None, headers: dict[str, str] | None = None,
    ) -> None:
        """Keep the parts of the document."""
        super().__init__(code)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.field = field
        self.cure = cure
        self.errors = errors or []
        self.headers = headers or {}


def problem_document(problem: Problem) -> dict[str, Any]:
    """The JSON of a problem."""
    errors = list(problem.errors)
    if problem.field and not errors:
        errors = [{"field": problem.field, "code": problem.code, "message": problem.title, "cure": problem.cure}]
    document = {
        "type": TYPE_PREFIX + problem.code,
        "title": force_str(problem.title),
        "status": problem.status,
        "detail": force_str(problem.detail or problem.cure),
        "code": problem.code,
        "instance": str(structlog.contextvars.get_contextvars().get("request_id", "")),
        "errors": [{key: _plain(value) for key, value in error.items()} for error in errors],
    }
    if problem.cure:
        document["cure"] = force_str(problem.cure)
    return document


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, float, bool, dict, list)) or value is None else force_str(value)


def _field_errors(detail: Any, path: str = "") -> list[dict[str, Any]]:
    """Flatten DRF's nested error detail to one entry per message with a dotted path."""
    if isinstance(detail, dict):
        pairs = [(f"{path}.{key}".lstrip("."), value) for key, value in detail.items()]
        return [entry for name, value in pairs for entry in _field_errors(value, name)]
    if isinstance(detail, list):
        entries: list[dict[str, Any]] = []
        for index, value in enumerate(detail):
            nested = f"{path}[{index}]" if isinstance(value, (dict, list)) else path
            entries += _field_errors(value, nested)
        return entries
    code = getattr(detail, "code", "invalid")
    cure = _("Send this field.") if code == "required" else ""
    return [{"field": path, "code": code, "message": force_str(detail), "cure": cure}]


def _from_drf(error: exceptions.APIException) -> Problem:
    if isinstance(error, exceptions.ValidationError):
        return Problem(
            status=422, code="request.invalid", title=_("Some fields are not right."),
            cure=_("Correct the named fields and send again."), errors=_field_errors(error.detail),
        )
    code = str(getattr(error, "default_code", "error"))
    wait = getattr(error, "wait", None) or 1
    headers = {"Retry-After": str(int(wait))} if isinstance(error, exceptions.Throttled) else {}
    return Problem(
        status=error.status_code, code=f"request.{code}", title=force_str(error.detail), headers=headers,
        cure=_CURES.get(code, ""),
    )


_CURES = {
    "unsupported_media_type": gettext_lazy("Send application/json in UTF-8, or the media types the endpoint names."),
    "method_not_allowed": gettext_lazy("See the methods in /api/docs/."),
    "not_authenticated": gettext_lazy("Sign the request (RFC 9421) with a registered key."),
    "throttled": gettext_lazy("Wait as Retry-After says."),
    "not_acceptable": gettext_lazy("Accept application/json."),
}


def to_problem(error: Exception) -> Problem | None:  # noqa: PLR0911 - a table in code
    """The problem an exception stands for; None when it is a defect of ours."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Refusal):
        return Problem(
            status=error.status, code=error.code, title=error.message, field=error.field, cure=error.cure,
            errors=error.errors,
        )
    if isinstance(error, Http404):
        return Problem(status=404, code="not_found", title=_("There is nothing here, or it is not yours."))
    if isinstance(error, PermissionDenied):
        return Problem(status=403, code="not_permitted", title=_("You may not do this."))
    if isinstance(error, exceptions.APIException):
        return _from_drf(error)
    if isinstance(error, RecursionError):
        return Problem(status=400, code="json.too_deep", title=_("The document is nested too deeply."))
    if isinstance(error, (DataError, IntegrityError)):
        log.error("api.data_refused", exc_info=error)
        return Problem(
            status=422, code="request.unstorable", title=_("A value cannot be stored."),
            cure=_("Check lengths, ranges and uniqueness of the fields sent."),
        )
    return None


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's hook: every exception becomes a problem document; a defect is logged and shown without detail."""
    problem = to_problem(error)
    if problem is None:
        log.error("api.defect", exc_info=error)
        problem = Problem(
            status=500, code="server.defect", title=_("Something broke on our side."),
            cure=_("Nothing was stored. Try again; if it happens again, quote the instance number."),
        )
    return Response(
        problem_document(problem), status=problem.status, headers=problem.headers, content_type=CONTENT_TYPE
    )


def problem_response(request: HttpRequest, problem: Problem) -> JsonResponse:
    """The same document outside DRF (unknown address, error pages below /api/)."""
    return JsonResponse(
        problem_document(problem), status=problem.status, content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


HTTP_CREATED = status.HTTP_201_CREATED
