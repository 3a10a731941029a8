"""Shapes of answers, for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from common.api.schema import BilingualText, page_of

Shape = serializers.Serializer[Any]


class PublishedWarning(Shape):
    """A warning an officer has made public."""

    id = serializers.UUIDField()
    platform = inline_serializer("WarnedPlatform", {"id": serializers.UUIDField(), "name": serializers.CharField()})
    kind = serializers.CharField()
    state = serializers.CharField()
    raised_at = serializers.DateTimeField()
    text = BilingualText()


def warning_page() -> Any:
    """One page of warnings."""
    return page_of("WarningPage", PublishedWarning(many=True))
