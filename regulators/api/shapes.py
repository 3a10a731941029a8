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


class CoverageBox(Shape):
    """Lines × roles × regions that share one answer; `until` is the first day on which it no longer holds."""

    lines = serializers.ListField(child=serializers.CharField())
    roles = serializers.ListField(child=serializers.CharField())
    regions = serializers.ListField(child=serializers.CharField())
    holders = serializers.ListField(child=serializers.CharField())
    unconfirmed = serializers.ListField(child=serializers.CharField())
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)


class Coverage(Shape):
    """Cells without a lead, with several, and with an unconfirmed second claim, as boxes that cannot be joined."""

    first = serializers.DateField(allow_null=True, help_text="First day asked; null without bound.")
    until = serializers.DateField(allow_null=True)
    cells = serializers.IntegerField()
    covered = serializers.IntegerField(help_text="Cells with exactly one confirmed lead on every day asked.")
    gaps = CoverageBox(many=True)
    overlaps = CoverageBox(many=True)
    contested = CoverageBox(many=True)


class Mandates(Shape):
    """One answer per role."""

    on = serializers.DateField()
    line = serializers.CharField()
    region = serializers.CharField()
    results = RoleCompetence(many=True)
