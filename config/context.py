"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from common import clock


def site(request: HttpRequest) -> dict[str, Any]:
    """`demo_clock`: the shifted business day, or None; `is_demo`: demo banner on."""
    if not settings.CLOCK_PINNABLE:
        return {"demo_clock": None, "is_demo": False}
    return {"demo_clock": clock.today() if clock.is_shifted() else None, "is_demo": settings.DEMO}
