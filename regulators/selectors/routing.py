"""Which role owns which kind of object, and where a conflict of supervision goes: pack rows, read by day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from regulators.choices import ConflictKind, Destination
from regulators.models import Authority, ConflictRoute, OwnershipRule
from regulators.selectors.authorities import (
    AuthorityRef,
    authority_on_day,
    ref_of,
    region_text,
    region_tree,
    superior_of,
)
from regulators.selectors.competence import Competence, competent_authorities

Text = dict[str, str]
MOST_LEVELS = 8
_FAILED = {
    Destination.REGISTERED_PLACE: {
        "zh": "登记地没有唯一的牵头单位",
        "en": "no single lead at the place of registration",
    },
    Destination.DOMICILE: {"zh": "住所地没有唯一的牵头单位", "en": "no single lead at the domicile"},
    Destination.COMMON_SUPERIOR: {
        "zh": "争议各方没有共同上级",
        "en": "the bodies in dispute have no common superior",
    },
    Destination.JOINT_MEETING: {"zh": "事项跨省", "en": "the matter reaches across provinces"},
}


@dataclass(frozen=True, slots=True)
class Ownership:
    """The role that owns a kind of object on a day, with the reason and whether its source was confirmed."""

    kind: str
    role: str
    why: Text
    basis: Text
    verified: bool


def ownership(kind: str, on: date, *, known_at: datetime | None = None) -> Ownership | None:
    """The ownership rule of a kind on a day; None when the pack has none: then nobody owns such an object."""
    rows = OwnershipRule.objects.known(known_at).in_force(on).filter(kind=kind)
    row = rows.order_by("-valid_from", "pack").first()
    if row is None:
        return None
    return Ownership(
        row.kind,
        row.role,
        {"zh": row.why_zh, "en": row.why_en},
        {"zh": row.basis_zh, "en": row.basis_en},
        row.verified,
    )


def owner_role(kind: str, on: date, *, known_at: datetime | None = None) -> str | None:
    """The mandate role whose lead owns objects of this kind on a day: finding, case, complaint, …"""
    found = ownership(kind, on, known_at=known_at)
    return found.role if found else None


def competent_owner(
    kind: str, business_line: str, region: str, on: date, *, known_at: datetime | None = None
) -> Competence:
    """Who owns an object of this kind on a line and in a region: the lead of the role that the pack names.

    Without an ownership rule it is a gap, and says so, instead of falling to some body by accident.
    """
    role = owner_role(kind, on, known_at=known_at)
    if role is None:
        why = {
            "zh": f"{on}：规则库未规定“{kind}”归哪个角色，须提交联席会议。",
            "en": f"On {on} the rulebook does not say which role owns “{kind}”. It goes to the joint meeting.",
        }
        return Competence(None, (), (), why, "gap", (), None, None)
    return competent_authorities(business_line, role, region, on, known_at=known_at)


@dataclass(frozen=True, slots=True)
class Conflict:
    """What is disputed: kind (entity, person, dispute, cross_region), line, place or places, and the claimants.

    `region` is the registered place of an institution, or the domicile of a person; `claimants` are ids of the
    bodies that dispute; `subject` a reference such as "case:12"; `title` names the matter in both languages.
    """

    kind: str
    business_line: str
    region: str = ""
    regions: tuple[str, ...] = ()
    claimants: tuple[int, ...] = ()
    subject: str = ""
    title: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Routing:
    """Where a conflict goes. `authority` is None when the joint meeting decides; `why` says it in both languages."""

    destination: str
    authority: AuthorityRef | None
    why: Text
    basis: Text
    verified: bool
    tried: tuple[str, ...]

    @property
    def is_for_meeting(self) -> bool:
        """True when the joint meeting decides."""
        return self.destination == Destination.JOINT_MEETING


def route_of(conflict: Conflict, on: date) -> Routing:
    """Where a conflict goes on a day, by the pack's routes. Deterministic, asks nobody.

    Places in several provinces make an institution's or a person's conflict a cross-province one only when no
    single place is given. Where a route leads to no single body (no lead there, no common superior), the joint
    meeting decides.
    """
    row = _route(conflict.kind, on)
    if row is None:
        return _to_meeting(None, conflict, on, ())
    if row.destination in {Destination.REGISTERED_PLACE, Destination.DOMICILE}:
        return _by_place(row, conflict, on)
    if row.destination == Destination.COMMON_SUPERIOR and not _provinces_differ(conflict):
        return _by_superior(row, conflict, on)
    return _to_meeting(_route(ConflictKind.CROSS_REGION, on) or row, conflict, on, (row.destination,))


def _route(kind: str, on: date) -> ConflictRoute | None:
    rows = ConflictRoute.objects.current().in_force(on).filter(conflict=kind)
    return rows.order_by("-verified", "-valid_from").first()


def _by_place(row: ConflictRoute, conflict: Conflict, on: date) -> Routing:
    if not conflict.region:
        return _to_meeting(row, conflict, on, (row.destination,))
    found = competent_authorities(conflict.business_line, row.role, conflict.region, on)
    if found.lead is None:
        return _to_meeting(row, conflict, on, (row.destination,))
    place = region_text(conflict.region)
    what = {
        Destination.REGISTERED_PLACE: {"zh": "登记地", "en": "The place of registration"},
        Destination.DOMICILE: {"zh": "住所地", "en": "The domicile"},
    }[Destination(row.destination)]
    said = {
        "zh": f"{on}：{what['zh']}为{place['zh']}，由{found.lead.name['zh']}处理。{row.why_zh}",
        "en": f"{what['en']} is {place['en']}; on {on} {found.lead.name['en']} deals with it. {row.why_en}",
    }
    return _routing(row, found.lead, said, (row.destination,))


def _by_superior(row: ConflictRoute, conflict: Conflict, on: date) -> Routing:
    superior = common_superior(conflict.claimants, on)
    if superior is None:
        return _to_meeting(row, conflict, on, (row.destination,))
    said = {
        "zh": f"{on}：争议各方的共同上级为{superior.name['zh']}，由其确定。{row.why_zh}",
        "en": f"On {on} the common superior of the bodies in dispute is {superior.name['en']}, which decides. "
        f"{row.why_en}",
    }
    return _routing(row, superior, said, (row.destination,))


def _to_meeting(row: ConflictRoute | None, conflict: Conflict, on: date, tried: Sequence[str]) -> Routing:
    if _provinces_differ(conflict):
        tried = [Destination.JOINT_MEETING]
    reason = _FAILED[Destination(tried[0])] if tried else {"zh": "没有适用的规则", "en": "no route applies"}
    text = {"zh": row.why_zh, "en": row.why_en} if row else {"zh": "", "en": ""}
    said = {
        "zh": f"{on}：{reason['zh']}，由联席会议决定。{text['zh']}",
        "en": f"On {on} the joint meeting decides: {reason['en']}. {text['en']}".rstrip(),
    }
    return _routing(row, None, said, (*tried, Destination.JOINT_MEETING))


def _routing(row: ConflictRoute | None, authority: AuthorityRef | None, why: Text, tried: Sequence[str]) -> Routing:
    return Routing(
        destination=str(row.destination) if row and authority else str(Destination.JOINT_MEETING),
        authority=authority,
        why=why,
        basis={"zh": row.basis_zh, "en": row.basis_en} if row else {"zh": "", "en": ""},
        verified=bool(row and row.verified),
        tried=tuple(dict.fromkeys(str(step) for step in tried)),
    )


def _provinces_differ(conflict: Conflict) -> bool:
    """True when the places of the matter, or the seats of local claimants, lie in different parts of the country."""
    tree = region_tree()
    seats = Authority.objects.filter(pk__in=conflict.claimants).values_list("region", flat=True)
    chains = [tree.ancestors(place) for place in {*conflict.regions, *seats} if place]
    parts = {chain[-2] for chain in chains if len(chain) > 1}
    return len(parts) > 1


def common_superior(authority_ids: Sequence[int], on: date) -> AuthorityRef | None:
    """The lowest body above all of these on a day, or one of them that stands above the others; None when none is.

    Ministries and commissions have no common superior below the State Council, which is no body of this map.
    """
    if not authority_ids:
        return None
    chains = [_upwards(pk, on) for pk in dict.fromkeys(authority_ids)]
    shared = [pk for pk in chains[0] if all(pk in chain for chain in chains[1:])]
    row = Authority.objects.filter(pk=shared[0]).first() if shared else None
    return ref_of(row) if row else None


def _upwards(authority_id: int, on: date) -> tuple[int, ...]:
    """The body of the day and every superior, the nearest first."""
    chain = [authority_on_day(authority_id, on)]
    while len(chain) < MOST_LEVELS:
        above = superior_of(chain[-1], on)
        if above is None or above in chain:
            break
        chain.append(above)
    return tuple(chain)
