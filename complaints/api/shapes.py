"""Shapes of answers, for the OpenAPI description. What is sent is made in `rendering`."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from common.api.schema import BilingualText, page_of

Shape = serializers.Serializer[Any]


class Clock(Shape):
    """A running or finished clock with its explanation."""

    clock = serializers.CharField()
    due_on = serializers.DateField()
    provisional = serializers.BooleanField(help_text="The working-day calendar of that year is not published yet.")
    met = serializers.BooleanField()
    escalated = serializers.BooleanField()
    rule = serializers.CharField()
    why = BilingualText(many=True)


class PlatformComplaint(Shape):
    """A complaint as the platform sees it: never who wrote it."""

    id = serializers.UUIDField()
    state = serializers.CharField()
    category = serializers.CharField()
    narrative = serializers.CharField()
    happened_on = serializers.DateField(allow_null=True)
    amount = serializers.CharField(allow_null=True, help_text="Decimal string.")
    currency = serializers.CharField()
    language = serializers.CharField()
    received_at = serializers.DateTimeField()
    forwarded_at = serializers.DateTimeField(allow_null=True)
    clocks = Clock(many=True)
    links = inline_serializer("ComplaintLinks", {"answers": serializers.CharField()})


class TakenAnswer(Shape):
    """An answer that was taken."""

    id = serializers.UUIDField()
    complaint = serializers.UUIDField()
    state = serializers.CharField()


class FiledComplaint(Shape):
    """A complaint that arrived. The receipt is shown once and stored hashed."""

    id = serializers.UUIDField()
    receipt = serializers.CharField()
    signed_receipt = serializers.DictField()
    state = serializers.CharField()
    authority = BilingualText(allow_null=True)
    answer_due_on = serializers.DateField(allow_null=True)
    links = inline_serializer("FiledComplaintLinks", {"status": serializers.CharField()})


class ComplaintStep(Shape):
    """A step of the history."""

    verb = serializers.CharField()
    state = serializers.CharField()
    at = serializers.DateTimeField()


class ComplaintReply(Shape):
    """An answer of the platform or a decision of the authority."""

    kind = serializers.CharField()
    outcome = serializers.CharField()
    body = serializers.CharField()
    said_at = serializers.DateTimeField()


class ComplaintStatus(Shape):
    """What the holder of a receipt is told."""

    id = serializers.UUIDField()
    state = serializers.CharField()
    received_at = serializers.DateTimeField()
    authority = BilingualText(allow_null=True)
    why = serializers.DictField(child=serializers.CharField())
    next_step = serializers.CharField()
    next_date = serializers.DateField(allow_null=True)
    clocks = Clock(many=True)
    history = ComplaintStep(many=True)
    replies = ComplaintReply(many=True)


def complaint_page() -> Any:
    """One page of complaints."""
    return page_of("ComplaintPage", PlatformComplaint(many=True))
