"""Calendar years: the picture of a year, and the page where a year is entered from its notice."""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.dates import MONTHS
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from common import clock
from common.admin import ScopedAdmin, principal_of
from common.errors import Refusal
from rulebook.models import WorkingYear
from rulebook.permissions import CALENDAR_PUBLISHERS
from rulebook.selectors import working_calendar
from rulebook.services import calendar_year_publish

LONGEST_HOLIDAY = 16  # days; a typing slip must not free half a year


@dataclass(frozen=True)
class DayCell:
    """One square of the picture."""

    number: int
    kind: str
    title: str


def year_picture(year: int, holidays: Mapping[str, Mapping[str, str]], workdays: list[str]) -> list[dict[str, Any]]:
    """Twelve months of weeks of days; `kind` is work, weekend, holiday or make-up, and blank outside the month."""
    return [
        {"title": MONTHS[month], "weeks": [[_cell(day, month, holidays, workdays) for day in week] for week in weeks]}
        for month in range(1, 13)
        for weeks in [months.Calendar().monthdatescalendar(year, month)]
    ]


def _cell(day: date, month: int, holidays: Mapping[str, Mapping[str, str]], workdays: list[str]) -> DayCell:
    if day.month != month:
        return DayCell(0, "", "")
    key = day.isoformat()
    if key in workdays:
        return DayCell(day.day, "makeup", f"{key} {_t('worked instead')}")
    if key in holidays:
        name = holidays[key]
        return DayCell(day.day, "holiday", f"{key} {name['zh' if (get_language() or '').startswith('zh') else 'en']}")
    return DayCell(day.day, "weekend" if day.weekday() >= months.SATURDAY else "work", key)


def days_of(text: str) -> dict[date, dict[str, str]]:
    """Read free days as typed: `2027-01-01..2027-01-03 元旦 | New Year's Day`, one holiday a line.

    Raises `Refusal` that names the line and shows a good one.
    """
    found: dict[date, dict[str, str]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            found |= _holiday(number, line.strip())
    return found


def _holiday(number: int, line: str) -> dict[date, dict[str, str]]:
    span, _blank, names = line.partition(" ")
    first, _dots, last = span.partition("..")
    zh, _bar, en = names.partition("|")
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        raise _bad_line(number, "holidays") from None
    if not zh.strip() or not en.strip() or not 0 <= (end - start).days < LONGEST_HOLIDAY:
        raise _bad_line(number, "holidays")
    name = {"zh": zh.strip(), "en": en.strip()}
    return {start + timedelta(days=step): name for step in range((end - start).days + 1)}


def workdays_of(text: str) -> list[date]:
    """Read make-up workdays, one a line. Raises `Refusal` that names the line."""
    found = []
    for number, line in enumerate(text.split(), start=1):
        try:
            found.append(date.fromisoformat(line))
        except ValueError:
            raise _bad_line(number, "workdays") from None
    return found


def _bad_line(number: int, field: str) -> Refusal:
    good = "2027-01-01..2027-01-03 元旦 | New Year's Day" if field == "holidays" else "2027-01-30"
    return Refusal(
        f"calendar.{field}_line", _("Line %(number)s cannot be read.") % {"number": number}, field=field,
        cure=_("Write it like this: %(line)s") % {"line": good}, status=422,
    )


@admin.register(WorkingYear)
class WorkingYearAdmin(ScopedAdmin):
    """Published years; a year is entered or corrected by its own page."""

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("rulebook/rulebook.css", "rulebook/calendar.css")}

    list_display = ("calendar", "year", "notice", "notice_verified", "free", "worked", "origin", "is_current")
    list_filter = ("calendar", "origin")
    ordering = ("calendar", "-year", "-id")
    exclude = ("public_id", "holidays", "workdays")
    change_form_template = "rulebook/admin/calendar_year.html"
    actions_list = ("enter",)

    @admin.display(description=_("free days"))
    def free(self, row: WorkingYear) -> int:
        """How many."""
        return len(row.holidays)

    @admin.display(description=_("make-up workdays"))
    def worked(self, row: WorkingYear) -> int:
        """How many."""
        return len(row.workdays)

    @admin.display(description=_("in use"), boolean=True)
    def is_current(self, row: WorkingYear) -> bool:
        """Not replaced by a correction."""
        return row.replaced_at is None

    @action(description=_("Enter a year"), url_path="enter-year", permissions=["enter"])
    def enter(self, request: HttpRequest) -> HttpResponse:
        """To the page that takes the days of the notice."""
        return HttpResponseRedirect(reverse("admin:rulebook_workingyear_notice"))

    def has_enter_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Supervisors and the secretariat."""
        return bool(principal_of(request).roles & CALENDAR_PUBLISHERS)

    def get_urls(self) -> list[Any]:
        """The page for a new year."""
        page = self.admin_site.admin_view(self.enter_view)
        return [path("enter/", page, name="rulebook_workingyear_notice"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The year as a picture."""
        row = WorkingYear.objects.filter(pk=object_id).first() if object_id.isdigit() else None
        picture = year_picture(row.year, row.holidays, row.workdays) if row else []
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "picture": picture})

    def enter_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for the days; publish; say what is recomputed."""
        if not self.has_enter_permission(request):
            raise PermissionDenied
        refused: Refusal | None = None
        if request.method == "POST":
            try:
                row_id = _publish(request)
            except Refusal as refusal:
                refused = refusal
            else:
                messages.success(request, _t("The year is entered. Dates that waited for it are being recomputed."))
                return HttpResponseRedirect(reverse("admin:rulebook_workingyear_change", args=[row_id]))
        context = {
            **self.admin_site.each_context(request), "title": _t("Enter a year"), "refused": refused,
            "typed": request.POST, "calendars": sorted(set(WorkingYear.objects.values_list("calendar", flat=True))),
            "next_year": max(working_calendar().years, default=clock.today().year) + 1, "media": self.media,
        }
        return TemplateResponse(request, "rulebook/admin/calendar_enter.html", context, status=422 if refused else 200)


def _publish(request: HttpRequest) -> int:
    given = request.POST
    return calendar_year_publish(
        actor=principal_of(request), calendar=given.get("calendar", ""), year=_number(given.get("year", "")),
        notice=_notice(given.get("notice", "")), holidays=days_of(given.get("holidays", "")),
        workdays=workdays_of(given.get("workdays", "")), source=given.get("source", "").strip(),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _notice(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(
            "calendar.notice", _("The day of the notice is missing."), field="notice", cure=_("Write 2026-11-04."),
            status=422,
        ) from None
