"""Payment, crowdfunding, funds, insurance, consumer finance, data and money laundering: limits one by one."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from rulebook.choices import BusinessLine
from rulebook.compiler import NotCompilable, ParametersOn
from rulebook.compiler.examples import example_results
from rulebook.entries import Example, Rule
from tests.factories.rulebook import cn_pack

PACK = cn_pack()
DAY = timedelta(days=1)
INSTRUMENTS = (
    "PM15", "RF13", "RF17", "RF18", "RF21", "PR23", "PI24", "PE23", "INS15", "INS20", "SL", "CF14", "FL", "FS20",
    "CFC24", "CSL", "TEL", "PIPL", "NDSR", "AML06", "AML24", "AMLR", "TF22",
)  # fmt: skip
EXECUTABLE = {"record-level", "aggregate", "prohibition", "deadline", "disclosure", "retention"}
RESERVE_STEPS = list(PACK.parameters["reserves.central_share_percent"].values)


def results(rule_id: str, on: date, **tables: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the engine says about rows filed for a period that ends on a day."""
    rule = PACK.rule(rule_id)
    assert rule.is_in_force(on)
    example = Example({"zh": "自拟", "en": "built"}, on, "passed", {name: tuple(rows) for name, rows in tables.items()})
    return example_results(PACK, rule, example)


def outcome(rule_id: str, on: date, **tables: Sequence[Mapping[str, Any]]) -> str:
    """The single outcome of a rule."""
    (outcome,) = {str(result["outcome"]) for result in results(rule_id, on, **tables)}
    return outcome


@pytest.mark.parametrize(
    ("rule_id", "kind", "on"),
    [("SL-01", "equity", date(2020, 3, 31)), ("FL-01", "private_fund", date(2020, 3, 31))],
)
@pytest.mark.parametrize(("persons", "expected"), [(199, "passed"), (200, "passed"), (201, "failed")])
def test_two_hundred_investors_are_allowed_and_one_more_is_not(
    rule_id: str, kind: str, on: date, persons: int, expected: str
):
    rows = [
        {"product_kind": kind, "investor_token": f"iv-{number:04}", "round_number": 1 + number % 3}
        for number in range(persons)
    ]
    assert outcome(rule_id, on, crowdfunding_investors=rows) == expected


def test_staff_plans_and_a_second_round_of_the_same_person_do_not_count():
    rows = [{"investor_token": f"iv-{number:04}", "round_number": 1} for number in range(200)]
    rows += [{"investor_token": f"iv-{number:04}", "round_number": 2} for number in range(200)]
    rows += [{"investor_token": f"staff-{number:04}", "investor_kind": "staff_plan"} for number in range(50)]
    assert outcome("SL-01", date(2020, 3, 31), crowdfunding_investors=rows) == "passed"


def test_investors_of_two_issuers_are_never_added():
    rows = [
        {"issuer_token": issuer, "investor_token": f"iv-{issuer}-{number:04}"}
        for issuer in ("iss-1", "iss-2")
        for number in range(200)
    ]
    assert outcome("SL-01", date(2020, 3, 31), crowdfunding_investors=rows) == "passed"


@pytest.mark.parametrize(
    ("rule_id", "decided_on", "expected"),
    [
        ("AML06-01", date(2024, 12, 30), "failed"),
        ("AML06-01", date(2024, 12, 31), "passed"),
        ("AML24-01", date(2025, 1, 1), "not_evaluable"),  # five years over before 2025: what holds was not seen
        ("AML24-01", date(2029, 12, 30), "not_evaluable"),
        ("AML24-01", date(2029, 12, 31), "passed"),
    ],
)
def test_one_record_is_kept_five_years_until_2024_and_ten_from_2025(rule_id: str, decided_on: date, expected: str):
    rows = [{"record_kind": "transaction", "term_started_on": date(2019, 12, 30), "decided_on": decided_on}]
    assert outcome(rule_id, decided_on, data_disposals=rows) == expected


@pytest.mark.parametrize(
    ("decided_on", "expected"),
    [
        (date(2024, 12, 31), "failed"), (date(2025, 1, 2), "failed"), (date(2030, 1, 1), "failed"),
        (date(2030, 1, 2), "passed"),
    ],
)  # fmt: skip
def test_a_record_whose_five_years_were_not_over_is_kept_ten(decided_on: date, expected: str):
    rows = [{"record_kind": "transaction", "term_started_on": date(2020, 1, 1), "decided_on": decided_on}]
    assert outcome("AML24-01", max(decided_on, date(2025, 1, 31)), data_disposals=rows) == expected


def test_what_the_old_law_let_erase_is_sound_though_filed_under_the_new_one():
    rows = [{"record_kind": "transaction", "term_started_on": date(2019, 12, 30), "decided_on": date(2024, 12, 31)}]
    assert outcome("AML24-01", date(2025, 1, 31), data_disposals=rows) == "passed"


@pytest.mark.parametrize(
    ("decided_on", "action", "kept_because", "failing"),
    [
        (date(2025, 6, 10), "erased", "nothing", ["AML24-01"]),
        (date(2025, 6, 10), "stored_only", "legal_term", []),
        (date(2025, 6, 10), "still_used", "legal_term", ["PIPL-03"]),
        (date(2032, 6, 10), "erased", "nothing", []),
        (date(2032, 6, 10), "stored_only", "legal_term", ["PIPL-03-over"]),
        (date(2032, 6, 10), "stored_only", "nothing", ["PIPL-03"]),
    ],
)
def test_a_request_to_delete_inside_and_after_the_legal_term(
    decided_on: date, action: str, kept_because: str, failing: list[str]
):
    row = {
        "record_kind": "transaction", "term_started_on": date(2022, 3, 1), "decided_on": decided_on,
        "action": action, "reason": "consent_withdrawn", "kept_because": kept_because,
    }  # fmt: skip
    rules = ("AML24-01", "PIPL-03", "PIPL-03-over")
    assert [rule for rule in rules if outcome(rule, decided_on, data_disposals=[row]) == "failed"] == failing


def test_a_term_from_29_february_ends_on_28_february():
    row = {"record_kind": "client_identity", "term_started_on": date(2020, 2, 29)}
    on = date(2024, 12, 31)
    early = {**row, "term_started_on": date(2016, 2, 29), "decided_on": date(2021, 2, 28)}
    late = {**early, "decided_on": date(2021, 3, 1)}
    assert outcome("AML06-01", on, data_disposals=[early]) == "failed"
    assert outcome("AML06-01", on, data_disposals=[late]) == "passed"


def test_the_central_share_moves_on_second_mondays_until_everything_is_deposited():
    days = [value.valid_from for value in RESERVE_STEPS]
    assert days[0] == date(2018, 7, 9)
    assert days[-1] == date(2019, 1, 14)
    assert all(day.weekday() == 0 and 8 <= day.day <= 14 for day in days)
    shares = [Decimal(value.value) for value in RESERVE_STEPS]
    assert shares == sorted(shares)
    assert shares[-1] == 100
    assert [value.basis.verified for value in RESERVE_STEPS] == [False] * 6 + [True]


@pytest.mark.parametrize("value", RESERVE_STEPS, ids=lambda value: str(value.valid_from))
def test_a_share_nobody_confirmed_is_never_used(value):
    for day in (value.valid_from - DAY, value.valid_from, value.valid_from + DAY):
        in_force = PACK.parameters["reserves.central_share_percent"].value_on(day)
        if in_force is None or not in_force.basis.verified:
            with pytest.raises(NotCompilable):
                ParametersOn(day, PACK.parameters).value("reserves.central_share_percent")
        else:
            assert ParametersOn(day, PACK.parameters).value("reserves.central_share_percent")[1].value == "100"


@pytest.mark.parametrize(
    ("day", "deposit", "failing"),
    [
        (date(2019, 1, 13), "0.00", []),
        (date(2019, 1, 14), "999999999999.98", ["2019-01-14"]),
        (date(2019, 1, 14), "999999999999.99", []),
        (date(2019, 1, 15), "999999999999.98", ["2019-01-15"]),
    ],
)
def test_the_whole_base_is_due_from_14_january_2019_and_not_a_fen_less(day: date, deposit: str, failing: list[str]):
    row = {"value_date": day, "previous_month_daily_average": "999999999999.99", "central_deposit": deposit}
    found = results("RF18-01", date(2019, 1, 31), client_reserves=[row])
    assert [result["subject"] for result in found if result["outcome"] == "failed"] == failing
    assert all(result["threshold"] == "999999999999.99" for result in found if result["outcome"] == "failed")


@pytest.mark.parametrize("parts", [1, 2, 3, 7, 20])
@pytest.mark.parametrize(("missing", "expected"), [("0.00", "failed"), ("0.01", "passed")])
def test_a_large_sum_is_large_however_it_is_split_over_the_day(parts: int, missing: str, expected: str):
    whole = Decimal("50000.00") - Decimal(missing)
    share = (whole / parts).quantize(Decimal("0.01"))
    amounts = [share] * (parts - 1) + [whole - share * (parts - 1)]
    rows = [
        {
            "form": "cash", "client_token": "ct-0001", "deal_date": date(2017, 7, 3), "is_reported": False,
            "amount": str(amount),
        }
        for amount in amounts
    ]  # fmt: skip
    assert sum(amounts) == whole
    assert outcome("AMLR-01", date(2017, 7, 31), aml_transactions=rows) == expected


def test_deals_of_two_clients_and_of_other_kinds_are_never_added():
    half = {"amount": "250000.00", "is_reported": False, "deal_date": date(2017, 7, 3), "form": "transfer"}
    rows = [
        {**half, "client_token": "ct-0001", "client_kind": "natural", "reach": "domestic"},
        {**half, "client_token": "ct-0002", "client_kind": "natural", "reach": "domestic"},
        {**half, "client_token": "ct-0001", "client_kind": "legal", "reach": "domestic"},
        {**half, "client_token": "ct-0001", "form": "cash"},
    ]
    assert outcome("AMLR-03", date(2017, 7, 31), aml_transactions=rows) == "passed"
    assert outcome("AMLR-01", date(2017, 7, 31), aml_transactions=rows) == "failed"


@pytest.mark.parametrize(
    ("passed_on", "passed_time", "expected"),
    [
        (date(2017, 6, 7), "09:29", "passed"),
        (date(2017, 6, 7), "09:30", "passed"),
        (date(2017, 6, 7), "09:31", "failed"),
        (date(2017, 6, 8), "00:00", "failed"),
    ],
)
def test_twenty_four_hours_are_counted_to_the_minute(passed_on: date, passed_time: str, expected: str):
    row = {"received_on": date(2017, 6, 6), "received_time": "09:30", "passed_on": passed_on}
    rows = [{**row, "passed_time": passed_time}]
    assert outcome("INS15-03", date(2017, 6, 30), insurance_handover=rows) == expected


def test_the_insurance_measures_hand_over_on_2021_02_01():
    old, new = PACK.rule("INS15-01"), PACK.rule("INS20-01")
    for day, is_old in ((date(2021, 1, 31), True), (date(2021, 2, 1), False), (date(2021, 2, 2), False)):
        assert (old.is_in_force(day), new.is_in_force(day)) == (is_old, not is_old)


def test_the_capital_of_consumer_finance_changes_on_2024_04_18():
    old, new = PACK.rule("CFC24-01-pilot"), PACK.rule("CFC24-01")
    values = PACK.parameters["consumer_finance.registered_capital_cny"]
    for day, is_old in ((date(2024, 4, 17), True), (date(2024, 4, 18), False), (date(2024, 4, 19), False)):
        assert (old.is_in_force(day), new.is_in_force(day)) == (is_old, not is_old)
        value = values.value_on(day)
        assert value is not None
        assert value.value == ("300000000" if is_old else "1000000000")


DRAFTS = [rule for rule in PACK.rules if rule.basis.text_status == "draft"]


@pytest.mark.parametrize("rule", DRAFTS, ids=lambda rule: rule.id)
def test_a_draft_that_was_never_issued_gives_no_findings(rule: Rule):
    assert not rule.enabled
    assert rule.basis.note is not None
    month_ends = [date(year, month, 1) - DAY for year in range(2014, 2027) for month in range(1, 13)]
    assert not any(rule.is_in_force(day) for day in month_ends)


def test_the_draft_of_2014_is_there_to_be_read():
    assert [rule.id for rule in DRAFTS] == ["CF14-01", "CF14-02", "CF14-03"]


@pytest.mark.parametrize("line", BusinessLine.values)
def test_every_business_line_has_rules_that_run_on_filed_data(line: str):
    on = date(2025, 6, 30)
    running = [
        rule.id
        for rule in PACK.rules
        if line in rule.applies_to and rule.enabled and rule.is_in_force(on) and rule.form in ("row", "sql")
    ]
    assert len(running) >= 20, running


@pytest.mark.parametrize("key", INSTRUMENTS)
def test_every_executable_clause_is_carried_by_a_rule_parameter_or_deadline(key: str):
    carried = {fact for rule in PACK.rules for fact in rule.basis.facts}
    carried |= {fact for entry in PACK.parameters.values() for value in entry.values for fact in value.basis.facts}
    carried |= {fact for entry in PACK.deadlines for fact in entry.basis.facts}
    clauses = [clause for clause in PACK.clauses if clause.instrument == key]
    assert clauses
    bare = [clause.key for clause in clauses if clause.kind in EXECUTABLE and not set(clause.facts) & carried]
    assert bare == []
