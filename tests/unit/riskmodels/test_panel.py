"""The column mapping of the 2017 panel."""

import csv
import gzip
from pathlib import Path
from typing import Any

import pytest

from analytics.contracts import template
from riskmodels import panel

ROW = {
    "id": "1", "amount": "6026637.62", "avgBidMoney": "25.45", "avgBorrowMoney": "4.53", "background": "",
    "bidderNum": "236780", "borrowerNum": "1329868", "currentLeverageAmount": "134.4", "dataStatus": "1",
    "developZhishu": "2.0", "incomeRate": "7.06", "loanPeriod": "19.79", "netInflowOfThirty": "-9345.89",
    "newbackground": "银行系", "onlineTime": "2017-07-01", "platId": "ceshi", "platName": "测试平台甲",
    "regCapital": "10000", "status": "0", "stayStillOfNextSixty": "1030515.49", "stayStillOfTotal": "11244611.47",
    "timeOperation": "59", "top10DueInProportion": "5.69", "top10StayStillProportion": "0.02",
    "totalLoanNum": "1909383", "wdzjPlatId": "59", "weightedAmout": "", "month": "2017-01",
}  # fmt: skip


def test_amounts_become_yuan_and_shares_keep_their_side() -> None:
    assert panel.panel_row_to_indicator(ROW) == {
        "report_month": "2017-01",
        "currency": "CNY",
        "turnover_amount": "60266376200.00",
        "lender_count": "236780",
        "borrower_count": "1329868",
        "loan_count": "1909383",
        "average_annual_rate_percent": "7.06",
        "average_term_months": "19.79",
        "outstanding_balance": "112446114700.00",
        "outstanding_due_60d": "10305154900.00",
        "net_inflow_30d": "-93458900.00",
        "average_bid_amount": "254500.00",
        "average_loan_per_borrower_amount": "45300.00",
        "top10_borrower_share_percent": "0.02",
        "top10_lender_share_percent": "5.69",
        "registered_capital": "100000000.00",
        "leverage_ratio": "134.4",
        "months_in_operation": "59",
    }


def test_every_column_exists_in_the_filing_template() -> None:
    known = {column.name for column in template("monthly_indicators").columns}
    assert {column.target for column in panel.PANEL_COLUMNS} <= known


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"regCapital": "0"}, "registered_capital"),
        ({"netInflowOfThirty": "0.0"}, "net_inflow_30d"),
        ({"top10DueInProportion": "-100.0"}, "top10_lender_share_percent"),
        ({"stayStillOfTotal": ""}, "outstanding_balance"),
        ({"stayStillOfTotal": "nan"}, "outstanding_balance"),
        ({"timeOperation": "0"}, "months_in_operation"),
    ],
)
def test_what_the_source_does_not_know_is_an_empty_cell(change: dict[str, str], column: str) -> None:
    indicator = panel.panel_row_to_indicator(ROW | change)
    assert indicator[column] == ""
    assert [name for name, value in indicator.items() if value == ""] == [column]
    assert tuple(indicator) == panel.INDICATOR_COLUMNS


def test_a_count_of_zero_is_a_value() -> None:
    assert panel.panel_row_to_indicator(ROW | {"bidderNum": "0"})["lender_count"] == "0"


@pytest.mark.parametrize("change", [{"month": "2017"}, {"month": ""}, {"amount": "viel"}])
def test_a_row_that_cannot_be_read_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(panel.PanelRowError):
        panel.panel_row_to_indicator(ROW | change)


def test_the_key_is_the_text_id_and_never_the_placeholder() -> None:
    assert panel.platform_key(ROW) == "wdzj:ceshi"
    assert panel.platform_key(ROW | {"platId": ""}) == "wdzj:number-59"
    with pytest.raises(panel.PanelRowError, match="placeholder 0"):
        panel.platform_key(ROW | {"platId": " ", "wdzjPlatId": "0"})


def test_outcomes_are_never_joined_on_the_placeholder() -> None:
    rows = [ROW, ROW | {"platId": "nameless", "wdzjPlatId": "0"}]
    outcomes = [
        {"wdzjPlatId": "0", "failed_by_2018_08": "1.0"},
        {"wdzjPlatId": "59", "failed_by_2018_08": "0.0"},
        {"wdzjPlatId": "60", "failed_by_2018_08": "1.0"},
    ]
    assert panel.outcome_labels(outcomes, panel.keys_by_number(rows)) == {"wdzj:ceshi": 0}


def test_an_unknown_outcome_is_no_outcome() -> None:
    assert panel.outcome_labels([{"wdzjPlatId": "59", "failed_by_2018_08": ""}], {"59": "ceshi"}) == {}


def test_rows_are_read_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "panel.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(ROW))
        writer.writeheader()
        writer.writerow(ROW)
    assert list(panel.read_rows(path)) == [ROW]


def test_histories_are_in_order_of_the_month() -> None:
    later: dict[str, Any] = ROW | {"month": "2017-02"}
    assert [row["report_month"] for row in panel.indicator_histories([later, ROW])["wdzj:ceshi"]] == [
        "2017-01",
        "2017-02",
    ]


@pytest.mark.shared_data
def test_the_real_panel_has_588_platforms_and_3123_months(shared_data: Path) -> None:
    histories = panel.indicator_histories(panel.read_rows(shared_data / panel.PANEL_FILE))
    assert (len(histories), sum(map(len, histories.values()))) == (588, 3123)


def test_the_demo_registers_platforms_under_the_keys_the_model_learned() -> None:
    """Otherwise learned platforms would be scored by a model that has seen their outcome."""
    from config.demo.real import REF_PREFIX

    assert panel.platform_key(ROW) == REF_PREFIX + ROW["platId"]
