"""The base of every API view: principal, transaction, idempotency, problems."""

import hashlib
import json
from contextlib import nullcontext
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.permissions import AudienceOnly
from common.api.problems import Problem
from common.api.schema import ApiSchema
from common.db.acting import acting_as
from common.idempotency import idempotent_answer, idempotent_store
from common.principal import Principal, public_principal


def require_plain_address(request: Request) -> None:
    """Refuse (400) NUL in path or query: PostgreSQL cannot compare a text with it, so it would end as a defect."""
    values = [value for _name, many in request.query_params.lists() for value in many]
    if any("\x00" in text for text in (request.path, *request.query_params, *values)):
        raise Problem(
            status=400, code="request.bad_text", title=_("A text contains NUL or half a surrogate pair."),
            cure=_("Send plain UTF-8 text."),
        )


class ApiView(APIView):
    """Parse → service → render. Subclasses name their audience and permission and write get/post/put.

    The handler runs inside `acting_as(principal)`: one transaction, undone by any error. `own_transaction = True`
    leaves that to the handler (uploads). A POST with an Idempotency-Key keeps its first answer.
    """

    audience = ""
    permission = ""
    own_transaction = False
    streams_body = False
    permission_classes = [AudienceOnly]
    schema = ApiSchema()

    def principal_of(self, request: Request) -> Principal:
        """The authenticated principal, else the public."""
        return request.auth if isinstance(request.auth, Principal) else public_principal()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authenticate first, so that permission checks know the principal."""
        request.principal = public_principal()  # type: ignore[attr-defined]
        require_plain_address(request)
        self.perform_authentication(request)
        request.principal = self.principal_of(request)  # type: ignore[attr-defined]
        super().initial(request, *args, **kwargs)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """DRF's dispatch with the handler wrapped in the principal's transaction."""
        self.args, self.kwargs = args, kwargs
        drf_request = self.initialize_request(request, *args, **kwargs)
        self.request = drf_request
        self.headers = self.default_response_headers
        try:
            self.initial(drf_request, *args, **kwargs)
            response = self._answer(drf_request, *args, **kwargs)
        except Exception as error:
            response = self.handle_exception(error)
        self.response = self.finalize_response(drf_request, response, *args, **kwargs)
        return self.response

    def _answer(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        method = (request.method or "").lower()
        handler = getattr(self, method, self.http_method_not_allowed)
        principal: Principal = request.principal  # type: ignore[attr-defined]
        with nullcontext() if self.own_transaction else acting_as(principal):
            key = request.headers.get("Idempotency-Key", "")
            if method != "post" or not key or self.own_transaction:
                return handler(request, *args, **kwargs)
            return self._first_answer(handler, request, principal, key, *args, **kwargs)

    def _first_answer(
        self, handler: Any, request: Request, principal: Principal, key: str, *args: Any, **kwargs: Any
    ) -> Response:
        fingerprint = hashlib.sha256(
            f"{request.method} {request.get_full_path()}\n".encode() + json.dumps(request.data, sort_keys=True).encode()
        ).hexdigest()
        scope = principal.label if principal.kind != "public" else f"public:{fingerprint[:16]}"
        stored = idempotent_answer(scope, key, fingerprint)
        if stored is not None:
            return Response(stored.body, status=stored.status, headers={"Idempotency-Replayed": "true"})
        response: Response = handler(request, *args, **kwargs)
        idempotent_store(scope, key, response.status_code, response.data)
        return response

    def handle_exception(self, exc: Exception) -> Response:
        """Every error becomes a problem document."""
        from common.api.problems import exception_handler

        response = exception_handler(exc, self.get_exception_handler_context())
        response.exception = True
        return response
