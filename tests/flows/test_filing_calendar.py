"""The filing calendar through its door: what is owed, until when, why, and what came of it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from common import clock
from common.errors import Refusal
from platforms.selectors import filing_calendar
from tests.factories import platforms as make
from tests.factories.rulebook import terms_loaded

TERMS = ("filing.monthly_indicators", "filing.loan_book", "filing.fund_ledger", "filing.depository_statement")


@pytest.fixture
def platform(db: None, acting_system: None) -> Iterator[Any]:
    with clock.frozen("2017-05-02"):
        terms_loaded(*TERMS)
        registered = make.registered()
    with clock.frozen("2017-07-10"):
        yield registered


def test_three_returns_of_june_with_dates_and_reasons(platform: Any) -> None:
    found = filing_calendar(platform.platform_id, date(2017, 6, 1), date(2017, 6, 30))
    assert [(item.template, item.period, item.due_on, item.state) for item in found] == [
        ("fund_ledger", "2017-06", date(2017, 7, 7), "overdue"),
        ("loan_book", "2017-06", date(2017, 7, 14), "running"),
        ("monthly_indicators", "2017-06", date(2017, 7, 14), "running"),
    ]
    assert all(step["zh"] and step["en"] for item in found for step in item.why)
    assert all(item.basis for item in found)


def test_a_month_that_has_not_ended_is_not_owed_and_half_a_month_gives_none(platform: Any) -> None:
    assert filing_calendar(platform.platform_id, date(2017, 7, 1), date(2017, 7, 10)) == []
    assert filing_calendar(platform.platform_id, date(2017, 6, 1), date(2017, 6, 29)) == []


def test_nothing_is_owed_for_months_before_the_registration(platform: Any) -> None:
    assert filing_calendar(platform.platform_id, date(2017, 3, 1), date(2017, 4, 30)) == []
    assert len(filing_calendar(platform.platform_id, date(2017, 4, 1), date(2017, 6, 30))) == 6


def test_a_bank_owes_the_statements_of_those_whose_money_it_keeps(platform: Any) -> None:
    bank = make.registered(kind="bank", name="测试银行乙")
    assert filing_calendar(bank.platform_id, date(2017, 6, 1), date(2017, 6, 30)) == []
    make.agreement(platform, bank)
    found = filing_calendar(bank.platform_id, date(2017, 6, 1), date(2017, 6, 30))
    assert [item.template for item in found] == ["depository_statement"]


@pytest.mark.parametrize(
    ("since", "until"), [(date(2017, 6, 30), date(2017, 6, 1)), (date(2015, 1, 1), date(2017, 6, 30))]
)
def test_days_out_of_order_or_too_many_are_refused(platform: Any, since: date, until: date) -> None:
    with pytest.raises(Refusal) as refused:
        filing_calendar(platform.platform_id, since, until)
    assert refused.value.code == "calendar.bad_span"
