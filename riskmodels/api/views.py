"""Published early warnings, for anyone."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.pagination import KeysetPagination
from common.api.schema import PAGE
from common.api.views import ApiView
from common.principal import public_principal
from platforms.selectors import platform_refs
from riskmodels.api import shapes
from riskmodels.selectors import warnings_visible_to


class WarningsPagination(KeysetPagination):
    """Newest first."""

    ordering = "-id"


class WarningsView(ApiView):
    """Warnings an officer has made public, newest first. Every caller gets the same list."""

    audience = "any"
    permission = "warnings.read_public"

    @extend_schema(operation_id="warnings_list", parameters=PAGE, responses={200: shapes.warning_page()})
    def get(self, request: Request) -> Response:
        """One page of published warnings in both languages."""
        paginator = WarningsPagination()
        page = paginator.paginate_queryset(warnings_visible_to(public_principal()), request, view=self) or []
        refs = platform_refs([warning.platform_id for warning in page])
        results = [
            {
                "id": str(warning.public_id),
                "platform": {
                    "id": str(refs[warning.platform_id].public_id),
                    "name": refs[warning.platform_id].name,
                },
                "kind": warning.kind,
                "state": warning.state,
                "raised_at": warning.raised_at.isoformat(),
                "text": {"zh": warning.public_text_zh, "en": warning.public_text_en},
            }
            for warning in page
        ]
        return paginator.get_paginated_response(results)
