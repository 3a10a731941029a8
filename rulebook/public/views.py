"""The rule catalogue for everyone: which rules are checked by machine, by which text, since when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common import clock
from common.api.moments import moment_of
from common.db.acting import acting_as
from common.principal import public_principal
from rulebook import selectors
from rulebook.choices import BusinessLine, Origin, Subject, TextStatus
from rulebook.entries import Rule
from rulebook.home import home
from rulebook.public.showing import clause_shown, examples_of, figure, rule_line, timeline, unit_words
from rulebook.selectors import RuleRef, VersionRecord
from rulebook.wording import said

PER_PAGE = 50


def _sources() -> dict[str, Any]:
    """The choices of the filter by source."""
    return {"confirmed": _("Source confirmed"), "open": _("Source not confirmed"), "house": _("House convention")}


def _law_first(ref: RuleRef) -> tuple[bool, bool, str]:
    """Confirmed law, then law nobody confirmed, then house conventions."""
    is_convention = ref.legal_basis["text_status"] == TextStatus.CONVENTION
    return is_convention, not ref.legal_basis["verified"], ref.rule_id


def day_of(request: HttpRequest) -> date:
    """`?on=`, today when it is no day."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return clock.today()


def known_of(request: HttpRequest) -> datetime | None:
    """`?known_at=` as a moment (a day until its end); nothing, which is now, when it is none."""
    try:
        return moment_of(request.GET.get("known_at", ""), home().zone)
    except ValueError:
        return None


def _source_of(ref: RuleRef) -> str:
    if ref.legal_basis["text_status"] == TextStatus.CONVENTION:
        return "house"
    return "confirmed" if ref.legal_basis["verified"] else "open"


def _is_wanted(ref: RuleRef, asked: dict[str, str]) -> bool:
    rule = ref.rule
    texts = (ref.rule_id, ref.title["zh"], ref.title["en"], ref.explanation["zh"], ref.explanation["en"],
             str(ref.legal_basis["instrument"]))  # fmt: skip
    text = " ".join(texts).lower()
    return (
        all(word in text for word in asked["q"].lower().split())
        and asked["subject"] in ("", rule.subject if rule else "")
        and asked["source"] in ("", _source_of(ref))
    )


@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    """The rules in force on a day (`?on=`, today by default), by line, subject, source and words."""
    on, known_at = day_of(request), known_of(request)
    asked = {name: request.GET.get(name, "").strip()[:100] for name in ("line", "subject", "source", "q")}
    for name, values in (("line", BusinessLine.values), ("subject", Subject.values), ("source", list(_sources()))):
        asked[name] = asked[name] if asked[name] in values else ""
    with acting_as(public_principal()):
        found = selectors.rules_in_force(on, business_line=asked["line"] or None, known_at=known_at)
        instruments = selectors.instrument_titles(known_at=known_at)
    chosen = sorted((ref for ref in found if _is_wanted(ref, asked)), key=_law_first)
    page = Paginator(chosen, PER_PAGE).get_page(request.GET.get("p"))
    query = request.GET.copy()
    query.pop("p", None)
    context: dict[str, Any] = {
        "page_title": _("Rules"),
        "rules": [rule_line(ref, instruments) for ref in page],
        "total": len(chosen),
        "page": page,
        "query": query.urlencode(),
        "on": on,
        "known_at": known_at,
        **asked,
        "lines": BusinessLine.choices,
        "subjects": Subject.choices,
        "sources": _sources().items(),
        "is_filtered": any(asked.values()),
    }
    return render(request, "rulebook/list.html", context)


@require_safe
def rule_page(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule as it decides on a day (`?on=`): what it asks, by which article, its numbers over time, its history."""
    on, known_at = day_of(request), known_of(request)
    with acting_as(public_principal()):
        newest = selectors.rule_current(rule_id, known_at=known_at)
        ref = newest and (selectors.rule_on(rule_id, on, pack=newest.pack, known_at=known_at) or newest)
        if newest is None or newest.rule is None or ref is None or ref.rule is None:
            raise Http404
        later = newest.rule.valid_from if newest.rule_version_id != ref.rule_version_id else None
        instruments = selectors.instrument_titles(known_at=known_at)
        keys = dict.fromkeys(ref.rule.parameters.values())
        values = [_value(key, ref.pack, on, known_at, instruments) for key in keys]
        history = selectors.rule_history(rule_id, pack=ref.pack)
        clauses, deadlines = _clauses_of(ref, known_at), _deadlines_of(ref.rule, ref.pack, known_at)
    context: dict[str, Any] = {
        "line": rule_line(ref, instruments),
        "rule": ref.rule,
        "on": on,
        "known_at": known_at,
        "is_in_force": ref.rule.is_in_force(on),
        "later": later,
        "explanation": said(ref.explanation),
        "disposal": said(ref.disposal),
        "question": said(ref.rule.question),
        "note": said(ref.legal_basis.get("note")),
        "page_title": said(ref.title),
        "values": values,
        "deadlines": deadlines,
        "examples": examples_of(ref.rule),
        "clauses": [clause_shown(row, instruments) for row in clauses],
        "history": [_version(record) for record in history],
    }
    return render(request, "rulebook/rule.html", context)


def _value(key: str, pack: str, on: date, known_at: datetime | None, instruments: dict[str, Any]) -> dict[str, Any]:
    """A number over its days, and what the system held before it was corrected."""
    rows = selectors.parameter_timeline(key, pack=pack, known_at=known_at)
    earlier = [row for row in selectors.parameter_versions(key, pack=pack) if row.known_until is not None]
    return {
        "key": key, "title": said(rows[0].title) if rows else key, "spans": timeline(rows, on, instruments),
        "earlier": [
            {"value": figure(row.entry.value), "unit": unit_words(row.entry.unit), "day": row.entry.valid_from,
             "first": row.known_from, "last": row.known_until}
            for row in earlier
        ],
    }  # fmt: skip


def _clauses_of(ref: RuleRef, known_at: datetime | None) -> list[selectors.ClauseOn]:
    """The clauses that this rule carries out: those with a fact in common."""
    facts = set(ref.legal_basis.get("facts") or ())
    found = selectors.clauses(pack=ref.pack, instrument=str(ref.legal_basis.get("instrument")), known_at=known_at)
    return [row for row in found if facts & set(row.facts)]


def _deadlines_of(rule: Rule, pack: str, known_at: datetime | None) -> list[dict[str, Any]]:
    if not rule.deadline:
        return []
    units = {"calendar_days": _("days"), "working_days": _("working days"), "hours": _("hours"), "months": _("months")}
    rows = [row for row in selectors.deadline_entries(pack, known_at=known_at) if row.key == rule.deadline]
    return [{"title": said(row.title), "term": f"{row.amount} {units.get(row.unit, row.unit)}", "first": row.valid_from,
             "last": row.valid_to} for row in rows]  # fmt: skip


def _version(record: VersionRecord) -> dict[str, Any]:
    is_staff = record.ref.origin == Origin.STAFF
    return {
        "at": record.known_from,
        "words": _("Written by staff, approved by a second person") if is_staff else _("From the rule pack"),
        "is_withdrawn": record.is_withdrawn,
        "first": record.valid_from,
        "last": record.valid_to,
        "sha256": record.ref.version_sha256,
    }
