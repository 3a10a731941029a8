"""The rulebook's rows as JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from rulebook.entries import DeadlineEntry
from rulebook.selectors import (
    ClauseOn,
    InstrumentOn,
    Known,
    LawChange,
    LawCorrection,
    ParameterOn,
    RuleRef,
    RuleState,
    VersionRecord,
)


def iso(day: date | None) -> str | None:
    """A day as text."""
    return day.isoformat() if day and day != date.min else None


def span(first: date | None, last: date | None) -> dict[str, str | None]:
    """From a day until before another."""
    return {"from": iso(first), "to": iso(last)}


def rule_card(ref: RuleRef) -> dict[str, Any]:
    """A rule as a row of the list."""
    rule = ref.rule
    return {
        "id": ref.rule_id,
        "version_sha256": ref.version_sha256,
        "title": dict(ref.title),
        "severity": ref.severity,
        "enabled": ref.enabled,
        "verified": bool(ref.legal_basis.get("verified")),
        "legal_basis": ref.legal_basis,
        "kind": rule.kind if rule else "",
        "form": rule.form if rule else "",
        "subject": rule.subject if rule else "",
        "template": rule.template if rule else None,
        "business_lines": list(rule.applies_to) if rule else [],
        "in_force": span(rule.valid_from, rule.valid_to) if rule else {},
        "announced": iso(rule.announced) if rule else None,
        "transition_until": iso(rule.transition_until) if rule else None,
        "origin": ref.origin,
    }


def rule_page(ref: RuleRef) -> dict[str, Any]:
    """A rule with everything that is public about it, which is all."""
    rule = ref.rule
    body = {
        "explanation": dict(ref.explanation),
        "disposal": dict(ref.disposal),
        "check": rule.check if rule else None,
        "sql": rule.sql if rule else None,
        "question": dict(rule.question) if rule and rule.question else None,
        "deadline": rule.deadline if rule else None,
        "parameters": dict(rule.parameters) if rule else {},
        "threshold": rule.threshold if rule else None,
        "source": rule.source_text if rule else "",
        "examples": [{"name": dict(item.name), "expect": item.expect} for item in rule.examples] if rule else [],
    }
    return {**rule_card(ref), **body}


def parameter_card(parameter: ParameterOn) -> dict[str, Any]:
    """A parameter's value with its source."""
    return {
        "key": parameter.key,
        "title": dict(parameter.title),
        "value": str(parameter.value),
        "unit": parameter.unit,
        "valid": span(parameter.valid_from, parameter.valid_to),
        "verified": parameter.verified,
        "legal_basis": parameter.basis,
    }


def known_card(version: Known[Any], card: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """One version of an entry: what was known, since when and until when."""
    until = version.known_until
    return {
        **card(version.entry), "known_from": version.known_from.isoformat(),
        "known_until": until.isoformat() if until else None,
    }


def correction_card(row: LawCorrection) -> dict[str, Any]:
    """Something the system knew otherwise at two moments."""
    return {
        "kind": row.kind, "key": row.key, "title": dict(row.title), "change": row.change, "what": row.what,
        "before": row.before, "after": row.after, "at": row.at.isoformat(),
    }


def instrument_card(row: InstrumentOn) -> dict[str, Any]:
    """A law, order, notice or standard."""
    return {
        "key": row.key,
        "title": dict(row.title),
        "issuers": list(row.issuers),
        "document_number": row.document_number,
        "text_status": row.text_status,
        "announced": iso(row.announced),
        "in_force": span(row.valid_from, row.valid_to),
        "is_in_force": row.is_in_force,
        "verified": row.dates_verified,
        "note": row.note or None,
    }


def clause_card(row: ClauseOn) -> dict[str, Any]:
    """One demand of an instrument."""
    return {
        "key": row.key,
        "instrument": row.instrument,
        "article": row.article or None,
        "kind": row.kind,
        "subject": row.subject,
        "business_lines": list(row.business_lines),
        "title": dict(row.title),
        "text": dict(row.text),
        "in_force": span(row.valid_from, row.valid_to),
        "verified": row.verified,
        "legal_basis": row.basis,
    }


def deadline_card(row: DeadlineEntry) -> dict[str, Any]:
    """A term."""
    return {
        "key": row.key,
        "title": dict(row.title),
        "business_lines": list(row.business_lines),
        "start_event": row.start_event,
        "amount": row.amount,
        "unit": row.unit,
        "calendar": row.calendar,
        "valid": span(row.valid_from, row.valid_to),
        "verified": row.basis.verified,
        "gives_findings": row.basis.may_give_findings,
        "legal_basis": row.basis.as_dict(),
    }


def version_card(record: VersionRecord) -> dict[str, Any]:
    """One version of a rule in its history."""
    return {
        "version_sha256": record.ref.version_sha256,
        "title": dict(record.ref.title),
        "known_from": record.known_from.isoformat(),
        "in_force": span(record.valid_from, record.valid_to),
        "origin": record.ref.origin,
        "made_by": record.made_by,
        "approved_by": record.approved_by or None,
        "enabled": record.ref.enabled,
        "withdrawn": record.is_withdrawn,
    }


def state_card(state: RuleState | None) -> dict[str, Any] | None:
    """A rule on a day."""
    if state is None:
        return None
    return {
        "on": iso(state.on),
        "in_force": state.is_in_force,
        "version_sha256": state.ref.version_sha256,
        "severity": state.ref.severity,
        "enabled": state.ref.enabled,
        "parameters": [parameter_card(value) for value in state.parameters.values() if value],
    }


def change_card(change: LawChange) -> dict[str, Any]:
    """Something that differs between two days."""
    return {
        "kind": change.kind,
        "key": change.key,
        "title": dict(change.title),
        "change": change.change,
        "what": change.what,
        "before": change.before,
        "after": change.after,
        "since": iso(change.since),
        "legal_basis": change.basis,
    }
