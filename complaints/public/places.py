"""Provinces for the form, with the register's names."""

from functools import cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulators.selectors import region_name

# GB/T 2260, the 31 provinces of the mainland.
PROVINCES = [
    "110000",
    "120000",
    "130000",
    "140000",
    "150000",
    "210000",
    "220000",
    "230000",
    "310000",
    "320000",
    "330000",
    "340000",
    "350000",
    "360000",
    "370000",
    "410000",
    "420000",
    "430000",
    "440000",
    "450000",
    "460000",
    "500000",
    "510000",
    "520000",
    "530000",
    "540000",
    "610000",
    "620000",
    "630000",
    "640000",
    "650000",
]
COUNTRY = "000000"


@cache
def _named(code: str) -> tuple[str, str]:
    name = region_name(code)
    if name["zh"] == code:
        raise LookupError(code)
    return name["zh"], name["en"]


def province_choices() -> list[tuple[str, str]]:
    """(code, name) in the reader's language; the whole country stands for "I do not know"."""
    position = 0 if (get_language() or "").startswith("zh") else 1
    choices = [(COUNTRY, _("I do not know, or not in one place"))]
    for code in PROVINCES:
        try:
            choices.append((code, _named(code)[position]))
        except LookupError:
            choices.append((code, code))
    return choices
