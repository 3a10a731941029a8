"""The mandates of the pack: exactly one lead per line, role, region and day, but for what it says is open."""

from collections import defaultdict
from datetime import date

import pytest

from rulebook.entries import is_within
from tests.factories.rulebook import cn_pack

PACK = cn_pack()
LINES = (
    "p2p_lending", "payment", "equity_crowdfunding", "fund_sales", "internet_insurance", "internet_trust",
    "consumer_finance",
)  # fmt: skip
ROLES = ("institution", "conduct", "rule_making", "content", "funds", "crime")
DAYS = (date(2017, 7, 10), date(2018, 4, 7), date(2018, 4, 8), date(2020, 12, 1), date(2023, 5, 17), date(2023, 5, 18),
        date(2026, 11, 21))  # fmt: skip
OPEN = {("p2p_lending", "content")}


def leads(line: str, role: str, region: str, on: date) -> list[str]:
    return [
        mandate.authority
        for mandate in PACK.mandates
        if (mandate.business_line, mandate.role, mandate.duty) == (line, role, "lead")
        and mandate.region in ("000000", region)
        and is_within(on, mandate.valid_from, mandate.valid_to)
    ]


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_one_lead_everywhere_but_the_open_question(on: date):
    wrong = defaultdict(list)
    for line in LINES:
        for role in ROLES:
            for region in PACK.provinces():
                found = leads(line, role, region.code, on)
                if len(found) != 1:
                    wrong[line, role].append(found)
    assert set(wrong) == OPEN
    assert all(found == ["MIIT", "CAC"] for found in wrong["p2p_lending", "content"])


def test_the_open_question_is_written_down():
    open_cells = {(entry.business_line, entry.role) for entry in PACK.undecided if entry.business_line}
    assert open_cells == OPEN
    assert all(entry.why["zh"] and entry.why["en"] for entry in PACK.undecided)


@pytest.mark.parametrize(
    ("line", "role", "on", "lead"),
    [
        ("p2p_lending", "conduct", date(2018, 4, 7), "CBRC"),
        ("p2p_lending", "conduct", date(2018, 4, 8), "CBIRC"),
        ("p2p_lending", "conduct", date(2023, 5, 17), "CBIRC"),
        ("p2p_lending", "conduct", date(2023, 5, 18), "NFRA"),
        ("p2p_lending", "institution", date(2016, 8, 16), "CBRC"),
        ("p2p_lending", "institution", date(2016, 8, 17), "LFO-110000"),
        ("internet_insurance", "institution", date(2018, 4, 7), "CIRC"),
        ("internet_insurance", "institution", date(2018, 4, 8), "CBIRC"),
        ("payment", "institution", date(2026, 11, 21), "PBOC"),
        ("equity_crowdfunding", "conduct", date(2026, 11, 21), "CSRC"),
        ("fund_sales", "funds", date(2017, 7, 10), "CSRC"),
        ("internet_trust", "rule_making", date(2020, 12, 1), "CBIRC"),
        ("consumer_finance", "conduct", date(2017, 7, 10), "CBRC"),
    ],
)
def test_who_leads_in_beijing(line: str, role: str, on: date, lead: str):
    assert leads(line, role, "110000", on) == [lead]


def test_an_authority_leads_only_while_it_exists():
    bodies = {authority.code: authority for authority in PACK.authorities}
    outside = [
        (mandate.authority, mandate.valid_from)
        for mandate in PACK.mandates
        if not is_within(mandate.valid_from, bodies[mandate.authority].valid_from, bodies[mandate.authority].valid_to)
    ]
    assert outside == []


def test_every_province_has_its_bodies():
    codes = {authority.code for authority in PACK.authorities}
    assert len(PACK.provinces()) == 31
    for region in PACK.provinces():
        assert {f"LFO-{region.code}", f"CBRC-{region.code}", f"CBIRC-{region.code}", f"NFRA-{region.code}"} <= codes


def test_succession_is_told_by_the_heir():
    bodies = {authority.code: authority for authority in PACK.authorities}
    assert bodies["CBIRC"].predecessors == ("CBRC", "CIRC")
    assert bodies["NFRA"].predecessors == ("CBIRC",)
    assert bodies["CBIRC"].valid_from == bodies["CBRC"].valid_to == date(2018, 4, 8)
    assert bodies["NFRA"].valid_from == bodies["CBIRC"].valid_to == date(2023, 5, 18)
    assert bodies["NFRA-310000"].predecessors == ("CBIRC-310000",)
