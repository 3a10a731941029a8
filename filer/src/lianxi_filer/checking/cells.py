"""What is wrong with one cell: the server reader's questions, asked in its order, under its codes."""

import datetime
import re
from collections.abc import Callable
from decimal import Decimal

from lianxi_filer.checking.contract import Column

NUMBERS = frozenset({"amount", "percent", "number", "integer"})
Fault = tuple[str, str]  # code, what was expected

_PLAIN = re.compile(r"-?([0-9]+)(?:\.([0-9]+))?")
_EXPONENT = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?[eE][+-]?[0-9]+")
_THOUSANDS = re.compile(r"-?[0-9]{1,3}([,' \u00a0_][0-9]{3})+(\.[0-9]+)?")
_NO_NUMBER = frozenset(
    {"nan", "inf", "-inf", "+inf", "infinity", "-infinity", "null", "none", "n/a", "#n/a", "na", "-", "--"}
)
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_PERSONAL = re.compile(r"[1-9][0-9]{16}[0-9Xx]|1[3-9][0-9]{9}")  # identity number or mobile phone


def fault_of(column: Column, text: str) -> Fault | None:
    """The code of the first thing wrong with a cell, and what was expected; None for a good cell."""
    if not text:
        return None if column.nullable else ("value.missing", "")
    if column.type in NUMBERS:
        return _number(column, text)
    checker = _BY_TYPE.get(column.type)
    if checker is not None:
        return checker(text)
    if column.choices:
        return (
            None if text in column.choices else _spaced(text, "value.not_listed", ", ".join(column.choices))
        )
    return _text(column, text)


def _spaced(text: str, code: str, expected: str = "") -> Fault:
    return ("value.spaces", "") if text != text.strip() else (code, expected)


def _number(column: Column, text: str) -> Fault | None:
    parts = _PLAIN.fullmatch(text)
    if parts is None or not text.isascii():
        return _no_number(text)
    whole, scale = column.digits
    if len(parts[2] or "") > scale:
        return "number.decimals", str(scale)
    if len(parts[1]) > whole:
        return "number.digits", str(whole)
    value = Decimal(text)
    if column.minimum is not None and value < column.minimum:
        return "value.below_minimum", str(column.minimum)
    if column.maximum is not None and value > column.maximum:
        return "value.above_maximum", str(column.maximum)
    return None


def _no_number(text: str) -> Fault:
    if text != text.strip():
        return "value.spaces", ""
    if text.lower() in _NO_NUMBER:
        return "number.not_finite", ""
    if any("\uff01" <= sign <= "\uff5e" or (sign.isdigit() and not sign.isascii()) for sign in text):
        return "number.fullwidth", ""
    if _EXPONENT.fullmatch(text):
        return "number.exponent", ""
    return ("number.thousands" if _THOUSANDS.fullmatch(text) else "number.form"), ""


def _date(text: str) -> Fault | None:
    if not _DAY.fullmatch(text):
        return _spaced(text, "date.form")
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return "date.unknown_day", ""
    return None


def _month(text: str) -> Fault | None:
    return None if _MONTH.fullmatch(text) else _spaced(text, "month.form")


def _flag(text: str) -> Fault | None:
    return None if text in {"true", "false"} else _spaced(text, "flag.form")


def _text(column: Column, text: str) -> Fault | None:
    if _CONTROL.search(text):
        return "text.control", ""
    if text[0] in "=+-@":
        return "text.formula", ""
    if text != text.strip():
        return "value.spaces", ""
    if column.refuses_personal and _PERSONAL.fullmatch(text):
        return "text.personal", ""
    return _form(column, text)


def _form(column: Column, text: str) -> Fault | None:
    if column.pattern is not None and column.pattern.fullmatch(text):
        return None
    if len(text) > column.maximum_length:
        return "text.too_long", str(column.maximum_length)
    return ("text.pattern", column.pattern.pattern) if column.pattern is not None else None


_BY_TYPE: dict[str, Callable[[str], Fault | None]] = {"date": _date, "month": _month, "flag": _flag}
