"""Cells the reader refuses, and that those it takes are not changed."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.analytics.reading import Reader, only_rejection


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1e6", "number.exponent"),
        ("1E1000000", "number.exponent"),
        ("NaN", "number.not_finite"),
        ("Infinity", "number.not_finite"),
        ("-inf", "number.not_finite"),
        ("null", "number.not_finite"),
        ("-", "number.not_finite"),
        ("１２３", "number.fullwidth"),
        ("1２3.00", "number.fullwidth"),
        ("12．5", "number.fullwidth"),
        ("٣", "number.fullwidth"),
        ("12.345", "number.decimals"),
        ("5000.000", "number.decimals"),
        ("12345678901234567", "number.digits"),
        ("12345678901234567.00", "number.digits"),
        (" 5000.00", "value.spaces"),
        ("5000.00 ", "value.spaces"),
        ("1 000", "number.thousands"),
        ("+5000.00", "number.form"),
        ("5000.", "number.form"),
        (".5", "number.form"),
        ("0x10", "number.form"),
        ("1_000", "number.thousands"),
        ("￥5000", "number.form"),
        ("5000元", "number.form"),
        ("--5", "number.form"),
        ("5..0", "number.form"),
        ("0.00", "value.below_minimum"),
        ("-5.00", "value.below_minimum"),
        ("", "value.missing"),
    ],
)
def test_an_amount_in_another_form_is_rejected_and_never_repaired(reader: Reader, text: str, code: str) -> None:
    report = reader.read_cell("amount", text)
    rejection = only_rejection(report)
    assert (rejection["code"], rejection["field"], rejection["row"]) == (code, "amount", 1)
    assert (report["rows_accepted"], report["rows_rejected"]) == (0, 1)
    assert set(rejection["message"]) == set(rejection["cure"]) == {"zh", "en"}


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.01", "0.01"), ("5000", "5000.00"), ("5000.5", "5000.50"), ("1234567890123456.89", "1234567890123456.89")],
)
def test_an_amount_is_stored_exactly(reader: Reader, text: str, value: str) -> None:
    report = reader.read_cell("amount", text)
    assert reader.rows()[0]["amount"] == Decimal(value)
    assert report["totals"] == {"amount": value}


def test_thousands_separators_need_quotes_and_are_still_rejected(reader: Reader) -> None:
    assert only_rejection(reader.read_cell("amount", '"5,000.00"'))["code"] == "number.thousands"


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("entry_date", "2017-02-30", "date.unknown_day"),
        ("entry_date", "2017-13-01", "date.unknown_day"),
        ("entry_date", "2017/06/06", "date.form"),
        ("entry_date", "20170606", "date.form"),
        ("entry_date", "2017-6-6", "date.form"),
        ("entry_date", "2017-07-01", "period.mismatch"),
        ("currency", "RMB", "value.not_listed"),
        ("currency", "cny", "value.not_listed"),
        ("direction", "IN", "value.not_listed"),
        ("direction", "in ", "value.spaces"),
        ("entry_id", "=1+1", "text.formula"),
        ("entry_id", "@SUM(A1)", "text.formula"),
        ("entry_id", "-1", "text.formula"),
        ("entry_id", "E\t1", "text.control"),
        ("entry_id", "E\u202e1", "text.control"),
        ("entry_id", "编号1", "text.pattern"),
        ("entry_id", "", "value.missing"),
        ("account_token", "11010119900307123X", "text.personal"),
        ("account_token", "13800138000", "text.personal"),
        ("account_token", "abc", "text.pattern"),
    ],
)
def test_other_cells_are_rejected_with_their_reason(reader: Reader, column: str, text: str, code: str) -> None:
    rejection = only_rejection(reader.read_cell(column, text))
    assert (rejection["code"], rejection["field"]) == (code, column)


def test_a_personal_number_is_not_repeated_in_the_answer_or_the_csv(reader: Reader) -> None:
    report = reader.read_cell("account_token", "11010119900307123X")
    assert "11010119900307123X" not in str(report)
    assert "11010119900307123X" not in (reader.folder / "rejected.csv").read_text(encoding="utf-8")


def test_a_formula_is_defused_in_the_rejected_csv(reader: Reader) -> None:
    reader.read_cell("entry_id", "=HYPERLINK(1)")
    text = (reader.folder / "rejected.csv").read_text(encoding="utf-8")
    assert ",'=HYPERLINK(1)\n" in text


def loan_cell(folder: Path, column: str, text: str) -> tuple[dict[str, Any], Reader]:
    """A loan book of one loan with one cell changed."""
    found = Reader(folder, template="loan_book")
    return found.read_cell(column, text), found


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("term_months", "60.0", "number.decimals"),
        ("term_months", "-1", "value.below_minimum"),
        ("term_months", "1201", "value.above_maximum"),
        ("term_months", "９", "number.fullwidth"),
        ("term_months", "1e2", "number.exponent"),
        ("term_months", "12345678901234567890", "number.digits"),
        ("annual_rate_percent", "10.12345", "number.decimals"),
        ("annual_rate_percent", "10000.01", "value.above_maximum"),
        ("guarantee_flag", "True", "flag.form"),
        ("guarantee_flag", "是", "flag.form"),
        ("issue_month", "2017-6", "month.form"),
        ("issue_month", "2017-00", "month.form"),
        ("issue_month", "Mar-2018", "month.form"),
        ("loan_purpose", "=cmd()", "text.formula"),
        ("loan_purpose", "a\u200bb", "text.control"),
        ("loan_purpose", " 装修", "value.spaces"),
        ("loan_purpose", "装" * 121, "text.too_long"),
        ("borrower_token", "110101199003071234", "text.personal"),
        ("status", "Current", "value.not_listed"),
    ],
)
def test_loan_cells_are_rejected_with_their_reason(tmp_path: Path, column: str, text: str, code: str) -> None:
    rejection = only_rejection(loan_cell(tmp_path, column, text)[0])
    assert (rejection["code"], rejection["field"]) == (code, column)


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("term_months", "36", 36),
        ("annual_rate_percent", "14.07", Decimal("14.0700")),
        ("contract_date", "2016-02-29", dt.date(2016, 2, 29)),
        ("contract_date", "", None),
        ("guarantee_flag", "true", True),
        ("guarantee_flag", "", None),
        ("borrower_kind", "", None),
        ("overdue_days", "", None),
        ("issue_month", "2018-03", "2018-03"),
        ("loan_purpose", "NULL", "NULL"),
    ],
)
def test_loan_cells_are_stored_as_they_were_meant(tmp_path: Path, column: str, text: str, value: object) -> None:
    report, found = loan_cell(tmp_path, column, text)
    assert report["rejected"] == []
    assert found.rows()[0][column] == value


def test_a_row_with_two_faults_is_one_rejected_row_and_two_cells(reader: Reader) -> None:
    report = reader.read(reader.csv(reader.row(amount="1e3", currency="RMB"), reader.row(entry_id="E-2")))
    assert (report["rows_total"], report["rows_accepted"], report["rows_rejected"]) == (2, 1, 1)
    assert report["rejected_cells"] == 2
    assert report["rejected_by_code"] == {"number.exponent": 1, "value.not_listed": 1}


def test_a_real_month_with_gaps_is_accepted(tmp_path: Path) -> None:
    found = Reader(tmp_path, template="monthly_indicators", period="2017-01")
    gaps = dict.fromkeys(("outstanding_balance", "outstanding_due_60d", "top10_borrower_share_percent"), "")
    row = found.row(turnover_amount="60266376200.00", net_inflow_30d="-46837300.00", **gaps)
    report = found.read(found.csv(row))
    assert report["rows_accepted"] == 1
    assert report["columns_all_null"] == [
        "outstanding_balance",
        "outstanding_due_60d",
        "top10_borrower_share_percent",
    ]
    assert found.rows()[0]["turnover_amount"] == Decimal("60266376200.00")


def test_the_report_month_must_be_the_period(tmp_path: Path) -> None:
    found = Reader(tmp_path, template="monthly_indicators", period="2017-05")
    rejection = only_rejection(found.read(found.csv(found.row(report_month="2017-04"))))
    assert (rejection["code"], rejection["field"], rejection["value"]) == ("period.mismatch", "report_month", "2017-04")
