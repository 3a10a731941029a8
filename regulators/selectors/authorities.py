"""Authorities as other apps see them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from common import clock
from regulators.charter import charter_on
from regulators.facts import AuthorityFact, CodeScheme, RegionTree, authority_on
from regulators.models import Authority, ObjectAccess, Region, Succession


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


def authority_facts(codes: Iterable[str] | None = None) -> dict[str, AuthorityFact]:
    """Authorities with their successions, as the pure matcher wants them (two queries).

    All of them, or those with the given codes and every body that took over from them.
    """
    heirs: dict[str, list[tuple[str, date]]] = {}
    links = Succession.objects.order_by("on").values_list("predecessor__code", "successor__code", "on")
    for old, new, first_day in links:
        heirs.setdefault(old, []).append((new, first_day))
    rows = Authority.objects.all()
    if codes is not None:
        rows = rows.filter(code__in=_with_heirs(set(codes), heirs))
    return {
        a.code: AuthorityFact(a.code, a.name_zh, a.name_en, a.valid_from, a.valid_to, tuple(heirs.get(a.code, ())))
        for a in rows
    }


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


def region_text(code: str) -> dict[str, str]:
    """A region as an explanation writes it: name and code."""
    row = Region.objects.filter(pk=code).first()
    if row is None:
        return {"zh": code, "en": code}
    return {"zh": f"{row.name_zh}（{code}）", "en": f"{row.name_en} ({code})"}


def region_tree() -> RegionTree:
    """What lies in what, of all packs on record (one query)."""
    rows = list(Region.objects.values_list("code", "parent_id", "scheme"))
    schemes = tuple(CodeScheme(scheme["digits"], scheme["step"]) for _code, _above, scheme in rows if scheme)
    return RegionTree({code: above or "" for code, above, _scheme in rows}, schemes)


def authority_on_day(authority_id: int, on: date) -> int:
    """The id of the body that holds the duties of this one on a day: itself or its successor."""
    code = Authority.objects.values_list("code", flat=True).get(pk=authority_id)
    return Authority.objects.values_list("pk", flat=True).get(code=authority_on(code, on, authority_facts()))


def superior_of(authority_id: int, on: date) -> int | None:
    """The body above this one on a day; None at the top of the tree. A superior that was succeeded is its successor."""
    body = Authority.objects.get(pk=authority_on_day(authority_id, on))
    return authority_on_day(body.parent_id, on) if body.parent_id else None
