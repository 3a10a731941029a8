"""Loading authorities and mandates from a parsed pack. Idempotent: a second load changes nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Refusal
from common.principal import Principal
from common.versions import Counts, Row
from regulators.models import Authority, ConflictRoute, Mandate, OpenQuestion, OwnershipRule, Region, Succession
from regulators.permissions import require
from rulebook.entries import (
    AuthorityEntry,
    Basis,
    MandateEntry,
    OwnershipEntry,
    Pack,
    RegionEntry,
    RouteEntry,
    UndecidedEntry,
)
from rulebook.home import home

LoadResult = Counts


def _read(pack: str | Pack) -> Pack:
    if isinstance(pack, Pack):
        return pack
    from rulebook import packs  # reading packs loads a YAML and a schema library: only where it is needed

    return packs.read_pack(pack or home().pack)


@transaction.atomic
def _refuse_second_country(source: Pack) -> None:
    held = Authority.objects.exclude(pack__in=["", source.name]).values_list("pack", flat=True).first()
    if held:
        raise Refusal(
            "map.other_pack",
            _("This installation holds the authorities of the pack “%(pack)s”.") % {"pack": held},
            field="pack",
            cure=_("Give the other country an installation of its own and set LIANXI_PACK there."),
        )


def authorities_load(*, actor: Principal, pack: str | Pack = "") -> LoadResult:
    """Store regions, authorities, their tree and their successions from a pack (a name, or one already read).

    Rows are matched by code; rows that the pack no longer holds stay, because decisions refer to them. Refuses a
    pack when the installation holds the bodies of another one: their region codes mean other places.
    """
    require(actor, "map.load")
    source = _read(pack)
    _refuse_second_country(source)
    result = _store(Region, ("code",), [_region_row(region, source) for region in source.regions])
    bodies = [_authority_row(entry, source.name) for entry in source.authorities]
    result += _store(Authority, ("code",), bodies)
    ids = dict(Authority.objects.values_list("code", "pk"))
    _store(
        Authority,
        ("code",),
        [{"code": e.code, "parent_id": ids[e.parent] if e.parent else None} for e in source.authorities],
    )
    heirs = [
        {"predecessor_id": ids[code], "successor_id": ids[e.code], "on": e.valid_from}
        for e in source.authorities
        for code in e.predecessors
    ]
    return result + _store(Succession, ("predecessor_id", "successor_id"), heirs)


def _authority_row(entry: AuthorityEntry, pack: str) -> Row:
    return {
        "code": entry.code,
        "name_zh": entry.name["zh"],
        "name_en": entry.name["en"],
        "short_zh": entry.short["zh"],
        "short_en": entry.short["en"],
        "kind": entry.kind,
        "region": entry.region,
        "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
        "dates_verified": entry.dates_verified,
        "note_zh": (entry.note or {}).get("zh", ""),
        "note_en": (entry.note or {}).get("en", ""),
        "pack": pack,
    }


def _region_row(entry: RegionEntry, source: Pack) -> Row:
    """The scheme of a pack stands at its countries."""
    return {
        "code": entry.code,
        "name_zh": entry.name["zh"],
        "name_en": entry.name["en"],
        "parent_id": entry.parent,
        "scheme": dict(source.region_scheme or {}) if entry.parent is None else {},
    }


@transaction.atomic
def mandates_load(*, actor: Principal, pack: str | Pack = "") -> LoadResult:
    """Store mandates, open questions, routes of conflicts and ownership rules; `authorities_load` comes first.

    A row is known by line, role, region, authority, duty and first day; a changed last day or basis updates
    it. A source that a person confirmed here is not unconfirmed by a later load.
    """
    require(actor, "map.load")
    source = _read(pack)
    ids = dict(Authority.objects.values_list("code", "pk"))
    key = ("business_line", "role", "region", "authority_id", "duty", "valid_from")
    result = _store(Mandate, key, [_mandate_row(entry, source, ids) for entry in source.mandates])
    questions = [_question_row(entry, source.name) for entry in source.undecided]
    result += _store(OpenQuestion, ("key",), questions)
    return result + _routing_load(source)


def _routing_load(source: Pack) -> LoadResult:
    """Where conflicts go and which role owns which kind of object."""
    routes = [
        {"conflict": e.conflict, "destination": e.destination, **_sourced(e, source), "role": e.role}
        for e in source.routes
    ]
    owners = [{"kind": e.kind, **_sourced(e, source), "role": e.role} for e in source.ownership]
    result = _store(ConflictRoute, ("pack", "conflict", "valid_from"), routes)
    return result + _store(OwnershipRule, ("pack", "kind", "valid_from"), owners)


def _sourced(entry: RouteEntry | OwnershipEntry, source: Pack) -> Row:
    return {
        "why_zh": entry.why["zh"],
        "why_en": entry.why["en"],
        "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
        **_basis_columns(entry.basis, source),
    }


def _mandate_row(entry: MandateEntry, source: Pack, ids: Mapping[str, int]) -> Row:
    return {
        "business_line": entry.business_line,
        "role": entry.role,
        "region": entry.region,
        "authority_id": ids[entry.authority],
        "duty": entry.duty,
        "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
        **_basis_columns(entry.basis, source),
    }


def _basis_columns(basis: Basis, source: Pack) -> Row:
    """The legal basis as every row of the map stores it."""
    instrument = source.instruments.get(basis.instrument)
    title = instrument.title if instrument else {"zh": basis.instrument, "en": basis.instrument}
    article = _article(basis.article or "")
    return {
        "basis_zh": f"《{title['zh']}》{article['zh']}"[:300],
        "basis_en": f"{title['en']}{article['en']}"[:300],
        "source": basis.as_dict(),
        "verified": basis.verified,
        "pack": source.name,
    }


def _article(article: str) -> dict[str, str]:
    """An article as each language writes it; words in Chinese stay out of the English text."""
    if article[:1].isdigit():
        return {"zh": f"第{article}条", "en": f", Art. {article}"}
    return {"zh": article, "en": f", {article}" if article and article.isascii() else ""}


def _question_row(entry: UndecidedEntry, pack: str) -> Row:
    return {
        "key": entry.key,
        "title_zh": entry.title["zh"],
        "title_en": entry.title["en"],
        "why_zh": entry.why["zh"],
        "why_en": entry.why["en"],
        "business_line": entry.business_line or "",
        "role": entry.role or "",
        "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
        "pack": pack,
    }


def _store(model: type[models.Model], key: tuple[str, ...], rows: Sequence[Row]) -> LoadResult:
    """Create, update or leave rows, matched by `key`. What a person confirmed stays so, with its source."""
    if not rows:
        return LoadResult()
    manager: Any = model.objects  # type: ignore[attr-defined]
    known = {tuple(getattr(row, name) for name in key): row for row in manager.select_for_update()}
    created, updated, names = [], [], {name for row in rows for name in row} - set(key)
    for row in rows:
        stored = known.get(tuple(row[name] for name in key))
        if stored is None:
            created.append(model(**row))
            continue
        is_kept = getattr(stored, "verified", False) and not row.get("verified", True)
        kept = {"verified", "source"} if is_kept else set()
        changed = {n: value for n, value in row.items() if n not in kept and getattr(stored, n) != value}
        for name, value in changed.items():
            setattr(stored, name, value)
        updated += [stored] if changed else []
    manager.bulk_create(created)
    manager.bulk_update(updated, sorted(names))
    return Counts(len(created), len(updated), 0, len(rows) - len(created) - len(updated))
