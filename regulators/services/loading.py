"""Loading authorities and mandates from a parsed pack. Idempotent: a second load changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from common.principal import Principal
from regulators.models import Authority, Mandate, Region, Succession
from regulators.permissions import require
from rulebook import packs
from rulebook.entries import AuthorityEntry, MandateEntry, Pack


@dataclass(frozen=True, slots=True)
class LoadResult:
    """How many rows a load created, changed and left as they were."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: "LoadResult") -> "LoadResult":
        """Add counts up."""
        return LoadResult(
            self.created + other.created, self.updated + other.updated, self.unchanged + other.unchanged
        )


@transaction.atomic
def authorities_load(*, actor: Principal, pack: str | Pack = "cn") -> LoadResult:
    """Store regions, authorities, their tree and their successions from a pack (a name, or one already read).

    Rows are matched by code; rows that the pack no longer holds stay, because decisions refer to them.
    """
    require(actor, "map.load")
    source = packs.read_pack(packs.pack_path(pack)) if isinstance(pack, str) else pack
    result = LoadResult()
    for region in source.regions:
        names = {"name_zh": region.name["zh"], "name_en": region.name["en"]}
        result += _store(Region, {"code": region.code}, names)
    for entry in source.authorities:
        result += _store(Authority, {"code": entry.code}, _authority_values(entry, source.name))
    ids = dict(Authority.objects.values_list("code", "pk"))
    for entry in source.authorities:
        _store(Authority, {"code": entry.code}, {"parent_id": ids.get(entry.parent or "")})
        for code in entry.predecessors:
            result += _store(
                Succession,
                {"predecessor_id": ids[code], "successor_id": ids[entry.code]},
                {"on": entry.valid_from},
            )
    return result


def _authority_values(entry: AuthorityEntry, pack: str) -> dict[str, Any]:
    return {
        "name_zh": entry.name["zh"],
        "name_en": entry.name["en"],
        "short_zh": entry.short["zh"],
        "short_en": entry.short["en"],
        "kind": entry.kind,
        "region": entry.region,
        "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
        "pack": pack,
    }


@transaction.atomic
def mandates_load(*, actor: Principal, pack: str | Pack = "cn") -> LoadResult:
    """Store the mandate rows of a pack; `authorities_load` comes first.

    A row is known by line, role, region, authority, duty and first day; a changed last day or basis updates
    it. A source that a person confirmed here is not unconfirmed by a later load.
    """
    require(actor, "map.load")
    source = packs.read_pack(packs.pack_path(pack)) if isinstance(pack, str) else pack
    ids = dict(Authority.objects.values_list("code", "pk"))
    result = LoadResult()
    for entry in source.mandates:
        key = {
            "business_line": entry.business_line,
            "role": entry.role,
            "region": entry.region,
            "authority_id": ids[entry.authority],
            "duty": entry.duty,
            "valid_from": entry.valid_from,
        }
        result += _store(Mandate, key, _mandate_values(entry, source))
    return result


def _mandate_values(entry: MandateEntry, source: Pack) -> dict[str, Any]:
    basis = entry.basis
    instrument = source.instruments.get(basis.instrument)
    title = instrument.title if instrument else {"zh": basis.instrument, "en": basis.instrument}
    article = f" {basis.article}" if basis.article else ""
    return {
        "valid_to": entry.valid_to,
        "basis_zh": f"《{title['zh']}》{article}"[:300],
        "basis_en": f"{title['en']}{article}"[:300],
        "source": basis.as_dict(),
        "verified": basis.verified,
        "pack": source.name,
    }


def _store(model: type[models.Model], key: Mapping[str, Any], values: Mapping[str, Any]) -> LoadResult:
    """Create, update or leave one row. What a person confirmed stays confirmed, with its source."""
    row, created = model.objects.get_or_create(**key, defaults=dict(values))  # type: ignore[attr-defined]
    if created:
        return LoadResult(created=1)
    if getattr(row, "verified", False) and not values.get("verified", True):
        values = {name: value for name, value in values.items() if name not in {"verified", "source"}}
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return LoadResult(unchanged=1)
    for name in changed:
        setattr(row, name, values[name])
    row.save(update_fields=changed)
    return LoadResult(updated=1)
