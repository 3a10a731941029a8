"""Load a pack into the tables. Twice changes nothing; what staff made is never overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from common import clock
from common.db.acting import acting_as
from common.db.sqlfiles import sql_text
from common.principal import Principal
from common.versions import Counts, Row, versions_store
from rulebook import packs
from rulebook.choices import Origin
from rulebook.entries import Pack
from rulebook.home import home
from rulebook.models import Clause, DeadlineRule, Instrument, PackImport, ParameterValue, RuleVersion
from rulebook.models.sourced import LivingRow
from rulebook.permissions import require_loader
from rulebook.services.calendars import calendar_years_load
from rulebook.services.rows import clause_row, deadline_row, instrument_row, parameter_rows, rule_row


@dataclass(frozen=True)
class PackLoadResult:
    """What a load did, by kind: instruments, clauses, parameters, deadlines, rules, calendars."""

    pack: str
    sha256: str
    counts: Mapping[str, Counts] = field(default_factory=dict)

    @property
    def changes(self) -> int:
        """Entries that this load wrote or retired; 0 when the pack was loaded before."""
        return sum(counts.changes for counts in self.counts.values())


def pack_load(*, actor: Principal, pack: str | Pack = "") -> PackLoadResult:
    """Load instruments, clauses, parameter values, deadlines and rules of a pack (by name, or one already read).

    No name means the home pack. Two loads at once: one waits, and then changes nothing.
    An entry that changed gets a new version, one that the pack dropped is retired (a rule by a last, withdrawn
    version); all of it at one moment, and no row is overwritten. Refuses with `Refusal` (rulebook.load_forbidden)
    and `PackInvalid`; then nothing is written.
    """
    require_loader(actor)
    source = packs.read_pack(pack or home().pack) if isinstance(pack, str) else pack
    with acting_as(actor):
        pack_lock(source.name)
        result = PackLoadResult(source.name, source.sha256, _stored(source, clock.now()))
        _record(actor, result)
    return result


def _stored(source: Pack, moment: datetime) -> dict[str, Counts]:
    """Write every kind of entry as of one moment."""
    instruments = map(instrument_row, source.instruments.values())
    values = (row for entry in source.parameters.values() for row in parameter_rows(entry))
    terms, term_key = map(deadline_row, source.deadlines), ("key", "scope", "valid_from")
    return {
        "instruments": _living(Instrument, source, ("key",), instruments, moment),
        "clauses": _living(Clause, source, ("key",), map(clause_row, source.clauses), moment),
        "parameters": _living(ParameterValue, source, ("key", "valid_from"), values, moment),
        "deadlines": _living(DeadlineRule, source, term_key, terms, moment),
        "rules": _rules(source, moment),
        "calendars": calendar_years_load(source.name, source.calendars, moment),
    }


def pack_lock(pack: str) -> None:
    """Let two loads of one pack wait for each other (advisory lock until the end of the transaction)."""
    with connection.cursor() as cursor:
        cursor.execute(sql_text("rulebook", "lock_pack"), [f"pack:{pack}"])


def _record(actor: Principal, result: PackLoadResult) -> None:
    if result.changes:
        counts = {kind: vars(counts) for kind, counts in result.counts.items()}
        PackImport.objects.create(pack=result.pack, sha256=result.sha256, loaded_by=actor.label, counts=counts)


def _living(
    model: type[LivingRow], source: Pack, key: tuple[str, ...], rows: Iterable[Row], moment: datetime
) -> Counts:
    """Retire and write anew what differs; every version stays. Staff's rows are left alone."""
    return versions_store(
        model, key, ({"pack": source.name, **row} for row in rows), moment=moment, is_ours=_is_of_a_pack,
        stored=model.objects.current().filter(pack=source.name),
    )


def _is_of_a_pack(row: Any) -> bool:
    return bool(row.origin == Origin.PACK)


def _rules(source: Pack, moment: datetime) -> Counts:
    newest = {version.rule_id: version for version in _newest(source.name)}
    versions: list[RuleVersion] = []
    created = changed = unchanged = kept = 0
    for rule in source.rules:
        known = newest.pop(rule.id, None)
        if known is not None and known.origin == Origin.STAFF:
            kept += 1
        elif known is not None and known.sha256 == rule.sha256 and not known.is_withdrawn:
            unchanged += 1
        else:
            is_new = known is None or known.is_withdrawn
            created, changed = created + is_new, changed + (not is_new)
            versions.append(RuleVersion(pack=source.name, created_at=moment, **rule_row(rule)))
    dropped = [version for version in newest.values() if version.origin == Origin.PACK and not version.is_withdrawn]
    for version in dropped:
        version.pk, version.is_withdrawn, version.enabled = None, True, False
        version.public_id, version.created_at = RuleVersion().public_id, moment
    RuleVersion.objects.bulk_create([*versions, *dropped])
    return Counts(created, changed, len(dropped), unchanged, kept)


def _newest(pack: str) -> list[RuleVersion]:
    return list(RuleVersion.objects.filter(pack=pack).order_by("rule_id", "-id").distinct("rule_id"))
