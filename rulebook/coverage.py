"""Coverage of law: which part of which business has rules on a day, where nothing runs, where several do. Pure.

The matrix of paper 000, figure 5: business lines down, subjects across. A cell knows its executable rules, its
questions for inspections, its house rules (no law asks for them), the rules that wait for a confirmed source, and the
clauses in force. A gap says whether law exists that nothing executes, or whether no law is known; an overlap names
rules that judge the same quantity with different numbers, or limits that several instruments set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

from rulebook.compiler.canonical import shape_of
from rulebook.compiler.language import LanguageError
from rulebook.entries import ClauseEntry, NamedGap, Pack, Rule, Text, is_within
from rulebook.entries.schemas import codes

COVERED, HOUSE, QUESTIONS, UNCONFIRMED, CLAUSES, EMPTY = (
    "covered", "house", "questions", "unconfirmed", "clauses", "empty",
)
STATES = (COVERED, HOUSE, QUESTIONS, UNCONFIRMED, CLAUSES, EMPTY)
GAPS = (UNCONFIRMED, CLAUSES, EMPTY)
WHY: Mapping[str, Text] = {
    UNCONFIRMED: {"zh": "有规则，但来源尚未核对", "en": "There are rules, but their sources are not confirmed"},
    CLAUSES: {"zh": "有条文，但没有可执行的规则", "en": "There are clauses, but nothing executes them"},
    EMPTY: {"zh": "未见任何规定", "en": "No provision is known"},
}


@dataclass(frozen=True)
class LawRule:
    """A rule as the matrix sees it; `enabled` counts confirmations made after the pack was written."""

    rule: Rule
    enabled: bool

    @property
    def place(self) -> str:
        """Where the rule stands in a cell."""
        if not self.enabled:
            return UNCONFIRMED
        if self.rule.form == "question":
            return QUESTIONS
        return HOUSE if self.rule.basis.text_status == "convention" else COVERED


@dataclass(frozen=True)
class LawCell:
    """One line and subject on the day; every list is sorted by key."""

    line: str
    subject: str
    executable: tuple[str, ...] = ()
    house: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """The best that the cell has: covered, house, questions, unconfirmed, clauses or empty."""
        parts = (self.executable, self.house, self.questions, self.unconfirmed, self.clauses)
        return next((state for state, part in zip(STATES, parts, strict=False) if part), EMPTY)

    @property
    def is_gap(self) -> bool:
        """Whether no rule of any kind is in force here."""
        return self.state in GAPS


@dataclass(frozen=True)
class LawOverlap:
    """Rules on one quantity: `instruments` when several instruments limit it, else `thresholds`."""

    kind: str
    line: str
    subject: str
    template: str
    quantity: str
    rules: tuple[str, ...]
    instruments: tuple[str, ...]
    thresholds: tuple[str, ...]


@dataclass(frozen=True)
class LawCoverage:
    """The matrix of a day with its gaps and overlaps."""

    on: date
    lines: tuple[str, ...]
    subjects: tuple[str, ...]
    cells: Mapping[tuple[str, str], LawCell] = field(default_factory=dict)
    overlaps: tuple[LawOverlap, ...] = ()
    named: tuple[NamedGap, ...] = ()

    def named_for(self, line: str, subject: str) -> tuple[NamedGap, ...]:
        """What the pack says it does not hold in a cell."""
        return tuple(gap for gap in self.named if gap.line == line and subject in gap.subjects)

    def cell(self, line: str, subject: str) -> LawCell:
        """Return one cell; an empty one where nothing is known."""
        return self.cells.get((line, subject)) or LawCell(line, subject)

    @property
    def gaps(self) -> tuple[LawCell, ...]:
        """Cells without any rule in force, in the order of lines and subjects."""
        every = (self.cell(line, subject) for line in self.lines for subject in self.subjects)
        return tuple(cell for cell in every if cell.is_gap)

    def counts(self) -> dict[str, int]:
        """Return how many cells are in each state."""
        found = dict.fromkeys(STATES, 0)
        for line in self.lines:
            for subject in self.subjects:
                found[self.cell(line, subject).state] += 1
        return found


def rules_of(pack: Pack) -> list[LawRule]:
    """Return a pack's rules as its writer left them."""
    return [LawRule(rule, rule.enabled) for rule in pack.rules]


def law_coverage(
    rules: Iterable[LawRule], clauses: Iterable[ClauseEntry], on: date, gaps: Iterable[NamedGap] = ()
) -> LawCoverage:
    """Return the matrix of a day over every business line and subject of the schema, with the gaps a pack names."""
    standing = [law for law in rules if law.rule.is_in_force(on)]
    lines, subjects = codes("business_line"), codes("subject")
    parts: dict[tuple[str, str], dict[str, set[str]]] = {}
    for law in standing:
        for line in law.rule.applies_to:
            _add(parts, (line, law.rule.subject), law.place, law.rule.id, law.rule.basis.instrument)
    for clause in clauses:
        if clause.is_in_force(on):
            for line in clause.business_lines:
                _add(parts, (line, clause.subject), CLAUSES, clause.key, clause.instrument)
    cells = {place: _cell(place, found) for place, found in parts.items()}
    named = tuple(gap for gap in gaps if is_within(on, gap.valid_from, gap.valid_to))
    return LawCoverage(on, lines, subjects, cells, tuple(_overlaps(standing)), named)


def _add(
    parts: dict[tuple[str, str], dict[str, set[str]]], place: tuple[str, str], part: str, key: str, instrument: str
) -> None:
    cell = parts.setdefault(place, {})
    cell.setdefault(part, set()).add(key)
    cell.setdefault("instruments", set()).add(instrument)


def _cell(place: tuple[str, str], found: Mapping[str, set[str]]) -> LawCell:
    def part(name: str) -> tuple[str, ...]:
        return tuple(sorted(found.get(name, ())))

    return LawCell(
        *place, executable=part(COVERED), house=part(HOUSE), questions=part(QUESTIONS),
        unconfirmed=part(UNCONFIRMED), clauses=part(CLAUSES), instruments=part("instruments"),
    )


@dataclass(frozen=True)
class _Limit:
    rule: Rule
    quantity: str
    threshold: str


def _overlaps(rules: Sequence[LawRule]) -> list[LawOverlap]:
    groups: dict[tuple[str, str, str], list[_Limit]] = {}
    for limit in (limit for law in rules if law.enabled for limit in _limits_of(law.rule)):
        for line in limit.rule.applies_to:
            groups.setdefault((line, limit.rule.template or "", limit.quantity), []).append(limit)
    found = [_overlap(place, limits) for place, limits in groups.items() if _differ(limits)]
    return sorted(found, key=lambda one: (one.line, one.subject, one.quantity))


def _limits_of(rule: Rule) -> list[_Limit]:
    """Every quantity a rule limits: the conjuncts of a condition, or a query without its numbers."""
    try:
        shape = shape_of(rule)
    except LanguageError:
        return []
    parts = shape.parts if shape else ()
    return [
        _Limit(rule, part.text, ", ".join(bound.text.removeprefix("$") for bound in part.bounds))
        for part in parts if part.bounds
    ]


def _differ(limits: Sequence[_Limit]) -> bool:
    return any(
        one.threshold != two.threshold or one.rule.basis.instrument != two.rule.basis.instrument
        for one, two in combinations(limits, 2)
    )


def _overlap(place: tuple[str, str, str], limits: Sequence[_Limit]) -> LawOverlap:
    line, template, quantity = place
    instruments = tuple(sorted({limit.rule.basis.instrument for limit in limits}))
    return LawOverlap(
        kind="instruments" if len(instruments) > 1 else "thresholds", line=line,
        subject=min(limit.rule.subject for limit in limits), template=template, quantity=quantity,
        rules=tuple(sorted(limit.rule.id for limit in limits)), instruments=instruments,
        thresholds=tuple(sorted({limit.threshold for limit in limits})),
    )


def table(coverage: LawCoverage) -> list[dict[str, Any]]:
    """Return the matrix as rows for a file: one per line and subject, lists joined by spaces."""
    rows = []
    for line in coverage.lines:
        for subject in coverage.subjects:
            cell = coverage.cell(line, subject)
            parts = ("executable", "house", "questions", "unconfirmed", "clauses", "instruments")
            lists = {part: " ".join(getattr(cell, part)) for part in parts}
            rows.append({"on": coverage.on.isoformat(), "line": line, "subject": subject, "state": cell.state, **lists})
    return rows


def as_json(coverage: LawCoverage) -> dict[str, Any]:
    """Return matrix, gaps with their reason in both languages, and overlaps, ready for JSON."""
    gaps = [
        {"line": cell.line, "subject": cell.subject, "state": cell.state, "why": dict(WHY[cell.state]),
         "clauses": list(cell.clauses), "instruments": list(cell.instruments)}
        for cell in coverage.gaps
    ]
    overlaps = [
        {**{name: getattr(one, name) for name in ("kind", "line", "subject", "template", "quantity")},
         **{name: list(getattr(one, name)) for name in ("rules", "instruments", "thresholds")}}
        for one in coverage.overlaps
    ]
    cells = table(coverage)
    return {
        "on": coverage.on.isoformat(), "counts": coverage.counts(), "cells": cells, "gaps": gaps, "overlaps": overlaps,
        "named_gaps": [
            {"line": gap.line, "subjects": list(gap.subjects), "title": dict(gap.title), "why": dict(gap.why),
             "wanted": dict(gap.wanted), "facts": list(gap.facts)}
            for gap in coverage.named
        ],
    }
