"""What a reader may ask: days, moments, choices, pages. Every defect is a 422 that names the field and the cure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from common import clock
from common.api.moments import moment_of
from common.api.problems import Problem
from common.api.schema import DAY, PAGE
from rulebook.choices import BusinessLine, Subject
from rulebook.home import home
from rulebook.packs import pack_names

Row = TypeVar("Row")
DEFAULT_LIMIT, MOST = 50, 200
VERIFIED = {"true": True, "false": False}
ON = OpenApiParameter("on", DAY, description="Day (YYYY-MM-DD); today when left out.")
FROM = OpenApiParameter("from", DAY, required=True, description="The earlier day (YYYY-MM-DD).")
TO = OpenApiParameter("to", DAY, required=True, description="The later day (YYYY-MM-DD).")
KNOWN_AT = OpenApiParameter(
    "known_at", str, pattern=r"^\d{4}-\d{2}-\d{2}(T.+)?$",
    description="What the system knew then, word for word: a moment with offset, or a day (its end).",
)
PACK_NAME = OpenApiParameter("pack", str, enum=list(pack_names()), description="Pack; the home pack when left out.")
_MOMENT = r"^\d{4}-\d{2}-\d{2}(T.+)?$"
SINCE = OpenApiParameter("from", str, required=True, pattern=_MOMENT, description="The earlier moment, or a day.")
UNTIL = OpenApiParameter("to", str, required=True, pattern=_MOMENT, description="The later moment, or a day.")
LINE = OpenApiParameter("line", str, enum=BusinessLine.values, description="Business line.")
SUBJECT = OpenApiParameter("subject", str, enum=Subject.values, description="What part of a business it is about.")
IS_VERIFIED = OpenApiParameter("verified", str, enum=list(VERIFIED), description="Whether the source was confirmed.")
PAGES = PAGE


def bad(field: str, title: Any, cure: Any) -> Problem:
    """The refusal of one query parameter."""
    return Problem(status=422, code="query.invalid", title=title, field=field, cure=cure)


def unknown(field: str, title: Any, cure: Any, code: str) -> Problem:
    """The answer when there is no such row."""
    return Problem(status=404, code=code, title=title, field=field, cure=cure)


def day(request: Request, name: str = "on", *, required: bool = False) -> date:
    """A day of the query; today when it may be left out."""
    text = request.query_params.get(name, "")
    if not text and not required:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise bad(name, _("This is no day."), _("Write it as YYYY-MM-DD, for example 2017-06-30.")) from None


def two_days(request: Request) -> tuple[date, date]:
    """`from` and `to`, in their order."""
    first, second = day(request, "from", required=True), day(request, "to", required=True)
    if second < first:
        raise bad("to", _("The second day is before the first."), _("Exchange the two days."))
    return first, second


def moment(request: Request, name: str = "known_at", *, required: bool = False) -> datetime | None:
    """A moment of the query; a day means its end in the legal zone."""
    text = request.query_params.get(name, "")
    if not text and not required:
        return None
    try:
        return moment_of(text, home().zone)
    except ValueError:
        cure = _("Write a day, or a moment such as 2017-06-30T12:00:00+08:00.")
        raise bad(name, _("This is no moment."), cure) from None


def two_moments(request: Request) -> tuple[datetime, datetime]:
    """`from` and `to` as moments, in their order."""
    first, second = (moment(request, name, required=True) for name in ("from", "to"))
    if first is None or second is None or second < first:
        raise bad("to", _("The second moment is before the first."), _("Exchange the two moments."))
    return first, second


def choice(request: Request, name: str, values: Iterable[str]) -> str | None:
    """One of the values, or nothing."""
    value, known = request.query_params.get(name), list(values)
    if value is not None and value not in known:
        raise bad(name, _("Unknown value."), _("Use one of: %(values)s.") % {"values": ", ".join(known)})
    return value


def pack(request: Request) -> str:
    """The pack asked for, or the home pack."""
    return choice(request, "pack", pack_names()) or home().pack


def verified(request: Request) -> bool | None:
    """Whether only confirmed, or only unconfirmed rows are wanted."""
    value = choice(request, "verified", VERIFIED)
    return None if value is None else VERIFIED[value]


def page(request: Request, rows: Sequence[Row], key: Callable[[Row], str]) -> tuple[list[Row], dict[str, str | None]]:
    """One page of rows by their key (keyset), with the addresses of its neighbours."""
    limit, cursor = _limit(request), _cursor(request)
    ordered = sorted(rows, key=key)
    keys = [key(row) for row in ordered]
    if cursor.startswith("<"):
        end = next((at for at, name in enumerate(keys) if name >= cursor[1:]), len(keys))
        start = max(0, end - limit)
    else:
        start = next((at for at, name in enumerate(keys) if name > cursor[1:]), len(keys)) if cursor else 0
        end = start + limit
    found = ordered[start:end]
    following = _address(request, ">" + keys[end - 1]) if found and end < len(keys) else None
    previous = _address(request, "<" + keys[start]) if found and start > 0 else None
    return found, {"next": following, "previous": previous}


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", "")
    if not text:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MOST and len(text) < 4):
        raise bad("limit", _("This is no number of rows."), _("Write a number from 1 to 200."))
    return int(text)


def _cursor(request: Request) -> str:
    text = request.query_params.get("cursor", "")
    if not text:
        return ""
    try:
        found = base64.urlsafe_b64decode(text.encode("ascii") + b"==").decode("utf-8")
    except (binascii.Error, UnicodeError, ValueError):
        found = ""
    if found[:1] not in ("<", ">"):
        raise bad("cursor", _("This is no place in the list."), _("Take it from `next` or `previous`."))
    return found


def _address(request: Request, cursor: str) -> str:
    query = request.query_params.copy()
    query["cursor"] = base64.urlsafe_b64encode(cursor.encode("utf-8")).decode("ascii").rstrip("=")
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
