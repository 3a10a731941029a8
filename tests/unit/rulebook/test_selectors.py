"""What applies on a day."""

from datetime import date
from decimal import Decimal

import pytest

from rulebook import selectors
from rulebook.selectors import check_plan, deadline_results, deadline_rule, parameter_value, rule_by_version
from tests.factories.rulebook import cn_loaded, cn_pack, rule_version

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _pack():
    cn_loaded()


def ids(plan):
    return [check["rule_id"] for check in plan.checks]


def test_the_plan_of_a_month_of_2017():
    plan = check_plan("monthly_indicators", "p2p_lending", date(2017, 6, 30))
    assert ids(plan) == ["CONV-07", "CONV-08", "CONV-09", "CONV-10", "P2P16-19-average", "SPCL-01-average"]
    assert [ref.rule_id for ref in plan.rules] == [*ids(plan), "CONV-13"]
    assert [ref.rule_id for ref in plan.deadlines] == ["CONV-13"]
    assert plan.held == ()


def test_the_plan_of_a_loan_book_changes_with_the_law():
    before = set(ids(check_plan("loan_book", "p2p_lending", date(2017, 8, 22))))
    after = set(ids(check_plan("loan_book", "p2p_lending", date(2017, 8, 23))))
    assert before - after == {"CONV-01", "CONV-02"}
    assert after - before == {"DIS17-02-balance", "DIS17-02-top10"}


def test_a_reference_carries_what_a_finding_needs():
    plan = check_plan("loan_book", "p2p_lending", date(2017, 6, 30))
    ref = next(ref for ref in plan.rules if ref.rule_id == "P2P16-17")
    check = next(check for check in plan.checks if check["rule_id"] == "P2P16-17")
    assert ref.severity == check["severity"] == "minor"
    assert ref.version_sha256 == check["version_sha256"]
    assert ref.legal_basis["instrument"] == "P2P16"
    assert (ref.legal_basis["article"], ref.legal_basis["verified"]) == ("17", True)
    assert ref.legal_basis["text_status"] == "final"
    assert rule_by_version(ref.rule_version_id).rule_id == "P2P16-17"
    assert rule_by_version(0) is None


def test_an_unconfirmed_rule_is_held_and_never_checked():
    plan = check_plan("loan_book", "consumer_finance", date(2024, 5, 31))
    assert "CFC24-03" not in ids(plan)
    assert [held.rule.rule_id for held in plan.held] == ["CFC24-03"]
    assert plan.held[0].reason["en"] == "The source is not confirmed."


def test_the_plan_is_kept_until_a_version_changes():
    on = date(2017, 6, 30)
    first = check_plan("loan_book", "p2p_lending", on)
    assert check_plan("loan_book", "p2p_lending", on) is first
    rule_version("TEST-01", limit=24)
    second = check_plan("loan_book", "p2p_lending", on)
    assert second is not first
    assert next(check for check in second.checks if check["rule_id"] == "TEST-01")["sql"] == "term_months <= 24"


def test_a_kept_plan_costs_two_queries(django_assert_num_queries):
    check_plan("loan_book", "p2p_lending", date(2017, 6, 30))
    with django_assert_num_queries(2):
        check_plan("loan_book", "p2p_lending", date(2017, 6, 30))


def test_a_line_without_rules_has_an_empty_plan():
    plan = check_plan("fund_ledger", "internet_trust", date(2017, 6, 30))
    assert (plan.checks, plan.rules, plan.held, plan.deadlines) == ((), (), (), ())


def test_a_parameter_on_the_day_before_and_after():
    assert parameter_value("interest.void_percent", date(2020, 8, 19)).value == Decimal(36)
    assert parameter_value("interest.void_percent", date(2020, 8, 20)) is None
    assert parameter_value("interest.lpr_1y_percent", date(2020, 7, 19)).verified is False
    found = parameter_value("interest.lpr_1y_percent", date(2020, 7, 20))
    assert (found.value, found.verified, found.unit) == (Decimal("3.85"), True, "percent_per_year")
    assert parameter_value("none.such", date(2020, 8, 19)) is None


@pytest.mark.parametrize(
    ("on", "line", "instrument"),
    [
        (date(2020, 2, 29), "consumer_finance", "CONV"),
        (date(2020, 3, 1), "consumer_finance", "CMP20"),
        (date(2020, 12, 1), "p2p_lending", "CONV"),
        (date(2020, 12, 1), None, "CMP20"),
    ],
)
def test_the_answer_to_a_complaint_is_law_for_some_lines_and_convention_for_others(on, line, instrument):
    found = deadline_rule("complaint.answer", on, line)
    assert found is not None
    assert (found.amount, found.unit, found.basis.instrument) == (15, "calendar_days", instrument)


def test_an_unconfirmed_term_is_not_used():
    assert deadline_rule("complaint.answer_pboc", date(2021, 1, 1), "payment") is None
    assert deadline_rule("complaint.forward", date(2021, 1, 1), "consumer_finance") is None


def test_the_consumer_law_term_covers_every_line_from_its_day():
    assert deadline_rule("complaint.handling", date(2014, 3, 14)) is None
    found = deadline_rule("complaint.handling", date(2014, 3, 15), "payment")
    assert (found.amount, found.unit, found.basis.verified) == (7, "working_days", True)


def test_lateness_is_judged_like_any_other_rule():
    plan = check_plan("monthly_indicators", "p2p_lending", date(2017, 6, 30))
    period_end, today = date(2017, 6, 30), date(2017, 7, 20)
    late = deadline_results(plan, started=period_end, done=date(2017, 7, 17), today=today)
    assert [(result["rule_id"], result["outcome"], result["threshold"]) for result in late] == [
        ("CONV-13", "failed", "2017-07-14")
    ]
    in_time = deadline_results(plan, started=period_end, done=date(2017, 7, 14), today=today)
    assert [result["outcome"] for result in in_time] == ["passed"]


def test_the_catalogue_has_every_rule_and_the_calendar_its_years():
    assert len(selectors.rules_catalogue()) == len(cn_pack().rules)
    calendar = selectors.working_calendar()
    assert (min(calendar.years), max(calendar.years)) == (2015, 2026)
    with pytest.raises(FileNotFoundError):
        selectors.working_calendar("mars")
