"""The rule catalogue for everyone: which rules are checked by machine, by which text, since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common import clock
from common.db.acting import acting_as
from common.principal import public_principal
from rulebook import selectors
from rulebook.choices import BusinessLine, RuleForm, RuleKind, Severity, TextStatus
from rulebook.selectors import RuleRef
from rulebook.wording import basis_label


@dataclass(frozen=True)
class RuleLine:
    """A rule as the reader sees it, in one language."""

    ref: RuleRef
    title: str
    basis: str
    status: str
    tag: str
    severity: str
    kind: str
    form: str
    lines: tuple[str, ...]


def _said(text: Mapping[str, str] | None) -> str:
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return (text or {}).get(language, "")


def _status(ref: RuleRef) -> tuple[str, str]:
    """How firm the source is, in words and as a colour."""
    if ref.legal_basis["text_status"] == TextStatus.CONVENTION:
        return _("House convention, no law"), "wait"
    if ref.legal_basis["verified"]:
        return _("Source confirmed"), "done"
    return _("Source not confirmed: gives no findings"), "wait"


def _line(ref: RuleRef, instruments: Mapping[str, Mapping[str, str]]) -> RuleLine:
    rule, basis = ref.rule, ref.legal_basis
    status, tag = _status(ref)
    return RuleLine(
        ref=ref,
        title=_said(ref.title),
        basis=basis_label(basis, instruments),
        status=status,
        tag=tag,
        severity=str(Severity(ref.severity).label),
        kind=str(RuleKind(rule.kind).label) if rule else "",
        form=str(RuleForm(rule.form).label) if rule else "",
        lines=tuple(str(BusinessLine(line).label) for line in (rule.applies_to if rule else ())),
    )


def _law_first(ref: RuleRef) -> tuple[bool, bool, str]:
    """Confirmed law, then law nobody confirmed, then house conventions."""
    is_convention = ref.legal_basis["text_status"] == TextStatus.CONVENTION
    return is_convention, not ref.legal_basis["verified"], ref.rule_id


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return clock.today()


@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    """The rules in force on a day (`?on=`, today by default), one business line at a time or all."""
    on, line = _day(request), request.GET.get("line", "")
    line = line if line in BusinessLine.values else ""
    with acting_as(public_principal()):
        found = selectors.rules_in_force(on, business_line=line or None)
        instruments = selectors.instrument_titles()
    context: dict[str, Any] = {
        "page_title": _("Rules"),
        "rules": [_line(ref, instruments) for ref in sorted(found, key=_law_first)],
        "on": on,
        "line": line,
        "lines": BusinessLine.choices,
    }
    return render(request, "rulebook/list.html", context)


@require_safe
def rule_page(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule: what it asks, by which article, what follows, its text and its examples. 404 for an unknown id."""
    with acting_as(public_principal()):
        ref = selectors.rule_current(rule_id)
        if ref is None or ref.rule is None:
            raise Http404
        instruments = selectors.instrument_titles([ref.legal_basis["instrument"]])
        values = [
            (alias, selectors.parameter_value(key, clock.today()), key) for alias, key in ref.rule.parameters.items()
        ]
    context: dict[str, Any] = {
        "line": _line(ref, instruments),
        "rule": ref.rule,
        "explanation": _said(ref.explanation),
        "disposal": _said(ref.disposal),
        "question": _said(ref.rule.question),
        "note": _said(ref.legal_basis.get("note")),
        "page_title": _said(ref.title),
        "values": [
            {"alias": alias, "title": _said(value.title) if value else key, "value": value, "key": key}
            for alias, value, key in values
        ],
    }
    return render(request, "rulebook/rule.html", context)
