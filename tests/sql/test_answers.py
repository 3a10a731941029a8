"""Exact answers of the SQL files on known rows, and the jailed steps that use them."""

from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from analytics import engine, reconcile
from tests.sql import cases
from tests.sql.engines import filed


def test_each_way_to_agree_or_differ_is_named(tmp_path: Path) -> None:
    rows = engine.query_file("reconciliation/by_reference", tables=cases.reconciliation(tmp_path))
    assert {row["bank_reference"]: row["outcome"] for row in rows} == {
        "B-ok": "matched",
        "B-only-ledger": "missing_in_statement",
        "B-only-bank": "missing_in_ledger",
        "B-amount": "amount_differs",
        "B-date": "date_differs",
        "B-twice": "duplicate_in_ledger",
        "B-bank-twice": "duplicate_in_statement",
        "B-batch": "matched_batch",
        "B-direction": "direction_differs",
        "B-account": "account_differs",
        "B-currency": "currency_differs",
        None: "without_reference",
    }
    assert {row["outcome"] for row in rows} == set(engine.sql_notes("reconciliation/by_reference")["outcomes"])


def test_the_summary_counts_and_sums_both_sides(tmp_path: Path) -> None:
    rows = engine.query_file("reconciliation/ledger_vs_statement", tables=cases.reconciliation(tmp_path))
    found = {row["outcome"]: row for row in rows}
    assert len(rows) == 12
    twice = found["duplicate_in_ledger"]
    assert (twice["reference_count"], twice["ledger_entries"], twice["statement_lines"]) == (1, 2, 1)
    assert (twice["ledger_amount"], twice["statement_amount"]) == (Decimal("200.00"), Decimal("100.00"))
    assert found["missing_in_ledger"]["difference"] == Decimal("-8.00")
    assert found["amount_differs"]["difference"] == Decimal("0.01")
    assert found["without_reference"]["ledger_amount"] == Decimal("5.00")


def test_the_reconciliation_step_keeps_every_difference(tmp_path: Path) -> None:
    out = tmp_path / "differences.parquet"
    found = reconcile.reconcile(cases.reconciliation(tmp_path), out)
    assert (found["references"], found["agreed"], found["differences"]) == (12, 2, 10)
    assert len(found["listed"]) == 10
    assert pq.read_table(out).num_rows == 10
    assert found["summary"][0]["title"]["zh"]
    assert found["parquet_sha256"]


def test_two_equal_sides_leave_no_file(tmp_path: Path) -> None:
    tables = {
        "ledger": filed(tmp_path / "l", "fund_ledger", [cases.entry(1, "B-1")]),
        "statement": filed(tmp_path / "s", "depository_statement", [cases.line(1, "B-1")]),
    }
    out = tmp_path / "differences.parquet"
    found = reconcile.reconcile(tables, out)
    assert (found["agreed"], found["differences"], found["parquet_sha256"]) == (1, 0, None)
    assert not out.exists()


def test_the_stock_of_a_loan_book_is_recomputed_exactly(tmp_path: Path) -> None:
    row = engine.query_file("indicators/loan_book_totals", tables=cases.loan_book(tmp_path))[0]
    assert (row["currency"], row["open_loan_count"], row["borrower_count"]) == ("CNY", 13, 12)
    assert (row["outstanding_balance"], row["overdue_balance"]) == (Decimal("20000.00"), Decimal("4500.00"))
    assert row["overdue_ratio"] == pytest.approx(0.225)
    assert row["weighted_annual_rate_percent"] == pytest.approx((11 * 10 + 9 * 20) / 20)
    assert row["top10_borrower_share_percent"] == pytest.approx(90.0)


def test_a_book_without_tokens_has_no_concentration(tmp_path: Path) -> None:
    rows = [cases.loan(1, "", "1000.00", currency="USD"), cases.loan(2, "", "0.00", currency="USD")]
    tables = {"loan_book": filed(tmp_path, "loan_book", rows)}
    row = engine.query_file("indicators/loan_book_totals", tables=tables)[0]
    assert (row["currency"], row["borrower_count"], row["top10_borrower_share_percent"]) == ("USD", None, None)
    issued = engine.query_file("indicators/issued_in_month", tables=tables)[0]
    assert (issued["borrower_count"], issued["loan_count"]) == (None, 2)


def test_loans_are_summed_by_month_of_issue(tmp_path: Path) -> None:
    may, june = engine.query_file("indicators/issued_in_month", tables=cases.loan_book(tmp_path))
    assert (may["issue_month"], may["loan_count"], may["average_term_months"]) == ("2017-05", 1, 6.0)
    assert (june["turnover_amount"], june["loan_count"], june["borrower_count"]) == (Decimal("2800000.00"), 14, 12)
    assert june["average_annual_rate_percent"] == pytest.approx((13 * 10 + 20) / 14)


def test_reported_values_stand_beside_recomputed_ones(tmp_path: Path) -> None:
    rows = engine.query_file("indicators/reported_vs_recomputed", tables=cases.reported(tmp_path))
    found = {row["indicator"]: row for row in rows}
    assert len(rows) == 7
    balance = found["outstanding_balance"]
    assert (balance["reported"], balance["recomputed"], balance["difference"]) == (21000.0, 20000.0, 1000.0)
    assert balance["relative_difference"] == pytest.approx(0.05)
    assert found["turnover_amount"]["difference"] == 0.0
    assert found["loan_count"]["difference"] == 0.0
    assert found["top10_borrower_share_percent"]["reported"] is None
    assert found["top10_borrower_share_percent"]["recomputed"] == pytest.approx(90.0)


def test_the_recompute_step_gives_text_for_amounts(tmp_path: Path) -> None:
    found = reconcile.recompute(cases.reported(tmp_path))
    assert found["totals"][0]["outstanding_balance"] == "20000.00"
    assert found["compared"][0]["indicator"] == "average_annual_rate_percent"
    alone = reconcile.recompute(cases.loan_book(tmp_path / "alone"))
    assert alone["compared"] == []


def test_the_market_of_a_month_is_summed_over_platforms(tmp_path: Path) -> None:
    row = engine.query_file("market/monthly_overview", tables=cases.market(tmp_path))[0]
    assert (row["platform_count"], row["outflow_platform_count"]) == (2, 1)
    assert (row["turnover_amount"], row["outstanding_balance"]) == (Decimal("400.00"), Decimal("50.00"))
    assert row["average_annual_rate_percent"] == pytest.approx(11.5)


def test_a_missing_input_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="statement"):
        engine.query_file("reconciliation/by_reference", tables={"ledger": ["x"], "statement": []})


@pytest.mark.parametrize("name", ["../engine", "reconciliation", "reconciliation/../../x", "Reconciliation/x"])
def test_a_name_is_never_a_path(name: str) -> None:
    with pytest.raises(ValueError, match="subject/name"):
        engine.sql_text(name)
