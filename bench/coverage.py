"""`manage.py bench coverage`: who holds which cell, exactly. 200 random rules over more than 3 million cells.

Six dimensions (line, role, kind of person, product, region, stretch of days), rules by holder. Floor in the same run
and of the same clock (CPU seconds): a brute force with numpy that writes every rule into an array of all cells. Both
must count the same gaps and overlaps, or the benchmark stops. Two shapes: rules that cover runs of neighbouring
values, and rules that cover scattered values, which are harder to describe as boxes. Last: the shipped supervision
map over all days, beside asking each of its cells on each of its stretches.
"""

import random
import resource
import time
from collections.abc import Callable
from datetime import date
from itertools import pairwise, product
from typing import Any

import numpy as np

from bench.table import Row, row
from regulators.facts import AuthorityFact, CodeScheme, MandateFact, MandateTable, RegionTree, cover, decide
from regulators.facts.boxes import Masks, Space, analyse, full, values_of
from regulators.facts.coverage import grid_of
from rulebook.entries import Pack
from rulebook.packs import read_pack

SIZES = (7, 6, 4, 8, 35, 64)
RULES = 200
HOLDERS = 20
LINES = (
    "p2p_lending", "payment", "equity_crowdfunding", "fund_sales", "internet_insurance", "internet_trust",
    "consumer_finance",
)  # fmt: skip
ROLES = ("institution", "conduct", "rule_making", "content", "funds", "crime")
Rules = list[tuple[str, Masks]]


def run(*, repeat: int = 1) -> list[Row]:
    """The rows, the best of `repeat` runs each (at least three, so that everything is warm)."""
    times = max(3, repeat)
    rows = []
    for name, covered in (("runs", _run_of_values), ("scattered", _scattered_values)):
        rows += _random_map(name, _rules(covered), times)
    return [*rows, _shipped_map(times)]


def _rules(covered: Callable[[random.Random, int], int]) -> Rules:
    chance = random.Random(2017)
    return [(f"body-{chance.randrange(HOLDERS)}", tuple(covered(chance, size) for size in SIZES)) for _ in range(RULES)]


def _run_of_values(chance: random.Random, size: int) -> int:
    if chance.random() < 0.25:
        return full(size)
    start = chance.randrange(size)
    return full(min(size, start + 1 + chance.randrange(max(1, size * 2 // 3)))) & ~full(start)


def _scattered_values(chance: random.Random, size: int) -> int:
    if chance.random() < 0.1:
        return full(size)
    return sum(1 << value for value in range(size) if chance.random() < 0.4) or 1


def _random_map(name: str, rules: Rules, times: int) -> list[Row]:
    space = Space(SIZES)
    floor, _wall, (gaps, overlaps) = _best(lambda: _brute_force(rules), times)
    counting, wall, found = _best(lambda: analyse(space, rules), times)
    if (found.gap_count, found.overlap_count) != (gaps, overlaps):
        raise SystemExit(f"Not exact: {found.gap_count}, {found.overlap_count} beside {gaps}, {overlaps}.")
    listing, wall_boxes, boxes = _best(lambda: space.boxes(analyse(space, rules).gaps), times)
    work = f"{RULES} rules ({name}), {space.count:,} cells"
    return [
        _row(f"{work}: {gaps:,} gaps, {overlaps:,} overlaps", counting, floor, wall),
        _row(f"{work}: every gap in {len(boxes):,} boxes", listing, floor, wall_boxes),
    ]


def _brute_force(rules: Rules) -> tuple[int, int]:
    """Write every rule into an array of all cells, holder by holder."""
    held = np.zeros(SIZES, dtype=np.uint8)
    for holder in sorted({name for name, _masks in rules}):
        mine = np.zeros(SIZES, dtype=bool)
        for name, masks in rules:
            if name == holder:
                mine[np.ix_(*(values_of(mask) for mask in masks))] = True
        held += mine
    return int((held == 0).sum()), int((held > 1).sum())


def _shipped_map(times: int) -> Row:
    table = _table(read_pack("cn"))
    regions = table.regions.cells(table.regions.countries()[0])
    measured, wall, found = _best(lambda: cover(table, LINES, ROLES, regions), times)
    days = grid_of(table, (LINES, ROLES, regions), None, None).days
    stretches = [start or date(2000, 1, 1) for start, _end in pairwise(days)]

    def every_cell() -> int:
        cells = product(LINES, ROLES, regions, stretches)
        return sum(decide(table, *cell).state != "decided" for cell in cells)

    floor, _wall, _open = _best(every_cell, 1)
    count = len(LINES) * len(ROLES) * len(regions) * len(stretches)
    boxes = len(found.gaps) + len(found.overlaps) + len(found.contested)
    return _row(f"shipped map, {count:,} cells with days: {boxes} boxes; floor asks each cell", measured, floor, wall)


def _table(pack: Pack) -> MandateTable:
    """The pack's supervision map, without a database."""
    heirs: dict[str, list[tuple[str, date]]] = {}
    for body in pack.authorities:
        for old in body.predecessors:
            if body.valid_from:
                heirs.setdefault(old, []).append((body.code, body.valid_from))
    authorities = [
        AuthorityFact(a.code, a.name["zh"], a.name["en"], a.valid_from, a.valid_to, tuple(heirs.get(a.code, ())))
        for a in pack.authorities
    ]
    mandates = [
        MandateFact(m.business_line, m.role, m.region, m.authority, m.duty, m.valid_from, m.valid_to, m.basis.verified)
        for m in pack.mandates
    ]
    scheme = pack.region_scheme
    schemes = (CodeScheme(scheme["digits"], scheme["step"]),) if scheme else ()
    tree = RegionTree({region.code: region.parent or "" for region in pack.regions}, schemes)
    return MandateTable.build(authorities, mandates, tree)


def _best(work: Callable[[], Any], times: int) -> tuple[float, float, Any]:
    """The lowest CPU time, the wall time of that run, and the last result."""
    best, result = (float("inf"), 0.0), None
    for _ in range(times):
        cpu, wall = time.process_time(), time.perf_counter()
        result = work()
        best = min(best, (time.process_time() - cpu, time.perf_counter() - wall))
    return *best, result


def _row(work: str, measured: float, floor: float, wall: float) -> Row:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return row(work, measured=measured, floor=floor, cpu_s=measured, wall_s=wall, rss_mb=memory)
