"""Coverage of law as a picture: business lines down, subjects across, gaps and overlaps (paper 000, fig. 5)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from common import clock
from common.admin import ScopedAdmin, principal_of
from rulebook import coverage, selectors
from rulebook.choices import BusinessLine, Subject
from rulebook.coverage import LawCell, LawCoverage, LawOverlap
from rulebook.entries import NamedGap
from rulebook.selectors import ClauseOn, RuleRef
from rulebook.wording import said


@dataclass(frozen=True)
class CellView:
    """A cell with its words and its address."""

    cell: LawCell
    words: str
    overlaps: int
    url: str
    is_chosen: bool


def day_asked(request: HttpRequest) -> date:
    """`?on=`, today when it is no day."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return clock.today()


def state_words() -> dict[str, str]:
    """What each state of a cell is called."""
    return {
        coverage.COVERED: _("Rules run"), coverage.HOUSE: _("House rules only"),
        coverage.QUESTIONS: _("Questions for inspections"), coverage.UNCONFIRMED: _("Source not confirmed"),
        coverage.CLAUSES: _("Law without a rule"), coverage.EMPTY: _("No law known"),
    }


class CoveragePages:
    """The pages of the matrix; `ClauseAdmin` carries them."""

    admin_site: Any

    def coverage_urls(self) -> list[Any]:
        """Page and files."""
        wrap = self.admin_site.admin_view
        return [
            path("coverage/", wrap(self.coverage_view), name="rulebook_clause_coverage"),
            path("coverage.csv", wrap(self.coverage_csv), name="rulebook_clause_coverage_csv"),
            path("coverage.json", wrap(self.coverage_json), name="rulebook_clause_coverage_json"),
        ]

    def coverage_view(self, request: HttpRequest) -> HttpResponse:
        """The matrix of a day; with `line` and `subject` also what stands in that cell."""
        _require_reader(request)
        on = day_asked(request)
        matrix = selectors.law_matrix(on)
        chosen = _chosen(request)
        context = {
            **admin.site.each_context(request),
            "title": _("Coverage of law"),
            "on": on,
            "subjects": [(code, Subject(code).label) for code in matrix.subjects],
            "rows": [_row(matrix, line, chosen) for line in matrix.lines],
            "counts": [(state, words, matrix.counts()[state]) for state, words in state_words().items()],
            "named": [_named_line(gap) for gap in matrix.named],
            "overlap_count": len(matrix.overlaps),
            "drill": _drill(matrix, *chosen, on) if chosen else None,
            "query": f"on={on}",
        }
        return TemplateResponse(request, "rulebook/admin/coverage.html", context)

    def coverage_csv(self, request: HttpRequest) -> HttpResponse:
        """The matrix as a table: one row per line and subject."""
        _require_reader(request)
        on = day_asked(request)
        rows = coverage.table(selectors.law_matrix(on))
        answer = HttpResponse(content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="law-coverage-{on}.csv"'
        answer.write("\ufeff")  # spreadsheets read it as UTF-8 then
        writer = csv.DictWriter(answer, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        return answer

    def coverage_json(self, request: HttpRequest) -> HttpResponse:
        """Matrix, gaps with reasons, overlaps."""
        _require_reader(request)
        return JsonResponse(coverage.as_json(selectors.law_matrix(day_asked(request))))


def _require_reader(request: HttpRequest) -> None:
    if not principal_of(request).roles & ScopedAdmin.view_roles:
        raise PermissionDenied


def _chosen(request: HttpRequest) -> tuple[str, str] | None:
    line, subject = request.GET.get("line", ""), request.GET.get("subject", "")
    return (line, subject) if line in BusinessLine.values and subject in Subject.values else None


def _row(matrix: LawCoverage, line: str, chosen: tuple[str, str] | None) -> dict[str, Any]:
    return {
        "code": line, "name": BusinessLine(line).label,
        "cells": [_cell(matrix, line, subject, chosen) for subject in matrix.subjects],
    }


def _cell(matrix: LawCoverage, line: str, subject: str, chosen: tuple[str, str] | None) -> CellView:
    cell = matrix.cell(line, subject)
    overlaps = sum(1 for one in matrix.overlaps if (one.line, one.subject) == (line, subject))
    url = f"{reverse('admin:rulebook_clause_coverage')}?on={matrix.on}&line={line}&subject={subject}#lx-cell"
    return CellView(cell, state_words()[cell.state], overlaps, url, chosen == (line, subject))


def _drill(matrix: LawCoverage, line: str, subject: str, on: date) -> dict[str, Any]:
    """Rules and clauses of one cell, in words."""
    cell = matrix.cell(line, subject)
    rules = {ref.rule_id: ref for ref in selectors.rules_in_force(on, business_line=line)}
    clauses = {row.key: row for row in selectors.clauses(on, line=line, subject=subject)}
    titles = selectors.instrument_titles()
    groups = [
        (_("Rules that run"), cell.executable), (_("House rules"), cell.house),
        (_("Questions for inspections"), cell.questions), (_("Rules whose source is not confirmed"), cell.unconfirmed),
    ]
    return {
        "title": f"{BusinessLine(line).label} · {Subject(subject).label}",
        "state": state_words()[cell.state],
        "is_gap": cell.is_gap,
        "named": [_named_line(gap) for gap in matrix.named_for(line, subject)],
        "groups": [(name, [_rule_line(rules[key], titles) for key in keys if key in rules]) for name, keys in groups],
        "clauses": [_clause_line(clauses[key], titles) for key in cell.clauses if key in clauses],
        "overlaps": [
            _overlap_line(one, rules) for one in matrix.overlaps if (one.line, one.subject) == (line, subject)
        ],
    }


def _named_line(gap: NamedGap) -> dict[str, Any]:
    return {
        "line": BusinessLine(gap.line).label, "title": said(gap.title), "why": said(gap.why),
        "wanted": said(gap.wanted), "subjects": [Subject(subject).label for subject in gap.subjects],
    }


def _rule_line(ref: RuleRef, titles: Mapping[str, Any]) -> dict[str, str]:
    return {
        "id": ref.rule_id, "title": said(ref.title), "basis": selectors.basis_title(ref.legal_basis, titles),
        "url": reverse("admin:rulebook_ruleversion_change", args=[ref.rule_version_id]),
    }


def _clause_line(row: ClauseOn, titles: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": said(row.title), "text": said(row.text), "basis": selectors.basis_title(row.basis, titles),
        "verified": row.verified,
    }


def _overlap_line(one: LawOverlap, rules: Mapping[str, RuleRef]) -> dict[str, Any]:
    kind = _("Several instruments limit the same quantity") if one.kind == "instruments" else _(
        "One quantity has several limits"
    )
    found = [{"id": key, "title": said(rules[key].title) if key in rules else key} for key in one.rules]
    return {"kind": kind, "quantity": one.quantity, "thresholds": ", ".join(one.thresholds), "rules": found}
