"""Load a pack into the tables. Twice changes nothing; what staff made is never overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Model

from common import clock
from common.db.acting import acting_as
from common.db.sqlfiles import sql_text
from common.principal import Principal
from rulebook import packs
from rulebook.choices import Origin
from rulebook.entries import Pack
from rulebook.home import home
from rulebook.models import Clause, DeadlineRule, Instrument, PackImport, ParameterValue, RuleVersion
from rulebook.permissions import require_loader
from rulebook.services.calendars import calendar_years_load
from rulebook.services.rows import clause_row, deadline_row, instrument_row, parameter_rows, rule_row


@dataclass(frozen=True)
class Counts:
    """What a load did to one kind of row."""

    created: int = 0
    updated: int = 0
    retired: int = 0
    unchanged: int = 0
    kept: int = 0

    @property
    def changes(self) -> int:
        """Rows written."""
        return self.created + self.updated + self.retired


@dataclass(frozen=True)
class PackLoadResult:
    """What a load did, by kind: instruments, clauses, parameters, deadlines, rules. `kept` rows belong to staff."""

    pack: str
    sha256: str
    counts: Mapping[str, Counts] = field(default_factory=dict)

    @property
    def changes(self) -> int:
        """Rows written by this load; 0 when the pack was loaded before."""
        return sum(counts.changes for counts in self.counts.values())


def pack_load(*, actor: Principal, pack: str | Pack = "") -> PackLoadResult:
    """Load instruments, clauses, parameter values, deadlines and rules of a pack (by name, or one already read).

    No name means the home pack. Two loads at once: one waits, and then changes nothing.
    A rule whose text changed gets a new version; a rule the pack dropped gets a last, withdrawn one. Refuses
    with `Refusal` (rulebook.load_forbidden) and `PackInvalid`; then nothing is written.
    """
    require_loader(actor)
    source = packs.read_pack(pack or home().pack) if isinstance(pack, str) else pack
    with acting_as(actor):
        _lock(source.name)
        counts = {
            "instruments": _living(Instrument, source, ("key",), map(instrument_row, source.instruments.values())),
            "clauses": _living(Clause, source, ("key",), map(clause_row, source.clauses)),
            "parameters": _living(
                ParameterValue, source, ("key", "valid_from"),
                (row for entry in source.parameters.values() for row in parameter_rows(entry)),
            ),
            "deadlines": _living(
                DeadlineRule, source, ("key", "scope", "valid_from"), map(deadline_row, source.deadlines)
            ),
            "rules": _rules(source),
            "calendars": Counts(created=calendar_years_load(source.name, source.calendars)),
        }
        result = PackLoadResult(source.name, source.sha256, counts)
        _record(actor, result)
    return result


def _lock(pack: str) -> None:
    """Let two loads of one pack wait for each other (advisory lock until the end of the transaction)."""
    with connection.cursor() as cursor:
        cursor.execute(sql_text("rulebook", "lock_pack"), [f"pack:{pack}"])


def _record(actor: Principal, result: PackLoadResult) -> None:
    if result.changes:
        counts = {kind: vars(counts) for kind, counts in result.counts.items()}
        PackImport.objects.create(pack=result.pack, sha256=result.sha256, loaded_by=actor.label, counts=counts)


def _living(model: type[Model], source: Pack, key: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> Counts:
    """Create, correct or retire rows matched by `key`."""
    manager: Any = model.objects  # type: ignore[attr-defined]
    stored = {tuple(getattr(row, name) for name in key): row for row in manager.filter(pack=source.name)}
    created, updated, unchanged, kept = [], [], 0, 0
    for row in rows:
        known = stored.pop(tuple(row[name] for name in key), None)
        if known is None:
            created.append(model(pack=source.name, **row))
        elif known.origin == Origin.STAFF:
            kept += 1
        elif _differs(known, row):
            updated.append(known)
        else:
            unchanged += 1
    dropped = [row for row in stored.values() if row.origin == Origin.PACK and row.retired_at is None]
    manager.bulk_create(created)
    for row in updated:
        row.save()
    for row in dropped:
        row.retired_at = clock.now()
        row.save(update_fields=["retired_at"])
    return Counts(len(created), len(updated), len(dropped), unchanged, kept)


def _differs(known: Any, row: Mapping[str, Any]) -> bool:
    """Take over what changed; return whether anything did. A retired row that is back comes to life again."""
    changed = {name: value for name, value in {**row, "retired_at": None}.items() if getattr(known, name) != value}
    for name, value in changed.items():
        setattr(known, name, value)
    return bool(changed)


def _rules(source: Pack) -> Counts:
    newest = {version.rule_id: version for version in _newest(source.name)}
    created, unchanged, kept = [], 0, 0
    for rule in source.rules:
        known = newest.pop(rule.id, None)
        if known is not None and known.origin == Origin.STAFF:
            kept += 1
        elif known is not None and known.sha256 == rule.sha256 and not known.is_withdrawn:
            unchanged += 1
        else:
            created.append(RuleVersion(pack=source.name, **rule_row(rule)))
    dropped = [version for version in newest.values() if version.origin == Origin.PACK and not version.is_withdrawn]
    for version in dropped:
        version.pk, version.is_withdrawn, version.enabled = None, True, False
        version.public_id, version.created_at = RuleVersion().public_id, clock.now()
    RuleVersion.objects.bulk_create([*created, *dropped])
    return Counts(created=len(created), retired=len(dropped), unchanged=unchanged, kept=kept)


def _newest(pack: str) -> list[RuleVersion]:
    return list(RuleVersion.objects.filter(pack=pack).order_by("rule_id", "-id").distinct("rule_id"))


