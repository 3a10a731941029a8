"""Pure mandate matching: who supervises what, where and on which day. No queries, no Django.

Dates: `valid_from` is the first day in force, `valid_to` the first day no longer in force
(None = no end known).
Source: Guiding Opinions of July 2015 (division by business line), institutional reforms of 2018 and 2023.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from regulators.facts.regions import RegionTree


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
    regions: RegionTree = field(default_factory=RegionTree)
    by_cell: dict[tuple[str, str], tuple[MandateFact, ...]] = field(default_factory=dict)

    @classmethod
    def build(
        cls,
        authorities: Iterable[AuthorityFact],
        mandates: Iterable[MandateFact],
        regions: RegionTree | None = None,
    ) -> "MandateTable":
        """Index the rows by (business line, role)."""
        rows = tuple(mandates)
        cells: dict[tuple[str, str], list[MandateFact]] = {}
        for row in rows:
            cells.setdefault((row.business_line, row.role), []).append(row)
        index = {key: tuple(value) for key, value in cells.items()}
        return cls({a.code: a for a in authorities}, rows, regions or RegionTree(), index)


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
    around = frozenset(table.regions.ancestors(region))
    rows = table.by_cell.get((line, role), ())
    return tuple(row for row in rows if row.region in around and is_in_force(row.valid_from, row.valid_to, on))


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
    ordered = sorted(rows, key=lambda r: (-table.regions.depth(r.region), r.authority))
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
    around = frozenset(table.regions.ancestors(region))
    for row in table.by_cell.get((line, role), ()):
        if row.region in around:
            days.add(row.valid_from)
            if row.valid_to:
                days.add(row.valid_to)
            days |= _succession_days(table, row)
    return frozenset(days)


def _succession_days(table: MandateTable, row: MandateFact) -> set[date]:
    """Days inside the row's life on which its body hands over to a successor."""
    return {day for _code, day in terms_of(table, row)[1:]}


def terms_of(table: MandateTable, row: MandateFact) -> tuple[tuple[str, date], ...]:
    """Who answers for a row, one after the other: (body, first day), from the row's first day on."""
    heirs = {day for code in _line_of(table, row.authority) for _new, day in table.authorities[code].successors}
    days = [row.valid_from, *sorted(day for day in heirs if row.valid_from < day and _ends_after(row, day))]
    found: list[tuple[str, date]] = []
    for day in days:
        body = authority_on(row.authority, day, table.authorities)
        if not found or found[-1][0] != body:
            found.append((body, day))
    return tuple(found)


def _ends_after(row: MandateFact, day: date) -> bool:
    return row.valid_to is None or day < row.valid_to


def _line_of(table: MandateTable, code: str) -> frozenset[str]:
    """A body and all its successors, as far as the table knows them."""
    found, open_codes = set(), {code} & table.authorities.keys()
    while open_codes:
        found |= open_codes
        named = {new for old in open_codes for new, _day in table.authorities[old].successors}
        open_codes = (named & table.authorities.keys()) - found
    return frozenset(found)
