"""Instruments and clauses: what the law says, and a legal basis in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rulebook.choices import SourceKind
from rulebook.entries import Text
from rulebook.facts import clause_print
from rulebook.models import Clause, Instrument
from rulebook.selectors.confirmed import Confirmed, Moment, confirmed
from rulebook.selectors.values import PACK, title_of
from rulebook.wording import basis_label, note_label, status_label


@dataclass(frozen=True)
class InstrumentOn:
    """A law, order, notice or standard; `is_in_force` is that of the day asked for."""

    key: str
    title: Text
    issuers: tuple[str, ...]
    document_number: str
    text_status: str
    announced: date | None
    valid_from: date | None
    valid_to: date | None
    dates_verified: bool
    note: Text
    is_in_force: bool


@dataclass(frozen=True)
class ClauseOn:
    """One demand of one instrument, in our own words."""

    key: str
    instrument: str
    article: str
    facts: tuple[str, ...]
    kind: str
    subject: str
    business_lines: tuple[str, ...]
    title: Text
    text: Text
    note: Text
    valid_from: date | None
    valid_to: date | None
    basis: dict[str, Any] = field(default_factory=dict)

    @property
    def verified(self) -> bool:
        """Whether somebody has seen the text."""
        return bool(self.basis.get("verified"))


def instrument_titles(keys: Iterable[str] | None = None, *, known_at: Moment = None) -> dict[str, Text]:
    """Return the titles of instruments by key; of all when no keys are given; with a moment, as known then."""
    found = Instrument.objects.known(known_at)
    rows = found if keys is None else found.filter(key__in=list(keys))
    return {row.key: title_of(row) for row in rows}


def instruments(on: date, *, pack: str = PACK, known_at: Moment = None) -> list[InstrumentOn]:
    """Return every instrument of a pack, by the day it came into force; `is_in_force` tells about the day."""
    rows = list(Instrument.objects.known(known_at).filter(pack=pack))
    rows.sort(key=lambda row: (row.valid_from or date.max, row.key))
    return [instrument_on(row, on) for row in rows]


def instrument(key: str, on: date, *, pack: str = "", known_at: Moment = None) -> InstrumentOn | None:
    """Return one instrument, or `None`; without a pack the home pack comes first."""
    rows = list(Instrument.objects.known(known_at).filter(key=key, **({"pack": pack} if pack else {})))
    rows.sort(key=lambda row: (row.pack != PACK, row.pack))
    return instrument_on(rows[0], on) if rows else None


def instrument_on(row: Instrument, on: date) -> InstrumentOn:
    """Return one stored instrument as of a day."""
    begun = row.valid_from is not None and row.valid_from <= on
    return InstrumentOn(
        key=row.key, title=title_of(row), issuers=tuple(row.issuers), document_number=row.document_number,
        text_status=row.text_status, announced=row.announced, valid_from=row.valid_from, valid_to=row.valid_to,
        dates_verified=row.verified, note=dict(row.note or {}),
        is_in_force=begun and (row.valid_to is None or on < row.valid_to),
    )


def clauses(
    on: date | None = None, *, pack: str = PACK, instrument: str = "", line: str = "", subject: str = "",
    kind: str = "", known_at: Moment = None,
) -> list[ClauseOn]:
    """Return the clauses of a pack in their order, of one day when `on` is given."""
    rows = Clause.objects.known(known_at).filter(pack=pack)
    if on is not None:
        rows = rows.in_force(on)
    wanted = {"instrument": instrument, "subject": subject, "kind": kind}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if line:
        rows = rows.filter(business_lines__contains=[line])
    marks = confirmed(known_at)
    return [clause_on(row, marks) for row in rows.placed().order_by("instrument", "place")]


def clause_on(row: Clause, marks: Confirmed) -> ClauseOn:
    """Return one stored clause as it counts now."""
    basis = {
        "instrument": row.instrument, "article": row.article or None, "facts": list(row.facts),
        "verified": row.verified, "article_verified": row.article_verified, "text_status": row.text_status,
        "note": row.note,
    }
    if marks and not row.verified:
        basis = marks.basis(SourceKind.CLAUSE, row.pack, row.key, clause_print(row), basis)
    return ClauseOn(
        key=row.key, instrument=row.instrument, article=row.article, facts=tuple(row.facts), kind=row.kind,
        subject=row.subject, business_lines=tuple(row.business_lines), title=title_of(row),
        text={"zh": row.text_zh, "en": row.text_en}, note=dict(row.note or {}), valid_from=row.valid_from,
        valid_to=row.valid_to, basis=basis,
    )


def basis_title(basis: Mapping[str, Any], titles: Mapping[str, Text] | None = None) -> str:
    """Return instrument and article of a legal basis in the reader's language; empty for no basis."""
    known = instrument_titles([str(basis.get("instrument", ""))]) if titles is None else titles
    return basis_label(basis, known)


def basis_lines(basis: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a legal basis as lines to read: instrument and article, how firm the source is, the writer's note."""
    lines = (basis_title(basis), status_label(basis), note_label(basis))
    return tuple(line for line in lines if line)
