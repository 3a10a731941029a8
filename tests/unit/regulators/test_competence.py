"""Who is competent, said in both languages, on the days around each hand-over."""

from datetime import date

import pytest
from django.test import Client

from regulators import selectors, services
from tests.factories.regulators import SYSTEM, small_map

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def cn_pack():  # type: ignore[no-untyped-def]
    """The shipped pack, parsed once."""
    from rulebook import packs

    return packs.read_pack("cn")


@pytest.fixture
def cn_map(db, cn_pack) -> None:  # type: ignore[no-untyped-def]
    services.authorities_load(actor=SYSTEM, pack=cn_pack)
    services.mandates_load(actor=SYSTEM, pack=cn_pack)


def test_loading_the_shipped_pack_again_changes_nothing(cn_map: None, cn_pack) -> None:  # type: ignore[no-untyped-def]
    bodies = services.authorities_load(actor=SYSTEM, pack=cn_pack)
    mandates = services.mandates_load(actor=SYSTEM, pack=cn_pack)
    assert (bodies.changes, mandates.changes) == (0, 0)
    assert (bodies.unchanged, mandates.unchanged) == (
        len(cn_pack.regions) + len(cn_pack.authorities) + sum(len(a.predecessors) for a in cn_pack.authorities),
        len(cn_pack.mandates) + len(cn_pack.undecided) + len(cn_pack.routes) + len(cn_pack.ownership),
    )


@pytest.mark.parametrize("line", ["p2p_lending", "internet_trust", "consumer_finance"])
@pytest.mark.parametrize(
    ("on", "lead"),
    [
        (date(2018, 4, 7), "CBRC"),
        (date(2018, 4, 8), "CBIRC"),
        (date(2018, 4, 9), "CBIRC"),
        (date(2023, 5, 17), "CBIRC"),
        (date(2023, 5, 18), "NFRA"),
        (date(2023, 5, 19), "NFRA"),
    ],
)
def test_the_banking_lines_pass_to_the_successors_on_their_first_day(
    cn_map: None, line: str, on: date, lead: str
) -> None:
    found = selectors.competent_authorities(line, "conduct", "110000", on)
    assert (found.state, found.lead.code if found.lead else "") == ("decided", lead)


@pytest.mark.parametrize(
    ("line", "on", "lead"),
    [
        ("internet_insurance", date(2018, 4, 7), "CIRC"),
        ("internet_insurance", date(2018, 4, 8), "CBIRC"),
        ("internet_insurance", date(2023, 5, 18), "NFRA"),
        ("payment", date(2017, 6, 30), "PBOC"),
        ("payment", date(2023, 5, 18), "PBOC"),
        ("fund_sales", date(2017, 6, 30), "CSRC"),
        ("equity_crowdfunding", date(2024, 1, 1), "CSRC"),
    ],
)
def test_the_other_lines_keep_the_lead_of_the_guiding_opinions(cn_map: None, line: str, on: date, lead: str) -> None:
    found = selectors.competent_authorities(line, "conduct", "310000", on)
    assert (found.state, found.lead.code if found.lead else "") == ("decided", lead)


@pytest.mark.parametrize(
    ("region", "zh", "en"),
    [
        ("999999", "地区代码“999999”不在规则包中", "The pack knows no region “999999”"),
        ("", "未填写地区", "No region is given"),
    ],
)
def test_a_place_that_the_pack_does_not_know_is_said_with_a_cure(cn_map: None, region: str, zh: str, en: str) -> None:
    found = selectors.competent_authorities("p2p_lending", "conduct", region, date(2017, 7, 10))
    assert (found.lead, found.assisting, found.candidates, found.state) == (None, (), (), "gap")
    assert found.why["zh"].startswith(zh)
    assert found.why["en"].startswith(en)
    assert "region of the pack" in found.why["en"]
    owner = selectors.competent_owner("complaint", "p2p_lending", region, date(2017, 7, 10))
    assert owner.why == found.why


def test_the_api_refuses_an_unknown_place_and_takes_a_county(cn_map: None) -> None:
    client = Client()
    address = "/api/v1/mandates?line=p2p_lending&role=conduct&on=2017-07-10&region="
    refused = client.get(f"{address}999999")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "region")
    taken = client.get(f"{address}110105").json()["results"][0]
    assert (taken["state"], taken["lead"]["code"]) == ("decided", "CBRC")


def test_institutional_supervision_of_p2p_moves_to_the_provinces(cn_map: None) -> None:
    def lead(on: date) -> str:
        found = selectors.competent_authorities("p2p_lending", "institution", "110105", on)
        return found.lead.code if found.lead else found.state

    days = (date(2016, 8, 16), date(2016, 8, 17), date(2016, 8, 18))
    assert [lead(on) for on in days] == ["CBRC", "LFO-110000", "LFO-110000"]


def test_every_lead_role_of_every_line_is_covered_once_in_the_shipped_pack(cn_map: None) -> None:
    roles = ("institution", "conduct", "rule_making", "funds")
    for on in (date(2016, 8, 17), date(2017, 6, 30), date(2018, 4, 8), date(2023, 5, 18), date(2026, 1, 1)):
        found = selectors.coverage(on, roles=roles)
        assert (found.gaps, found.overlaps) == ((), ())
        assert found.covered == found.cells > 7 * 4 * 30


def test_the_shipped_pack_shows_its_unconfirmed_claims(cn_map: None) -> None:
    found = selectors.coverage(date(2017, 6, 30))
    assert [(len(b.lines), b.roles, len(b.regions), b.unconfirmed) for b in found.gaps] == [
        (7, ("crime",), 31, ("MPS",))
    ]
    assert [(b.lines, b.roles, len(b.regions), b.holders, b.unconfirmed) for b in found.contested] == [
        (("p2p_lending",), ("content",), 31, ("MIIT",), ("CAC",))
    ]
    assert [q.key for q in selectors.open_questions(date(2017, 6, 30))] == [
        "online-micro-loan", "p2p-content-overlap",
    ]  # fmt: skip


def test_the_reason_names_body_basis_helpers_and_days_in_both_languages() -> None:
    small_map()
    found = selectors.competent_authorities("p2p_lending", "conduct", "110105", date(2018, 4, 8))
    assert (found.since, found.until) == (date(2018, 4, 8), date(2023, 5, 18))
    assert [ref.code for ref in found.assisting] == ["LFO-110000"]
    for part in ("2018-04-08", "CBIRC leads", "GO15", "took over the duties of CBRC", "to 2023-05-17"):
        assert part in found.why["en"]
    for part in ("2018-04-08", "银保监会牵头", "GO15", "北京金融办", "至2023-05-17止"):
        assert part in found.why["zh"]


def test_the_basis_is_cited_as_each_language_does(cn_map: None) -> None:
    found = selectors.competent_authorities("p2p_lending", "conduct", "110000", date(2017, 6, 30))
    assert found.basis[0]["en"].endswith("Healthy Development of Internet Finance")
    assert found.basis[1]["en"].endswith("Intermediaries, Art. 17")
    assert found.basis[1]["zh"].endswith("》第17条")


def test_a_gap_says_that_the_source_waits_for_a_person() -> None:
    small_map()
    found = selectors.competent_authorities("p2p_lending", "crime", "310000", date(2017, 6, 30))
    assert (found.state, found.lead, [ref.code for ref in found.assisting]) == ("gap", None, ["MPS"])
    assert "nobody has confirmed the source yet: MPS" in found.why["en"]
    assert "公安部" in found.why["zh"]


def test_the_api_answers_anyone_and_explains(client: Client) -> None:
    small_map()
    answer = client.get("/api/v1/mandates?on=2018-04-08&line=p2p_lending&role=conduct&region=110000")
    assert answer.status_code == 200
    body = answer.json()
    assert body["results"][0]["lead"] == {"code": "CBIRC", "name": {"zh": "银保监会", "en": "CBIRC"}}
    assert body["results"][0]["since"] == "2018-04-08"
    assert "由银保监会牵头" in body["results"][0]["why"]["zh"]
    every = client.get("/api/v1/mandates?on=2018-04-08&line=p2p_lending").json()
    assert [entry["role"] for entry in every["results"]] == [
        "institution", "conduct", "rule_making", "content", "funds", "crime",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("line=p2p_lending&on=2018-13-01", "on"),
        ("on=2018-04-08", "line"),
        ("line=p2p_lending&role=king", "role"),
        ("line=p2p_lending&region=beijing", "region"),
    ],
)
def test_the_api_says_what_is_wrong_with_a_question(client: Client, query: str, field: str) -> None:
    answer = client.get(f"/api/v1/mandates?{query}")
    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("application/problem+json")
    assert (answer.json()["code"], answer.json()["errors"][0]["field"]) == ("query.invalid", field)


def test_the_api_lists_gaps_of_a_day_and_of_a_period(client: Client) -> None:
    small_map()
    one = client.get("/api/v1/coverage?on=2017-06-30&line=p2p_lending&role=conduct").json()
    assert (one["first"], one["until"], one["cells"], one["covered"], one["gaps"]) == (
        "2017-06-30", "2017-07-01", 2, 2, [],
    )  # fmt: skip
    period = client.get("/api/v1/coverage?from=2015-07-01&to=2015-08-01&line=p2p_lending&role=conduct").json()
    assert (period["covered"], period["gaps"]) == (
        0,
        [
            {
                "lines": ["p2p_lending"], "roles": ["conduct"], "regions": ["110000", "310000"], "holders": [],
                "unconfirmed": [], "since": "2015-07-01", "until": "2015-07-14",
            }
        ],
    )  # fmt: skip
    crime = client.get("/api/v1/coverage?on=2017-06-30&role=crime&line=p2p_lending").json()
    assert [(box["unconfirmed"], box["since"]) for box in crime["gaps"]] == [(["MPS"], "2015-07-14")]


@pytest.mark.parametrize(
    ("query", "field"),
    [("from=2018-13-01", "from"), ("from=2018-01-01&to=2018-01-01", "to"), ("on=x", "on"), ("role=king", "role")],
)
def test_the_api_says_what_is_wrong_with_a_coverage_question(client: Client, query: str, field: str) -> None:
    answer = client.get(f"/api/v1/coverage?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
