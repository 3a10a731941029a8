"""Authorities as other apps see them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from common import clock
from regulators.charter import charter_on
from regulators.choices import MapKind
from regulators.facts import AuthorityFact, CodeScheme, RegionTree, authority_on
from regulators.models import Authority, MapVersion, ObjectAccess, Region, Succession

Moment = datetime | None


@dataclass(frozen=True, slots=True)
class AuthorityRef:
    """One authority: id, code, its name and its short name in both languages."""

    id: int
    code: str
    name: dict[str, str]
    short: dict[str, str]


def ref_of(row: Authority) -> AuthorityRef:
    """A row as a value; without a short name the code stands in."""
    short = {"zh": row.short_zh or row.code, "en": row.short_en or row.code}
    return AuthorityRef(row.pk, row.code, {"zh": row.name_zh, "en": row.name_en}, short)


def authority_ref(authority_id: int) -> AuthorityRef | None:
    """The authority with this id, or None."""
    row = Authority.objects.filter(pk=authority_id).first()
    return ref_of(row) if row else None


def authority_refs(ids: Iterable[int]) -> dict[int, AuthorityRef]:
    """Several authorities at once, by id."""
    return {row.pk: ref_of(row) for row in Authority.objects.filter(pk__in=set(ids))}


def authority_by_code(code: str, on: date | None = None) -> AuthorityRef | None:
    """The authority with this code; with a date, the body that holds its duties on that day."""
    if on:
        code = authority_on(code, on, authority_facts())
    row = Authority.objects.filter(code=code).first()
    return ref_of(row) if row else None


def meeting_convenor(on: date | None = None) -> AuthorityRef | None:
    """The body that convenes the joint meeting and keeps undecided matters in hand; None where the pack has none."""
    day = on or clock.today()
    charter = charter_on(day)
    return authority_by_code(charter.convenor, day) if charter else None


def authority_facts(codes: Iterable[str] | None = None, known_at: Moment = None) -> dict[str, AuthorityFact]:
    """Authorities with their successions, as the pure matcher wants them (two queries).

    All of them, or those with the given codes and every body that took over from them; with a moment, as they were
    known then.
    """
    heirs: dict[str, list[tuple[str, date]]] = {}
    links = Succession.objects.known(known_at).order_by("on", "pk")
    for old, new, first_day in links.values_list("predecessor__code", "successor__code", "on"):
        heirs.setdefault(old, []).append((new, first_day))
    wanted = None if codes is None else _with_heirs(set(codes), heirs)
    return {
        code: AuthorityFact(code, name_zh, name_en, first, last, tuple(heirs.get(code, ())))
        for code, name_zh, name_en, first, last in _bodies(wanted, known_at)
    }


def _bodies(codes: set[str] | None, known_at: Moment) -> list[tuple[Any, ...]]:
    """Code, names and days of bodies, as they are or were known."""
    only = {} if codes is None else {"code__in": codes}
    if known_at is None:
        named = "code", "name_zh", "name_en", "valid_from", "valid_to"
        return list(Authority.objects.filter(**only).values_list(*named))
    rows = MapVersion.objects.known(known_at).filter(kind=MapKind.AUTHORITY, **only).order_by("code")
    return [
        (code, said["name_zh"], said["name_en"], _day(said["valid_from"]), _day(said["valid_to"]))
        for code, said in rows.values_list("code", "words")
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def refs_by_code(codes: Iterable[str], known_at: Moment = None) -> dict[str, AuthorityRef]:
    """Authorities by code; with a moment, by the names they were known under then (their ids never change)."""
    refs = {row.code: ref_of(row) for row in Authority.objects.filter(code__in=set(codes))}
    if known_at is None:
        return refs
    rows = MapVersion.objects.known(known_at).filter(kind=MapKind.AUTHORITY, code__in=refs)
    said = dict(rows.values_list("code", "words"))
    return {code: _renamed(ref, said[code]) for code, ref in refs.items() if code in said}


def _renamed(ref: AuthorityRef, said: Mapping[str, str]) -> AuthorityRef:
    short = {"zh": said["short_zh"] or ref.code, "en": said["short_en"] or ref.code}
    return AuthorityRef(ref.id, ref.code, {"zh": said["name_zh"], "en": said["name_en"]}, short)


def _with_heirs(codes: set[str], heirs: Mapping[str, list[tuple[str, date]]]) -> set[str]:
    """The codes and, step by step, all their successors."""
    open_codes = set(codes)
    while open_codes:
        open_codes = {new for code in open_codes for new, _day in heirs.get(code, ())} - codes
        codes |= open_codes
    return codes


def objects_shared_with(authority_ids: Iterable[int], object_kind: str) -> frozenset[int]:
    """Ids of the objects of one kind that were shared with any of these authorities."""
    rows = ObjectAccess.objects.filter(authority_id__in=set(authority_ids), object_kind=object_kind)
    return frozenset(rows.values_list("object_id", flat=True))


def sharing_of(object_kind: str, object_id: int) -> tuple[AuthorityRef, ...]:
    """Authorities that an object was shared with, in the order of sharing."""
    rows = ObjectAccess.objects.filter(object_kind=object_kind, object_id=object_id).select_related("authority")
    return tuple(ref_of(row.authority) for row in rows.order_by("pk"))


def region_name(code: str) -> dict[str, str]:
    """Name of a region in both languages; an unknown code stands for itself."""
    row = Region.objects.filter(pk=code).first()
    return {"zh": row.name_zh, "en": row.name_en} if row else {"zh": code, "en": code}


def region_text(code: str, known_at: Moment = None) -> dict[str, str]:
    """A region as an explanation writes it: by name; a place that only the code scheme knows by its code."""
    names = next((row[1:3] for row in _regions(known_at, code=code)), None)
    if names is None:
        return {"zh": code, "en": code}
    return {"zh": str(names[0]), "en": str(names[1])}


def region_tree(known_at: Moment = None) -> RegionTree:
    """What lies in what, of all packs on record (one query); with a moment, as it was known then."""
    rows = _regions(known_at)
    schemes = tuple(CodeScheme(scheme["digits"], scheme["step"]) for *_words, scheme in rows if scheme)
    return RegionTree({code: above or "" for code, _zh, _en, above, _scheme in rows}, schemes)


def _regions(known_at: Moment, **only: str) -> list[tuple[Any, ...]]:
    """Code, names, region above and scheme of regions, as they are or were known."""
    if known_at is None:
        rows = Region.objects.filter(retired_at__isnull=True, **only)
        return list(rows.values_list("code", "name_zh", "name_en", "parent_id", "scheme"))
    kept = MapVersion.objects.known(known_at).filter(kind=MapKind.REGION, **only).order_by("code")
    return [
        (code, said["name_zh"], said["name_en"], said["parent"], said["scheme"])
        for code, said in kept.values_list("code", "words")
    ]


def authority_on_day(authority_id: int, on: date) -> int:
    """The id of the body that holds the duties of this one on a day: itself or its successor."""
    code = Authority.objects.values_list("code", flat=True).get(pk=authority_id)
    return Authority.objects.values_list("pk", flat=True).get(code=authority_on(code, on, authority_facts()))


def superior_of(authority_id: int, on: date) -> int | None:
    """The body above this one on a day; None at the top of the tree. A superior that was succeeded is its successor."""
    body = Authority.objects.get(pk=authority_on_day(authority_id, on))
    return authority_on_day(body.parent_id, on) if body.parent_id else None
