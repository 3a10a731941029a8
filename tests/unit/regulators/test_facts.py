"""The pure matcher: dates, succession, regions, and coverage against brute force."""

import itertools
import random
from datetime import date, timedelta

import pytest

from regulators.facts import (
    AuthorityFact,
    MandateFact,
    MandateTable,
    authority_on,
    constant_span,
    cover,
    decide,
    predecessors_of,
    region_contains,
    region_prefix,
)

CBIRC_DAY = date(2018, 4, 8)
NFRA_DAY = date(2023, 5, 18)
START = date(2015, 7, 14)
AUTHORITIES = (
    AuthorityFact("CBRC", "银监会", "CBRC", date(2003, 4, 28), CBIRC_DAY, (("CBIRC", CBIRC_DAY),)),
    AuthorityFact("CIRC", "保监会", "CIRC", date(1998, 11, 18), CBIRC_DAY, (("CBIRC", CBIRC_DAY),)),
    AuthorityFact("CBIRC", "银保监会", "CBIRC", CBIRC_DAY, NFRA_DAY, (("NFRA", NFRA_DAY),)),
    AuthorityFact("NFRA", "金融监管总局", "NFRA", NFRA_DAY),
    AuthorityFact("MPS", "公安部", "MPS"),
)


def row(authority: str, **changes: object) -> MandateFact:
    """A lead mandate for P2P conduct in the whole country from 2015-07-14."""
    values = {
        "business_line": "p2p_lending",
        "role": "conduct",
        "region": "000000",
        "authority": authority,
        "duty": "lead",
        "valid_from": START,
        "valid_to": None,
    }
    return MandateFact(**{**values, **changes})  # type: ignore[arg-type]


def table(*rows: MandateFact) -> MandateTable:
    return MandateTable.build(AUTHORITIES, rows)


def ask(mandates: MandateTable, on: date, region: str = "110000"):  # type: ignore[no-untyped-def]
    return decide(mandates, "p2p_lending", "conduct", region, on)


@pytest.mark.parametrize(
    ("region", "prefix"), [("000000", ""), ("110000", "11"), ("440300", "4403"), ("110105", "110105")]
)
def test_prefix_of_a_region_is_its_significant_part(region: str, prefix: str) -> None:
    assert region_prefix(region) == prefix


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("000000", "110105", True),
        ("110000", "110105", True),
        ("110000", "110000", True),
        ("440300", "440000", False),
        ("110000", "120000", False),
        ("110105", "110000", False),
    ],
)
def test_a_region_contains_what_shares_its_prefix(outer: str, inner: str, expected: bool) -> None:
    assert region_contains(outer, inner) is expected


@pytest.mark.parametrize(
    ("on", "body"),
    [
        (date(2018, 4, 7), "CBRC"),
        (date(2018, 4, 8), "CBIRC"),
        (date(2018, 4, 9), "CBIRC"),
        (date(2023, 5, 17), "CBIRC"),
        (date(2023, 5, 18), "NFRA"),
        (date(2023, 5, 19), "NFRA"),
    ],
)
def test_duties_pass_to_the_successor_on_its_first_day(on: date, body: str) -> None:
    assert authority_on("CBRC", on, {a.code: a for a in AUTHORITIES}) == body
    assert ask(table(row("CBRC")), on).lead == body


def test_predecessors_are_followed_through_every_step() -> None:
    facts = {a.code: a for a in AUTHORITIES}
    assert predecessors_of("NFRA", facts) == {"CBRC", "CIRC", "CBIRC"}
    assert predecessors_of("CBRC", facts) == frozenset()


def test_first_day_counts_and_last_day_does_not() -> None:
    mandates = table(row("MPS", valid_to=date(2016, 1, 1)))
    assert ask(mandates, START - timedelta(days=1)).state == "gap"
    assert ask(mandates, START).lead == "MPS"
    assert ask(mandates, date(2015, 12, 31)).lead == "MPS"
    assert ask(mandates, date(2016, 1, 1)).state == "gap"


def test_two_confirmed_leads_are_an_overlap_and_no_lead() -> None:
    answer = ask(table(row("CBRC"), row("MPS", region="110000")), date(2017, 6, 30))
    assert (answer.state, answer.lead, answer.candidates) == ("overlap", "", ("MPS", "CBRC"))


def test_old_and_new_row_of_one_succession_are_no_overlap() -> None:
    answer = ask(table(row("CBRC"), row("CBIRC", valid_from=CBIRC_DAY)), date(2019, 1, 1))
    assert (answer.state, answer.lead) == ("decided", "CBIRC")


def test_an_unconfirmed_row_assists_but_never_leads() -> None:
    answer = ask(table(row("MPS", verified=False)), date(2017, 6, 30))
    assert (answer.state, answer.lead, answer.assisting) == ("gap", "", ("MPS",))
    assert [r.authority for r in answer.unconfirmed] == ["MPS"]


def test_a_lead_is_not_listed_among_those_who_assist() -> None:
    answer = ask(table(row("CBRC"), row("CBRC", duty="assist"), row("MPS", duty="assist")), date(2017, 1, 1))
    assert (answer.lead, answer.assisting) == ("CBRC", ("MPS",))


def test_the_answer_says_from_when_until_when_it_holds() -> None:
    mandates = table(row("CBRC"), row("MPS", duty="assist", valid_from=date(2016, 8, 17)))
    assert constant_span(mandates, "p2p_lending", "conduct", "110000", date(2017, 6, 30)) == (
        date(2016, 8, 17),
        CBIRC_DAY,
    )
    assert constant_span(mandates, "p2p_lending", "conduct", "110000", date(2024, 1, 1)) == (NFRA_DAY, None)


def test_coverage_lists_each_hole_once_with_its_regions_and_days() -> None:
    mandates = table(
        row("CBRC", valid_to=CBIRC_DAY),
        row("MPS", region="110000", valid_from=date(2017, 1, 1), valid_to=date(2018, 1, 1)),
        row("CIRC", business_line="internet_insurance", role="conduct", region="310000"),
    )
    found = cover(
        mandates,
        ("p2p_lending", "internet_insurance"),
        ("conduct",),
        ("110000", "120000", "310000"),
        date(2017, 6, 30),
    )
    assert (found.cells, found.covered) == (6, 3)
    assert [(b.business_line, b.regions, b.holders, b.since, b.until) for b in found.overlaps] == [
        ("p2p_lending", ("110000",), ("MPS", "CBRC"), date(2017, 1, 1), date(2018, 1, 1))
    ]
    assert [(b.business_line, b.regions, b.since, b.until) for b in found.gaps] == [
        ("internet_insurance", ("110000", "120000"), None, None)
    ]


@pytest.mark.parametrize("seed", range(12))
def test_coverage_equals_brute_force_on_random_small_maps(seed: int) -> None:
    """The oracle asks cell by cell with its own, naive reading of the rule."""
    chance = random.Random(seed)
    lines, roles, provinces = ("p2p_lending", "payment"), ("conduct", "crime"), ("110000", "120000")
    rows = [
        row(
            chance.choice(("CBRC", "CIRC", "CBIRC", "NFRA", "MPS")),
            business_line=chance.choice(lines),
            role=chance.choice(roles),
            region=chance.choice(("000000", *provinces, "110105")),
            duty=chance.choice(("lead", "lead", "assist")),
            valid_from=START + timedelta(days=chance.randrange(0, 3000)),
            valid_to=chance.choice((None, date(2024, 1, 1))),
            verified=chance.random() < 0.8,
        )
        for _ in range(chance.randrange(0, 14))
    ]
    mandates = table(*rows)
    regions = sorted({*provinces, *(r.region for r in rows if r.region != "000000")})
    for on in (date(2017, 6, 30), date(2018, 4, 7), CBIRC_DAY, date(2023, 5, 17), NFRA_DAY):
        found = cover(mandates, lines, roles, provinces, on)
        gaps, overlaps, covered = set(), set(), 0
        for line, role, region in itertools.product(lines, roles, regions):
            leads = naive_leads(rows, line, role, region, on)
            covered += len(leads) == 1
            if not leads:
                gaps.add((line, role, region))
            elif len(leads) > 1:
                overlaps.add((line, role, region, frozenset(leads)))
        assert found.cells == len(lines) * len(roles) * len(regions)
        assert found.covered == covered
        assert {(b.business_line, b.role, r) for b in found.gaps for r in b.regions} == gaps
        assert {
            (b.business_line, b.role, r, frozenset(b.holders)) for b in found.overlaps for r in b.regions
        } == overlaps


def naive_leads(rows: list[MandateFact], line: str, role: str, region: str, on: date) -> set[str]:
    """Confirmed leads of one cell, with the two successions written out by hand."""
    found = set()
    for fact in rows:
        inside = fact.region in {"000000", region} or (fact.region.endswith("0000") and fact.region[:2] == region[:2])
        alive = fact.valid_from <= on and (fact.valid_to is None or on < fact.valid_to)
        if (fact.business_line, fact.role, fact.duty) != (line, role, "lead") or not fact.verified:
            continue
        if inside and alive:
            body = fact.authority
            if body in {"CBRC", "CIRC"} and on >= CBIRC_DAY:
                body = "CBIRC"
            if body == "CBIRC" and on >= NFRA_DAY:
                body = "NFRA"
            found.add(body)
    return found
