"""Filings: open, content, submit, withdraw, read."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.contracts import TEMPLATE_NAMES
from common.api.pagination import KeysetPagination
from common.api.schema import PAGE
from common.api.views import ApiView
from common.db.acting import acting_as
from common.errors import NotYours
from platforms import selectors
from platforms.api import rendering, shapes
from platforms.api.authentication import ClientKeyAuthentication, plain_request, signature_of
from platforms.api.serializers import EmptyRequest, FilingRequest, body_of
from platforms.api.streaming import CSV, check_length, media_type_of, received
from platforms.choices import MEDIA_TYPES
from platforms.services import (
    discard,
    filing_open,
    filing_store_content,
    filing_submit,
    filing_withdraw,
    staged_key,
    staging_file,
)

CSV_UTF8 = f"{CSV}; charset=utf-8"


class FilerView(ApiView):
    """A door for platforms and banks, by signature."""

    audience = "platform"
    permission = "filings.read"
    authentication_classes = [ClientKeyAuthentication]


class FilingsView(FilerView):
    """GET and POST /filings."""

    permission = "filings.open"

    @extend_schema(
        operation_id="filings_list",
        parameters=[
            OpenApiParameter("template", str, enum=TEMPLATE_NAMES),
            OpenApiParameter("period", str, description="As the template says: 2017-06, 2017Q2 or 2017-06-30."),
            *PAGE,
        ],
        responses={200: shapes.filing_page()},
    )
    def get(self, request: Request) -> Response:
        """The filer's own filings, newest last; ?template= and ?period= narrow."""
        rows = selectors.filings_visible_to(self.principal_of(request)).select_related("subject")
        for name in ("template", "period"):
            if request.query_params.get(name):
                rows = rows.filter(**{name: request.query_params[name]})
        paginator = KeysetPagination()
        page = paginator.paginate_queryset(rows, request, view=self)
        return paginator.get_paginated_response([rendering.filing_row(row) for row in page or []])

    @extend_schema(operation_id="filings_open", request=FilingRequest, responses={201: shapes.OpenedFiling})
    def post(self, request: Request) -> Response:
        """201 with the opened filing, or the correction of a decided one."""
        given = body_of(FilingRequest, request.data)
        opened = filing_open(
            actor=self.principal_of(request),
            template=given["template"],
            period=given["period"],
            subject=given["platform"],
            note=given["note"],
        )
        address = reverse("api-filings-detail", args=[opened.public_id])
        return Response(rendering.opened(opened), status=201, headers={"Location": address})


class FilingView(FilerView):
    """GET /filings/{id}."""

    @extend_schema(operation_id="filings_read", responses={200: shapes.FilingDetail})
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        """State, progress, counts, errors of the file, first rejected rows."""
        return Response(rendering.filing_detail(selectors.revision_visible_to(self.principal_of(request), public_id)))


class ContentView(FilerView):
    """PUT /filings/{id}/content: the file, streamed."""

    permission = "filings.write"
    own_transaction = True
    streams_body = True

    @extend_schema(
        operation_id="filings_content",
        request=dict.fromkeys([CSV_UTF8, *sorted(set(MEDIA_TYPES) - {CSV})], OpenApiTypes.BINARY),
        responses={200: shapes.StoredContent},
    )
    def put(self, request: Request, public_id: uuid.UUID) -> Response:
        """200 with size and hash. Any failure removes what was received."""
        plain = plain_request(request)
        media_type = media_type_of(plain)
        check_length(plain)
        self._require_own(request, public_id)
        target = staging_file()
        with received(plain, target, signature_of(request), is_csv=media_type == CSV) as upload:
            stored = filing_store_content(
                actor=self.principal_of(request),
                filing_id=public_id,
                staged_key=staged_key(upload.path),
                sha256=upload.sha256,
                size=upload.bytes,
                media_type=media_type,
            )
        discard(stored.discard_key)
        return Response({"bytes": stored.bytes, "sha256": stored.sha256, "state": stored.state})

    def _require_own(self, request: Request, public_id: uuid.UUID) -> None:
        """Refuse a foreign filing before a byte is read."""
        with acting_as(self.principal_of(request)):
            if not selectors.filings_visible_to(self.principal_of(request)).filter(public_id=public_id).exists():
                raise NotYours("filing")


class SubmitView(FilerView):
    """POST /filings/{id}/submit."""

    permission = "filings.submit"

    @extend_schema(operation_id="filings_submit", request=EmptyRequest, responses={202: shapes.Submitted})
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        """202 with the signed receipt; the check runs in the background."""
        body_of(EmptyRequest, request.data or {})
        return Response(
            rendering.submitted(filing_submit(actor=self.principal_of(request), filing_id=public_id)), status=202
        )


class WithdrawView(FilerView):
    """POST /filings/{id}/withdraw: take back a revision that was not submitted."""

    permission = "filings.write"

    @extend_schema(operation_id="filings_withdraw", request=EmptyRequest, responses={200: shapes.Withdrawn})
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        """200 with the new state."""
        body_of(EmptyRequest, request.data or {})
        key = filing_withdraw(actor=self.principal_of(request), filing_id=public_id)
        transaction.on_commit(lambda: discard(key))
        return Response({"id": str(public_id), "state": "withdrawn"})


class ReceiptView(FilerView):
    """GET /filings/{id}/receipt."""

    @extend_schema(operation_id="filings_receipt", responses={200: shapes.SignedReceipt})
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        """The receipt of the current revision, or of the one before when this was not submitted yet."""
        return Response(selectors.receipt_visible_to(self.principal_of(request), public_id))
