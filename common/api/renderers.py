"""JSON out: UTF-8, decimals and dates as strings; problems keep their own media type."""

from typing import Any

from rest_framework import renderers


class JSONRenderer(renderers.JSONRenderer):
    """Plain JSON with readable Chinese."""

    charset = "utf-8"
    ensure_ascii = False

    def get_indent(self, accepted_media_type: str, renderer_context: dict[str, Any]) -> int | None:
        """Two spaces when a person asks with ?indent=2, compact for machines."""
        return super().get_indent(accepted_media_type, renderer_context)
