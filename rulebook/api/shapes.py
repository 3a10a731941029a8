"""Shapes of answers, for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from common.api.schema import BilingualText

Shape = serializers.Serializer[Any]


_DAYS: dict[str, Any] = {
    "from": serializers.DateField(required=False),
    "to": serializers.DateField(required=False, allow_null=True),
}
_InForce = type(inline_serializer("InForce", _DAYS))


class RuleCard(Shape):
    """A rule as a row of the list."""

    id = serializers.CharField()
    version_sha256 = serializers.CharField()
    title = BilingualText()
    severity = serializers.CharField()
    enabled = serializers.BooleanField(help_text="Whether it gives findings: its source was confirmed.")
    legal_basis = serializers.DictField()
    kind = serializers.CharField(allow_blank=True)
    form = serializers.CharField(allow_blank=True)
    template = serializers.CharField(allow_null=True)
    business_lines = serializers.ListField(child=serializers.CharField())
    in_force = _InForce()
    announced = serializers.DateField(allow_null=True)
    transition_until = serializers.DateField(allow_null=True)


class RulePage(RuleCard):
    """A rule with its text, parameters and examples."""

    explanation = serializers.DictField(child=serializers.CharField())
    disposal = serializers.DictField(child=serializers.CharField())
    check = serializers.CharField(allow_null=True)
    sql = serializers.CharField(allow_null=True)
    question = BilingualText(allow_null=True)
    deadline = serializers.CharField(allow_null=True)
    parameters = serializers.DictField(child=serializers.CharField())
    threshold = serializers.CharField(allow_null=True)
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    examples = inline_serializer(
        "RuleExample", {"name": serializers.CharField(), "expect": serializers.JSONField()}, many=True
    )


class ParameterCard(Shape):
    """A parameter's value on a day with its source."""

    key = serializers.CharField()
    title = BilingualText()
    value = serializers.CharField(help_text="Decimal string.")
    unit = serializers.CharField(allow_blank=True)
    valid = _InForce()
    verified = serializers.BooleanField()
    legal_basis = serializers.DictField()


class RuleList(Shape):
    """The rules in force on a day."""

    on = serializers.DateField()
    results = RuleCard(many=True)


class ParameterList(Shape):
    """The parameters as they stand on a day."""

    on = serializers.DateField()
    results = ParameterCard(many=True)
