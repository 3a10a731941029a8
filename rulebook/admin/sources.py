"""Sources that wait for a person: what nobody has confirmed, what it would switch on, two signatures, withdrawal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common import clock
from common.admin import ScopedAdmin, principal_of
from common.errors import Refusal
from rulebook import selectors, services
from rulebook.admin.people import person_names
from rulebook.choices import SourceKind, TextStatus
from rulebook.models import SourceConfirmation
from rulebook.permissions import has_permission
from rulebook.public.showing import figure, unit_words
from rulebook.selectors import RuleRef, SourceRow
from rulebook.wording import said

PER_PAGE = 25


@dataclass(frozen=True)
class SourceLine:
    """One row as the page shows it."""

    row: SourceRow
    kind: str
    title: str
    basis: str
    status: str
    says: str
    figure: str
    code: str
    switches_on: tuple[tuple[str, str, str], ...]
    is_urgent: bool


@admin.register(SourceConfirmation)
class SourceConfirmationAdmin(ScopedAdmin):
    """The list of what nobody has confirmed stands in the place of a plain list of rows."""

    list_display = ("key", "kind", "first_by", "second_by")
    exclude = ("public_id",)

    def get_urls(self) -> list[Any]:
        """The buttons."""
        wrap = self.admin_site.admin_view
        name = "rulebook_sourceconfirmation"
        return [
            path("confirm/", wrap(require_POST(self.confirm_view)), name=f"{name}_confirm"),
            path("<int:pk>/countersign/", wrap(require_POST(self.countersign_view)), name=f"{name}_countersign"),
            path("<int:pk>/withdraw/", wrap(require_POST(self.withdraw_view)), name=f"{name}_withdraw"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Waiting for a second person, unconfirmed, confirmed."""
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        actor, kind, words = principal_of(request), request.GET.get("kind", ""), request.GET.get("q", "").strip()
        titles = selectors.instrument_titles()
        everything = selectors.unconfirmed_sources()
        rows = [row for row in everything if row.waiting is None]
        signed = {row.waiting.pk: _line(row, titles, {}) for row in everything if row.waiting is not None}
        counts = {code: sum(1 for row in rows if row.kind == code) for code in SourceKind.values}
        chosen = [row for row in rows if kind in ("", row.kind) and _matches(row, words)]
        rules = {ref.rule_id: ref for ref in selectors.rules_catalogue()}
        lines = sorted((_line(row, titles, rules) for row in chosen), key=lambda line: not line.is_urgent)
        page = Paginator(lines, PER_PAGE).get_page(request.GET.get("p"))
        waiting, standing = selectors.waiting_confirmations(), selectors.standing_confirmations()
        names = person_names({label for row in (*waiting, *standing) for label in (row.first_by, row.second_by)})
        context = {
            **self.admin_site.each_context(request), "title": _("Confirm sources"), "opts": self.model._meta,  # noqa: SLF001
            "page": page, "kinds": [(code, label, counts[code]) for code, label in SourceKind.choices if counts[code]],
            "kind": kind, "words": words, "total": len(rows),
            "waiting": [{**_signed(row, names, actor.label), "line": signed.get(row.pk)} for row in waiting],
            "urgent": sum(1 for line in lines if line.is_urgent),
            "standing": [_signed(row, names, actor.label) for row in standing],
            "statuses": [(code, TextStatus(code).label) for code in ("final", "draft", "practice")],
            "may_confirm": has_permission(actor, "source.confirm"),
            "may_countersign": has_permission(actor, "source.countersign"),
            "may_withdraw": has_permission(actor, "source.unconfirm"),
        }
        return TemplateResponse(request, "rulebook/admin/sources.html", context)

    def confirm_view(self, request: HttpRequest) -> HttpResponse:
        """The first signature."""
        given = {name: request.POST.get(name, "") for name in ("kind", "key", "link", "note")}
        status = request.POST.get("text_status", TextStatus.FINAL)
        return self._call(
            request, lambda: services.source_confirm(actor=principal_of(request), text_status=status, **given),
            _("Your signature is kept. A supervisor now has to see the same source."),
        )

    def countersign_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The second signature."""
        return self._call(
            request, lambda: services.source_countersign(actor=principal_of(request), confirmation_id=pk),
            _("The source is confirmed and counts from now on."),
        )

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Withdraw with a reason."""
        why = request.POST.get("why", "")
        return self._call(
            request, lambda: services.source_unconfirm(actor=principal_of(request), confirmation_id=pk, why=why),
            _("The confirmation is withdrawn."),
        )

    def _call(self, request: HttpRequest, verb: Callable[[], Any], done: Any) -> HttpResponse:
        try:
            verb()
        except Refusal as refusal:
            self.message_user(request, f"{refusal.message} {refusal.cure}", messages.ERROR)
        else:
            self.message_user(request, done)
        return HttpResponseRedirect(reverse("admin:rulebook_sourceconfirmation_changelist"))


def _matches(row: SourceRow, words: str) -> bool:
    text = f"{row.key} {row.title['zh']} {row.title['en']} {row.basis.get('instrument', '')}".lower()
    return all(word in text for word in words.lower().split())


def _line(row: SourceRow, titles: Any, rules: Mapping[str, RuleRef]) -> SourceLine:
    """What is signed, and the rules it would switch on; those of today come first."""
    status = row.text_status
    is_number = row.kind == SourceKind.PARAMETER
    value, _space, unit = row.code.partition(" ") if is_number else ("", "", "")
    is_now = (row.valid_from is None or row.valid_from <= clock.today()) and (
        row.valid_to is None or clock.today() < row.valid_to
    )
    return SourceLine(
        row=row, kind=str(SourceKind(row.kind).label), title=said(row.title),
        basis=selectors.basis_title(row.basis, titles),
        status=str(TextStatus(status).label) if status in TextStatus.values else status,
        says=said(row.says), figure=f"{figure(value)} {unit_words(unit)}" if is_number else "",
        code="" if is_number else row.code, is_urgent=is_now and bool(row.rules),
        switches_on=tuple(_rule_link(rules[key]) for key in row.rules if key in rules),
    )


def _rule_link(ref: RuleRef) -> tuple[str, str, str]:
    return ref.rule_id, said(ref.title), reverse("admin:rulebook_ruleversion_change", args=[ref.rule_version_id])


def _signed(row: SourceConfirmation, names: dict[str, str], reader: str) -> dict[str, Any]:
    return {
        "id": row.pk, "kind": SourceKind(row.kind).label, "key": row.key,
        "title": said({"zh": row.title_zh, "en": row.title_en}) or row.key, "link": row.link, "note": row.note,
        "first": names.get(row.first_by, row.first_by), "first_at": row.first_at,
        "second": names.get(row.second_by, row.second_by), "second_at": row.second_at,
        "is_mine": row.first_by == reader,
    }
