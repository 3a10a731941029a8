"""What every staff list of law shares: read-only, as of a day, each row with its basis and how firm the source is."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from analytics.contracts import TEMPLATE_NAMES, template
from common import clock
from common.admin import ScopedAdmin
from rulebook import selectors
from rulebook.choices import BusinessLine, SourceKind, Subject, TextStatus
from rulebook.facts import (
    clause_print,
    deadline_print,
    deadline_source_key,
    parameter_print,
    parameter_source_key,
    rule_print,
)
from rulebook.models import Clause, DeadlineRule, ParameterValue, RuleVersion
from rulebook.selectors.rules import rule_of_text
from rulebook.wording import issuers_said, said

# a field kept as a document or a code, and the method that says it in words
SHOWN_AS = {
    "basis": "basis_text",
    "source_text": "text_box",
    "business_lines": "lines_text",
    "template": "template_text",
    "issuers": "issuers_text",
    "note": "note_text",
    "verified": "verified_text",
    "enabled": "enabled_text",
    "is_withdrawn": "withdrawn_text",
    "text_status": "status_text",
    "subject": "subject_text",
}
BADGES = {"confirmed": "success", "convention": "info", "not confirmed": "warning"}


def _in_a_word(fact: bool) -> str:
    return str(_("yes") if fact else _("no"))


class OnFilter(admin.SimpleListFilter):
    """Rows in force on a day: today by one click, any other day through the box above the list."""

    title = _("day")
    parameter_name = "on"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Today, and the day that was typed."""
        today = clock.today().isoformat()
        typed = request.GET.get("on", "")
        return [(today, _("Today")), *([(typed, typed)] if day_of(typed) and typed != today else [])]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows whose time holds the day."""
        on = day_of(self.value() or "")
        return queryset.in_force(on) if on else queryset  # type: ignore[attr-defined]


class LineFilter(admin.SimpleListFilter):
    """Rows that apply to a business line."""

    title = _("business line")
    parameter_name = "line"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """All seven."""
        return list(BusinessLine.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the stored list of lines."""
        line = self.value()
        return queryset.filter(business_lines__contains=[line]) if line in BusinessLine.values else queryset


class SubjectFilter(admin.SimpleListFilter):
    """Rows about one part of a business."""

    title = _("area of regulation")
    parameter_name = "subject"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """All nine."""
        return list(Subject.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the stored code."""
        subject = self.value()
        return queryset.filter(subject=subject) if subject in Subject.values else queryset


def day_of(text: str) -> date | None:
    """The day of a text, or nothing."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def is_list(request: HttpRequest) -> bool:
    """Whether the request asks for a list of rows, not for one of them."""
    match = request.resolver_match
    return match is not None and (match.url_name or "").endswith("_changelist")


class SourcedAdmin(ScopedAdmin):
    """What every row of law shows."""

    class Media:
        css = {"all": ("rulebook/rulebook.css",)}

    exclude = ("public_id",)
    list_before_template = "rulebook/admin/on_day.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The list shows rows as they are known now; a page may show an earlier version.

        Confirmations are looked up once for a page of rows.
        """
        self.marks, self.titles = selectors.confirmed(), selectors.instrument_titles()
        found = super().get_queryset(request)
        return found.current() if hasattr(found, "current") and is_list(request) else found

    def basis_of(self, row: Any) -> dict[str, Any]:
        """The basis as it counts: a source that two persons confirmed is verified."""
        stored = row.basis if hasattr(row, "basis") else {
            "instrument": getattr(row, "instrument", row.pk), "article": getattr(row, "article", "") or None,
            "verified": row.verified, "text_status": row.text_status, "note": getattr(row, "note", None),
        }  # fmt: skip
        mark = _mark(row)
        marks = getattr(self, "marks", None) or selectors.confirmed()
        return marks.basis(mark[0], row.pack, mark[1], mark[2], stored) if mark else dict(stored)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Every field in its order, documents and codes in words."""
        return [SHOWN_AS.get(str(name), name) for name in super().get_fields(request, obj)]

    @admin.display(description=_("legal basis"))
    def basis_text(self, row: Any) -> SafeString:
        """Instrument, article, how firm, and what the pack's writer adds."""
        lines = selectors.basis_lines(self.basis_of(row))
        return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines))

    @admin.display(description=_("text"))
    def text_box(self, row: Any) -> SafeString:
        """As written in the pack; long lines scroll inside the box."""
        return format_html('<pre class="lx-source" tabindex="0">{}</pre>', row.source_text)

    @admin.display(description=_("business lines"))
    def lines_text(self, row: Any) -> str:
        """By name."""
        return ", ".join(str(BusinessLine(line).label) for line in row.business_lines if line in BusinessLine.values)

    @admin.display(description=_("template"))
    def template_text(self, row: Any) -> str:
        """By title."""
        return said(template(row.template).title) if row.template in TEMPLATE_NAMES else row.template

    @admin.display(description=_("issued by"))
    def issuers_text(self, row: Any) -> str:
        """The issuing bodies by name."""
        return issuers_said(row.issuers, row.pack)

    @admin.display(description=_("note"))
    def note_text(self, row: Any) -> str:
        """In the reader's language."""
        return said(row.note)

    @admin.display(description=_("source confirmed"))
    def verified_text(self, row: Any) -> str:
        """In a word: a red cross is for what somebody has to do now."""
        return _in_a_word(bool(self.basis_of(row)["verified"]))

    @admin.display(description=_("area of regulation"), ordering="subject")
    def subject_text(self, row: Any) -> str:
        """In words."""
        return str(Subject(row.subject).label) if row.subject in Subject.values else "–"

    @admin.display(description=_("kind of text"))
    def status_text(self, row: Any) -> str:
        """As it counts: what two persons have seen is no longer from memory."""
        status = self.basis_of(row)["text_status"]
        return str(TextStatus(status).label) if status in TextStatus.values else str(status)

    @admin.display(description=_("gives findings"))
    def enabled_text(self, row: Any) -> str:
        """In a word."""
        return _in_a_word(row.enabled or bool(self.basis_of(row)["verified"]))

    @admin.display(description=_("withdrawn"))
    def withdrawn_text(self, row: Any) -> str:
        """In a word."""
        return _in_a_word(row.is_withdrawn)

    @display(description=_("source"), label=BADGES)
    def source_badge(self, row: Any) -> tuple[str, Any]:
        """Confirmed, house convention, or waiting for a person."""
        if row.text_status == TextStatus.CONVENTION:
            return "convention", _("House convention")
        is_seen = bool(self.basis_of(row)["verified"])
        return ("confirmed", _("Confirmed")) if is_seen else ("not confirmed", _("Not confirmed"))

    @admin.display(description=_("legal basis"))
    def legal_basis(self, row: Any) -> str:
        """Title of the instrument and article."""
        basis = getattr(row, "basis", None) or {"instrument": row.instrument, "article": row.article}
        titles = getattr(self, "titles", None) or selectors.instrument_titles()
        return selectors.basis_title(basis, titles)

    @admin.display(description=_("title"), ordering="key")
    def named(self, row: Any) -> SafeString:
        """Title first, the key small below it."""
        return format_html('{}<br><span class="lx-key lx-soft">{}</span>', row.title, row.key)

    @admin.display(description=_("title"))
    def title_shown(self, row: Any) -> str:
        """In the reader's language."""
        return str(row.title)


def _mark(row: Any) -> tuple[SourceKind, str, str] | None:
    """Kind, key and fingerprint under which the row's source is confirmed; instruments have none."""
    if isinstance(row, RuleVersion):
        return SourceKind.RULE, row.rule_id, rule_print(rule_of_text(row.pk, row.source_text))
    if isinstance(row, ParameterValue):
        return SourceKind.PARAMETER, parameter_source_key(row), parameter_print(row)
    if isinstance(row, DeadlineRule):
        return SourceKind.DEADLINE, deadline_source_key(row), deadline_print(row)
    return (SourceKind.CLAUSE, row.key, clause_print(row)) if isinstance(row, Clause) else None
