"""The platform's side and the public's side of complaints. Parse, call, render."""

import hashlib
import json
import uuid
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.pagination import KeysetPagination
from common.api.problems import Problem
from common.api.schema import PAGE
from common.api.views import ApiView
from complaints import selectors, services
from complaints.api import shapes
from complaints.api.rendering import complaints_for_platform, status_document
from complaints.api.serializers import NewAnswerSerializer, NewComplaintSerializer
from complaints.choices import ComplaintState, Source
from platforms.api.authentication import ClientKeyAuthentication
from platforms.selectors import platform_by_public_id


def client_address(request: Request | HttpRequest) -> str:
    """The address that the server itself saw; forwarded headers are for the proxy to resolve, not for us to trust."""
    return str(request.META.get("REMOTE_ADDR", ""))


def limit_or_refuse(request: Request, purpose: str) -> None:
    """Refuse with 429 when one address asks too often."""
    if not services.lookup_count(address=client_address(request), purpose=purpose):
        raise Problem(
            status=429,
            code="request.too_many",
            title=_("Too many requests from this address."),
            cure=_("Wait ten minutes and try again."),
            headers={"Retry-After": "600"},
        )


class ComplaintList(ApiView):
    """GET /complaints: complaints that were sent to the platform whose key signed."""

    audience = "platform"
    permission = "complaints.answer"
    authentication_classes = [ClientKeyAuthentication]

    @extend_schema(
        operation_id="complaints_list",
        parameters=[
            OpenApiParameter("state", str, enum=ComplaintState.values),
            *PAGE,
        ],
        responses={200: shapes.complaint_page()},
    )
    def get(self, request: Request) -> Response:
        """A page of complaints, oldest first."""
        actor = self.principal_of(request)
        rows = selectors.complaints_visible_to(actor)
        if state := request.query_params.get("state"):
            rows = rows.filter(state=state)
        pages = KeysetPagination()
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(complaints_for_platform(actor, list(page or [])))


class AnswerList(ApiView):
    """POST /complaints/{id}/answers: the platform answers."""

    audience = "platform"
    permission = "complaints.answer"
    authentication_classes = [ClientKeyAuthentication]

    @extend_schema(operation_id="complaints_answer", request=NewAnswerSerializer, responses={201: shapes.TakenAnswer})
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        """Take the answer; 404 for a foreign complaint, 409 when it waits for no answer."""
        actor = self.principal_of(request)
        row = selectors.complaint_for(actor, public_id)
        sent = NewAnswerSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        answer_id = services.complaint_answer(actor=actor, complaint_id=row.pk, **sent.validated_data)
        return Response({"id": answer_id, "complaint": str(row.public_id), "state": "answered"}, status=201)


class PublicComplaintList(ApiView):
    """POST /public/complaints: anyone complains and gets a receipt."""

    audience = "any"
    permission = "complaints.file"
    authentication_classes: list[Any] = []
    own_transaction = True  # the request is counted even when it is refused; the receipt is never stored

    @extend_schema(
        operation_id="public_complaints_file",
        request=NewComplaintSerializer,
        responses={200: shapes.FiledComplaint, 201: shapes.FiledComplaint},
    )
    def post(self, request: Request) -> Response:
        """File; the same Idempotency-Key with the same body is one complaint with one receipt."""
        limit_or_refuse(request, "file")
        sent = NewComplaintSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        values: dict[str, Any] = dict(sent.validated_data)
        values["platform_id"] = _platform_id(values.pop("platform", None))
        filed = services.complaint_file(
            actor=self.principal_of(request),
            complaint=services.NewComplaint(**values, source=Source.API, form_token=_token(request)),
        )
        body = {
            "id": filed.public_id,
            "receipt": filed.receipt,
            "signed_receipt": filed.signed_receipt,
            "state": filed.state,
            "authority": filed.authority,
            "answer_due_on": filed.due_on.isoformat() if filed.due_on else None,
            "links": {"status": "/api/v1/public/complaints/{receipt}"},
        }
        return Response(body, status=200 if filed.was_filed_before else 201, headers={"Cache-Control": "no-store"})


def _platform_id(public_id: uuid.UUID | None) -> int | None:
    if public_id is None:
        return None
    found = platform_by_public_id(public_id)
    if found is None:
        raise Problem(
            status=422,
            code="complaint.platform_unknown",
            title=_("This platform is not in the register."),
            field="platform",
            cure=_("Search again, or leave it out and write platform_text."),
        )
    return found.id


def _token(request: Request) -> str:
    """A form token from the Idempotency-Key and the whole body, so that a guessed key alone opens nothing."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return ""
    body = json.dumps(request.data, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{key}\n{body}".encode()).hexdigest()


class PublicComplaint(ApiView):
    """GET /public/complaints/{receipt}: where a complaint stands."""

    audience = "any"
    permission = "complaints.follow"
    authentication_classes: list[Any] = []
    own_transaction = True  # the look-up is counted even when nothing is found

    @extend_schema(operation_id="public_complaints_follow", responses={200: shapes.ComplaintStatus})
    def get(self, request: Request, receipt: str) -> Response:
        """State, history, next step; one and the same 404 for every receipt that opens nothing."""
        limit_or_refuse(request, "status")
        status = selectors.status_by_receipt(receipt)
        if status is None:
            raise Problem(
                status=404,
                code="complaint.receipt_unknown",
                title=_("This receipt number opens nothing."),
                cure=_("Check the number. It has five groups of four characters."),
            )
        return Response(status_document(status), headers={"Cache-Control": "no-store"})
