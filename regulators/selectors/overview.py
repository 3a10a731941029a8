"""The supervision system of one day for people: the tree of bodies, and who leads on which line in which role."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from regulators.choices import AuthorityKind, BusinessLine, MandateRole
from regulators.facts import Coverage, MandateTable, authority_on, cover_on, decide
from regulators.models import Authority, Region, Succession
from regulators.selectors.authorities import authority_facts
from regulators.selectors.competence import mandate_table, regions_of

Text = dict[str, str]


@dataclass(frozen=True, slots=True)
class Body:
    """One body of the tree on a day. `parts` counts its branches; `branches` are those of the chosen region."""

    id: int
    code: str
    name: Text
    short: Text
    kind: str
    since: date | None
    until: date | None
    before: tuple[str, ...]
    is_confirmed: bool
    note: Text
    parts: int
    branches: tuple["Body", ...]


@dataclass(frozen=True, slots=True)
class AuthorityTree:
    """All bodies of a day by kind; `changes` are the days on which a body begins or ends."""

    on: date
    region: str
    groups: tuple[tuple[str, tuple[Body, ...]], ...]
    changes: tuple[date, ...]
    count: int


def authority_tree(on: date, region: str = "") -> AuthorityTree:
    """The tree of central bodies with their local branches on a day; with a region, that region's branches by name.

    A branch whose superior was succeeded hangs under the successor. Local bodies without a superior stand in
    their own group. Source: the central and local system of paper 000, figure 4.
    """
    rows = list(Authority.objects.in_force(on).order_by("pk"))
    facts, codes = authority_facts(), dict(Authority.objects.values_list("pk", "code"))
    old = _predecessors()
    below: dict[str, list[Authority]] = {}
    for row in rows:
        above = authority_on(codes[row.parent_id], on, facts) if row.parent_id else ""
        below.setdefault(above, []).append(row)

    def body(row: Authority) -> Body:
        parts = below.get(row.code, [])
        named = tuple(body(part) for part in parts if part.region == region)
        return _body(row, old.get(row.pk, ()), len(parts), named)

    countries = set(Region.objects.filter(parent__isnull=True).values_list("pk", flat=True))
    tops = [row for row in below.get("", []) if row.region in {*countries, region}]
    groups = [(kind, tuple(body(row) for row in tops if row.kind == kind)) for kind in AuthorityKind.values]
    shown = tuple((kind, bodies) for kind, bodies in groups if bodies)
    return AuthorityTree(on, region, shown, _changes(), len(rows))


def _body(row: Authority, before: tuple[str, ...], parts: int, branches: tuple[Body, ...]) -> Body:
    short = {"zh": row.short_zh or row.code, "en": row.short_en or row.code}
    return Body(
        row.pk, row.code, {"zh": row.name_zh, "en": row.name_en}, short, row.kind, row.valid_from, row.valid_to,
        before, row.dates_verified, {"zh": row.note_zh, "en": row.note_en}, parts, branches,
    )  # fmt: skip


def _predecessors() -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    rows = Succession.objects.current().order_by("on", "pk")
    for successor, code in rows.values_list("successor_id", "predecessor__code"):
        found[successor] = (*found.get(successor, ()), code)
    return found


def _changes() -> tuple[date, ...]:
    bounds = Authority.objects.filter(retired_at__isnull=True).values_list("valid_from", "valid_to")
    return tuple(sorted({day for pair in bounds for day in pair if day}))


def region_choices() -> list[tuple[str, Text]]:
    """Regions below a country, for a form."""
    below = Region.objects.filter(parent__parent__isnull=True, parent__isnull=False)
    rows = below.filter(retired_at__isnull=True).order_by("pk")
    return [(row.pk, {"zh": row.name_zh, "en": row.name_en}) for row in rows]


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """One line in one role: decided, contested, overlap or gap; who leads, in how many regions of how many."""

    line: str
    role: str
    state: str
    leads: tuple[str, ...]
    local_leads: int
    claims: tuple[str, ...]
    regions: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Roles × lines of one day with its exact coverage; `changes` are days on which a lead changes somewhere."""

    on: date
    lines: tuple[str, ...]
    roles: tuple[str, ...]
    rows: tuple[tuple[str, tuple[MatrixCell, ...]], ...]
    coverage: Coverage
    changes: tuple[date, ...]


def coverage_matrix(on: date, country: str = "") -> Matrix:
    """Who leads on which line in which role on a day, over all regions; the worst answer of a cell counts."""
    table = mandate_table()
    lines, roles, regions = tuple(BusinessLine.values), tuple(MandateRole.values), regions_of(table, country)
    rows = tuple((role, tuple(_cell(table, line, role, regions, on) for line in lines)) for role in roles)
    days = {row.valid_from for row in table.mandates} | {row.valid_to for row in table.mandates if row.valid_to}
    return Matrix(on, lines, roles, rows, cover_on(table, lines, roles, regions, on), tuple(sorted(days)))


def _cell(table: MandateTable, line: str, role: str, regions: Sequence[str], on: date) -> MatrixCell:
    answers = [(region, decide(table, line, role, region, on)) for region in regions]
    states = {answer.state for _region, answer in answers}
    claims = {row.authority for _r, answer in answers for row in answer.unconfirmed if row.duty == "lead"}
    leads = sorted({code for _region, answer in answers for code in answer.candidates})
    state = next((worst for worst in ("overlap", "gap") if worst in states), "decided")
    local = sum(_is_local(table, code) for code in leads)
    return MatrixCell(
        line,
        role,
        "contested" if state == "decided" and claims - set(leads) else state,
        tuple(code for code in leads if not _is_local(table, code)),
        local,
        tuple(sorted(claims - set(leads))),
        len(regions),
    )


def _is_local(table: MandateTable, code: str) -> bool:
    """A body whose lead rows lie in parts of a country only."""
    seats = [row.region for row in table.mandates if row.authority == code and row.duty == "lead"]
    return bool(seats) and all(table.regions.depth(seat) > 0 for seat in seats)

