"""The register for everyone: look a platform up before sending it money."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from urllib.parse import urlencode

from django.db.models import Count, Max, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common import clock
from platforms import selectors
from platforms.choices import BusinessLine, PlatformKind
from platforms.models import Filing, Platform
from regulators.selectors import region_name

PAGE_ROWS = 25


@require_safe
def platform_list(request: HttpRequest) -> HttpResponse:
    """Search the register by name, business line and region; keyset pages by name."""
    words, line = request.GET.get("q", "").strip()[:80], request.GET.get("line", "")
    line = line if line in BusinessLine.values else ""
    rows = selectors.public_register(line=line, words=words).filter(kind=PlatformKind.PLATFORM)
    rows = _after(rows, request.GET.get("after", ""))
    found = list(rows.order_by("name", "id")[: PAGE_ROWS + 1])
    page = found[:PAGE_ROWS]
    following = {"q": words, "line": line, "after": f"{page[-1].pk}"} if len(found) > PAGE_ROWS else None
    return render(
        request,
        "platforms/list.html",
        {
            "page_title": _("Find a platform"),
            "platforms": page,
            "words": words,
            "line": line,
            "lines": BusinessLine.choices,
            "next_url": f"?{urlencode(following)}" if following else "",
            "previous_url": f"?{urlencode({'q': words, 'line': line})}" if request.GET.get("after") else "",
        },
    )


def _after(rows: QuerySet[Platform], text: str) -> QuerySet[Platform]:
    """Rows that follow the institution with the given number in the order of names."""
    last = Platform.objects.filter(pk=int(text)).first() if text.isascii() and text.isdigit() else None
    if last is None:
        return rows
    return rows.filter(Q(name__gt=last.name) | Q(name=last.name, pk__gt=last.pk))


@require_safe
def platform_page(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One institution: state, lines, depository bank, and which filings were received for which period."""
    platform = selectors.public_register().filter(public_id=public_id).first()
    if platform is None:
        raise Http404
    filings = (
        Filing.objects.filter(subject=platform)
        .values("template")
        .annotate(
            received=Count("id", filter=Q(accepted_number__isnull=False)),
            newest=Max("period", filter=Q(accepted_number__isnull=False)),
        )
        .order_by("template")
    )
    language = "zh" if request.LANGUAGE_CODE.startswith("zh") else "en"
    return render(
        request,
        "platforms/detail.html",
        {
            "page_title": platform.name,
            "platform": platform,
            "lines": [BusinessLine(line).label for line in platform.business_lines if line in BusinessLine.values],
            "region": region_name(platform.region)[language],
            "banks": selectors.depository_banks(platform.pk, clock.today()),
            "filings": [_filed(row, language) for row in filings if row["received"]],
            "complain_url": _complain_url(platform),
        },
    )


def _filed(row: Mapping[str, object], language: str) -> dict[str, object]:
    from analytics.contracts import template

    return {**row, "title": template(str(row["template"])).title[language]}


def _complain_url(platform: Platform) -> str:
    """The complaint form for this platform, when the site has one."""
    for name in ("public-complaints-start", "public-complaints-new"):
        try:
            return f"{reverse(name)}?platform={platform.public_id}"
        except NoReverseMatch:
            continue
    return ""
