"""Two countries with other scopes and other money in the same form: nothing of the first one is wired in."""

from datetime import UTC, date, datetime

import pytest

from common.errors import Refusal
from regulators import services as regulators
from regulators.charter import charter_on
from regulators.models import Region
from rulebook import packs
from rulebook.compiler import ParametersOn, compile_rule
from rulebook.models import ParameterValue, RuleVersion
from rulebook.selectors import rules_in_force
from rulebook.services import pack_load
from rulebook.timeline import Event, read_clock
from tests.factories.rulebook import SYSTEM, cn_loaded

COUNTRIES = ("in", "id")


@pytest.mark.parametrize(("name", "currency", "zone"), [("in", "INR", "Asia/Kolkata"), ("id", "IDR", "Asia/Jakarta")])
def test_a_pack_says_its_own_money_zone_and_calendar(name: str, currency: str, zone: str) -> None:
    pack = packs.read_pack(name)
    assert (pack.info.currency, pack.info.zone, pack.info.calendar) == (currency, zone, f"{name}-working-days")
    assert {rule.currency for rule in pack.rules} <= {currency, None}
    assert all(rule.subject for rule in pack.rules)


@pytest.mark.parametrize("name", COUNTRIES)
def test_every_clause_is_carried_by_a_rule_or_a_parameter(name: str) -> None:
    pack = packs.read_pack(name)
    carried = {fact for rule in pack.rules for fact in rule.basis.facts}
    carried |= {fact for entry in pack.parameters.values() for value in entry.values for fact in value.basis.facts}
    assert {fact for clause in pack.clauses for fact in clause.facts} <= carried


@pytest.mark.parametrize(
    ("pack", "key", "on", "value"),
    [
        ("in", "p2p.lender_all_platforms_inr", date(2019, 12, 22), "1000000"),
        ("in", "p2p.lender_all_platforms_inr", date(2019, 12, 23), "5000000"),
        ("id", "p2p.lender_share_percent", date(2023, 1, 3), None),
        ("id", "p2p.lender_share_percent", date(2023, 1, 4), "80"),
        ("id", "p2p.lender_share_percent", date(2023, 7, 3), "80"),
        ("id", "p2p.lender_share_percent", date(2023, 7, 4), "50"),
        ("id", "p2p.lender_share_percent", date(2024, 1, 4), "25"),
        ("id", "p2p.equity_idr", date(2025, 7, 3), "7500000000"),
        ("id", "p2p.equity_idr", date(2025, 7, 4), "12500000000"),
    ],
)
def test_steps_by_date(pack: str, key: str, on: date, value: str | None) -> None:
    found = packs.read_pack(pack).parameters[key].value_on(on)
    assert (found.value if found else None) == value


def test_a_value_superseded_before_it_started_is_never_used() -> None:
    """The ceiling announced for 2025 was 0.2 for every tenor; it was split by tenor before that day came."""
    parameters = packs.read_pack("id").parameters
    day = date(2025, 6, 1)
    short = parameters["p2p.consumer_short_percent_per_day"].value_on(day)
    long = parameters["p2p.consumer_long_percent_per_day"].value_on(day)
    assert short is not None
    assert long is not None
    assert (short.value, long.value) == ("0.3", "0.2")


def test_the_pair_of_lender_and_borrower_is_a_scope_like_any_other() -> None:
    pack = packs.read_pack("in")
    check = compile_rule(pack.rule("RBI17-03"), ParametersOn(date(2020, 1, 1), pack.parameters))
    assert check["needs"].keys() == {"lender_positions"}
    assert (check["currency"], check["threshold"]) == ("INR", "50000")


def test_a_term_runs_in_the_zone_of_its_pack_and_is_provisional_without_a_published_year() -> None:
    pack = packs.read_pack("in")
    term = next(item for item in pack.deadlines if item.key == "escrow.settlement")
    start = Event("escrow.credited", datetime(2025, 1, 10, 20, 0, tzinfo=UTC))  # already 11 January in Kolkata
    found = read_clock(term, [start], pack.calendars["in-working-days"], now=datetime(2025, 1, 11, tzinfo=UTC))
    assert found.due_on == date(2025, 1, 12)


@pytest.mark.django_db
def test_three_packs_lie_side_by_side_and_do_not_mix(acting_system: None) -> None:
    cn_loaded()
    home = {ref.rule_id for ref in rules_in_force(date(2025, 6, 1))}
    for name in COUNTRIES:
        first = pack_load(actor=SYSTEM, pack=name)
        assert first.changes > 0
        assert pack_load(actor=SYSTEM, pack=name).changes == 0
    assert {ref.rule_id for ref in rules_in_force(date(2025, 6, 1))} == home
    assert set(RuleVersion.objects.values_list("pack", flat=True).distinct()) == {"cn", "in", "id"}
    assert ParameterValue.objects.filter(pack="in").exists()


@pytest.mark.django_db
def test_the_bodies_of_a_second_country_are_refused_and_nothing_changes(acting_system: None) -> None:
    regulators.authorities_load(actor=SYSTEM, pack="cn")
    before = list(Region.objects.order_by("code").values_list("code", "name_en"))
    with pytest.raises(Refusal) as refused:
        regulators.authorities_load(actor=SYSTEM, pack="in")
    assert refused.value.code == "map.other_pack"
    assert list(Region.objects.order_by("code").values_list("code", "name_en")) == before


@pytest.mark.parametrize("name", packs.pack_names())
def test_every_pack_has_the_terms_the_work_asks_for_and_a_meeting_of_its_own_bodies(name: str) -> None:
    pack = packs.read_pack(name)
    asked = {
        "complaint.answer", "complaint.handling", "complaint.decision", "case.review", "case.review.urgent",
        "handover.answer", "handover.superior", "handover.meeting", "consultation.answer", "filing.loan_book",
    }  # fmt: skip
    assert asked - {term.key for term in pack.deadlines if term.applies_to("p2p_lending")} == set()
    charter = charter_on(date(2024, 7, 1), pack=name)
    assert charter is not None
    named = {charter.convenor, *charter.members, *charter.invitees, *charter.participants}
    assert named - {body.code for body in pack.authorities} == set()


@pytest.mark.parametrize("name", COUNTRIES)
def test_what_no_text_was_seen_for_is_a_convention_and_what_is_open_is_named(name: str) -> None:
    pack = packs.read_pack(name)
    unseen = {term.key for term in pack.deadlines if term.basis.instrument == "CONV"}
    assert {term.key for term in pack.deadlines} - unseen == ({"escrow.settlement"} if name == "in" else set())
    charter = charter_on(date(2024, 7, 1), pack=name)
    assert charter is not None
    assert (charter.basis["text_status"], len(charter.conventions)) == ("convention", 4)
    assert [(open_.business_line, open_.role) for open_ in pack.undecided] == [
        ("p2p_lending", "content"), ("p2p_lending", "crime"), (None, None),
    ]  # fmt: skip
