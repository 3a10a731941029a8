"""How the rulebook came to be what it is: versions of a rule, and what differs between two days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from common.transitions import transitions_of
from rulebook.entries import DeadlineEntry, Text
from rulebook.models import PackImport, RuleDraft, RuleVersion
from rulebook.selectors.comparing import DiffLine, text_diff
from rulebook.selectors.confirmed import Moment, confirmed
from rulebook.selectors.rules import RuleRef, rule_on, rule_ref, rules_in_force
from rulebook.selectors.values import PACK, ParameterOn, deadline_entries, parameter_value, parameters_on


@dataclass(frozen=True)
class VersionRecord:
    """One version of a rule: since when the system knows it, who made it, and whether it came from a pack."""

    ref: RuleRef
    known_from: datetime
    valid_from: date | None
    valid_to: date | None
    is_withdrawn: bool
    made_by: str
    approved_by: str
    draft_id: int | None = None


@dataclass(frozen=True)
class RuleState:
    """A rule as it stands on a day: in force or not, how heavy, and with which numbers."""

    on: date
    ref: RuleRef
    is_in_force: bool
    parameters: Mapping[str, ParameterOn | None] = field(default_factory=dict)


@dataclass(frozen=True)
class LawChange:
    """Something that differs between two days. `change` is came, went or changed; `kind` rule, parameter, deadline."""

    kind: str
    key: str
    title: Text
    change: str
    what: str
    before: str | None
    after: str | None
    since: date | None
    basis: dict[str, Any]


@dataclass(frozen=True)
class RuleDifference:
    """One rule on two days: its state on each, what differs, and the lines of its text that do."""

    before: RuleState | None
    after: RuleState | None
    changes: tuple[LawChange, ...]
    text: tuple[DiffLine, ...]


def rule_history(rule_id: str, *, pack: str = PACK) -> list[VersionRecord]:
    """Return every version of a rule, newest first; empty for an unknown one."""
    marks = confirmed()
    rows = list(RuleVersion.objects.filter(pack=pack, rule_id=rule_id).order_by("-id"))
    loads = list(PackImport.objects.filter(pack=pack).order_by("id")) if rows else []
    drafts = {draft.result_id: draft for draft in RuleDraft.objects.filter(result__in=[row.pk for row in rows])}
    return [_record(row, rule_ref(row, marks), loads, drafts.get(row.pk)) for row in rows]


def _record(row: RuleVersion, ref: RuleRef, loads: Iterable[PackImport], draft: RuleDraft | None) -> VersionRecord:
    made_by, approved_by = "", ""
    if draft is not None:
        steps = [step for step in transitions_of("rule_draft", draft.pk) if step.verb == "approve"]
        made_by, approved_by = draft.author, steps[-1].actor if steps else ""
    else:
        made_by = next((load.loaded_by for load in loads if load.created_at >= row.created_at), "")
    return VersionRecord(
        ref=ref, known_from=row.created_at, valid_from=row.valid_from, valid_to=row.valid_to,
        is_withdrawn=row.is_withdrawn, made_by=made_by, approved_by=approved_by, draft_id=draft.pk if draft else None,
    )


def rule_state(rule_id: str, on: date, *, pack: str = PACK, known_at: Moment = None) -> RuleState | None:
    """Return a rule on a day with the numbers it uses then; `None` when the system knew no such rule."""
    ref = rule_on(rule_id, on, pack=pack, known_at=known_at)
    if ref is None or ref.rule is None:
        return None
    keys = sorted(set(ref.rule.parameters.values()))
    values = {key: parameter_value(key, on, pack=pack, known_at=known_at) for key in keys}
    return RuleState(on, ref, ref.rule.is_in_force(on), values)


def rule_difference(
    rule_id: str, first: date, second: date, *, pack: str = PACK, known_at: Moment = None
) -> RuleDifference | None:
    """Return what differs in one rule between two days; `None` for an unknown rule."""
    before = rule_state(rule_id, first, pack=pack, known_at=known_at)
    after = rule_state(rule_id, second, pack=pack, known_at=known_at)
    if before is None and after is None:
        return None
    texts = [state.ref.rule.source_text if state and state.ref.rule else "" for state in (before, after)]
    return RuleDifference(before, after, tuple(_rule_changes(before, after)), text_diff(*texts))


def _rule_changes(before: RuleState | None, after: RuleState | None) -> Iterable[LawChange]:
    old, new = (state if state is not None and state.is_in_force else None for state in (before, after))
    shown = (new or old or after or before)
    if shown is None or (old is None and new is None):
        return
    title, basis, rule_id = shown.ref.title, shown.ref.legal_basis, shown.ref.rule_id
    if old is None or new is None:
        rule = shown.ref.rule
        since = rule and (rule.valid_from if old is None else rule.valid_to)
        came, gone = (None, "yes") if old is None else ("yes", None)
        change = "came" if old is None else "went"
        yield LawChange("rule", rule_id, title, change, "in_force", came, gone, since or None, basis)
        return
    for what, one, other in (
        ("version", old.ref.version_sha256, new.ref.version_sha256),
        ("severity", old.ref.severity, new.ref.severity),
        ("gives_findings", _yes(old.ref.enabled), _yes(new.ref.enabled)),
    ):
        if one != other:
            yield LawChange("rule", rule_id, title, "changed", what, one, other, _since(new, what), basis)
    for key in sorted({*old.parameters, *new.parameters}):
        yield from _value_change(key, old.parameters.get(key), new.parameters.get(key))


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


def _since(state: RuleState, what: str) -> date | None:
    rule = state.ref.rule
    if rule is None:
        return None
    return rule.transition_until if what == "severity" else rule.valid_from


def _value_change(key: str, old: ParameterOn | None, new: ParameterOn | None) -> Iterable[LawChange]:
    shown = new or old
    if shown is None or (old and new and old.value == new.value):
        return
    change = "changed" if old and new else "came" if new else "went"
    since = new.valid_from if new else old.valid_to if old else None
    yield LawChange(
        "parameter", key, shown.title, change, "value", _number(old), _number(new), since, shown.basis
    )


def _number(value: ParameterOn | None) -> str | None:
    return f"{value.value} {value.unit}".strip() if value else None


def changes_between(
    first: date, second: date, *, pack: str = PACK, line: str = "", known_at: Moment = None
) -> list[LawChange]:
    """Return what differs in the law between two days: rules, values and terms that came, went or changed."""
    old, new = (
        {ref.rule_id: RuleState(day, ref, True) for ref in
         rules_in_force(day, business_line=line or None, pack=pack, known_at=known_at)}
        for day in (first, second)
    )  # fmt: skip
    found = [item for key in sorted({*old, *new}) for item in _rule_changes(old.get(key), new.get(key))]
    values = [{row.key: row for row in parameters_on(day, pack=pack, known_at=known_at)} for day in (first, second)]
    for key in sorted({*values[0], *values[1]}):
        found += _value_change(key, values[0].get(key), values[1].get(key))
    terms = [_terms(deadline_entries(pack, day, known_at), line) for day in (first, second)]
    for name in sorted({*terms[0], *terms[1]}):
        found += _term_change(terms[0].get(name), terms[1].get(name))
    return found


def _terms(entries: list[DeadlineEntry], line: str) -> dict[tuple[str, str], DeadlineEntry]:
    return {(row.key, ",".join(row.business_lines)): row for row in entries if row.applies_to(line or None)}


def _term_change(old: DeadlineEntry | None, new: DeadlineEntry | None) -> Iterable[LawChange]:
    shown = new or old
    before, after = (f"{row.amount} {row.unit}" if row else None for row in (old, new))
    if shown is None or (old and new and before == after):
        return
    change = "changed" if old and new else "came" if new else "went"
    since = new.valid_from if new else old.valid_to if old else None
    yield LawChange("deadline", shown.key, shown.title, change, "term", before, after, since, shown.basis.as_dict())
