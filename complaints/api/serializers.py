"""Shapes of the complaints API; no decisions here."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api.fields import AmountField, StrictSerializer
from complaints.choices import Category, ContactChannel, Outcome
from complaints.services.answering import PLATFORM_OUTCOMES
from regulators.choices import BusinessLine
from rulebook.home import home


@extend_schema_field({"type": "string", "pattern": r"^(0|[1-9][0-9]{0,17})(\.[0-9]{1,2})?$", "example": "12000.50"})
class DisputedAmountField(AmountField):
    """An amount as the schema shows it: digits in quotation marks."""


class NewComplaintSerializer(StrictSerializer):
    """A complaint from the public."""

    narrative = serializers.CharField(min_length=10, max_length=10_000)
    category = serializers.ChoiceField(Category.choices, default=Category.OTHER)
    platform = serializers.UUIDField(required=False, allow_null=True)
    platform_text = serializers.CharField(max_length=300, required=False, default="")
    business_line = serializers.ChoiceField(BusinessLine.choices, required=False, allow_blank=True, default="")
    region = serializers.RegexField(r"^[0-9]{6}\Z", required=False, default="000000")
    happened_on = serializers.DateField(required=False, allow_null=True)
    amount = DisputedAmountField(required=False, allow_null=True)
    currency = serializers.RegexField(r"^[A-Z]{3}\Z", required=False, default=home().currency)
    contact_channel = serializers.ChoiceField(ContactChannel.choices, required=False, allow_blank=True, default="")
    contact_address = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    name = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    language = serializers.ChoiceField(["zh-hans", "en"], required=False, default="zh-hans")


class NewAnswerSerializer(StrictSerializer):
    """The platform's answer."""

    body = serializers.CharField(min_length=10, max_length=10_000)
    outcome = serializers.ChoiceField([(code, Outcome(code).label) for code in PLATFORM_OUTCOMES])
