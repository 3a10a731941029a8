"""Column contracts: their form, their JSON, their sample."""

import json
from decimal import Decimal

import pytest

from analytics.contracts import (
    TEMPLATE_NAMES,
    TEMPLATES_DIR,
    contract_json,
    sample_csv,
    template,
    templates,
)
from tests.unit.analytics.reading import Reader


def test_there_are_nineteen_templates_and_banks_file_one_of_them() -> None:
    assert [found.name for found in templates()][:4] == [
        "monthly_indicators", "loan_book", "fund_ledger", "depository_statement",
    ]  # fmt: skip
    assert len(templates()) == 19
    assert [found.name for found in templates() if found.filer == "bank"] == ["depository_statement"]


def test_every_file_of_a_template_is_listed() -> None:
    written = {path.stem for path in TEMPLATES_DIR.glob("*.yaml")} - {"currencies"}
    assert written == set(TEMPLATE_NAMES)


def test_an_unknown_template_is_a_key_error_and_never_a_path() -> None:
    with pytest.raises(KeyError):
        template("../templates/loan_book")


def test_every_column_has_titles_in_both_languages() -> None:
    for found in templates():
        for column in found.columns:
            assert set(column.title) == {"zh", "en"}, column.name
            assert all(column.title.values())
            assert column.note is None or set(column.note) == {"zh", "en"}


def test_a_column_that_may_be_left_out_may_also_be_blank() -> None:
    for found in templates():
        for column in found.columns:
            assert column.required or column.nullable, (found.name, column.name)


def test_keys_and_period_columns_exist_and_are_never_blank() -> None:
    for found in templates():
        for name in (*found.key, *([found.period_column] if found.period_column else [])):
            assert not found.column(name).nullable


def test_the_loan_book_asks_a_foreign_book_for_eight_columns_only() -> None:
    required = [column.name for column in template("loan_book").columns if column.required]
    assert required == [
        "loan_id",
        "currency",
        "principal_amount",
        "outstanding_principal",
        "annual_rate_percent",
        "term_months",
        "issue_month",
        "status",
    ]


def test_monthly_indicators_need_values_only_for_month_currency_and_turnover() -> None:
    filled = [column.name for column in template("monthly_indicators").columns if not column.nullable]
    assert filled == ["report_month", "currency", "turnover_amount"]


def test_amounts_are_stored_as_decimal_18_2_and_shares_are_bounded() -> None:
    contract = template("monthly_indicators")
    assert contract.column("turnover_amount").stored_as == "DECIMAL(18,2)"
    assert contract.column("turnover_amount").minimum == Decimal(0)
    assert contract.column("net_inflow_30d").minimum is None
    assert contract.column("top10_borrower_share_percent").maximum == Decimal(100)


@pytest.mark.parametrize(
    ("text", "fits"), [("2017-06", True), ("2017-13", False), ("2017Q2", False), ("2017-6", False)]
)
def test_the_period_has_the_form_of_the_template(text: str, fits: bool) -> None:
    assert template("loan_book").period_fits(text) is fits


def test_the_contract_is_json_with_choices_and_ranges() -> None:
    data = json.loads(json.dumps(contract_json("loan_book")))
    status = next(column for column in data["columns"] if column["name"] == "status")
    assert status["choices"] == ["current", "paid", "grace", "late_16_30", "late_31_120", "charged_off"]
    assert data["key"] == ["loan_id"]
    assert data["title"]["zh"] == "借款逐笔明细"


@pytest.mark.parametrize("name", [found.name for found in templates()])
def test_the_sample_is_accepted_by_the_reader(name: str, reader: Reader) -> None:
    reader.template = name
    report = reader.read(sample_csv(name, "2017-06"))
    assert (report["rows_accepted"], report["rows_rejected"], report["file_errors"]) == (1, 0, [])
    assert report["columns_all_null"] == []
