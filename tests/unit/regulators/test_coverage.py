"""Coverage is exact: boxes are disjoint, merged, and equal to asking every cell on every day."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulators.facts import Box, Coverage, MandateFact, MandateTable, cover, cover_on, decide
from regulators.facts.boxes import Space, analyse, full, mask_of, meet, merged, runs_of, values_of
from tests.thorough import cases
from tests.unit.regulators.test_facts import CBIRC_DAY, NFRA_DAY, START, row, table

LINES, ROLES, PROVINCES = ("p2p_lending", "payment"), ("conduct", "crime"), ("110000", "120000")
DAY = timedelta(days=1)


# --- sets of cells and boxes ----------------------------------------------------------------------------------------
spaces = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple)


@st.composite
def space_and_rules(draw: st.DrawFn) -> tuple[tuple[int, ...], list[tuple[str, tuple[int, ...]]]]:
    sizes = draw(spaces)
    masks = st.tuples(*(st.integers(1, full(size)) for size in sizes))
    return sizes, draw(st.lists(st.tuples(st.sampled_from("ABC"), masks), max_size=8))


def holders(rules: list[tuple[str, tuple[int, ...]]], cell: tuple[int, ...]) -> set[str]:
    return {who for who, masks in rules if all(mask >> v & 1 for mask, v in zip(masks, cell, strict=True))}


def cells_of(boxes: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    return [cell for box in boxes for cell in itertools.product(*(values_of(mask) for mask in box))]


@pytest.mark.thorough
@settings(max_examples=cases(100, 300))
@given(space_and_rules())
def test_gaps_and_overlaps_equal_asking_every_cell(given_rules) -> None:  # type: ignore[no-untyped-def]
    sizes, rules = given_rules
    space = Space(sizes)
    found = analyse(space, rules)
    every = list(itertools.product(*(range(size) for size in sizes)))
    gaps = {cell for cell in every if not holders(rules, cell)}
    overlaps = {cell for cell in every if len(holders(rules, cell)) > 1}
    assert (found.gap_count, found.overlap_count) == (len(gaps), len(overlaps))
    for cells, expected in ((found.gaps, gaps), (found.overlaps, overlaps)):
        listed = cells_of(space.boxes(cells))
        assert len(listed) == len(set(listed))
        assert set(listed) == expected


@pytest.mark.thorough
@settings(max_examples=cases(100, 300))
@given(space_and_rules())
def test_no_two_boxes_can_be_joined(given_rules) -> None:  # type: ignore[no-untyped-def]
    sizes, rules = given_rules
    space = Space(sizes)
    boxes = space.boxes(analyse(space, rules).gaps)
    for one, other in itertools.combinations(boxes, 2):
        assert meet(one, other) is None
        assert sum(a != b for a, b in zip(one, other, strict=True)) > 1


@given(st.integers(0, 2**40))
def test_runs_are_the_maximal_stretches_of_a_mask(mask: int) -> None:
    runs = runs_of(mask)
    assert mask_of(v for start, end in runs for v in range(start, end)) == mask
    assert all(end < start for (_a, end), (start, _b) in itertools.pairwise(runs))


def test_boxes_are_joined_along_every_dimension() -> None:
    assert merged([(0b01, 0b01), (0b10, 0b01), (0b11, 0b10)]) == [(0b11, 0b11)]
    assert Space((3, 4, 20)).count == 240
    assert Space((3, 4, 20)).everything.bit_count() == 240


# --- the supervision map --------------------------------------------------------------------------------------------
def test_coverage_lists_each_hole_once_with_its_regions_and_days() -> None:
    mandates = table(
        row("CBRC", valid_to=CBIRC_DAY),
        row("MPS", region="110000", valid_from=date(2017, 1, 1), valid_to=date(2018, 1, 1)),
        row("CIRC", business_line="internet_insurance", role="conduct", region="310000"),
    )
    found = cover_on(
        mandates,
        ("p2p_lending", "internet_insurance"),
        ("conduct",),
        ("110000", "120000", "310000"),
        date(2017, 6, 30),
    )
    assert (found.cells, found.covered) == (6, 3)
    assert found.overlaps == (
        Box(
            ("p2p_lending",), ("conduct",), ("110000",), ("CBRC", "MPS"), (), date(2017, 1, 1), date(2018, 1, 1)
        ),
    )  # fmt: skip
    assert found.gaps == (
        Box(("internet_insurance",), ("conduct",), ("110000", "120000"), (), (), None, None),
    )  # fmt: skip


def test_a_hole_of_one_day_between_two_mandates_is_found() -> None:
    mandates = table(row("MPS", valid_to=date(2017, 3, 1)), row("CSRC", valid_from=date(2017, 3, 2)))
    found = cover(mandates, ("p2p_lending",), ("conduct",), PROVINCES, first=START, until=None)
    assert found.gaps == (
        Box(("p2p_lending",), ("conduct",), PROVINCES, (), (), date(2017, 3, 1), date(2017, 3, 2)),
    )  # fmt: skip
    assert (found.covered, found.is_exact) == (0, False)
    after = cover(mandates, ("p2p_lending",), ("conduct",), PROVINCES, first=date(2017, 3, 2), until=None)
    assert (after.gaps, after.overlaps, after.covered, after.is_exact) == ((), (), 2, True)


def test_a_lead_with_assisting_bodies_is_no_overlap_and_two_leads_are() -> None:
    helped = cover(table(row("CBRC"), row("MPS", duty="assist")), LINES[:1], ROLES[:1], PROVINCES, first=START)
    assert (helped.overlaps, helped.gaps, helped.is_exact) == ((), (), True)
    rivals = cover(table(row("CBRC"), row("MPS")), LINES[:1], ROLES[:1], PROVINCES, first=START)
    assert [box.holders for box in rivals.overlaps] == [("CBRC", "MPS"), ("CBIRC", "MPS"), ("MPS", "NFRA")]
    assert [(box.since, box.until) for box in rivals.overlaps] == [
        (START, CBIRC_DAY), (CBIRC_DAY, NFRA_DAY), (NFRA_DAY, None),
    ]  # fmt: skip


def test_an_unconfirmed_lead_never_fills_a_gap_and_contests_another_lead() -> None:
    alone = cover(table(row("MPS", verified=False)), LINES[:1], ROLES[:1], PROVINCES, first=START)
    assert [(box.holders, box.unconfirmed) for box in alone.gaps] == [((), ("MPS",))]
    beside = cover(
        table(row("CIRC"), row("MPS", verified=False)), LINES[:1], ROLES[:1], PROVINCES, first=START, until=CBIRC_DAY
    )
    assert (beside.gaps, beside.overlaps, beside.is_exact) == ((), (), True)
    assert [(box.holders, box.unconfirmed) for box in beside.contested] == [(("CIRC",), ("MPS",))]
    same = cover(table(row("MPS"), row("MPS", verified=False)), LINES[:1], ROLES[:1], PROVINCES, first=START)
    assert same.contested == ()


def test_an_empty_map_is_one_gap_for_all_time() -> None:
    found = cover(table(), LINES, ROLES, PROVINCES)
    assert found.gaps == (Box(LINES, ROLES, PROVINCES, (), (), None, None),)
    assert (found.cells, found.covered) == (8, 0)


days = st.integers(0, 4000).map(lambda n: START + n * DAY)


@st.composite
def maps(draw: st.DrawFn) -> list[MandateFact]:
    rows = []
    for _ in range(draw(st.integers(0, 8))):
        start = draw(days)
        end = draw(st.none() | st.integers(1, 3000).map(lambda n, start=start: start + n * DAY))
        rows.append(
            row(
                draw(st.sampled_from(("CBRC", "CIRC", "CBIRC", "NFRA", "MPS", "CSRC"))),
                business_line=draw(st.sampled_from(LINES)),
                role=draw(st.sampled_from(ROLES)),
                region=draw(st.sampled_from(("000000", *PROVINCES, "110105"))),
                duty=draw(st.sampled_from(("lead", "lead", "lead", "assist"))),
                valid_from=start,
                valid_to=end,
                verified=draw(st.sampled_from((True, True, True, False))),
            )
        )
    return rows


def days_that_matter(rows: list[MandateFact]) -> list[date]:
    """Every bound, the day before it and the successions: between them nothing changes."""
    bounds = {CBIRC_DAY, NFRA_DAY, START, *(r.valid_from for r in rows), *(r.valid_to for r in rows if r.valid_to)}
    return sorted({day for bound in bounds for day in (bound - DAY, bound)})


def states(found: Coverage, cell: tuple[str, str, str], on: date) -> list[tuple[str, tuple[str, ...]]]:
    line, role, region = cell
    return [
        (name, box.holders)
        for name, boxes in (("gap", found.gaps), ("overlap", found.overlaps))
        for box in boxes
        if line in box.lines and role in box.roles and region in box.regions
        and (box.since is None or box.since <= on) and (box.until is None or on < box.until)
    ]  # fmt: skip


@pytest.mark.thorough
@settings(max_examples=cases(50, 150), deadline=None)
@given(maps())
def test_coverage_equals_asking_every_cell_on_every_day_that_matters(rows: list[MandateFact]) -> None:
    mandates: MandateTable = table(*rows)
    regions = ("110000", "110105", "120000")
    found = cover(mandates, LINES, ROLES, regions)
    for on in days_that_matter(rows):
        covered = 0
        for cell in itertools.product(LINES, ROLES, regions):
            answer = decide(mandates, *cell, on)
            covered += answer.state == "decided"
            expected = [] if answer.state == "decided" else [(answer.state, tuple(sorted(answer.candidates)))]
            assert states(found, cell, on) == expected
        one_day = cover_on(mandates, LINES, ROLES, regions, on)
        assert (one_day.cells, one_day.covered) == (12, covered)
        for cell in itertools.product(LINES, ROLES, regions):
            assert states(one_day, cell, on) == states(found, cell, on)


@pytest.mark.thorough
@settings(max_examples=cases(30, 80), deadline=None)
@given(maps(), days, st.integers(1, 2000))
def test_a_period_is_the_whole_of_time_cut_to_it(rows: list[MandateFact], first: date, length: int) -> None:
    until = first + length * DAY
    whole = cover(table(*rows), LINES, ROLES, PROVINCES)
    part = cover(table(*rows), LINES, ROLES, PROVINCES, first=first, until=until)
    inside = {first, until - DAY, *(d for d in days_that_matter(rows) if first <= d < until)}
    for on in inside:
        for cell in itertools.product(LINES, ROLES, PROVINCES):
            assert states(part, cell, on) == states(whole, cell, on)
    assert all(box.since and box.since >= first and box.until and box.until <= until for box in part.gaps)
