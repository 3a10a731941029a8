"""Entries of a pack as column values. Pure."""

from __future__ import annotations

from typing import Any

from rulebook.entries import Basis, ClauseEntry, DeadlineEntry, InstrumentEntry, ParameterEntry, Rule, Text

EVERY_LINE = "*"


def _titles(title: Text) -> dict[str, str]:
    return {"title_zh": title["zh"], "title_en": title["en"]}


def _source(basis: Basis) -> dict[str, Any]:
    return {"verified": basis.verified, "text_status": basis.text_status, "basis": basis.as_dict()}


def instrument_row(entry: InstrumentEntry) -> dict[str, Any]:
    """Return the columns of an instrument."""
    return {
        "key": entry.key, **_titles(entry.title), "issuers": list(entry.issuers),
        "document_number": entry.document_number, "text_status": entry.text_status, "announced": entry.announced,
        "valid_from": entry.valid_from, "valid_to": entry.valid_to, "verified": entry.dates_verified,
        "note": dict(entry.note) if entry.note else None,
    }


def clause_row(entry: ClauseEntry) -> dict[str, Any]:
    """Return the columns of a clause."""
    return {
        "key": entry.key, "instrument": entry.instrument, "article": entry.article or "",
        "article_verified": entry.article_verified, "facts": list(entry.facts), "kind": entry.kind,
        "subject": entry.subject, "business_lines": list(entry.business_lines), **_titles(entry.title),
        "text_zh": entry.text["zh"], "text_en": entry.text["en"], "valid_from": entry.valid_from,
        "valid_to": entry.valid_to, "verified": entry.verified, "text_status": entry.text_status,
        "note": dict(entry.note) if entry.note else None,
    }


def parameter_rows(entry: ParameterEntry) -> list[dict[str, Any]]:
    """Return the columns of every value of a parameter."""
    return [
        {
            "key": entry.key, **_titles(entry.title), "value_type": entry.value_type, "unit": entry.unit,
            "value": value.value, "valid_from": value.valid_from, "valid_to": value.valid_to, **_source(value.basis),
        }
        for value in entry.values
    ]


def deadline_row(entry: DeadlineEntry) -> dict[str, Any]:
    """Return the columns of a term."""
    extensions = [
        {
            "amount": item.amount, "unit": item.unit, "reason": dict(item.reason), "approver": dict(item.approver),
            "notice_required": item.notice_required,
        }
        for item in entry.extensions
    ]
    return {
        "key": entry.key, **_titles(entry.title), "scope": ",".join(sorted(entry.business_lines)) or EVERY_LINE,
        "valid_from": entry.valid_from, "valid_to": entry.valid_to, "start_event": entry.start_event,
        "amount": entry.amount, "unit": entry.unit, "calendar": entry.calendar,
        "pause_events": [
            {"start": item.start, "until": item.until, "restarts": item.restarts, "reason": dict(item.reason)}
            for item in entry.pause_events
        ],
        "extensions": extensions, "met_by": list(entry.met_by), "rolls": entry.rolls, **_source(entry.basis),
    }


def rule_row(rule: Rule) -> dict[str, Any]:
    """Return the columns of a rule version."""
    return {
        "rule_id": rule.id, **_titles(rule.title), "sha256": rule.sha256, "source_text": rule.source_text,
        "kind": rule.kind, "subject": rule.subject, "form": rule.form, "template": rule.template or "",
        "severity": rule.severity, "business_lines": list(rule.applies_to),
        "valid_from": rule.valid_from, "valid_to": rule.valid_to,
        "enabled": rule.enabled, **_source(rule.basis),
    }
