"""What a pack holds once it has been read: plain, frozen, typed. Pure: no Django, no files.

Every text is a mapping with the keys `zh` and `en`. `valid_to` is exclusive; `None` means "no end known to the
writer", which is not the same as "in force for ever" (research: regulations, section 3.2).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

Text = Mapping[str, str]
WHOLE_COUNTRY = "000000"


def code_above(code: str, step: int) -> str:
    """Return the code one level up where groups of `step` digits tell it: 110105 → 110100; empty at the top."""
    groups = [code[at : at + step] for at in range(0, len(code), step)]
    filled = [index for index, group in enumerate(groups) if group.strip("0")]
    if not filled:
        return ""
    groups[filled[-1]] = "0" * len(groups[filled[-1]])
    return "".join(groups)


def is_within(on: date, valid_from: date | None, valid_to: date | None) -> bool:
    """Return whether a day lies in the half-open interval [from, to); an open side has no bound."""
    return (valid_from is None or valid_from <= on) and (valid_to is None or on < valid_to)


@dataclass(frozen=True)
class Basis:
    """Where a row comes from: instrument and article, whether a person saw the text, and of which kind it is.

    `text_status` is final, draft, practice, memory or convention. A convention is a house rule of this
    workbench: no law says so, and every page shows that.
    """

    instrument: str
    article: str | None = None
    facts: tuple[str, ...] = ()
    verified: bool = False
    article_verified: bool = False
    text_status: str = "memory"
    note: Text | None = None

    @property
    def may_give_findings(self) -> bool:
        """Return whether the source was seen, or the row is openly a house convention."""
        return self.verified or self.text_status == "convention"

    def as_dict(self) -> dict[str, Any]:
        """Return the short form that travels with a finding to the screen."""
        return {
            "instrument": self.instrument, "article": self.article, "facts": list(self.facts),
            "verified": self.verified, "article_verified": self.article_verified,
            "text_status": self.text_status, "note": dict(self.note) if self.note else None,
        }


@dataclass(frozen=True)
class PackInfo:
    """What a pack says of itself: its legal zone, working-day calendar, money and system of region codes."""

    name: Text
    zone: str
    calendar: str
    currency: str
    region_system: Text
    note: Text | None = None


@dataclass(frozen=True)
class InstrumentEntry:
    """One law, order, notice or standard; `dates_verified` says whether its dates were seen."""

    key: str
    title: Text
    issuers: tuple[str, ...]
    document_number: str
    text_status: str
    announced: date | None
    valid_from: date | None
    valid_to: date | None
    dates_verified: bool
    note: Text | None = None


@dataclass(frozen=True)
class ClauseEntry:
    """What one place of an instrument asks, in own words. What carries it out is found by its facts.

    `key` is unique in the pack: its facts, with `#2` and so on where the same facts stand in several clauses.
    """

    key: str
    instrument: str
    article: str | None
    facts: tuple[str, ...]
    kind: str
    subject: str
    business_lines: tuple[str, ...]
    title: Text
    text: Text
    valid_from: date
    valid_to: date | None
    verified: bool
    article_verified: bool
    text_status: str
    note: Text | None = None
    path: str = ""
    line: int = 0

    def is_in_force(self, on: date) -> bool:
        """Return whether the clause is in force on a day."""
        return is_within(on, self.valid_from, self.valid_to)


@dataclass(frozen=True)
class RegionEntry:
    """A region by six digits of the pack's system; `000000` is the whole country, parts of it end in four zeros."""

    code: str
    name: Text
    short: Text
    parent: str | None = None


@dataclass(frozen=True)
class RouteEntry:
    """Where a conflict of supervision goes, since when, by which text; `role` says whose lead is meant."""

    conflict: str
    destination: str
    role: str
    why: Text
    valid_from: date
    valid_to: date | None
    basis: Basis


@dataclass(frozen=True)
class OwnershipEntry:
    """Objects of a kind belong to the lead of this role."""

    kind: str
    role: str
    why: Text
    valid_from: date
    valid_to: date | None
    basis: Basis


@dataclass(frozen=True)
class AuthorityEntry:
    """A supervising body in its time; successors name their predecessors."""

    code: str
    name: Text
    short: Text
    kind: str
    region: str
    parent: str | None
    predecessors: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    dates_verified: bool
    facts: tuple[str, ...] = ()
    note: Text | None = None


@dataclass(frozen=True)
class MandateEntry:
    """Who supervises what: line, role, region, body, lead or assist, between two days."""

    business_line: str
    role: str
    region: str
    authority: str
    duty: str
    valid_from: date
    valid_to: date | None
    basis: Basis


@dataclass(frozen=True)
class UndecidedEntry:
    """A question the pack leaves open on purpose; it belongs on the agenda of the joint meeting."""

    key: str
    title: Text
    why: Text
    business_line: str | None
    role: str | None
    valid_from: date | None
    valid_to: date | None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class ParameterValueEntry:
    """One value from one day on; it holds until the next value starts or `valid_to` (exclusive)."""

    valid_from: date
    valid_to: date | None
    value: str
    basis: Basis


@dataclass(frozen=True)
class ParameterEntry:
    """A dated number of the law or of the house, with its unit and its type."""

    key: str
    title: Text
    value_type: str
    unit: str
    values: tuple[ParameterValueEntry, ...]

    def value_on(self, on: date) -> ParameterValueEntry | None:
        """Return the value in force on a day, verified or not; `None` before the first and in a hole."""
        for value in self.values:
            if is_within(on, value.valid_from, value.valid_to):
                return value
        return None


@dataclass(frozen=True)
class ExtensionEntry:
    """How far a term may be stretched, by whose approval, and whether the complainant must be told."""

    amount: int
    unit: str
    reason: Text
    approver: Text
    notice_required: bool


@dataclass(frozen=True)
class PauseRule:
    """The term stands still from one event until another; with `restarts` the second begins it anew."""

    start: str
    until: str
    restarts: bool
    reason: Text


@dataclass(frozen=True)
class DeadlineEntry:
    """One term between two days: so many units after the start event, until one of `met_by` happens.

    `rolls`: a last day that is free moves to the next working day.
    """

    key: str
    title: Text
    business_lines: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    start_event: str
    amount: int
    unit: str
    calendar: str
    pause_events: tuple[PauseRule, ...]
    extensions: tuple[ExtensionEntry, ...]
    basis: Basis
    met_by: tuple[str, ...] = ()
    rolls: bool = False

    @property
    def version(self) -> str:
        """Return the hash of what decides a date: a corrected title or note makes no new version."""
        parts = (
            self.key, self.start_event, self.amount, self.unit, self.calendar, self.rolls, self.met_by,
            [(item.start, item.until, item.restarts) for item in self.pause_events],
            [(item.amount, item.unit, item.notice_required) for item in self.extensions],
        )
        return sha256(json.dumps(parts).encode("utf-8")).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        """Return the term as JSON, for a clock that keeps the version it started under (see `term_of`)."""
        return {
            "key": self.key, "title": dict(self.title), "business_lines": list(self.business_lines),
            "valid_from": self.valid_from.isoformat(), "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "start_event": self.start_event, "amount": self.amount, "unit": self.unit, "calendar": self.calendar,
            "pause_events": [{**vars(item), "reason": dict(item.reason)} for item in self.pause_events],
            "extensions": [
                {**vars(item), "reason": dict(item.reason), "approver": dict(item.approver)}
                for item in self.extensions
            ],
            "met_by": list(self.met_by), "rolls": self.rolls, "version": self.version, "basis": self.basis.as_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> DeadlineEntry:
        """Return the term that `as_dict` wrote; keys it does not know are left out."""
        basis = {name: data["basis"].get(name) for name in Basis.__dataclass_fields__}
        values = {name: data[name] for name in cls.__dataclass_fields__}
        return cls(**{
            **values,
            "business_lines": tuple(data["business_lines"]),
            "valid_from": date.fromisoformat(data["valid_from"]),
            "valid_to": date.fromisoformat(data["valid_to"]) if data["valid_to"] else None,
            "pause_events": tuple(PauseRule(**item) for item in data["pause_events"]),
            "extensions": tuple(ExtensionEntry(**item) for item in data["extensions"]),
            "basis": Basis(**{**basis, "facts": tuple(basis["facts"] or ())}),
            "met_by": tuple(data["met_by"]),
        })

    def applies_to(self, business_line: str | None) -> bool:
        """Return whether the term covers a business line; an empty list covers all."""
        return business_line is None or not self.business_lines or business_line in self.business_lines


@dataclass(frozen=True)
class Example:
    """Rows and what the rule must say about them; runs as a test. `unjudged`: how many rows it cannot judge.

    A plain `name`, as older drafts have it, stands for both languages; `is_bilingual` says so.
    """

    name: Text
    on: date
    expect: str
    tables: Mapping[str, tuple[Mapping[str, Any], ...]]
    findings: tuple[Mapping[str, Any], ...] = ()
    absent_columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    currency: str | None = None
    event: Mapping[str, Any] | None = None
    line: int = 0
    is_bilingual: bool = True
    unjudged: int = 0


@dataclass(frozen=True)
class Rule:
    """One rule of the pack: what must be true, since when, by which article, and what follows if not."""

    id: str
    title: Text
    basis: Basis
    valid_from: date
    valid_to: date | None
    announced: date | None
    applies_to: tuple[str, ...]
    role: str
    subject: str
    kind: str
    form: str
    template: str | None
    severity: str
    parameters: Mapping[str, str]
    check: str | None
    sql: str | None
    null_fails: bool
    deadline: str | None
    question: Text | None
    currency: str | None
    measured: str | None
    threshold: str | None
    transition_until: date | None
    transition_severity: str | None
    transition_facts: tuple[str, ...]
    disposal: Text
    explanation: Text
    examples: tuple[Example, ...]
    source_text: str
    sha256: str
    path: str = ""

    @property
    def enabled(self) -> bool:
        """Return whether the rule may give findings: its source was seen, or it is openly a convention."""
        return self.basis.may_give_findings

    def is_in_force(self, on: date) -> bool:
        """Return whether the rule is in force on a day (announced is not enough)."""
        return is_within(on, self.valid_from, self.valid_to)

    def severity_on(self, on: date) -> str:
        """Return the severity on a day; inside a transition window the milder one of the pack."""
        in_window = self.transition_until is not None and on < self.transition_until
        return self.transition_severity or self.severity if in_window else self.severity


@dataclass(frozen=True)
class NamedGap:
    """A part of the law that the pack knows it does not hold, and which text would fill it."""

    line: str
    subjects: tuple[str, ...]
    title: Text
    why: Text
    wanted: Text
    valid_from: date
    valid_to: date | None = None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pack:
    """Everything one pack says, with its own hash over all files."""

    name: str
    path: str
    sha256: str
    instruments: Mapping[str, InstrumentEntry]
    regions: tuple[RegionEntry, ...]
    authorities: tuple[AuthorityEntry, ...]
    mandates: tuple[MandateEntry, ...]
    undecided: tuple[UndecidedEntry, ...]
    parameters: Mapping[str, ParameterEntry]
    deadlines: tuple[DeadlineEntry, ...]
    calendars: Mapping[str, Any]
    rules: tuple[Rule, ...]
    clauses: tuple[ClauseEntry, ...] = ()
    info: PackInfo | None = None
    routes: tuple[RouteEntry, ...] = ()
    ownership: tuple[OwnershipEntry, ...] = ()
    region_scheme: Mapping[str, int] | None = None
    gaps: tuple[NamedGap, ...] = ()

    def rule(self, rule_id: str) -> Rule:
        """Return a rule by id; raises `KeyError` when the pack has none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def provinces(self) -> tuple[RegionEntry, ...]:
        """Return the regions directly below the whole country."""
        countries = {region.code for region in self.regions if region.parent is None}
        return tuple(region for region in self.regions if region.parent in countries)
