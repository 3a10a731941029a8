"""The templates of payment, crowdfunding, fund sales, insurance, prevention of money laundering and data."""

import datetime as dt
from decimal import Decimal

import pytest

from analytics.contracts import template
from tests.unit.analytics.reading import Reader, only_error, only_rejection

NEW = (
    "institution_profile", "shareholders", "payment_accounts", "payment_orders", "client_reserves",
    "crowdfunding_investors", "fund_sales_settlement", "fund_distribution", "insurance_handover", "aml_transactions",
    "incident_reports", "data_disposals", "public_notices",
)  # fmt: skip
TOKENS = [
    (name, column.name)
    for name in NEW
    for column in template(name).columns
    if column.personal == "refuse" and column.name.endswith("_token")
]


@pytest.mark.parametrize("name", NEW)
def test_a_good_file_is_taken_whole(name: str, reader: Reader) -> None:
    reader.template = name
    report = reader.read(reader.csv(reader.row()))
    assert (report["rows_accepted"], report["rows_rejected"], report["file_errors"]) == (1, 0, [])
    assert set(reader.rows()[0]) == {"row_number", *template(name).column_names}


@pytest.mark.parametrize(
    ("name", "column", "text", "code"),
    [
        ("institution_profile", "sales_system_protection_level", "6", "value.above_maximum"),
        ("institution_profile", "report_month", "2017-07", "period.mismatch"),
        ("shareholders", "holding_percent", "100.0001", "value.above_maximum"),
        ("payment_accounts", "account_class", "IV", "value.not_listed"),
        ("payment_accounts", "verification_channels", "", "value.missing"),
        ("payment_orders", "clearing_route", "netting", "value.not_listed"),
        ("client_reserves", "held_elsewhere", "", "value.missing"),
        ("client_reserves", "value_date", "2017-07-01", "period.mismatch"),
        ("crowdfunding_investors", "is_qualified_investor", "yes", "flag.form"),
        ("fund_sales_settlement", "client_payables", "-0.01", "value.below_minimum"),
        ("fund_distribution", "trailing_commission", "4.8e4", "number.exponent"),
        ("insurance_handover", "received_time", "24:00", "text.pattern"),
        ("insurance_handover", "passed_time", "9:31", "text.pattern"),
        ("aml_transactions", "amount", "0.00", "value.below_minimum"),
        ("incident_reports", "region", "beijing", "text.pattern"),
        ("data_disposals", "action", "deleted", "value.not_listed"),
        ("public_notices", "announced_on", "2017-02-29", "date.unknown_day"),
    ],
)
def test_a_bad_cell_rejects_its_row_and_leaves_the_other(
    name: str, column: str, text: str, code: str, reader: Reader
) -> None:
    reader.template = name
    limit = template(name).max_rows
    if limit == 1:
        report = reader.read(reader.csv(reader.row(**{column: text})))
        assert (report["rows_accepted"], report["rows_rejected"]) == (0, 1)
    else:
        report = reader.read(reader.csv(reader.row(), reader.row(**{column: text})))
        assert (report["rows_accepted"], report["rows_rejected"]) == (1, 1)
    rejection = only_rejection(report)
    assert (rejection["field"], rejection["code"]) == (column, code)
    assert set(rejection["message"]) == set(rejection["cure"]) == {"zh", "en"}


@pytest.mark.parametrize(("name", "column"), TOKENS)
def test_a_token_is_never_an_identity_number(name: str, column: str, reader: Reader) -> None:
    reader.template = name
    rejection = only_rejection(reader.read_cell(column, "110101199003074514"))
    assert (rejection["field"], rejection["code"], rejection["value"]) == (column, "text.personal", "")


@pytest.mark.parametrize("name", NEW)
def test_two_rows_with_one_key_refuse_the_file(name: str, reader: Reader) -> None:
    reader.template = name
    error = only_error(reader.read(reader.csv(reader.row(), reader.row())))
    expected = "file.too_many_rows" if template(name).max_rows else "key.duplicate"
    assert error["code"] == expected


def test_minutes_of_the_day_are_kept_as_filed(reader: Reader) -> None:
    reader.template = "insurance_handover"
    reader.read(reader.csv(reader.row(received_time="00:00", passed_time="23:59", premium="0.00")))
    row = reader.rows()[0]
    assert (row["received_on"], row["received_time"]) == (dt.date(2017, 6, 6), "00:00")
    assert (row["passed_time"], row["premium"]) == ("23:59", Decimal("0.00"))


def test_net_assets_may_be_negative_and_capital_may_not(reader: Reader) -> None:
    reader.template = "institution_profile"
    assert reader.read_cell("net_assets", "-5.00")["rows_accepted"] == 1
    assert only_rejection(reader.read_cell("paid_in_cash_capital", "-5.00"))["code"] == "value.below_minimum"
