"""Shapes of answers, for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api.schema import BilingualText

Shape = serializers.Serializer[Any]


class Authority(Shape):
    """An authority by code and name."""

    code = serializers.CharField()
    name = BilingualText()


class RoleCompetence(Shape):
    """Who holds a role on the day, and why."""

    role = serializers.CharField()
    state = serializers.CharField(help_text="decided, overlap or gap")
    lead = Authority(allow_null=True)
    assisting = Authority(many=True)
    candidates = Authority(many=True)
    basis = serializers.ListField(child=serializers.DictField())
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    why = BilingualText()


class Mandates(Shape):
    """One answer per role."""

    on = serializers.DateField()
    line = serializers.CharField()
    region = serializers.CharField()
    results = RoleCompetence(many=True)
