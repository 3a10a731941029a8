"""Shapes of requests and answers. No decisions."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api.fields import StrictSerializer
from platforms.choices import BusinessLine, PlatformKind
from platforms.models import Platform


class RegistrationRequest(StrictSerializer):
    """What an institution says when it registers."""

    name = serializers.CharField(max_length=120)
    legal_name = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=PlatformKind.choices)
    business_lines = serializers.ListField(
        child=serializers.ChoiceField(choices=BusinessLine.choices), min_length=1, max_length=7
    )
    region = serializers.RegexField(r"^[0-9]{6}$")
    website = serializers.URLField(max_length=300, required=False, allow_blank=True, default="")
    external_ref = serializers.CharField(max_length=80, required=False, allow_null=True, default=None)
    public_key = serializers.CharField(max_length=60)


class FilingRequest(StrictSerializer):
    """What a filer says when it opens a filing."""

    template = serializers.CharField(max_length=40)
    period = serializers.CharField(max_length=10)
    platform = serializers.UUIDField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class EmptyRequest(StrictSerializer):
    """A verb without data."""


class RegisterQuery(StrictSerializer):
    """Filters of the public register."""

    on = serializers.DateField(required=False, allow_null=True, default=None)
    line = serializers.ChoiceField(choices=BusinessLine.choices, required=False, allow_blank=True, default="")
    region = serializers.RegexField(r"^([0-9]{6})?$", required=False, allow_blank=True, default="")
    q = serializers.CharField(required=False, allow_blank=True, default="", max_length=80)


def query_of(serializer: type[StrictSerializer], params: Any) -> dict[str, Any]:
    """Validated query parameters that belong to a serializer; paging parameters pass by."""
    known = {name: params[name] for name in params if name not in {"cursor", "limit", "indent", "format"}}
    checked = serializer(data=known)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


def body_of(serializer: type[StrictSerializer], data: Any) -> dict[str, Any]:
    """Validated request body."""
    checked = serializer(data=data)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


class PlatformRow(serializers.ModelSerializer[Platform]):
    """An institution in the public register."""

    id = serializers.UUIDField(source="public_id")

    class Meta:
        model = Platform
        fields = (
            "id",
            "kind",
            "name",
            "legal_name",
            "business_line",
            "business_lines",
            "region",
            "website",
            "state",
            "registration_number",
            "registered_on",
            "exited_on",
            "external_ref",
        )
