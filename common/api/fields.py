"""Serializer fields that take a value exactly or refuse it."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from common.errors import Refusal
from common.money import parse_amount


class AmountField(serializers.Field):
    """A decimal string with at most two decimals; numbers are refused because they were floats on the way."""

    def to_internal_value(self, data: Any) -> Decimal:
        """Parse strictly."""
        try:
            return parse_amount(data, field=str(self.field_name or "amount"))
        except Refusal as refusal:
            raise serializers.ValidationError(f"{refusal.message} {refusal.cure}", code=refusal.code) from None

    def to_representation(self, value: Any) -> str:
        """Always two decimals, never an exponent."""
        return f"{Decimal(value):.2f}"


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses keys it does not know: a misspelt field is an error, not silence."""

    def to_internal_value(self, data: Any) -> Any:
        """Name every unknown key."""
        if isinstance(data, dict):
            unknown = set(data) - set(self.fields)
            if unknown:
                note = serializers.ErrorDetail("This field is not known here.", code="unknown")
                raise serializers.ValidationError({key: [note] for key in sorted(unknown)})
        return super().to_internal_value(data)
