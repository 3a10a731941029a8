"""Pure mandate matching: who supervises what, where and on which day. No queries, no Django.

Dates: `valid_from` is the first day in force, `valid_to` the first day no longer in force
(None = no end known).
Source: Guiding Opinions of July 2015 (division by business line), institutional reforms of 2018 and 2023.

Coverage asks every cell (business line, role, region) of one day and groups the answers into boxes.
The regions are the provinces plus every smaller region that a mandate names; a province that contains
such a region stands for the rest of it, so cells never overlap.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

COUNTRY = "000000"


@dataclass(frozen=True, slots=True)
class AuthorityFact:
    """One authority as the matcher needs it. `successors` holds (code, first day) pairs."""

    code: str
    name_zh: str
    name_en: str
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[tuple[str, date], ...] = ()


@dataclass(frozen=True, slots=True)
class MandateFact:
    """One dated row: this authority leads or assists on a line, in a role, in a region."""

    business_line: str
    role: str
    region: str
    authority: str
    duty: str
    valid_from: date
    valid_to: date | None
    verified: bool = True
    basis_zh: str = ""
    basis_en: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Outcome of one question. `state` is decided, overlap or gap; `lead` is empty unless decided."""

    state: str
    lead: str
    assisting: tuple[str, ...]
    candidates: tuple[str, ...]
    rows: tuple[MandateFact, ...]
    unconfirmed: tuple[MandateFact, ...]
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class MandateTable:
    """The whole supervision map, ready for questions."""

    authorities: Mapping[str, AuthorityFact]
    mandates: tuple[MandateFact, ...]
    by_cell: dict[tuple[str, str], tuple[MandateFact, ...]] = field(default_factory=dict)

    @classmethod
    def build(cls, authorities: Iterable[AuthorityFact], mandates: Iterable[MandateFact]) -> "MandateTable":
        """Index the rows by (business line, role)."""
        rows = tuple(mandates)
        cells: dict[tuple[str, str], list[MandateFact]] = {}
        for row in rows:
            cells.setdefault((row.business_line, row.role), []).append(row)
        return cls({a.code: a for a in authorities}, rows, {key: tuple(value) for key, value in cells.items()})


def region_prefix(region: str) -> str:
    """Significant part of a GB/T 2260 code: 110000 → 11, 440300 → 4403, 000000 → empty."""
    while region.endswith("00"):
        region = region[:-2]
    return region


def region_contains(outer: str, inner: str) -> bool:
    """True when `inner` lies in `outer` or is the same region. The whole country contains every region."""
    return inner.startswith(region_prefix(outer))


def is_in_force(valid_from: date | None, valid_to: date | None, on: date) -> bool:
    """First day counts, last day (`valid_to`) does not."""
    return (valid_from is None or valid_from <= on) and (valid_to is None or on < valid_to)


def authority_on(code: str, on: date, authorities: Mapping[str, AuthorityFact]) -> str:
    """The body that holds the duties of `code` on that day: itself or its latest successor."""
    seen = {code}
    while code in authorities:
        following = [name for name, first_day in authorities[code].successors if first_day <= on]
        if not following or following[0] in seen:
            return code
        code = following[0]
        seen.add(code)
    return code


def predecessors_of(code: str, authorities: Mapping[str, AuthorityFact]) -> frozenset[str]:
    """All bodies whose duties ended up, step by step, at `code`."""
    found: set[str] = set()
    open_codes = {code}
    while open_codes:
        parents = {a.code for a in authorities.values() if any(name in open_codes for name, _ in a.successors)}
        open_codes = parents - found
        found |= open_codes
    return frozenset(found - {code})


def matching(table: MandateTable, line: str, role: str, region: str, on: date) -> tuple[MandateFact, ...]:
    """Rows in force on that day for that line and role whose region contains the given one."""
    rows = table.by_cell.get((line, role), ())
    return tuple(
        row for row in rows if region_contains(row.region, region) and is_in_force(row.valid_from, row.valid_to, on)
    )


def decide(table: MandateTable, line: str, role: str, region: str, on: date) -> Decision:
    """Exactly one lead → decided; none → gap; several → overlap. An unconfirmed row never makes a lead."""
    rows = matching(table, line, role, region, on)
    leads = _codes(table, (r for r in rows if r.duty == "lead" and r.verified), on)
    helpers = _codes(table, (r for r in rows if r.duty == "assist" or not r.verified), on)
    lead = leads[0] if len(leads) == 1 else ""
    since, until = constant_span(table, line, role, region, on)
    return Decision(
        state="decided" if lead else ("overlap" if leads else "gap"),
        lead=lead,
        assisting=tuple(code for code in helpers if code not in leads),
        candidates=leads,
        rows=rows,
        unconfirmed=tuple(r for r in rows if not r.verified),
        since=since,
        until=until,
    )


def _codes(table: MandateTable, rows: Iterable[MandateFact], on: date) -> tuple[str, ...]:
    """Bodies behind the rows on that day: the nearest region first, then by code, each once."""
    ordered = sorted(rows, key=lambda r: (-len(region_prefix(r.region)), r.authority))
    return tuple(dict.fromkeys(authority_on(r.authority, on, table.authorities) for r in ordered))


def constant_span(table: MandateTable, line: str, role: str, region: str, on: date) -> tuple[date | None, date | None]:
    """The longest stretch of days around `on` in which no row or succession of this cell changes."""
    days = breakpoints(table, line, role, region)
    before = [day for day in days if day <= on]
    after = [day for day in days if day > on]
    return (max(before) if before else None, min(after) if after else None)


def breakpoints(table: MandateTable, line: str, role: str, region: str) -> frozenset[date]:
    """Every day on which the answer for this cell may change."""
    days: set[date] = set()
    for row in table.by_cell.get((line, role), ()):
        if region_contains(row.region, region):
            days.add(row.valid_from)
            if row.valid_to:
                days.add(row.valid_to)
            days |= _succession_days(table, row)
    return frozenset(days)


def _succession_days(table: MandateTable, row: MandateFact) -> set[date]:
    """Days inside the row's life on which its body hands over to a successor."""
    days: set[date] = set()
    code, seen = row.authority, {row.authority}
    while code in table.authorities and table.authorities[code].successors:
        code, first_day = table.authorities[code].successors[0]
        if code in seen:
            break
        seen.add(code)
        if is_in_force(row.valid_from, row.valid_to, first_day):
            days.add(first_day)
    return days


@dataclass(frozen=True, slots=True)
class Box:
    """Regions that share one answer on one line and role, with the days in which that answer holds."""

    business_line: str
    role: str
    regions: tuple[str, ...]
    holders: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What `cover` found. `cells` counts all cells, `covered` those with exactly one confirmed lead.

    `contested` are covered cells in which an unconfirmed row names a second lead.
    """

    on: date
    cells: int
    covered: int
    gaps: tuple[Box, ...]
    overlaps: tuple[Box, ...]
    contested: tuple[Box, ...]


def cell_regions(provinces: Sequence[str], table: MandateTable) -> tuple[str, ...]:
    """Region axis of the map: provinces and every sub-region that a mandate names."""
    named = {row.region for row in table.mandates if row.region != COUNTRY}
    return tuple(sorted(set(provinces) | named))


def cover(
    table: MandateTable, lines: Sequence[str], roles: Sequence[str], provinces: Sequence[str], on: date
) -> Coverage:
    """Ask every cell and group gaps and overlaps. Exact: nothing is sampled."""
    regions = cell_regions(provinces, table)
    grouped: dict[str, dict[_BoxKey, list[str]]] = {"gap": {}, "overlap": {}, "decided": {}}
    covered = 0
    for line in lines:
        for role in roles:
            for region in regions:
                answer = decide(table, line, role, region, on)
                covered += answer.state == "decided"
                claims = tuple(sorted({r.authority for r in answer.unconfirmed if r.duty == "lead"}))
                if answer.state != "decided" or claims:
                    key = (line, role, answer.candidates, claims, answer.since, answer.until)
                    grouped[answer.state].setdefault(key, []).append(region)
    cells = len(lines) * len(roles) * len(regions)
    return Coverage(
        on,
        cells,
        covered,
        gaps=_boxes(grouped["gap"]),
        overlaps=_boxes(grouped["overlap"]),
        contested=_boxes(grouped["decided"]),
    )


_BoxKey = tuple[str, str, tuple[str, ...], tuple[str, ...], date | None, date | None]


def _boxes(groups: dict[_BoxKey, list[str]]) -> tuple[Box, ...]:
    return tuple(
        Box(line, role, tuple(regions), holders, unconfirmed, since, until)
        for (line, role, holders, unconfirmed, since, until), regions in groups.items()
    )
