"""The instruments for everyone: laws, orders, notices and standards, each with its clauses in our own words."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.db.acting import acting_as
from common.principal import public_principal
from rulebook import selectors
from rulebook.choices import TextStatus
from rulebook.public.showing import clause_shown, rule_line
from rulebook.public.views import day_of, known_of
from rulebook.selectors import PACK, InstrumentOn
from rulebook.wording import issuers_said, said


@require_safe
def instrument_list(request: HttpRequest) -> HttpResponse:
    """Every instrument by the day it came into force, with its state on a day."""
    on, known_at = day_of(request), known_of(request)
    with acting_as(public_principal()):
        found = selectors.instruments(on, known_at=known_at)
    rows = [_shown(row, on) for row in found]
    context = {"page_title": _("Laws and notices"), "on": on, "known_at": known_at, "rows": rows}
    return render(request, "rulebook/instruments.html", context)


@require_safe
def instrument_page(request: HttpRequest, key: str) -> HttpResponse:
    """One instrument: dates, issuers, clauses, and the rules that rest on it. 404 for an unknown key."""
    on, known_at = day_of(request), known_of(request)
    with acting_as(public_principal()):
        found = selectors.instrument(key, on, known_at=known_at)
        if found is None:
            raise Http404
        titles = selectors.instrument_titles(known_at=known_at)
        clauses = selectors.clauses(instrument=key, known_at=known_at)
        catalogue = selectors.rules_catalogue(known_at=known_at)
        rules = [ref for ref in catalogue if ref.legal_basis.get("instrument") == key]
    context: dict[str, Any] = {
        "page_title": said(found.title),
        "item": _shown(found, on),
        "on": on,
        "known_at": known_at,
        "clauses": [clause_shown(row, titles) for row in clauses],
        "rules": [rule_line(ref, titles) for ref in rules],
    }
    return render(request, "rulebook/instrument.html", context)


def _shown(row: InstrumentOn, on: date) -> dict[str, Any]:
    """State and kind of text in words."""
    if row.is_in_force:
        state, tag = _("in force"), "done"
    elif row.valid_to is not None and row.valid_to <= on:
        state, tag = _("no longer in force"), "wait"
    elif row.valid_from is None:
        state, tag = _("day of force not known"), "wait"
    else:
        state, tag = _("not yet in force"), "wait"
    status = TextStatus(row.text_status).label if row.text_status in TextStatus.values else row.text_status
    return {
        "row": row, "title": said(row.title), "note": said(row.note), "state": state, "tag": tag,
        "status": status, "issuers": issuers_said(row.issuers, PACK),
        "dates": _("dates confirmed") if row.dates_verified else _("dates not confirmed"),
    }
