"""Keyset pages: the last page costs what the first one costs."""

from typing import Any

from rest_framework.pagination import CursorPagination
from rest_framework.response import Response


class KeysetPagination(CursorPagination):
    """`{results, next, previous}` by ascending id; ?limit= up to 200."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering = "id"
    cursor_query_param = "cursor"

    def get_paginated_response(self, data: Any) -> Response:
        """The page with both neighbours."""
        return Response({"results": data, "next": self.get_next_link(), "previous": self.get_previous_link()})
