"""Every row of law that waits for a person to confirm its source, and what that would switch on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from rulebook.choices import SourceKind, TextStatus
from rulebook.clocks import UNIT_TEXT
from rulebook.entries import Text
from rulebook.facts import (
    clause_print,
    deadline_print,
    deadline_source_key,
    parameter_print,
    parameter_source_key,
    rule_print,
)
from rulebook.models import Clause, DeadlineRule, ParameterValue, RuleVersion, SourceConfirmation
from rulebook.selectors.confirmed import Confirmed, confirmed
from rulebook.selectors.rules import rule_of_text
from rulebook.selectors.values import PACK, title_of


@dataclass(frozen=True)
class SourceRow:
    """A row of law and how firm its source is. `rules` are the ids of rules that a confirmation would touch.

    `says` is what is signed, in words; `code` the condition or query of a rule, the value of a number.
    """

    kind: str
    key: str
    pack: str
    title: Text
    basis: dict[str, Any]
    verified: bool
    text_status: str
    fingerprint: str
    valid_from: Any = None
    valid_to: Any = None
    rules: tuple[str, ...] = ()
    says: Text = field(default_factory=dict)
    code: str = ""
    waiting: SourceConfirmation | None = field(default=None, compare=False)


def source_row(kind: str, key: str, *, pack: str = PACK) -> SourceRow | None:
    """Return one row by its key, verified or not; `None` when there is none. A mandate's key is taken as given."""
    if kind == SourceKind.MANDATE:
        marks = confirmed()
        is_known = marks.find(kind, pack, key, "") is not None
        return SourceRow(kind, key, pack, {"zh": key, "en": key}, {}, is_known, TextStatus.MEMORY, "")
    name = key if kind == SourceKind.RULE else key.split("@", maxsplit=1)[0]
    return next((row for row in _rows(kind, pack, confirmed(), name) if row.key == key), None)


def unconfirmed_sources(pack: str = PACK) -> list[SourceRow]:
    """Return every row of a pack whose source nobody has confirmed, with a first signature where there is one."""
    marks = confirmed()
    waiting = {(row.kind, row.key, row.fingerprint): row for row in waiting_confirmations(pack)}
    found = []
    for kind in (SourceKind.RULE, SourceKind.PARAMETER, SourceKind.DEADLINE, SourceKind.CLAUSE):
        for row in _rows(kind, pack, marks):
            if not row.verified and row.text_status != TextStatus.CONVENTION:
                signed = waiting.get((row.kind, row.key, row.fingerprint))
                found.append(SourceRow(**{**vars(row), "waiting": signed}))
    return found


def waiting_confirmations(pack: str = PACK) -> list[SourceConfirmation]:
    """Return the confirmations that wait for a second person, oldest first."""
    return list(SourceConfirmation.objects.open().filter(pack=pack, second_at__isnull=True).order_by("id"))


def standing_confirmations(pack: str = PACK) -> list[SourceConfirmation]:
    """Return the confirmations with two signatures, newest first."""
    return list(SourceConfirmation.objects.standing().filter(pack=pack).order_by("-second_at", "-id"))


def _rows(kind: str, pack: str, marks: Confirmed, name: str = "") -> Iterator[SourceRow]:
    readers = {
        SourceKind.RULE: _rules, SourceKind.PARAMETER: _parameters, SourceKind.DEADLINE: _deadlines,
        SourceKind.CLAUSE: _clauses,
    }
    return readers[SourceKind(kind)](pack, marks, name)


def _rules(pack: str, marks: Confirmed, name: str) -> Iterator[SourceRow]:
    versions = RuleVersion.objects.newest().filter(pack=pack, **({"rule_id": name} if name else {}))
    for version in versions.order_by("rule_id"):
        rule = rule_of_text(version.pk, version.source_text)
        yield _row(SourceKind.RULE, version, version.rule_id, rule_print(rule), marks, rules=(version.rule_id,),
                   says=rule.question or rule.explanation, code=rule.check or rule.sql or "")


def _parameters(pack: str, marks: Confirmed, name: str) -> Iterator[SourceRow]:
    users = _users_of("parameters", pack)
    values = ParameterValue.objects.current().filter(pack=pack, **({"key": name} if name else {}))
    for value in values.order_by("key", "valid_from"):
        used = users.get(value.key, ())
        yield _row(SourceKind.PARAMETER, value, parameter_source_key(value), parameter_print(value), marks, rules=used,
                   code=f"{value.value} {value.unit}")


def _deadlines(pack: str, marks: Confirmed, name: str) -> Iterator[SourceRow]:
    users = _users_of("deadline", pack)
    terms = DeadlineRule.objects.current().filter(pack=pack, **({"key": name} if name else {}))
    for term in terms.order_by("key", "valid_from", "scope"):
        used = users.get(term.key, ())
        yield _row(SourceKind.DEADLINE, term, deadline_source_key(term), deadline_print(term), marks, rules=used,
                   says={key: f"{term.amount} {text}" for key, text in UNIT_TEXT[term.unit].items()})


def _clauses(pack: str, marks: Confirmed, name: str) -> Iterator[SourceRow]:
    found = Clause.objects.current().filter(pack=pack, **({"key": name} if name else {}))
    for clause in found.placed().order_by("instrument", "place"):
        yield _row(SourceKind.CLAUSE, clause, clause.key, clause_print(clause), marks,
                   says={"zh": clause.text_zh, "en": clause.text_en})


def _users_of(field_name: str, pack: str) -> dict[str, tuple[str, ...]]:
    """Which rules use a parameter or a deadline."""
    found: dict[str, list[str]] = {}
    for version in RuleVersion.objects.newest().filter(pack=pack).order_by("rule_id"):
        rule = rule_of_text(version.pk, version.source_text)
        keys = set(rule.parameters.values()) if field_name == "parameters" else {rule.deadline or ""}
        for key in keys:
            found.setdefault(key, []).append(version.rule_id)
    return {key: tuple(ids) for key, ids in found.items()}


def _row(
    kind: SourceKind, row: Any, key: str, fingerprint: str, marks: Confirmed, *, rules: tuple[str, ...] = (),
    says: Text | None = None, code: str = "",
) -> SourceRow:
    stored = getattr(row, "basis", None) or {
        "instrument": getattr(row, "instrument", ""), "article": getattr(row, "article", "") or None,
        "verified": row.verified, "text_status": row.text_status,
    }
    basis = marks.basis(kind, row.pack, key, fingerprint, stored)
    return SourceRow(
        kind=kind, key=key, pack=row.pack, title=title_of(row), basis=basis, verified=bool(basis.get("verified")),
        text_status=str(basis.get("text_status")), fingerprint=fingerprint, valid_from=row.valid_from,
        valid_to=row.valid_to, rules=rules, says=says or {}, code=code,
    )
