"""Why one cell was refused. Runs only for cells the column converters refused, in the same order of questions."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from analytics.contracts import DECIMAL_TYPES, Column

_EXPONENT = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?[eE][+-]?[0-9]+")
_THOUSANDS = re.compile(r"-?[0-9]{1,3}([,' \u00a0_][0-9]{3})+(\.[0-9]+)?")
_PLAIN = re.compile(r"-?([0-9]+)(?:\.([0-9]+))?")
_NO_NUMBER = {"nan", "inf", "infinity", "-inf", "-infinity", "+inf", "null", "none", "n/a", "na", "-", "--", "#n/a"}
_CONTROL = re.compile("[\x00-\x1f\x7f\x80-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_PERSONAL = re.compile(r"[1-9][0-9]{16}[0-9Xx]|1[3-9][0-9]{9}")
Reason = tuple[str, dict[str, Any]]


def reason(column: Column, text: str) -> Reason:
    """(code, message values) of a refused cell of that column."""
    if not text:
        return "value.missing", {}
    if column.type in DECIMAL_TYPES or column.type == "integer":
        return next(_number(column, text))
    if column.type == "date" and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return "date.unknown_day", {}
    if column.type in {"date", "month", "flag"}:
        return _spaced(text, f"{column.type}.form"), {}
    if column.choices:
        return _spaced(text, "value.not_listed"), {"expected": ", ".join(column.choices)}
    return next(_text(column, text))


def _spaced(text: str, code: str) -> str:
    return "value.spaces" if text != text.strip() else code


def _number(column: Column, text: str) -> Iterator[Reason]:
    if text != text.strip():
        yield "value.spaces", {}
    if text.lower() in _NO_NUMBER:
        yield "number.not_finite", {}
    if any(sign.isdigit() and not sign.isascii() for sign in text) or any("\uff01" <= s <= "\uff5e" for s in text):
        yield "number.fullwidth", {}
    if _EXPONENT.fullmatch(text):
        yield "number.exponent", {}
    if _THOUSANDS.fullmatch(text):
        yield "number.thousands", {}
    yield from _plain_number(column, text)


def _plain_number(column: Column, text: str) -> Iterator[Reason]:
    parts = _PLAIN.fullmatch(text)
    if parts is None:
        yield "number.form", {}
        return
    digits, scale = column.digits
    if len(parts[2] or "") > scale:
        yield "number.decimals", {"expected": scale}
    if len(parts[1]) > digits - scale:
        yield "number.digits", {"expected": digits - scale}
    if column.minimum is not None and text.startswith("-"):
        yield "value.below_minimum", {"expected": column.minimum}
    yield _range_reason(column, text)


def _range_reason(column: Column, text: str) -> Reason:
    if column.minimum is not None and Decimal(text) < column.minimum:
        return "value.below_minimum", {"expected": column.minimum}
    return "value.above_maximum", {"expected": column.maximum}


def _text(column: Column, text: str) -> Iterator[Reason]:
    if _CONTROL.search(text):
        yield "text.control", {}
    if text[0] in "=+-@\t\r":
        yield "text.formula", {}
    if text != text.strip():
        yield "value.spaces", {}
    if column.personal == "refuse" and _PERSONAL.fullmatch(text):
        yield "text.personal", {}
    if len(text) > column.maximum_length:
        yield "text.too_long", {"expected": column.maximum_length}
    yield "text.pattern", {"expected": column.pattern or "text"}
