"""The pure matcher: dates, succession, regions."""

from datetime import date, timedelta

import pytest

from regulators.facts import (
    AuthorityFact,
    CodeScheme,
    MandateFact,
    MandateTable,
    RegionTree,
    authority_on,
    constant_span,
    decide,
    predecessors_of,
)

CBIRC_DAY = date(2018, 4, 8)
NFRA_DAY = date(2023, 5, 18)
START = date(2015, 7, 14)
TREE = RegionTree({"000000": "", "110000": "000000", "120000": "000000", "310000": "000000"}, (CodeScheme(6, 2),))
FOREIGN = RegionTree({"IN": "", "IN-MH": "IN", "IN-MH-PUNE": "IN-MH", "IN-KA": "IN"})
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
    return MandateTable.build(AUTHORITIES, rows, TREE)


def ask(mandates: MandateTable, on: date, region: str = "110000"):  # type: ignore[no-untyped-def]
    return decide(mandates, "p2p_lending", "conduct", region, on)


@pytest.mark.parametrize(
    ("region", "chain"),
    [
        ("000000", ("000000",)),
        ("110000", ("110000", "000000")),
        ("440305", ("440305", "440300", "440000", "000000")),
        ("beijing", ("beijing",)),
        ("", ()),
    ],
)
def test_a_code_leads_to_the_regions_around_it(region: str, chain: tuple[str, ...]) -> None:
    assert TREE.ancestors(region) == chain


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
def test_a_region_contains_what_lies_in_it(outer: str, inner: str, expected: bool) -> None:
    assert TREE.contains(outer, inner) is expected


def test_a_pack_without_a_code_scheme_names_each_region_above() -> None:
    assert FOREIGN.ancestors("IN-MH-PUNE") == ("IN-MH-PUNE", "IN-MH", "IN")
    assert (FOREIGN.countries(), FOREIGN.parts_of("IN")) == (("IN",), ("IN-KA", "IN-MH"))
    assert FOREIGN.cells("IN") == ("IN-KA", "IN-MH", "IN-MH-PUNE")
    assert (FOREIGN.knows("IN-KA"), FOREIGN.knows("IN-XX"), TREE.knows("110105")) == (True, False, True)


def test_a_code_that_leads_to_nothing_but_the_country_is_unknown() -> None:
    assert [TREE.knows(code) for code in ("110105", "110000", "000000")] == [True, True, True]
    assert [TREE.knows(code) for code in ("999999", "990000", "", "11", "abcdef")] == [False] * 5
    bare = RegionTree({"000000": ""}, TREE.schemes)
    assert bare.knows("440000")  # a pack that lists no part of its country cannot tell


def test_a_circle_of_regions_ends() -> None:
    assert RegionTree({"A": "B", "B": "A"}).ancestors("A") == ("A", "B")


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
