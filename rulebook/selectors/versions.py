"""What the system knew, and since when: every version of an entry, and what was corrected between two moments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.db.models import Q, QuerySet

from rulebook.entries import DeadlineEntry, Text
from rulebook.models import Clause, DeadlineRule, Instrument, ParameterValue, RuleVersion
from rulebook.selectors.confirmed import confirmed
from rulebook.selectors.texts import ClauseOn, InstrumentOn, clause_on, instrument_on
from rulebook.selectors.values import PACK, ParameterOn, deadline_entry, parameter_on, title_of

Entry = TypeVar("Entry")
_OF_ONE_VERSION = {"id", "public_id", "created_at", "retired_at", "pack"}
_KINDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "instrument": (Instrument, ("key",)),
    "clause": (Clause, ("key",)),
    "parameter": (ParameterValue, ("key", "valid_from")),
    "deadline": (DeadlineRule, ("key", "valid_from", "scope")),
}


@dataclass(frozen=True)
class Known(Generic[Entry]):
    """One version of an entry: the system knew it from `known_from` on and until before `known_until`."""

    entry: Entry
    known_from: datetime
    known_until: datetime | None


@dataclass(frozen=True)
class LawCorrection:
    """One column of one entry that the system knew otherwise at two moments. `change` is added, changed or retired."""

    kind: str
    key: str
    title: Text
    change: str
    what: str
    before: Any
    after: Any
    at: datetime


def parameter_versions(key: str, *, pack: str = PACK) -> list[Known[ParameterOn]]:
    """Return every version of every dated value of a parameter, the newest knowledge first."""
    marks = confirmed()
    return _versions(ParameterValue.objects.filter(pack=pack, key=key), lambda row: parameter_on(row, marks))


def deadline_versions(key: str, *, pack: str = PACK) -> list[Known[DeadlineEntry]]:
    """Return every version of every term of a key, the newest knowledge first."""
    marks = confirmed()
    return _versions(DeadlineRule.objects.filter(pack=pack, key=key), lambda row: deadline_entry(row, marks))


def clause_versions(key: str, *, pack: str = PACK) -> list[Known[ClauseOn]]:
    """Return every version of a clause, the newest knowledge first."""
    marks = confirmed()
    return _versions(Clause.objects.filter(pack=pack, key=key), lambda row: clause_on(row, marks))


def instrument_versions(key: str, on: date, *, pack: str = PACK) -> list[Known[InstrumentOn]]:
    """Return every version of an instrument, the newest knowledge first."""
    return _versions(Instrument.objects.filter(pack=pack, key=key), lambda row: instrument_on(row, on))


def _versions(rows: QuerySet[Any], entry: Callable[[Any], Entry]) -> list[Known[Entry]]:
    ordered = rows.order_by("-created_at", "-valid_from", "-id")
    return [Known(entry(row), row.created_at, row.retired_at) for row in ordered]


def corrections_between(first: datetime, second: datetime, *, pack: str = PACK) -> list[LawCorrection]:
    """Return what the system knew otherwise at two moments: entries added, changed or retired in between.

    What was written and taken back in between does not show. Rules stand with their version; their texts are
    compared by `rule_difference`.
    """
    found = [item for kind in _KINDS for item in _corrections(kind, first, second, pack)]
    return [*found, *_rule_corrections(first, second, pack)]


def _corrections(kind: str, first: datetime, second: datetime, pack: str) -> Iterator[LawCorrection]:
    model, key = _KINDS[kind]
    touched = Q(created_at__gt=first, created_at__lte=second) | Q(retired_at__gt=first, retired_at__lte=second)
    old, new = (
        {tuple(getattr(row, name) for name in key): row for row in rows}
        for rows in (model.objects.known(moment).filter(touched, pack=pack) for moment in (first, second))
    )
    for entry in sorted({*old, *new}, key=str):
        yield from _entry_changes(kind, old.get(entry), new.get(entry))


def _entry_changes(kind: str, old: Any, new: Any) -> Iterator[LawCorrection]:
    shown, at = new or old, new.created_at if new else old.retired_at
    key = "@".join(str(part) for part in (shown.key, *_day(shown, kind)))
    if old is None or new is None:
        before, after = (None, "yes") if old is None else ("yes", None)
        change = "added" if old is None else "retired"
        yield LawCorrection(kind, key, title_of(shown), change, "entry", before, after, at)
        return
    for name in _columns(shown):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield LawCorrection(kind, key, title_of(shown), "changed", name, _said(before), _said(after), at)


def _day(row: Any, kind: str) -> tuple[str, ...]:
    return {"parameter": (str(row.valid_from),), "deadline": (str(row.valid_from), getattr(row, "scope", ""))}.get(
        kind, ()
    )


def _columns(row: Any) -> Iterable[str]:
    return [name for name in vars(row) if not name.startswith("_") and name not in _OF_ONE_VERSION]


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _rule_corrections(first: datetime, second: datetime, pack: str) -> Iterator[LawCorrection]:
    old, new = (
        {row.rule_id: row for row in RuleVersion.objects.newest(moment).filter(pack=pack)}
        for moment in (first, second)
    )
    for rule_id in sorted({*old, *new}):
        before, after = old.get(rule_id), new.get(rule_id)
        if before is not None and after is not None and before.pk == after.pk:
            continue
        change = "changed" if before and after else "added" if after else "retired"
        old_sha, new_sha = (row.sha256 if row else None for row in (before, after))
        at = after.created_at if after else _withdrawn_at(rule_id, second, pack)
        yield LawCorrection("rule", rule_id, title_of(after or before), change, "version", old_sha, new_sha, at)


def _withdrawn_at(rule_id: str, upto: datetime, pack: str) -> datetime:
    rows = RuleVersion.objects.filter(pack=pack, rule_id=rule_id, created_at__lte=upto).order_by("id")
    return rows.values_list("created_at", flat=True).last() or upto
