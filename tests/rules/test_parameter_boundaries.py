"""Dates that the law makes hard, one test per sentence: contract, accrual and suit day, transitions, successions."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rulebook.compiler import NotCompilable, ParametersOn, compile_rule
from rulebook.compiler.examples import example_results
from rulebook.entries import Example, is_within
from rulebook.packs import read_pack
from tests.factories.rulebook import cn_pack

PACK = cn_pack()
CALENDAR = PACK.calendars["cn-working-days"]


def outcome(rule_id: str, on: date, **row: Any) -> str:
    """What one loan gives under one rule at the end of a period."""
    rows: Mapping[str, tuple[Mapping[str, Any], ...]] = {"loan_book": (row,)}
    example = Example(name={"zh": "自拟", "en": "made here"}, on=on, expect="passed", tables=rows)
    (result,) = example_results(PACK, PACK.rule(rule_id), example)
    return str(result["outcome"])


def ceiling(day: date) -> Decimal:
    """Four times the one-year rate of a day, if both numbers were confirmed."""
    parameters = ParametersOn(day, PACK.parameters)
    times, rate = (parameters.value(key)[1].value for key in ("interest.lpr_multiple", "interest.lpr_1y_percent"))
    return Decimal(times) * Decimal(rate)


@pytest.mark.parametrize(
    ("day", "percent"),
    [
        (date(2020, 8, 20), "15.40"), (date(2021, 12, 19), "15.40"), (date(2021, 12, 20), "15.20"),
        (date(2022, 1, 19), "15.20"), (date(2022, 1, 20), "14.80"), (date(2022, 8, 21), "14.80"),
        (date(2022, 8, 22), "14.60"), (date(2023, 6, 20), "14.20"), (date(2023, 8, 21), "13.80"),
        (date(2024, 7, 22), "13.40"), (date(2024, 10, 21), "12.40"), (date(2025, 5, 19), "12.40"),
    ],
)  # fmt: skip
def test_the_ceiling_is_four_times_the_rate_of_the_contracts_day(day: date, percent: str):
    assert ceiling(day) == Decimal(percent)
    above = str(Decimal(percent) + Decimal("0.0001"))
    much_later = date(2026, 10, 31)
    assert outcome("SPCL-02", much_later, contract_date=day, annual_rate_percent=percent) == "passed"
    assert outcome("SPCL-02", much_later, contract_date=day, annual_rate_percent=above) == "failed"


@pytest.mark.parametrize("day", [date(2025, 5, 20), date(2026, 6, 1)])
def test_a_rate_nobody_saw_is_not_used(day: date):
    with pytest.raises(NotCompilable, match="not confirmed"):
        ceiling(day)
    loan = {"contract_date": day, "annual_rate_percent": "90.0000"}
    assert outcome("SPCL-02", date(2026, 6, 30), **loan) == "not_evaluable"
    with pytest.raises(NotCompilable, match="not confirmed"):
        outcome("SPCL-05", date(2026, 6, 30), contract_date=date(2019, 1, 1), annual_rate_percent="90.0000")


def test_the_interest_ceiling_changes_on_2020_08_20():
    void, four_times = PACK.rule("SPCL-01-void"), PACK.rule("SPCL-02")
    assert [void.is_in_force(date(2020, 8, day)) for day in (19, 20)] == [True, False]
    assert [four_times.is_in_force(date(2020, 8, day)) for day in (19, 20)] == [False, True]


def test_an_older_contract_is_split_and_a_newer_one_is_not():
    on = date(2020, 10, 31)
    older = {"contract_date": date(2020, 8, 19), "annual_rate_percent": "23.9000", "outstanding_principal": "1.00"}
    newer = {**older, "contract_date": date(2020, 8, 20)}
    assert (outcome("SPCL-02", on, **older), outcome("SPCL-05", on, **older)) == ("passed", "failed")
    assert (outcome("SPCL-02", on, **newer), outcome("SPCL-05", on, **newer)) == ("failed", "passed")


@pytest.mark.parametrize(("rate", "then"), [("14.8000", "passed"), ("14.8001", "failed"), ("15.4000", "failed")])
def test_the_later_part_uses_the_ceiling_of_the_day_of_suit(rate: str, then: str):
    loan = {"contract_date": date(2019, 5, 6), "annual_rate_percent": rate, "outstanding_principal": "1.00"}
    assert outcome("SPCL-05", date(2020, 9, 30), **loan) == "passed"
    assert outcome("SPCL-05", date(2022, 6, 30), **loan) == then


def test_the_old_lines_apply_while_the_interest_accrued():
    loan = {"contract_date": date(2019, 5, 6), "annual_rate_percent": "36.0001"}
    assert outcome("SPCL-01-void", date(2020, 7, 31), **loan) == "failed"
    assert outcome("SPCL-01-enforceable", date(2020, 7, 31), **{**loan, "annual_rate_percent": "24.0000"}) == "passed"


def test_exempt_lenders_are_outside_the_private_lending_ceiling():
    reply = next(clause for clause in PACK.clauses if clause.facts == ("SPCR-01",))
    assert [reply.is_in_force(day) for day in (date(2020, 12, 31), date(2021, 1, 1))] == [False, True]
    judged = {rule.id: rule.applies_to for rule in PACK.rules if rule.id in ("SPCL-02", "SPCL-02-all-in", "SPCL-05")}
    assert set(judged.values()) == {("p2p_lending",)}


def test_records_are_kept_five_years_until_the_end_of_2024_and_ten_from_2025():
    values = [
        (entry.value_on(date(2024, 12, 31)), entry.value_on(date(2025, 1, 1)))
        for entry in PACK.parameters.values()
        if any("AML24-01" in value.basis.facts for value in entry.values) and entry.unit == "years"
    ]
    assert [(before and before.value, after and after.value) for before, after in values] == [("5", "10")]


@pytest.mark.parametrize(
    ("rule_id", "last_mild_day", "first_full_day"),
    [
        ("P2P16-17", date(2017, 8, 16), date(2017, 8, 17)),
        ("P2P16-03", date(2017, 8, 16), date(2017, 8, 17)),
        ("DIS17-02-balance", date(2018, 2, 22), date(2018, 2, 23)),
    ],
)
def test_a_finding_inside_the_transition_is_minor(rule_id: str, last_mild_day: date, first_full_day: date):
    rule = PACK.rule(rule_id)
    assert [rule.severity_on(day) for day in (last_mild_day, first_full_day)] == ["minor", "major"]


@pytest.mark.parametrize(
    ("key", "first", "end", "is_seen"),
    [
        ("rectification.p2p_measures", date(2016, 8, 17), date(2017, 8, 17), True),
        ("rectification.depository", date(2017, 2, 22), date(2017, 8, 22), False),
        ("rectification.disclosure", date(2017, 8, 23), date(2018, 2, 23), True),
    ],
)
def test_the_window_of_a_transition_ends(key: str, first: date, end: date, is_seen: bool):
    (term,) = [row for row in PACK.deadlines if row.key == key]
    assert (term.valid_from, term.valid_to) == (first, end)
    assert term.basis.may_give_findings is is_seen
    assert [is_within(day, term.valid_from, term.valid_to) for day in (date(2015, 1, 1), first, end)] == [
        False, True, False,
    ]  # fmt: skip


def test_a_measure_that_was_only_announced_is_no_law_yet():
    announced = PACK.instruments["INS20"].announced
    assert announced == date(2020, 12, 7)
    rules = [rule for rule in PACK.rules if rule.basis.instrument == "INS20"]
    assert rules
    assert [rule.id for rule in rules if rule.is_in_force(announced) or rule.is_in_force(date(2021, 1, 31))] == []
    assert [rule.id for rule in rules if not rule.is_in_force(date(2021, 2, 1))] == []


def test_the_disclosure_standard_counts_its_items_by_version():
    items = PACK.parameters["disclosure.items_mandatory"]
    days = (date(2016, 10, 27), date(2016, 10, 28), date(2017, 10, 16), date(2017, 10, 17))
    found = [items.value_on(day) for day in days]
    assert [value and value.value for value in found] == [None, "65", "65", "109"]


def test_the_house_rule_hands_over_to_the_disclosure_guidelines_on_2017_08_23():
    for house, law in (("CONV-01", "DIS17-02-balance"), ("CONV-02", "DIS17-02-top10")):
        assert [PACK.rule(house).is_in_force(date(2017, 8, day)) for day in (22, 23)] == [True, False]
        assert [PACK.rule(law).is_in_force(date(2017, 8, day)) for day in (22, 23)] == [False, True]


@pytest.mark.parametrize("rule_id", ["CASH17-01", "CFC24-03"])
def test_an_unconfirmed_value_is_never_used(rule_id: str):
    rule = PACK.rule(rule_id)
    assert not rule.enabled
    with pytest.raises(NotCompilable) as refused:
        compile_rule(rule, ParametersOn(rule.valid_from, PACK.parameters), CALENDAR)
    assert "not confirmed" in refused.value.reason["en"]
    assert "尚未核对" in refused.value.reason["zh"]


@pytest.mark.parametrize(
    ("day", "short", "long"),
    [
        (date(2024, 1, 1), "0.3", "0.3"),
        (date(2024, 12, 31), "0.3", "0.3"),
        (date(2025, 1, 1), "0.3", "0.2"),
        (date(2025, 6, 1), "0.3", "0.2"),
        (date(2026, 1, 1), "0.3", "0.2"),
    ],
)
def test_a_path_superseded_before_it_starts_is_never_used(day: date, short: str, long: str):
    """Announced were 0.3, then 0.2 and 0.1 for every tenor; on the day the second step was due, tenors were split."""
    parameters = read_pack("id").parameters
    keys = ("p2p.consumer_short_percent_per_day", "p2p.consumer_long_percent_per_day")
    assert [value and value.value for value in (parameters[key].value_on(day) for key in keys)] == [short, long]
    assert "0.1" not in {value.value for key in keys for value in parameters[key].values}
