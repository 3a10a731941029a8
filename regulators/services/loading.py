"""Loading authorities and mandates from a parsed pack: every version kept, and a second load changes nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import Refusal
from common.models import KeptRow
from common.principal import Principal
from common.versions import Counts, Row, versions_store
from regulators.choices import MapKind
from regulators.models import (
    Authority,
    ConflictRoute,
    Mandate,
    MapVersion,
    OpenQuestion,
    OwnershipRule,
    Region,
    Succession,
)
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
from rulebook.services import pack_lock

LoadResult = Counts


def _read(pack: str | Pack) -> Pack:
    if isinstance(pack, Pack):
        return pack
    from rulebook import packs  # reading packs loads a YAML and a schema library: only where it is needed

    return packs.read_pack(pack or home().pack)


def _refuse_second_country(source: Pack) -> None:
    held = Authority.objects.exclude(pack__in=["", source.name]).values_list("pack", flat=True).first()
    if held:
        raise Refusal(
            "map.other_pack",
            _("This installation holds the authorities of the pack “%(pack)s”.") % {"pack": held},
            field="pack",
            cure=_("Give the other country an installation of its own and set LIANXI_PACK there."),
        )


@transaction.atomic
def authorities_load(*, actor: Principal, pack: str | Pack = "") -> LoadResult:
    """Store regions, authorities, their tree and their successions from a pack (a name, or one already read).

    Bodies and regions are known by code and stay for ever, because decisions refer to them; every wording they had
    stays as a `MapVersion`, and one that the pack dropped is retired. Two loads at once: one waits. Refuses a pack
    when the installation holds the bodies of another one: their region codes mean other places.
    """
    require(actor, "map.load")
    source = _read(pack)
    _refuse_second_country(source)
    pack_lock(source.name)
    moment = clock.now()
    regions = [_region_row(region, source) for region in source.regions]
    result = _map_store(MapKind.REGION, [(row["code"], _region_words(row)) for row in regions], source, moment)
    _present_store(Region, regions, moment)
    words = [(entry.code, _authority_words(entry)) for entry in source.authorities]
    result += _map_store(MapKind.AUTHORITY, words, source, moment)
    _present_store(Authority, [_authority_row(entry, source.name) for entry in source.authorities], moment)
    ids = dict(Authority.objects.values_list("code", "pk"))
    parents = [{"code": e.code, "parent_id": ids[e.parent] if e.parent else None} for e in source.authorities]
    _present_store(Authority, parents, moment)
    return result + _versions(Succession, ("predecessor_id", "successor_id"), _heirs(source, ids), source, moment)


def _heirs(source: Pack, ids: Mapping[str, int]) -> list[Row]:
    return [
        {"predecessor_id": ids[code], "successor_id": ids[e.code], "on": e.valid_from, "pack": source.name}
        for e in source.authorities
        for code in e.predecessors
    ]


def _map_store(kind: MapKind, said: Sequence[tuple[str, Row]], source: Pack, moment: datetime) -> Counts:
    """Keep what the map says about bodies or regions as versions, and mark those that the pack dropped."""
    rows = [{"kind": kind, "code": code, "words": words, "pack": source.name} for code, words in said]
    stored = list(MapVersion.objects.current().filter(kind=kind))
    gone = {row.code for row in stored if row.pack == source.name} - {code for code, _words in said}
    model: Any = Region if kind == MapKind.REGION else Authority
    model.objects.filter(code__in=gone).update(retired_at=moment)
    return versions_store(
        MapVersion, ("kind", "code"), rows, stored=stored, moment=moment, is_ours=lambda row: row.pack == source.name
    )


def _present_store(model: type[models.Model], rows: Sequence[Row], moment: datetime) -> None:
    """Bring the rows that everything points at to the present words, by code; their versions are kept elsewhere."""
    manager: Any = model.objects  # type: ignore[attr-defined]
    known = {row.code: row for row in manager.select_for_update()}
    changed = []
    for row in rows:
        stored = known.get(row["code"])
        wanted = {name: value for name, value in {**row, "retired_at": None}.items() if name != "code"}
        if stored is not None and any(getattr(stored, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(stored, name, value)
            changed.append(stored)
    manager.bulk_create([model(**row) for row in rows if row["code"] not in known])
    if changed:
        manager.bulk_update(changed, sorted({*rows[0], "retired_at"} - {"code"}))


def _versions(
    model: type[KeptRow], key: tuple[str, ...], rows: Sequence[Row], source: Pack, moment: datetime
) -> Counts:
    """Rows of this pack as versions. What a person confirmed stays so, with its source."""
    manager: Any = model.objects  # type: ignore[attr-defined]
    return versions_store(
        model, key, rows, stored=manager.current(), moment=moment,
        is_ours=lambda row: bool(row.pack == source.name), carried=_confirmed_kept,
    )  # fmt: skip


def _confirmed_kept(known: Any, row: Row) -> Row:
    """The row to write: a source that a person confirmed here is not unconfirmed by the pack."""
    is_by_person = getattr(known, "verified", False) and not known.source.get("verified")
    if is_by_person and not row["verified"]:
        return {**row, "verified": True, "source": known.source}
    return row


def _authority_words(entry: AuthorityEntry) -> Row:
    """Every column of a body as kept in its versions; the body above by code."""
    row = _authority_row(entry, "")
    days = {name: row[name].isoformat() if row[name] else None for name in ("valid_from", "valid_to")}
    named = {name: value for name, value in row.items() if name not in ("code", "pack")}
    return {**named, **days, "parent": entry.parent or ""}


def _region_words(row: Row) -> Row:
    return {"name_zh": row["name_zh"], "name_en": row["name_en"], "parent": row["parent_id"] or "",
            "scheme": row["scheme"]}  # fmt: skip


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

    A mandate is known by line, role, region, authority, duty and first day. A changed last day or basis makes a new
    version, a dropped row is retired; what was said before stays. A source that a person confirmed here is not
    unconfirmed by a later load. Two loads at once: one waits.
    """
    require(actor, "map.load")
    source = _read(pack)
    pack_lock(source.name)
    moment = clock.now()
    ids = dict(Authority.objects.values_list("code", "pk"))
    key = ("business_line", "role", "region", "authority_id", "duty", "valid_from")
    result = _versions(Mandate, key, [_mandate_row(entry, source, ids) for entry in source.mandates], source, moment)
    questions = [_question_row(entry, source.name) for entry in source.undecided]
    result += _versions(OpenQuestion, ("key",), questions, source, moment)
    return result + _routing_load(source, moment)


def _routing_load(source: Pack, moment: datetime) -> LoadResult:
    """Where conflicts go and which role owns which kind of object."""
    routes = [
        {"conflict": e.conflict, "destination": e.destination, **_sourced(e, source), "role": e.role}
        for e in source.routes
    ]
    owners = [{"kind": e.kind, **_sourced(e, source), "role": e.role} for e in source.ownership]
    result = _versions(ConflictRoute, ("pack", "conflict", "valid_from"), routes, source, moment)
    return result + _versions(OwnershipRule, ("pack", "kind", "valid_from"), owners, source, moment)


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
