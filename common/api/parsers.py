"""A JSON parser that never changes a value silently: UTF-8, no duplicate keys, no NaN, no floats, bounded depth."""

import json
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import BaseParser

from common.api.problems import Problem

MAX_DEPTH = 32
MAX_DIGITS = 18


def _refuse(code: str, title: Any, cure: Any, status: int = 400) -> Problem:
    return Problem(status=status, code=f"json.{code}", title=title, cure=cure)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _refuse("duplicate_key", _("The key “%s” stands twice.") % key[:80], _("Send each key once."))
        found[key] = value
    return found


def _whole(text: str) -> int:
    if len(text.lstrip("-")) > MAX_DIGITS:
        raise _refuse("number_too_long", _("A number has more than 18 digits."), _("Send amounts as strings."))
    return int(text)


def _no_float(text: str) -> Any:
    raise _refuse(
        "float", _("“%s” is a number with a fraction or exponent.") % text[:40],
        _('Send decimals as strings, e.g. "12.50": numbers lose digits on the way.'),
    )


def _no_constant(text: str) -> Any:
    raise _refuse("constant", _("%s is not JSON.") % text, _("Leave the field out, or send null."))


def _check_depth(text: str) -> None:
    depth, in_string, escaped = 0, False, False
    for char in text:
        if in_string:
            in_string = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            in_string, escaped = True, False
        elif char in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise _refuse("too_deep", _("The document is nested deeper than 32 levels."), _("Flatten it."))
        elif char in "]}":
            depth -= 1


def _check_text(value: Any) -> None:
    if isinstance(value, str):
        if "\x00" in value or any(0xD800 <= ord(char) <= 0xDFFF for char in value):
            raise _refuse("bad_text", _("A text contains NUL or half a surrogate pair."), _("Send plain UTF-8 text."))
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _check_text(item)
    elif isinstance(value, list):
        for item in value:
            _check_text(item)


_ORDINARY = ((0xA0, 0x17F), (0x370, 0x3FF), (0x400, 0x45F))  # Latin, Greek, Cyrillic letters in everyday use


def looks_like_gb18030(body: bytes, text: str) -> bool:
    """True for Chinese text in GB18030 whose bytes happen to be valid UTF-8 (平台 would be stored as ƽ̨).

    Only texts made of two-byte characters can be such an accident; one that uses none but everyday letters of other
    scripts is left alone.
    """
    odd = [ord(char) for char in text if char > "\x7f"]
    if not odd or max(odd) > 0x7FF or all(any(low <= code <= high for low, high in _ORDINARY) for code in odd):
        return False
    try:
        other = body.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return all("\u4e00" <= char <= "\u9fff" for char in other if char > "\x7f")


def strict_json(body: bytes) -> Any:
    """Parse one JSON document strictly; raises Problem with a code that names what was wrong."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refuse(
            "encoding", _("The body is not UTF-8 (byte %d).") % error.start, _("Encode the document as UTF-8.")
        ) from None
    if looks_like_gb18030(body, text):
        raise _refuse(
            "encoding", _("The body says UTF-8 but looks like GB18030."), _("Encode the document as UTF-8.")
        )
    _check_depth(text)
    try:
        value = json.loads(
            text, object_pairs_hook=_no_duplicates, parse_int=_whole, parse_float=_no_float, parse_constant=_no_constant
        )
    except json.JSONDecodeError as error:
        raise _refuse(
            "syntax", _("Not JSON: %(message)s at line %(line)d, column %(column)d.")
            % {"message": error.msg, "line": error.lineno, "column": error.colno}, _("Check brackets and quotes."),
        ) from None
    _check_text(value)
    return value


class StrictJSONParser(BaseParser):
    """DRF's door to `strict_json`; refuses another charset than UTF-8 and bodies over the limit."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        """Read at most the limit, then parse."""
        charset = ""
        for part in (media_type or "").split(";")[1:]:
            name, _sep, value = part.strip().partition("=")
            charset = value.strip('"').lower() if name.lower() == "charset" else charset
        if charset not in ("", "utf-8", "utf8"):
            raise _refuse("charset", _("The charset %s is not accepted.") % charset, _("Send UTF-8."), status=415)
        body = stream.read(settings.API_MAX_BODY_BYTES + 1)
        if len(body) > settings.API_MAX_BODY_BYTES:
            raise _refuse("too_large", _("The document is larger than 1 MiB."), _("Send less at once."), status=413)
        return strict_json(body)
