"""JSON out: UTF-8, decimals and dates as strings; problems keep their own media type."""

from rest_framework import renderers


class JSONRenderer(renderers.JSONRenderer):
    """Plain JSON with readable Chinese."""

    charset = "utf-8"
    ensure_ascii = False

