"""Members and statistical indicators for everyone."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common import clock
from selfdiscipline import selectors

PAGE_ROWS = 25
MONTHS_SHOWN = 12


@require_safe
def members_page(request: HttpRequest) -> HttpResponse:
    """Today's members by name, and the newest months of each indicator series."""
    today = clock.today()
    page = Paginator(selectors.members_on(today), PAGE_ROWS).get_page(request.GET.get("page"))
    return render(
        request,
        "selfdiscipline/members.html",
        {
            "page_title": _("Members of the industry associations"),
            "today": today,
            "members": page.object_list,
            "series": selectors.series_latest(MONTHS_SHOWN),
            "next_url": _page_url(page.next_page_number()) if page.has_next() else "",
            "previous_url": _page_url(page.previous_page_number()) if page.has_previous() else "",
        },
    )


def _page_url(number: int) -> str:
    return "?" + urlencode({"page": number})
