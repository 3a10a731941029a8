"""Check a pack without touching the database: form, names, dates, texts, and every example on the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from common import clock
from rulebook import packs
from rulebook.compiler.examples import example_problems
from rulebook.entries import Pack
from rulebook.entries.carriers import carried_facts
from rulebook.entries.review import ERROR, WARNING, Remark, review
from rulebook.sources import PackInvalid, Problem

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class PackReview:
    """What a check found in one pack: remarks in file order, and counts of what it holds (empty when unreadable)."""

    pack: str
    remarks: tuple[Remark, ...]
    counts: dict[str, Any] = field(default_factory=dict)

    @property
    def errors(self) -> list[Remark]:
        """What must be cured before the pack is loaded."""
        return [remark for remark in self.remarks if remark.level == ERROR]

    @property
    def warnings(self) -> list[Remark]:
        """What wants a look."""
        return [remark for remark in self.remarks if remark.level == WARNING]


def pack_check(path: Path | str) -> list[Problem]:
    """Return every error of a pack (a folder, or the name of a shipped pack); an empty list means it may be loaded.

    A pack whose files are not well-formed is not run; otherwise each rule's examples run on the engine.
    """
    return [remark.problem for remark in pack_review(path).errors]


def pack_review(
    path: Path | str, *, today: date | None = None, examples: bool = True, progress: Progress | None = None
) -> PackReview:
    """Return errors, warnings and counts of a pack. `progress(done, total)` counts examples, the slow part."""
    try:
        pack, sources = packs.read_pack_with_sources(path)
    except PackInvalid as invalid:
        return PackReview(str(path), tuple(Remark(ERROR, "pack.invalid", problem) for problem in invalid.problems))
    except ValueError as error:  # no shipped pack of that name; the text lists those there are
        problem = Problem(str(path), 1, str(error), "Give a known name, or the path of a folder.")
        return PackReview(str(path), (Remark(ERROR, "pack.unknown", problem),))
    remarks = review(pack, sources, today or clock.today())
    unrunnable = {remark.problem.file for remark in remarks if remark.code in _UNRUNNABLE}
    if examples:
        remarks += _examples(pack, unrunnable, progress)
    return PackReview(pack.name, tuple(remarks), counts_of(pack))


_UNRUNNABLE = ("rule.sql_refused", "rule.language", "rule.not_compilable")


def _examples(pack: Pack, unrunnable: set[str], progress: Progress | None) -> list[Remark]:
    """Run the examples of every rule whose text may run; the others have said why."""
    total, done, found = sum(len(rule.examples) for rule in pack.rules), 0, []
    for rule in pack.rules:
        if rule.path not in unrunnable:
            found += [Remark(ERROR, "example.differs", problem) for problem in example_problems(pack, rule)]
        done += len(rule.examples)
        if progress and rule.examples:
            progress(done, total)
    return found


def counts_of(pack: Pack) -> dict[str, Any]:
    """Return what a pack holds, for people and machines: rules by line, kind, subject, form and confirmation."""
    carried = carried_facts(pack)
    rules, clauses = pack.rules, pack.clauses
    return {
        "pack": pack.name,
        "sha256": pack.sha256,
        "rules": len(rules),
        "by_line": _sorted(line for rule in rules for line in rule.applies_to),
        "by_kind": _sorted(rule.kind for rule in rules),
        "by_subject": _sorted(rule.subject or "none" for rule in rules),
        "by_form": _sorted(rule.form for rule in rules),
        "verified": {"true": sum(rule.basis.verified for rule in rules), "false": _unverified(pack)},
        "enabled": sum(rule.enabled for rule in rules),
        "examples": sum(len(rule.examples) for rule in rules),
        "instruments": len(pack.instruments),
        "clauses": {
            "total": len(clauses),
            "carried": sum(1 for clause in clauses if set(clause.facts) & set(carried)),
            "verified": sum(clause.verified for clause in clauses),
            "by_kind": _sorted(clause.kind for clause in clauses),
        },
        "parameters": len(pack.parameters),
        "values": sum(len(entry.values) for entry in pack.parameters.values()),
        "deadlines": len(pack.deadlines),
        "mandates": len(pack.mandates),
        "calendars": len(pack.calendars),
    }


def _sorted(names: Any) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _unverified(pack: Pack) -> int:
    return sum(not rule.basis.verified for rule in pack.rules)
