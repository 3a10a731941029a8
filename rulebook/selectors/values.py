"""Dated numbers as they stand on a day: parameters and terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from rulebook.choices import SourceKind
from rulebook.entries import (
    Basis,
    DeadlineEntry,
    ExtensionEntry,
    ParameterEntry,
    ParameterValueEntry,
    PauseRule,
    Text,
)
from rulebook.facts import deadline_print, deadline_source_key, parameter_print, parameter_source_key
from rulebook.home import home
from rulebook.models import DeadlineRule, ParameterValue
from rulebook.selectors.confirmed import Confirmed, Moment, confirmed

PACK = home().pack
CALENDAR = home().calendar


@dataclass(frozen=True)
class ParameterOn:
    """A parameter as it stands on a day."""

    key: str
    title: Text
    value: Decimal
    unit: str
    valid_from: date
    valid_to: date | None
    basis: dict[str, Any]
    verified: bool


def title_of(row: Any) -> dict[str, str]:
    """Return both titles of a row."""
    return {"zh": row.title_zh, "en": row.title_en}


def basis_from(data: dict[str, Any]) -> Basis:
    """Return a basis as it was stored."""
    known = Basis.__dataclass_fields__
    return Basis(**{**{k: v for k, v in data.items() if k in known}, "facts": tuple(data.get("facts", ()))})


def parameter_basis(row: ParameterValue, marks: Confirmed) -> dict[str, Any]:
    """Return the legal basis of a value; a source that two persons confirmed counts as verified."""
    mark = parameter_source_key(row), parameter_print(row)
    return marks.basis(SourceKind.PARAMETER, row.pack, *mark, row.basis) if marks else dict(row.basis)


def parameter_entries(pack: str = PACK, known_at: Moment = None) -> dict[str, ParameterEntry]:
    """Return every parameter of a pack with all its dated values."""
    marks = confirmed(known_at)
    found: dict[str, list[ParameterValue]] = {}
    for row in ParameterValue.objects.known(known_at).filter(pack=pack).order_by("key", "valid_from"):
        found.setdefault(row.key, []).append(row)
    return {key: _entry(values, marks) for key, values in found.items()}


def _entry(rows: list[ParameterValue], marks: Confirmed) -> ParameterEntry:
    first = rows[0]
    values = tuple(
        ParameterValueEntry(
            row.valid_from or date.min, row.valid_to, row.value, basis_from(parameter_basis(row, marks))
        )
        for row in rows
    )
    return ParameterEntry(first.key, title_of(first), first.value_type, first.unit, values)


def parameter_value(key: str, on: date, *, pack: str = PACK, known_at: Moment = None) -> ParameterOn | None:
    """Return a parameter's value on a day, confirmed or not (`verified` says which); `None` when none holds."""
    row = ParameterValue.objects.known(known_at).filter(pack=pack).in_force(on).filter(key=key).first()
    return parameter_on(row, confirmed(known_at)) if row else None


def parameters_on(on: date, *, pack: str = PACK, known_at: Moment = None) -> list[ParameterOn]:
    """Return every parameter of a pack that has a value on a day, by key."""
    marks = confirmed(known_at)
    rows = ParameterValue.objects.known(known_at).filter(pack=pack).in_force(on).order_by("key")
    return [parameter_on(row, marks) for row in rows]


def parameter_timeline(key: str, *, pack: str = PACK, known_at: Moment = None) -> list[ParameterOn]:
    """Return every dated value of one parameter, oldest first; empty for an unknown key."""
    marks = confirmed(known_at)
    rows = ParameterValue.objects.known(known_at).filter(pack=pack, key=key).order_by("valid_from")
    return [parameter_on(row, marks) for row in rows]


def parameter_on(row: ParameterValue, marks: Confirmed) -> ParameterOn:
    """Return one stored value as it counts now."""
    basis = parameter_basis(row, marks)
    return ParameterOn(
        row.key, title_of(row), Decimal(row.value), row.unit, row.valid_from or date.min, row.valid_to, basis,
        bool(basis.get("verified")),
    )


def deadline_rule(
    key: str, on: date, business_line: str | None = None, *, pack: str = PACK, known_at: Moment = None
) -> DeadlineEntry | None:
    """Return the term of a key in force on a day for a business line, or `None`.

    Only terms that may be used: a confirmed source or an open house convention. Where several hold, the one
    that names the line comes before one for all lines, and law before convention. With a moment, as known then.
    """
    found = DeadlineRule.objects.known(known_at).filter(pack=pack).in_force(on).filter(key=key)
    rows = [deadline_entry(row, marks) for marks in [confirmed(known_at)] for row in found]
    usable = [row for row in rows if row.basis.may_give_findings and row.applies_to(business_line)]
    usable.sort(key=lambda row: (not row.business_lines, not row.basis.verified, row.valid_from))
    return usable[0] if usable else None


def deadline_entries(pack: str = PACK, on: date | None = None, known_at: Moment = None) -> list[DeadlineEntry]:
    """Return the terms of a pack (of one day when `on` is given), usable or not."""
    marks = confirmed(known_at)
    rows = DeadlineRule.objects.known(known_at).filter(pack=pack).order_by("key", "valid_from", "scope")
    return [deadline_entry(row, marks) for row in (rows if on is None else rows.in_force(on))]


def deadline_basis(row: DeadlineRule, marks: Confirmed) -> dict[str, Any]:
    """Return the legal basis of a term; a source that two persons confirmed counts as verified."""
    mark = deadline_source_key(row), deadline_print(row)
    return marks.basis(SourceKind.DEADLINE, row.pack, *mark, row.basis) if marks else dict(row.basis)


def deadline_entry(row: DeadlineRule, marks: Confirmed) -> DeadlineEntry:
    """Return one stored term as it counts now."""
    lines = () if row.scope == "*" else tuple(row.scope.split(","))
    return DeadlineEntry(
        key=row.key, title=title_of(row), business_lines=lines, valid_from=row.valid_from or date.min,
        valid_to=row.valid_to, start_event=row.start_event, amount=row.amount, unit=row.unit, calendar=row.calendar,
        pause_events=tuple(PauseRule(**item) for item in row.pause_events),
        extensions=tuple(ExtensionEntry(**item) for item in row.extensions),
        basis=basis_from(deadline_basis(row, marks)), met_by=tuple(row.met_by), rolls=row.rolls,
    )

