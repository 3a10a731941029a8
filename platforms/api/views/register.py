"""Registration and the public register."""

from __future__ import annotations

import base64
import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common import clock
from common.api.pagination import KeysetPagination
from common.api.schema import PAGE
from common.api.views import ApiView
from common.errors import NotYours
from platforms import selectors
from platforms.api import shapes
from platforms.api.authentication import NewKeyAuthentication
from platforms.api.serializers import PlatformRow, RegisterQuery, RegistrationRequest, body_of, query_of
from platforms.services import platform_register


class RegistrationView(ApiView):
    """POST /registrations: an institution enters itself and its key; an authority confirms."""

    audience = "platform"
    permission = "registrations.create"
    authentication_classes = [NewKeyAuthentication]

    @extend_schema(
        operation_id="registrations_create", request=RegistrationRequest, responses={201: shapes.Registered}
    )
    def post(self, request: Request) -> Response:
        """201 with the identifier and key id; the same key again gives the same answer."""
        given = body_of(RegistrationRequest, request.data)
        given["public_key"] = base64.b64decode(given["public_key"])
        done = platform_register(actor=self.principal_of(request), **given)
        return Response({"platform": str(done.public_id), "key_id": done.key_id, "state": done.state}, status=201)


class PlatformsView(ApiView):
    """GET /platforms: the public register, by ?on, ?line, ?region, ?q."""

    audience = "any"
    permission = "platforms.read"
    authentication_classes: list[Any] = []

    @extend_schema(
        operation_id="platforms_list", parameters=[RegisterQuery, *PAGE], responses={200: shapes.platform_page()}
    )
    def get(self, request: Request) -> Response:
        """One page of the register."""
        query = query_of(RegisterQuery, request.query_params)
        rows = selectors.public_register(on=query["on"], line=query["line"], region=query["region"], words=query["q"])
        paginator = KeysetPagination()
        page = paginator.paginate_queryset(rows, request, view=self)
        return paginator.get_paginated_response(PlatformRow(page, many=True).data)


class PlatformView(ApiView):
    """GET /platforms/{id}: one institution of the public register."""

    audience = "any"
    permission = "platforms.read"
    authentication_classes: list[Any] = []

    @extend_schema(operation_id="platforms_read", responses={200: shapes.PlatformEntry})
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        """Its entry, with the banks that keep its client money today."""
        row = selectors.public_register().filter(public_id=public_id).first()
        if row is None:
            raise NotYours("platform")
        banks = selectors.depository_banks(row.pk, clock.today())
        return Response({**PlatformRow(row).data, "depository_banks": banks})
