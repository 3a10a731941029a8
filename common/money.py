"""Amounts: decimal strings in, Decimal inside, never a float. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from common.errors import Refusal

AMOUNT_PATTERN = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,2})?", re.ASCII)
CURRENCY_PATTERN = re.compile(r"[A-Z]{3}", re.ASCII)
LIMIT = Decimal(10) ** 18


@dataclass(frozen=True)
class Currency:
    """An ISO 4217 code."""

    code: str

    def __post_init__(self) -> None:
        """Refuse what is not three capital letters."""
        if not CURRENCY_PATTERN.fullmatch(self.code):
            raise Refusal("currency.invalid", f"{self.code!r} is no ISO 4217 code.", cure="Write e.g. CNY.", status=422)


def parse_amount(text: object, *, field: str = "amount") -> Decimal:
    """A decimal string as Decimal with at most 18 digits before and 2 after the point.

    Refuses numbers (they were floats on the way), exponents, NaN, signs other than a leading minus, thousands
    separators, full-width digits and a third decimal: a value is either taken exactly or not at all.
    """
    if not isinstance(text, str) or not AMOUNT_PATTERN.fullmatch(text):
        raise Refusal(
            "amount.invalid",
            _("An amount is a string of plain digits with at most two decimals."),
            field=field,
            cure=_('Send e.g. "1234.50" in quotation marks, without exponent, separators or currency sign.'),
            status=422,
        )
    return Decimal(text).quantize(Decimal("0.01"))
