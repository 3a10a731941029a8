"""Exactly one lead per cell, over lines × roles × regions × dates: proved for every day, not sampled. Pure.

Two confirmed leads of different bodies on one cell are an overlap; a lead with assisting bodies is none. A row
whose source nobody confirmed never fills a gap; where it names another lead than the confirmed one, the cell is
contested. `first` is the first day of a period and `until` the first day no longer in it; None is open.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from regulators.facts.boxes import Masks, Space, full, mask_of, runs_of, values_of
from regulators.facts.mandates import MandateFact, MandateTable, is_in_force, terms_of

Day = date | None
Claim = tuple[tuple[str, ...], tuple[str, ...]]  # confirmed leads, unconfirmed claims


@dataclass(frozen=True, slots=True)
class Box:
    """Lines × roles × regions that share one answer through the same days."""

    lines: tuple[str, ...]
    roles: tuple[str, ...]
    regions: tuple[str, ...]
    holders: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    since: Day
    until: Day

    @property
    def cells(self) -> int:
        """How many cells the box holds."""
        return len(self.lines) * len(self.roles) * len(self.regions)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What `cover` found in a period. `cells` counts line × role × region; `covered` those that have exactly one
    confirmed lead on every day of the period. `contested` are covered cells where an unconfirmed row names another
    lead. Boxes are disjoint and cannot be joined any further.
    """

    first: Day
    until: Day
    cells: int
    covered: int
    gaps: tuple[Box, ...]
    overlaps: tuple[Box, ...]
    contested: tuple[Box, ...]

    @property
    def is_exact(self) -> bool:
        """True when every cell has exactly one confirmed lead on every day."""
        return self.covered == self.cells


@dataclass(frozen=True, slots=True)
class Grid:
    """The space of one question: values of each dimension in order; days as bounds of stretches."""

    lines: tuple[str, ...]
    roles: tuple[str, ...]
    regions: tuple[str, ...]
    days: tuple[Day, ...]  # n + 1 bounds of n stretches; None only at the ends

    @property
    def space(self) -> Space:
        """The cells as numbers."""
        return Space((len(self.lines), len(self.roles), len(self.regions), len(self.days) - 1))

    @property
    def places(self) -> Space:
        """The same without days."""
        return Space((len(self.lines), len(self.roles), len(self.regions)))


@dataclass(frozen=True, slots=True)
class _Answers:
    """Sets of cells: of each body, with one lead, with several."""

    grid: Grid
    leads: dict[str, int]
    claims: dict[str, int]
    once: int
    twice: int

    @property
    def decided(self) -> int:
        """Cells with exactly one confirmed lead."""
        return self.once & ~self.twice

    def boxes(self) -> tuple[tuple[Box, ...], tuple[Box, ...], tuple[Box, ...]]:
        """Gaps, overlaps, contested."""
        disputed = 0
        for body, cells in self.claims.items():
            disputed |= cells & ~self.leads.get(body, 0)
        return (
            _boxes(self.grid, self.grid.space.everything & ~self.once, {}, self.claims),
            _boxes(self.grid, self.twice, self.leads, self.claims),
            _boxes(self.grid, disputed & self.decided, self.leads, self.claims),
        )


def cover(
    table: MandateTable,
    lines: Sequence[str],
    roles: Sequence[str],
    regions: Sequence[str],
    *,
    first: Day = None,
    until: Day = None,
) -> Coverage:
    """All gaps and overlaps of these cells in a period, and how many cells are without any."""
    answers = _answers(table, grid_of(table, (lines, roles, regions), first, until))
    grid = answers.grid
    covered = sum(row == full(len(grid.days) - 1) for row in grid.space.rows(answers.decided))
    return Coverage(first, until, grid.places.count, covered, *answers.boxes())


def cover_on(
    table: MandateTable, lines: Sequence[str], roles: Sequence[str], regions: Sequence[str], on: date
) -> Coverage:
    """The same for one day; each box says since when and until when its answer holds around that day."""
    answers = _answers(table, grid_of(table, (lines, roles, regions), None, None))
    grid = answers.grid
    stretch = 1 << next(i for i, (a, b) in enumerate(pairwise(grid.days)) if is_in_force(a, b, on))
    covered = sum(bool(row & stretch) for row in grid.space.rows(answers.decided))
    gaps, overlaps, contested = (
        tuple(box for box in boxes if is_in_force(box.since, box.until, on)) for boxes in answers.boxes()
    )
    return Coverage(on, on + timedelta(days=1), grid.places.count, covered, gaps, overlaps, contested)


def _answers(table: MandateTable, grid: Grid) -> _Answers:
    leads = _held(table, grid, verified=True)
    return _Answers(grid, leads, _held(table, grid, verified=False), *_once_and_twice(leads.values()))


def grid_of(table: MandateTable, axes: tuple[Sequence[str], ...], first: Day, until: Day) -> Grid:
    """Cut the period at every day on which a lead of these lines and roles (the first two axes) may change."""
    lines, roles, regions = axes
    days: set[date] = set()
    for row in _leads(table, lines, roles):
        days |= {day for _body, day in terms_of(table, row)} | ({row.valid_to} if row.valid_to else set())
    inside = sorted(day for day in days if (first is None or day > first) and (until is None or day < until))
    return Grid(tuple(lines), tuple(roles), tuple(regions), (first, *inside, until))


def _leads(table: MandateTable, lines: Sequence[str], roles: Sequence[str]) -> Iterator[MandateFact]:
    for line in lines:
        for role in roles:
            yield from (row for row in table.by_cell.get((line, role), ()) if row.duty == "lead")


def _held(table: MandateTable, grid: Grid, *, verified: bool) -> dict[str, int]:
    """The cells of each body, by the rows of one standing; a body that was succeeded stands for its successor."""
    space, found = grid.space, dict[str, int]()
    inside = _inside(table, grid.regions)
    for row in _leads(table, grid.lines, grid.roles):
        if row.verified is not verified or not inside.get(row.region):
            continue
        for body, stretches in _stretches(table, grid, row):
            masks: Masks = (
                1 << grid.lines.index(row.business_line), 1 << grid.roles.index(row.role),
                inside[row.region], stretches,
            )  # fmt: skip
            found[body] = found.get(body, 0) | space.cells(masks)
    return found


def _inside(table: MandateTable, regions: Sequence[str]) -> dict[str, int]:
    """For each region that lies around or in the grid: the mask of the grid's regions that it contains."""
    found: dict[str, int] = {}
    for index, region in enumerate(regions):
        for outer in table.regions.ancestors(region):
            found[outer] = found.get(outer, 0) | 1 << index
    return found


def _stretches(table: MandateTable, grid: Grid, row: MandateFact) -> Iterator[tuple[str, int]]:
    """Who holds a row in which stretches of the grid."""
    terms = terms_of(table, row)
    for index, (body, start) in enumerate(terms):
        end = terms[index + 1][1] if index + 1 < len(terms) else row.valid_to
        mask = mask_of(
            i for i, (a, _b) in enumerate(pairwise(grid.days)) if a is not None and is_in_force(start, end, a)
        )
        if mask:
            yield body, mask


def _once_and_twice(sets: Iterable[int]) -> tuple[int, int]:
    """Cells in at least one and in at least two of the sets."""
    once = twice = 0
    for cells in sets:
        twice |= once & cells
        once |= cells
    return once, twice


def _boxes(grid: Grid, cells: int, leads: dict[str, int], claims: dict[str, int]) -> tuple[Box, ...]:
    """The cells by who leads and who claims to, each group as boxes with their longest days."""
    if not cells:
        return ()
    found = [box for answer, part in _by_answer(cells, leads, claims) for box in _dated_boxes(grid, part, answer)]
    return tuple(sorted(found, key=lambda box: (box.since or date.min, box.roles, box.lines, box.regions)))


def _by_answer(cells: int, leads: dict[str, int], claims: dict[str, int]) -> Iterator[tuple[Claim, int]]:
    """Split a set of cells by who leads them and who, unconfirmed, claims to."""
    groups: dict[Claim, int] = {((), ()): cells}
    for body in sorted(leads.keys() | claims.keys()):
        split: dict[Claim, int] = {}
        for (holders, claimants), group in groups.items():
            led = group & leads.get(body, 0)
            claimed = group & claims.get(body, 0) & ~led
            for answer, part in (
                (((*holders, body), claimants), led),
                ((holders, (*claimants, body)), claimed),
                ((holders, claimants), group & ~led & ~claimed),
            ):
                if part:
                    split[answer] = split.get(answer, 0) | part
        groups = split
    yield from groups.items()


def _dated_boxes(grid: Grid, cells: int, answer: Claim) -> Iterator[Box]:
    """Cells with the same longest run of days share boxes."""
    by_run: dict[tuple[int, int], list[int]] = {}
    for place, row in enumerate(grid.space.rows(cells)):
        for run in runs_of(row):
            by_run.setdefault(run, []).append(place)
    roles, regions = len(grid.roles), len(grid.regions)
    for (start, end), places in by_run.items():
        held = grid.places.union(
            (1 << place // (roles * regions), 1 << place // regions % roles, 1 << place % regions) for place in places
        )
        for line, role, region in grid.places.boxes(held):
            yield Box(
                tuple(grid.lines[v] for v in values_of(line)),
                tuple(grid.roles[v] for v in values_of(role)),
                tuple(grid.regions[v] for v in values_of(region)),
                holders=answer[0],
                unconfirmed=answer[1],
                since=grid.days[start],
                until=grid.days[end],
            )
