"""Features of one platform."""

import math
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from riskmodels.features import FEATURE_NAMES, Impact, features_of, history_until, impact_of, month_of


def row(month: str, **values: Any) -> dict[str, Any]:
    return {"report_month": month, **values}


FULL = row(
    "2017-06", turnover_amount=Decimal("2000000.00"), borrower_count=40, average_annual_rate_percent=Decimal("12.5"),
    outstanding_balance=Decimal("8000000.00"), outstanding_due_60d="2000000.00", net_inflow_30d="-400000.00",
    registered_capital="10000000", average_loan_per_borrower_amount="50000", average_bid_amount="4000",
    average_term_months="6", top10_borrower_share_percent="30", top10_lender_share_percent="20", months_in_operation=24,
)  # fmt: skip


def test_each_feature_has_the_value_of_its_formula() -> None:
    before = [row("2017-04", turnover_amount="1500000"), row("2017-05", turnover_amount="500000")]
    assert features_of([*before, FULL], "2017-06") == {
        "rate_percent": 12.5,
        "log_turnover": pytest.approx(math.log(2_000_000)),
        "turnover_growth": pytest.approx(math.log(2)),
        "net_inflow_share": -0.05,
        "log_capital": pytest.approx(math.log(10_000_000)),
        "log_outstanding": pytest.approx(math.log(8_000_000)),
        "log_outstanding_per_borrower": pytest.approx(math.log(200_000)),
        "log_average_loan": pytest.approx(math.log(50_000)),
        "log_average_bid": pytest.approx(math.log(4_000)),
        "log_term": pytest.approx(math.log(6)),
        "due_60d_share": 0.25,
        "top10_borrower_share": 30.0,
        "top10_lender_share": 20.0,
        "log_months_in_operation": pytest.approx(math.log(24)),
    }


def test_what_is_filed_after_the_month_is_not_known_yet() -> None:
    later = row("2017-07", turnover_amount="999999999")
    assert features_of([FULL, later], "2017-06") == features_of([FULL], "2017-06")
    assert [month_of(known) for known in history_until([later, FULL], "2017-06")] == ["2017-06"]


def test_an_empty_row_gives_no_value_and_no_flag() -> None:
    assert features_of([row("2017-06")], "2017-06") == dict.fromkeys(FEATURE_NAMES)


def test_zero_and_not_a_number_are_not_usable() -> None:
    found = features_of([FULL | {"outstanding_balance": "0", "average_term_months": "nan"}], "2017-06")
    assert (found["log_outstanding"], found["due_60d_share"], found["log_term"]) == (None, None, None)


def test_growth_looks_back_three_months_only() -> None:
    old = row("2017-02", turnover_amount="1")
    recent = [row(f"2017-0{month}", turnover_amount="2000000") for month in (3, 4, 5)]
    assert features_of([old, *recent, FULL], "2017-06")["turnover_growth"] == pytest.approx(0.0)


def test_no_history_is_refused() -> None:
    with pytest.raises(ValueError, match="No monthly indicators up to 2017-05"):
        features_of([FULL], "2017-05")


@pytest.mark.parametrize("value", ["2017-06", "2017-06-30", date(2017, 6, 1)])
def test_a_month_is_read_from_any_of_its_forms(value: Any) -> None:
    assert month_of({"report_month": value}) == "2017-06"


def test_impact_is_the_last_filed_balance_else_flow_times_duration() -> None:
    earlier = row("2017-05", outstanding_balance="7000000")
    without = FULL | {"outstanding_balance": None}
    assert impact_of([earlier, FULL], "2017-06") == Impact(8_000_000.0, is_estimated=False)
    assert impact_of([earlier, without], "2017-06") == Impact(7_000_000.0, is_estimated=False)
    assert impact_of([without], "2017-06") == Impact(12_000_000.0, is_estimated=True)
    assert impact_of([row("2017-06")], "2017-06") == Impact(None, is_estimated=True)
